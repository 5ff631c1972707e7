"""One talk as an operator reads it: its messages with why they were said, who has it, and what is under way in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.tx import Tx

MESSAGES = """
SELECT id, seq, direction, kind, body, payload, trace, turn, delivery_status, delivery_error, created_at
FROM messages WHERE workspace_id = current_workspace() AND conversation_id = $1 AND ($2::integer IS NULL OR seq < $2)
ORDER BY seq DESC LIMIT $3
"""
STANDING = """
SELECT c.state, c.human_since, c.last_inbound_at,
       (SELECT count(*) FROM inbox i WHERE i.conversation_id = c.id AND i.status = 'waiting'
          AND i.kind = 'customer_message') AS unread,
       (SELECT count(*) FROM inbox i WHERE i.conversation_id = c.id AND i.status = 'waiting'
          AND i.kind = 'operator_act') AS acts
FROM conversations c WHERE c.workspace_id = current_workspace() AND c.id = $1
"""
ESCALATION = """
SELECT id, status, cause, summary, times, opened_at, taken_by, taken_at, closed_by, closed_at FROM escalations
WHERE workspace_id = current_workspace() AND conversation_id = $1 ORDER BY opened_at DESC LIMIT 1
"""
# All that the talk's page shows hangs on these: a turn, a delivery, an act, an outcome.
VERSION = """
SELECT concat_ws('/', c.turn, c.status, c.fence,
  (SELECT concat(max(seq), '.', sum(delivery_rank), '.', count(*) FILTER (WHERE delivery_status = 'failed'))
   FROM messages m WHERE m.conversation_id = c.id),
  (SELECT max(id) FROM inbox i WHERE i.conversation_id = c.id),
  (SELECT string_agg(b.status || b.payment_status, ',' ORDER BY b.id) FROM bookings b
   WHERE b.workspace_id = c.workspace_id AND b.conversation_id = c.id),
  (SELECT string_agg(h.status, ',' ORDER BY h.id) FROM handoffs h
   WHERE h.workspace_id = c.workspace_id AND h.conversation_id = c.id))
FROM conversations c WHERE c.workspace_id = current_workspace() AND c.id = $1
"""
NAMES = """
SELECT id, names FROM locations WHERE workspace_id = current_workspace() AND id = ANY ($1)
UNION ALL SELECT id, names FROM services WHERE workspace_id = current_workspace() AND id = ANY ($1)
UNION ALL SELECT id, names FROM service_sizes WHERE workspace_id = current_workspace() AND id = ANY ($1)
UNION ALL SELECT id, names FROM staff WHERE workspace_id = current_workspace() AND id = ANY ($1)
UNION ALL SELECT id, names FROM payment_types WHERE workspace_id = current_workspace() AND id = ANY ($1)
"""


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """trace: the rules that led to an answer, of the customer's lines of its turn (bot/console/trace.py)."""

    id: UUID
    seq: int
    direction: str
    kind: str
    body: str
    payload: dict[str, Any]
    trace: list[str]
    turn: int
    delivery_status: str
    delivery_error: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """unread: customer's lines that no turn has read yet; acts: an operator's that have not taken effect."""

    state: dict[str, Any] | None
    human_since: datetime | None
    last_inbound_at: datetime
    unread: int
    acts: int


@dataclass(frozen=True, slots=True)
class EscalationOf:
    id: UUID
    status: str
    cause: str
    summary: str
    times: int
    opened_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None


async def messages(tx: Tx, conversation_id: UUID, *, before: int | None, limit: int) -> list[ThreadMessage]:
    """The last ones (before: those before this number), oldest first."""
    rows = await tx.fetch(MESSAGES, conversation_id, before, limit)
    return [ThreadMessage(**dict(row)) for row in reversed(rows)]


async def standing(tx: Tx, conversation_id: UUID) -> Standing:
    """Raises LookupError if there is no such conversation here."""
    row = await tx.fetchrow(STANDING, conversation_id)
    if row is None:
        raise LookupError(f"conversation {conversation_id}")
    return Standing(**dict(row))


async def escalation(tx: Tx, conversation_id: UUID) -> EscalationOf | None:
    """The latest."""
    row = await tx.fetchrow(ESCALATION, conversation_id)
    return EscalationOf(**dict(row)) if row else None


async def version(tx: Tx, conversation_id: UUID) -> str:
    """Differs whenever the talk's page would show something else."""
    return str(await tx.fetchval(VERSION, conversation_id))


async def names(tx: Tx, ids: set[UUID]) -> dict[UUID, dict[str, str]]:
    """Names per language of whatever these ids are in the catalog, retired entries too."""
    return {row["id"]: row["names"] for row in await tx.fetch(NAMES, list(ids))} if ids else {}
