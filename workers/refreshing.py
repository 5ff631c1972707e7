"""Fresh free times just when a conversation needs them: asked of the catalog process, waited for a few seconds.

Implements bot/ports.py Refresher. The run is a row like any other, at most one open per business, so however many
conversations of however many processes ask, the booking system is asked once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog

from db import sync_runs
from db.failures import DATABASE_FAILURES
from db.tx import Pool, tx

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.1
PAUSE_SECONDS = 60.0
"""After a booking system was down or too slow, conversations don't wait for it again so soon."""


class SlotRefresher:
    """One per process; its conversations share one wait per business."""

    def __init__(
        self,
        pool: Pool,
        ring: Callable[[Sequence[UUID]], None],
        *,
        wait_seconds: float,
        poll_seconds: float = POLL_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._pool = pool
        self._ring = ring
        self._wait_seconds = wait_seconds
        self._poll_seconds = poll_seconds
        self._pause_seconds = pause_seconds
        self._waits: dict[UUID, asyncio.Task[bool]] = {}
        self._resting: dict[UUID, float] = {}

    async def refresh(self, workspace_id: UUID) -> bool:
        """See bot.ports.Refresher."""
        wait = self._waits.get(workspace_id)
        if wait is None:
            if self._rests(workspace_id):
                return False
            wait = asyncio.create_task(self._refresh(workspace_id), name="refresh-slots")
            self._waits[workspace_id] = wait
            wait.add_done_callback(lambda _: self._waits.pop(workspace_id, None))
        return await asyncio.shield(wait)  # a turn that ends early leaves the others waiting

    async def close(self) -> None:
        waits = list(self._waits.values())
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    def _rests(self, workspace_id: UUID) -> bool:
        now = asyncio.get_running_loop().time()
        self._resting = {key: until for key, until in self._resting.items() if until > now}
        return workspace_id in self._resting

    async def _refresh(self, workspace_id: UUID) -> bool:
        try:
            async with asyncio.timeout(self._wait_seconds):
                fresh = await self._pulled(workspace_id)
        except TimeoutError:
            fresh = False
            log.info("refresh.too_slow", workspace=str(workspace_id))
        except DATABASE_FAILURES as error:  # if it lasts, the turn's own reading meets it
            fresh = False
            log.warning("refresh.database_trouble", error=type(error).__name__)
        if not fresh:
            self._resting[workspace_id] = asyncio.get_running_loop().time() + self._pause_seconds
        return fresh

    async def _pulled(self, workspace_id: UUID) -> bool:
        """Waits for the end of a run, holding nothing between two looks."""
        async with tx(self._pool, workspace_id) as connection:
            if await sync_runs.slots_failed_lately(connection, seconds=self._pause_seconds):
                return False
            run_id = await sync_runs.request_run(connection, kind="slots", trigger="conversation")
        self._ring([run_id])
        while True:
            await asyncio.sleep(self._poll_seconds)
            async with tx(self._pool, workspace_id) as connection:
                status = await sync_runs.run_status(connection, run_id)
            if status not in ("requested", "running"):
                return status == "done"
