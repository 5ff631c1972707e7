"""The catalog process: takes what was asked for, says a broken source once, survives what goes wrong."""

from __future__ import annotations

import asyncio
import os
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs

import workers.catalog
from db import sync_runs
from db.secrets import SecretBox
from db.tx import Pool, tx
from providers.outcome import CallFailure, Disposition
from sync.run import SyncRules, SyncSource, run_sync
from tests.sync.conftest import KUWAIT, FakeProvider
from workers.catalog import Catalog


@pytest.fixture
async def resources(pool: Pool):
    async with httpx.AsyncClient() as http:
        timing = SimpleNamespace(shutdown_seconds=5)
        settings = SimpleNamespace(timing=timing)
        yield SimpleNamespace(pool=pool, http=http, box=SecretBox([os.urandom(32)]), settings=settings)


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """`source["provider"]` answers every run of the process."""
    held: dict[str, Any] = {"provider": FakeProvider()}

    async def perform(pool: Pool, _box: object, _http: object, run: sync_runs.SyncRunRow, **more: Any):
        async def connect() -> SyncSource:
            return SyncSource(held["provider"], SyncRules(KUWAIT, "KWD", 1, 0.3))

        return await run_sync(pool, run, connect, **more)

    monkeypatch.setattr(workers.catalog, "perform_run", perform)
    return held


async def ask(pool: Pool, workspace_id: UUID) -> UUID:
    async with tx(pool, workspace_id) as connection:
        return await sync_runs.request_run(connection, kind="full", trigger="schedule")


async def until_done(pool: Pool, workspace_id: UUID, run_id: UUID) -> str:
    async with asyncio.timeout(20):
        while True:
            async with tx(pool, workspace_id) as connection:
                [run] = [one for one in await sync_runs.recent_runs(connection) if one.id == run_id]
            if run.finished_at is not None:
                return run.status
            await asyncio.sleep(0.01)


async def test_the_bell_makes_a_run_start_at_once_and_the_poll_does_without_it(
    pool, workspace_id, resources, source
):
    stopping = asyncio.Event()
    deaf = Catalog(resources, poll_seconds=0.05)
    task = asyncio.create_task(deaf.run(stopping))
    assert await until_done(pool, workspace_id, await ask(pool, workspace_id)) == "done"
    stopping.set()
    await task

    stopping = asyncio.Event()
    hearing = Catalog(resources, poll_seconds=3600)
    task = asyncio.create_task(hearing.run(stopping))
    await asyncio.sleep(0)
    run_id = await ask(pool, workspace_id)
    hearing.wake.set()
    assert await until_done(pool, workspace_id, run_id) == "done"
    stopping.set()
    await task


async def test_a_broken_source_is_warned_of_once_and_so_is_its_recovery(
    pool, workspace_id, resources, source
):
    catalog = Catalog(resources)
    broken = FakeProvider(CallFailure(Disposition.RETRY, "503", "down for repairs"))
    heard = []
    for provider in (broken, broken, FakeProvider(), FakeProvider()):
        source["provider"] = provider
        await ask(pool, workspace_id)
        with capture_logs() as lines:
            assert await catalog.take_one()
        heard.append([line["event"] for line in lines if line["log_level"] == "warning"])
    assert heard == [["sync.not_done"], [], ["sync.recovered"], []]
    assert not await catalog.take_one()


async def test_a_bug_ends_its_run_and_not_the_process(pool, workspace_id, resources, source):
    stopping = asyncio.Event()
    source["provider"] = FakeProvider(ZeroDivisionError())
    catalog = Catalog(resources, poll_seconds=0.05)
    with capture_logs() as lines:
        task = asyncio.create_task(catalog.run(stopping))
        assert await until_done(pool, workspace_id, await ask(pool, workspace_id)) == "failed"
        source["provider"] = FakeProvider()
        assert await until_done(pool, workspace_id, await ask(pool, workspace_id)) == "done"
        stopping.set()
        await task
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["sync.broke_off"]


async def test_a_run_that_does_not_end_in_the_shutdown_time_is_given_back(
    pool, workspace_id, resources, source
):
    asked = asyncio.Event()

    class Silent(FakeProvider):
        async def pull_catalog(self, **_: object):
            asked.set()
            await asyncio.Event().wait()

    source["provider"] = Silent()
    resources.settings.timing.shutdown_seconds = 0.05
    await ask(pool, workspace_id)
    stopping = asyncio.Event()
    task = asyncio.create_task(Catalog(resources).run(stopping))
    await asked.wait()
    stopping.set()
    await task
    assert await sync_runs.claim_run(pool, claim_seconds=5) is not None
