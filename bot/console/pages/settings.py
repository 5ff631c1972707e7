"""Settings: every one of them in a form, what is wrong with how they are set, and the completion webhook's secret."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from aiohttp import web

from bot import settings_check
from bot.console.acting import Acting, Refused
from bot.console.page import Group, Handler, Nav, Section, get, post
from bot.console.settings_form import (
    SECTIONS,
    Control,
    SettingsSection,
    changed,
    controls,
    refused,
)
from bot.console.settings_words import about
from bot.settings_check import Finding
from bot.settings_edit import Problem, SettingsRefused, changes, parsed
from bot.web.handoff.completions import SECRET, webhook_address
from bot.workspace import WorkspaceSettings
from db import handoffs, workspace_settings
from db.catalog import load_catalog
from providers.handoff.pages import PAGES

_COMMAND = re.compile(r" \((?:frontdesk [^)]*|import-business)\)")
_BROKEN = "What is stored isn't readable as settings any more; change it with frontdesk settings."


def _shows(here: SettingsSection) -> Handler:
    async def show(acting: Acting) -> web.StreamResponse:
        return await _page(acting, here)

    return show


async def _page(acting: Acting, here: SettingsSection) -> web.StreamResponse:
    stored = await workspace_settings.load(acting.tx)
    current = _parsed(stored.settings)
    shown = controls(current, here, pages=_pages(here), services=await _services(acting, here))
    return await _shown(acting, here, shown, current, stored.updated_at)


async def _services(acting: Acting, here: SettingsSection) -> dict[str, str]:
    """Names by the booking system's number, where a setting of the section names services by it."""
    stored = await load_catalog(acting.tx) if here.key in {"booking", "page"} else None
    found = stored["services"] if stored else ()
    return {row["external_id"]: row["names"].get("en") or next(iter(row["names"].values())) for row in found}


def _parsed(stored: dict[str, object]) -> WorkspaceSettings:
    try:
        return parsed(stored)
    except SettingsRefused as error:
        raise Refused(_BROKEN) from error


def _pages(here: SettingsSection) -> Sequence[tuple[str, str]]:
    return [(key, page.title or "Website") for key, page in PAGES.items()] if here.key == "page" else ()


async def _shown(
    acting: Acting,
    here: SettingsSection,
    shown: Sequence[Control],
    current: WorkspaceSettings,
    read_at: datetime,
    *,
    trouble: Sequence[str] = (),
    status: int = 200,
) -> web.StreamResponse:
    return acting.render(
        "settings.html",
        status=status,
        sections=SECTIONS,
        section=here,
        controls=shown,
        groups=[(heading, list(some)) for heading, some in groupby(shown, lambda one: one.group)],
        about=about,
        section_at=_section_at,
        plainly=_plainly,
        findings=await _findings(acting, current),
        trouble=trouble,
        read_at=read_at.isoformat(),
        signed_pages=[(key, page.title) for key, page in PAGES.items() if page.completions is not None],
        webhooks=await _webhooks(acting) if here.key == "page" else [],
    )


def _section_at(path: str) -> str:
    """The key of the section where a finding's setting stands."""
    return next((one.key for one in SECTIONS if path.partition(".")[0] in one.roots), SECTIONS[0].key)


def _plainly(message: str) -> str:
    """Without the command that would help in a terminal."""
    return _COMMAND.sub("", message)


async def _findings(acting: Acting, current: WorkspaceSettings) -> list[Finding]:
    stored = await workspace_settings.beside(acting.tx)
    return settings_check.check(current, settings_check.Beside.of(stored, mail_service=acting.ports.mails))


async def _webhooks(acting: Acting) -> list[tuple[str, str]]:
    """Title of a page whose secret is set, and the address to register there."""
    return [
        (PAGES[page].title, webhook_address(acting.ports.public_base_url, page, key))
        for page, key in await handoffs.accounts_here(acting.tx)
        if page in PAGES
    ]


def _saves(here: SettingsSection) -> Handler:
    async def save(acting: Acting) -> web.StreamResponse:
        return await _save(acting, here)

    return save


async def _save(acting: Acting, here: SettingsSection) -> web.StreamResponse:
    """All of a section or nothing; what somebody else changed meanwhile is never overwritten."""
    stored = await workspace_settings.load(acting.tx)
    before = _parsed(stored.settings)
    try:
        after = parsed(changed(before, here, acting.form))
    except SettingsRefused as error:
        return await _wrong(acting, here, before, stored.updated_at, error.problems)
    differing = changes(before, after)
    if not differing:
        return acting.redirect(f"/settings/{here.key}", said="That is how it is set already.")
    try:
        read_at = datetime.fromisoformat(acting.form.get("read_at", ""))
    except ValueError:
        raise Refused("The form is incomplete; open the page again.") from None
    if not await workspace_settings.save(acting.tx, after.model_dump(mode="json"), read_at=read_at):
        raise Refused("Somebody else changed the settings meanwhile. Look at them and try again.")
    await acting.audit("settings.changed", here.key, changes=differing)
    return acting.redirect(
        f"/settings/{here.key}", said="Saved. It counts from every conversation's next turn on."
    )


async def _wrong(
    acting: Acting,
    here: SettingsSection,
    before: WorkspaceSettings,
    read_at: datetime,
    problems: Sequence[Problem],
) -> web.StreamResponse:
    shown, rest = refused(controls(before, here, pages=_pages(here)), acting.form, problems)
    return await _shown(
        acting,
        here,
        shown,
        before,
        read_at,
        trouble=["Nothing was saved: see what is marked.", *rest],
        status=422,
    )


async def set_secret(acting: Acting) -> web.StreamResponse:
    """Written and never shown again. Without one the page's reports are turned away."""
    page, secret = acting.form.get("page", ""), acting.form.get("secret", "")
    if page not in PAGES or PAGES[page].completions is None:
        raise Refused("This booking page signs no reports.")
    if not 8 <= len(secret) <= 500:
        raise Refused("A signing secret has 8 to 500 characters.")
    sealed = acting.ports.box.seal(
        {SECRET: secret}, workspace_id=acting.workspace.id, field=handoffs.account_secret_field(page)
    )
    await handoffs.put_account(acting.tx, page=page, account_key=secrets.token_urlsafe(18), secrets=sealed)
    await acting.audit("settings.webhook_secret", page)
    return acting.redirect(
        "/settings/page", said="The secret is kept. Register the address below at the page."
    )


SECTION = Section(
    nav=Nav("settings", "Settings", "/settings", Group.BUSINESS, 80),
    routes=(
        get("/settings", _shows(SECTIONS[0])),
        *(get(f"/settings/{one.key}", _shows(one)) for one in SECTIONS),
        *(post(f"/settings/{one.key}", _saves(one)) for one in SECTIONS),
        post("/settings/page/secret", set_secret),
    ),
)
