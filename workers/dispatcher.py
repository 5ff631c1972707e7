"""Procfile `dispatcher`: what a bell or a worker forgot. Needs PostgreSQL only, never Redis.

Each round: claims of dead processes, effects left over or due later, unknown outcomes, conversations whose
message waits, jobs by the clock. Any number of dispatchers may run.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from db import failpoints, turns
from db.failures import DATABASE_FAILURES
from workers.logs import configure_logging, start_sentry
from workers.resources import Resources, open_resources, take_turns
from workers.schedule import run_due_jobs
from workers.settings import Settings, load_settings_or_exit
from workers.watchdog import run_with_watchdog

log = structlog.get_logger(__name__)

_BATCH = 64


class Dispatcher:
    """Its loops are separate, so that a slow provider doesn't delay a waiting message."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._limit = asyncio.Semaphore(resources.settings.timing.max_jobs)
        self._busy: set[UUID] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        interval = self._resources.settings.timing.dispatcher_interval_seconds
        async with asyncio.TaskGroup() as group:
            for name, work, pause in (
                ("waiting", self.take_waiting, interval),
                ("leftovers", self.perform_leftovers, interval),
                ("unknown", self.settle_unknown, interval),
                ("schedule", self.run_schedule, max(interval, 1.0)),
            ):
                group.create_task(self._repeat(name, work, pause, stopping), name=name)

    async def take_waiting(self) -> int:
        """Turns of conversations that nobody took in time: a lost bell, a dead worker, no Redis."""
        timing = self._resources.settings.timing
        found = await turns.waiting(
            self._resources.pool, older_seconds=timing.poll_after_seconds, limit=_BATCH
        )
        await self._take_all(set(found))
        return len(found)

    async def perform_leftovers(self) -> int:
        touched = await self._resources.effects.perform_leftovers()
        await self._take_all(touched)
        return len(touched)

    async def settle_unknown(self) -> int:
        expired = await self._resources.effects.expire_claims()
        touched = await self._resources.effects.reconcile()
        await self._take_all(touched)
        return expired + len(touched)

    async def run_schedule(self) -> int:
        return await run_due_jobs(self._resources)

    async def _take_all(self, conversation_ids: set[UUID]) -> None:
        """Bounded, and never the same conversation twice at once in this process."""
        fresh = conversation_ids - self._busy
        self._busy |= fresh
        try:
            await asyncio.gather(*(self._take(each) for each in fresh))
        finally:
            self._busy -= fresh

    async def _take(self, conversation_id: UUID) -> None:
        async with self._limit:
            await take_turns(self._resources, conversation_id)
            await self._resources.effects.perform_for(conversation_id)

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
    async with open_resources(settings, process="dispatcher") as resources:
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
