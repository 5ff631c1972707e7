"""One booking's story: what people did with it, what was asked of the outside for it, and what still waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.tx import Tx

AUDIT = """
SELECT actor, action, detail, at FROM audit_entries
WHERE workspace_id = current_workspace() AND subject = $1 AND at >= $2 ORDER BY at, id
"""
# What the booking itself asked for, and the move that made it or ended it.
CALLS = """
SELECT e.kind, e.status, e.created_at, e.settled_at, e.error_code, e.error_detail,
       coalesce(e.request ->> 'role', '') AS role, coalesce(e.request ->> 'news', '') AS news,
       e.request ? 'business' AS by_business
FROM effects e
WHERE e.workspace_id = current_workspace() AND e.booking_id = $1 AND e.kind <> 'poll_payment'
ORDER BY e.seq
"""
# An act of a person's waits in the newest talk of the booking's customer until that talk's next turn.
WAITING = """
SELECT i.payload FROM bookings b
JOIN conversations c ON c.workspace_id = b.workspace_id AND c.customer_id = b.customer_id
JOIN inbox i ON i.conversation_id = c.id
WHERE b.workspace_id = current_workspace() AND b.id = $1 AND i.status = 'waiting' AND i.kind = 'operator_act'
  AND i.payload -> 'data' ->> 'booking_id' = $1::text
ORDER BY i.id
"""
VERSION = """
SELECT concat_ws('/', b.status, b.payment_status, b.needs_operator, b.starts_at, b.calendar_sequence,
  (SELECT string_agg(e.status, ',' ORDER BY e.seq) FROM effects e
   WHERE e.workspace_id = b.workspace_id AND e.booking_id = b.id),
  (SELECT count(*) FROM inbox i JOIN conversations c ON c.id = i.conversation_id
   WHERE c.workspace_id = b.workspace_id AND c.customer_id = b.customer_id AND i.status = 'waiting'
     AND i.kind = 'operator_act'))
FROM bookings b WHERE b.workspace_id = current_workspace() AND b.id = $1
"""
NEIGHBOURS = """
SELECT b.replaces_booking_id AS earlier,
  (SELECT n.id FROM bookings n WHERE n.workspace_id = b.workspace_id AND n.replaces_booking_id = b.id
     AND n.status <> 'cancelled' ORDER BY n.created_at DESC LIMIT 1) AS later
FROM bookings b WHERE b.workspace_id = current_workspace() AND b.id = $1
"""


@dataclass(frozen=True, slots=True)
class DoneRow:
    """What somebody did. actor: `user:<address>`, `token:<prefix>`, `command:<account>`."""

    actor: str
    action: str
    detail: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call to the outside. role, news: of a mail. by_business: a person of the business asked for it."""

    kind: str
    status: str
    created_at: datetime
    settled_at: datetime | None
    error_code: str | None
    error_detail: str | None
    role: str
    news: str
    by_business: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The booking whose place it took, and the one that took its place."""

    earlier: UUID | None
    later: UUID | None


async def done(tx: Tx, booking_id: UUID, *, since: datetime) -> list[DoneRow]:
    """since: when the booking was made."""
    return [DoneRow(**dict(row)) for row in await tx.fetch(AUDIT, str(booking_id), since)]


async def calls(tx: Tx, booking_id: UUID) -> list[CallRow]:
    return [CallRow(**dict(row)) for row in await tx.fetch(CALLS, booking_id)]


async def waiting(tx: Tx, booking_id: UUID) -> list[str]:
    """Acts of people about it that no turn has taken yet (bot.flows.contract.Act)."""
    return [row["payload"]["act"] for row in await tx.fetch(WAITING, booking_id)]


async def neighbours(tx: Tx, booking_id: UUID) -> Neighbours:
    row = await tx.fetchrow(NEIGHBOURS, booking_id)
    return Neighbours(None, None) if row is None else Neighbours(**dict(row))


async def version(tx: Tx, booking_id: UUID) -> str:
    """Another one whenever something of its page has changed."""
    return str(await tx.fetchval(VERSION, booking_id))
