"""Finalizing a booking: what became of an intent, which summary may still be said yes to, and the yes itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.chat import MessageRow
from db.tx import Tx

SOURCE = "finalize"
"""Of inbox rows that are a tap on Book Now through the API."""

# A booking that only holds its time is none yet. One that was moved in place has left its intent without a booking of
# its own: the moved one stands for it.
STANDING = """
SELECT i.id, i.conversation_id, i.customer_id, i.bot_id, i.status, i.handling, i.external_url, i.summary_version,
       c.status AS talk_status, c.language, c.address, c.channel_account_id, a.channel, a.address AS account_address,
       EXISTS (SELECT FROM handoffs h WHERE h.workspace_id = i.workspace_id AND h.intent_id = i.id) AS handed_off,
       b.status AS booking_status, b.needs_operator, b.confirmation_code, b.payment_status,
       coalesce(b.payment_url, (SELECT p.url FROM payments p
                                WHERE p.workspace_id = b.workspace_id AND p.booking_id = b.id AND p.status = 'open'
                                ORDER BY p.attempt DESC LIMIT 1)) AS payment_url
FROM booking_intents i
JOIN conversations c ON c.workspace_id = i.workspace_id AND c.id = i.conversation_id
JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
LEFT JOIN LATERAL (
  SELECT one.* FROM (
    SELECT o.*, 1 AS choice FROM bookings o
    WHERE o.workspace_id = i.workspace_id AND o.intent_id = i.id AND o.status <> 'held'
    UNION ALL
    SELECT m.*, 2 AS choice FROM effects e JOIN bookings m ON m.workspace_id = e.workspace_id AND m.id = e.booking_id
    WHERE i.status = 'confirmed' AND e.conversation_id = i.conversation_id AND e.kind = 'change_order'
      AND e.status = 'done'
  ) AS one ORDER BY one.choice, one.created_at DESC, one.id DESC LIMIT 1
) b ON true
WHERE i.workspace_id = current_workspace() AND i.id = $1
"""
# Of all messages with a button for this intent the newest: what stood in an older one was overtaken by it.
OFFER = """
SELECT m.conversation_id, m.seq, m.direction, m.kind, m.body, m.payload, m.turn, m.created_at, m.inbox_id
FROM messages m
WHERE m.workspace_id = current_workspace() AND m.conversation_id = $1 AND m.direction = 'out'
  AND EXISTS (SELECT FROM jsonb_array_elements(
                CASE WHEN jsonb_typeof(m.payload -> 'actions') = 'array' THEN m.payload -> 'actions' ELSE '[]' END
              ) AS action WHERE action ->> 'bookingIntentId' = $2)
ORDER BY m.seq DESC LIMIT 1
"""
LAST_REPLY = """
SELECT m.conversation_id, m.seq, m.direction, m.kind, m.body, m.payload, m.turn, m.created_at, m.inbox_id
FROM messages m
WHERE m.workspace_id = current_workspace() AND m.conversation_id = $1 AND m.direction = 'out'
ORDER BY m.seq DESC LIMIT 1
"""
# The customer's own act where the chat is his; a program's or an operator's opens nobody's window for messages.
ADD_TAP = """
WITH talk AS (
  UPDATE conversations c SET settle_until = NULL,
    last_inbound_at = CASE WHEN $3 THEN now() ELSE c.last_inbound_at END
  WHERE c.workspace_id = current_workspace() AND c.id = $1 AND c.status <> 'closed'
  RETURNING c.id, c.workspace_id
)
INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload)
SELECT talk.workspace_id, talk.id, 'finalize', 'finalize', $2, 'customer_message', $4 FROM talk
ON CONFLICT (source, account, external_id) DO NOTHING
"""
TAP = """
SELECT i.status FROM inbox i
WHERE i.workspace_id = current_workspace() AND i.source = 'finalize' AND i.account = 'finalize' AND i.external_id = $1
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """An intent, its talk, and the booking that came of it (or None in all of the last five)."""

    id: UUID
    conversation_id: UUID
    customer_id: UUID
    bot_id: UUID
    status: str
    handling: str
    external_url: str | None
    summary_version: str | None
    talk_status: str
    language: str
    address: str
    channel_account_id: UUID
    channel: str
    account_address: str
    handed_off: bool
    booking_status: str | None
    needs_operator: bool | None
    confirmation_code: str | None
    payment_status: str | None
    payment_url: str | None


async def standing(tx: Tx, intent_id: UUID) -> Standing | None:
    """None: the workspace has no such intent."""
    row = await tx.fetchrow(STANDING, intent_id)
    return None if row is None else Standing(**dict(row))


async def offer(tx: Tx, conversation_id: UUID, intent_id: UUID) -> MessageRow | None:
    """The newest message that this intent can be finalized by."""
    row = await tx.fetchrow(OFFER, conversation_id, str(intent_id))
    return None if row is None else MessageRow(**dict(row))


async def last_reply(tx: Tx, conversation_id: UUID) -> MessageRow | None:
    row = await tx.fetchrow(LAST_REPLY, conversation_id)
    return None if row is None else MessageRow(**dict(row))


async def add_tap(
    tx: Tx, conversation_id: UUID, external_id: str, payload: dict[str, Any], *, by_customer: bool
) -> None:
    """The yes, as the conversation's next event; the same one twice is one."""
    await tx.execute(ADD_TAP, conversation_id, external_id, by_customer, payload)


async def tap_status(tx: Tx, external_id: str) -> str | None:
    """waiting, done or quarantined; None: there was none."""
    status: str | None = await tx.fetchval(TAP, external_id)
    return status
