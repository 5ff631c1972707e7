"""CLAIM, SETTLE, CRASH, RECONCILE: the ledger of calls to the outside. See design: the scheme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from db import failpoints
from db.ids import new_id
from db.tx import Pool, Tx

CLAIM = "SELECT * FROM claim_effects($1, $2, $3, $4, $5)"
BEGIN_CALL = "SELECT begin_call($1, $2, $3)"
EXPIRE = "SELECT effect_id, conversation_id, workspace_id, kind, status FROM expire_claims($1)"
UNKNOWN = "SELECT * FROM unknown_effects($1, $2)"
FIND = "SELECT * FROM effects WHERE id = $1"
FIND_LOCKED = "SELECT * FROM effects WHERE id = $1 FOR NO KEY UPDATE"
TARGET = """
SELECT c.channel_account_id, c.address, c.last_inbound_at, c.status, c.bot_id, k.opted_out_at IS NOT NULL AS opted_out
FROM conversations c JOIN customers k ON k.id = c.customer_id WHERE c.id = $1
"""
SETTLE = """
UPDATE effects SET
  status = $4, claim_id = NULL, claim_until = NULL,
  due_at = CASE WHEN $4 = 'pending' THEN clock_timestamp() + make_interval(secs => $5) ELSE due_at END,
  reserved_until = NULL,
  called_at = CASE WHEN $4 = 'pending' THEN NULL ELSE called_at END,
  unknown_since = CASE WHEN $4 = 'unknown' THEN clock_timestamp() END,
  settled_at = CASE WHEN $4 IN ('done', 'failed', 'needs_operator', 'blocked', 'cancelled') THEN clock_timestamp() END,
  external_ref = coalesce($6, external_ref), result = coalesce($7, result),
  attempts = attempts - CASE WHEN $10 THEN 1 ELSE 0 END,
  error_code = $8, error_detail = left($9, 500)
WHERE id = $1 AND status = $2 AND ($3::uuid IS NULL OR claim_id = $3)
RETURNING id
"""
RAISE_DELIVERY = """
UPDATE messages SET delivery_status = $2, delivery_rank = $3, delivery_error = coalesce($4, delivery_error)
WHERE id = $1 AND direction = 'out' AND delivery_rank < $3
"""
LISTING = """
SELECT * FROM effects WHERE status = ANY ($1) ORDER BY seq DESC LIMIT $2
"""

Status = Literal[
    "pending", "in_flight", "done", "failed", "unknown", "needs_operator", "cancelled", "blocked"
]


@dataclass(frozen=True, slots=True)
class Effect:
    """One planned call. `request` is frozen when the turn commits and never changes."""

    id: UUID
    workspace_id: UUID
    conversation_id: UUID
    kind: str
    status: str
    request: dict[str, Any]
    booking_id: UUID | None
    message_id: UUID | None
    attempts: int
    claim_id: UUID | None
    created_at: datetime
    error_code: str | None
    error_detail: str | None


@dataclass(frozen=True, slots=True)
class ExpiredClaim:
    effect_id: UUID
    conversation_id: UUID
    workspace_id: UUID
    kind: str
    status: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where a conversation's sends go."""

    channel_account_id: UUID
    address: str
    last_inbound_at: datetime
    status: str
    bot_id: UUID
    opted_out: bool


def _effect(row: Any) -> Effect:
    return Effect(
        id=row["id"],
        workspace_id=row["workspace_id"],
        conversation_id=row["conversation_id"],
        kind=row["kind"],
        status=row["status"],
        request=row["request"],
        booking_id=row["booking_id"],
        message_id=row["message_id"],
        attempts=row["attempts"],
        claim_id=row["claim_id"],
        created_at=row["created_at"],
        error_code=row["error_code"],
        error_detail=row["error_detail"],
    )


async def claim(
    connection: Tx | Pool,
    *,
    claim_seconds: float,
    hold_seconds: float,
    limit: int,
    conversation_id: UUID | None = None,
) -> list[Effect]:
    """Takes due effects, committed before anything is called. With a conversation: also those reserved for
    the worker that just committed its turn. In order of planning.
    """
    if failpoints.guard_is_off("no_hold"):
        hold_seconds = 0
    rows = await connection.fetch(CLAIM, new_id(), claim_seconds, hold_seconds, limit, conversation_id)
    return [_effect(row) for row in sorted(rows, key=lambda row: row["seq"])]


async def begin_call(connection: Tx | Pool, effect: Effect, *, claim_seconds: float) -> bool:
    """Marks, in a commit of its own, that the call that must not happen twice starts now.

    False: the claim ran out and somebody else has it; don't call.
    """
    if failpoints.guard_is_off("no_mark"):
        return True
    return bool(await connection.fetchval(BEGIN_CALL, effect.id, effect.claim_id, claim_seconds))


async def expire_claims(connection: Tx | Pool, *, limit: int) -> list[ExpiredClaim]:
    """Claims that ran out: `unknown` where the call had begun, `pending` where it had not."""
    return [ExpiredClaim(**dict(row)) for row in await connection.fetch(EXPIRE, limit)]


async def unknown(connection: Tx | Pool, *, grace_seconds: float, limit: int) -> list[Effect]:
    """Unknown effects that wait for reconciling: sends after their grace period, orders at once."""
    return [_effect(row) for row in await connection.fetch(UNKNOWN, grace_seconds, limit)]


async def find(tx: Tx, effect_id: UUID) -> Effect | None:
    row = await tx.fetchrow(FIND, effect_id)
    return _effect(row) if row else None


async def find_locked(tx: Tx, effect_id: UUID) -> Effect | None:
    """The same, and nobody settles or claims it until this transaction ends."""
    row = await tx.fetchrow(FIND_LOCKED, effect_id)
    return _effect(row) if row else None


async def target(tx: Tx, conversation_id: UUID) -> Target:
    row = await tx.fetchrow(TARGET, conversation_id)
    if row is None:
        raise LookupError(f"no conversation {conversation_id} in this workspace")
    return Target(**dict(row))


async def settle(
    tx: Tx,
    effect: Effect,
    *,
    status: Status,
    delay_seconds: float = 0,
    external_ref: str | None = None,
    result: dict[str, Any] | None = None,
    code: str | None = None,
    detail: str | None = None,
    untried: bool = False,
) -> bool:
    """Records how a call ended, guarded by the state and claim we know. False: it was settled otherwise
    meanwhile (a delivery receipt proved it, the claim ran out); nothing was written then.

    untried: nothing was called; waiting for something else is no try.
    """
    settled = await tx.fetchval(
        SETTLE,
        effect.id,
        effect.status,
        effect.claim_id,
        status,
        delay_seconds,
        external_ref,
        result,
        code,
        detail,
        untried,
    )
    return settled is not None


async def raise_delivery(
    tx: Tx, message_id: UUID, *, status: str, rank: int, error: str | None = None
) -> None:
    """A message's delivery status only rises."""
    await tx.execute(RAISE_DELIVERY, message_id, status, rank, error)


async def listing(tx: Tx, statuses: list[str], *, limit: int = 100) -> list[Effect]:
    return [_effect(row) for row in await tx.fetch(LISTING, statuses, limit)]
