"""What the console is made of: sections with an entry in the navigation and routes. How to add one: this package's
docstring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from bot.console.acting import Acting, Watching

Handler = Callable[[Acting], Awaitable[web.StreamResponse]]
Watcher = Callable[[Watching], Awaitable[web.StreamResponse]]


class Group(StrEnum):
    """Headings of the navigation, in their order."""

    WORK = "Work"
    BUSINESS = "Business"
    RUNNING = "Running"


@dataclass(frozen=True, slots=True)
class Nav:
    """An entry of the navigation. `key` is also its icon's name in static/icons.svg."""

    key: str
    title: str
    path: str
    group: Group
    order: int


@dataclass(frozen=True, slots=True)
class Route:
    """An address under /console/w/{workspace} and what answers it."""

    method: str
    path: str
    handler: Handler
    agency: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """An address that stays open for as long as somebody looks; what answers it opens transactions itself."""

    path: str
    watcher: Watcher
    agency: bool = False

    @property
    def method(self) -> str:
        return "GET"


@dataclass(frozen=True, slots=True)
class Section:
    """What one file of bot/console/pages adds."""

    nav: Nav | None
    routes: tuple[Route | Stream, ...]
    under: str = ""
    """Without an entry of its own: the key of the entry that its pages belong to."""
    agency: bool = False
    """Only for the agency: clients neither see the entry nor get an answer."""


def get(path: str, handler: Handler, *, agency: bool = False) -> Route:
    """A page, a part of one, or a file. Changes nothing."""
    return Route("GET", path, handler, agency=agency)


def post(path: str, handler: Handler, *, agency: bool = False) -> Route:
    """Something that changes something. The CSRF token was checked when the handler runs."""
    return Route("POST", path, handler, agency=agency)


def watch(path: str, watcher: Watcher, *, agency: bool = False) -> Stream:
    """A stream of events for a page that lives (bot/console/live.py)."""
    return Stream(path, watcher, agency=agency)
