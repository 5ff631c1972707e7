"""Bookings. The tables refuse illegal state changes; see migrations/0004. Leads and wishes: wishes.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from db.ids import new_confirmation_code, new_id
from db.tx import Tx

CODE_TAKEN = "SELECT EXISTS (SELECT FROM bookings WHERE workspace_id = $1 AND confirmation_code = $2)"
CREATE_BOOKING = """
INSERT INTO bookings (id, workspace_id, conversation_id, customer_id, intent_id, location_id, status,
                      confirmation_code, customer_name, customer_phone, customer_email, payment_type_id,
                      currency, total_minor, starts_at, ends_at, hold_until, replaces_booking_id)
VALUES ($1, $2, $3, coalesce((SELECT o.customer_id FROM bookings o WHERE o.id = $17), $4), $5, $6,
        CASE WHEN $16::float8 IS NULL THEN 'pending_provider' ELSE 'held' END,
        $7, $8, $9, $10, $11, $12, $13, $14, $15, now() + make_interval(secs => $16), $17)
"""
RELEASE_HOLDS = """
DELETE FROM bookings WHERE workspace_id = $1 AND status = 'held'
  AND (conversation_id = $2 OR hold_until < now())
"""
CREATE_ITEMS = """
INSERT INTO booking_items (id, workspace_id, booking_id, position, service_id, service_name, size_id, size_name,
                           staff_id, staff_name, starts_at, ends_at, price_minor, frame_external_ids,
                           moves_booking_id)
SELECT i.id, $1, $2, i.position, i.service_id, i.service_name, i.size_id, i.size_name, i.staff_id, i.staff_name,
       i.starts_at, i.ends_at, i.price_minor, ARRAY(SELECT jsonb_array_elements_text(i.frames)), $4
FROM jsonb_to_recordset($3) AS i(
  id uuid, position integer, service_id uuid, service_name text, size_id uuid, size_name text, staff_id uuid,
  staff_name text, starts_at timestamptz, ends_at timestamptz, price_minor bigint, frames jsonb)
"""
FIND_BOOKING = "SELECT * FROM bookings WHERE id = $1"
LOCK_BOOKING = "SELECT * FROM bookings WHERE id = $1 FOR NO KEY UPDATE"
CONFIRM_BOOKING = """
UPDATE bookings SET status = 'confirmed', confirmed_at = coalesce(confirmed_at, now()), needs_operator = false,
  provider_order_id = $2, payment_url = $3, payment_status = $4
WHERE id = $1 AND status IN ('held', 'pending_provider', 'confirmed')
RETURNING confirmation_code
"""
CANCEL_BOOKING = """
UPDATE bookings SET status = 'cancelled', cancelled_at = now(), cancel_reason = left($2, 500), needs_operator = false
WHERE id = $1 AND status IN ('held', 'pending_provider', 'confirmed') RETURNING id
"""
FLAG_BOOKING = "UPDATE bookings SET needs_operator = true WHERE id = $1"
# A wish that was finished or given up elsewhere meanwhile stays so: the order's own truth stands in the booking.
SET_INTENT_STATUS = """
UPDATE booking_intents i SET status = $2, updated_at = now()
WHERE i.id = (SELECT intent_id FROM bookings WHERE id = $1) AND EXISTS (
  SELECT FROM state_transitions t
  WHERE t.table_name = 'booking_intents' AND t.from_state = i.status AND t.to_state = $2)
"""
MARK_PAID = """
UPDATE bookings SET payment_status = 'paid', paid_at = $2 WHERE id = $1 AND payment_status <> 'paid' RETURNING id
"""
MARK_PAYMENT_EXPIRED = """
UPDATE bookings SET payment_status = 'expired' WHERE id = $1 AND payment_status = 'pending' RETURNING id
"""
STAFF_IDS_OF = """
SELECT s.id, s.external_id, s.location_id FROM staff s JOIN locations l ON l.id = s.location_id
WHERE s.workspace_id = $1 AND l.external_id = $2 AND s.external_id = ANY ($3)
"""
REPLACE_FRAMES = """
WITH gone AS (
  DELETE FROM slots WHERE workspace_id = $1 AND staff_id = ANY ($2) AND starts_at >= $3 AND starts_at < $4
    AND NOT EXISTS (SELECT FROM jsonb_to_recordset($5) AS f(staff_id uuid, starts_at timestamptz)
                    WHERE f.staff_id = slots.staff_id AND f.starts_at = slots.starts_at)
)
INSERT INTO slots (workspace_id, location_id, staff_id, starts_at, ends_at, external_id, valid_until)
SELECT $1, f.location_id, f.staff_id, f.starts_at, f.ends_at, f.external_id, now() + make_interval(secs => $6)
FROM jsonb_to_recordset($5) AS f(
  location_id uuid, staff_id uuid, starts_at timestamptz, ends_at timestamptz, external_id text)
ON CONFLICT (workspace_id, location_id, starts_at, staff_id)
DO UPDATE SET external_id = excluded.external_id, valid_until = excluded.valid_until
"""


class TimeTaken(RuntimeError):
    """Somebody else's booking of ours already holds a person at that time; nothing was written."""


@dataclass(frozen=True, slots=True)
class Booking:
    id: UUID
    workspace_id: UUID
    conversation_id: UUID
    status: str
    needs_operator: bool
    confirmation_code: str
    payment_status: str
    payment_url: str | None
    provider_order_id: str | None
    currency: str
    total_minor: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ItemRow:
    service_id: UUID
    service_name: str
    size_id: UUID | None
    size_name: str
    staff_id: UUID
    staff_name: str
    starts_at: datetime
    ends_at: datetime
    price_minor: int
    frames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookingRow:
    id: UUID
    workspace_id: UUID
    conversation_id: UUID
    customer_id: UUID
    intent_id: UUID
    location_id: UUID
    customer_name: str
    customer_phone: str
    customer_email: str
    payment_type_id: UUID | None
    currency: str
    items: tuple[ItemRow, ...]
    replaces: UUID | None = None
    """The booking it takes the place of; it belongs to that one's customer then."""


@dataclass(frozen=True, slots=True)
class StaffId:
    id: UUID
    external_id: str
    location_id: UUID


@dataclass(frozen=True, slots=True)
class FreshFrame:
    """A free frame seen while double-checking, in our own ids."""

    location_id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    external_id: str


async def release_holds(tx: Tx, workspace_id: UUID, conversation_id: UUID) -> None:
    """Gives back what this conversation held, and what anybody's hold outlived."""
    await tx.execute(RELEASE_HOLDS, workspace_id, conversation_id)


async def free_code(tx: Tx, workspace_id: UUID) -> str:
    """A confirmation code that no booking of this business has."""
    code = new_confirmation_code()
    while await tx.fetchval(CODE_TAKEN, workspace_id, code):
        code = new_confirmation_code()
    return code


async def create_booking(tx: Tx, row: BookingRow, *, hold_seconds: float | None = None) -> str:
    """Stores a booking that waits for its order, or with `hold_seconds` one that only holds its times so long.

    Returns its confirmation code. Raises TimeTaken if a person is already booked or held then: the
    transaction is lost and must be left.
    """
    code = await free_code(tx, row.workspace_id)
    await tx.execute(
        CREATE_BOOKING,
        row.id,
        row.workspace_id,
        row.conversation_id,
        row.customer_id,
        row.intent_id,
        row.location_id,
        code,
        row.customer_name,
        row.customer_phone,
        row.customer_email,
        row.payment_type_id,
        row.currency,
        sum(item.price_minor for item in row.items),
        min(item.starts_at for item in row.items),
        max(item.ends_at for item in row.items),
        hold_seconds,
        row.replaces,
    )
    items = [
        {
            "id": str(new_id()),
            "position": position,
            "service_id": str(item.service_id),
            "service_name": item.service_name,
            "size_id": str(item.size_id) if item.size_id else None,
            "size_name": item.size_name,
            "staff_id": str(item.staff_id),
            "staff_name": item.staff_name,
            "starts_at": item.starts_at.isoformat(),
            "ends_at": item.ends_at.isoformat(),
            "price_minor": item.price_minor,
            "frames": list(item.frames),
        }
        for position, item in enumerate(row.items)
    ]
    try:
        await tx.execute(CREATE_ITEMS, row.workspace_id, row.id, items, row.replaces)
    except asyncpg.ExclusionViolationError as error:
        raise TimeTaken(str(row.id)) from error
    return code


async def find_booking(tx: Tx, booking_id: UUID, *, lock: bool = False) -> Booking | None:
    """lock: nobody else changes it until this transaction ends: its end and its payment come one after the other."""
    row = await tx.fetchrow(LOCK_BOOKING if lock else FIND_BOOKING, booking_id)
    if row is None:
        return None
    return Booking(**{name: row[name] for name in Booking.__slots__})


async def confirm_booking(
    tx: Tx, booking_id: UUID, *, provider_order_id: str, payment_url: str | None, payment_status: str
) -> str:
    """Only ever called with a provider's order id in hand; returns the confirmation code."""
    code = await tx.fetchval(CONFIRM_BOOKING, booking_id, provider_order_id, payment_url, payment_status)
    if code is None:
        raise LookupError(f"booking {booking_id} can't be confirmed any more")
    await tx.execute(SET_INTENT_STATUS, booking_id, "confirmed")
    return str(code)


async def cancel_booking(tx: Tx, booking_id: UUID, *, reason: str) -> bool:
    """Frees the booked times. False: it had ended before, by a cancellation or by the visit."""
    return await tx.fetchval(CANCEL_BOOKING, booking_id, reason) is not None


async def set_intent_status(tx: Tx, booking_id: UUID, status: str) -> None:
    """The intent of a booking follows it; an illegal step is refused by the table."""
    await tx.execute(SET_INTENT_STATUS, booking_id, status)


async def flag_for_operator(tx: Tx, booking_id: UUID) -> None:
    """A person must decide; the time stays taken until then."""
    await tx.execute(FLAG_BOOKING, booking_id)
    await tx.execute(SET_INTENT_STATUS, booking_id, "needs_operator")


async def mark_paid(tx: Tx, booking_id: UUID, *, paid_at: datetime) -> bool:
    """False: it was marked before."""
    return await tx.fetchval(MARK_PAID, booking_id, paid_at) is not None


async def mark_payment_expired(tx: Tx, booking_id: UUID) -> bool:
    return await tx.fetchval(MARK_PAYMENT_EXPIRED, booking_id) is not None


async def staff_ids_of(
    tx: Tx, workspace_id: UUID, *, location_external_id: str, staff_external_ids: set[str]
) -> list[StaffId]:
    """Our ids of the provider's people at one location."""
    rows = await tx.fetch(STAFF_IDS_OF, workspace_id, location_external_id, list(staff_external_ids))
    return [StaffId(**dict(row)) for row in rows]


async def replace_frames(
    tx: Tx,
    workspace_id: UUID,
    *,
    staff_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime,
    frames: Sequence[FreshFrame],
    valid_seconds: float,
) -> None:
    """Writes what a double-check saw: these people's free frames between two instants are exactly these."""
    rows: list[dict[str, Any]] = [
        {
            "location_id": str(f.location_id),
            "staff_id": str(f.staff_id),
            "starts_at": f.starts_at.isoformat(),
            "ends_at": f.ends_at.isoformat(),
            "external_id": f.external_id,
        }
        for f in frames
    ]
    await tx.execute(REPLACE_FRAMES, workspace_id, list(staff_ids), starts_at, ends_at, rows, valid_seconds)
