"""Who asked for a person, urgent ones first."""

from __future__ import annotations

from aiohttp import web

from bot.console.acting import Acting
from bot.console.page import Group, Nav, Section, get
from db import escalations

_SHOWN = 200


async def waiting(acting: Acting) -> web.StreamResponse:
    closed = acting.query.get("closed") == "1"
    rows = await escalations.listing(acting.tx, include_closed=closed, limit=_SHOWN)
    return acting.render("waiting.html", rows=rows, closed=closed)


SECTION = Section(
    nav=Nav("escalations", "Waiting", "/waiting", Group.WORK, 15), routes=(get("/waiting", waiting),)
)
