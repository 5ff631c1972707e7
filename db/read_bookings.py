"""Bookings as people read them, with what was booked and what became of the payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

STATES = ("held", "pending_provider", "confirmed", "completed", "cancelled", "no_show")
PAYMENT_STATES = ("none", "at_business", "pending", "paid", "deposit_paid", "expired")

_COLUMNS = """
  b.id, b.status, b.needs_operator, b.confirmation_code, b.customer_name, b.customer_phone, b.customer_email,
  array(SELECT i.service_name || CASE WHEN i.size_name = '' THEN '' ELSE ' (' || i.size_name || ')' END
        FROM booking_items i WHERE i.workspace_id = b.workspace_id AND i.booking_id = b.id
        ORDER BY i.position) AS services,
  p.names AS location_names, b.starts_at, b.ends_at, b.currency, b.total_minor, b.payment_status, b.payment_url,
  b.paid_at, b.provider_order_id, b.replaces_booking_id, b.conversation_id, b.customer_id, b.intent_id,
  b.hold_until, b.created_at, b.confirmed_at, b.cancelled_at, b.cancel_reason
"""
_FROM = """
FROM bookings b
JOIN locations p ON p.workspace_id = b.workspace_id AND p.id = b.location_id
WHERE b.workspace_id = current_workspace()
"""
_FILTERS = """
  AND b.created_at >= coalesce($1, '-infinity'::timestamptz) AND b.created_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL
       OR strpos(lower(concat_ws(' ', b.customer_name, b.customer_email, b.confirmation_code)), $3) > 0
       OR strpos(b.customer_phone, $4) > 0)
  AND ($5::text IS NULL OR b.payment_status = $5)
  AND b.starts_at >= coalesce($6, '-infinity'::timestamptz) AND b.starts_at < coalesce($7, 'infinity'::timestamptz)
"""
LISTING = f"""SELECT {_COLUMNS}{_FROM}{_FILTERS}
  AND ($8::text IS NULL OR b.status = $8)
  {older("b.created_at, b.id", 9)}
ORDER BY b.created_at DESC, b.id DESC LIMIT $11
"""
COUNTS = f"SELECT b.status, count(*) AS count {_FROM}{_FILTERS} GROUP BY b.status"
FIND = f"SELECT {_COLUMNS}{_FROM} AND b.id = $1"
OF_CONVERSATION = f"SELECT {_COLUMNS}{_FROM} AND b.conversation_id = $1 ORDER BY b.created_at, b.id"
ITEMS = """
SELECT position, service_name, size_name, staff_name, starts_at, ends_at, price_minor FROM booking_items
WHERE workspace_id = current_workspace() AND booking_id = $1 ORDER BY position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFilters(Filters):
    """starts_since, starts_until: of the visit, while `since` and `until` are of the booking's making."""

    payment_status: str | None = None
    starts_since: datetime | None = None
    starts_until: datetime | None = None

    def own(self) -> tuple[Any, ...]:
        return (self.payment_status, self.starts_since, self.starts_until)


@dataclass(frozen=True, slots=True)
class BookingRow:
    """total_minor: in the currency's smallest unit. services: names, in the visit's order.

    location_names: by language.
    """

    id: UUID
    status: str
    needs_operator: bool
    confirmation_code: str
    customer_name: str
    customer_phone: str
    customer_email: str
    services: list[str]
    location_names: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    currency: str
    total_minor: int
    payment_status: str
    payment_url: str | None
    paid_at: datetime | None
    provider_order_id: str | None
    replaces_booking_id: UUID | None
    conversation_id: UUID
    customer_id: UUID
    intent_id: UUID
    hold_until: datetime | None
    created_at: datetime
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None


@dataclass(frozen=True, slots=True)
class BookingItemRow:
    position: int
    service_name: str
    size_name: str
    staff_name: str
    starts_at: datetime
    ends_at: datetime
    price_minor: int


async def listing(
    tx: Tx, filters: BookingFilters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[BookingRow]:
    """The last made first."""
    return await read_page(
        tx,
        LISTING,
        BookingRow,
        filters,
        sorted_by=lambda row: row.created_at,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: BookingFilters) -> Counts:
    return await read_counts(tx, COUNTS, filters)


async def find(tx: Tx, booking_id: UUID) -> BookingRow | None:
    row = await tx.fetchrow(FIND, booking_id)
    return None if row is None else BookingRow(**dict(row))


async def of_conversation(tx: Tx, conversation_id: UUID) -> list[BookingRow]:
    """Oldest first."""
    return [BookingRow(**dict(row)) for row in await tx.fetch(OF_CONVERSATION, conversation_id)]


async def items(tx: Tx, booking_id: UUID) -> list[BookingItemRow]:
    """What was booked, in the visit's order."""
    return [BookingItemRow(**dict(row)) for row in await tx.fetch(ITEMS, booking_id)]
