"""A sync from claim to end, on real tables."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from bot.catalog import FrameQuery
from bot.catalog_view import load_catalog, load_frames
from db import accounts, errors, failpoints, slots, sync_runs
from db.ids import new_id
from db.tx import tx
from providers.outcome import CallFailure, Disposition
from sync import run as run_module
from sync.run import GIVE_UP_AFTER, RunLost, SyncRules, SyncSource, SyncStatus, run_sync
from tests.sync.conftest import KUWAIT, NOW, SETTINGS, FakeProvider, Syncer, half_hours, small_catalog

TABLES = ("locations", "service_groups", "services", "service_sizes", "staff", "payment_types")
LINKS = ("service_locations", "staff_services")


async def physical_rows(sync: Syncer) -> dict[str, list[tuple[object, ...]]]:
    """Where each row lies: a row that was written again, even with the same values, has moved."""
    return {
        table: sorted(map(str, await sync.rows(f"SELECT ctid, xmin FROM {table}")))
        for table in (*TABLES, *LINKS, "slots", "workspaces")
    }


@pytest.fixture
def armed():
    yield failpoints.arm
    failpoints.arm("")


async def test_the_first_sync_fills_the_catalog_that_conversations_read(sync):
    outcome = await sync(FakeProvider())
    assert outcome.status is SyncStatus.DONE
    assert outcome.counts["services"] == {"created": 3, "changed": 0, "revived": 0, "retired": 0}
    assert outcome.counts["sizes"]["created"] == 2
    assert outcome.counts["slots"] == {"created": 2 * 3 * 4, "refreshed": 0, "deleted": 0}
    async with tx(sync.pool, sync.workspace_id) as connection:
        catalog = await load_catalog(connection, sync.workspace_id)
    assert (catalog.version, catalog.currency) == (1, "KWD")
    plaza, marina = catalog.locations.values()
    assert (plaza.names["ar"], plaza.latitude, len(plaza.hours)) == ("بلازا", 29.3, 7)
    gel, haircut, art = catalog.services.values()
    assert (gel.price_minor, gel.minutes, gel.location_ids) == (12_500, 60, {plaza.id, marina.id})
    assert gel.group_id is not None
    assert catalog.groups[gel.group_id].names == {"en": "Manicure"}
    assert [size.price_minor for size in haircut.sizes] == [8_000, 11_000]
    maya, rosa, lina = catalog.staff.values()
    assert (maya.service_ids, maya.extra_minutes) == ({gel.id}, 15)
    assert rosa.service_ids == {gel.id, haircut.id}
    assert lina.service_ids == {gel.id, art.id}
    assert [kind.online for kind in catalog.payment_types] == [False, True]


async def test_free_frames_of_a_location_come_by_time(sync):
    await sync(FakeProvider())
    async with tx(sync.pool, sync.workspace_id) as connection:
        catalog = await load_catalog(connection, sync.workspace_id)
        plaza = next(iter(catalog.locations))
        opens = datetime(2026, 11, 21, 7, tzinfo=UTC)
        query = FrameQuery(plaza, opens, opens + timedelta(hours=1))
        frames = await load_frames(connection, query)
    names = [
        (catalog.staff[frame.staff_id].names["en"], frame.starts_at - opens, frame.external_id)
        for frame in frames
    ]
    half = timedelta(minutes=30)
    assert names == [
        ("Maya", 0 * half, "20"), ("Rosa", 0 * half, "20"), ("Maya", half, "21"), ("Rosa", half, "21"),
    ]  # fmt: skip


async def test_an_unchanged_sync_writes_no_row_and_keeps_the_version(sync):
    await sync(FakeProvider())
    before = await physical_rows(sync)
    outcome = await sync(FakeProvider())
    assert outcome.status is SyncStatus.DONE
    assert await physical_rows(sync) == before
    assert await sync.version() == 1


async def test_only_what_changed_is_written(sync):
    await sync(FakeProvider())
    before = await physical_rows(sync)
    catalog = small_catalog()
    gel, haircut, art = catalog.services
    services = (replace(gel, price_minor=13_000, location_external_ids=("2",)), haircut, art)
    outcome = await sync(FakeProvider(replace(catalog, services=services)))
    assert outcome.counts["services"] == {"created": 0, "changed": 1, "revived": 0, "retired": 0}
    after = await physical_rows(sync)
    assert len(set(after["services"]) - set(before["services"])) == 1
    assert {name for name in before if before[name] != after[name]} == {
        "services",
        "service_locations",
        "staff_services",
        "staff",
        "workspaces",
    }  # fmt: skip - Rosa performs all of Plaza, which no longer has the gel manicure
    assert await sync.version() == 2
    assert await sync.rows("SELECT price_minor FROM services WHERE external_id = '100'") == [(13_000,)]


async def test_what_is_gone_is_retired_and_comes_back_as_the_same_row(sync):
    everything = FakeProvider()
    await sync(everything)
    ids = await sync.rows("SELECT id FROM services ORDER BY external_id")
    await sync.rows("UPDATE services SET aliases = '{nails with gel}' WHERE external_id = '100' RETURNING id")
    outcome = await sync(everything.without(services=["100"], staff=["7"]), forced=True)
    assert (outcome.counts["services"]["retired"], outcome.counts["staff"]["retired"]) == (1, 1)
    async with tx(sync.pool, sync.workspace_id) as connection:
        catalog = await load_catalog(connection, sync.workspace_id)
        plaza = next(iter(catalog.locations))
        frames = await load_frames(
            connection, FrameQuery(plaza, NOW - timedelta(days=1), NOW + timedelta(days=9))
        )
    assert len(catalog.services) == 2
    assert {catalog.staff[frame.staff_id].names["en"] for frame in frames} == {"Rosa"}
    back = await sync(everything)
    assert (back.counts["services"]["revived"], back.counts["staff"]["revived"]) == (1, 1)
    assert await sync.rows("SELECT id FROM services ORDER BY external_id") == ids
    assert await sync.rows("SELECT aliases FROM services WHERE external_id = '100'") == [
        (["nails with gel"],)
    ]


@pytest.mark.parametrize("part", ["locations", "services", "staff"])
async def test_an_empty_list_is_refused_and_nothing_changes(sync, part):
    await sync(FakeProvider())
    before = await physical_rows(sync)
    half_empty = FakeProvider(replace(small_catalog(), **{part: ()}))
    outcome = await sync(half_empty)
    assert outcome.status is SyncStatus.REFUSED
    assert part in (outcome.error or "")
    assert await physical_rows(sync) == before


async def test_losing_many_services_is_refused_unless_forced(sync):
    everything = FakeProvider()
    await sync(everything)
    fewer = everything.without(services=["101"])
    outcome = await sync(fewer)
    assert outcome.status is SyncStatus.REFUSED
    assert "1 of 3 services" in (outcome.error or "")
    [found] = await errors.listing(sync.pool)
    assert (found.kind, found.workspace_key, found.times) == ("sync_refused", "nails", 1)
    forced = await sync(fewer, forced=True)
    assert forced.status is SyncStatus.DONE
    assert forced.news
    assert await errors.listing(sync.pool) == []


async def test_prices_in_another_currency_are_refused_even_by_force(sync):
    outcome = await sync(FakeProvider(replace(small_catalog(), currency="USD")), forced=True)
    assert outcome.status is SyncStatus.REFUSED
    assert await sync.rows("SELECT * FROM services") == []


async def test_a_broken_source_is_news_once_and_its_recovery_once(sync):
    broken = FakeProvider(CallFailure(Disposition.UNKNOWN, "timeout", "GetItems took too long"))
    heard = [(await sync(provider)).news for provider in (broken, broken, FakeProvider(), FakeProvider())]
    assert heard == [True, False, True, False]
    [found] = await errors.listing(sync.pool, include_resolved=True)
    assert (found.kind, found.times) == ("sync_failed", 2)
    assert "GetItems took too long" in found.summary
    assert found.resolved_at is not None


async def test_every_run_leaves_its_counts_or_its_error(sync):
    await sync(FakeProvider())
    await sync(FakeProvider(frames=CallFailure(Disposition.RETRY, "429", "too many calls")), kind="slots")
    async with tx(sync.pool, sync.workspace_id) as connection:
        failed, done = await sync_runs.recent_runs(connection)
    assert (done.kind, done.status, done.counts["staff"]["created"]) == ("full", "done", 3)
    assert done.counts["duration_ms"] >= 0
    assert (failed.kind, failed.status) == ("slots", "failed")
    assert "too many calls" in (failed.error or "")


async def test_a_pull_of_free_times_asks_by_the_stored_catalog_and_leaves_the_version(sync):
    await sync(FakeProvider())
    provider = FakeProvider(CallFailure(Disposition.UNKNOWN, "x", "must not be asked"))
    outcome = await sync(provider, kind="slots", days=None)
    assert outcome.status is SyncStatus.DONE
    assert "services" not in outcome.counts
    assert provider.asked_days == [date(2026, 11, day) for day in (21, 22, 23, 24)]
    assert provider.asked_of is not None
    wanted = small_catalog()
    assert [row.external_id for row in provider.asked_of.staff] == [row.external_id for row in wanted.staff]
    assert provider.asked_of.locations[0].hours == wanted.locations[0].hours
    assert provider.asked_of.services[0].location_external_ids == ("1", "2")
    assert await sync.version() == 1


async def test_free_times_without_a_catalog_say_what_is_missing(sync):
    outcome = await sync(FakeProvider(), kind="slots")
    assert outcome.counts["slots"] == {"created": 0, "refreshed": 0, "deleted": 0}
    assert "full sync" in outcome.counts["notes"][0]


async def test_days_are_the_businesss_own(sync):
    """At 22:30 UTC it is tomorrow in Kuwait."""
    provider = FakeProvider()
    await sync(provider, now=datetime(2026, 11, 21, 22, 30, tzinfo=UTC), days=1)
    assert provider.asked_days == [date(2026, 11, 22)]


async def test_frames_are_changed_as_little_as_possible(sync):
    await sync(FakeProvider())
    before = set((await physical_rows(sync))["slots"])

    def later(day: date):
        """Maya's first half hour was booked, and she has one more in the evening."""
        return [
            *half_hours("7", "1", day)[1:],
            *half_hours("7", "1", day, first=18, count=1),
            *half_hours("8", "1", day),
            *half_hours("9", "2", day),
        ]

    outcome = await sync(FakeProvider(frames=later), kind="slots", days=1)
    assert outcome.counts["slots"] == {"created": 1, "refreshed": 0, "deleted": 1}
    after = set((await physical_rows(sync))["slots"])
    assert (len(after - before), len(before - after)) == (1, 1)


async def test_frames_found_again_stay_valid_after_half_of_their_time(sync):
    await sync(FakeProvider())
    await sync.rows("UPDATE slots SET valid_until = now() + interval '1 hour' RETURNING 1")
    outcome = await sync(FakeProvider(), kind="slots", days=1)
    assert outcome.counts["slots"] == {"created": 0, "refreshed": 12, "deleted": 0}
    [(oldest,)] = await sync.rows(
        "SELECT min(valid_until) - now() FROM slots WHERE starts_at < $1", NOW + timedelta(hours=12)
    )
    assert oldest > timedelta(hours=5)


async def test_days_that_were_not_asked_for_keep_their_frames(sync):
    await sync(FakeProvider(), days=3)
    await sync(FakeProvider(frames=lambda day: []), kind="slots", days=1)
    days = await sync.rows(
        "SELECT DISTINCT (starts_at AT TIME ZONE 'Asia/Kuwait')::date FROM slots ORDER BY 1"
    )
    assert days == [(date(2026, 11, 22),), (date(2026, 11, 23),)]


async def test_frames_of_strangers_and_other_days_are_noted_not_stored(sync):
    def odd(day: date):
        return half_hours("99", "1", day) + half_hours("7", "1", day + timedelta(days=30))

    outcome = await sync(FakeProvider(frames=odd), days=1)
    assert outcome.counts["slots"]["created"] == 0
    assert len([note for note in outcome.counts["notes"] if "free times" in note]) == 2


@pytest.mark.parametrize("name", ["sync.before_apply", "sync.before_commit"])
async def test_a_sync_that_breaks_off_leaves_nothing_but_its_failure(sync, armed, name):
    armed(f"{name}=raise")
    with pytest.raises(failpoints.FailpointError):
        await sync(FakeProvider())
    for table in (*TABLES, *LINKS, "slots"):
        assert await sync.rows(f"SELECT 1 FROM {table}") == []
    assert await sync.version() == 0
    assert await sync.rows("SELECT status, error FROM sync_runs") == [
        ("failed", "The sync broke off: FailpointError")
    ]
    assert (await sync(FakeProvider())).news


async def test_a_cancelled_run_is_given_back_for_the_next_process(sync):
    asked = asyncio.Event()

    class Silent(FakeProvider):
        async def pull_frames(self, **_: object):
            asked.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(sync(Silent()))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    claimed = await sync_runs.claim_run(sync.pool, claim_seconds=5)
    assert claimed is not None
    assert claimed.workspace_id == sync.workspace_id


async def test_a_run_that_somebody_else_finished_writes_nothing(sync, monkeypatch):
    """A process freezes between its last question and its writing; its claim runs out meanwhile."""
    outcomes = []

    async def connect() -> SyncSource:
        return SyncSource(FakeProvider(), SyncRules(KUWAIT, "KWD", 1, 0.3))

    async def overtaken(name: str) -> None:
        if name == "sync.before_apply" and not outcomes:
            outcomes.append(None)
            await sync.rows("UPDATE sync_runs SET claim_until = now() - interval '1 s' RETURNING 1")
            taken = await sync_runs.claim_run(sync.pool, claim_seconds=60)
            outcomes.append(await run_sync(sync.pool, replace(taken, started_at=None), connect, now=NOW))

    monkeypatch.setattr(failpoints, "hit", overtaken)
    with pytest.raises(RunLost):
        await sync(FakeProvider().without(services=["101"]))
    assert outcomes[1].status is SyncStatus.DONE
    assert await sync.version() == 1
    assert await sync.rows("SELECT status FROM sync_runs") == [("done",)]
    assert len(await sync.rows("SELECT 1 FROM services WHERE retired_at IS NULL")) == 3


async def test_a_run_that_kills_whoever_takes_it_is_given_up(sync):
    async with tx(sync.pool, sync.workspace_id) as connection:
        run = await sync_runs.start_run(connection, kind="full", trigger="operator", claim_seconds=60)
    assert run is not None

    async def connect() -> SyncSource:
        raise AssertionError("must not be tried again")

    late = NOW + GIVE_UP_AFTER + timedelta(seconds=1)
    outcome = await run_sync(sync.pool, replace(run, started_at=NOW), connect, now=late)
    assert outcome.status is SyncStatus.FAILED


async def test_runs_are_claimed_once_and_joined_while_open(sync):
    async with tx(sync.pool, sync.workspace_id) as connection:
        first = await sync_runs.request_run(connection, kind="full", trigger="schedule")
        assert await sync_runs.request_run(connection, kind="full", trigger="operator", forced=True) == first
        slots = await sync_runs.request_run(connection, kind="slots", trigger="schedule")
    claimed = [await sync_runs.claim_run(sync.pool, claim_seconds=60) for _ in range(3)]
    assert [run.id if run else None for run in claimed] == [first, slots, None]
    assert claimed[0] is not None
    assert claimed[0].forced
    async with tx(sync.pool, sync.workspace_id) as connection:
        taken = await sync_runs.start_run(connection, kind="full", trigger="operator", claim_seconds=60)
    assert taken is None


async def test_another_workspaces_catalog_is_neither_seen_nor_touched(sync):
    await sync(FakeProvider())
    other_id: UUID = await accounts.save_workspace(sync.pool, key="other", name="Other", settings=SETTINGS)
    other = Syncer(sync.pool, other_id)
    async with tx(sync.pool, other_id) as connection:
        assert (await load_catalog(connection, other_id)).services == {}
    await other(FakeProvider().without(locations=["1"]), forced=True)
    assert len(await sync.rows("SELECT 1 FROM locations WHERE retired_at IS NULL")) == 2
    async with tx(sync.pool, sync.workspace_id) as connection:
        mine = await load_catalog(connection, sync.workspace_id)
    async with tx(sync.pool, other_id) as connection:
        plaza = next(iter(mine.locations))
        query = FrameQuery(plaza, NOW - timedelta(days=2), NOW + timedelta(days=9))
        assert await load_frames(connection, query) == ()


async def test_a_slow_booking_system_does_not_cost_the_claim(sync, monkeypatch):
    monkeypatch.setattr(run_module, "CLAIM_SECONDS", 0.3)

    class Slow(FakeProvider):
        async def pull_catalog(self, *, today: date):
            await asyncio.sleep(0.6)
            assert await sync_runs.claim_run(sync.pool, claim_seconds=60) is None
            return await super().pull_catalog(today=today)

    assert (await sync(Slow())).status is SyncStatus.DONE


async def test_more_frames_than_one_statement_takes(sync, monkeypatch):
    monkeypatch.setattr(slots, "ROWS_AT_ONCE", 5)
    first = await sync(FakeProvider())
    assert first.counts["slots"] == {"created": 24, "refreshed": 0, "deleted": 0}
    assert (await sync(FakeProvider())).counts["slots"] == {"created": 0, "refreshed": 0, "deleted": 0}


async def test_a_full_sync_and_one_of_free_times_leave_each_other_alone(sync):
    await sync(FakeProvider())
    changed = FakeProvider(replace(small_catalog(), groups=()))
    full, slots_only = await asyncio.gather(sync(changed), sync(FakeProvider(), kind="slots"))
    assert (full.status, slots_only.status) == (SyncStatus.DONE, SyncStatus.DONE)
    assert await sync.version() == 2
    assert len(await sync.rows("SELECT 1 FROM slots")) == 24


async def test_writing_a_catalog_holds_up_no_message(sync, monkeypatch):
    """Rows that refer to the workspace can be written while a sync's transaction is open."""
    written = []

    async def meanwhile(name: str) -> None:
        if name == "sync.before_commit":
            async with tx(sync.pool, sync.workspace_id) as connection:
                await connection.execute("SET LOCAL lock_timeout = '1s'")
                await connection.execute(
                    "INSERT INTO customers (id, workspace_id) VALUES ($1, current_workspace())", new_id()
                )
            written.append(name)

    monkeypatch.setattr(failpoints, "hit", meanwhile)
    assert (await sync(FakeProvider())).status is SyncStatus.DONE
    assert written == ["sync.before_commit"]
