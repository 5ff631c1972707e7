"""Sync: what the booking system was asked, what came of it, and asking it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.console import live
from bot.console.acting import Acting, Refused, Watching
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get, post, watch
from bot.console.sync_words import KINDS, TRIGGERS, Line, lines, sentence, title
from bot.console.wording import counted, state
from db import read_sync_runs, sync_runs
from db.accounts import provider_account_of
from db.read_sync_runs import STATES, ReadSyncRun, SyncRunFilters
from db.sync_status import sync_state

_PAGE = 25
_UNTAKEN = timedelta(seconds=30)
"""A run that nobody takes for so long: the catalog process is not there."""


@dataclass(frozen=True, slots=True)
class Running:
    """A run that waits or is under way. done, total: of the part that it is at; total 0: not begun."""

    run: ReadSyncRun
    what: str
    done: int
    total: int
    untaken: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """What a refused run would have done. retired: per kind the first names, in every language, and how many more
    there are."""

    run: ReadSyncRun
    lines: list[Line]
    retired: list[tuple[str, list[Mapping[str, str]], int]]


async def runs(acting: Acting) -> web.StreamResponse:
    return acting.render("sync.html", **await _shown(acting))


async def part(acting: Acting) -> web.StreamResponse:
    return acting.fragment("sync_part.html", **await _shown(acting))


def _filters(acting: Acting) -> SyncRunFilters:
    return SyncRunFilters(
        status=acting.choice("status", STATES),
        kind=acting.choice("kind", KINDS),
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
    )


async def _shown(acting: Acting) -> dict[str, Any]:
    filters = _filters(acting)
    counts = await read_sync_runs.counts(acting.tx, filters)
    account = await provider_account_of(acting.tx)
    under_way = await read_sync_runs.open_runs(acting.tx)
    last = await read_sync_runs.last_ended(acting.tx, "full")
    return {
        "provider": account.provider if account else None,
        "fresh": await sync_state(acting.tx, acting.now),
        "running": [_running(acting, one) for one in under_way],
        "busy": {one.kind for one in under_way},
        "refused": _planned(last) if last is not None and last.status == "refused" else None,
        "page": await read_sync_runs.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE),
        "counts": counts,
        "statuses": counted(STATES, counts),
        "kinds": list(KINDS.items()),
        "kind_words": KINDS,
        "triggers": TRIGGERS,
        "lines": lines,
    }


def _running(acting: Acting, run: ReadSyncRun) -> Running:
    told = run.progress
    untaken = run.status == "requested" and acting.now - run.requested_at > _UNTAKEN
    return Running(run, str(told.get("what", "")), told.get("done", 0), told.get("total", 0), untaken)


def _planned(run: ReadSyncRun) -> Planned:
    """Runs that were refused for another reason than what they would have taken away have no plan."""
    planned = run.planned or {}
    counts = planned.get("counts", {})
    retired = [
        (title(kind), names, counts.get(kind, {}).get("retired", 0) - len(names))
        for kind, names in planned.get("retired", {}).items()
    ]
    return Planned(run, lines(counts), retired)


async def news(watching: Watching) -> web.StreamResponse:
    return await live.stream(watching, read_sync_runs.version)


async def ask(acting: Acting) -> web.StreamResponse:
    """Sync now. What is under way already is joined; the catalog process does the work."""
    kind, forced = acting.form.get("kind"), acting.form.get("forced") == "1"
    if kind == "full":
        asked: sync_runs.Kind = "full"
    elif kind == "slots":
        asked = "slots"
    else:
        raise Refused("There is no such sync.")
    if await provider_account_of(acting.tx) is None:
        raise Refused("No booking system is connected to this business, so there is nothing to ask.")
    joined = next((one for one in await read_sync_runs.open_runs(acting.tx) if one.kind == asked), None)
    run_id = await sync_runs.request_run(acting.tx, kind=asked, trigger="operator", forced=forced)
    await acting.audit("sync.asked", str(run_id), kind=asked, forced=forced, joined=joined is not None)
    acting.after_commit(lambda: acting.ports.ring_catalog([run_id]))
    if joined is None:
        return acting.back("/sync", said="Asked for. It begins at once and shows here.")
    if forced and joined.status == "running" and not joined.forced:
        return acting.back(
            "/sync",
            said="A sync is under way that refuses what looks like a loss. Force again if it is refused.",
            good=False,
        )
    return acting.back("/sync", said="Such a sync is under way already; this is the one you see here.")


async def runs_csv(acting: Acting) -> web.StreamResponse:
    header = (
        "asked for",
        "what",
        "by",
        "forced",
        "status",
        "begun",
        "ended",
        "seconds",
        "result",
        "what went wrong",
    )
    rows = [
        (one.requested_at, KINDS[one.kind], TRIGGERS[one.trigger], "yes" if one.forced else "", state(one.status),
         one.started_at, one.finished_at, None if one.seconds is None else f"{one.seconds:.1f}",
         sentence(one.counts), one.error)
        for one in await every_row(acting.tx, read_sync_runs, _filters(acting))
    ]  # fmt: skip
    return acting.csv("sync-runs", header, rows)


SECTION = Section(
    nav=Nav("sync", "Sync", "/sync", Group.RUNNING, 60),
    routes=(
        get("/sync", runs),
        get("/sync/part", part),
        watch("/sync/live", news),
        get("/sync.csv", runs_csv),
        post("/sync/run", ask),
    ),
)
