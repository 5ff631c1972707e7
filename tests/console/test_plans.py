"""The console's hot queries find their rows by an index, as the application's role and under row security."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from db import read_customers, read_overview, read_thread
from db.tx import tx
from tests.sampled import BARBER

BIG = ("messages", "conversations", "customers")


@pytest.fixture
async def filled(pool):
    """So many rows, of this business and another, that reading a table from end to end would be dear."""
    for statement in (
        """
        INSERT INTO customers (id, workspace_id, name, created_at)
        SELECT gen_random_uuid(), w.id, 'Many', now() - n * interval '1 hour'
        FROM workspaces w, generate_series(1, 1500) n
        """,
        """
        INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address, status,
                                   created_at, closed_at)
        SELECT gen_random_uuid(), k.workspace_id, a.bot_id, a.id, k.id, 'x', 'closed', k.created_at, now()
        FROM customers k CROSS JOIN LATERAL (
          SELECT id, bot_id FROM channel_accounts WHERE workspace_id = k.workspace_id LIMIT 1) a WHERE k.name = 'Many'
        """,
        """
        INSERT INTO messages (id, workspace_id, conversation_id, seq, direction, body, turn, delivery_status,
                              created_at)
        SELECT gen_random_uuid(), c.workspace_id, c.id, n, 'in', 'Hi', 1, 'received', c.created_at
        FROM conversations c, generate_series(1, 4) n WHERE c.address = 'x'
        """,
        "ANALYZE",
    ):
        await pool.execute(statement)
    return pool


async def scanned(transaction, statement: str, *arguments: object) -> set[str]:
    """Big tables that are read from end to end."""
    plan = await transaction.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *arguments)
    found: set[str] = set()

    def look(node: dict) -> None:
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
            found.add(node["Relation Name"])
        for child in node.get("Plans", []):
            look(child)

    look(json.loads(plan)[0]["Plan"])
    return found


async def test_no_page_reads_a_big_table_from_end_to_end(filled, desk):
    async with tx(filled, desk.workspaces[BARBER]) as work:
        row = await work.fetchrow("SELECT id, customer_id FROM conversations WHERE address = 'x' LIMIT 1")
        talk, customer = UUID(str(row["id"])), UUID(str(row["customer_id"]))
        today = await work.fetchval("SELECT now() - interval '12 hours'")
        for statement, arguments in (
            (read_thread.MESSAGES, (talk, None, 100)),
            (read_thread.STANDING, (talk,)),
            (read_thread.VERSION, (talk,)),
            (read_overview.SINCE, (today,)),
            (read_overview.VERSION, ()),
            (read_customers.TALKS, (customer,)),
            (read_customers.VISITS, (customer,)),
            (read_customers.FIND, (customer,)),
        ):
            assert await scanned(work, statement, *arguments) == set(), statement
