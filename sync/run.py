"""One sync run from claim to end: pull, plan, apply, and what an operator hears of it.

Everything is pulled before anything is written, and everything is written in one transaction, so conversations
see the old catalog with its frames or the new one with its, and a process that dies leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from db import catalog_changes, errors, failpoints, sync_runs
from db.failures import DATABASE_FAILURES
from db.sync_runs import Ending, SyncRunRow
from db.tx import Pool, Tx, tx
from providers.contract import BookingProvider, CatalogRecord
from providers.outcome import CallFailure
from sync.apply import apply_catalog, apply_frames
from sync.plan import CatalogPlan, PlanRefused, make_plan
from sync.pull import Progress, PulledFrames, days_from, pull_frames, stored_record

CLAIM_SECONDS = 180.0
"""How long a run stays with a process that died; a living one renews it at a third."""
GIVE_UP_AFTER = timedelta(hours=1)
"""A run that is still being taken up again so long after its first start kills whoever takes it."""
NOTES_KEPT = 50
TELL_SECONDS = 1.0
"""How often a run says how far it has come. A new part of it is said at once."""
FAILED, REFUSED = "sync_failed", "sync_refused"


class SyncStatus(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SyncRules:
    """What a business's settings say about its syncs."""

    zone: ZoneInfo
    currency: str
    horizon_days: int
    service_drop_limit: float


@dataclass(frozen=True, slots=True)
class SyncSource:
    """A business's booking system and the rules for reading it."""

    provider: BookingProvider
    rules: SyncRules


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    status: SyncStatus
    counts: dict[str, Any]
    error: str | None = None
    news: bool = False
    """A failure that wasn't known yet, or the first success after one: worth a line in the log."""


class RunLost(RuntimeError):
    """Another process has finished this run; nothing of ours was written."""


async def run_sync(
    pool: Pool,
    run: SyncRunRow,
    connect: Callable[[], Awaitable[SyncSource]],
    *,
    now: datetime,
    days: int | None = None,
    progress: Progress | None = None,
) -> SyncOutcome:
    """Performs a run that this process has claimed.

    connect: finds the booking system; may raise CallFailure in an operator's words.
    days: of frames to pull, from the business's today; by default as far as it may be booked ahead.
    Raises RunLost, or whatever else went wrong that is neither the provider's nor the plan's doing, after
    writing down that the run failed. Cancelled: the run is given back.
    """
    clock = asyncio.get_running_loop().time
    started = told_at = clock()
    told = ""

    async def moved(what: str, done: int, total: int) -> None:
        nonlocal told, told_at
        if what != told or clock() - told_at >= TELL_SECONDS:
            told, told_at = what, clock()
            async with tx(pool, run.workspace_id) as connection:
                if not await sync_runs.move_on(
                    connection, run.id, what=what, done=done, total=total, claim_seconds=CLAIM_SECONDS
                ):
                    raise RunLost(f"sync run {run.id}")
        if progress is not None:
            await progress(what, done, total)

    keeping = asyncio.create_task(_keep_claim(pool, run), name="keep-claim")
    try:
        if run.started_at is not None and now - run.started_at > GIVE_UP_AFTER:
            return await _end_badly(
                pool, run, SyncStatus.FAILED, "The sync never came to an end; its process died each time."
            )
        source = await connect()
        catalog, pulled = await _pull(pool, run, source, now=now, days=days, moved=moved)
        await failpoints.hit("sync.before_apply")
        return await _write(pool, run, source.rules, catalog, pulled, started=started)
    except CallFailure as failure:
        text = f"The booking system can't be read: {failure.detail} ({failure.code})"
        return await _end_badly(pool, run, SyncStatus.FAILED, text, code=failure.code)
    except PlanRefused as refused:
        return await _end_badly(pool, run, SyncStatus.REFUSED, str(refused), planned=refused.planned)
    except RunLost:
        raise
    except asyncio.CancelledError:
        async with tx(pool, run.workspace_id) as connection:
            await sync_runs.give_back_run(connection, run.id)
        raise
    except Exception as error:
        text = f"The sync broke off: {type(error).__name__}"
        await _end_badly(pool, run, SyncStatus.FAILED, text)
        raise
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep_claim(pool: Pool, run: SyncRunRow) -> None:
    """Renews the claim however long one answer of the booking system takes."""
    while True:
        await asyncio.sleep(CLAIM_SECONDS / 3)
        try:
            async with tx(pool, run.workspace_id) as connection:
                await sync_runs.extend_claim(connection, run.id, claim_seconds=CLAIM_SECONDS)
        except DATABASE_FAILURES:
            continue  # if it lasts, the run itself meets it and says so


async def _pull(
    pool: Pool,
    run: SyncRunRow,
    source: SyncSource,
    *,
    now: datetime,
    days: int | None,
    moved: Progress,
) -> tuple[CatalogRecord | None, PulledFrames]:
    """The catalog (None: only frames were asked for) and the frames."""
    provider, rules = source.provider, source.rules
    today = now.astimezone(rules.zone).date()
    if run.kind == "full":
        await moved("catalog", 0, 1)
        catalog = await provider.pull_catalog(today=today)
        await moved("catalog", 1, 1)
    else:
        async with tx(pool, run.workspace_id) as connection:
            stored = await catalog_changes.load_stored(connection)
        catalog = stored_record(stored, rules.currency)
    frames = await pull_frames(
        provider,
        catalog,
        # The last day that a customer may ask for is the horizon's own: one more than its count from today.
        days=days_from(today, days or rules.horizon_days + 1),
        zone=rules.zone,
        progress=moved,
    )
    return (catalog if run.kind == "full" else None), frames


async def _write(
    pool: Pool,
    run: SyncRunRow,
    rules: SyncRules,
    catalog: CatalogRecord | None,
    pulled: PulledFrames,
    *,
    started: float,
) -> SyncOutcome:
    async with tx(pool, run.workspace_id) as connection:
        await catalog_changes.lock_catalog(connection)
        counts: dict[str, Any] = {}
        plan = None
        if catalog is not None:
            plan = make_plan(
                catalog,
                await catalog_changes.load_stored(connection),
                currency=rules.currency,
                service_drop_limit=rules.service_drop_limit,
                forced=run.forced,
            )
            await apply_catalog(connection, plan)
            counts |= plan.counts()
        slots, strangers = await apply_frames(connection, pulled)
        counts["slots"] = {
            "created": slots.created,
            "refreshed": slots.refreshed,
            "deleted": slots.deleted,
        }
        if pulled.location_external_ids:
            counts["frames_until"] = pulled.ends_at.isoformat()
        counts["notes"] = _notes(plan, pulled, strangers)
        counts["duration_ms"] = round((asyncio.get_running_loop().time() - started) * 1000)
        recovered = await _end_well(connection, run, counts)
        await failpoints.hit("sync.before_commit")
    return SyncOutcome(SyncStatus.DONE, counts, news=recovered)


def _notes(plan: CatalogPlan | None, pulled: PulledFrames, strangers: int) -> list[str]:
    notes = list(plan.notes) if plan is not None else []
    if not pulled.location_external_ids:
        notes.append("there is no catalog yet to pull free times for: a full sync is needed first")
    if strangers:
        notes.append(f"{strangers} free times belong to nobody in the catalog and were left out")
    if pulled.outside:
        notes.append(f"{pulled.outside} free times lie outside the days asked for and were left out")
    return notes[:NOTES_KEPT]


async def _end_well(connection: Tx, run: SyncRunRow, counts: dict[str, Any]) -> bool:
    """True if this ends a time of failures. A full sync reads all that a sync of free times reads."""
    if not await sync_runs.finish_run(connection, run.id, status="done", counts=counts):
        raise RunLost(f"sync run {run.id}")
    closed = 0
    for kind in (FAILED, REFUSED):
        for fingerprint in ("full", "slots") if run.kind == "full" else ("slots",):
            closed += await errors.resolve(
                connection,
                workspace_id=run.workspace_id,
                kind=kind,
                fingerprint=fingerprint,
                resolution="A later sync went through.",
            )
    return closed > 0


async def _end_badly(
    pool: Pool,
    run: SyncRunRow,
    status: SyncStatus,
    text: str,
    *,
    code: str = "",
    planned: dict[str, Any] | None = None,
) -> SyncOutcome:
    ending: Ending = "refused" if status is SyncStatus.REFUSED else "failed"
    async with tx(pool, run.workspace_id) as connection:
        if not await sync_runs.finish_run(
            connection, run.id, status=ending, counts={}, error=text, planned=planned
        ):
            raise RunLost(f"sync run {run.id}")
        news = await errors.record(
            connection,
            workspace_id=run.workspace_id,
            kind=REFUSED if status is SyncStatus.REFUSED else FAILED,
            fingerprint=run.kind,
            summary=text,
            details={"run_id": str(run.id), "kind": run.kind, "code": code},
        )
    return SyncOutcome(status, {}, text, news)
