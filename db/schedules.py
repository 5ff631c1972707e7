"""Jobs by the clock, as rows: any number of dispatchers may claim them. And the housekeeping they start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.tx import Pool, Tx

ENSURE = "SELECT ensure_schedule($1, $2, $3)"
CLAIM = "SELECT name, workspace_id FROM claim_schedule($1)"
FINISH = "SELECT finish_schedule($1, $2, $3, $4)"
CLOSE_IDLE = "SELECT close_idle_conversations($1)"
TELL_OF_WAITING = "SELECT tell_of_waiting($1)"
EXPIRE_STATIC_LINKS = "SELECT expire_static_links($1)"
FREE_HOLDS = "SELECT free_expired_holds($1)"
DELETE_OLD_PAYLOADS = "SELECT delete_old_payloads($1)"
DELETE_OLD_TRACES = "SELECT delete_old_traces($1)"
DELETE_OLD_CONVERSATIONS = "SELECT delete_old_conversations($1)"
DELETE_OLD_BOOKINGS = "SELECT delete_old_bookings($1)"
DELETE_OLD_CUSTOMERS = "SELECT delete_old_customers($1)"
DELETE_OLD_LLM_CALLS = "SELECT delete_old_llm_calls($1)"
DELETE_OLD_ERRORS = "SELECT delete_old_errors($1)"
DELETE_OLD_SYNC_RUNS = "SELECT delete_old_sync_runs($1)"
DELETE_OLD_AUDIT = "SELECT delete_old_audit($1)"
DELETE_OLD_REPORTS = "SELECT delete_old_reports($1)"
DELETE_OLD_REST = "SELECT delete_old_rows($1)"
RETENTION = {
    "payloads": DELETE_OLD_PAYLOADS,
    "traces": DELETE_OLD_TRACES,
    "conversations": DELETE_OLD_CONVERSATIONS,
    "bookings": DELETE_OLD_BOOKINGS,
    "customers": DELETE_OLD_CUSTOMERS,
    "llm_calls": DELETE_OLD_LLM_CALLS,
    "errors": DELETE_OLD_ERRORS,
    "sync_runs": DELETE_OLD_SYNC_RUNS,
    "audit": DELETE_OLD_AUDIT,
    "reports": DELETE_OLD_REPORTS,
    "rest": DELETE_OLD_REST,
}
"""Kind of data -> what deletes a batch of it. In this order: a customer goes after his talks."""
QUEUE_FIGURES = "SELECT queue_figures()"
OPEN_WORK = "SELECT open_work($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    workspace_id: UUID | None


async def ensure(connection: Tx | Pool, job: Job, *, next_run_at: datetime) -> None:
    """Makes the row if there is none; an existing one keeps its time."""
    await connection.execute(ENSURE, job.name, job.workspace_id, next_run_at)


async def claim(connection: Tx | Pool, *, claim_seconds: float) -> Job | None:
    """The most overdue job, ours until the claim runs out. None: nothing is due."""
    row = await connection.fetchrow(CLAIM, claim_seconds)
    return Job(row["name"], row["workspace_id"]) if row else None


async def finish(connection: Tx | Pool, job: Job, *, next_run_at: datetime, error: str | None) -> None:
    await connection.execute(FINISH, job.name, job.workspace_id, next_run_at, error)


async def close_idle_conversations(connection: Tx | Pool, *, limit: int = 1000) -> int:
    """Closes talks that were idle for as long as their workspace says, and in which nobody waits for a person.

    Returns how many.
    """
    return int(await connection.fetchval(CLOSE_IDLE, limit))


async def tell_of_waiting(connection: Tx | Pool, *, limit: int = 1000) -> int:
    """Operator errors about customers who asked for a person and were left waiting. Returns how many are new."""
    return int(await connection.fetchval(TELL_OF_WAITING, limit))


async def free_expired_holds(connection: Tx | Pool, *, limit: int = 1000) -> int:
    """Deletes holds that ran out. Returns how many."""
    return int(await connection.fetchval(FREE_HOLDS, limit))


async def expire_static_links(connection: Tx | Pool, *, limit: int = 1000) -> int:
    """Nobody is asked any more to pay at the business's own address before a visit that has begun. Returns how many."""
    return int(await connection.fetchval(EXPIRE_STATIC_LINKS, limit))


async def delete_old(connection: Tx | Pool, kind: str, *, limit: int = 1000) -> int:
    """Deletes or empties a batch of what retention no longer keeps; what is open never goes.

    kind: of RETENTION. Returns how much went; less than the limit: nothing is left of it.
    """
    return int(await connection.fetchval(RETENTION[kind], limit))


async def queue_figures(connection: Tx | Pool) -> dict[str, Any]:
    """How much is waiting, in flight, unknown, with an operator: over all workspaces."""
    found: dict[str, Any] = await connection.fetchval(QUEUE_FIGURES)
    return found


async def open_work(connection: Tx | Pool, *, channel: str, account_key: str, address: str) -> int:
    """What is still moving for one customer of one account; payment polls don't count."""
    return int(await connection.fetchval(OPEN_WORK, channel, account_key, address))
