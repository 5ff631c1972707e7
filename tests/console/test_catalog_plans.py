"""The queries of catalog, sync and AI find their rows by an index, as the application's role and under row security."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from db import read_catalog, read_llm, read_sync_runs
from db.tx import tx
from tests.sampled import BARBER
from workers.resources import now

BIG = {"llm_calls", "slots", "sync_runs"}


@pytest.fixture
async def filled(pool):
    """A year of calls, a quarter of free times and many runs of every business."""
    for statement in (
        """
        INSERT INTO llm_calls (id, workspace_id, purpose, provider, model, variant, outcome, cost_nanos, latency_ms,
                               created_at)
        SELECT gen_random_uuid(), w.id, 'understand', 'openai', 'm', 'v', 'ok', 1, 1, now() - n * interval '2 hours'
        FROM workspaces w, generate_series(1, 4000) n
        """,
        """
        INSERT INTO slots (workspace_id, location_id, staff_id, starts_at, ends_at, valid_until)
        SELECT p.workspace_id, p.location_id, p.id, t, t + interval '1 minute', now() + interval '6 hours'
        FROM staff p, generate_series(date_trunc('hour', now()) + interval '7 minutes',
                                      now() + interval '200 days', interval '1 hour') t
        ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO sync_runs (id, workspace_id, kind, trigger, status, requested_at, finished_at)
        SELECT gen_random_uuid(), w.id, 'slots', 'schedule', 'done', now() - n * interval '5 minutes', now()
        FROM workspaces w, generate_series(1, 4000) n
        """,
        "ANALYZE",
    ):
        await pool.execute(statement)
    return pool


async def read_whole(transaction, statement: str, *arguments: object) -> set[str]:
    """Big tables that are read from end to end."""
    plan = json.loads(await transaction.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *arguments))
    found, nodes = set(), [plan[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
            found.add(node["Relation Name"])
        nodes += node.get("Plans", [])
    return found


async def test_no_page_reads_a_big_table_from_end_to_end(filled, desk):
    week, soon = now() - timedelta(days=7), now() + timedelta(days=14)
    no_filters = (None,) * 8
    async with tx(filled, desk.workspaces[BARBER]) as work:
        for statement, arguments in (
            (read_llm.SPENT, (week,)),
            (read_llm.ARMS, (week,)),
            (read_llm.TALKS, (week,)),
            (read_llm.FAILURES, (week,)),
            (read_llm.DAYS, (week, "Asia/Kuwait")),
            (read_llm.LISTING, (*no_filters, None, None, 50)),
            (read_catalog.FREE_BY_DAY, (now(), soon, "Asia/Kuwait")),
            (read_sync_runs.VERSION, ()),
            (read_sync_runs.OPEN, ()),
            (read_sync_runs.LAST_ENDED, ("slots",)),
        ):
            assert await read_whole(work, statement, *arguments) == set(), statement
