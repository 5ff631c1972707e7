"""A wish that was handed off, given up or finished elsewhere, and a talk that goes on about it: no turn fails."""

from __future__ import annotations

import pytest

from db import bookings, handoffs, wishes
from db.tx import tx
from tests.handoff.world import BARBER, books_elsewhere, handed_off, row
from tests.salon import Salon, open_salon


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("stands", "said", "becomes"),
    [
        ("confirmed", "abandoned", "confirmed"),  # booked there; "cancel" drops only what is open here
        ("confirmed", "intent", "confirmed"),
        ("redirected", "abandoned", "abandoned"),
        ("redirected", "pending", "pending"),  # led there, and another service of the wish is booked here
        ("abandoned", "pending", "pending"),  # a late yes
        ("abandoned", "intent", "abandoned"),
    ],
)
async def test_what_a_talk_says_of_a_wish_never_breaks_its_turn(salon, stands, said, becomes):
    await books_elsewhere(salon)
    token = await handed_off(salon)
    found = await row(salon, token)
    async with tx(salon.pool, found["workspace_id"]) as transaction:
        if stands == "confirmed":
            await handoffs.complete(transaction, found["id"], by="operator")
        else:
            await transaction.execute(
                "UPDATE booking_intents SET status = $2 WHERE id = $1", found["intent_id"], stands
            )
        await wishes.upsert_intent(transaction, _wish(salon, found, said))
    assert (await row(salon, token))["intent_status"] == becomes


def _wish(salon: Salon, found: dict[str, object], status: str) -> wishes.IntentRow:
    return wishes.IntentRow(
        id=found["intent_id"],
        workspace_id=salon.workspace_ids[BARBER],
        bot_id=found["bot_id"],
        conversation_id=found["conversation_id"],
        customer_id=found["customer_id"],
        status=status,
        booking_type="SERVICE_BOOKING",
        service=None,
        requested_time=None,
        starts_at=None,
        notes=None,
        summary_version=None,
    )


async def test_what_becomes_of_an_order_never_breaks_on_a_wish_that_is_finished(salon):
    phone = salon.phone("+15550123", workspace=BARBER, name="Ali Test")
    said = await phone.say("a skin fade tomorrow afternoon with anyone, I'm Ali Test")
    for _ in range(4):
        if "confirmation code" in said.lower():
            break
        said = await phone.tap(phone.messages[-1].choices[0].title)
    (booking,) = await salon.rows("SELECT id, workspace_id FROM bookings WHERE status = 'confirmed'")
    async with tx(salon.pool, booking["workspace_id"]) as transaction:
        for status in ("needs_operator", "intent", "pending"):
            await bookings.set_intent_status(transaction, booking["id"], status)
    assert await salon.rows("SELECT status FROM booking_intents") == [{"status": "confirmed"}]
