"""Workspaces as people read them: one's own, or all of them for those who may choose."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from db.accounts import list_workspaces
from db.tx import Pool, Tx

HERE = """
SELECT id, key, name, settings ->> 'timezone' AS timezone,
       coalesce(settings ->> 'booking_mode', 'internal') AS booking_mode
FROM workspaces WHERE id = current_workspace()
"""


@dataclass(frozen=True, slots=True)
class WorkspaceHere:
    """timezone: an IANA name."""

    id: UUID
    key: str
    name: str
    timezone: str
    booking_mode: str


async def here(tx: Tx) -> WorkspaceHere:
    """The workspace that the transaction is about. Raises LookupError if it was deleted."""
    row = await tx.fetchrow(HERE)
    if row is None:
        raise LookupError("the workspace of this transaction doesn't exist")
    return WorkspaceHere(**dict(row))


async def every(connection: Tx | Pool) -> list[WorkspaceHere]:
    """All of them, by key: for those who may choose."""
    return [
        WorkspaceHere(
            row.id, row.key, row.name, row.settings["timezone"], row.settings.get("booking_mode", "internal")
        )
        for row in await list_workspaces(connection)
    ]
