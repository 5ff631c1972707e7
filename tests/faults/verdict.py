"""Waits for quiet, collects the evidence, and fails with seed and history when the checker finds something."""

from __future__ import annotations

import asyncio
import time

import orjson

from tests.faults.checker import Evidence, Violation, check, collect, open_work
from tests.faults.customer import World


async def settled(world: World, phones: frozenset[str] | None = None, *, seconds: float = 60) -> Evidence:
    """The evidence once nothing is open any more, or after so many seconds as it stands then (I9)."""
    deadline = time.monotonic() + seconds
    while True:
        evidence = await collect(world.stand.dsn, world.acknowledged.path, world.stand.ledgers, phones=phones)
        if not open_work(evidence) or time.monotonic() > deadline:
            return evidence
        await asyncio.sleep(0.15)


def report(evidence: Evidence, violations: list[Violation], *, seed: object) -> str:
    """What a person needs to understand and to repeat a failed run."""
    lines = [f"{len(violations)} violation(s), seed {seed}", *map(str, violations[:40])]
    phones = sorted({each.phone for each in violations if each.phone})
    return "\n".join([*lines, *map(evidence.history, phones[:3])])


def keep(world: World, evidence: Evidence) -> None:
    """The evidence as a file beside the processes' logs, for a look afterwards."""
    body = {"acknowledged": evidence.acknowledged, "sandbox": evidence.sandbox, "tables": evidence.tables}
    (world.stand.folder / "evidence.json").write_bytes(orjson.dumps(body))


async def assert_sound(
    world: World, phones: frozenset[str] | None = None, *, seed: object = "none", seconds: float = 60
) -> Evidence:
    """Everything promised holds for these customers. Raises AssertionError with the whole story."""
    evidence = await settled(world, phones, seconds=seconds)
    if violations := check(evidence):
        keep(world, evidence)
        raise AssertionError(
            f"{report(evidence, violations, seed=seed)}\nlogs and evidence: {world.stand.folder}"
        )
    return evidence
