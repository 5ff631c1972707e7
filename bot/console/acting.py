"""What a handler of the console gets in hand: who asks, what he acts as, an open transaction of that workspace.

A handler can't be called without having been let in (bot/console/gate.py), so nobody can forget to ask.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.console import cookies, exports
from bot.console.ports import ConsolePorts
from bot.console.rendering import Renderer, Said, html
from db import audit
from db.console_sessions import SessionRow
from db.read_pages import Cursor
from db.tx import Tx, tx
from db.users import Role

UTC_ZONE = ZoneInfo("UTC")
FRAGMENT_OF = "X-Fragment"
"""Header of a request for a part of a page: the page's own address."""


class NotFound(Exception):
    """There is no such thing in this workspace: answered 404."""


class Refused(Exception):
    """It can't be done, and the message says why in a sentence for the user, who reads it where he came from."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the user acts as."""

    id: UUID
    key: str
    name: str
    zone: ZoneInfo
    currency: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation."""

    key: str
    title: str
    url: str
    group: str
    here: bool


@dataclass(slots=True)
class Visit:
    """A request of whoever it is: signing in, invitations."""

    request: web.Request
    ports: ConsolePorts
    renderer: Renderer
    csrf: str
    form: Mapping[str, str]
    """The fields of a POST, stripped. Empty for a GET."""

    @property
    def now(self) -> datetime:
        return self.ports.clock()

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    @property
    def here(self) -> str:
        """This page's address with its filters: where a form leads back to.

        The script that fetches a part of a page says which page it is for.
        """
        return cookies.own_path(self.request.headers.get(FRAGMENT_OF)) or self.request.path_qs

    def render(self, template: str, /, *, status: int = 200, **context: Any) -> web.Response:
        """A page. What was said with the last redirect is shown on it."""
        said = cookies.read_said(self.request, self.ports)
        response = html(
            self.renderer.text(template, {**self.common(), "said": said, **context}), status=status
        )
        if said is not None:
            cookies.forget_said(response, self.ports)
        return response

    def fragment(self, template: str, /, **context: Any) -> web.Response:
        """A part of a page, for the script that keeps it fresh."""
        return html(self.renderer.text(template, {**self.common(), "said": None, **context}))

    def leave(self, url: str, *, said: str = "", good: bool = True) -> web.Response:
        """303 to an address of the console."""
        response = web.Response(status=303, headers={"Location": url, "Cache-Control": "no-store"})
        if said:
            cookies.keep_said(response, Said(said, good), self.ports)
        return response

    def common(self) -> dict[str, Any]:
        return {
            "csrf": self.csrf,
            "here": self.here,
            "now": self.now,
            "zone": UTC_ZONE,
            "user": None,
            "workspace": None,
            "demo": self.ports.second_factor_may_wait,
        }


@dataclass(slots=True)
class Signed(Visit):
    """A request of somebody who is signed in, about himself."""

    session: SessionRow
    session_hash: bytes = field(repr=False)

    @property
    def label(self) -> str:
        """Who it is, for records that people read."""
        return self.session.name or self.session.email

    @property
    def actor(self) -> str:
        """Who it is, for the audit."""
        return f"user:{self.session.email}"

    @property
    def agency(self) -> bool:
        return self.session.role is Role.AGENCY

    def common(self) -> dict[str, Any]:
        return {**Visit.common(self), "user": self.session, "agency": self.agency, "label": self.label}


@dataclass(slots=True)
class _Within(Signed):
    workspace: Workspace
    navigation: Sequence[Entry]

    def to(self, path: str, **query: object) -> str:
        """The address of a page of this workspace. None and empty values are left out."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return f"/console/w/{self.workspace.key}{path}" + (
            f"?{urlencode(given, doseq=True)}" if given else ""
        )

    def again(self, **changes: object) -> str:
        """This page's address with other filters: a value replaces, None takes away."""
        page = urlsplit(self.here)
        kept: dict[str, object] = {**dict(parse_qsl(page.query)), **changes}
        given = {name: value for name, value in kept.items() if value not in (None, "")}
        return page.path + (f"?{urlencode(given, doseq=True)}" if given else "")

    def cursor(self, name: str = "after") -> Cursor | None:
        """Where the wanted page of a list begins. What no page gave out means the first."""
        try:
            return Cursor.parse(self.query[name]) if self.query.get(name) else None
        except ValueError:
            return None

    def choice(self, name: str, allowed: Collection[str]) -> str | None:
        """A filter's value, if it is one that exists; None: it doesn't narrow."""
        value = self.query.get(name, "")
        return value if value in allowed else None

    def search(self, name: str = "q") -> str | None:
        return self.query.get(name, "").strip()[:100] or None

    def day(self, name: str, *, end: bool = False) -> datetime | None:
        """When a filter's date (2026-11-21) begins in the workspace's zone; end: when it is over."""
        try:
            day = date.fromisoformat(self.query.get(name, ""))
        except ValueError:
            return None
        return datetime.combine(day + timedelta(days=1) if end else day, time(), self.workspace.zone)

    def today(self) -> datetime:
        """When this day began in the workspace's zone."""
        return datetime.combine(self.now.astimezone(self.workspace.zone).date(), time(), self.workspace.zone)

    def id(self, name: str) -> UUID:
        """An id in the path. Raises NotFound for what can't be one."""
        try:
            return UUID(self.request.match_info[name])
        except ValueError:
            raise NotFound from None

    def common(self) -> dict[str, Any]:
        return {
            **Signed.common(self),
            "workspace": self.workspace,
            "zone": self.workspace.zone,
            "navigation": [
                (group, list(entries)) for group, entries in groupby(self.navigation, lambda one: one.group)
            ],
            "to": self.to,
            "again": self.again,
            "query": dict(parse_qsl(urlsplit(self.here).query)),
        }


@dataclass(slots=True)
class Acting(_Within):
    """A request about one workspace, in a transaction of it that commits when the handler returns."""

    tx: Tx
    _afterwards: list[Callable[[], object]] = field(default_factory=list)

    def redirect(self, path: str, *, said: str = "", good: bool = True, **query: object) -> web.Response:
        """303 to a page of this workspace, with a sentence that is shown there once."""
        return self.leave(self.to(path, **query), said=said, good=good)

    def back(self, path: str, *, said: str = "", good: bool = True) -> web.Response:
        """303 to where the form stood (with its filters), else to `path`."""
        return self.leave(cookies.own_path(self.form.get("back")) or self.to(path), said=said, good=good)

    def csv(self, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> web.Response:
        """A file for a spreadsheet; no cell of it is a formula. name: without .csv."""
        return exports.csv_answer(f"{self.workspace.key}-{name}", header, rows, zone=self.workspace.zone)

    async def audit(self, action: str, subject: str = "", **detail: Any) -> None:
        """Writes down who did what in this workspace, in the same transaction. No customer's data in `detail`."""
        await audit.record(
            self.tx,
            workspace_id=self.workspace.id,
            actor=self.actor,
            action=action,
            subject=subject,
            detail=detail,
        )

    def after_commit(self, call: Callable[[], object]) -> None:
        """Runs it once what was done here is in the tables: ringing a bell, telling open pages."""
        self._afterwards.append(call)

    def committed(self) -> None:
        for call in self._afterwards:
            call()


@dataclass(slots=True)
class Watching(_Within):
    """A page that stays open: no transaction is held while it waits."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A short one of this workspace."""
        async with tx(self.ports.pool, self.workspace.id) as transaction:
            yield transaction
