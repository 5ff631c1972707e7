"""When a workspace's catalog was last synced, for those who report it."""

from __future__ import annotations

from datetime import datetime

from db.tx import Tx

LAST_DONE_SYNC = """
SELECT max(finished_at) FROM sync_runs
WHERE workspace_id = current_workspace() AND kind = $1 AND status = 'done'
"""


async def last_done_sync(tx: Tx, kind: str) -> datetime | None:
    """When the last successful run of this kind (`full` or `slots`) ended; None if there was none."""
    at: datetime | None = await tx.fetchval(LAST_DONE_SYNC, kind)
    return at
