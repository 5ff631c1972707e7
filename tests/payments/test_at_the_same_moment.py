"""What happens to a booking at the very moment in which it ends or moves: whoever is second sees what the first did."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from bot.effect_cancellations import record_cancelled
from bot.effect_change_records import Change, record_replaced
from bot.payment_reports import take_report
from db import effects, payments
from db.effect_plans import plan_after
from db.ids import new_id
from db.tx import tx
from providers.contract import OrderPlaced, OrderRequest
from providers.payments import LinkReport, LinkState
from tests.privacy import canary
from workers.resources import now


@pytest.fixture
async def ids(world):
    """A confirmed booking, and an open link for it."""
    ids = await canary.leave_traces(world)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE bookings SET status = 'confirmed', cancelled_at = NULL, payment_status = 'pending', paid_at = NULL"
        )
        await connection.execute(
            "UPDATE payments SET status = 'open', paid_at = NULL, paid_by = NULL, settled_at = NULL, effect_id = $1",
            UUID(ids["effect"]),
        )
        await connection.execute(
            "INSERT INTO locations (id, workspace_id, external_id, names) SELECT location_id, workspace_id, 'l', '{}'"
            " FROM bookings"
        )
        await connection.execute("DELETE FROM operator_errors")
    return ids


async def somebody_waits(world):
    """Until a transaction stands in line for a row."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE NOT l.granted AND a.datname = current_database())"
    )
    async with asyncio.timeout(30):
        while not await world.pool.fetchval(waiting):  # noqa: ASYNC110 (the database tells nobody)
            await asyncio.sleep(0.02)


def paid(world, ids):
    return LinkReport(
        "cs_1", LinkState.PAID, 12500, "KWD", ids["booking"], str(world.workspace_id), live=False
    )


async def cancel(world, ids, **request):
    async with tx(world.pool, world.workspace_id) as transaction:
        effect = await effects.find(transaction, UUID(ids["effect"]))
        effect.request.clear()
        effect.request.update(request)
        await record_cancelled(transaction, effect, mails=False)


async def errors(world):
    return [row["kind"] for row in await world.pool.fetch("SELECT kind FROM operator_errors ORDER BY kind")]


async def test_paid_while_it_is_cancelled_is_money_that_goes_back(world, ids):
    async with tx(world.pool, world.workspace_id) as transaction:
        taken = await take_report(
            transaction, world.workspace_id, "stripe", paid(world, ids), by="webhook", at=now()
        )
        assert taken.outcome == "payment_paid"
        cancelling = asyncio.create_task(cancel(world, ids))
        await somebody_waits(world)
    await cancelling
    assert await errors(world) == ["refund_due"]


async def test_cancelled_while_it_is_paid_too(world, ids):
    async def pay():
        async with tx(world.pool, world.workspace_id) as transaction:
            return await take_report(
                transaction, world.workspace_id, "stripe", paid(world, ids), by="webhook", at=now()
            )

    async with tx(world.pool, world.workspace_id) as transaction:
        effect = await effects.find(transaction, UUID(ids["effect"]))
        await record_cancelled(transaction, effect, mails=False)
        paying = asyncio.create_task(pay())
        await somebody_waits(world)
    assert (await paying).outcome == "paid_after_cancel"
    assert await errors(world) == ["paid_after_cancel"]


async def test_a_link_that_is_being_made_anew_ends_with_its_booking(world, ids):
    """Its first link could not be made, so the booking counts as paid at the place; he asked for another one."""
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE bookings SET payment_status = 'at_business'")
        await connection.execute("UPDATE payments SET status = 'creating', link_id = NULL, url = NULL")
    await cancel(world, ids)
    assert await world.pool.fetchval("SELECT status FROM payments") == "cancelled"


async def test_paid_under_an_order_that_another_one_replaces(world, ids):
    """The booking moved with new services: what was paid for the old order belongs to nobody by itself."""
    new = await moves_to(world, confirmed=True)
    async with tx(world.pool, world.workspace_id) as transaction:
        await take_report(transaction, world.workspace_id, "stripe", paid(world, ids), by="webhook", at=now())
    await cancel(world, ids, order_id="order-7", moved_to=str(new))
    assert await errors(world) == ["refund_due"]
    assert (
        await world.pool.fetchval("SELECT status FROM bookings WHERE id = $1", UUID(ids["booking"]))
        == "cancelled"
    )
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await payments.unsettled_of(transaction, UUID(ids["booking"])) is None


async def test_cancelled_in_another_place_while_the_new_order_is_recorded(world, ids):
    """By the business, or by himself in another chat: the new order stands, and a person asks which was meant."""
    new = await moves_to(world, confirmed=False)
    order = OrderRequest(
        reference=str(new),
        location_external_id="l",
        customer_name="x",
        customer_phone="+96550000123",
        payment_type_external_id="",
        currency="KWD",
        lines=(),
    )
    async with tx(world.pool, world.workspace_id) as transaction:
        await plan_after(
            transaction,
            UUID(ids["effect"]),
            kind="cancel_order",
            key="the-other-place",
            request={},
            booking_id=UUID(ids["booking"]),
        )
    async with tx(world.pool, world.workspace_id) as transaction:
        effect = await effects.find(transaction, UUID(ids["effect"]))
        change = Change(UUID(ids["booking"]), new, "order-7", order)
        await record_replaced(transaction, effect, change, OrderPlaced("order-8"), mails=False)
    assert await world.pool.fetchval("SELECT status FROM bookings WHERE id = $1", new) == "confirmed"
    assert await errors(world) == ["moved_and_cancelled"]


async def moves_to(world, *, confirmed):
    """The booking that is to take the place of the one there is."""
    new = new_id()
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "INSERT INTO bookings (id, workspace_id, conversation_id, customer_id, intent_id, location_id, status,"
            " confirmation_code, customer_name, customer_phone, customer_email, currency, total_minor, starts_at,"
            " ends_at, confirmed_at, provider_order_id, replaces_booking_id)"
            " SELECT $1, workspace_id, conversation_id, customer_id, intent_id, location_id,"
            " CASE WHEN $2 THEN 'confirmed' ELSE 'pending_provider' END, 'GHJKLM', 'x', '', '', 'KWD', 12500,"
            " now() + interval '2 days', now() + interval '50 hours', CASE WHEN $2 THEN now() END,"
            " CASE WHEN $2 THEN 'order-8' END, id FROM bookings",
            new,
            confirmed,
        )
    return new
