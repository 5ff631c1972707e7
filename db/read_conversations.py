"""Conversations as people read them: lists, one with all its messages and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

STATES = ("open", "human", "closed")
CHANNELS = ("whatsapp", "twilio", "web")
MAX_MESSAGES = 500
"""That one reading gives."""

_COLUMNS = """
  c.id, c.status, c.state_name, a.channel, c.address, c.language, c.customer_id,
  coalesce(k.name, k.profile_name) AS customer_name, k.phone AS customer_phone, k.email AS customer_email,
  c.bot_id, c.turn, coalesce(m.seq, 0) AS last_seq, m.direction AS last_direction, m.body AS last_body,
  m.created_at AS last_message_at, m.delivery_status AS last_delivery_status, c.last_inbound_at, c.human_since,
  c.created_at, c.closed_at
"""
_FROM = """
FROM conversations c
JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
JOIN customers k ON k.workspace_id = c.workspace_id AND k.id = c.customer_id
"""
_LAST = """
LEFT JOIN LATERAL (
  SELECT seq, direction, left(body, 200) AS body, created_at, delivery_status FROM messages
  WHERE workspace_id = c.workspace_id AND conversation_id = c.id ORDER BY seq DESC LIMIT 1
) m ON true
"""
_HERE = "WHERE c.workspace_id = current_workspace()"
# Customers are read once, however many talks there are: 10,000 look-ups one by one take three times as long.
_SEARCH = """
  AND ($3::text IS NULL OR strpos(lower(c.address), $3) > 0 OR c.customer_id IN (
    SELECT f.id FROM customers f WHERE f.workspace_id = current_workspace()
      AND (strpos(lower(concat_ws(' ', f.name, f.profile_name, f.email)), $3) > 0 OR strpos(f.phone, $4) > 0)))
"""
_FILTERS = f"""{_SEARCH}
  AND c.created_at >= coalesce($1, '-infinity'::timestamptz) AND c.created_at < coalesce($2, 'infinity'::timestamptz)
  AND ($5::text IS NULL OR c.language = $5)
  AND ($6::text IS NULL OR a.channel = $6)
"""
LISTING = f"""SELECT {_COLUMNS}{_FROM}{_LAST}{_HERE}{_FILTERS}
  AND ($7::text IS NULL OR c.status = $7)
  {older("c.created_at, c.id", 8)}
ORDER BY c.created_at DESC, c.id DESC LIMIT $10
"""
_ALONE = f"""
FROM conversations c
WHERE c.workspace_id = current_workspace() {_SEARCH}
  AND c.created_at >= coalesce($1, '-infinity'::timestamptz) AND c.created_at < coalesce($2, 'infinity'::timestamptz)
  AND ($5::text IS NULL OR c.language = $5)
  AND ($6::text IS NULL OR EXISTS (
    SELECT FROM channel_accounts a
    WHERE a.workspace_id = c.workspace_id AND a.id = c.channel_account_id AND a.channel = $6))
"""
COUNTS = f"SELECT c.status, count(*) AS count {_ALONE} GROUP BY c.status"
"""Reads other tables only for a filter that needs them: the plan that is kept for all filters joins row by row."""
FIND = f"SELECT {_COLUMNS}{_FROM}{_LAST}{_HERE} AND c.id = $1"
MESSAGES = """
SELECT id, seq, direction, kind, body, payload ->> 'by' AS operator, payload ->> 'choice_id' AS choice_id, turn,
       delivery_status, delivery_error, created_at
FROM messages WHERE workspace_id = current_workspace() AND conversation_id = $1 AND seq > $2
ORDER BY seq LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFilters(Filters):
    """language: en, ar. channel: whatsapp, twilio, web."""

    language: str | None = None
    channel: str | None = None

    def own(self) -> tuple[Any, ...]:
        return (self.language, self.channel)


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """state_name: where the talk stands. last_*: of its last message, cut to 200 characters; None: there is none."""

    id: UUID
    status: str
    state_name: str
    channel: str
    address: str
    language: str
    customer_id: UUID
    customer_name: str | None
    customer_phone: str | None
    customer_email: str | None
    bot_id: UUID
    turn: int
    last_seq: int
    last_direction: str | None
    last_body: str | None
    last_message_at: datetime | None
    last_delivery_status: str | None
    last_inbound_at: datetime
    human_since: datetime | None
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """operator: the person who wrote it, if no bot did. choice_id: the button or row that was tapped."""

    id: UUID
    seq: int
    direction: str
    kind: str
    body: str
    operator: str | None
    choice_id: str | None
    turn: int
    delivery_status: str
    delivery_error: str | None
    created_at: datetime


async def listing(
    tx: Tx, filters: ConversationFilters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[ConversationRow]:
    """The last begun first."""
    return await read_page(
        tx,
        LISTING,
        ConversationRow,
        filters,
        sorted_by=lambda row: row.created_at,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: ConversationFilters) -> Counts:
    return await read_counts(tx, COUNTS, filters)


async def find(tx: Tx, conversation_id: UUID) -> ConversationRow | None:
    row = await tx.fetchrow(FIND, conversation_id)
    return None if row is None else ConversationRow(**dict(row))


async def messages(
    tx: Tx, conversation_id: UUID, *, after_seq: int = 0, limit: int = MAX_MESSAGES
) -> list[MessageRow]:
    """In their order, those after `after_seq`."""
    rows = await tx.fetch(MESSAGES, conversation_id, after_seq, limit)
    return [MessageRow(**dict(row)) for row in rows]
