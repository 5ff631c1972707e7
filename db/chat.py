"""Web chat: which widget is meant, what a session's talks hold, whether something is still under way in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from db.tx import Pool, Tx

FIND_WIDGET = "SELECT * FROM find_widget($1, $2)"
ACCOUNT_OF_WIDGET = """
SELECT id FROM channel_accounts
WHERE workspace_id = current_workspace() AND channel = 'web' AND account_key = $1
"""
IS_WIDGET_ORIGIN = "SELECT is_widget_origin($1)"
# All talks of a customer on one account, oldest first: a talk that was closed for being idle is followed by a new one,
# and for the page both are one. `before`: how many numbers the talks before it have used.
TALKS = """
SELECT t.id, t.customer_id, t.status, t.language, t.used::integer,
       (coalesce(sum(t.used) OVER (ORDER BY t.created_at, t.id
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::integer AS before
FROM (
  SELECT c.id, c.customer_id, c.status, c.language, c.created_at,
         coalesce((SELECT max(m.seq) FROM messages m WHERE m.conversation_id = c.id), 0) AS used
  FROM customer_identities i
  JOIN conversations c ON c.workspace_id = i.workspace_id AND c.customer_id = i.customer_id
  WHERE i.workspace_id = current_workspace() AND i.channel = 'web' AND i.identity = $1 AND c.channel_account_id = $2
) AS t
ORDER BY t.created_at, t.id
"""
# What is not on its way to the customer yet, and what he may not get, he doesn't see. `open_from`: the first that may
# still come, which a later one can be ahead of: in the same statement, for what is seen with another eye may have come
# meanwhile. Numbers themselves are given under the conversation's lock, so nothing is stored behind a lower one.
_SEEN = """
SELECT m.conversation_id, m.seq, m.direction, m.kind, m.body, m.payload, m.turn, m.created_at, m.inbox_id,
  (SELECT min(o.seq) FROM effects e JOIN messages o ON o.workspace_id = e.workspace_id AND o.id = e.message_id
   WHERE e.conversation_id = $1 AND e.status IN ('pending', 'in_flight', 'unknown') AND o.delivery_status = 'queued'
  ) AS open_from
FROM messages m
WHERE m.workspace_id = current_workspace() AND m.conversation_id = $1
  AND (m.direction = 'in' OR m.delivery_status IN ('accepted', 'sent', 'delivered', 'read', 'unknown'))
"""
MESSAGES = f"{_SEEN} AND m.seq > $2 ORDER BY m.seq LIMIT $3"
LAST_MESSAGES = f"SELECT * FROM ({_SEEN} ORDER BY m.seq DESC LIMIT $2) AS last ORDER BY seq"  # noqa: S608
UNDER_WAY = """
SELECT EXISTS (SELECT FROM inbox i WHERE i.conversation_id = $1 AND i.status = 'waiting'
               AND NOT (i.throttled AND i.due_at > clock_timestamp()))
    OR EXISTS (SELECT FROM effects e WHERE e.conversation_id = $1 AND e.status IN ('pending', 'in_flight', 'unknown')
               AND NOT e.provisional AND e.kind IN ('send', 'place_order', 'change_order', 'cancel_order'))
"""
RECEIVED = """
SELECT i.id, i.conversation_id, i.status,
       CASE WHEN i.throttled AND i.due_at > clock_timestamp()
            THEN extract(epoch FROM i.due_at - clock_timestamp())::float8 END AS throttled_for,
       (SELECT m.seq FROM messages m WHERE m.inbox_id = i.id AND m.direction = 'in' LIMIT 1) AS seq
FROM inbox i
WHERE i.workspace_id = current_workspace() AND i.source = 'web' AND i.account = $1 AND i.external_id = $2
"""


@dataclass(frozen=True, slots=True)
class Widget:
    """A business's chat as a page names it."""

    workspace_id: UUID
    workspace_key: str
    bot_id: UUID
    bot_key: str
    account_key: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation of a session. `before`: numbers that its earlier conversations used."""

    id: UUID
    customer_id: UUID
    status: Literal["open", "human", "closed"]
    language: str
    used: int
    """Its newest message's number."""
    before: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    conversation_id: UUID
    seq: int
    direction: str
    kind: str
    body: str
    payload: dict[str, Any]
    turn: int
    created_at: datetime
    inbox_id: int | None
    open_from: int | None = None
    """The lowest number in its conversation that is still on its way, when it was read; None: none is."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the web channel on its way through the inbox."""

    id: int
    conversation_id: UUID
    status: str
    throttled_for: float | None
    """Seconds until it is taken; None: it isn't held back."""
    seq: int | None
    """In its conversation, once its turn is done."""


async def find_widget(connection: Tx | Pool, workspace: str, bot: str) -> Widget | None:
    """By id or key. None: there is no such business, the bot isn't its, or it has no web chat."""
    row = await connection.fetchrow(FIND_WIDGET, workspace, bot)
    return None if row is None else Widget(**dict(row))


async def account_of_widget(tx: Tx, account_key: str) -> UUID | None:
    found: UUID | None = await tx.fetchval(ACCOUNT_OF_WIDGET, account_key)
    return found


async def is_widget_origin(connection: Tx | Pool, origin: str) -> bool:
    """Whether any business lists it."""
    return bool(await connection.fetchval(IS_WIDGET_ORIGIN, origin))


async def talks(tx: Tx, address: str, account_id: UUID) -> list[Talk]:
    """Of the customer who is known by this address in the web chat; oldest first."""
    return [Talk(**dict(row)) for row in await tx.fetch(TALKS, address, account_id)]


async def messages(tx: Tx, conversation_id: UUID, *, after: int, limit: int) -> list[MessageRow]:
    """What the customer may see of one conversation, from behind a number on."""
    rows = await tx.fetch(MESSAGES, conversation_id, after, limit)
    return [MessageRow(**dict(row)) for row in rows]


async def last_messages(tx: Tx, conversation_id: UUID, *, limit: int) -> list[MessageRow]:
    """The newest ones, in order."""
    rows = await tx.fetch(LAST_MESSAGES, conversation_id, limit)
    return [MessageRow(**dict(row)) for row in rows]


async def under_way(tx: Tx, conversation_id: UUID) -> bool:
    """Whether an answer is still to be expected: a turn, a send, an order."""
    return bool(await tx.fetchval(UNDER_WAY, conversation_id))


async def received(tx: Tx, account_key: str, external_id: str) -> Received | None:
    """A message by its own id. None: it never came (or its conversation was erased)."""
    row = await tx.fetchrow(RECEIVED, account_key, external_id)
    return None if row is None else Received(**dict(row))


def of_talk(rows: Sequence[MessageRow], talk: Talk) -> list[tuple[int, MessageRow]]:
    """Each with its number among all of the session's messages."""
    return [(talk.before + row.seq, row) for row in rows]
