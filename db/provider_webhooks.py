"""Accounts of booking systems as their webhooks name them."""

from __future__ import annotations

from uuid import UUID

from db.accounts import ProviderAccountRow
from db.tx import Pool, Tx

FIND_PROVIDER_ACCOUNT = """
SELECT id, workspace_id, provider, dialect, base_url, secrets, settings, enabled
FROM find_provider_account($1, $2)
"""
SET_WEBHOOK_SCHEME = """
UPDATE provider_accounts SET settings = settings || jsonb_build_object('webhook_scheme', $2::text)
WHERE workspace_id = current_workspace() AND id = $1
"""


async def find_provider_account(
    connection: Tx | Pool, provider: str, account_id: UUID
) -> ProviderAccountRow | None:
    """The enabled account of any workspace. None: nobody knows it (or it is switched off)."""
    row = await connection.fetchrow(FIND_PROVIDER_ACCOUNT, provider, account_id)
    return None if row is None else ProviderAccountRow(**dict(row))


async def set_webhook_scheme(tx: Tx, account_id: UUID, scheme: str) -> None:
    """From here on only this way of signing is accepted."""
    await tx.execute(SET_WEBHOOK_SCHEME, account_id, scheme)
