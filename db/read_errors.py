"""Operator errors of one workspace as people read them; what makes and closes them is in errors.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.errors import ErrorRow
from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

STATES = ("open", "resolved")

_STATUS = "CASE WHEN e.resolved_at IS NULL THEN 'open' ELSE 'resolved' END"
_COLUMNS = """
e.id, e.kind, e.summary, e.details, e.conversation_id, e.effect_id, e.times, e.first_at,
e.last_at, e.resolved_at, e.resolution
"""
_FROM = "FROM operator_errors e WHERE e.workspace_id = current_workspace()"
_FILTERS = """
  AND e.last_at >= coalesce($1, '-infinity'::timestamptz) AND e.last_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL OR strpos(lower(e.summary), $3) > 0 OR strpos(e.summary, $4) > 0)
  AND ($5::text IS NULL OR e.kind = $5)
"""
LISTING = f"""
SELECT {_COLUMNS}
{_FROM}{_FILTERS}
  AND ($6::text IS NULL OR {_STATUS} = $6)
  {older("e.last_at, e.id", 7)}
ORDER BY e.last_at DESC, e.id DESC LIMIT $9
"""
COUNTS = f"SELECT {_STATUS} AS status, count(*) AS count {_FROM}{_FILTERS} GROUP BY 1"

FIND = f"""
SELECT {_COLUMNS}
{_FROM} AND e.id = $1
"""
KINDS = """
SELECT DISTINCT kind FROM operator_errors WHERE workspace_id = current_workspace() ORDER BY kind LIMIT 100
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFilters(Filters):
    """since, until: of the last time it happened."""

    kind: str | None = None

    def own(self) -> tuple[Any, ...]:
        return (self.kind,)


async def listing(
    tx: Tx, filters: ErrorFilters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[ErrorRow]:
    """The last seen first: one that happens again while somebody pages comes to the front."""
    return await read_page(
        tx,
        LISTING,
        ErrorRow,
        filters,
        sorted_by=lambda row: row.last_at,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: ErrorFilters) -> Counts:
    return await read_counts(tx, COUNTS, filters)


async def find(tx: Tx, error_id: UUID) -> ErrorRow | None:
    row = await tx.fetchrow(FIND, error_id)
    return None if row is None else ErrorRow(**dict(row))


async def kinds(tx: Tx) -> list[str]:
    """Those that ever happened here, for a filter."""
    return [row["kind"] for row in await tx.fetch(KINDS)]
