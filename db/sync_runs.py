"""Sync runs: what was asked for, who is at it, what came of it. At most one open run per workspace and kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from db.ids import new_id
from db.tx import Pool, Tx

Kind = Literal["full", "slots"]
Trigger = Literal["schedule", "operator", "seed", "conversation", "webhook"]
Ending = Literal["done", "refused", "failed"]

REQUEST_RUN = """
INSERT INTO sync_runs (id, workspace_id, kind, trigger, forced)
VALUES ($1, current_workspace(), $2, $3, $4)
ON CONFLICT (workspace_id, kind) WHERE status IN ('requested', 'running')
  DO UPDATE SET forced = sync_runs.forced OR (excluded.forced AND sync_runs.status = 'requested'),
                again = sync_runs.again OR ($5 AND sync_runs.status = 'running')
RETURNING id
"""
START_RUN = """
INSERT INTO sync_runs (id, workspace_id, kind, trigger, forced, status, started_at, claim_until)
VALUES ($1, current_workspace(), $2, $3, $4, 'running', clock_timestamp(),
        clock_timestamp() + make_interval(secs => $5))
ON CONFLICT (workspace_id, kind) WHERE status IN ('requested', 'running')
DO UPDATE SET status = 'running', trigger = excluded.trigger, forced = excluded.forced,
              started_at = excluded.started_at, claim_until = excluded.claim_until, progress = '{}'
WHERE sync_runs.status = 'requested' OR sync_runs.claim_until < clock_timestamp()
RETURNING id, workspace_id, kind, trigger, forced, status, requested_at, started_at, finished_at, counts, error
"""
CLAIM_RUN = """
SELECT id, workspace_id, kind, trigger, forced, status, requested_at, started_at, finished_at, counts, error
FROM claim_sync_run($1)
"""
EXTEND_CLAIM = """
UPDATE sync_runs SET claim_until = clock_timestamp() + make_interval(secs => $2)
WHERE workspace_id = current_workspace() AND id = $1 AND status = 'running' RETURNING id
"""
MOVE_ON = """
UPDATE sync_runs SET claim_until = clock_timestamp() + make_interval(secs => $2), progress = $3
WHERE workspace_id = current_workspace() AND id = $1 AND status = 'running' RETURNING id
"""
FINISH_RUN = """
UPDATE sync_runs SET status = $2, counts = $3, error = left($4, 1000), planned = $5, progress = '{}',
       finished_at = clock_timestamp(), claim_until = NULL
WHERE workspace_id = current_workspace() AND id = $1 AND status = 'running' RETURNING kind, again
"""
GIVE_BACK_RUN = """
UPDATE sync_runs SET status = 'requested', claim_until = NULL, started_at = NULL, again = false, progress = '{}'
WHERE workspace_id = current_workspace() AND id = $1 AND status = 'running'
"""
RUN_STATUS = "SELECT status FROM sync_runs WHERE workspace_id = current_workspace() AND id = $1"
LAST_SLOTS_FAILED = """
SELECT status <> 'done' AND finished_at > now() - make_interval(secs => $1) FROM sync_runs
WHERE workspace_id = current_workspace() AND kind = 'slots' AND finished_at IS NOT NULL
ORDER BY requested_at DESC LIMIT 1
"""
RECENT_RUNS = """
SELECT id, workspace_id, kind, trigger, forced, status, requested_at, started_at, finished_at, counts, error
FROM sync_runs WHERE workspace_id = current_workspace() ORDER BY requested_at DESC, id DESC LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class SyncRunRow:
    id: UUID
    workspace_id: UUID
    kind: Kind
    trigger: Trigger
    forced: bool
    status: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: dict[str, Any]
    error: str | None


async def request_run(
    tx: Tx, *, kind: Kind, trigger: Trigger, forced: bool = False, after_now: bool = False
) -> UUID:
    """Asks the catalog process for a run; joins the one that is already waiting or running.

    after_now: what a running one has read already won't do (something has just changed): when it ends, another
    one follows, however many asked for it.
    """
    return UUID(str(await tx.fetchval(REQUEST_RUN, new_id(), kind, trigger, forced, after_now)))


async def start_run(
    tx: Tx, *, kind: Kind, trigger: Trigger, forced: bool = False, claim_seconds: float
) -> SyncRunRow | None:
    """Takes a run for this very process, a waiting one if there is. None: another process is at it."""
    row = await tx.fetchrow(START_RUN, new_id(), kind, trigger, forced, claim_seconds)
    return None if row is None else SyncRunRow(**dict(row))


async def claim_run(connection: Tx | Pool, *, claim_seconds: float) -> SyncRunRow | None:
    """The longest waiting run of any workspace, or one whose process died. None: nothing to do."""
    row = await connection.fetchrow(CLAIM_RUN, claim_seconds)
    return None if row is None else SyncRunRow(**dict(row))


async def extend_claim(tx: Tx, run_id: UUID, *, claim_seconds: float) -> bool:
    """Keeps a long run ours. False: somebody else has finished it."""
    return await tx.fetchval(EXTEND_CLAIM, run_id, claim_seconds) is not None


async def move_on(tx: Tx, run_id: UUID, *, what: str, done: int, total: int, claim_seconds: float) -> bool:
    """Says how far a run has come (steps done of a part of it, steps in all) and keeps it ours.

    False: somebody else has finished it.
    """
    progress = {"what": what, "done": done, "total": total}
    return await tx.fetchval(MOVE_ON, run_id, claim_seconds, progress) is not None


async def finish_run(
    tx: Tx,
    run_id: UUID,
    *,
    status: Ending,
    counts: dict[str, Any],
    error: str | None = None,
    planned: dict[str, Any] | None = None,
) -> bool:
    """Writes how it ended, and asks for the run that is to follow it. False: somebody else has finished it; what
    this process did must not stand.

    planned: what a refused one would have done.
    """
    row = await tx.fetchrow(FINISH_RUN, run_id, status, counts, error, planned)
    if row is not None and row["again"]:
        await request_run(tx, kind=row["kind"], trigger="webhook")
    return row is not None


async def give_back_run(tx: Tx, run_id: UUID) -> None:
    """A process that is told to stop lets the next one begin at once."""
    await tx.execute(GIVE_BACK_RUN, run_id)


async def run_status(tx: Tx, run_id: UUID) -> str | None:
    """None: the workspace has no such run (any more)."""
    status: str | None = await tx.fetchval(RUN_STATUS, run_id)
    return status


async def slots_failed_lately(tx: Tx, *, seconds: float) -> bool:
    """Whether the last pull of free times was none, no longer ago than that."""
    return bool(await tx.fetchval(LAST_SLOTS_FAILED, float(seconds)))


async def recent_runs(tx: Tx, *, limit: int = 20) -> list[SyncRunRow]:
    """Newest first."""
    return [SyncRunRow(**dict(row)) for row in await tx.fetch(RECENT_RUNS, limit)]
