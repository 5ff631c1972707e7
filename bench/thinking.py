"""What a turn computes without any I/O: understanding a line, planning appointments, looking into a big catalog."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from bench.receiver import quiet_gc
from bench.result import Figure, Result, across, percentile
from bench.world import WORKSPACE, World
from bot.catalog import Catalog, Frame, Service
from bot.catalog_view import load_catalog
from bot.scheduling import Need, plans
from bot.understanding.catalog_index import CatalogIndex
from bot.understanding.contract import UnderstandingContext
from bot.understanding.understand import understand
from db.tx import PoolLimits, open_pool, tx

_SPACE = UUID("5d7c2b1e-0000-4000-8000-000000000002")
_NOW = datetime(2026, 11, 21, 9, 30, tzinfo=ZoneInfo("Asia/Kuwait"))
_LINES = (
    "hi",
    "yes",
    "2",
    "no thanks",
    "I want to book",
    "gel manicure",
    "classic pedicure and a gel manicure please",
    "tomorrow at 2pm",
    "next thursday evening, around 6",
    "between 3 and 5 on the 28th",
    "do you have anything tomorrow morning with Maya?",
    "gel mani tomorrow at 2 at Plaza, I'm Sara",
    "how much is the gel pedicure and where are you?",
    "actually make it friday instead, same time",
    "+965 5000 0012",
    "my email is sara@example.com and my number is 50000012",
    "can I speak to a human",
    "ابغى مناكير جل بكرا الساعة ٥",
    "مرحبا",
    "نعم",
    "اريد حجز موعد يوم الخميس مساء في البلازا",
    "👍",
    (
        "hello I would like to come in with my sister some time next week, preferably after work but not on "
        "wednesday, for a manicure and maybe also a pedicure if there is time, what do you have and what does it cost?"
    ),
)
_LONG = "gel manicure tomorrow at 2pm with Maya or friday 28 at half past three " * 140


def run(world: World, *, rounds: int) -> Result:
    result = Result("Thinking: understanding, scheduling, the catalog")
    with world.database() as dsn:
        catalog, load_ms = asyncio.run(_load(dsn, world.workspaces[WORKSPACE], rounds))
    with quiet_gc():
        _understanding(result, catalog, rounds)
        _scheduling(result, rounds)
        _big_catalog(result, catalog, rounds)
    result.add(
        f"Catalog of {len(catalog.services)} services loaded from the tables (once a version)",
        Figure.of(load_ms).text("ms"),
    )
    return result


def _timed(work: Callable[[], object]) -> float:
    """Milliseconds of this thread's CPU: these never wait, and a neighbour's work is not theirs."""
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000


def _context(catalog: Catalog) -> UnderstandingContext:
    return UnderstandingContext(now=_NOW, zone=ZoneInfo("Asia/Kuwait"), region="KW", catalog=catalog)


def _understanding(result: Result, catalog: Catalog, rounds: int) -> None:
    context = _context(catalog)
    for line in _LINES:
        understand(line, context)
    told = [[_timed(lambda: understand(line, context)) for line in _LINES * 40] for _ in range(rounds)]  # noqa: B023
    for percent, goal in ((50, "≤ 0.3 ms"), (99, "≤ 2 ms")):
        result.add(f"Understanding a line, p{percent}", across(told, percent).text("ms"), goal=goal)
    longest = [_timed(lambda: understand(_LONG, context)) for _ in range(rounds * 3)]
    worst = Figure.of([max(samples) for samples in [*told, longest]])
    result.add(
        "Understanding: the slowest of all, a text of 10,000 characters among them",
        f"{worst.high:.1f} ms",
        goal="≤ 20 ms",
    )
    slowest = max(
        _LINES, key=lambda line: percentile([_timed(lambda: understand(line, context)) for _ in range(9)], 50)
    )
    result.notes.append(
        f"Understanding: {len(_LINES)} lines of real talk in English and Arabic, the slowest begins “{slowest[:40]}”."
    )


def _scheduling(result: Result, rounds: int) -> None:
    start = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    people = [uuid5(_SPACE, f"person {number}") for number in range(20)]
    frames = [
        _frame(person, start + timedelta(days=day, minutes=30 * slot))
        for number, person in enumerate(people)
        for day in range(14)
        for slot in range(21)
        if (number * 7 + slot * 3 + day) % 4
    ]
    needs = [Need(uuid5(_SPACE, f"{minutes}"), dict.fromkeys(people, minutes)) for minutes in (60, 45, 30)]
    wanted = start + timedelta(hours=2, minutes=30)

    def plan() -> object:
        return plans(needs, frames, earliest=start, wanted=wanted, limit=3)

    plan()
    told = [[_timed(plan) for _ in range(20)] for _ in range(rounds)]
    title = f"Scheduling 3 services × 20 people × 14 days ({len(frames):,} free frames)"
    result.add(f"{title}, p50", across(told, 50).text("ms"))
    result.add(f"{title}, p99", across(told, 99).text("ms"), goal="≤ 20 ms")


def _frame(person: UUID, starts_at: datetime) -> Frame:
    return Frame(person, _SPACE, starts_at, starts_at + timedelta(minutes=30), f"{person}-{starts_at:%d%H%M}")


def _big_catalog(result: Result, catalog: Catalog, rounds: int) -> None:
    big = replace(catalog, services={one.id: one for one in islice(_services(catalog), 2000)})
    context = _context(big)
    built = [_timed(lambda: CatalogIndex(big)) for _ in range(rounds)]
    understand("hi", context)
    lines = (
        "signature gel manicure deluxe",
        "royal pedicure",
        "I'd like something for my hair",
        "ocean massage at Plaza",
    )
    told = [[_timed(lambda: understand(line, context)) for line in lines * 25] for _ in range(rounds)]  # noqa: B023
    result.add("A line against 2,000 services, p99", across(told, 99).text("ms"), goal="≤ 5 ms")
    result.add("Index over 2,000 services (once a version)", Figure.of(built).text("ms"))


def _services(catalog: Catalog) -> Sequence[Service] | islice[Service]:
    """The real ones under ever more names."""
    first = ("", "Signature", "Royal", "Express", "Ocean", "Golden", "Garden", "Winter", "Summer", "Bridal")
    last = ("", "Deluxe", "Light", "for Two", "Junior", "with Mask", "Plus", "Gold", "Silver", "Classic")
    return islice(
        (
            replace(
                one,
                id=uuid5(one.id, f"{before}/{after}"),
                names={language: f"{before} {name} {after}".strip() for language, name in one.names.items()},
                aliases=(),
            )
            for before, after, one in product(first, last, catalog.services.values())
        ),
        None,
    )


async def _load(dsn: str, workspace: UUID, rounds: int) -> tuple[Catalog, list[float]]:
    pool = await open_pool(dsn, PoolLimits(), application_name="bench")
    taken = []
    try:
        for _ in range(rounds + 1):
            began = time.perf_counter()
            async with tx(pool, workspace) as transaction:
                catalog = await load_catalog(transaction, workspace)
            taken.append((time.perf_counter() - began) * 1000)
    finally:
        await pool.close()
    return catalog, taken[1:]
