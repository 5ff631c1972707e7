"""Holding a conversation for as long as its turn works."""

from __future__ import annotations

import asyncio

import structlog

from db import turns
from db.failures import DATABASE_FAILURES
from db.tx import Pool

log = structlog.get_logger(__name__)


class KeptLease:
    """Renews the lease at a third of its length while a turn works; a lost lease ends the turn."""

    def __init__(self, pool: Pool, leased: turns.Leased, *, seconds: float) -> None:
        self._pool = pool
        self._leased = leased
        self._seconds = seconds
        self._owner: asyncio.Task[object] | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._lost = False

    async def __aenter__(self) -> None:
        self._owner = asyncio.current_task()
        self._renewal = asyncio.create_task(self._renew(), name="renew-lease")

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
        if self._lost and kind is asyncio.CancelledError and self._owner is not None:
            self._owner.uncancel()
            raise turns.FenceLost(f"conversation {self._leased.id}")

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            try:
                kept = await turns.renew(self._pool, self._leased, seconds=self._seconds)
            except DATABASE_FAILURES as error:
                # The fence decides at the commit; what can't be renewed now may be at the next third.
                log.warning("turn.lease_not_renewed", error=type(error).__name__)
                continue
            if not kept:
                self._lost = True
                if self._owner is not None:
                    self._owner.cancel()
                return
