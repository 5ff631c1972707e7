"""Leads as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

STATES = ("incomplete", "qualified", "booked", "redirected", "lost")

_COLUMNS = """
  l.id, l.status, l.tags, l.name, l.phone, l.email, l.service, l.preferred_time, l.notes, l.source,
  l.conversation_id, l.customer_id, l.bot_id, a.channel, c.language, l.created_at, l.updated_at
"""
_FROM = """
FROM leads l
JOIN conversations c ON c.workspace_id = l.workspace_id AND c.id = l.conversation_id
JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
WHERE l.workspace_id = current_workspace()
"""
_OWN_FILTERS = """
  AND l.created_at >= coalesce($1, '-infinity'::timestamptz) AND l.created_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL OR strpos(lower(concat_ws(' ', l.name, l.email, l.service)), $3) > 0
       OR strpos(l.phone, $4) > 0)
  AND ($5::text IS NULL OR l.source = $5)
"""
_FILTERS = f"""{_OWN_FILTERS}
  AND ($6::text IS NULL OR a.channel = $6)
  AND ($7::text IS NULL OR c.language = $7)
"""
LISTING = f"""SELECT {_COLUMNS}{_FROM}{_FILTERS}
  AND ($8::text IS NULL OR l.status = $8)
  {older("l.created_at, l.id", 9)}
ORDER BY l.created_at DESC, l.id DESC LIMIT $11
"""
_ALONE = "FROM leads l WHERE l.workspace_id = current_workspace()"
_TALK_FILTERS = """
  AND (($6::text IS NULL AND $7::text IS NULL) OR EXISTS (
    SELECT FROM conversations c
    JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
    WHERE c.workspace_id = l.workspace_id AND c.id = l.conversation_id
      AND ($6 IS NULL OR a.channel = $6) AND ($7 IS NULL OR c.language = $7)))
"""
COUNTS = f"SELECT l.status, count(*) AS count {_ALONE}{_OWN_FILTERS}{_TALK_FILTERS} GROUP BY l.status"
"""Reads other tables only for a filter that needs them: the plan that is kept for all filters joins row by row."""
FIND = f"SELECT {_COLUMNS}{_FROM} AND l.id = $1"
OF_CONVERSATION = f"SELECT {_COLUMNS}{_FROM} AND l.conversation_id = $1 ORDER BY l.created_at, l.id"

SOURCES = """
SELECT DISTINCT source FROM leads WHERE workspace_id = current_workspace() AND source <> '' ORDER BY source LIMIT 50
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilters(Filters):
    """source: the whole word. channel: whatsapp, twilio, web. language: en, ar."""

    source: str | None = None
    channel: str | None = None
    language: str | None = None

    def own(self) -> tuple[Any, ...]:
        return (self.source, self.channel, self.language)


@dataclass(frozen=True, slots=True)
class LeadRow:
    id: UUID
    status: str
    tags: list[str]
    name: str | None
    phone: str | None
    email: str | None
    service: str | None
    preferred_time: str | None
    notes: str | None
    source: str
    conversation_id: UUID
    customer_id: UUID
    bot_id: UUID
    channel: str
    language: str
    created_at: datetime
    updated_at: datetime


async def listing(
    tx: Tx, filters: LeadFilters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[LeadRow]:
    """Newest first."""
    return await read_page(
        tx,
        LISTING,
        LeadRow,
        filters,
        sorted_by=lambda row: row.created_at,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: LeadFilters) -> Counts:
    return await read_counts(tx, COUNTS, filters)


async def find(tx: Tx, lead_id: UUID) -> LeadRow | None:
    row = await tx.fetchrow(FIND, lead_id)
    return None if row is None else LeadRow(**dict(row))


async def of_conversation(tx: Tx, conversation_id: UUID) -> list[LeadRow]:
    """Oldest first."""
    return [LeadRow(**dict(row)) for row in await tx.fetch(OF_CONVERSATION, conversation_id)]


async def sources(tx: Tx) -> list[str]:
    """Where they came from, for a filter."""
    return [row["source"] for row in await tx.fetch(SOURCES)]
