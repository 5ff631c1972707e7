"""RECEIVE: accepting webhooks, applying receipts, keeping what nobody knows. See design: a message's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db import open_talks
from db.ids import new_id
from db.tx import Pool, Tx

ACCEPT = "SELECT ordinal, inbox_id, conversation_id, workspace_id FROM accept_inbound($1)"
APPLY_RECEIPTS = (
    "SELECT ordinal, effect_id, conversation_id, workspace_id, proved FROM apply_receipts($1, $2)"
)
KEEP_UNROUTED = "SELECT keep_unrouted($1, $2, $3, $4, $5, $6)"
ADD_EFFECT_ANSWER = """
INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload)
SELECT $1, id, 'effect', 'effect', $3, 'effect_answer', $4 FROM conversations
WHERE id = $2 AND (status <> 'closed' OR erased_at IS NOT NULL)
ON CONFLICT (source, account, external_id) DO NOTHING
RETURNING id
"""
ANSWER_KNOWN = (
    "SELECT EXISTS (SELECT FROM inbox WHERE source = 'effect' AND account = 'effect' AND external_id = $1)"
)


@dataclass(frozen=True, slots=True)
class InboundRow:
    """One customer message on its way into the inbox."""

    workspace_id: UUID
    bot_id: UUID
    channel_account_id: UUID
    channel: str
    account: str
    external_id: str
    phone: str | None
    user_id: str | None
    address: str
    profile_name: str | None
    idle_hours: int
    payload: dict[str, Any]
    burst_limit: int | None = None
    """Messages a minute; what comes over it is marked and waits for the minute's end. None: no limit."""


@dataclass(frozen=True, slots=True)
class Accepted:
    conversation_id: UUID
    workspace_id: UUID
    duplicate: bool


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    external_id: str
    correlation_id: UUID | None
    status: str
    rank: int
    error: str | None


@dataclass(frozen=True, slots=True)
class AppliedReceipt:
    ordinal: int
    """Position of the receipt in the batch."""
    effect_id: UUID
    conversation_id: UUID
    workspace_id: UUID
    proved: bool
    """True: the receipt settled a send whose own answer was not known."""


async def accept(connection: Tx | Pool, rows: Sequence[InboundRow]) -> list[Accepted]:
    """Stores a batch durably, one transaction, in the order given; answers in the same order.

    Rows of several webhooks may share a batch (group commit). A repeat of (channel, account,
    external id) changes nothing.
    """
    batch = [
        {
            "ordinal": ordinal,
            "workspace_id": str(row.workspace_id),
            "bot_id": str(row.bot_id),
            "channel_account_id": str(row.channel_account_id),
            "source": row.channel,
            "account": row.account,
            "external_id": row.external_id,
            "channel": row.channel,
            "phone": row.phone,
            "user_id": row.user_id,
            "address": row.address,
            "profile_name": row.profile_name,
            "idle_hours": row.idle_hours,
            "burst_limit": row.burst_limit,
            "payload": row.payload,
            "customer_id": str(new_id()),
            "conversation_id": str(new_id()),
        }
        for ordinal, row in enumerate(rows)
    ]
    # Sorted by customer: two processes that accept at once lock in the same order. Stable, so that the
    # messages of one customer keep theirs.
    batch.sort(key=lambda item: (item["workspace_id"], item["address"]))
    found = await connection.fetch(ACCEPT, batch)
    by_ordinal = {
        r["ordinal"]: Accepted(r["conversation_id"], r["workspace_id"], duplicate=r["inbox_id"] is None)
        for r in found
    }
    return [by_ordinal[ordinal] for ordinal in range(len(rows))]


async def apply_receipts(
    connection: Tx | Pool, rows: Sequence[ReceiptRow], *, account_ids: Sequence[UUID]
) -> list[AppliedReceipt]:
    """Raises the delivery status of our messages; only of conversations of these accounts."""
    batch = [
        {
            "ordinal": ordinal,
            "external_id": row.external_id,
            "correlation_id": str(row.correlation_id) if row.correlation_id else None,
            "status": row.status,
            "rank": row.rank,
            "error": row.error,
        }
        for ordinal, row in enumerate(rows)
    ]
    found = await connection.fetch(APPLY_RECEIPTS, batch, list(account_ids))
    return [AppliedReceipt(**dict(r)) for r in found]


async def keep_unrouted(
    connection: Tx | Pool,
    *,
    channel: str,
    account_key: str,
    address: str,
    external_id: str,
    payload: dict[str, Any],
) -> bool:
    """Keeps a message for an account nobody knows. False: it was kept before."""
    return bool(
        await connection.fetchval(
            KEEP_UNROUTED, new_id(), channel, account_key, address, external_id, payload
        )
    )


async def add_effect_answer(
    tx: Tx, *, workspace_id: UUID, conversation_id: UUID, external_id: str, payload: dict[str, Any]
) -> None:
    """An effect's outcome becomes the conversation's next event, in the transaction that records it.

    What comes when that was closed long ago (a person decided days later) is heard in the customer's open talk.
    """
    added = await tx.fetchval(ADD_EFFECT_ANSWER, workspace_id, conversation_id, external_id, payload)
    if added is None and not await tx.fetchval(ANSWER_KNOWN, external_id):
        talk = await open_talks.instead_of(tx, conversation_id)
        await tx.execute(ADD_EFFECT_ANSWER, workspace_id, talk, external_id, payload)
