"""Requests for a person: opened by a turn, taken and closed by operators, whose acts are events of the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.ids import new_id
from db.tx import Tx

STILL_WAITING = "escalation_waiting"
"""The operator error about a customer who was left waiting for a person (tell_of_waiting); fingerprint: his talk."""

OPEN = """
INSERT INTO escalations (id, workspace_id, conversation_id, customer_id, cause, summary, turn)
VALUES ($1, $2, $3, $4, left($5, 40), left($6, 500), $7)
ON CONFLICT (conversation_id) WHERE status IN ('open', 'taken')
DO UPDATE SET times = escalations.times + 1, cause = excluded.cause, turn = excluded.turn
"""
TAKE = """
UPDATE escalations SET status = 'taken', taken_at = now(), taken_by = left($2, 120)
WHERE conversation_id = $1 AND status = 'open'
"""
OPEN_TAKEN = """
INSERT INTO escalations (id, workspace_id, conversation_id, customer_id, cause, turn, status, taken_at, taken_by)
SELECT $1, $2, $3, $4, 'taken over', $5, 'taken', now(), left($6, 120)
WHERE NOT EXISTS (SELECT FROM escalations WHERE conversation_id = $3 AND status IN ('open', 'taken'))
"""
CLOSE = """
UPDATE escalations SET status = $2, closed_at = now(), closed_by = left($3, 120)
WHERE conversation_id = $1 AND status IN ('open', 'taken')
"""
CLOSE_TAKEN = """
UPDATE escalations SET status = 'handed_back', closed_at = now(), closed_by = left($2, 120)
WHERE conversation_id = $1 AND status = 'taken'
"""
HUMAN_SPOKE = "UPDATE conversations SET human_since = now() WHERE id = $1 AND status = 'human'"
ADD_ACT = """
INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload)
SELECT workspace_id, id, 'operator', 'operator', $2, 'operator_act', $3 FROM conversations
WHERE id = $1 AND status <> 'closed'
ON CONFLICT (source, account, external_id) DO NOTHING
RETURNING id
"""
IS_ADDED = "SELECT true FROM inbox WHERE source = 'operator' AND account = 'operator' AND external_id = $1"
LISTING = """
SELECT e.id, e.conversation_id, e.status, e.cause, e.summary, e.turn, e.times, e.opened_at, e.taken_at, e.taken_by,
       e.closed_at, e.closed_by, c.address, c.status AS conversation_status,
       coalesce(k.name, k.profile_name, '') AS customer_name
FROM escalations e
JOIN conversations c ON c.workspace_id = e.workspace_id AND c.id = e.conversation_id
JOIN customers k ON k.workspace_id = e.workspace_id AND k.id = e.customer_id
WHERE e.workspace_id = current_workspace() AND ($1 OR e.status IN ('open', 'taken'))
ORDER BY e.status IN ('open', 'taken') DESC, e.cause IN ('crisis', 'emergency') DESC, e.opened_at DESC LIMIT $2
"""
FIND = """
SELECT e.id, e.conversation_id, e.status, c.status AS conversation_status
FROM escalations e JOIN conversations c ON c.workspace_id = e.workspace_id AND c.id = e.conversation_id
WHERE e.workspace_id = current_workspace() AND (e.id = $1 OR e.conversation_id = $1)
ORDER BY e.opened_at DESC LIMIT 1
"""
TRANSCRIPT = """
SELECT direction, body, payload ->> 'by' AS operator, kind, delivery_status, created_at FROM messages
WHERE conversation_id = $1 ORDER BY seq DESC LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class EscalationRow:
    id: UUID
    conversation_id: UUID
    status: str
    cause: str
    summary: str
    turn: int
    """The transcript up to this turn led to it."""
    times: int
    opened_at: datetime
    taken_at: datetime | None
    taken_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    address: str
    conversation_status: str
    customer_name: str


@dataclass(frozen=True, slots=True)
class Found:
    """An escalation as an operator's command needs it."""

    id: UUID
    conversation_id: UUID
    status: str
    conversation_status: str


@dataclass(frozen=True, slots=True)
class SaidRow:
    """One message of a transcript. `operator`: the person who wrote it, if no bot did."""

    direction: str
    body: str
    operator: str | None
    kind: str
    delivery_status: str
    created_at: datetime


async def open_one(
    tx: Tx,
    *,
    workspace_id: UUID,
    conversation_id: UUID,
    customer_id: UUID,
    cause: str,
    summary: str,
    turn: int,
) -> None:
    """Opens a request, or counts it once more if one is active in this conversation."""
    await tx.execute(OPEN, new_id(), workspace_id, conversation_id, customer_id, cause, summary, turn)


async def take(
    tx: Tx, *, workspace_id: UUID, conversation_id: UUID, customer_id: UUID, turn: int, by: str
) -> None:
    """A person has the conversation. Where nobody had asked for one, that is written down as taken over."""
    await tx.execute(TAKE, conversation_id, by)
    await tx.execute(OPEN_TAKEN, new_id(), workspace_id, conversation_id, customer_id, turn, by)


async def close(tx: Tx, conversation_id: UUID, *, status: str, by: str) -> None:
    """status: resolved or handed_back. Nothing happens where none is active."""
    await tx.execute(CLOSE, conversation_id, status, by)


async def close_taken(tx: Tx, conversation_id: UUID, *, by: str) -> None:
    """Hands back what a person took and left; what nobody took stays open for one."""
    await tx.execute(CLOSE_TAKEN, conversation_id, by)


async def human_spoke(tx: Tx, conversation_id: UUID) -> None:
    """The time after which the bot answers again begins anew."""
    await tx.execute(HUMAN_SPOKE, conversation_id)


async def add_act(
    tx: Tx,
    conversation_id: UUID,
    *,
    act: str,
    by: str,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    once: str = "",
) -> bool:
    """Puts an operator's act into the conversation's inbox. False: the conversation is closed.

    data: what it is about (bot.flows.contract.OperatorAct).
    once: names it among this conversation's, so that it counts once however often it is sent; empty: it is new.
    """
    payload: dict[str, Any] = {"act": act, "by": by, "text": text}
    if data is not None:
        payload["data"] = dict(data)
    external_id = f"{conversation_id}:{once}" if once else str(new_id())
    if await tx.fetchval(ADD_ACT, conversation_id, external_id, payload) is not None:
        return True
    return bool(once) and await tx.fetchval(IS_ADDED, external_id) is not None


async def listing(tx: Tx, *, include_closed: bool = False, limit: int = 100) -> list[EscalationRow]:
    """Of this workspace: active ones first, the urgent ones of them at the top, then the newest."""
    return [EscalationRow(**dict(row)) for row in await tx.fetch(LISTING, include_closed, limit)]


async def find(tx: Tx, either_id: UUID) -> Found | None:
    """By its own id or its conversation's (then the latest)."""
    row = await tx.fetchrow(FIND, either_id)
    return Found(**dict(row)) if row else None


async def transcript(tx: Tx, conversation_id: UUID, *, limit: int = 30) -> list[SaidRow]:
    """The last messages of a conversation, oldest first."""
    rows = await tx.fetch(TRANSCRIPT, conversation_id, limit)
    return [SaidRow(**dict(row)) for row in reversed(rows)]
