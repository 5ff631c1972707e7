"""`/demo`: the demo businesses as their customers would find them. Never in production.

GET /demo                    all of them
GET /demo/{key}              a small page of the business's own with the widget in its corner; ?lang=ar where it has it
GET /demo/{key}/chat         the chat alone, with the details beside it
GET /demo/{key}/colors.css   the business's colors: the pages' policy allows no inline style
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import ValidationError

from bot.catalog import Catalog
from bot.catalog_view import load_catalog
from bot.ports import BotProfile
from bot.theme import readable_on
from bot.web.widget import business
from bot.web.widget.demo_words import WORDS
from bot.web.widget.pages import html, policy, render_chat, templates_of
from bot.workspace import WorkspaceSettings
from db import accounts
from db import templates as tables
from db.tx import Pool, tx

SHOWN_SERVICES = 12


@dataclass(frozen=True, slots=True)
class Demo:
    """A template: what it is called, and which workspace is made of it."""

    key: str
    title: str
    name: str
    workspace_key: str
    bot_key: str
    settings: WorkspaceSettings
    marked: bool
    """Its workspace bears the template's mark; one of the demo's own businesses has none when only the demo made it."""


@dataclass(frozen=True, slots=True)
class _Ready:
    demo: Demo
    workspace_id: UUID
    profile: BotProfile
    catalog: Catalog


class DemoPages:
    """One per web process that isn't a production one."""

    def __init__(self, pool: Pool, demos: Sequence[Demo]) -> None:
        self._pool = pool
        self._demos = {one.key: one for one in demos}
        self._templates = templates_of(Path(__file__).parent)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/demo", self.listing),
            web.get("/demo/colors.css", self.all_colors),
            web.get("/demo/{key}", self.landing),
            web.get("/demo/{key}/chat", self.chat),
            web.get("/demo/{key}/colors.css", self.colors),
        ]

    async def listing(self, _request: web.Request) -> web.Response:
        there = await self._workspaces()
        shown = [
            {
                "key": one.key,
                "title": one.title,
                "name": there[one.key].name if one.key in there else one.name,
                "initials": business.initials(one.name),
                "ready": one.key in there,
                "route": _ROUTES[one.settings.booking_mode.value],
                "arabic": "ar" in one.settings.languages,
            }
            for one in self._demos.values()
        ]
        shown.sort(key=lambda one: (not one["ready"], one["title"]))
        text = self._templates.get_template("demo_list.html").render(language="en", demos=shown)
        return html(text, policy=policy())

    async def landing(self, request: web.Request) -> web.Response:
        found = await self._ready(request)
        settings = found.profile.settings
        language = request.query.get("lang", "")
        if language not in settings.languages:
            language = settings.languages[0]
        other = next((one for one in settings.languages if one != language), "")
        words = WORDS[language]
        seen = business.context(found.profile, found.catalog, language=language)
        looks = business.profile(found.profile)
        services = seen["services"]
        text = self._templates.get_template("demo.html").render(
            key=found.demo.key,
            title=found.demo.title if language == "en" else "",
            name=found.profile.workspace_name,
            initials=looks["initials"],
            workspace=found.demo.workspace_key,
            bot=found.demo.bot_key,
            language=language,
            other=other,
            other_name=WORDS[other]["name"] if other else "",
            words=words,
            greeting=settings.theme.greeting.get(language) or words["lead"],
            services=services[:SHOWN_SERVICES],
            more=max(0, len(services) - SHOWN_SERVICES),
            places=seen["places"],
            faq=_faq(settings, language),
            phone=settings.contact.phone,
            email=settings.contact.email,
        )
        return html(text, policy=policy())

    async def chat(self, request: web.Request) -> web.Response:
        found = await self._ready(request)
        settings = found.profile.settings
        wish = request.query.get("lang", "")
        text = render_chat(
            self._templates,
            title=found.profile.workspace_name,
            workspace=found.demo.workspace_key,
            bot=found.demo.bot_key,
            wish=wish if wish in settings.languages else "",
        )
        return html(text, policy=policy())

    async def colors(self, request: web.Request) -> web.Response:
        demo = self._demo(request)
        found = (await self._workspaces()).get(demo.key)
        return _stylesheet(_colors(":root", found.settings if found else demo.settings))

    async def all_colors(self, _request: web.Request) -> web.Response:
        """The list's: every tile has its own."""
        there = await self._workspaces()
        rules = (
            _colors(f".t-{key}", there[key].settings if key in there else one.settings)
            for key, one in self._demos.items()
        )
        return _stylesheet("\n".join(rules))

    def _demo(self, request: web.Request) -> Demo:
        demo = self._demos.get(request.match_info["key"])
        if demo is None:
            raise web.HTTPNotFound(text="there is no such demo; /demo lists them all")
        return demo

    async def _workspaces(self) -> dict[str, _Known]:
        """Those that are there, by template. A real business that only has the same key is none of them."""
        marks = await tables.list_templates(self._pool)
        rows = {row.key: row for row in await accounts.list_workspaces(self._pool)}
        found: dict[str, _Known] = {}
        for key, one in self._demos.items():
            row, mark = rows.get(one.workspace_key), marks.get(key)
            if row is None or (one.marked and (mark is None or mark.workspace_id != row.id)):
                continue
            found[key] = _Known(row.id, row.name, _settings(row.settings) or one.settings)
        return found

    async def _ready(self, request: web.Request) -> _Ready:
        demo = self._demo(request)
        known = (await self._workspaces()).get(demo.key)
        if known is None:
            raise web.HTTPNotFound(text=f"not set up yet: frontdesk seed {demo.key}")
        async with tx(self._pool, known.id) as transaction:
            catalog = await load_catalog(transaction, known.id)
        profile = BotProfile(workspace_name=known.name, settings=known.settings, form=())
        return _Ready(demo, known.id, profile, catalog)


@dataclass(frozen=True, slots=True)
class _Known:
    id: UUID
    name: str
    settings: WorkspaceSettings


_ROUTES: Mapping[str, str] = {
    "external": "Books on its own booking page",
    "provider": "Books through its booking system",
    "internal": "Books in its own calendar",
}


def _settings(stored: dict[str, Any]) -> WorkspaceSettings | None:
    """None: they can't be read; the console says why."""
    try:
        return WorkspaceSettings.model_validate(stored)
    except ValidationError:
        return None


def _faq(settings: WorkspaceSettings, language: str) -> list[tuple[str, str]]:
    """The first wording of each question with its answer, in this language only."""
    return [
        (entry.questions[language][0], entry.answer[language])
        for entry in settings.faq
        if entry.questions.get(language) and language in entry.answer
    ]


def _colors(selector: str, settings: WorkspaceSettings) -> str:
    """Theme colors are checked to be `#rrggbb` (bot/theme.py), so nothing else can get into the sheet."""
    theme = settings.theme
    ink = readable_on(business.LIGHT_GROUND, theme.color)
    dark = readable_on(business.DARK_GROUND, theme.color)
    return f"{selector}{{--color:{theme.color};--on:{theme.text_color};--ink-light:{ink};--ink-dark:{dark}}}"


def _stylesheet(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/css", headers={"Cache-Control": "no-cache"})
