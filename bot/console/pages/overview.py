"""The first page: what happened today, what waits for a person, how far talks get."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.console import live
from bot.console.acting import Acting, Watching
from bot.console.page import Group, Nav, Section, get, watch
from db import escalations, read_overview

_PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days"}
_WAITING_SHOWN = 5


async def overview(acting: Acting) -> web.StreamResponse:
    return acting.render("overview.html", **await _numbers(acting))


async def part(acting: Acting) -> web.StreamResponse:
    """The same numbers, for a page that is open already."""
    return acting.fragment("overview_part.html", **await _numbers(acting))


async def _numbers(acting: Acting) -> dict[str, Any]:
    days = acting.choice("days", _PERIODS) or "30"
    begun = acting.today() - timedelta(days=int(days) - 1)
    return {
        "today": await read_overview.since(acting.tx, acting.today()),
        "waiting": await read_overview.waiting(acting.tx),
        "people": await escalations.listing(acting.tx, limit=_WAITING_SHOWN),
        "funnel": await read_overview.funnel(acting.tx, begun),
        "today_date": acting.today().date().isoformat(),
        "begun": begun,
        "days": days,
        "periods": list(_PERIODS.items()),
    }


async def news(watching: Watching) -> web.StreamResponse:
    return await live.stream(watching, read_overview.version)


SECTION = Section(
    nav=Nav("overview", "Overview", "/", Group.WORK, 10),
    routes=(get("/", overview), get("/overview/part", part), watch("/overview/live", news)),
)
