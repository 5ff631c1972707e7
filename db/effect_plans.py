"""Effects that follow from an effect: planned in the transaction that records what became of the first one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from db.effects import Effect
from db.ids import new_id
from db.tx import Tx

LOCK_TURN = "SELECT id FROM inbox WHERE id = (SELECT inbox_id FROM effects WHERE id = $1) FOR NO KEY UPDATE"
PLAN_AFTER = """
INSERT INTO effects (id, workspace_id, conversation_id, inbox_id, ordinal, kind, idempotency_key, request, booking_id,
                     due_at)
SELECT $1, e.workspace_id, e.conversation_id, e.inbox_id,
       (SELECT max(o.ordinal) + 1 FROM effects o WHERE o.inbox_id = e.inbox_id),
       $3, $4, $5, $6, now() + make_interval(secs => $7)
FROM effects e WHERE e.id = $2
ON CONFLICT DO NOTHING
RETURNING id
"""
PLANNED = """
SELECT EXISTS (SELECT FROM effects WHERE idempotency_key = $1)
  OR ($2 = 'cancel_order' AND EXISTS (SELECT FROM effects WHERE booking_id = $3 AND kind = 'cancel_order'))
"""


async def plan_after(
    tx: Tx,
    after: UUID | Effect,
    *,
    kind: str,
    key: str,
    request: dict[str, Any],
    booking_id: UUID | None,
    delay_seconds: float = 0,
) -> bool:
    """One effect per `key`, and one open cancellation per booking. False: it is planned already.

    Two that follow from the same turn at the same instant wait for each other: each gets its own place in the turn.
    """
    after_id = after.id if isinstance(after, Effect) else after
    await tx.execute(LOCK_TURN, after_id)
    planned = await tx.fetchval(PLAN_AFTER, new_id(), after_id, kind, key, request, booking_id, delay_seconds)
    if planned is None and not await tx.fetchval(PLANNED, key, kind, booking_id):
        raise RuntimeError(
            f"{kind} after effect {after_id} was not planned"
        )  # a call is never lost in silence
    return planned is not None
