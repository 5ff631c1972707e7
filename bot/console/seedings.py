"""Seeding and resetting demo businesses from the console: one at a time per template, while the page goes on living."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

import structlog

from bot.demo_businesses import DemoBusiness, DemoBusinesses, DemoTrouble
from db import audit
from db.tx import Pool

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Seedings:
    """One per web process. What another process does shows when it is done."""

    demo: DemoBusinesses
    pool: Pool
    running: dict[str, str] = field(default_factory=dict)
    """Template -> what is being done: "seed" or "reset"."""
    troubles: dict[str, str] = field(default_factory=dict)
    """Template -> why the last try came to nothing; a success forgets it."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def known(self) -> list[DemoBusiness]:
        return list(await self.demo.known())

    def start(self, key: str, *, reset: bool, actor: str) -> bool:
        """False: it is being done already."""
        if key in self.running:
            return False
        self.running[key] = "reset" if reset else "seed"
        task = asyncio.create_task(self._run(key, reset=reset, actor=actor), name=f"console seeds {key}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _run(self, key: str, *, reset: bool, actor: str) -> None:
        try:
            seeded = await self.demo.seed(key, reset=reset)
            totals: dict[str, int] = {}
            for each in seeded.counts.values():
                for word, number in each.items():
                    totals[word] = totals.get(word, 0) + number
            await audit.record(
                self.pool,
                workspace_id=seeded.workspace_id,
                actor=actor,
                action="demo.reset" if reset else "demo.seeded",
                subject=key,
                detail=totals,
            )
        except DemoTrouble as trouble:
            self.troubles[key] = str(trouble)
        except Exception:
            log.exception("console.seeding_broke", template=key, reset=reset)
            self.troubles[key] = (
                "It broke off; the log of the web process says where. What was done before stands."
            )
        else:
            self.troubles.pop(key, None)
        finally:
            self.running.pop(key, None)

    async def close(self) -> None:
        """Breaks off what runs: a later seeding goes on from there."""
        for task in self._tasks:
            task.cancel()
        for task in list(self._tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task
