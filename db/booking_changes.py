"""How a placed booking ends or moves, in the transaction that records what the booking system said.

A move is asked for with a booking of its own that holds the new time (`replaces_booking_id`). It ends in one of
three ways: the old booking itself moves there (`move_in_place`), the new one stands and the old one is cancelled
(`replace_booking`), or the new one is given up (`db.bookings.cancel_booking`) and nothing has changed.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from db.booking_moves import move_booking
from db.bookings import ItemRow, cancel_booking, free_code, set_intent_status
from db.effect_plans import plan_after
from db.effects import Effect
from db.tx import Tx

CHANGE_STATE = """
SELECT old.status = 'confirmed' AND old.provider_order_id IS NOT NULL AS stands,
  old.payment_status IN ('paid', 'deposit_paid') AS paid,
  coalesce((SELECT array_agg(row(i.service_id, i.size_id) ORDER BY i.position) FROM booking_items i
            WHERE i.booking_id = old.id)
         = (SELECT array_agg(row(i.service_id, i.size_id) ORDER BY i.position) FROM booking_items i
            WHERE i.booking_id = $2), false) AS same_lines,
  EXISTS (SELECT FROM effects e WHERE e.booking_id = old.id AND e.kind = 'cancel_order'
          AND e.status IN ('pending', 'in_flight', 'unknown', 'done')) AS cancelled
FROM bookings old WHERE old.id = $1
"""
ITEMS_OF = """
SELECT service_id, service_name, size_id, size_name, staff_id, staff_name, starts_at, ends_at, price_minor,
       frame_external_ids AS frames
FROM booking_items WHERE booking_id = $1 ORDER BY position
"""
FINISH_INTENT = """
UPDATE booking_intents SET status = 'confirmed', updated_at = now()
WHERE id = (SELECT intent_id FROM bookings WHERE id = $1) AND status IN ('pending', 'needs_operator')
"""
DROP_HOLDER = """
DELETE FROM bookings WHERE id = $1 AND status = 'pending_provider' AND replaces_booking_id = $2 RETURNING id
"""
TAKE_ORDER = """
UPDATE bookings SET provider_order_id = $2, payment_url = coalesce($3, payment_url), needs_operator = false
WHERE id = $1
"""
CANCEL_REPLACED = """
UPDATE bookings SET status = 'cancelled', cancelled_at = now(), cancel_reason = left($3, 500),
       needs_operator = false, confirmation_code = $2
WHERE id = $1 AND status IN ('pending_provider', 'confirmed')
"""
TAKE_CODE = "UPDATE bookings SET confirmation_code = $2 WHERE id = $1"
END_MOVE = (
    "UPDATE booking_items SET moves_booking_id = NULL WHERE booking_id = $1 AND moves_booking_id IS NOT NULL"
)
CODE_OF = "SELECT workspace_id, confirmation_code FROM bookings WHERE id = $1"
STOP_POLLS = """
UPDATE effects SET status = 'cancelled', settled_at = now()
WHERE booking_id = $1 AND kind = 'poll_payment' AND status = 'pending'
"""
FLAG = (
    "UPDATE bookings SET needs_operator = true WHERE id = $1 AND status IN ('pending_provider', 'confirmed')"
)
UNFLAG = "UPDATE bookings SET needs_operator = false WHERE id = $1"


async def change_state(tx: Tx, booking_id: UUID, new_booking_id: UUID) -> dict[str, bool]:
    """Whether the booking still `stands`, is `paid`, has the `same_lines` as the one that is to take its place, and
    was `cancelled` meanwhile or is about to be.
    """
    row = await tx.fetchrow(CHANGE_STATE, booking_id, new_booking_id)
    if row is None:
        raise LookupError(f"booking {booking_id} is gone")
    return dict(row)


async def move_in_place(
    tx: Tx, booking_id: UUID, new_booking_id: UUID, *, order_id: str, payment_url: str | None
) -> None:
    """The booking takes the time that the other one held for it; code, order and payment stay.

    Raises LookupError if one of them ended meanwhile or they don't have the same lines: the transaction is lost.
    """
    items = [ItemRow(**dict(row)) for row in await tx.fetch(ITEMS_OF, new_booking_id)]
    await tx.execute(FINISH_INTENT, new_booking_id)
    if await tx.fetchval(DROP_HOLDER, new_booking_id, booking_id) is None:
        raise LookupError(f"booking {new_booking_id} no longer holds a time for {booking_id}")
    await move_booking(tx, booking_id, items)
    await tx.execute(TAKE_ORDER, booking_id, order_id, payment_url)


async def replace_booking(
    tx: Tx, booking_id: UUID, new_booking_id: UUID, *, reason: str = "moved by the customer"
) -> None:
    """The new booking, which is confirmed, keeps the old one's code; the old one is cancelled."""
    row = await tx.fetchrow(CODE_OF, booking_id)
    if row is None:
        raise LookupError(f"booking {booking_id} is gone")
    await tx.execute(CANCEL_REPLACED, booking_id, await free_code(tx, row["workspace_id"]), reason)
    await tx.execute(TAKE_CODE, new_booking_id, row["confirmation_code"])
    await tx.execute(END_MOVE, new_booking_id)
    await stop_polls(tx, booking_id)


async def end_move(tx: Tx, new_booking_id: UUID) -> None:
    """The new booking stands for itself from here on."""
    await tx.execute(END_MOVE, new_booking_id)


async def stop_polls(tx: Tx, booking_id: UUID) -> None:
    """Whether a cancelled order is paid is not asked any more."""
    await tx.execute(STOP_POLLS, booking_id)


async def flag(tx: Tx, booking_id: UUID, *, needs_operator: bool) -> None:
    """A person must see to a booking that stands; or has."""
    await tx.execute(FLAG if needs_operator else UNFLAG, booking_id)


async def give_up_move(
    tx: Tx, new_booking_id: UUID, *, reason: str, intent: Literal["intent", "abandoned"]
) -> None:
    """The time that was held for the move is free again; what was booked is untouched."""
    await cancel_booking(tx, new_booking_id, reason=reason)
    await set_intent_status(tx, new_booking_id, intent)


async def plan_cancellation(tx: Tx, after: Effect, booking_id: UUID, request: dict[str, Any]) -> bool:
    """The call that ends the old order, planned in the transaction that records the new one. False: one is on its
    way already.
    """
    return await plan_after(
        tx, after, kind="cancel_order", key=f"cancel-after:{after.id}", request=request, booking_id=booking_id
    )
