"""Lists of a large business are read by index: no plan walks another business's rows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from db import (
    accounts,
    read_bookings,
    read_conversations,
    read_errors,
    read_handoffs,
    read_intents,
    read_leads,
    read_sync_runs,
)
from db.read_pages import Cursor, Filters
from db.tx import Pool, PoolLimits, Tx, open_pool, tx

ROWS, OTHERS = 800, 6_000
"""Of each kind, in the business that is read and in another."""
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NEWEST = "timestamptz '2026-11-20T09:00Z' - n * interval '10 minutes'"
FILL = f"""
WITH w AS (SELECT $1::uuid AS id), talks AS (
  SELECT n, gen_random_uuid() AS talk, gen_random_uuid() AS customer, gen_random_uuid() AS intent,
         gen_random_uuid() AS booking, {NEWEST} AS at FROM generate_series(1, $2) n
), bot AS (
  INSERT INTO bots (id, workspace_id, key, name) SELECT gen_random_uuid(), id, 'bot', 'Bot' FROM w RETURNING id
), account AS (
  INSERT INTO channel_accounts (id, workspace_id, bot_id, channel, account_key, address, secrets)
  SELECT gen_random_uuid(), w.id, bot.id, 'web', 'key' || right(w.id::text, 8), w.id::text, '' FROM w, bot RETURNING id
), place AS (
  INSERT INTO locations (id, workspace_id, external_id, names, position)
  SELECT gen_random_uuid(), id, '1', '{{"en": "Plaza"}}', 0 FROM w RETURNING id
), customers AS (
  INSERT INTO customers (id, workspace_id, name, phone, created_at)
  SELECT customer, w.id, 'Person ' || n, '+1555' || lpad(n::text, 7, '0'), at FROM talks, w RETURNING id
), conversations AS (
  INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address, status, created_at,
                             closed_at)
  SELECT talk, w.id, bot.id, account.id, customer, 'x' || n, 'closed', at, at FROM talks, w, bot, account RETURNING id
), messages AS (
  INSERT INTO messages (id, workspace_id, conversation_id, seq, direction, turn, created_at)
  SELECT gen_random_uuid(), w.id, talk, seq, 'out', 1, at FROM talks, w, generate_series(1, 3) seq RETURNING id
), leads AS (
  INSERT INTO leads (id, workspace_id, bot_id, conversation_id, customer_id, status, name, phone, source, created_at)
  SELECT gen_random_uuid(), w.id, bot.id, talk, customer, CASE WHEN n % 100 = 0 THEN 'booked' ELSE 'lost' END,
         'Person ' || n, '+1555' || lpad(n::text, 7, '0'), 'web', at FROM talks, w, bot RETURNING id
), intents AS (
  INSERT INTO booking_intents (id, workspace_id, bot_id, conversation_id, customer_id, status, booking_type, created_at)
  SELECT intent, w.id, bot.id, talk, customer, 'abandoned', 'SERVICE_BOOKING', at FROM talks, w, bot RETURNING id
), bookings AS (
  INSERT INTO bookings (id, workspace_id, conversation_id, customer_id, intent_id, location_id, status,
                        confirmation_code, customer_name, customer_phone, currency, total_minor, starts_at, ends_at,
                        created_at, cancelled_at)
  SELECT booking, w.id, talk, customer, intent, place.id, 'cancelled',
         translate(lpad(upper(to_hex(n)), 6, 'Z'), '01', 'XY'), 'Person ' || n, '', 'USD', 100, at,
         at + interval '1 hour', at, at FROM talks, w, place RETURNING id
), handoffs AS (
  INSERT INTO handoffs (id, token, workspace_id, bot_id, conversation_id, customer_id, intent_id, page, booking_url,
                        status, created_at)
  SELECT gen_random_uuid(), right(w.id::text, 8) || 'handoff' || n, w.id, bot.id, talk, customer, intent, 'square',
         'https://example.com', 'abandoned', at FROM talks, w, bot RETURNING id
), errors AS (
  INSERT INTO operator_errors (id, workspace_id, kind, fingerprint, summary, last_at)
  SELECT gen_random_uuid(), w.id, 'send_failed', n::text, 'A reply', at FROM talks, w RETURNING id
)
INSERT INTO sync_runs (id, workspace_id, kind, trigger, status, requested_at, finished_at)
SELECT gen_random_uuid(), w.id, 'slots', 'schedule', 'done', at, at FROM talks, w
"""
"""Made in one statement, so that foreign keys are looked at in its end."""
SMALL = {"channel_accounts", "locations", "bots", "booking_items"}
"""Tables of which a business has a handful of rows; of the last there are none here."""
MIDDLE = Cursor(NOW - timedelta(minutes=10 * ROWS // 2), UUID(int=0))
KINDS: dict[str, tuple[Any, Filters, str]] = {
    "leads": (read_leads, read_leads.LeadFilters(), "leads"),
    "intents": (read_intents, read_intents.IntentFilters(), "booking_intents"),
    "bookings": (read_bookings, read_bookings.BookingFilters(), "bookings"),
    "handoffs": (read_handoffs, read_handoffs.HandoffFilters(), "handoffs"),
    "conversations": (read_conversations, read_conversations.ConversationFilters(), "conversations"),
    "errors": (read_errors, read_errors.ErrorFilters(), "operator_errors"),
    "sync runs": (read_sync_runs, read_sync_runs.SyncRunFilters(), "sync_runs"),
}


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(dsn, PoolLimits(), application_name="test")
    yield opened
    await opened.close()


async def two_large_businesses(pool: Pool) -> UUID:
    found = []
    for key, rows in (("one", ROWS), ("two", OTHERS)):
        found.append(await accounts.save_workspace(pool, key=key, name=key, settings={"timezone": "UTC"}))
        await pool.execute(FILL, found[-1], rows)
    await pool.execute("ANALYZE")
    return found[0]


def scans_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = [node] if "Relation Name" in node else []
    for below in node.get("Plans", []):
        found += scans_of(below)
    return found


async def explained(connection: Any, statement: str, *arguments: Any) -> list[dict[str, Any]]:
    [(plan,)] = await connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *arguments)
    return scans_of(json.loads(plan)[0]["Plan"])


async def test_lists_of_a_large_business_are_read_by_index(pool):
    workspace_id = await two_large_businesses(pool)
    async with tx(pool, workspace_id) as connection:
        assert await connection.fetchval("SELECT current_user") == "frontdesk_app"
        for kind in KINDS:
            await a_page_reads_about_as_many_rows_as_it_shows(connection, kind)
            await counts_and_searches_read_no_other_businesss_rows(connection, kind)
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for kind in ("leads", "intents", "conversations"):
            await plain_counts_read_one_table(connection, kind)


async def plain_counts_read_one_table(connection: Tx, kind: str) -> None:
    """Whatever is asked: the server keeps one plan for all filters, and joins in it cost a big business 60 ms."""
    module, filters, table = KINDS[kind]
    scans = await explained(connection, module.COUNTS, *filters.shared())
    assert {scan["Relation Name"] for scan in scans if scan["Actual Loops"]} == {table}, kind


async def a_page_reads_about_as_many_rows_as_it_shows(connection: Tx, kind: str) -> None:
    module, filters, table = KINDS[kind]
    for after in (None, MIDDLE):
        at = (after.at, after.id) if after else (None, None)
        scans = await explained(connection, module.LISTING, *filters.shared(), filters.status, *at, 51)
        main = next(scan for scan in scans if scan["Relation Name"] == table)
        assert (main["Node Type"], main["Index Name"]) == ("Index Scan", f"{table}_recent"), kind
        read = main["Actual Rows"] * main["Actual Loops"] + main.get("Rows Removed by Filter", 0)
        assert 51 <= read <= 60, (kind, after, read)
        whole = [scan["Relation Name"] for scan in scans if scan["Node Type"] == "Seq Scan"]
        assert set(whole) <= SMALL, kind


async def counts_and_searches_read_no_other_businesss_rows(connection: Tx, kind: str) -> None:
    module, filters, table = KINDS[kind]
    rare = type(filters)(search="nobody")
    for statement, arguments in (
        (module.COUNTS, filters.shared()),
        (module.LISTING, (*rare.shared(), None, None, None, 51)),
    ):
        scans = await explained(connection, statement, *arguments)
        main = next(scan for scan in scans if scan["Relation Name"] == table)
        below = next(iter(main.get("Plans", [])), {})
        condition = main.get("Index Cond") or below.get("Index Cond", "")
        assert "workspace_id" in condition, (kind, main)
        read = main["Actual Rows"] * main["Actual Loops"] + main.get("Rows Removed by Filter", 0)
        assert read == ROWS, kind
