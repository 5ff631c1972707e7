"""How long frames are good for, and one wait for many who need them anew."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from bot.catalog import FrameQuery
from bot.catalog_view import frames_are_fresh, load_catalog
from db import sync_runs
from db.tx import tx
from providers.outcome import CallFailure, Disposition
from sync.run import SyncRules, SyncSource, run_sync
from tests.sync.conftest import KUWAIT, FakeProvider, Syncer
from workers.refreshing import SlotRefresher
from workers.resources import now


async def query(sync: Syncer, day: int = 0, days: int = 1) -> FrameQuery:
    async with tx(sync.pool, sync.workspace_id) as connection:
        catalog = await load_catalog(connection, sync.workspace_id)
    midnight = now().astimezone(KUWAIT).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + timedelta(days=day)
    return FrameQuery(next(iter(catalog.locations)), start, start + timedelta(days=days))


async def fresh(sync: Syncer, asked: FrameQuery) -> bool:
    async with tx(sync.pool, sync.workspace_id) as connection:
        return await frames_are_fresh(connection, asked)


async def runs_ago(sync: Syncer, hours: int) -> None:
    await sync.rows(
        "UPDATE sync_runs SET requested_at = now() - $1::interval, finished_at = now() - $1::interval "
        "RETURNING 1",
        timedelta(hours=hours),
    )


async def test_a_day_that_a_pull_has_reached_is_fresh_even_without_frames(sync):
    await sync(FakeProvider(frames=lambda day: []), now=now(), days=2)
    assert await fresh(sync, await query(sync, 1))
    assert not await fresh(sync, await query(sync, 2))


async def test_a_day_without_frames_goes_stale_with_its_pull(sync):
    await sync(FakeProvider(frames=lambda day: []), now=now(), days=2)
    await runs_ago(sync, 4)
    assert not await fresh(sync, await query(sync, 1))


async def test_frames_are_fresh_as_long_as_they_say(sync):
    await sync(FakeProvider(), now=now(), days=2)
    await runs_ago(sync, 5)
    tomorrow = await query(sync, 1)
    assert await fresh(sync, tomorrow)
    await sync.rows(
        "UPDATE slots SET valid_until = now() - interval '1 s' WHERE starts_at = "
        "(SELECT max(starts_at) FROM slots) RETURNING 1"
    )
    assert not await fresh(sync, tomorrow)


async def test_a_pull_of_one_day_vouches_for_no_other(sync):
    await sync(FakeProvider(), now=now(), days=3)
    await runs_ago(sync, 30)
    await sync.rows("UPDATE slots SET valid_until = now() - interval '1 s' RETURNING 1")
    await sync(FakeProvider(), kind="slots", now=now(), days=1)
    assert await fresh(sync, await query(sync, 0))
    assert not await fresh(sync, await query(sync, 1))


async def test_a_failed_pull_makes_nothing_fresh(sync):
    await sync(FakeProvider(), now=now(), days=2)
    await runs_ago(sync, 30)
    await sync.rows("UPDATE slots SET valid_until = now() - interval '1 s' RETURNING 1")
    await sync(FakeProvider(frames=down()), kind="slots", now=now(), days=2)
    assert not await fresh(sync, await query(sync, 1))


def down() -> CallFailure:
    return CallFailure(Disposition.RETRY, "503", "down for repairs")


class Source:
    """A catalog process whose bell is rung; it performs what was asked with this provider."""

    def __init__(self, sync: Syncer, provider: FakeProvider, delay: float = 0) -> None:
        self.sync, self.provider, self.delay = sync, provider, delay
        self.rung: list[UUID] = []
        self.tasks: list[asyncio.Task[None]] = []

    def ring(self, ids) -> None:
        self.rung += ids
        self.tasks.append(asyncio.create_task(self._perform()))

    async def _perform(self) -> None:
        await asyncio.sleep(self.delay)
        run = await sync_runs.claim_run(self.sync.pool, claim_seconds=60)
        if run is None:
            return

        async def connect() -> SyncSource:
            return SyncSource(self.provider, SyncRules(KUWAIT, "KWD", 2, 0.3))  # type: ignore[arg-type]

        moment: datetime = now()
        await run_sync(self.sync.pool, run, connect, now=moment)


def refresher(source: Source, **changes: float) -> SlotRefresher:
    values = {"wait_seconds": 5.0, "poll_seconds": 0.01, **changes}
    return SlotRefresher(source.sync.pool, source.ring, **values)  # type: ignore[arg-type]


async def count(sync: Syncer) -> int:
    return len(await sync.rows("SELECT 1 FROM sync_runs WHERE trigger = 'conversation'"))


async def test_many_askers_of_two_processes_make_one_run(sync):
    await sync(FakeProvider(), now=now())
    source = Source(sync, FakeProvider(), delay=0.2)
    one, other = refresher(source), refresher(source)
    asked = [each.refresh(sync.workspace_id) for each in (one, other) for _ in range(20)]
    assert await asyncio.gather(*asked) == [True] * 40
    assert await count(sync) == 1
    assert len(set(source.rung)) == 1


async def test_while_waiting_no_connection_is_held(sync):
    """Ten connections, and fifty businesses' worth of waiting in one process."""
    await sync(FakeProvider(), now=now())
    source = Source(sync, FakeProvider(), delay=0.3)
    many = [refresher(source, poll_seconds=0.1) for _ in range(50)]
    waiting = [asyncio.create_task(each.refresh(sync.workspace_id)) for each in many]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        assert await sync.rows("SELECT 1 AS one") == [(1,)]
    assert all(await asyncio.gather(*waiting))
    assert await count(sync) == 1


async def test_a_failure_is_not_asked_for_again_within_a_minute(sync):
    await sync(FakeProvider(), now=now())
    source = Source(sync, FakeProvider(frames=down()))
    first = refresher(source)
    assert not await first.refresh(sync.workspace_id)
    assert not await first.refresh(sync.workspace_id)
    assert not await refresher(source).refresh(sync.workspace_id), "another process reads it from the tables"
    assert await count(sync) == 1
    await runs_ago(sync, 1)
    source.provider = FakeProvider()
    assert await refresher(source).refresh(sync.workspace_id), "a minute later it is asked again"
    assert await count(sync) == 2


async def test_a_slow_one_is_waited_for_once_and_its_run_goes_on(sync):
    await sync(FakeProvider(), now=now())
    source = Source(sync, FakeProvider(), delay=0.4)
    slow = refresher(source, wait_seconds=0.1)
    assert not await slow.refresh(sync.workspace_id)
    async with asyncio.timeout(0.05):
        assert not await slow.refresh(sync.workspace_id)
    await asyncio.gather(*source.tasks)
    assert await sync.rows("SELECT status FROM sync_runs WHERE trigger = 'conversation'") == [("done",)]


async def test_one_who_goes_away_leaves_the_others_waiting(sync):
    await sync(FakeProvider(), now=now())
    shared = refresher(Source(sync, FakeProvider(), delay=0.1))
    leaving = asyncio.create_task(shared.refresh(sync.workspace_id))
    staying = asyncio.create_task(shared.refresh(sync.workspace_id))
    await asyncio.sleep(0.02)
    leaving.cancel()
    assert await staying
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_process_that_ends_waits_for_nothing(sync):
    silent = SlotRefresher(sync.pool, lambda _: None, wait_seconds=60, poll_seconds=0.01)
    waiting = asyncio.create_task(silent.refresh(sync.workspace_id))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        await silent.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_changes_while_a_run_reads_gets_a_run_of_its_own(sync):
    """However many webhooks come meanwhile, one run follows; a run that only waits sees it all anyway."""

    async def ask(after_now: bool) -> UUID:
        async with tx(sync.pool, sync.workspace_id) as connection:
            return await sync_runs.request_run(
                connection, kind="slots", trigger="webhook", after_now=after_now
            )

    first = await ask(after_now=True)
    assert await ask(after_now=True) == first
    run = await sync_runs.claim_run(sync.pool, claim_seconds=60)
    assert run is not None
    assert await ask(after_now=False) == first
    for _ in range(3):
        assert await ask(after_now=True) == first
    async with tx(sync.pool, sync.workspace_id) as connection:
        assert await sync_runs.finish_run(connection, first, status="done", counts={})
    follower = await sync_runs.claim_run(sync.pool, claim_seconds=60)
    assert follower is not None
    assert follower.id != first
    async with tx(sync.pool, sync.workspace_id) as connection:
        assert await sync_runs.finish_run(connection, follower.id, status="done", counts={})
    assert await sync_runs.claim_run(sync.pool, claim_seconds=60) is None
