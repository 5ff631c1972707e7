"""Who did what: entries that are added and read, never changed. Nothing of a customer's text belongs here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.ids import new_id
from db.tx import Pool, Tx

RECORD = "SELECT record_audit($1, $2, $3, $4, $5, $6)"
ENTER = "SELECT id, key, name FROM enter_workspace($1, $2, $3)"
LISTING = "SELECT id, workspace_key, actor, action, subject, detail, at FROM list_audit_entries($1, $2)"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """workspace_key: None: it concerns the installation, or the workspace is gone."""

    id: UUID
    workspace_key: str | None
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class EnteredWorkspace:
    id: UUID
    key: str
    name: str


async def record(
    connection: Tx | Pool,
    *,
    workspace_id: UUID | None,
    actor: str,
    action: str,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Adds an entry; within a transaction it stands or falls with what it tells of.

    workspace_id: None: it concerns the installation. actor: `token:<prefix>`, `user:<address>`, `command:<account>`.
    action: `lead.closed`, lower-case words with a dot. subject: an id or a key. detail: small, no customer's text.
    """
    await connection.execute(RECORD, new_id(), workspace_id, actor, action, subject, dict(detail or {}))


async def enter_workspace(connection: Tx | Pool, *, actor: str, named: str) -> EnteredWorkspace | None:
    """The workspace of this key or id, chosen by somebody of the agency: it leaves an entry (at most hourly).

    None: there is none, and no entry.
    """
    row = await connection.fetchrow(ENTER, new_id(), actor, named)
    return None if row is None else EnteredWorkspace(**dict(row))


async def listing(
    connection: Tx | Pool, *, workspace_id: UUID | None = None, limit: int = 100
) -> list[AuditRow]:
    """Newest first; workspace None: of all of them and of the installation."""
    return [AuditRow(**dict(row)) for row in await connection.fetch(LISTING, workspace_id, limit)]
