"""The console's hot queries find their rows by an index, as the application's role and under row security."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from db import (
    read_bookings,
    read_calendar,
    read_conversations,
    read_costs,
    read_customers,
    read_handoffs,
    read_intents,
    read_leads,
    read_overview,
    read_thread,
)
from db.read_pages import Cursor
from db.tx import tx
from tests.sampled import BARBER

BIG = ("messages", "conversations", "customers", "leads", "booking_intents", "bookings", "booking_items")


@pytest.fixture
async def filled(pool):
    """A business beside larger ones: reading a table from end to end would be dear."""
    for statement in (
        """
        INSERT INTO customers (id, workspace_id, name, created_at)
        SELECT gen_random_uuid(), w.id, 'Many', now() - n * interval '1 hour'
        FROM workspaces w, generate_series(1, 2500) n WHERE n <= 400 OR w.key <> 'fade-street-barbers'
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
        """
        INSERT INTO leads (id, workspace_id, bot_id, conversation_id, customer_id, status, name, source, created_at)
        SELECT gen_random_uuid(), workspace_id, bot_id, id, customer_id, 'incomplete', 'Many', 'x', created_at
        FROM conversations WHERE address = 'x'
        """,
        """
        INSERT INTO booking_intents (id, workspace_id, bot_id, conversation_id, customer_id, status, booking_type,
                                     created_at)
        SELECT gen_random_uuid(), workspace_id, bot_id, id, customer_id, 'confirmed', 'SERVICE_BOOKING', created_at
        FROM conversations WHERE address = 'x'
        """,
        """
        INSERT INTO bookings (id, workspace_id, conversation_id, customer_id, intent_id, location_id, status,
                              confirmation_code, customer_name, customer_phone, currency, total_minor, starts_at,
                              ends_at, created_at, confirmed_at)
        SELECT gen_random_uuid(), i.workspace_id, i.conversation_id, i.customer_id, i.id,
               (SELECT id FROM locations l WHERE l.workspace_id = i.workspace_id LIMIT 1), 'completed',
               translate(lpad(upper(to_hex(row_number() OVER ())), 6, 'H'), '01', 'JK'), 'Many', '+15550100', 'USD',
               1, i.created_at, i.created_at + interval '30 minutes', i.created_at, i.created_at
        FROM booking_intents i JOIN conversations c ON c.id = i.conversation_id WHERE c.address = 'x'
        """,
        """
        INSERT INTO booking_items (id, workspace_id, booking_id, position, service_id, service_name, staff_id,
                                   staff_name, starts_at, ends_at, price_minor, active)
        SELECT gen_random_uuid(), b.workspace_id, b.id, 0,
               (SELECT id FROM services s WHERE s.workspace_id = b.workspace_id LIMIT 1), 'Cut',
               (SELECT id FROM staff p WHERE p.workspace_id = b.workspace_id LIMIT 1), 'Joe',
               b.starts_at, b.ends_at, 1, false
        FROM bookings b WHERE b.customer_name = 'Many'
        """,
        "ANALYZE",
    ):
        await pool.execute(statement)
    return pool


def whole(plan: str) -> set[str]:
    """Big tables that a plan reads from end to end."""
    found, nodes = set(), [json.loads(plan)[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
            found.add(node["Relation Name"])
        nodes += node.get("Plans", [])
    return found


async def scanned(transaction, statement: str, *arguments: object) -> set[str]:
    """As it is planned for these arguments."""
    return whole(await transaction.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *arguments))


async def scanned_by_all(transaction, statement: str) -> set[str]:
    """As the plan is that a connection keeps for all arguments, once it has asked a few times."""
    asked = await transaction.prepare(statement)
    kinds = [one.name for one in asked.get_parameters()]
    nulls = ", ".join(f"NULL::{kind}" for kind in kinds)
    await transaction.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    await transaction.execute(f"PREPARE kept AS {statement}")
    plan = await transaction.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE kept{f'({nulls})' if nulls else ''}")
    await transaction.execute("DEALLOCATE kept; SET LOCAL plan_cache_mode = auto")
    return whole(plan)


async def test_no_page_reads_a_big_table_from_end_to_end(filled, desk):
    async with tx(filled, desk.workspaces[BARBER]) as work:
        row = await work.fetchrow("SELECT id, customer_id FROM conversations WHERE address = 'x' LIMIT 1")
        talk, customer = UUID(str(row["id"])), UUID(str(row["customer_id"]))
        today = await work.fetchval("SELECT now() - interval '12 hours'")
        tomorrow = await work.fetchval("SELECT now() + interval '12 hours'")
        for statement, arguments in (
            (read_thread.MESSAGES, (talk, None, 100)),
            (read_thread.STANDING, (talk,)),
            (read_thread.VERSION, (talk,)),
            (read_overview.SINCE, (today,)),
            (read_overview.VERSION, ()),
            (read_overview.FUNNEL, (today,)),
            (read_overview.STOPPED, (today, tomorrow)),
            (read_overview.DAYS, (today, "UTC")),
            (read_costs.SPENT, (today,)),
            (read_costs.LEFT, (today, ["whatsapp"])),
            (read_customers.TALKS, (customer,)),
            (read_customers.VISITS, (customer,)),
            (read_customers.FIND, (customer,)),
            (read_calendar.BOOKED, (today, tomorrow, None, read_calendar.MOST)),
        ):
            assert await scanned(work, statement, *arguments) == set(), statement


async def test_no_list_reads_a_big_table_from_end_to_end(filled, desk):
    """Neither a page of it, whatever its filters are, nor the search over customers; the numbers beside the states
    are counted within the business."""
    kinds = (read_bookings, read_conversations, read_customers, read_handoffs, read_intents, read_leads)
    async with tx(filled, desk.workspaces[BARBER]) as work:
        for kind in kinds:
            assert await scanned_by_all(work, kind.LISTING) == set(), kind.__name__
        assert await scanned_by_all(work, read_calendar.BOOKED) == set()
        for kind in kinds:
            assert await scanned_by_all(work, kind.COUNTS) == set(), kind.__name__


async def test_a_list_goes_on_where_it_stopped(filled, desk):
    """The last page of a long list reads no more rows than the first one."""
    async with tx(filled, desk.workspaces[BARBER]) as work:
        oldest = await work.fetchval("SELECT min(created_at) + interval '3 hours' FROM conversations")
        filters = read_conversations.ConversationFilters()
        last = Cursor(oldest, UUID(int=0))
        for _ in range(8):  # then a connection may keep one plan for all
            await read_conversations.listing(work, filters, limit=50)
        before = await fetched(work)
        page = await read_conversations.listing(work, filters, after=last, limit=50)
        assert 0 < len(page.rows) < 10
        assert await fetched(work) - before < 50


async def fetched(transaction) -> int:
    """Conversations that this transaction read so far, by index or not."""
    return await transaction.fetchval(
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables "
        "WHERE relname = 'conversations'"
    )
