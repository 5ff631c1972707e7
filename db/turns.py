"""LEASE, COMMIT and their failures: the only SQL that a turn runs. See design: the scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db import failpoints
from db.ids import new_id
from db.tx import Pool, Tx

# What the customer has booked comes along: no round trip of its own, and nothing at all for who never booked.
LEASE = """
SELECT leased || jsonb_build_object('history', customer_history(
  (leased ->> 'workspace_id')::uuid, (leased ->> 'customer_id')::uuid, (leased ->> 'id')::uuid))
FROM lease_conversation($1, $2, $3, $4, $5, $6) AS leased
"""
RENEW = "SELECT renew_lease($1, $2, $3)"
FAIL = "SELECT fail_turn($1, $2, $3, $4, $5)"
SETTLE = "SELECT settle_turn($1, $2, $3, $4)"
WAITING = "SELECT conversation_id FROM waiting_conversations($1, $2)"
STORE_STATE = """
WITH stored AS (
  UPDATE conversations SET
    state = $3, state_name = $4, language = $5, turn = turn + 1, lease_until = NULL,
    status = $6, human_since = CASE WHEN $6 = 'human' THEN coalesce(human_since, now()) END
  WHERE id = $1 AND (fence = $2 OR $7)
  RETURNING turn
), dropped AS (
  UPDATE effects SET status = 'cancelled', settled_at = now()
  WHERE conversation_id = $1 AND provisional AND status = 'pending' AND EXISTS (SELECT FROM stored)
  RETURNING message_id
), woken AS (
  -- Who writes is awake: what waited for the morning goes out first.
  UPDATE effects SET due_at = now()
  WHERE conversation_id = $1 AND $8 AND kind = 'send' AND status = 'pending' AND due_at > now() AND request ? 'quiet'
    AND EXISTS (SELECT FROM stored)
)
SELECT turn, ARRAY(SELECT message_id FROM dropped) AS dropped FROM stored
"""
IS_DONE = "SELECT count(*) = cardinality($1::bigint[]) FROM inbox WHERE id = ANY ($1) AND status = 'done'"
DELETE_UNSENT = """
DELETE FROM messages m WHERE m.id = ANY ($1) AND m.delivery_status = 'queued'
  AND NOT EXISTS (SELECT FROM effects e WHERE e.message_id = m.id AND e.status <> 'cancelled')
"""
FINISH = """
WITH done AS (
  UPDATE inbox SET status = 'done', done_at = now(), last_error = NULL
  WHERE id = ANY ($4) AND status = 'waiting'
), said AS (
  INSERT INTO messages (id, workspace_id, conversation_id, seq, direction, kind, body, payload, inbox_id,
                        turn, trace, delivery_status)
  SELECT m.id, $1, $2, coalesce((SELECT max(seq) FROM messages WHERE conversation_id = $2), 0) + m.ordinal,
         m.direction, m.kind, m.body, m.payload, m.inbox_id, $3, m.trace, m.delivery_status
  FROM jsonb_to_recordset($5) AS m(
    id uuid, ordinal integer, direction text, kind text, body text, payload jsonb, inbox_id bigint,
    trace jsonb, delivery_status text)
  ORDER BY m.ordinal
)
INSERT INTO effects (id, workspace_id, conversation_id, inbox_id, ordinal, kind, provisional,
                     idempotency_key, request, booking_id, message_id, due_at, reserved_until)
SELECT e.id, $1, $2, $6, e.ordinal, e.kind, e.provisional, e.id::text, e.request, e.booking_id, e.message_id,
       now() + make_interval(secs => e.delay_seconds), now() + make_interval(secs => $8)
FROM jsonb_to_recordset($7) AS e(
  id uuid, ordinal integer, kind text, provisional boolean, request jsonb, booking_id uuid, message_id uuid,
  delay_seconds double precision)
ORDER BY e.ordinal
"""
PATCH_CUSTOMER = """
UPDATE customers SET name = coalesce($2, name), phone = coalesce($3, phone), email = coalesce($4, email),
  language = coalesce($5, language), updated_at = now()
WHERE id = $1
"""
STORE_CONSENT = """
WITH customer AS (
  UPDATE customers SET opted_out_at = CASE WHEN $5 = 'opted_out' THEN coalesce(opted_out_at, now()) END
  WHERE id = $3 RETURNING id
)
INSERT INTO consents (id, workspace_id, customer_id, channel, kind, words)
SELECT $1, $2, id, $4, $5, left($6, 200) FROM customer
"""


class FenceLost(RuntimeError):
    """Another process took this conversation over while we worked; nothing of ours was written."""


@dataclass(frozen=True, slots=True)
class InboxItem:
    id: int
    kind: str
    source: str
    external_id: str
    payload: dict[str, Any]
    attempts: int
    errors: int
    age: float
    """Seconds since it came, by the database's clock."""
    throttled: bool = False
    """It came over the limit and waited for the minute to end."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A conversation in our hands until the lease ends, with the rows to work on."""

    id: UUID
    workspace_id: UUID
    bot_id: UUID
    channel_account_id: UUID
    customer_id: UUID
    address: str
    status: str
    state: dict[str, Any] | None
    language: str
    turn: int
    fence: int
    human_since: datetime | None
    items: tuple[InboxItem, ...]
    customer_name: str | None
    profile_name: str | None
    customer_phone: str | None
    customer_email: str | None
    opted_out: bool
    catalog_version: int
    settings_at: str
    """When the workspace's settings changed last: the version of what a process may cache."""
    escalated_at: tuple[datetime, ...] = ()
    """When this customer was handed to a person within the last hour, the latest first."""
    last_inbound_at: datetime | None = None
    history: dict[str, Any] | None = None
    """The customer's bookings (`customer_history()`); None: there are none."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: UUID
    direction: str
    kind: str
    body: str
    payload: dict[str, Any]
    inbox_id: int | None = None
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectRow:
    id: UUID
    kind: str
    request: dict[str, Any]
    booking_id: UUID | None = None
    message_id: UUID | None = None
    delay_seconds: float = 0
    provisional: bool = False


async def lease(
    connection: Tx | Pool,
    conversation_id: UUID,
    *,
    seconds: float,
    max_rows: int,
    max_crashes: int,
    max_errors: int,
) -> Leased | None:
    """Takes the conversation if something is due in it and nobody holds it; counts the attempt first."""
    found = await connection.fetchval(
        LEASE, conversation_id, seconds, max_rows, max_crashes, max_errors, new_id()
    )
    if found is None:
        return None
    customer = found["customer"]
    return Leased(
        id=UUID(found["id"]),
        workspace_id=UUID(found["workspace_id"]),
        bot_id=UUID(found["bot_id"]),
        channel_account_id=UUID(found["channel_account_id"]),
        customer_id=UUID(found["customer_id"]),
        address=found["address"],
        status=found["status"],
        state=found["state"],
        language=found["language"],
        turn=found["turn"],
        fence=found["fence"],
        human_since=datetime.fromisoformat(found["human_since"]) if found["human_since"] else None,
        items=tuple(
            InboxItem(
                id=item["id"],
                kind=item["kind"],
                source=item["source"],
                external_id=item["external_id"],
                payload=item["payload"],
                attempts=item["attempts"],
                errors=item["errors"],
                age=item["age"],
                throttled=item["throttled"],
            )
            for item in found["inbox"]
        ),
        customer_name=customer["name"],
        profile_name=customer["profile_name"],
        customer_phone=customer["phone"],
        customer_email=customer["email"],
        opted_out=customer["opted_out"],
        catalog_version=found["catalog_version"],
        settings_at=found["settings_at"],
        escalated_at=tuple(datetime.fromisoformat(at) for at in found["escalated_at"]),
        last_inbound_at=datetime.fromisoformat(found["last_inbound_at"]),
        history=found["history"],
    )


async def renew(connection: Tx | Pool, leased: Leased, *, seconds: float) -> bool:
    """False: the lease is lost; stop working."""
    if failpoints.guard_is_off("no_fence"):
        return True
    return bool(await connection.fetchval(RENEW, leased.id, leased.fence, seconds))


async def fail(connection: Tx | Pool, leased: Leased, *, error: str, pause_seconds: float) -> bool:
    """Gives the lease back after an exception; the rows wait for the pause."""
    return bool(
        await connection.fetchval(
            FAIL, leased.id, leased.fence, [item.id for item in leased.items], error, pause_seconds
        )
    )


async def settle(connection: Tx | Pool, leased: Leased, *, seconds: float) -> bool:
    """Gives everything back untouched until more has come or so much time has passed.

    False: more has come already (take it all), or the lease is lost.
    """
    return bool(
        await connection.fetchval(
            SETTLE, leased.id, leased.fence, [item.id for item in leased.items], seconds
        )
    )


async def waiting(connection: Tx | Pool, *, older_seconds: float, limit: int) -> list[UUID]:
    """Conversations that nobody picked up in time, longest waiting first."""
    if failpoints.guard_is_off("no_poller"):
        return []
    return [row["conversation_id"] for row in await connection.fetch(WAITING, older_seconds, limit)]


async def store_state(
    tx: Tx,
    leased: Leased,
    *,
    state: dict[str, Any] | None,
    state_name: str,
    language: str,
    status: str,
    ignore_fence: bool = False,
) -> int:
    """Guarded by the fence; also gives the lease back. Returns the turn's number. Raises FenceLost.

    A line that was only for the case that an answer is slow is not needed any more; it is dropped here.
    """
    stored = await tx.fetchrow(
        STORE_STATE,
        leased.id,
        leased.fence,
        state,
        state_name,
        language,
        status,
        ignore_fence,
        any(item.kind == "customer_message" for item in leased.items),
    )
    if stored is None:
        raise FenceLost(f"conversation {leased.id}")
    if stored["dropped"]:
        await tx.execute(DELETE_UNSENT, stored["dropped"])
    return int(stored["turn"])


async def is_done(tx: Tx, ids: Sequence[int]) -> bool:
    """All these rows were finished by a committed turn."""
    return bool(await tx.fetchval(IS_DONE, list(ids)))


async def finish(
    tx: Tx,
    leased: Leased,
    turn: int,
    *,
    messages: Sequence[MessageRow] = (),
    effects: Sequence[EffectRow] = (),
    reserve_seconds: float,
) -> None:
    """The rest of a turn in one statement: what was said, the calls to the outside, the inbox rows done.

    Messages come in the order given, after all earlier ones of the conversation. UNIQUE (inbox id, ordinal)
    makes a second turn over the same row fail.
    """
    await tx.execute(
        FINISH,
        leased.workspace_id,
        leased.id,
        turn,
        [item.id for item in leased.items],
        [_message(row, ordinal) for ordinal, row in enumerate(messages, start=1)],
        leased.items[-1].id,
        [_effect(row, ordinal) for ordinal, row in enumerate(effects)],
        reserve_seconds,
    )


def _message(row: MessageRow, ordinal: int) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "ordinal": ordinal,
        "direction": row.direction,
        "kind": row.kind,
        "body": row.body,
        "payload": row.payload,
        "inbox_id": row.inbox_id,
        "trace": list(row.trace),
        "delivery_status": "received" if row.direction == "in" else "queued",
    }


def _effect(row: EffectRow, ordinal: int) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "ordinal": ordinal,
        "kind": row.kind,
        "provisional": row.provisional,
        "request": row.request,
        "booking_id": str(row.booking_id) if row.booking_id else None,
        "message_id": str(row.message_id) if row.message_id else None,
        "delay_seconds": row.delay_seconds,
    }


async def patch_customer(
    tx: Tx, customer_id: UUID, *, name: str | None, phone: str | None, email: str | None, language: str | None
) -> None:
    await tx.execute(PATCH_CUSTOMER, customer_id, name, phone, email, language)


async def store_consent(tx: Tx, leased: Leased, *, channel: str, kind: str, words: str) -> None:
    """Keeps what the customer said, when and where, and opens or closes the customer for sending."""
    await tx.execute(STORE_CONSENT, new_id(), leased.workspace_id, leased.customer_id, channel, kind, words)
