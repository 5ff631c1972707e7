"""When a workspace's catalog was last synced, for those who report it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.tx import Tx

LAST_DONE_SYNC = """
SELECT max(finished_at) FROM sync_runs
WHERE workspace_id = current_workspace() AND kind = $1 AND status = 'done'
"""
SYNC_STATE = """
SELECT (SELECT max(finished_at) FROM sync_runs r
        WHERE r.workspace_id = current_workspace() AND r.kind = 'full' AND r.status = 'done') AS catalog_at,
       (SELECT max(finished_at) FROM sync_runs r
        WHERE r.workspace_id = current_workspace() AND r.status = 'done') AS frames_at,
       count(*) AS frames, min(s.valid_until) AS valid_until, max(s.starts_at) AS frames_until
FROM slots s WHERE s.workspace_id = current_workspace() AND s.starts_at > $1
"""


@dataclass(frozen=True, slots=True)
class SyncState:
    """How fresh a workspace's catalog and free times are. None: never synced, or no free time known."""

    catalog_at: datetime | None
    frames_at: datetime | None
    """A full sync reads the free times, too."""
    frames: int
    """Free times that are still to come."""
    valid_until: datetime | None
    """When the first of them is no longer believed without being seen again."""
    frames_until: datetime | None
    """When the last of them begins."""


async def sync_state(tx: Tx, at: datetime) -> SyncState:
    """at: what begins later is still to come."""
    (row,) = await tx.fetch(SYNC_STATE, at)
    return SyncState(**dict(row))


async def last_done_sync(tx: Tx, kind: str) -> datetime | None:
    """When the last successful run of this kind (`full` or `slots`) ended; None if there was none."""
    at: datetime | None = await tx.fetchval(LAST_DONE_SYNC, kind)
    return at
