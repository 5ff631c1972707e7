"""Who asked for a person: those who wait now, urgent ones first, and everybody who ever did."""

from __future__ import annotations

from aiohttp import web

from bot.console.acting import Acting
from bot.console.exports import every_row
from bot.console.page import Group, Nav, Section, get
from bot.console.wording import caller, cause, counted, state
from db import escalations, read_escalations
from db.read_escalations import STATES
from db.read_pages import Filters

_PAGE = 50
_SHOWN = 200
_ALL = "all"
"""Chosen as a status: waiting, taken and settled ones."""


def _filters(acting: Acting) -> Filters:
    return Filters(
        status=acting.choice("status", STATES),
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
    )


def _now(acting: Acting) -> bool:
    """Whether nothing is asked for: then who waits now."""
    return not any(acting.query.get(name) for name in ("status", "since", "until", "q", "after"))


async def waiting(acting: Acting) -> web.StreamResponse:
    filters, rows, more = _filters(acting), [], None
    if _now(acting):
        rows = await escalations.listing(acting.tx, limit=_SHOWN)
    else:
        page = await read_escalations.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE)
        rows, more = page.rows, page.next
    counts = await read_escalations.counts(acting.tx, filters)
    return acting.render(
        "waiting.html",
        rows=rows,
        next=more,
        now_only=_now(acting),
        statuses=[
            *counted(STATES, counts),
            (_ALL, f"All ({counts.total})"),
        ],
    )


async def waiting_csv(acting: Acting) -> web.StreamResponse:
    header = ("opened", "customer", "why", "times", "what stood so far", "status", "taken", "taken by", "closed",
              "closed by")  # fmt: skip
    if _now(acting):
        found = await escalations.listing(acting.tx, limit=_SHOWN)
    else:
        found = await every_row(acting.tx, read_escalations, _filters(acting))
    rows = [
        (one.opened_at, caller(one.customer_name, one.address), cause(one.cause), one.times, one.summary,
         state(one.status), one.taken_at, one.taken_by, one.closed_at, one.closed_by)
        for one in found
    ]  # fmt: skip
    return acting.csv("waiting", header, rows)


SECTION = Section(
    nav=Nav("escalations", "Waiting", "/waiting", Group.WORK, 15),
    routes=(get("/waiting", waiting), get("/waiting.csv", waiting_csv)),
)
