"""Erasing a person leaves nothing of her in any column of any table, and brings nobody back. Exporting finds all."""

import json
from uuid import UUID

import pytest

from bot.inbox import Receiver
from db import errors, mails, privacy
from db.ids import new_id
from db.tx import tx
from tests.engine.world import NothingSeen, cache, open_world, said
from tests.privacy import canary

FIGURES = {
    ("booking_intents", "booking_type"),
    ("booking_intents", "service"),
    ("booking_items", "frame_external_ids"),
    ("booking_items", "service_name"),
    ("booking_items", "size_name"),
    ("booking_items", "staff_name"),
    ("bookings", "provider_order_id"),
    ("conversations", "language"),
    ("feedback", "source"),
    ("conversations", "state_name"),
    ("llm_calls", "model"),
    ("llm_calls", "reason"),
    ("llm_calls", "variant"),
    ("payment_events", "currency"),
    ("payment_events", "event_id"),
    ("payment_events", "kind"),
    ("payment_events", "link_id"),
    ("payment_events", "outcome"),
    ("payment_events", "provider"),
    ("payments", "link_id"),
    ("payments", "paid_by"),
}
"""What the business keeps: what was booked and paid, and where it is filed. No customer's words get there: the code
that writes these columns puts catalog names, ids, and fixed words into them.
"""
NOT_OF_CUSTOMERS = {
    "api_tokens", "audit_entries", "bots", "channel_accounts", "console_sessions", "handoff_accounts", "invitations",
    "llm_accounts", "llm_prompts", "location_edits", "locations", "memberships", "payment_accounts", "payment_types",
    "provider_accounts", "schedules", "service_edits", "service_groups", "service_locations", "service_sizes",
    "services", "size_edits", "slots", "staff", "staff_edits", "staff_services", "sync_runs", "templates",
}  # fmt: skip
"""Tables with a workspace that hold the business's own things."""
ONLY_HASHES = {"erased_messages", "erased_opt_outs"}


async def erase(world, ids):
    async with tx(world.pool, world.workspace_id) as transaction:
        return await privacy.erase(transaction, ids["customer"])


async def test_every_tenant_table_is_known(world):
    rows = await world.pool.fetch(
        "SELECT DISTINCT c.table_name FROM information_schema.columns c JOIN pg_class t ON t.relname = c.table_name"
        " WHERE c.table_schema = 'public' AND c.column_name = 'workspace_id' AND t.relkind = 'r'"
    )
    tables = {row["table_name"] for row in rows}
    assert tables - NOT_OF_CUSTOMERS - ONLY_HASHES == set(privacy.HELD)
    assert set(canary.ROWS) == set(privacy.HELD)


@pytest.mark.parametrize("booked", [True, False])
async def test_nothing_of_a_person_survives(world, booked):
    ids = await canary.leave_traces(world, booked=booked)
    before = await canary.where_she_is(world.pool)
    assert len(before) > 40
    erased = await erase(world, ids)
    assert await canary.where_she_is(world.pool) == set()
    assert erased.bookings_kept == booked
    assert await world.pool.fetchval("SELECT count(*) FROM conversations") == booked


async def test_not_even_in_columns_that_hold_no_person_today(world):
    ids = await canary.leave_traces(world) | {"w": str(world.workspace_id)}
    marked = await canary.mark_everything(world.pool, ids)
    assert len(marked) > 20
    await erase(world, ids)
    assert await canary.where_she_is(world.pool) <= FIGURES


async def test_figures_stay(world):
    ids = await canary.leave_traces(world)
    await erase(world, ids)
    row = await world.pool.fetchrow("SELECT * FROM bookings")
    assert (row["total_minor"], row["payment_status"], row["customer_name"]) == (12500, "paid", "erased")
    assert row["customer_id"] != ids["customer"]
    assert await world.pool.fetchval("SELECT amount_minor FROM payments") == 12500
    assert await world.pool.fetchval("SELECT cost_nanos FROM llm_calls") == 7
    assert await world.pool.fetchval("SELECT service_name FROM booking_items") == "Gel Manicure"
    talk = await world.pool.fetchrow("SELECT * FROM conversations")
    assert talk["status"] == "closed"
    assert talk["erased_at"] is not None


async def test_the_export_holds_every_column_that_names_her(world):
    ids = await canary.leave_traces(world) | {"w": str(world.workspace_id)}
    await canary.mark_everything(world.pool, ids)
    async with tx(world.pool, world.workspace_id) as transaction:
        held = await privacy.everything(transaction, ids["customer"])
    missing = []
    for table, column in await canary.where_she_is(world.pool):
        values = json.dumps([row.get(column) for row in held[table]], ensure_ascii=False).lower()
        if not any(trace in values for trace in canary.TRACES):
            missing.append((table, column))
    assert missing == []
    assert all(held[table] for table in privacy.HELD)


async def test_nobody_else_is_touched_or_handed_out(world):
    ids = await canary.leave_traces(world)
    receiver = Receiver(world.pool, cache(world), world, NothingSeen())
    await receiver.accept([said(world, "hello from another", id="m1")], named=[world.account])
    await world.pool.execute("UPDATE inbox SET status = 'done', done_at = now() WHERE status = 'waiting'")
    async with tx(world.pool, world.workspace_id) as transaction:
        held = await privacy.everything(transaction, ids["customer"])
    assert "hello from another" not in json.dumps(held)
    await erase(world, ids)
    assert await world.pool.fetchval("SELECT payload ->> 'text' FROM inbox") == "hello from another"


async def test_another_business_cannot_reach_her(world, dsn):
    ids = await canary.leave_traces(world)
    other = await open_world(dsn, key="other", pool=world.pool)
    async with tx(world.pool, other.workspace_id) as transaction:
        assert await privacy.find(transaction, canary.PHONE) == []
        held = await privacy.everything(transaction, ids["customer"])
        assert not any(rows for table, rows in held.items() if table != "unrouted_webhooks")
        with pytest.raises(LookupError):
            await privacy.erase(transaction, ids["customer"])
    assert await canary.where_she_is(world.pool)


@pytest.mark.parametrize("who", [canary.PHONE, canary.MAIL, "ZQUILL@example.com", "id"])
async def test_found_by_number_address_or_id(world, who):
    ids = await canary.leave_traces(world)
    async with tx(world.pool, world.workspace_id) as transaction:
        (found,) = await privacy.find(transaction, ids["customer"] if who == "id" else who)
        assert await privacy.find(transaction, "+96550000111") == []
    assert (str(found.id), found.name, found.talks, found.bookings) == (ids["customer"], canary.WORD, 1, 1)


OPEN = {
    "message": "UPDATE inbox SET status = 'waiting', done_at = NULL",
    "place_order": "UPDATE effects SET status = 'unknown', unknown_since = now(), settled_at = NULL, result = NULL",
    "order": "UPDATE bookings SET status = 'pending_provider', cancelled_at = NULL",
    "undecided booking": "UPDATE bookings SET needs_operator = true",
    "visit to come": "UPDATE bookings SET status = 'confirmed', cancelled_at = NULL, ends_at = now() + interval '1h'",
    "payment": "UPDATE payments SET status = 'open', paid_at = NULL, paid_by = NULL, settled_at = NULL",
    "turn": "UPDATE conversations SET lease_until = now() + interval '30 seconds'",
}


@pytest.mark.parametrize("what", OPEN)
async def test_open_work_holds_it_up(world, what):
    ids = await canary.leave_traces(world)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(OPEN[what])
    before = await canary.where_she_is(world.pool)
    with pytest.raises(privacy.StillOpen) as refused:
        await erase(world, ids)
    assert what in refused.value.work
    assert await canary.where_she_is(world.pool) == before


@pytest.mark.parametrize(
    ("kind", "over"), [("send", True), ("send_mail", True), ("mirror_booking", True), ("place_order", False)]
)
async def test_what_only_waited_for_somebody_to_look_is_over_when_he_has(world, kind, over):
    """An order needs a decision; a message whose fate nobody knows needs no more than that somebody knows it."""
    ids = await canary.leave_traces(world)
    error = new_id()
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE effects SET status = 'needs_operator', kind = $1", kind)
        await connection.execute(
            "UPDATE operator_errors SET id = $1, effect_id = $2", error, UUID(ids["effect"])
        )
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await privacy.open_work(transaction, UUID(ids["customer"])) == {kind: 1}
        assert await errors.resolve_one(transaction, error, resolution="settled by Mona")
        left = await privacy.open_work(transaction, UUID(ids["customer"]))
    assert left == ({} if over else {kind: 1})


async def test_a_dead_address_stays_known_without_the_address(world):
    ids = await canary.leave_traces(world)
    await erase(world, ids)
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await mails.suppressed(transaction, canary.MAIL.upper()) == "undeliverable"
        assert await mails.suppressed(transaction, "someone@example.com") is None
