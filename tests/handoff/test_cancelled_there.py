"""What a cancellation on the business's page takes back, and when what is left of it is given up."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from bot.handoff_reference import sign
from bot.handoffs import Handoffs
from db import handoffs, wishes
from db.tx import tx
from providers.handoff.contract import Completion, Outcome
from tests.engine.world import BOX
from tests.privacy import canary

TOKEN = "abcdefghijkl"
"""As the canary's handoff has it."""


async def tell(world, outcome, booking="b-7"):
    """The page's verified word."""
    completion = Completion(outcome, booking_id=booking, reference=sign(BOX, TOKEN), event="")
    return await Handoffs(world.pool, BOX).completed(world.workspace_id, "calendly", completion)


async def by_hand(world, ids, step):
    async with tx(world.pool, world.workspace_id) as transaction:
        return await step(transaction, UUID(ids["handoff"]))


async def standing(world):
    """Handoff, wish, lead."""
    row = await world.pool.fetchrow(
        "SELECT h.status AS handoff, i.status AS wish, l.status AS lead FROM handoffs h"
        " JOIN booking_intents i ON i.id = h.intent_id JOIN leads l ON l.conversation_id = h.conversation_id"
    )
    return tuple(row)


async def age(world, hours):
    """Everything so far was so long ago."""
    ago = timedelta(hours=hours)
    await world.pool.execute(
        "UPDATE handoffs SET created_at = created_at - $1::interval, redirected_at = redirected_at - $1::interval",
        ago,
    )
    await world.pool.execute("UPDATE handoff_events SET at = at - $1::interval", ago)


async def test_wish_and_lead_go_back_with_it_and_are_given_up_a_day_later(world):
    await canary.leave_traces(world, booked=False)
    assert await tell(world, Outcome.BOOKED) == "booked"
    assert await standing(world) == ("completed_external", "confirmed", "booked")
    await age(world, 100)
    assert await tell(world, Outcome.CANCELLED) == "cancelled"
    assert await standing(world) == ("redirected", "redirected", "redirected")
    await handoffs.abandon(world.pool)
    assert await standing(world) == ("redirected", "redirected", "redirected"), "a day to book anew"
    await age(world, 25)
    await handoffs.abandon(world.pool)
    assert await standing(world) == ("abandoned", "abandoned", "lost")
    await tell(world, Outcome.BOOKED, "b-8")
    assert await standing(world) == ("completed_external", "confirmed", "booked")


async def test_a_late_click_has_its_day_too(world):
    ids = await canary.leave_traces(world, booked=False)

    async def click(transaction, handoff_id):
        await handoffs.mark_redirected(transaction, handoff_id, url="https://book.example/", ip_hash=None)

    await by_hand(world, ids, click)
    await age(world, 25)
    await handoffs.abandon(world.pool)
    assert await standing(world) == ("abandoned", "abandoned", "lost")
    await by_hand(world, ids, click)
    await handoffs.abandon(world.pool)
    assert await standing(world) == ("redirected", "redirected", "redirected")


async def test_what_stands_beside_it_keeps_the_lead(world):
    await canary.leave_traces(world)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE bookings SET status = 'confirmed', cancelled_at = NULL, intent_id = gen_random_uuid()"
        )
    await tell(world, Outcome.BOOKED)
    await tell(world, Outcome.CANCELLED)
    assert await standing(world) == ("redirected", "redirected", "booked"), (
        "a call was booked in the same talk"
    )


HISTORIES = (
    ((("booked", "a"), ("moved", "b"), ("cancelled", "a")), True),  # the old one's end comes late
    ((("booked", "a"), ("moved", "b"), ("cancelled", "b")), False),
    ((("booked", "a"), ("booked", "b"), ("cancelled", "a")), True),  # two visits by one link
    ((("booked", "a"), ("booked", "b"), ("cancelled", "b")), True),
    ((("booked", "a"), ("booked", "b"), ("cancelled", "a"), ("cancelled", "b")), False),
    ((("booked", "a"), ("booked", "b"), ("cancelled", "b"), ("cancelled", "a")), False),
    ((("by hand", ""), ("booked", "a"), ("cancelled", "a")), False),
    ((("by hand", ""), ("cancelled", "a")), False),
    ((("booked", "a"), ("cancelled", "a"), ("by hand", ""), ("booked", "b"), ("cancelled", "b")), False),
)
"""What was told, in order, and whether something stands then."""


async def test_of_several_bookings_the_last_one_counts(world):
    ids = await canary.leave_traces(world, booked=False)

    async def by_operator(transaction, handoff_id):
        await handoffs.complete(transaction, handoff_id, by="Mona")

    for told, stands in HISTORIES:
        await anew(world)
        for word, booking in told:
            if word == "by hand":
                await by_hand(world, ids, by_operator)
            else:
                await tell(world, Outcome(word), booking)
        expected = ("completed_external", "confirmed", "booked") if stands else ("redirected",) * 3
        assert await standing(world) == expected, told


async def anew(world):
    """As if nobody had told anything yet."""
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("DELETE FROM external_completions")
        await connection.execute(
            "UPDATE handoffs SET status = 'new', completed_at = NULL, completed_by = NULL, external_booking_id = NULL"
        )
        await connection.execute("UPDATE booking_intents SET status = 'intent'")
        await connection.execute("UPDATE leads SET status = 'qualified'")


async def test_who_was_led_elsewhere_and_books_here_is_booked(world):
    ids = await canary.leave_traces(world, booked=False)
    await world.pool.execute("UPDATE leads SET status = 'redirected'")
    row = await world.pool.fetchrow(
        "SELECT workspace_id, bot_id, conversation_id, customer_id, source FROM leads"
    )
    unsaid = dict.fromkeys(("name", "phone", "email", "service", "preferred_time", "notes"))
    for said, becomes in (("lost", "redirected"), ("booked", "booked"), ("lost", "booked")):
        async with tx(world.pool, world.workspace_id) as transaction:
            await wishes.upsert_lead(transaction, wishes.LeadRow(**dict(row), **unsaid, status=said))
        assert (await standing(world))[2] == becomes
    assert row["conversation_id"] == UUID(ids["talk"])
