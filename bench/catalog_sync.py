"""A catalog's way: the first sync of a big business, and one that finds nothing new."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import uvloop

from bench.receiver import quiet_gc
from bench.result import Figure, Result, ratio
from bench.world import WORKSPACE, World
from db import accounts, sync_runs
from db.tx import Pool, PoolLimits, open_pool, tx
from providers.contract import (
    BookingProvider,
    CatalogRecord,
    FrameRecord,
    GroupRecord,
    LocationRecord,
    PaymentTypeRecord,
    ServiceRecord,
    StaffRecord,
)
from sync.run import SyncRules, SyncSource, run_sync
from workers.resources import now

_ZONE = ZoneInfo("Asia/Kuwait")
_PLACES, _PEOPLE, _SERVICES, _DAYS, _FRAMES_A_DAY = 4, 60, 500, 14, 24


def big_catalog() -> CatalogRecord:
    places = tuple(LocationRecord(f"place-{n}", {"en": f"Place {n}"}) for n in range(_PLACES))
    keys = tuple(place.external_id for place in places)
    return CatalogRecord(
        currency="KWD",
        locations=places,
        groups=(GroupRecord("group", {"en": "Everything"}),),
        services=tuple(
            ServiceRecord(
                f"service-{n}", {"en": f"Service {n}", "ar": f"خدمة {n}"}, 30, 12_000, keys, "group"
            )
            for n in range(_SERVICES)
        ),
        staff=tuple(
            StaffRecord(f"person-{n}", {"en": f"Person {n}"}, keys[n % _PLACES]) for n in range(_PEOPLE)
        ),
        payment_types=(PaymentTypeRecord("cash", "cash_on_arrival", {"en": "Pay on arrival"}, online=False),),
    )


@dataclass(slots=True)
class BigBusiness:
    """A booking system that answers from memory at once, so that only our side is measured."""

    catalog: CatalogRecord = field(default_factory=big_catalog)
    pulled: float = 0.0
    """Seconds that making the answers took; not ours."""

    async def pull_catalog(self, *, today: date) -> CatalogRecord:  # noqa: ARG002
        return self.catalog

    async def pull_frames(self, *, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]:
        began = time.perf_counter()
        found = [
            FrameRecord(
                person.external_id,
                person.location_external_id,
                f"{person.external_id}-{day:%m%d}-{slot}",
                start := datetime(day.year, day.month, day.day, 6, tzinfo=UTC) + timedelta(minutes=30 * slot),
                start + timedelta(minutes=30),
            )
            for person in catalog.staff
            for day in days
            for slot in range(_FRAMES_A_DAY)
        ]
        self.pulled += time.perf_counter() - began
        return found


def run(world: World, *, rounds: int) -> Result:
    result = Result("Catalog sync")
    first: list[float] = []
    again: list[float] = []
    plain: list[float] = []
    for _ in range(rounds):
        with world.database() as dsn, quiet_gc():
            uvloop.run(_measure(dsn, first, again, plain))
    frames = _PEOPLE * _DAYS * _FRAMES_A_DAY
    rows = frames + _SERVICES + _PEOPLE + _SERVICES * _PLACES + _PEOPLE * _SERVICES
    speed = [rows / seconds for seconds in first]
    peer = [frames / seconds for seconds in plain]
    result.add(
        "Peer: the free times alone, bare INSERTs from arrays into a table without keys",
        Figure.of(peer).text("rows/s"),
    )
    result.add(
        "First sync",
        Figure.of(speed).text("rows/s"),
        against=ratio(speed, peer, lambda s: f"{s:.0%}"),
        goal="≥ 25,000",
    )
    result.add("First sync, in all", Figure.of(first).text("s"))
    shares = [late / early for late, early in zip(again, first, strict=True)]
    result.add(
        "The same again, nothing changed: share of the first's time",
        Figure.of([s * 100 for s in shares]).text("%"),
        goal="≤ 20 %, 0 rows written",
    )
    result.notes.append(
        f"{rows:,} rows: {_SERVICES} services at {_PLACES} places, {_PEOPLE} people who do all of them, {frames:,} "
        "free times of two weeks; from the pulled values to the commit, with plan and checks."
    )
    return result


async def _measure(dsn: str, first: list[float], again: list[float], plain: list[float]) -> None:
    pool = await open_pool(
        dsn, PoolLimits(command_timeout=60, statement_timeout=60), application_name="bench"
    )
    try:
        seeded = await accounts.find_workspace(pool, WORKSPACE)
        if seeded is None:
            raise LookupError(WORKSPACE)
        workspace = await accounts.save_workspace(pool, key="bench-big", name="Big", settings=seeded.settings)
        business = BigBusiness()
        plain.append(await _plain_inserts(dsn, business))
        first.append(await _sync(pool, workspace, business, changes=True))
        again.append(await _sync(pool, workspace, business, changes=False))
    finally:
        await pool.close()


async def _sync(pool: Pool, workspace: UUID, business: BigBusiness, *, changes: bool) -> float:
    """Seconds, without the time the booking system took to answer."""
    async with tx(pool, workspace) as transaction:
        await sync_runs.request_run(transaction, kind="full", trigger="operator")
    run_row = await sync_runs.claim_run(pool, claim_seconds=60)
    if run_row is None or run_row.workspace_id != workspace:
        raise RuntimeError("another sync run was waiting")

    async def connect() -> SyncSource:
        rules = SyncRules(zone=_ZONE, currency="KWD", horizon_days=_DAYS, service_drop_limit=0.5)
        return SyncSource(cast("BookingProvider", business), rules)  # orders are never placed here

    business.pulled = 0.0
    began = time.perf_counter()
    outcome = await run_sync(pool, run_row, connect, now=now(), days=_DAYS)
    seconds = time.perf_counter() - began - business.pulled
    written = sum(
        count for table in outcome.counts.values() if isinstance(table, dict) for count in table.values()
    )
    if outcome.error or (written > 0) is not changes:
        raise RuntimeError(f"the sync wrote {written} rows: {outcome}")
    return seconds


async def _plain_inserts(dsn: str, business: BigBusiness) -> float:
    """The same free times, as fast as PostgreSQL takes rows from arrays."""
    days = [date(2026, 11, 21) + timedelta(days=offset) for offset in range(_DAYS)]
    frames = await business.pull_frames(catalog=business.catalog, days=days)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "CREATE TABLE plain (person text, place text, starts_at timestamptz, ends_at timestamptz, external_id text)"
        )
        began = time.perf_counter()
        await connection.execute(
            "INSERT INTO plain SELECT * FROM "
            "unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])",
            [frame.staff_external_id for frame in frames],
            [frame.location_external_id for frame in frames],
            [frame.starts_at for frame in frames],
            [frame.ends_at for frame in frames],
            [frame.external_id for frame in frames],
        )
        return time.perf_counter() - began
    finally:
        await connection.close()
