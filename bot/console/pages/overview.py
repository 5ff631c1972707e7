"""The first page: what happened today, what waits for a person, how far talks get."""

from __future__ import annotations

import calendar
from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from bot.console import charts, live
from bot.console.acting import Acting, Watching
from bot.console.page import Group, Nav, Section, get, watch
from db import escalations, read_costs, read_overview

_PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days"}
_WAITING_SHOWN = 5


async def overview(acting: Acting) -> web.StreamResponse:
    return acting.render("overview.html", **await _numbers(acting))


async def part(acting: Acting) -> web.StreamResponse:
    """The same numbers, for a page that is open already."""
    return acting.fragment("overview_part.html", **await _numbers(acting))


async def chart(acting: Acting) -> web.StreamResponse:
    """Talks, bookings and hand-offs per day (per week over a long time), as a picture. The page has them as a table."""
    days, begun = _period(acting)
    found = await read_overview.days(acting.tx, begun, acting.workspace.zone.key)
    return charts.picture(charts.spread(found, begun.date(), int(days)))


def _period(acting: Acting) -> tuple[str, datetime]:
    """How many days, and when they began in the workspace's zone."""
    days = acting.choice("days", _PERIODS) or "30"
    # By the calendar: a day of the zone may have 23 or 25 hours.
    first = acting.today().date() - timedelta(days=int(days) - 1)
    return days, datetime.combine(first, time(), acting.workspace.zone)


async def _numbers(acting: Acting) -> dict[str, Any]:
    days, begun = _period(acting)
    # First of all: what changes while the rest is read is then news to the page.
    version = await read_overview.version(acting.tx)
    daily = await read_overview.days(acting.tx, begun, acting.workspace.zone.key)
    return {
        "version": version,
        "today": await read_overview.since(acting.tx, acting.today()),
        "waiting": await read_overview.waiting(acting.tx),
        "people": await escalations.listing(acting.tx, limit=_WAITING_SHOWN),
        "funnel": await read_overview.funnel(acting.tx, begun),
        "stopped": await read_overview.stopped(acting.tx, begun, acting.now),
        "full": await read_overview.full(acting.tx, begun),
        "weekdays": calendar.day_name,
        "spent": await read_costs.spent(acting.tx, begun),
        "bars": charts.spread(daily, begun.date(), int(days)),
        "today_date": acting.today().date().isoformat(),
        "begun": begun,
        "days": days,
        "periods": list(_PERIODS.items()),
    }


async def news(watching: Watching) -> web.StreamResponse:
    return await live.stream(watching, read_overview.version)


SECTION = Section(
    nav=Nav("overview", "Overview", "/", Group.WORK, 10),
    routes=(
        get("/", overview),
        get("/overview/part", part),
        get("/overview/chart.svg", chart),
        watch("/overview/live", news),
    ),
)
