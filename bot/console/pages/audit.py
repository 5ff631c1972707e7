"""Who did what in this business: changes by people in the console, by commands and by tokens. Read only.

The agency also reads what concerns no business: signing in, its own people, tokens.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from aiohttp import web

from bot.console.acting import Acting
from bot.console.exports import every_row
from bot.console.page import Section, get
from db import read_audit
from db.read_audit import AuditEntry
from db.read_pages import Filters, Kind

_PAGE = 50
_LONGEST = 200
_PAGES = {"booking": "/bookings/", "lead": "/leads/", "handoff": "/handoffs/", "customer": "/customers/"}
"""Where an entry's subject has a page of its own."""


def _filters(acting: Acting) -> Filters:
    return Filters(
        status=acting.query.get("about", "")[:80] or None,
        since=acting.day("since"),
        until=acting.day("until", end=True),
        search=acting.search(),
    )


async def entries(acting: Acting) -> web.StreamResponse:
    return await _page(acting, read_audit, "/audit")


async def of_installation(acting: Acting) -> web.StreamResponse:
    return await _page(acting, read_audit.INSTALLATION, "/audit/installation")


async def _page(acting: Acting, kind: Kind[Filters, AuditEntry], place: str) -> web.StreamResponse:
    filters = _filters(acting)
    page = await kind.listing(acting.tx, filters, after=acting.cursor(), limit=_PAGE)
    counts = await kind.counts(acting.tx, filters)
    return acting.render(
        "audit.html",
        page=page,
        areas=[(one, f"{one.capitalize()} ({count})") for one, count in sorted(counts.by_status.items())],
        who=who,
        what=what,
        told=told,
        path=subject_path,
        place=place,
    )


async def entries_csv(acting: Acting) -> web.StreamResponse:
    return await _file(acting, read_audit, "audit", acting.workspace.key)


async def installation_csv(acting: Acting) -> web.StreamResponse:
    return await _file(acting, read_audit.INSTALLATION, "audit-of-the-installation", "")


async def _file(
    acting: Acting, kind: Kind[Filters, AuditEntry], name: str, workspace: str
) -> web.StreamResponse:
    header = ("when", "who", "what", "about", "detail", "workspace")
    rows = [
        (one.at, who(one), what(one), one.subject, told(one.detail), workspace)
        for one in await every_row(acting.tx, kind, _filters(acting))
    ]
    return acting.csv(name, header, rows)


def who(one: AuditEntry) -> str:
    """An address, or what it was done with: `command ann`, `token fd_abc`."""
    kind, _, name = one.actor.partition(":")
    return name if kind == "user" and name else " ".join(filter(None, (kind, name)))


def what(one: AuditEntry) -> str:
    """`booking.cancelled_there` -> `Booking cancelled there`."""
    return one.action.replace(".", " ").replace("_", " ").capitalize()


def told(detail: dict[str, Any]) -> str:
    """`changed: names, aliases; hidden: true`: short enough for a line. No customer's text is ever in it."""
    text = "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in detail.items())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _value(value: Any) -> str:
    match value:
        case str():
            return value
        case [*each] if all(isinstance(one, str) for one in each):
            return ", ".join(each)
        case dict():
            return ", ".join(f"{name} {_value(one)}" for name, one in value.items())
        case [before, after]:
            return f"{_value(before)} → {_value(after)}"
    return json.dumps(value, ensure_ascii=False)


def subject_path(one: AuditEntry) -> str | None:
    """The page of what it is about, within the workspace."""
    try:
        return f"{_PAGES[one.status]}{UUID(one.subject)}"
    except (KeyError, ValueError):
        return None


SECTION = Section(
    nav=None,
    under="settings",
    routes=(
        get("/audit", entries),
        get("/audit.csv", entries_csv),
        get("/audit/installation", of_installation, agency=True),
        get("/audit/installation.csv", installation_csv, agency=True),
    ),
)
