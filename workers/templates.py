"""Seeding and resetting a template's demo business: settings and calendar, a sync, sample talks."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg
import httpx

from db import accounts, sync_runs
from db import templates as tables
from db.accounts import Saved
from db.ids import new_id
from db.secrets import SecretBox, SecretError
from db.sync_status import last_done_sync
from db.tx import Pool, tx
from seeds.business_import import ImportRefused, import_business
from seeds.demo import BUSINESSES, SeedReport, seed_business
from seeds.samples import Counts, NothingToOffer, write_samples
from seeds.template_file import LoadedTemplate, shipped_templates
from seeds.tint import TINT
from sync.run import CLAIM_SECONDS, SyncStatus
from workers.resources import now
from workers.syncing import perform_run

SYNC_TRIES = 60
SYNC_WAIT_SECONDS = 0.5
_DEMO = {one.key: one for one in (*BUSINESSES, TINT)}
_SAID = {Saved.CREATED: "created", Saved.UPDATED: "updated", Saved.UNCHANGED: "skipped"}


class TemplateRefused(Exception):
    """It can't be done. One plain line for an operator."""


class TemplatesBusy(TemplateRefused):
    """Somebody else seeds or resets right now."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What seeding needs. `sandbox_url`: None: templates that book through a vendor's system can't be seeded."""

    pool: Pool
    box: SecretBox
    http: httpx.AsyncClient
    public_base_url: str
    sandbox_url: str | None = None


@dataclass(slots=True)
class TemplateReport:
    """What was done to one template's workspace, per kind of row."""

    key: str
    workspace_id: UUID
    counts: Counts = field(default_factory=dict)

    def add(self, counts: Counts) -> None:
        for what, found in counts.items():
            self.counts.setdefault(what, Counter()).update(found)

    def total(self, what: str) -> int:
        """`created`, `updated`, `skipped` or `deleted` rows."""
        return sum(found[what] for found in self.counts.values())


def chosen(keys: Sequence[str]) -> list[LoadedTemplate]:
    """The templates of these keys; none: all. Raises TemplateRefused for a key that nobody knows."""
    known = shipped_templates()
    for key in keys:
        if key not in known:
            raise TemplateRefused(f"there is no template {key!r}; known are {', '.join(known)}")
    return [known[key] for key in keys] if keys else list(known.values())


async def seed_templates(
    at: Installation,
    found: Sequence[LoadedTemplate],
    *,
    moment: datetime,
    reset: bool = False,
    done: Callable[[TemplateReport], None] | None = None,
) -> list[TemplateReport]:
    """Brings each template's business to what its file says and gives it its sample talks.

    reset: its talks, bookings and settings are thrown away first; no other workspace is touched.
    done: told of each template as soon as it is finished. Raises TemplatesBusy, TemplateRefused; what was
    finished before stays.
    """
    reports = []
    async with tables.only_one(at.pool) as alone:
        if not alone:
            raise TemplatesBusy("templates are being seeded or reset right now; try again in a moment")
        for one in found:
            report = await _one(at, one, moment=moment, reset=reset)
            reports.append(report)
            if done is not None:
                done(report)
    return reports


async def _one(
    at: Installation, template: LoadedTemplate, *, moment: datetime, reset: bool
) -> TemplateReport:
    try:
        return await _seed(at, template, moment=moment, reset=reset)
    except (
        ImportRefused,
        NothingToOffer,
        SecretError,
        tables.RowRefused,
        asyncpg.IntegrityConstraintViolationError,
    ) as error:
        raise TemplateRefused(f"{template.key}: {error}") from error


async def _seed(
    at: Installation, template: LoadedTemplate, *, moment: datetime, reset: bool
) -> TemplateReport:
    deleted: Counts = {}
    existing = await accounts.find_workspace(at.pool, template.workspace_key)
    if existing is None:
        await _create(at.pool, template)
    else:
        await _refuse_foreign(at.pool, template, existing.id)
        if reset:
            async with tx(at.pool, existing.id) as connection:
                gone = await tables.empty_workspace(connection)
            deleted = {table: Counter(deleted=count) for table, count in gone.items()}
    report = await _business(at, template, reset=reset)
    if existing is None and template.file is not None:
        report.counts["workspaces"] = Counter(created=1)
    report.add(deleted)
    async with tx(at.pool, report.workspace_id) as connection:
        report.add(await write_samples(connection, template, report.workspace_id, now=moment))
        await tables.mark_seeded(
            connection,
            template.key,
            at=moment,
            counts={what: dict(each) for what, each in report.counts.items()},
        )
    return report


async def _create(pool: Pool, template: LoadedTemplate) -> None:
    """With the mark, before anything else: a seeding that breaks off can go on later."""
    if template.file is None:
        return
    async with tx(pool, new_id()) as connection:
        await tables.create_workspace(
            connection,
            template.key,
            key=template.workspace_key,
            name=template.file.business.name,
            settings=template.settings.model_dump(mode="json"),
        )


async def _refuse_foreign(pool: Pool, template: LoadedTemplate, workspace_id: UUID) -> None:
    """A workspace that only shares the key is somebody's real business."""
    marks = await tables.list_templates(pool)
    mark = marks.get(template.key)
    if template.file is not None and (mark is None or mark.workspace_id != workspace_id):
        raise TemplateRefused(
            f"{template.key}: the business {template.workspace_key!r} wasn't made by this template, "
            "so it is left alone"
        )


async def _business(at: Installation, template: LoadedTemplate, *, reset: bool) -> TemplateReport:
    """Workspace, bot, web chat and catalog."""
    if template.file is None:
        return await _demo_business(at, template)
    imported = await import_business(at.pool, template.file, box=at.box, keep_settings=not reset)
    report = TemplateReport(key=template.key, workspace_id=imported.workspace_id)
    for what, counts in imported.counts.items():
        report.counts[what] = Counter({_SAID[saved]: count for saved, count in counts.items()})
    await _sync(
        at, template, report.workspace_id, changed=bool(report.total("created") + report.total("updated"))
    )
    return report


async def _demo_business(at: Installation, template: LoadedTemplate) -> TemplateReport:
    if at.sandbox_url is None:
        raise TemplateRefused(f"{template.key}: books through the sandbox; SANDBOX_URL is missing")
    seeded = SeedReport()
    workspace_id = await seed_business(
        at.pool,
        _DEMO[template.key],
        seeded,
        box=at.box,
        sandbox_url=at.sandbox_url,
        public_base_url=at.public_base_url,
    )
    try:
        answer = await at.http.post(
            f"{at.sandbox_url}/_sandbox/accounts", json={"accounts": seeded.sandbox_accounts}
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise TemplateRefused(
            f"{template.key}: the sandbox at {at.sandbox_url} can't be told its accounts: {type(error).__name__}"
        ) from None
    await _sync(at, template, workspace_id, changed=False)
    report = TemplateReport(key=template.key, workspace_id=workspace_id)
    for what, counts in seeded.counts.items():
        report.counts[what] = Counter({_SAID[saved]: count for saved, count in counts.items()})
    return report


async def _sync(at: Installation, template: LoadedTemplate, workspace_id: UUID, *, changed: bool) -> None:
    """The catalog as the file or the booking system has it. Unchanged: only if there never was a sync."""
    run = None
    for _ in range(SYNC_TRIES):
        async with tx(at.pool, workspace_id) as connection:
            if not changed and await last_done_sync(connection, "full") is not None:
                return
            run = await sync_runs.start_run(
                connection, kind="full", trigger="seed", forced=True, claim_seconds=CLAIM_SECONDS
            )
        if run is not None:
            break
        await asyncio.sleep(SYNC_WAIT_SECONDS)  # the catalog process is at it: it saw the new business first
    if run is None:
        raise TemplateRefused(f"{template.key}: another process is at a sync of it; try again in a moment")
    outcome = await perform_run(at.pool, at.box, at.http, run, now=now())
    if outcome.status is not SyncStatus.DONE:
        raise TemplateRefused(f"{template.key}: not synced: {outcome.error or outcome.status}")
