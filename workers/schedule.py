"""Jobs by the clock: what runs when. Rows in `schedules` hold the times; this file holds the meaning."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from bot.workspace import WorkspaceSettings
from db import accounts, handoffs, schedules, sync_runs
from db.failures import named
from db.tx import tx
from workers.resources import Resources, now

log = structlog.get_logger(__name__)

_CLAIM_SECONDS = 120.0
_NIGHT = time(3, 30)
_MAX_JOBS_A_ROUND = 16
_ROWS_AT_ONCE = 200
"""So that one statement stays far below the statement time-out."""
_MAX_ROUNDS = 500


class JobName(StrEnum):
    ENSURE_SCHEDULES = "ensure_schedules"
    CLOSE_IDLE = "close_idle_conversations"
    DELETE_OLD = "delete_old_rows"
    FREE_HOLDS = "free_expired_holds"
    ABANDON = "abandon_unfinished"
    SYNC_CATALOG = "sync_catalog"
    SYNC_SLOTS = "sync_slots"


async def run_due_jobs(resources: Resources) -> int:
    """Claims and runs what is due. Returns how many jobs ran."""
    await schedules.ensure(resources.pool, schedules.Job(JobName.ENSURE_SCHEDULES, None), next_run_at=now())
    for done in range(_MAX_JOBS_A_ROUND):
        job = await schedules.claim(resources.pool, claim_seconds=_CLAIM_SECONDS)
        if job is None:
            return done
        error: str | None = None
        try:
            await _run(resources, job)
        except Exception as failure:
            log.exception("schedule.job_failed", job=job.name)
            error = named(failure)
        await schedules.finish(resources.pool, job, next_run_at=await _next_run(resources, job), error=error)
    return _MAX_JOBS_A_ROUND


async def _run(resources: Resources, job: schedules.Job) -> None:
    match JobName(job.name):
        case JobName.ENSURE_SCHEDULES:
            await _ensure_all(resources)
        case JobName.CLOSE_IDLE:
            await _until_none_left(
                lambda: schedules.close_idle_conversations(resources.pool, limit=_ROWS_AT_ONCE)
            )
            await _until_none_left(lambda: schedules.tell_of_waiting(resources.pool, limit=_ROWS_AT_ONCE))
        case JobName.DELETE_OLD:
            for kind in schedules.RETENTION:
                await _until_none_left(
                    partial(schedules.delete_old, resources.pool, kind, limit=_ROWS_AT_ONCE)
                )
        case JobName.FREE_HOLDS:
            await schedules.free_expired_holds(resources.pool)
        case JobName.ABANDON:
            await _until_none_left(lambda: handoffs.abandon(resources.pool, limit=_ROWS_AT_ONCE))
            await _until_none_left(lambda: handoffs.abandon_intents(resources.pool, limit=_ROWS_AT_ONCE))
            await _until_none_left(lambda: schedules.expire_static_links(resources.pool, limit=_ROWS_AT_ONCE))
        case JobName.SYNC_CATALOG:
            await _request_sync(resources, job, "full")
        case JobName.SYNC_SLOTS:
            await _request_sync(resources, job, "slots")


async def _until_none_left(work: Callable[[], Awaitable[int]]) -> None:
    """A day's growth must not outrun what one statement takes away; a bound, because the claim has one."""
    for _ in range(_MAX_ROUNDS):
        if await work() < _ROWS_AT_ONCE:
            return


async def _ensure_all(resources: Resources) -> None:
    """A row for every job of every workspace; a new workspace gets its rows within a minute."""
    for name in (JobName.CLOSE_IDLE, JobName.DELETE_OLD, JobName.FREE_HOLDS, JobName.ABANDON):
        job = schedules.Job(name, None)
        await schedules.ensure(resources.pool, job, next_run_at=await _next_run(resources, job))
    connected = {
        row.workspace_id for row in await accounts.list_provider_accounts(resources.pool) if row.enabled
    }
    for workspace_id in connected:
        for name in (JobName.SYNC_CATALOG, JobName.SYNC_SLOTS):
            job = schedules.Job(name, workspace_id)
            await schedules.ensure(resources.pool, job, next_run_at=await _next_run(resources, job))


async def _request_sync(resources: Resources, job: schedules.Job, kind: sync_runs.Kind) -> None:
    if job.workspace_id is None:
        raise ValueError(f"{job.name} needs a workspace")
    async with tx(resources.pool, job.workspace_id) as transaction:
        run_id = await sync_runs.request_run(transaction, kind=kind, trigger="schedule")
    resources.queue.ring_catalog([run_id])


async def _next_run(resources: Resources, job: schedules.Job) -> datetime:
    moment = now()
    match JobName(job.name):
        case JobName.ENSURE_SCHEDULES | JobName.FREE_HOLDS:
            return moment + timedelta(minutes=1)
        case JobName.CLOSE_IDLE | JobName.ABANDON:
            return moment + timedelta(minutes=5)
        case JobName.DELETE_OLD:
            return moment + timedelta(hours=24)
        case JobName.SYNC_SLOTS:
            # Jitter keeps a hundred workspaces from asking one provider in the same second.
            seconds = resources.settings.timing.slots_interval_seconds
            return moment + timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311
        case JobName.SYNC_CATALOG:
            return next_night(moment, await _zone(resources, job))


async def _zone(resources: Resources, job: schedules.Job) -> ZoneInfo:
    if job.workspace_id is None:
        raise ValueError(f"{job.name} needs a workspace")
    async with tx(resources.pool, job.workspace_id) as transaction:
        return WorkspaceSettings.model_validate(await accounts.workspace_settings(transaction)).zone


def next_night(moment: datetime, zone: ZoneInfo) -> datetime:
    """The next 03:30 by the business's own clock (a time that every zone has on every day)."""
    local = moment.astimezone(zone)
    day = local.date() if local.time() < _NIGHT else local.date() + timedelta(days=1)
    return datetime.combine(day, _NIGHT, tzinfo=zone)
