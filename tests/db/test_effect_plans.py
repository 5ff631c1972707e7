"""Effects that follow from an effect: none gets lost, however many follow from one turn at the same instant."""

from __future__ import annotations

import asyncio
from uuid import UUID

from db import booking_changes, effects
from db.effect_plans import plan_after
from db.tx import tx
from tests.privacy import canary


async def planned(world):
    rows = await world.pool.fetch(
        "SELECT kind, ordinal FROM effects WHERE status = 'pending' ORDER BY ordinal"
    )
    return [(row["kind"], row["ordinal"]) for row in rows]


async def test_two_of_one_turn_planned_at_the_same_instant_both_stand(world):
    """A mail and a copy, planned in transactions of two processes: each has read what the other has not committed."""
    ids = await canary.leave_traces(world)
    after, booking = UUID(ids["effect"]), UUID(ids["booking"])
    first_planned = asyncio.Event()
    second_begins = asyncio.Event()

    async def plan(transaction, kind):
        return await plan_after(
            transaction, after, kind=kind, key=f"{kind}-after", request={}, booking_id=booking
        )

    async def first():
        async with tx(world.pool, world.workspace_id) as transaction:
            assert await plan(transaction, "send_mail")
            first_planned.set()
            await second_begins.wait()

    async def second():
        await first_planned.wait()
        async with tx(world.pool, world.workspace_id) as transaction:
            await transaction.fetchval("SELECT 1")
            second_begins.set()
            assert await plan(transaction, "mirror_booking")
            assert not await plan(transaction, "mirror_booking"), "once per key"

    await asyncio.gather(first(), second())
    assert await planned(world) == [("send_mail", 1), ("mirror_booking", 2)]


async def test_an_order_whose_cancellation_is_under_way_is_not_cancelled_once_more(world):
    """The customer cancels in another chat while a move is recorded: the move's record must not fail for it."""
    ids = await canary.leave_traces(world)
    booking = UUID(ids["booking"])
    async with tx(world.pool, world.workspace_id) as transaction:
        after = await effects.find(transaction, UUID(ids["effect"]))
        assert await plan_after(
            transaction, after, kind="cancel_order", key="the-other-chats", request={}, booking_id=booking
        )
    async with tx(world.pool, world.workspace_id) as transaction:
        assert not await booking_changes.plan_cancellation(transaction, after, booking, {"order_id": "7"})
        assert await transaction.fetchval("SELECT 1") == 1, "the transaction goes on"
    assert await planned(world) == [("cancel_order", 1)]
