"""A booking's move to other times and people, in one transaction under the exclusion constraint.

Moving in our tables is the change itself in a calendar of our own; for a booking system it takes the new time
before the system is asked, as a new booking does, and gives the old one back if the system refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from db.bookings import ItemRow, TimeTaken
from db.tx import Tx

OPEN_MOVE = """
UPDATE booking_items i SET active = false
FROM bookings b
WHERE b.id = $1 AND b.status IN ('pending_provider', 'confirmed') AND i.booking_id = b.id AND i.active
"""
MOVE_ITEMS = """
UPDATE booking_items i SET
  staff_id = n.staff_id, staff_name = n.staff_name, starts_at = n.starts_at, ends_at = n.ends_at,
  price_minor = n.price_minor, frame_external_ids = ARRAY(SELECT jsonb_array_elements_text(n.frames)),
  active = true
FROM jsonb_to_recordset($2) AS n(
  position integer, service_id uuid, staff_id uuid, staff_name text, starts_at timestamptz, ends_at timestamptz,
  price_minor bigint, frames jsonb)
WHERE i.booking_id = $1 AND i.position = n.position AND i.service_id = n.service_id
"""
MOVE_BOOKING = """
UPDATE bookings b SET starts_at = i.starts_at, ends_at = i.ends_at, total_minor = i.total_minor
FROM (SELECT min(starts_at) AS starts_at, max(ends_at) AS ends_at, sum(price_minor) AS total_minor
      FROM booking_items WHERE booking_id = $1) i
WHERE b.id = $1
"""


async def move_booking(tx: Tx, booking_id: UUID, items: Sequence[ItemRow]) -> None:
    """The booking's lines, all of them in their own order (same services), at their new times and people.

    Its own old times are never in the way, not even line by line. Raises TimeTaken if somebody else is booked
    or held then, and LookupError for a booking that has ended or has other lines: in both cases the transaction
    is lost and must be left.
    """
    rows = [
        {
            "position": position,
            "service_id": str(item.service_id),
            "staff_id": str(item.staff_id),
            "staff_name": item.staff_name,
            "starts_at": item.starts_at.isoformat(),
            "ends_at": item.ends_at.isoformat(),
            "price_minor": item.price_minor,
            "frames": list(item.frames),
        }
        for position, item in enumerate(items)
    ]
    opened = await tx.execute(OPEN_MOVE, booking_id)
    try:
        moved = await tx.execute(MOVE_ITEMS, booking_id, rows)
    except asyncpg.ExclusionViolationError as error:
        raise TimeTaken(str(booking_id)) from error
    if not items or {opened, moved} != {f"UPDATE {len(items)}"}:
        raise LookupError(f"booking {booking_id} has ended, or its lines are others")
    await tx.execute(MOVE_BOOKING, booking_id)
