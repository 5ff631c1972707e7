"""Workspaces, bots and the accounts that connect them to channels and booking systems.

Secrets stay sealed here: a row carries ciphertext, bot/accounts.py opens it. What must look across
workspaces (routing a webhook, listing) goes through system functions and needs no `tx`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from db.ids import new_id
from db.tx import Pool, Tx

LIST_WORKSPACES = "SELECT id, key, name, settings, catalog_version FROM list_workspaces()"
SAVE_WORKSPACE = "SELECT create_workspace($1, $2, $3, $4)"
SAVE_BOT = """
INSERT INTO bots (id, workspace_id, key, name, form)
VALUES ($1, current_workspace(), $2, $3, $4)
ON CONFLICT (workspace_id, key) DO UPDATE SET name = excluded.name, form = excluded.form
  WHERE (bots.name, bots.form) IS DISTINCT FROM (excluded.name, excluded.form)
RETURNING xmax = 0 AS created
"""
FIND_BOT = "SELECT id FROM bots WHERE workspace_id = current_workspace() AND key = $1"
SAVE_CHANNEL_ACCOUNT = """
INSERT INTO channel_accounts AS a (id, workspace_id, bot_id, channel, account_key, address, signing_group,
                                   secrets, settings, api_base_url, enabled)
VALUES ($1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET
  bot_id = excluded.bot_id, account_key = excluded.account_key, address = excluded.address,
  signing_group = excluded.signing_group, secrets = excluded.secrets, settings = excluded.settings,
  api_base_url = excluded.api_base_url, enabled = excluded.enabled
WHERE (a.bot_id, a.account_key, a.address, a.signing_group, a.secrets, a.settings, a.api_base_url, a.enabled)
  IS DISTINCT FROM
  (excluded.bot_id, excluded.account_key, excluded.address, excluded.signing_group, excluded.secrets,
   excluded.settings, excluded.api_base_url, excluded.enabled)
RETURNING xmax = 0 AS created
"""
SAVE_PROVIDER_ACCOUNT = """
INSERT INTO provider_accounts AS a (id, workspace_id, provider, dialect, base_url, secrets, settings, enabled)
VALUES ($1, current_workspace(), $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET
  provider = excluded.provider, dialect = excluded.dialect, base_url = excluded.base_url,
  secrets = excluded.secrets, settings = excluded.settings, enabled = excluded.enabled
WHERE (a.provider, a.dialect, a.base_url, a.secrets, a.settings, a.enabled) IS DISTINCT FROM
  (excluded.provider, excluded.dialect, excluded.base_url, excluded.secrets, excluded.settings,
   excluded.enabled)
RETURNING xmax = 0 AS created
"""
FIND_CHANNEL_ACCOUNTS = """
SELECT id, workspace_id, bot_id, channel, account_key, address, signing_group, secrets, settings,
       api_base_url, enabled
FROM find_channel_accounts($1, $2)
"""
LIST_CHANNEL_ACCOUNTS = """
SELECT id, workspace_id, bot_id, channel, account_key, address, signing_group, secrets, settings,
       api_base_url, enabled
FROM list_channel_accounts()
"""
CHANNEL_ACCOUNT = """
SELECT id, workspace_id, bot_id, channel, account_key, address, signing_group, secrets, settings,
       api_base_url, enabled
FROM channel_accounts WHERE workspace_id = current_workspace() AND id = $1
"""
LIST_PROVIDER_ACCOUNTS = """
SELECT id, workspace_id, provider, dialect, base_url, secrets, settings, enabled FROM list_provider_accounts()
"""
PROVIDER_ACCOUNT_OF = """
SELECT id, workspace_id, provider, dialect, base_url, secrets, settings, enabled
FROM provider_accounts WHERE workspace_id = current_workspace() AND enabled
"""
WORKSPACE_SETTINGS = "SELECT settings FROM workspaces WHERE id = current_workspace()"
BOT_PROFILE = """
SELECT w.id AS workspace_id, w.key AS workspace_key, w.name AS workspace_name, w.settings, w.updated_at,
       b.id AS bot_id, b.key AS bot_key, b.name AS bot_name, b.form
FROM bots b JOIN workspaces w ON w.id = b.workspace_id
WHERE b.workspace_id = current_workspace() AND b.id = $1
"""


class Saved(StrEnum):
    """What saving a row did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    id: UUID
    key: str
    name: str
    settings: dict[str, Any]
    catalog_version: int


@dataclass(frozen=True, slots=True)
class ChannelAccountRow:
    id: UUID
    workspace_id: UUID
    bot_id: UUID
    channel: str
    account_key: str
    address: str
    signing_group: str
    secrets: bytes = field(repr=False)
    """Sealed for the field `secret_field`."""
    settings: dict[str, Any]
    api_base_url: str = ""
    enabled: bool = True

    @property
    def secret_field(self) -> str:
        """What the secrets are bound to, beside the workspace."""
        return f"channel_account:{self.id}"


@dataclass(frozen=True, slots=True)
class ProviderAccountRow:
    id: UUID
    workspace_id: UUID
    provider: str
    dialect: str
    base_url: str
    secrets: bytes = field(repr=False)
    """Sealed for the field `secret_field`."""
    settings: dict[str, Any]
    enabled: bool = True

    @property
    def secret_field(self) -> str:
        """What the secrets are bound to, beside the workspace."""
        return f"provider_account:{self.id}"


@dataclass(frozen=True, slots=True)
class BotProfile:
    """What a turn must know of its bot and business, as stored (bot/workspace.py validates it)."""

    workspace_id: UUID
    workspace_key: str
    workspace_name: str
    settings: dict[str, Any]
    updated_at: datetime
    bot_id: UUID
    bot_key: str
    bot_name: str
    form: list[dict[str, Any]]


async def list_workspaces(connection: Tx | Pool) -> list[WorkspaceRow]:
    """All of them, by key."""
    return [WorkspaceRow(**dict(row)) for row in await connection.fetch(LIST_WORKSPACES)]


async def find_workspace(connection: Tx | Pool, key: str) -> WorkspaceRow | None:
    """The workspace that people know by this key."""
    return next((row for row in await list_workspaces(connection) if row.key == key), None)


async def save_workspace(connection: Tx | Pool, *, key: str, name: str, settings: dict[str, Any]) -> UUID:
    """Creates the workspace, or renames it and replaces its settings (processes notice by `updated_at`)."""
    return UUID(str(await connection.fetchval(SAVE_WORKSPACE, new_id(), key, name, settings)))


async def save_bot(tx: Tx, *, key: str, name: str, form: list[dict[str, Any]]) -> tuple[UUID, Saved]:
    """Creates the bot or changes it; known by its key within the workspace."""
    saved = _saved(await tx.fetchval(SAVE_BOT, new_id(), key, name, form))
    return UUID(str(await tx.fetchval(FIND_BOT, key))), saved


async def save_channel_account(tx: Tx, row: ChannelAccountRow) -> Saved:
    """Creates or changes the account with this id (to which its secrets are sealed).

    Raises asyncpg.UniqueViolationError if the account key or the address belongs to another account.
    """
    return _saved(
        await tx.fetchval(
            SAVE_CHANNEL_ACCOUNT,
            row.id,
            row.bot_id,
            row.channel,
            row.account_key,
            row.address,
            row.signing_group,
            row.secrets,
            row.settings,
            row.api_base_url,
            row.enabled,
        )
    )


async def save_provider_account(tx: Tx, row: ProviderAccountRow) -> Saved:
    """Creates or changes the account with this id.

    Raises asyncpg.UniqueViolationError if the workspace has another enabled account.
    """
    return _saved(
        await tx.fetchval(
            SAVE_PROVIDER_ACCOUNT,
            row.id,
            row.provider,
            row.dialect,
            row.base_url,
            row.secrets,
            row.settings,
            row.enabled,
        )
    )


async def find_channel_accounts(
    connection: Tx | Pool, channel: str, account_key: str
) -> list[ChannelAccountRow]:
    """The enabled account that a webhook's URL names, then those its signature may also speak for.

    Empty: nobody knows this key (or it is switched off).
    """
    rows = await connection.fetch(FIND_CHANNEL_ACCOUNTS, channel, account_key)
    return [ChannelAccountRow(**dict(row)) for row in rows]


async def list_channel_accounts(connection: Tx | Pool) -> list[ChannelAccountRow]:
    """Every workspace's, switched-off ones too."""
    return [ChannelAccountRow(**dict(row)) for row in await connection.fetch(LIST_CHANNEL_ACCOUNTS)]


async def list_provider_accounts(connection: Tx | Pool) -> list[ProviderAccountRow]:
    """Every workspace's, switched-off ones too."""
    return [ProviderAccountRow(**dict(row)) for row in await connection.fetch(LIST_PROVIDER_ACCOUNTS)]


async def channel_account(tx: Tx, account_id: UUID) -> ChannelAccountRow | None:
    """One of the workspace's accounts by its id."""
    row = await tx.fetchrow(CHANNEL_ACCOUNT, account_id)
    return None if row is None else ChannelAccountRow(**dict(row))


async def provider_account_of(tx: Tx) -> ProviderAccountRow | None:
    """The workspace's one enabled account, if it books through a provider."""
    row = await tx.fetchrow(PROVIDER_ACCOUNT_OF)
    return None if row is None else ProviderAccountRow(**dict(row))


async def workspace_settings(tx: Tx) -> dict[str, Any]:
    """As stored (bot/workspace.py validates it)."""
    found: dict[str, Any] = await tx.fetchval(WORKSPACE_SETTINGS)
    return found


async def bot_profile(tx: Tx, bot_id: UUID) -> BotProfile | None:
    """Name, settings and form; None if the workspace has no such bot."""
    row = await tx.fetchrow(BOT_PROFILE, bot_id)
    return None if row is None else BotProfile(**dict(row))


def _saved(created: bool | None) -> Saved:
    """The upserts return no row when there was nothing to change, and xmax = 0 for a fresh one."""
    if created is None:
        return Saved.UNCHANGED
    return Saved.CREATED if created else Saved.UPDATED
