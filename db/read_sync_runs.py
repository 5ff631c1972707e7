"""Sync runs of one workspace as people read them; what makes them is in sync_runs.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, read_counts, read_page
from db.tx import Tx

STATES = ("requested", "running", "done", "refused", "failed")

_FROM = "FROM sync_runs s WHERE s.workspace_id = current_workspace()"
_FILTERS = """
  AND s.requested_at >= coalesce($1, '-infinity'::timestamptz)
  AND s.requested_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL OR strpos(lower(s.error), $3) > 0 OR strpos(s.error, $4) > 0)
  AND ($5::text IS NULL OR s.kind = $5)
"""
LISTING = f"""
SELECT s.id, s.status, s.kind, s.trigger, s.requested_at, s.started_at, s.finished_at, s.counts, s.error
{_FROM}{_FILTERS}
  AND ($6::text IS NULL OR s.status = $6)
  AND ($7::timestamptz IS NULL OR (s.requested_at, s.id) < ($7, $8::uuid))
ORDER BY s.requested_at DESC, s.id DESC LIMIT $9
"""
COUNTS = f"SELECT s.status, count(*) AS count {_FROM}{_FILTERS} GROUP BY s.status"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRunFilters(Filters):
    """kind: full or slots. since, until: of the request. search: in what went wrong."""

    kind: str | None = None

    def own(self) -> tuple[Any, ...]:
        return (self.kind,)


@dataclass(frozen=True, slots=True)
class ReadSyncRun:
    id: UUID
    status: str
    kind: str
    trigger: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: dict[str, Any]
    error: str | None


async def listing(
    tx: Tx, filters: SyncRunFilters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[ReadSyncRun]:
    """Newest first."""
    return await read_page(
        tx,
        LISTING,
        ReadSyncRun,
        filters,
        sorted_by=lambda row: row.requested_at,
        id_of=lambda row: row.id,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: SyncRunFilters) -> Counts:
    return await read_counts(tx, COUNTS, filters)
