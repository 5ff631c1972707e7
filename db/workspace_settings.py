"""A workspace's settings as stored, changed under their version; and what stands beside them in other tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.tx import Tx

LOAD = "SELECT key, name, settings, updated_at FROM workspaces WHERE id = current_workspace()"
# Later than before, whatever the clock says: processes know settings by this moment.
SAVE = """
UPDATE workspaces SET settings = $1, updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE id = current_workspace() AND updated_at = $2 RETURNING updated_at
"""
BESIDE = """
SELECT
  EXISTS (SELECT FROM locations WHERE workspace_id = current_workspace() AND retired_at IS NULL
          AND hours <> '[]') AS place_hours,
  EXISTS (SELECT FROM staff WHERE workspace_id = current_workspace() AND retired_at IS NULL) AS roster,
  (SELECT provider FROM provider_accounts WHERE workspace_id = current_workspace() AND enabled) AS booking_system,
  ARRAY(SELECT page FROM handoff_accounts WHERE workspace_id = current_workspace() AND enabled) AS signed_pages,
  ARRAY(SELECT DISTINCT channel FROM channel_accounts
        WHERE workspace_id = current_workspace() AND enabled) AS channels
"""


@dataclass(frozen=True, slots=True)
class StoredSettings:
    key: str
    name: str
    settings: dict[str, Any]
    updated_at: datetime
    """Their version."""


async def load(tx: Tx) -> StoredSettings:
    """Raises LookupError."""
    row = await tx.fetchrow(LOAD)
    if row is None:
        raise LookupError("no such workspace")
    return StoredSettings(**dict(row))


async def save(tx: Tx, settings: dict[str, Any], *, read_at: datetime) -> bool:
    """False: somebody changed them since they were read (`updated_at`); nothing was written."""
    return await tx.fetchval(SAVE, settings, read_at) is not None


async def beside(tx: Tx) -> dict[str, Any]:
    """The fields of bot.settings_check.Beside that stand in tables."""
    row = await tx.fetchrow(BESIDE)
    if row is None:
        raise RuntimeError("a SELECT without FROM gives a row")
    return dict(row)
