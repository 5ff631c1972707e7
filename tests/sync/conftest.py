"""A database, a workspace and a booking system in memory whose answers a test decides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from db import accounts, sync_runs
from db.tx import Pool, PoolLimits, open_pool, tx
from providers.contract import (
    CatalogRecord,
    FrameRecord,
    GroupRecord,
    LocationRecord,
    OpeningHours,
    PaymentTypeRecord,
    ServiceRecord,
    SizeRecord,
    StaffRecord,
)
from sync.run import SyncOutcome, SyncRules, SyncSource, run_sync

KUWAIT = ZoneInfo("Asia/Kuwait")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SETTINGS = {"timezone": "Asia/Kuwait", "currency": "KWD"}


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(dsn, PoolLimits(), application_name="test")
    yield opened
    await opened.close()


@pytest.fixture
async def workspace_id(pool: Pool) -> UUID:
    return await accounts.save_workspace(pool, key="nails", name="Nails", settings=SETTINGS)


def small_catalog() -> CatalogRecord:
    """Two locations, three services, three people."""
    hours = tuple(OpeningHours(day, time(10), time(21)) for day in range(7))
    return CatalogRecord(
        currency="KWD",
        locations=(
            LocationRecord(
                "1", {"en": "Plaza", "ar": "بلازا"}, "Street 1", "+96550000001", 29.3, 48.0, hours
            ),
            LocationRecord("2", {"en": "Marina"}, hours=hours),
        ),
        groups=(GroupRecord("10", {"en": "Manicure"}), GroupRecord("40", {"en": "Hair"})),
        services=(
            ServiceRecord(
                "100", {"en": "Gel Manicure", "ar": "جل"}, 60, 12_500, ("1", "2"), "10", "Soft gel"
            ),
            ServiceRecord(
                "101",
                {"en": "Haircut"},
                45,
                8_000,
                ("1",),
                "40",
                sizes=(SizeRecord("1", {"en": "Short"}, 8_000), SizeRecord("2", {"en": "Long"}, 11_000)),
            ),
            ServiceRecord("102", {"en": "Nail Art"}, 30, 5_000, ("2",), "10"),
        ),
        staff=(
            StaffRecord("7", {"en": "Maya"}, "1", 15, ("100",)),
            StaffRecord("8", {"en": "Rosa"}, "1"),
            StaffRecord("9", {"en": "Lina"}, "2"),
        ),
        payment_types=(
            PaymentTypeRecord("1", "COD", {"en": "At the salon"}, online=False),
            PaymentTypeRecord("2", "KNET", {"en": "KNET"}, online=True),
        ),
    )


def half_hours(staff: str, location: str, day: date, *, first: int = 10, count: int = 4) -> list[FrameRecord]:
    """Free half hours of a person from a wall-clock hour on."""
    opens = datetime.combine(day, time(first), KUWAIT).astimezone(UTC)
    return [
        FrameRecord(
            staff_external_id=staff,
            location_external_id=location,
            external_id=str(first * 2 + step),
            starts_at=opens + timedelta(minutes=30 * step),
            ends_at=opens + timedelta(minutes=30 * (step + 1)),
        )
        for step in range(count)
    ]


@dataclass
class FakeProvider:
    """Answers with what the test put here; an exception instead of a value is raised."""

    catalog: CatalogRecord | Exception = field(default_factory=small_catalog)
    frames: Any = None
    asked_days: list[date] = field(default_factory=list)
    asked_of: CatalogRecord | None = None

    async def pull_catalog(self, *, today: date) -> CatalogRecord:
        if isinstance(self.catalog, Exception):
            raise self.catalog
        return self.catalog

    async def pull_frames(self, *, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]:
        self.asked_of = catalog
        self.asked_days += days
        if isinstance(self.frames, Exception):
            raise self.frames
        if self.frames is not None:
            return [frame for day in days for frame in self.frames(day)]
        return [
            frame
            for day in days
            for person in catalog.staff
            for frame in half_hours(person.external_id, person.location_external_id, day)
        ]

    def without(self, **parts: Sequence[str]) -> FakeProvider:
        """The same, but rows with these external ids are gone: without(services=["100"])."""
        assert isinstance(self.catalog, CatalogRecord)
        kept = {
            name: tuple(row for row in getattr(self.catalog, name) if row.external_id not in gone)
            for name, gone in parts.items()
        }
        return FakeProvider(catalog=replace(self.catalog, **kept), frames=self.frames)


class Syncer:
    """Runs syncs of one workspace."""

    def __init__(self, pool: Pool, workspace_id: UUID) -> None:
        self.pool = pool
        self.workspace_id = workspace_id

    async def __call__(
        self,
        provider: FakeProvider,
        *,
        kind: sync_runs.Kind = "full",
        forced: bool = False,
        days: int | None = 2,
        now: datetime = NOW,
        horizon_days: int = 3,
        currency: str = "KWD",
    ) -> SyncOutcome:
        async with tx(self.pool, self.workspace_id) as connection:
            run = await sync_runs.start_run(
                connection, kind=kind, trigger="operator", forced=forced, claim_seconds=60
            )
        assert run is not None
        rules = SyncRules(KUWAIT, currency, horizon_days, 0.3)

        async def connect() -> SyncSource:
            return SyncSource(provider, rules)  # type: ignore[arg-type]

        return await run_sync(self.pool, replace(run, started_at=None), connect, now=now, days=days)

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        async with tx(self.pool, self.workspace_id) as connection:
            return [tuple(row) for row in await connection.fetch(query, *values)]

    async def version(self) -> int:
        [(version,)] = await self.rows("SELECT catalog_version FROM workspaces")
        return version


@pytest.fixture
def sync(pool: Pool, workspace_id: UUID) -> Syncer:
    return Syncer(pool, workspace_id)
