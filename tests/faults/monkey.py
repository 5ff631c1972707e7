"""A seeded monkey: every two seconds or so something breaks, on both sides of every connection.

The same seed gives the same sequence of faults; what they hit depends on the machine's pace.
"""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.faults.processes import COMMANDS, PROCESSES, Stand, until

Action = Callable[[], Coroutine[Any, Any, None]]

BAD_MANNERS: tuple[dict[str, Any], ...] = (
    {"provider": "nailit", "kind": "slow", "ms": 400, "probability": 0.06},
    {"provider": "nailit", "call": "*", "kind": "http_5xx", "probability": 0.04},
    {"provider": "nailit", "call": "*", "kind": "html", "probability": 0.02},
    {"provider": "nailit", "call": "AddOrder", "kind": "accepted_then_reset", "probability": 0.05},
    {"provider": "nailit", "call": "SaveOrder", "kind": "accepted_then_reset", "probability": 0.05},
    {"provider": "nailit", "call": "AddOrder", "kind": "slot_taken", "probability": 0.05},
    *(
        {"provider": provider, "call": call, **rule}
        for provider, call in (("meta", "messages"), ("twilio", "Messages"))
        for rule in (
            {"kind": "slow", "ms": 300, "probability": 0.05},
            {"kind": "http_5xx", "probability": 0.02},
            {"kind": "accepted_then_reset", "probability": 0.05},
            {"kind": "accepted_then_slow", "ms": 3000, "probability": 0.02},
            {"kind": "rate_limited", "probability": 0.05},
        )
    ),
    {"provider": "meta", "call": "status_callback", "kind": "drop_callback", "probability": 0.1},
)
"""About one provider call in six goes wrong while the monkey is about."""


@dataclass(slots=True)
class Monkey:
    """Breaks things until told to stop; `heal` of the stand puts everything right afterwards."""

    stand: Stand
    seed: int
    pause_seconds: float = 2
    crash_postgres: bool = False
    """Only where PostgreSQL is the harness's own and writes through to the disk."""
    done: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    _rng: random.Random = field(init=False)
    _started: float = field(default_factory=time.monotonic)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)

    async def run(self) -> None:
        """Until cancelled."""
        await self.stand.misbehave(*BAD_MANNERS, replace=True, seed=self.seed)
        actions: list[tuple[str, int, Action]] = [
            *((f"kill {name}", 9, self._killing(name)) for name in PROCESSES),
            *((f"freeze {name}", 4, self._freezing(name)) for name in COMMANDS),
            ("terminate sessions", 14, self._terminate),
            ("wipe Redis", 7, self._wipe),
            ("stop Redis", 7, self._stop_redis),
            ("lose commit answers", 7, self._lose_answers),
            ("cut database connections", 4, self._cut),
            ("black hole to the database", 4, self._black_hole),
            ("slow database", 4, self._slow_database),
            ("black hole to the providers", 4, self._no_providers),
        ]
        if self.crash_postgres:
            actions.append(("crash PostgreSQL", 4, self._crash_postgres))
        weights = [weight for _, weight, _ in actions]
        try:
            while True:
                await asyncio.sleep(self.pause_seconds * self._rng.uniform(0.6, 1.4))
                ((name, _, action),) = self._rng.choices(actions, weights)
                self.done[name] += 1
                self.log.append(f"{time.monotonic() - self._started:7.2f} s  {name}")
                task = asyncio.create_task(action(), name=name)
                self._running.add(task)
                await asyncio.sleep(0)
                for each in [each for each in self._running if each.done()]:
                    self._running.discard(each)
                    each.result()
        finally:
            await asyncio.gather(*self._running, return_exceptions=True)

    def _killing(self, name: str) -> Action:
        async def kill() -> None:
            process = self.stand.processes[name]
            before = process.starts
            if process.signal(signal.SIGKILL) and name == "sandbox":
                await until(lambda: process.starts > before, "the sandbox is started again")
                await self.stand.ready()
                await self.stand.misbehave(*BAD_MANNERS, replace=True, seed=self._rng.randrange(10**6))

        return kill

    def _freezing(self, name: str) -> Action:
        async def freeze() -> None:
            process = self.stand.processes[name]
            process.signal(signal.SIGSTOP)
            await asyncio.sleep(self._rng.uniform(1, 4.5))
            process.signal(signal.SIGCONT)

        return freeze

    async def _terminate(self) -> None:
        try:
            await self.stand.terminate_sessions()
        except (asyncpg.PostgresError, OSError):
            self.done["terminate sessions (no database)"] += 1

    async def _wipe(self) -> None:
        if self.stand.redis_server.alive():
            await asyncio.to_thread(self.stand.redis_server.wipe)

    async def _stop_redis(self) -> None:
        self.stand.redis.refuse()
        await asyncio.sleep(self._rng.uniform(1, 4))
        self.stand.redis.heal()

    async def _lose_answers(self) -> None:
        self.stand.databases[self._rng.choice(list(COMMANDS))].drop_commit_answers(self._rng.randint(1, 3))

    async def _cut(self) -> None:
        proxy = self.stand.databases[self._rng.choice(list(COMMANDS))]
        proxy.cut_after(self._rng.randint(1, 400))
        await asyncio.sleep(0.3)
        proxy.reset()

    async def _black_hole(self) -> None:
        proxy = self.stand.databases[self._rng.choice(list(COMMANDS))]
        proxy.black_hole()
        await asyncio.sleep(self._rng.uniform(0.5, 3.5))
        proxy.heal()

    async def _slow_database(self) -> None:
        proxy = self.stand.databases[self._rng.choice(list(COMMANDS))]
        proxy.latency_seconds = self._rng.uniform(0.02, 0.15)
        await asyncio.sleep(1.5)
        proxy.heal()

    async def _no_providers(self) -> None:
        self.stand.sandbox_proxy.black_hole()
        await asyncio.sleep(self._rng.uniform(0.5, 2.5))
        self.stand.sandbox_proxy.heal()

    async def _crash_postgres(self) -> None:
        if not self.stand.postgres.alive():
            return  # it is down from the last time
        self.stand.postgres.crash()
        await asyncio.sleep(self._rng.uniform(0.2, 1.5))
        # In this thread: the server lives no longer than the thread that starts it.
        self.stand.postgres.start()
