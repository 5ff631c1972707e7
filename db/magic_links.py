"""Links into a conversation's web chat: made, used, revoked. What a token is: bot/magic_links.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.ids import new_id
from db.tx import Tx

CREATE = """
INSERT INTO magic_links (id, workspace_id, conversation_id, jti_hash, made_by, expires_at)
SELECT $1, current_workspace(), c.id, $3, $4, $5 FROM conversations c
WHERE c.workspace_id = current_workspace() AND c.id = $2
"""
HAS_CONVERSATION = """
SELECT EXISTS (SELECT FROM conversations c WHERE c.workspace_id = current_workspace() AND c.id = $1)
"""
STANDING = """
SELECT l.id, l.conversation_id, l.expires_at, l.revoked_at, l.expires_at <= $2 AS expired
FROM magic_links l WHERE l.workspace_id = current_workspace() AND l.jti_hash = $1
"""
STANDING_BY_ID = """
SELECT l.id, l.conversation_id, l.expires_at, l.revoked_at, l.expires_at <= $2 AS expired
FROM magic_links l WHERE l.workspace_id = current_workspace() AND l.id = $1
"""
COUNT_USE = """
UPDATE magic_links SET used_count = used_count + 1, first_used_at = coalesce(first_used_at, $2), last_used_at = $2
WHERE workspace_id = current_workspace() AND id = $1
"""
SEAT = """
SELECT c.customer_id, c.language, c.address, a.channel AS conversation_channel, w.id AS account_id, w.bot_id,
       b.key AS bot_key, o.key AS workspace_key
FROM conversations c
JOIN workspaces o ON o.id = c.workspace_id
JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
JOIN LATERAL (
  SELECT x.id, x.bot_id FROM channel_accounts x
  WHERE x.workspace_id = c.workspace_id AND x.channel = 'web' AND x.enabled
  ORDER BY x.id = c.channel_account_id DESC, x.bot_id = c.bot_id DESC, x.created_at, x.id LIMIT 1
) w ON true
JOIN bots b ON b.workspace_id = c.workspace_id AND b.id = w.bot_id
WHERE c.workspace_id = current_workspace() AND c.id = $1
"""
KEEP_IDENTITY = """
INSERT INTO customer_identities (workspace_id, channel, identity, customer_id)
VALUES (current_workspace(), 'web', $1, $2) ON CONFLICT DO NOTHING
"""
REVOKE = """
UPDATE magic_links SET revoked_at = now(), revoked_by = $2
WHERE workspace_id = current_workspace() AND id = $1 AND revoked_at IS NULL
"""
REVOKE_OF = """
UPDATE magic_links SET revoked_at = now(), revoked_by = $2
WHERE workspace_id = current_workspace() AND conversation_id = $1 AND revoked_at IS NULL
"""
LISTING = """
SELECT id, conversation_id, made_by, created_at, expires_at, revoked_at, revoked_by, used_count, last_used_at
FROM magic_links WHERE workspace_id = current_workspace() ORDER BY created_at DESC, id LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as it stands."""

    id: UUID
    conversation_id: UUID
    expires_at: datetime
    revoked_at: datetime | None
    expired: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a conversation's customer sits in the web chat."""

    customer_id: UUID
    language: str
    workspace_key: str
    account_id: UUID
    bot_id: UUID
    bot_key: str
    address: str
    """The web session by which the customer is known there."""


@dataclass(frozen=True, slots=True)
class ListedLink:
    id: UUID
    conversation_id: UUID
    made_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    used_count: int
    last_used_at: datetime | None


async def has_conversation(tx: Tx, conversation_id: UUID) -> bool:
    return bool(await tx.fetchval(HAS_CONVERSATION, conversation_id))


async def create(
    tx: Tx, *, conversation_id: UUID, jti_hash: bytes, made_by: str, expires_at: datetime
) -> UUID | None:
    """Its id; None: the workspace has no such conversation."""
    link_id = new_id()
    done = await tx.execute(CREATE, link_id, conversation_id, jti_hash, made_by[:120], expires_at)
    return link_id if done.endswith(" 1") else None


async def standing(tx: Tx, jti_hash: bytes, now: datetime) -> LinkRow | None:
    row = await tx.fetchrow(STANDING, jti_hash, now)
    return None if row is None else LinkRow(**dict(row))


async def standing_by_id(tx: Tx, link_id: UUID, now: datetime) -> LinkRow | None:
    row = await tx.fetchrow(STANDING_BY_ID, link_id, now)
    return None if row is None else LinkRow(**dict(row))


async def count_use(tx: Tx, link_id: UUID, now: datetime) -> None:
    await tx.execute(COUNT_USE, link_id, now)


async def seat(tx: Tx, conversation_id: UUID) -> Seat | None:
    """The customer's place in the web chat of the conversation's business. None: it has no web chat.

    A customer of another channel gets an identity of his own there, always the same, so that he is known by name and
    what he says in the browser belongs to him.
    """
    row = await tx.fetchrow(SEAT, conversation_id)
    if row is None:
        return None
    address = row["address"]
    if row["conversation_channel"] != "web":
        address = f"link-{row['customer_id']}"
        await tx.execute(KEEP_IDENTITY, address, row["customer_id"])
    return Seat(
        customer_id=row["customer_id"],
        language=row["language"],
        workspace_key=row["workspace_key"],
        account_id=row["account_id"],
        bot_id=row["bot_id"],
        bot_key=row["bot_key"],
        address=address,
    )


async def revoke(tx: Tx, link_id: UUID, *, by: str) -> bool:
    """False: there is no such link, or it was revoked before."""
    return (await tx.execute(REVOKE, link_id, by[:120])).endswith(" 1")


async def revoke_of(tx: Tx, conversation_id: UUID, *, by: str) -> int:
    """All of a conversation's links. How many still stood."""
    return int((await tx.execute(REVOKE_OF, conversation_id, by[:120])).rpartition(" ")[2])


async def listing(tx: Tx, *, limit: int) -> list[ListedLink]:
    """The newest first."""
    return [ListedLink(**dict(row)) for row in await tx.fetch(LISTING, limit)]
