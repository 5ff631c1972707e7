"""Hand-offs as people read them; what happens to them is in handoffs.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

STATES = ("new", "redirected", "completed_external", "abandoned")

_COLUMNS = """
  h.id, h.token, h.status, h.page, h.booking_url, h.url_used, h.language, h.customer_name, h.customer_phone,
  h.customer_email, h.service, h.preferred_time, h.notes, h.source, h.external_booking_id, h.conversation_id,
  h.customer_id, h.intent_id, h.bot_id, h.created_at, h.redirected_at, h.completed_at, h.completed_by
"""
_FROM = "FROM handoffs h WHERE h.workspace_id = current_workspace()"
_FILTERS = """
  AND h.created_at >= coalesce($1, '-infinity'::timestamptz) AND h.created_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL OR strpos(lower(concat_ws(' ', h.customer_name, h.customer_email, h.service)), $3) > 0
       OR strpos(h.customer_phone, $4) > 0)
  AND ($5::text IS NULL OR h.source = $5)
  AND ($6::text IS NULL OR h.page = $6)
"""
LISTING = f"""SELECT {_COLUMNS}{_FROM}{_FILTERS}
  AND ($7::text IS NULL OR h.status = $7)
  {older("h.created_at, h.id", 8)}
ORDER BY h.created_at DESC, h.id DESC LIMIT $10
"""
COUNTS = f"SELECT h.status, count(*) AS count {_FROM}{_FILTERS} GROUP BY h.status"
FIND = f"SELECT {_COLUMNS}{_FROM} AND h.id = $1"
OF_CONVERSATION = f"SELECT {_COLUMNS}{_FROM} AND h.conversation_id = $1 ORDER BY h.created_at, h.id"
TIMELINE = """
SELECT kind, made_by, detail, at FROM handoff_events
WHERE workspace_id = current_workspace() AND handoff_id = $1 ORDER BY at, id
"""

SOURCES = """
SELECT DISTINCT source FROM handoffs WHERE workspace_id = current_workspace() AND source <> '' ORDER BY source LIMIT 50
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffFilters(Filters):
    """source: the whole word. page: whose booking page it is, calendly, square, ..."""

    source: str | None = None
    page: str | None = None

    def own(self) -> tuple[Any, ...]:
        return (self.source, self.page)


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """token: opens the public page. booking_url: the business's; url_used: where the customer was last led."""

    id: UUID
    token: str
    status: str
    page: str
    booking_url: str
    url_used: str | None
    language: str
    customer_name: str
    customer_phone: str
    customer_email: str
    service: str
    preferred_time: str
    notes: str
    source: str
    external_booking_id: str | None
    conversation_id: UUID
    customer_id: UUID
    intent_id: UUID
    bot_id: UUID
    created_at: datetime
    redirected_at: datetime | None
    completed_at: datetime | None
    completed_by: str | None


@dataclass(frozen=True, slots=True)
class HandoffEventRow:
    kind: str
    made_by: str
    detail: str
    at: datetime


async def listing(
    tx: Tx, filters: HandoffFilters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[HandoffRow]:
    """Newest first."""
    return await read_page(
        tx,
        LISTING,
        HandoffRow,
        filters,
        sorted_by=lambda row: row.created_at,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: HandoffFilters) -> Counts:
    return await read_counts(tx, COUNTS, filters)


async def find(tx: Tx, handoff_id: UUID) -> HandoffRow | None:
    row = await tx.fetchrow(FIND, handoff_id)
    return None if row is None else HandoffRow(**dict(row))


async def of_conversation(tx: Tx, conversation_id: UUID) -> list[HandoffRow]:
    """Oldest first."""
    return [HandoffRow(**dict(row)) for row in await tx.fetch(OF_CONVERSATION, conversation_id)]


async def timeline(tx: Tx, handoff_id: UUID) -> list[HandoffEventRow]:
    """What happened to it, in order."""
    return [HandoffEventRow(**dict(row)) for row in await tx.fetch(TIMELINE, handoff_id)]


async def sources(tx: Tx) -> list[str]:
    """Where they came from, for a filter."""
    return [row["source"] for row in await tx.fetch(SOURCES)]
