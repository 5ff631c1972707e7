"""Sync in the console: what the tables hold of runs, asking for one, what a refused one would have done."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from bot.console.sync_words import lines, sentence
from db import sync_runs
from db.tx import Pool
from tests.console.catalog_rows import REFUSAL, done, refused, run_of
from tests.console.desk import Desk, open_desk
from tests.sampled import BARBER

HERE = f"/console/w/{BARBER}/sync"


@pytest.fixture
async def rung() -> list[UUID]:
    """Runs that the catalog process was told of."""
    return []


@pytest.fixture
async def desk(sampled_pool: Pool, rung: list[UUID]) -> AsyncIterator[Desk]:
    async with open_desk(sampled_pool, ring_catalog=rung.extend) as opened:
        yield opened


def test_counts_are_said_in_words_and_what_is_nought_is_not():
    counts = {
        "slots": {"created": 1200, "refreshed": 3, "deleted": 0},
        "staff": {"created": 0, "changed": 0, "revived": 0, "retired": 0},
        "services": {"created": 3, "changed": 0, "revived": 1, "retired": 2},
        "notes": ["a note"],
        "frames_until": "2026-12-01T00:00:00+00:00",
    }
    assert (
        sentence(counts)
        == "Services: 3 new, 1 back again, 2 no longer offered; Free times: 1,200 new, 3 confirmed"
    )
    assert lines({}) == []


async def test_the_page_says_what_the_tables_say(desk, ann):
    counts = {
        "services": {"created": 3, "changed": 1, "revived": 0, "retired": 0},
        "notes": ["service 7: <left> out"],
    }
    async with desk.at() as transaction:
        await done(transaction, counts)
    page = (await ann.get(HERE)).text
    ((frames,),) = await desk.rows("SELECT count(*) FROM slots WHERE starts_at > now()")
    assert f"<dd>{frames:,}</dd>" in page
    assert "Services: 3 new, 1 changed" in page
    assert "service 7: &lt;left&gt; out" in page
    ((runs,),) = await desk.rows("SELECT count(*) FROM sync_runs")
    assert page.count('data-title="Took"') == runs
    ((last, until),) = await desk.rows(
        "SELECT (SELECT max(finished_at) FROM sync_runs WHERE kind = 'full' AND status = 'done'), "
        "(SELECT min(valid_until) FROM slots WHERE starts_at > now())",
    )
    for moment in (last, until):
        assert f'datetime="{moment.isoformat()}"' in page


async def test_sync_now_asks_the_catalog_process_after_the_commit(desk, ann, rung):
    await ann.get(HERE)
    answer = await ann.post(f"{HERE}/run", kind="full", back=HERE)
    page = (await ann.follow(answer)).text
    assert "Asked for." in page
    assert "Begins in a moment" in page
    (run,) = await desk.rows("SELECT id, kind, trigger, forced FROM sync_runs WHERE status = 'requested'")
    assert tuple(run)[1:] == ("full", "operator", False)
    assert rung == [run["id"]]
    (entry,) = await desk.pool.fetch("SELECT * FROM audit_entries WHERE action = 'sync.asked'")
    assert (entry["actor"], entry["subject"]) == ("user:ann@example.com", str(run["id"]))
    assert entry["detail"] == {"kind": "full", "forced": False, "joined": False}


async def test_a_click_while_one_is_under_way_joins_it(desk, ann, rung):
    async with desk.at() as transaction:
        run_id = await run_of(transaction, progress=("free times", 4, 16))
    page = (await ann.get(HERE)).text
    assert "day 4 of 16" in page
    assert '<progress max="16" value="4">25 %' in page
    joined = await ann.follow(await ann.post(f"{HERE}/run", kind="full", back=HERE))
    assert "under way already" in joined.text
    forced = await ann.follow(await ann.post(f"{HERE}/run", kind="full", forced="1", back=HERE))
    assert "Force again if it is refused" in forced.text
    assert rung == [run_id, run_id]
    (run,) = await desk.rows("SELECT id, forced FROM sync_runs WHERE status IN ('requested', 'running')")
    assert tuple(run) == (run_id, False)


async def test_free_times_alone_and_by_force(desk, ann):
    await ann.get(HERE)
    await ann.post(f"{HERE}/run", kind="slots", back=HERE)
    await ann.post(f"{HERE}/run", kind="full", forced="1", back=HERE)
    asked = await desk.rows("SELECT kind, forced FROM sync_runs WHERE status = 'requested' ORDER BY kind")
    assert [tuple(row) for row in asked] == [("full", True), ("slots", False)]


async def test_a_refused_run_shows_what_it_would_have_done(desk, ann):
    async with desk.at() as transaction:
        await refused(transaction)
    page = (await ann.get(HERE)).text
    assert "1 new, 2 changed, 22 no longer offered" in page
    assert "Hot Towel &lt;b&gt;Shave&lt;/b&gt;" in page
    assert '<bdi dir="auto" lang="ar">حلاقة</bdi>' in page
    assert "and 20 more" in page
    assert "--force" not in page  # that is for a terminal
    async with desk.at() as transaction:
        await done(transaction, {})
    assert "It would have done this" not in (await ann.get(HERE)).text


async def test_what_nobody_takes_is_said(desk, ann):
    await ann.get(HERE)
    await ann.post(f"{HERE}/run", kind="full", back=HERE)
    await desk.pool.execute(
        "UPDATE sync_runs SET requested_at = now() - interval '1 minute' WHERE status = 'requested'"
    )
    assert "Nobody takes it" in (await ann.get(f"{HERE}/part")).text


@pytest.mark.parametrize("form", [{}, {"kind": "everything"}, {"kind": ""}])
async def test_what_is_no_sync_is_refused(desk, ann, rung, form):
    await ann.get(HERE)
    answer = await ann.follow(await ann.post(f"{HERE}/run", back=HERE, **form))
    assert "There is no such sync" in answer.text
    assert rung == []
    assert await desk.rows("SELECT id FROM sync_runs WHERE status = 'requested'") == []


async def test_without_a_booking_system_there_is_nothing_to_ask(desk, ann, rung):
    await desk.pool.execute("UPDATE provider_accounts SET enabled = false")
    page = (await ann.get(HERE)).text
    assert "Sync now" not in page
    answer = await ann.follow(await ann.post(f"{HERE}/run", kind="full", back=HERE))
    assert "No booking system is connected" in answer.text
    assert rung == []
    await desk.pool.execute("DELETE FROM sync_runs")
    assert "No booking system is connected" in (await ann.get(HERE)).text


async def test_filters_and_the_file_agree_with_the_tables(desk, ann):
    async with desk.at() as transaction:
        await refused(transaction)
        await done(transaction, {"slots": {"created": 5}}, kind="slots")
    for status, kind in (("refused", ""), ("", "slots"), ("done", "full"), ("no such", "neither")):
        page = (await ann.get(HERE, status=status, kind=kind)).text
        known = status in {"refused", "done"}
        ((count,),) = await desk.rows(
            "SELECT count(*) FROM sync_runs WHERE ($1 = '' OR status = $1) AND ($2 = '' OR kind = $2)",
            status if known else "",
            kind if kind in {"full", "slots"} else "",
        )
        assert page.count('data-title="Took"') == count, (status, kind)
    file = (await ann.get(f"{HERE}.csv", status="refused")).text.lstrip("\ufeff")
    header, row = csv.reader(io.StringIO(file))
    assert dict(zip(header, row, strict=True))["what went wrong"] == REFUSAL


async def test_an_open_page_hears_of_progress_and_of_the_end(desk, ann):
    """What the stream compares: it differs whenever a run came further."""
    from db.read_sync_runs import version

    seen = []
    async with desk.at() as transaction:
        seen.append(await version(transaction))
        run_id = await run_of(transaction)
        seen.append(await version(transaction))
        for day in (1, 2):
            await sync_runs.move_on(
                transaction, run_id, what="free times", done=day, total=2, claim_seconds=9
            )
            seen.append(await version(transaction))
        await sync_runs.finish_run(transaction, run_id, status="done", counts={})
        seen.append(await version(transaction))
        (progress,) = (await transaction.fetch("SELECT progress FROM sync_runs WHERE id = $1", run_id))[0]
    assert len(set(seen)) == len(seen)
    assert json.dumps(progress) == "{}"
