"""What closes, ends and is given up by the clock, each at its own age."""

from datetime import timedelta
from uuid import UUID

import pytest

from bot.inbox import Receiver
from db import handoffs, privacy, schedules
from db.tx import tx
from tests.engine.world import NothingSeen, cache, said
from tests.privacy import canary


async def silent(world, **age):
    await world.pool.execute(
        "UPDATE conversations SET last_inbound_at = now() - $1::interval", timedelta(**age)
    )


async def status(world, table="conversations"):
    return await world.pool.fetchval(f"SELECT status FROM {table}")


@pytest.mark.parametrize(("hours", "expected"), [(23, "open"), (25, "closed")])
async def test_a_talk_closes_after_a_day_of_silence(world, hours, expected):
    await canary.leave_traces(world)
    await silent(world, hours=hours)
    await schedules.close_idle_conversations(world.pool)
    assert await status(world) == expected


async def test_or_after_what_its_business_says(world):
    await canary.leave_traces(world)
    await world.pool.execute(
        "UPDATE workspaces SET settings = settings || '{\"conversation_idle_hours\": 2}'"
    )
    await silent(world, hours=3)
    assert await schedules.close_idle_conversations(world.pool) == 1


@pytest.mark.parametrize(
    "still_open",
    [
        "UPDATE inbox SET status = 'waiting', done_at = NULL",
        "UPDATE effects SET status = 'unknown', unknown_since = now(), settled_at = NULL",
        "UPDATE conversations SET lease_until = now() + interval '30 seconds'",
    ],
)
async def test_but_not_while_something_is_under_way(world, still_open):
    await canary.leave_traces(world)
    await silent(world, hours=100)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(still_open)
    assert await schedules.close_idle_conversations(world.pool) == 0


async def test_nobody_who_waits_for_a_person_is_forgotten(world):
    """The talk stays open and an operator is told once; it closes when a person had the last word."""
    await canary.leave_traces(world)
    talk = await world.pool.fetchval("SELECT id FROM conversations")
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE escalations SET status = 'open', closed_at = NULL, closed_by = NULL")
    await silent(world, hours=23)
    assert await schedules.tell_of_waiting(world.pool) == 0, "not yet"
    await silent(world, hours=100)
    await world.pool.execute("UPDATE escalations SET opened_at = now() - interval '100 hours'")
    assert await schedules.close_idle_conversations(world.pool) == 0
    assert [await schedules.tell_of_waiting(world.pool) for _ in range(3)] == [1, 0, 0]
    error = await world.pool.fetchrow("SELECT * FROM operator_errors WHERE kind = 'escalation_waiting'")
    assert (error["workspace_id"], error["conversation_id"], error["times"]) == (world.workspace_id, talk, 1)
    assert not any(trace in str(dict(error)).lower() for trace in canary.TRACES)
    await world.pool.execute(
        "UPDATE escalations SET status = 'taken', taken_at = now() - interval '50 hours', taken_by = 'Mona'"
    )
    assert await schedules.close_idle_conversations(world.pool) == 0, "taken, and never answered"
    line = (
        "INSERT INTO messages (id, workspace_id, conversation_id, seq, direction, payload, turn, delivery_status)"
        " VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, 1, CASE $4 WHEN 'in' THEN 'received' ELSE 'sent' END)"
    )
    for seq, direction, payload, closes in (
        (2, "out", {"bodies": []}, 0),  # the bot's word is no answer
        (3, "out", {"by": "Mona"}, 1),
        (4, "in", {}, 0),
        (5, "out", {"by": "Mona"}, 1),
        (6, "out", {"bodies": []}, 1),  # what the bot reports afterwards takes nothing away
    ):
        await world.pool.execute(line, world.workspace_id, talk, seq, direction, payload)
        assert await world.pool.fetchval("SELECT may_close($1)", talk) is bool(closes), seq
    assert await schedules.close_idle_conversations(world.pool) == 1
    assert await status(world) == "closed"
    assert await status(world, "escalations") == "handed_back"


async def test_who_waits_for_a_person_and_writes_again_writes_into_the_same_talk(world):
    receiver = Receiver(world.pool, cache(world), world, NothingSeen())

    async def writes(number):
        await receiver.accept([said(world, "hello?", id=f"m{number}")], named=[world.account])
        await world.pool.execute("UPDATE inbox SET status = 'done', done_at = now() WHERE status = 'waiting'")
        await silent(world, hours=100)
        return await world.pool.fetchval("SELECT count(*) FROM conversations")

    await writes(1)
    await world.pool.execute(
        "INSERT INTO escalations (id, workspace_id, conversation_id, customer_id, cause, turn)"
        " SELECT gen_random_uuid(), workspace_id, id, customer_id, 'asked', 1 FROM conversations"
    )
    assert await writes(2) == 1, "somebody has to read it"
    await world.pool.execute(
        "UPDATE escalations SET status = 'resolved', closed_at = now(), closed_by = 'Mona'"
    )
    assert await writes(3) == 2


@pytest.mark.parametrize(("days", "expected"), [(6, "intent"), (8, "abandoned")])
async def test_a_proposal_that_nobody_confirms_is_given_up_after_a_week(world, days, expected):
    ids = await canary.leave_traces(world, booked=False)
    await world.pool.execute("DELETE FROM handoffs")
    await world.pool.execute(
        "UPDATE booking_intents SET updated_at = now() - $1::interval", timedelta(days=days)
    )
    await handoffs.abandon_intents(world.pool)
    assert await status(world, "booking_intents") == expected
    assert await status(world, "leads") == ("lost" if expected == "abandoned" else "incomplete")
    assert ids


@pytest.mark.parametrize("settled", ["confirmed", "pending", "needs_operator"])
async def test_what_is_no_proposal_any_more_stays(world, settled):
    await canary.leave_traces(world)
    await world.pool.execute(
        "UPDATE booking_intents SET status = 'pending', updated_at = now() - interval '1 year'"
    )
    if settled != "pending":
        await world.pool.execute("UPDATE booking_intents SET status = $1", settled)
    assert await handoffs.abandon_intents(world.pool) == 0


@pytest.mark.parametrize(("hours", "expected"), [(23, "new"), (25, "abandoned")])
async def test_a_handoff_is_given_up_after_a_day(world, hours, expected):
    await canary.leave_traces(world)
    await world.pool.execute("UPDATE handoffs SET created_at = now() - $1::interval", timedelta(hours=hours))
    await handoffs.abandon(world.pool)
    assert await status(world, "handoffs") == expected


async def test_nobody_is_asked_to_pay_at_an_address_when_the_visit_has_begun(world):
    ids = await canary.leave_traces(world)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE payments SET provider = 'static', status = 'open', paid_at = NULL, paid_by = NULL,"
            " settled_at = NULL, expires_at = now() + interval '1 minute'"
        )
        await connection.execute(
            "UPDATE bookings SET status = 'completed', cancelled_at = NULL, payment_status = 'pending', paid_at = NULL"
        )
    assert await schedules.expire_static_links(world.pool) == 0, "not yet"
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await privacy.open_work(transaction, UUID(ids["customer"])) == {"payment": 1}
    await world.pool.execute("UPDATE payments SET expires_at = now() - interval '1 second'")
    assert [await schedules.expire_static_links(world.pool) for _ in range(2)] == [1, 0]
    assert await status(world, "payments") == "expired"
    row = await world.pool.fetchrow("SELECT payment_status, payment_url FROM bookings")
    assert tuple(row) == ("at_business", None)
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await privacy.open_work(transaction, UUID(ids["customer"])) == {}, "and she can be erased"


@pytest.mark.parametrize(("seconds", "left"), [(5, 1), (-5, 0)])
async def test_a_hold_ends_when_it_says(world, seconds, left):
    ids = await canary.leave_traces(world)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE bookings SET status = 'held', cancelled_at = NULL, hold_until = now() + $1::interval WHERE id = $2",
            timedelta(seconds=seconds),
            UUID(ids["booking"]),
        )
    await schedules.free_expired_holds(world.pool)
    assert await world.pool.fetchval("SELECT count(*) FROM bookings") == left
