"""Procfile `dispatcher`: what a bell or a worker forgot. Needs PostgreSQL only, never Redis.

Each round: claims of dead processes, effects left over or due later, unknown outcomes, conversations whose
message waits, jobs by the clock. Any number of dispatchers may run.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

import structlog

from db import failpoints, turns
from db.effects import Effect
from db.failures import DATABASE_FAILURES
from workers.logs import configure_logging, start_sentry
from workers.metrics import metrics_listener
from workers.resources import Resources, open_resources, take_turns
from workers.schedule import run_due_jobs
from workers.settings import Settings, load_settings_or_exit
from workers.watchdog import run_with_watchdog

log = structlog.get_logger(__name__)

_BATCH = 64


class Dispatcher:
    """Rounds of looking, each of which only begins what it found: a slow provider or a long turn delays nobody
    else's message and nobody else's reply.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._limit = asyncio.Semaphore(resources.settings.timing.max_jobs)
        self._busy: set[UUID] = set()
        self._performing = 0
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        """What is under way when told to stop may end within the shutdown time."""
        interval = self._resources.settings.timing.dispatcher_interval_seconds
        try:
            async with asyncio.TaskGroup() as group:
                for name, work, pause in (
                    ("waiting", self._begin_waiting, interval),
                    ("leftovers", self._begin_leftovers, interval),
                    ("unknown", self._begin_unknown, interval),
                    ("schedule", self.run_schedule, max(interval, 1.0)),
                ):
                    group.create_task(self._repeat(name, work, pause, stopping), name=name)
        finally:
            await self._finish()

    async def take_waiting(self) -> int:
        """Turns of conversations that nobody took in time: a lost bell, a dead worker, no Redis."""
        return await self._to_the_end(self._begin_waiting)

    async def perform_leftovers(self) -> int:
        """Effects that no worker performed in time, and the turns that hear their answers."""
        return await self._to_the_end(self._begin_leftovers)

    async def settle_unknown(self) -> int:
        """Claims of dead processes, unknown outcomes, and the turns that hear what was decided."""
        return await self._to_the_end(self._begin_unknown)

    async def run_schedule(self) -> int:
        return await run_due_jobs(self._resources)

    async def _begin_waiting(self) -> int:
        timing = self._resources.settings.timing
        found = await turns.waiting(
            self._resources.pool, older_seconds=timing.poll_after_seconds, limit=_BATCH
        )
        return self._begin_turns(set(found))

    async def _begin_leftovers(self) -> int:
        places = _BATCH - self._performing
        if places <= 0:
            return 0
        claimed = await self._resources.effects.claim_leftovers(limit=places)
        by_conversation: dict[UUID, list[Effect]] = {}
        for effect in claimed:
            by_conversation.setdefault(effect.conversation_id, []).append(effect)
        for effects in by_conversation.values():
            self._begin(self._perform(effects))
        return len(by_conversation)

    async def _begin_unknown(self) -> int:
        expired = await self._resources.effects.expire_claims()
        touched = await self._resources.effects.reconcile()
        self._begin_turns(touched)
        return expired + len(touched)

    def _begin_turns(self, conversation_ids: set[UUID]) -> int:
        """Never the same conversation twice at once in this process. Returns how many were begun."""
        fresh = conversation_ids - self._busy
        self._busy |= fresh
        for each in fresh:
            self._begin(self._take(each))
        return len(fresh)

    async def _take(self, conversation_id: UUID) -> None:
        try:
            async with self._limit:
                await take_turns(self._resources, conversation_id)
                await self._resources.effects.perform_for(conversation_id)
        finally:
            self._busy.discard(conversation_id)

    async def _perform(self, effects: list[Effect]) -> None:
        self._performing += len(effects)
        try:
            await self._resources.effects.perform(effects)
        finally:
            self._performing -= len(effects)
        self._begin_turns({effect.conversation_id for effect in effects})

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, DATABASE_FAILURES):
            log.warning("dispatcher.work_broke_off", error=type(error).__name__)
        elif error is not None:
            log.error("dispatcher.work_failed", exc_info=error)

    async def _to_the_end(self, look: Callable[[], Awaitable[int]]) -> int:
        """One round and everything that it began."""
        begun = await look()
        while self._under_way:
            await asyncio.wait(set(self._under_way))
        return begun

    async def _finish(self) -> None:
        if not self._under_way:
            return
        _, late = await asyncio.wait(
            set(self._under_way), timeout=self._resources.settings.timing.shutdown_seconds
        )
        for task in late:
            task.cancel()
        if late:
            log.warning("dispatcher.cut_off", tasks=len(late))
            await asyncio.gather(*late, return_exceptions=True)

    async def _repeat(
        self, name: str, work: Callable[[], Awaitable[int]], pause: float, stopping: asyncio.Event
    ) -> None:
        in_trouble = False
        while not stopping.is_set():
            try:
                await failpoints.hit("dispatcher.tick")
                done = await work()
            except DATABASE_FAILURES as error:
                done = 0
                if not in_trouble:
                    in_trouble = True
                    log.warning("dispatcher.database_trouble", loop=name, error=type(error).__name__)
            except Exception:
                done = 0
                log.exception("dispatcher.round_failed", loop=name)
            else:
                if in_trouble:
                    in_trouble = False
                    log.warning("dispatcher.database_recovered", loop=name)
            if done < _BATCH // 2:
                await _wait(stopping, pause)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with (
        open_resources(settings, process="dispatcher") as resources,
        metrics_listener(resources, "dispatcher"),
    ):
        log.info("dispatcher.started")
        await Dispatcher(resources).run(stopping)
        log.info("dispatcher.stopped")


def main() -> None:
    settings = load_settings_or_exit()
    configure_logging(settings, "dispatcher")
    start_sentry(settings, "dispatcher")
    run_with_watchdog(lambda: run(settings), stall_seconds=settings.timing.watchdog_seconds)


if __name__ == "__main__":
    main()
