"""What a person of the business does with a booking: the talk it goes through, and what the tables alone decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from db import open_talks
from db.ids import new_id
from db.tx import Tx

# A turn's commit locks the talk before the booking; so does whoever acts from the outside.
OPEN_TALK = """
SELECT c.id FROM bookings b
JOIN conversations c ON c.workspace_id = b.workspace_id AND c.customer_id = b.customer_id
WHERE b.workspace_id = current_workspace() AND b.id = $1 AND c.status <> 'closed' AND c.erased_at IS NULL
ORDER BY c.id = b.conversation_id DESC, c.last_inbound_at DESC LIMIT 1
FOR NO KEY UPDATE OF c
"""
TALK_OF = """
SELECT c.id FROM bookings b
JOIN conversations c ON c.workspace_id = b.workspace_id AND c.customer_id = b.customer_id
WHERE b.workspace_id = current_workspace() AND b.id = $1 AND c.erased_at IS NULL
ORDER BY c.id = b.conversation_id DESC, c.last_inbound_at DESC LIMIT 1
"""
LOCK_BOOKING = (
    "SELECT id FROM bookings WHERE workspace_id = current_workspace() AND id = $1 FOR NO KEY UPDATE"
)
END_VISIT = """
UPDATE bookings SET status = $2, needs_operator = false
WHERE workspace_id = current_workspace() AND id = $1 AND status = 'confirmed' AND starts_at <= $3
RETURNING id
"""
# An act that needs no turn: written down where the talk's others stand, for its calls hang on it.
KEEP_ACT = """
INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload, status, done_at)
SELECT workspace_id, id, 'operator', 'operator', $2, 'operator_act', $3, 'done', now() FROM conversations
WHERE workspace_id = current_workspace() AND id = $1
RETURNING id
"""
PLAN_CALL = """
INSERT INTO effects (id, workspace_id, conversation_id, inbox_id, ordinal, kind, idempotency_key, request, booking_id)
SELECT $1::uuid, i.workspace_id, i.conversation_id, i.id, 0, $3, $1::uuid::text, $4, $5
FROM inbox i WHERE i.workspace_id = current_workspace() AND i.id = $2
"""


async def talk_of(tx: Tx, booking_id: UUID) -> UUID | None:
    """The customer's open talk, locked: the one he booked in, else his newest, else a new one in the same place.

    None: he was erased, and nothing is said to him any more.
    """
    found: UUID | None = await tx.fetchval(OPEN_TALK, booking_id)
    if found is not None:
        return found
    closed: UUID | None = await tx.fetchval(TALK_OF, booking_id)
    return None if closed is None else await open_talks.instead_of(tx, closed)


async def lock(tx: Tx, booking_id: UUID) -> bool:
    """Until this transaction ends nobody else changes it. False: there is none here. Lock its talk first."""
    return await tx.fetchval(LOCK_BOOKING, booking_id) is not None


async def end_visit(tx: Tx, booking_id: UUID, *, status: str, now: datetime) -> bool:
    """status: completed or no_show. False: it doesn't stand any more, or has not begun by `now`."""
    return await tx.fetchval(END_VISIT, booking_id, status, now) is not None


async def plan_call(
    tx: Tx, conversation_id: UUID, *, kind: str, request: dict[str, Any], booking_id: UUID, by: str
) -> None:
    """A call that follows from a person's act alone: claimed and made like any other."""
    payload = {"act": kind, "by": by, "text": "", "data": {"booking_id": str(booking_id)}}
    act = await tx.fetchval(KEEP_ACT, conversation_id, str(new_id()), payload)
    if act is None:
        raise LookupError(f"conversation {conversation_id} is gone")
    await tx.execute(PLAN_CALL, new_id(), act, kind, request, booking_id)
