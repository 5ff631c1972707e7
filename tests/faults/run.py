"""One monkey run: so many customers book while things break; then quiet; then the checker."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.faults.checker import Evidence
from tests.faults.customer import Customer, World, wishes
from tests.faults.monkey import Monkey
from tests.faults.verdict import assert_sound


@dataclass(slots=True)
class Result:
    """The figures of a run."""

    seed: int
    conversations: int
    seconds: float = 0
    quiet_after: float = 0
    """Seconds from the last fault to nothing open."""
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    restarts: dict[str, int] = field(default_factory=dict)
    webhooks: int = 0
    messages: int = 0
    orders: int = 0
    with_operator: int = 0
    quarantined: int = 0

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.conversations} conversations in {self.seconds:.0f} s, "
            f"{dict(self.outcomes)}; {self.webhooks} webhooks acknowledged, {self.messages} sends accepted, "
            f"{self.orders} orders, {self.with_operator} effects with an operator, "
            f"{self.quarantined} messages put aside; {self.faults.total()} faults {dict(self.faults)}; "
            f"process starts {self.restarts}; quiet {self.quiet_after:.1f} s after the last fault"
        )


async def monkey_run(
    world: World,
    *,
    seed: int,
    conversations: int,
    days: int,
    at_once: int = 25,
    pause_seconds: float = 2,
    crash_postgres: bool = False,
    deadline_seconds: float = 600,
) -> Result:
    """Raises AssertionError with seed and history when a promise was broken or a customer left without an end."""
    rng = random.Random(seed)
    customers = [
        world.customer(number, wish, seed=seed)
        for number, wish in enumerate(wishes(conversations, rng, days=days), start=1)
    ]
    result = Result(seed, conversations)
    monkey = Monkey(world.stand, seed, pause_seconds, crash_postgres)
    started = time.monotonic()
    breaking = asyncio.create_task(monkey.run(), name="monkey")
    try:
        async with asyncio.timeout(deadline_seconds):
            await _all_book(customers, breaking, at_once)
    finally:
        breaking.cancel()
        await asyncio.gather(breaking, return_exceptions=True)
        await world.stand.heal()
    result.seconds = time.monotonic() - started
    healed = time.monotonic()
    evidence = await assert_sound(world, seed=_story(seed, monkey))
    result.quiet_after = time.monotonic() - healed
    _count(result, customers, evidence, world, monkey)
    lost = [customer.phone for customer in customers if customer.outcome == "silent"]
    assert not lost, "\n".join(
        [f"{len(lost)} customers never learnt how it ended, {result}", *map(evidence.history, lost[:3])]
    )
    return result


async def _all_book(customers: list[Customer], breaking: asyncio.Task[None], at_once: int) -> None:
    limit = asyncio.Semaphore(at_once)

    async def one(customer: Customer) -> None:
        async with limit:
            await customer.book()

    talks = asyncio.gather(*(one(customer) for customer in customers))
    # The monkey runs for ever; if it ends before the talks, it failed.
    ends: set[asyncio.Future[Any]] = {talks, breaking}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    if breaking.done():
        talks.cancel()
        await asyncio.gather(talks, return_exceptions=True)
        breaking.result()
    await talks


def _story(seed: int, monkey: Monkey) -> str:
    return f"{seed}, faults:\n" + "\n".join(monkey.log)


def _count(
    result: Result, customers: list[Customer], evidence: Evidence, world: World, monkey: Monkey
) -> None:
    result.outcomes.update(customer.outcome for customer in customers)
    result.faults = monkey.done
    result.restarts = {name: process.starts for name, process in world.stand.processes.items()}
    result.webhooks = sum(entry["kind"] == "acknowledged" for entry in evidence.acknowledged)
    result.messages = len(evidence.sends())
    result.orders = len(evidence.orders())
    result.with_operator = sum(row["status"] == "needs_operator" for row in evidence.rows("effects"))
    result.quarantined = sum(row["status"] == "quarantined" for row in evidence.rows("inbox"))
