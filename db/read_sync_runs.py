"""Sync runs of one workspace as people read them; what makes them is in sync_runs.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

STATES = ("requested", "running", "done", "refused", "failed")

_FROM = "FROM sync_runs s WHERE s.workspace_id = current_workspace()"
_FILTERS = """
  AND s.requested_at >= coalesce($1, '-infinity'::timestamptz)
  AND s.requested_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL OR strpos(lower(s.error), $3) > 0 OR strpos(s.error, $4) > 0)
  AND ($5::text IS NULL OR s.kind = $5)
"""
_COLUMNS = """
  s.id, s.status, s.kind, s.trigger, s.forced, s.requested_at, s.started_at, s.finished_at, s.counts, s.error,
  s.progress, s.planned
"""
LISTING = f"""
SELECT {_COLUMNS} {_FROM}{_FILTERS}
  AND ($6::text IS NULL OR s.status = $6)
  {older("s.requested_at, s.id", 7)}
ORDER BY s.requested_at DESC, s.id DESC LIMIT $9
"""
OPEN = f"SELECT {_COLUMNS} {_FROM} AND s.status IN ('requested', 'running') ORDER BY s.requested_at"
LAST_ENDED = f"""
SELECT {_COLUMNS} {_FROM} AND s.kind = $1 AND s.finished_at IS NOT NULL
ORDER BY s.requested_at DESC, s.id DESC LIMIT 1
"""
VERSION = """
SELECT coalesce(md5(string_agg(concat_ws(' ', r.id, r.status, r.progress), ',' ORDER BY r.requested_at, r.id)), '')
FROM (SELECT id, status, progress, requested_at FROM sync_runs WHERE workspace_id = current_workspace()
      ORDER BY requested_at DESC LIMIT 10) AS r
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
    forced: bool
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: dict[str, Any]
    error: str | None
    progress: dict[str, Any]
    """Of a running one: what, done, total."""
    planned: dict[str, Any] | None
    """Of a refused one: counts and retired, as sync.plan.described has them."""

    @property
    def seconds(self) -> float | None:
        """How long it took. None: it hasn't ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


async def open_runs(tx: Tx) -> list[ReadSyncRun]:
    """Asked for or under way: at most one of each kind."""
    return [ReadSyncRun(**dict(row)) for row in await tx.fetch(OPEN)]


async def last_ended(tx: Tx, kind: str) -> ReadSyncRun | None:
    """The newest of a kind that came to an end, whichever."""
    row = await tx.fetchrow(LAST_ENDED, kind)
    return None if row is None else ReadSyncRun(**dict(row))


async def version(tx: Tx) -> str:
    """Differs when a run was asked for, came further or ended."""
    return str(await tx.fetchval(VERSION))


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
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: SyncRunFilters) -> Counts:
    return await read_counts(tx, COUNTS, filters)
