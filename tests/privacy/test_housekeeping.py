"""What closes, ends and is given up by the clock, each at its own age."""

from datetime import timedelta
from uuid import UUID

import pytest

from db import handoffs, schedules
from tests.engine.world import open_world
from tests.privacy import canary


@pytest.fixture
async def world(dsn):
    world = await open_world(dsn)
    yield world
    await world.pool.close()


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
