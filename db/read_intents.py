"""Booking intents (what customers want to book) as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

STATES = ("intent", "pending", "confirmed", "redirected", "needs_operator", "abandoned")

_COLUMNS = """
  i.id, i.status, i.booking_type, i.handling, i.external_url, i.service, i.requested_time, i.starts_at, i.notes,
  coalesce(k.name, k.profile_name) AS customer_name, k.phone AS customer_phone, k.email AS customer_email,
  i.conversation_id, i.customer_id, i.bot_id, i.created_at, i.updated_at
"""
_FROM = """
FROM booking_intents i
JOIN customers k ON k.workspace_id = i.workspace_id AND k.id = i.customer_id
WHERE i.workspace_id = current_workspace()
"""
_OWN_FILTERS = """
  AND i.created_at >= coalesce($1, '-infinity'::timestamptz) AND i.created_at < coalesce($2, 'infinity'::timestamptz)
  AND ($5::text IS NULL OR i.booking_type = $5)
  AND ($6::text IS NULL OR i.handling = $6)
"""
_SEARCH = """
  AND ($3::text IS NULL OR strpos(lower(concat_ws(' ', k.name, k.profile_name, k.email, i.service)), $3) > 0
       OR strpos(k.phone, $4) > 0)
"""
LISTING = f"""SELECT {_COLUMNS}{_FROM}{_OWN_FILTERS}{_SEARCH}
  AND ($7::text IS NULL OR i.status = $7)
  {older("i.created_at, i.id", 8)}
ORDER BY i.created_at DESC, i.id DESC LIMIT $10
"""
_ALONE = "FROM booking_intents i WHERE i.workspace_id = current_workspace()"
_FOUND = f"""
  AND ($3::text IS NULL OR EXISTS (
    SELECT FROM customers k WHERE k.workspace_id = i.workspace_id AND k.id = i.customer_id{_SEARCH}))
"""
COUNTS = f"SELECT i.status, count(*) AS count {_ALONE}{_OWN_FILTERS}{_FOUND} GROUP BY i.status"
"""Reads customers only for a search: the plan that is kept for all filters joins row by row."""
FIND = f"SELECT {_COLUMNS}{_FROM} AND i.id = $1"
OF_CONVERSATION = f"SELECT {_COLUMNS}{_FROM} AND i.conversation_id = $1 ORDER BY i.created_at, i.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentFilters(Filters):
    """booking_type: as policy names it, SERVICE_BOOKING. handling: internal, external."""

    booking_type: str | None = None
    handling: str | None = None

    def own(self) -> tuple[Any, ...]:
        return (self.booking_type, self.handling)


@dataclass(frozen=True, slots=True)
class IntentRow:
    """requested_time: as the customer put it. starts_at: where that is a moment already."""

    id: UUID
    status: str
    booking_type: str
    handling: str
    external_url: str | None
    service: str | None
    requested_time: str | None
    starts_at: datetime | None
    notes: str | None
    customer_name: str | None
    customer_phone: str | None
    customer_email: str | None
    conversation_id: UUID
    customer_id: UUID
    bot_id: UUID
    created_at: datetime
    updated_at: datetime


async def listing(
    tx: Tx, filters: IntentFilters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[IntentRow]:
    """Newest first."""
    return await read_page(
        tx,
        LISTING,
        IntentRow,
        filters,
        sorted_by=lambda row: row.created_at,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: IntentFilters) -> Counts:
    return await read_counts(tx, COUNTS, filters)


async def find(tx: Tx, intent_id: UUID) -> IntentRow | None:
    row = await tx.fetchrow(FIND, intent_id)
    return None if row is None else IntentRow(**dict(row))


async def of_conversation(tx: Tx, conversation_id: UUID) -> list[IntentRow]:
    """Oldest first."""
    return [IntentRow(**dict(row)) for row in await tx.fetch(OF_CONVERSATION, conversation_id)]
