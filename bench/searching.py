"""Services by need ("dry hair") out of a big catalog: PostgreSQL full text, as a turn asks for them."""

from __future__ import annotations

import time

import uvloop

from bench.receiver import quiet_gc
from bench.result import Figure, Result, percentile
from bench.world import WORKSPACE, World
from bot.catalog import NeedQuery
from bot.catalog_search import load_services_by_need
from db import accounts
from db.catalog_changes import load_stored, save_groups, save_locations, save_services
from db.catalog_rows import GroupRow, LocationRow, ServiceRow
from db.tx import Pool, PoolLimits, open_pool, tx

SERVICES, ASKED = 2_000, 200
_CARES = ("Mask", "Oil", "Scrub", "Peeling", "Massage", "Wrap", "Bath", "Serum", "Ritual", "Therapy")
_WORDS = (
    "Deep moisture for dry hair, with argan oil.",
    "Clay and mint for an oily scalp. علاج لفروة الرأس الدهنية.",
    "For cracked heels and hard skin. للكعب المتشقق.",
    "Strengthens brittle nails. يقوي الأظافر.",
    "Calms sensitive skin after the sun. يهدئ البشرة الحساسة.",
    *("A quiet hour that warms, cleans and relaxes, with tea afterwards. ساعة هادئة مع شاي.",) * 20,
)
"""A need fits one service in twenty-five."""
NEEDS = (
    NeedQuery(groups=(("dry", "moisture"), ("hair",)), phrase="dry hair", without=("blow dry",)),
    NeedQuery(groups=(("oily",), ("scalp",)), phrase="oily scalp"),
    NeedQuery(groups=(("cracked",), ("heels", "feet")), phrase="cracked heels"),
    NeedQuery(groups=(("يقوي", "تقوية"), ("الأظافر", "اظافر")), phrase="تقوية الأظافر"),
)


def run(world: World, *, rounds: int) -> Result:
    result = Result("Services by need")
    slowest: list[float] = []
    middles: list[float] = []
    for _ in range(rounds):
        with world.database() as dsn, quiet_gc():
            took = sorted(uvloop.run(_measure(dsn)))
        middles.append(percentile(took, 50) * 1000)
        slowest.append(percentile(took, 99) * 1000)
    result.add("One question, at the median", Figure.of(middles).text("ms"))
    result.add("One question, p99", Figure.of(slowest).text("ms"), goal="< 5 ms")
    result.notes.append(
        f"{SERVICES:,} services at one place, {ASKED} questions in English and Arabic one after another, each a "
        "statement within a transaction of the business; each need fits 80 of them."
    )
    return result


async def _measure(dsn: str) -> list[float]:
    pool = await open_pool(dsn, PoolLimits(), application_name="bench")
    try:
        return await _ask(pool)
    finally:
        await pool.close()


async def _ask(pool: Pool) -> list[float]:
    seeded = await accounts.find_workspace(pool, WORKSPACE)
    if seeded is None:
        raise LookupError(WORKSPACE)
    workspace = await accounts.save_workspace(pool, key="bench-needs", name="Big", settings=seeded.settings)
    async with tx(pool, workspace) as transaction:
        await save_locations(transaction, [LocationRow("1", {"en": "Plaza"}, "", "", None, None, [], 0)])
        await save_groups(transaction, [GroupRow("1", {"en": "Care"}, 0)])
        await save_services(
            transaction,
            [
                ServiceRow(
                    str(number),
                    {"en": f"{_CARES[number % 10]} No. {number}", "ar": f"عناية {number}"},
                    _WORDS[number % len(_WORDS)],
                    30,
                    10_000,
                    "1",
                    ["1"],
                    number,
                )
                for number in range(SERVICES)
            ],
        )
        if len((await load_stored(transaction)).services) != SERVICES:
            raise RuntimeError("the services were not stored")
    await pool.execute("ANALYZE services, service_locations")
    took = []
    for number in range(-len(NEEDS), ASKED):  # the first ones load the connection's dictionaries
        async with tx(pool, workspace) as transaction:
            began = time.perf_counter()
            found = await load_services_by_need(transaction, NEEDS[number % len(NEEDS)])
            if number >= 0:
                took.append(time.perf_counter() - began)
        if not found:
            raise RuntimeError(f"nothing fits {NEEDS[number % len(NEEDS)].phrase!r}")
    return took
