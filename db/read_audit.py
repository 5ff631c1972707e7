"""Who did what, as people read it; what writes it is in audit.py.

In one workspace, as every list; or INSTALLATION: what concerns no workspace, for the agency alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

# The status that every list has is here what an entry is about: the first word of its action.
_AREA = "split_part(e.action, '.', 1)"
_HERE = "FROM audit_entries e WHERE e.workspace_id = current_workspace()"
_FILTERS = """
  AND e.at >= coalesce($1, '-infinity'::timestamptz) AND e.at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL OR strpos(lower(concat_ws(' ', e.actor, e.action, e.subject)), $3) > 0
       OR strpos(e.subject, $4) > 0)
"""
LISTING = f"""
SELECT e.id, {_AREA} AS status, e.actor, e.action, e.subject, e.detail, e.at
{_HERE}{_FILTERS}
  AND ($5::text IS NULL OR {_AREA} = $5)
  {older("e.at, e.id", 6)}
ORDER BY e.at DESC, e.id DESC LIMIT $8
"""
COUNTS = f"SELECT {_AREA} AS status, count(*) AS count {_HERE}{_FILTERS} GROUP BY 1"

INSTALLATION_LISTING = """
SELECT id, status, actor, action, subject, detail, at FROM list_audit_of_installation($1, $2, $3, $4, $5, $6, $7, $8)
"""
INSTALLATION_COUNTS = "SELECT status, count FROM count_audit_of_installation($1, $2, $3, $4)"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """status: what it is about (`booking`). actor: `user:<address>`, `command:<account>`, `token:<prefix>`.

    action: `booking.cancel`. subject: an id, a key or nothing.
    """

    id: UUID
    status: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    at: datetime


async def listing(
    tx: Tx, filters: Filters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[AuditEntry]:
    """The last first."""
    return await read_page(
        tx, LISTING, AuditEntry, filters, sorted_by=lambda row: row.at, after=after, limit=limit
    )


async def counts(tx: Tx, filters: Filters) -> Counts:
    """Per what the entries are about."""
    return await read_counts(tx, COUNTS, filters)


class _Installation:
    """The same for what concerns no workspace: signing in, people of the agency, tokens."""

    async def listing(
        self, tx: Tx, filters: Filters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
    ) -> Page[AuditEntry]:
        return await read_page(
            tx,
            INSTALLATION_LISTING,
            AuditEntry,
            filters,
            sorted_by=lambda row: row.at,
            after=after,
            limit=limit,
        )

    async def counts(self, tx: Tx, filters: Filters) -> Counts:
        return await read_counts(tx, INSTALLATION_COUNTS, filters)


INSTALLATION = _Installation()
