"""What people see of a run: how far it has come, and what a refused one would have done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from db import sync_runs
from sync import run as run_module
from sync.run import SyncStatus
from tests.sync.conftest import FakeProvider


async def test_how_far_a_run_has_come_stands_in_its_row_and_is_gone_when_it_ended(sync, monkeypatch):
    monkeypatch.setattr(run_module, "TELL_SECONDS", 0)
    seen = []

    class Watched(FakeProvider):
        async def pull_frames(self, **asked: Any):
            [(progress,)] = await sync.rows("SELECT progress FROM sync_runs WHERE status = 'running'")
            seen.append(progress)
            return await super().pull_frames(**asked)

    assert (await sync(Watched())).status is SyncStatus.DONE
    assert seen == [{"what": "free times", "done": done, "total": 2} for done in (0, 1)]
    assert await sync.rows("SELECT progress FROM sync_runs") == [({},)]


async def test_progress_is_written_no_oftener_than_needed(sync, monkeypatch):
    monkeypatch.setattr(run_module, "TELL_SECONDS", 3600)
    written = []

    async def noted(connection: object, run_id: UUID, *, what: str, done: int, **_: object) -> bool:
        written.append((what, done))
        return True

    monkeypatch.setattr(sync_runs, "move_on", noted)
    await sync(FakeProvider(), days=3)
    assert written == [("catalog", 0), ("free times", 0)]


async def test_a_refused_run_keeps_what_it_would_have_done(sync):
    await sync(FakeProvider())
    assert (await sync(FakeProvider().without(services=["100", "102"]))).status is SyncStatus.REFUSED
    [(planned,)] = await sync.rows("SELECT planned FROM sync_runs WHERE status = 'refused'")
    assert planned["counts"]["services"]["retired"] == 2
    assert planned["retired"]["services"][0] == {"en": "Gel Manicure", "ar": "جل"}
