"""Procfile `catalog`: performs the sync runs that somebody asked for.

The rows of sync_runs are what there is to do; the bell only makes a look at them come sooner.
"""

from __future__ import annotations

import asyncio
import signal
from uuid import UUID

import structlog

from db import sync_runs
from db.failures import DATABASE_FAILURES
from db.sync_runs import SyncRunRow
from sync.run import CLAIM_SECONDS, RunLost, SyncOutcome, SyncStatus
from workers.logs import configure_logging, start_sentry
from workers.metrics import metrics_listener
from workers.queue import CATALOG_QUEUE, run_worker
from workers.resources import Resources, now, open_resources
from workers.settings import Settings, load_settings_or_exit
from workers.syncing import perform_run
from workers.watchdog import run_with_watchdog

log = structlog.get_logger(__name__)

LANES = 3
"""Runs at a time: one slow booking system must not keep all other businesses waiting."""
POLL_SECONDS = 2.0


class Catalog:
    """Takes runs until told to stop; `wake` makes it look at once."""

    def __init__(self, resources: Resources, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._resources = resources
        self._poll_seconds = poll_seconds
        self.wake = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Runs in progress get the shutdown time to end; after it they are given back."""
        lanes = [asyncio.create_task(self._lane(stopping), name=f"sync-{lane}") for lane in range(LANES)]
        try:
            await stopping.wait()
            self.wake.set()
            await asyncio.wait(lanes, timeout=self._resources.settings.timing.shutdown_seconds)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    async def take_one(self) -> bool:
        """Performs the next run. False: there is none."""
        run = await sync_runs.claim_run(self._resources.pool, claim_seconds=CLAIM_SECONDS)
        if run is None:
            return False
        try:
            outcome = await perform_run(
                self._resources.pool, self._resources.box, self._resources.http, run, now=now()
            )
        except RunLost:
            log.info("sync.lost", run_id=run.id, workspace_id=run.workspace_id)
        else:
            _report(run, outcome)
        return True

    async def _lane(self, stopping: asyncio.Event) -> None:
        in_trouble = False
        while not stopping.is_set():
            found = False
            try:
                found = await self.take_one()
            except DATABASE_FAILURES as error:
                if not in_trouble:
                    in_trouble = True
                    log.warning("sync.database_trouble", error=type(error).__name__)
            except Exception:
                log.exception("sync.broke_off")
            else:
                if in_trouble:
                    in_trouble = False
                    log.warning("sync.database_recovered")
            if not found:
                await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._poll_seconds):
                await self.wake.wait()
        except TimeoutError:
            return
        self.wake.clear()


def _report(run: SyncRunRow, outcome: SyncOutcome) -> None:
    """A broken source is said once, and its recovery once; what an operator needs is in operator_errors."""
    facts = {"run_id": run.id, "workspace_id": run.workspace_id, "kind": run.kind}
    if outcome.status is SyncStatus.DONE:
        if outcome.news:
            log.warning("sync.recovered", **facts)
        log.info("sync.done", **facts, counts=outcome.counts)
        return
    say = log.warning if outcome.news else log.debug
    say("sync.not_done", **facts, status=outcome.status.value, reason=outcome.error)


async def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with (
        open_resources(settings, process="catalog") as resources,
        metrics_listener(resources, "catalog"),
    ):
        catalog = Catalog(resources)

        async def wake(_run_id: UUID) -> None:
            catalog.wake.set()

        log.info("catalog.started")
        async with asyncio.TaskGroup() as group:
            group.create_task(catalog.run(stopping), name="catalog")
            group.create_task(
                run_worker(settings, wake, queue=CATALOG_QUEUE, stopping=stopping), name="catalog-bell"
            )
        log.info("catalog.stopped")


def main() -> None:
    settings = load_settings_or_exit()
    configure_logging(settings, "catalog")
    start_sentry(settings, "catalog")
    run_with_watchdog(lambda: run(settings), stall_seconds=settings.timing.watchdog_seconds)


if __name__ == "__main__":
    main()
