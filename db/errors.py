"""Operator errors: what a person should see. Equal open ones are counted, not repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from db.ids import new_id
from db.tx import Pool, Tx

RECORD = "SELECT record_operator_error($1, $2, $3, $4, $5, $6, $7, $8)"
LISTING = "SELECT * FROM list_operator_errors($1, $2, $3)"
RESOLVE = "SELECT resolve_operator_errors($1, $2, $3, $4)"
# A call that only waited for somebody to look (an order, a move and a cancellation are decided in words of their own)
# is over with that: it would keep its talk, and its customer from being erased, for ever.
RESOLVE_ONE = """
WITH settled AS (
  UPDATE operator_errors SET resolved_at = now(), resolution = $2
  WHERE workspace_id = current_workspace() AND id = $1 AND resolved_at IS NULL
  RETURNING id, effect_id
), seen AS (
  UPDATE effects e SET status = 'failed' FROM settled
  WHERE e.workspace_id = current_workspace() AND e.id = settled.effect_id AND e.status = 'needs_operator'
    AND e.kind IN ('send', 'send_mail', 'mirror_booking', 'poll_payment')
)
SELECT id FROM settled
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """What a person should see to. times: how often it happened while it was open."""

    id: UUID
    kind: str
    summary: str
    details: dict[str, Any]
    conversation_id: UUID | None
    effect_id: UUID | None
    times: int
    first_at: datetime
    last_at: datetime
    resolved_at: datetime | None
    resolution: str | None

    @property
    def status(self) -> Literal["open", "resolved"]:
        return "open" if self.resolved_at is None else "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationErrorRow(ErrorRow):
    """One of any workspace, or of none: then it is the installation's."""

    workspace_key: str | None


async def record(
    connection: Tx | Pool,
    *,
    workspace_id: UUID | None,
    kind: str,
    fingerprint: str,
    summary: str,
    details: Mapping[str, Any] | None = None,
    conversation_id: UUID | None = None,
    effect_id: UUID | None = None,
) -> bool:
    """Records an error, or counts it once more if an equal one (kind, fingerprint) is open.

    summary: plain words for a person, no secret, no customer's text. True if it is new.
    """
    return bool(
        await connection.fetchval(
            RECORD,
            new_id(),
            workspace_id,
            kind,
            fingerprint,
            summary,
            dict(details or {}),
            conversation_id,
            effect_id,
        )
    )


async def listing(
    connection: Tx | Pool,
    *,
    workspace_id: UUID | None = None,
    include_resolved: bool = False,
    limit: int = 100,
) -> list[InstallationErrorRow]:
    """Newest first; workspace None: all of them and those of the installation."""
    rows = await connection.fetch(LISTING, workspace_id, include_resolved, limit)
    return [InstallationErrorRow(**dict(row)) for row in rows]


async def resolve(
    connection: Tx | Pool, *, workspace_id: UUID | None, kind: str, fingerprint: str, resolution: str
) -> int:
    """Closes the open errors of this kind and fingerprint; returns how many there were."""
    return int(await connection.fetchval(RESOLVE, workspace_id, kind, fingerprint, resolution))


async def resolve_one(tx: Tx, error_id: UUID, *, resolution: str) -> bool:
    """A person has seen to this one of the workspace, and to the call that it is about. False: there is no such open
    error.
    """
    return await tx.fetchval(RESOLVE_ONE, error_id, resolution) is not None
