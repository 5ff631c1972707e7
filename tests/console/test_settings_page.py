"""Settings in the console: saved whole or not at all, never over somebody else's change."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from db import handoffs
from db.secrets import SecretBox
from tests.console.desk import Browser, Desk
from tests.salon import KEY
from tests.sampled import BARBER

HERE = f"/console/w/{BARBER}/settings"


async def _stored(desk: Desk) -> dict:
    return await desk.pool.fetchval("SELECT settings FROM workspaces WHERE key = $1", BARBER)


class _Fields(HTMLParser):
    """What a browser would send of a page's form that has this action."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action, self._inside, self._select, self._area = action, False, "", ""
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self._inside = given.get("action") == self._action
        elif not self._inside:
            return
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.found[name] = value
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in self.found):
            self.found[self._select] = value
        elif tag == "textarea":
            self._area = name
            self.found[name] = ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data):
        if self._area:
            self.found[self._area] += data


async def _form(browser: Browser, section: str) -> dict[str, str]:
    fields = _Fields(f"{HERE}/{section}")
    fields.feed((await browser.get(f"{HERE}/{section}")).text)
    return {name: value for name, value in fields.found.items() if name not in {"csrf", "back"}}


async def test_a_change_is_saved_once_and_noted(desk, ann):
    form = await _form(ann, "booking")
    assert form["lead_minutes"]
    answer = await ann.follow(await ann.post(f"{HERE}/booking", **form | {"lead_minutes": "95"}))
    assert "Saved." in answer.text
    assert (await _stored(desk))["lead_minutes"] == 95
    (entry,) = await desk.pool.fetch("SELECT * FROM audit_entries WHERE action = 'settings.changed'")
    assert entry["detail"]["changes"].keys() == {"lead_minutes"}
    stale = await ann.follow(await ann.post(f"{HERE}/booking", **form | {"lead_minutes": "96", "back": HERE}))
    assert "Somebody else changed the settings meanwhile" in stale.text
    assert (await _stored(desk))["lead_minutes"] == 95


@pytest.mark.parametrize(
    "wrong",
    [
        ("page", "external.url", "http://example.com/book", "https"),
        ("page", "external.url", "javascript:alert(1)", "https"),
        ("business", "timezone", "Mars/Olympus", "unknown time zone"),
        ("business", "currency", "XXQ", "unknown currency"),
        ("business", "hours.monday", "9 to 5", "no span such as"),
        ("booking", "lead_minutes", "-5", "greater than or equal to 0"),
        ("booking", "lead_minutes", "soon", "is no number"),
        ("look", "theme.text_color", "nothing", "should match pattern"),
        ("answers", "faq", "- answer: {en: Yes}", "Field required"),
    ],
)
async def test_bad_input_is_said_at_its_field_and_nothing_is_lost(desk, ann, wrong):
    section, path, value, said = wrong
    before = await _stored(desk)
    form = await _form(ann, section)
    answer = await ann.post(f"{HERE}/{section}", **form | {path: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Nothing was saved" in answer.text
    if path != "faq":
        assert f'value="{value}"' in answer.text
    assert await _stored(desk) == before


async def test_external_mode_without_an_address_is_saved_with_a_warning(desk, ann):
    form = await _form(ann, "page")
    answer = await ann.follow(
        await ann.post(f"{HERE}/page", **form | {"external.url": "", "external.service_urls": ""})
    )
    assert "no address is set" in answer.text


async def test_a_signing_secret_is_kept_sealed_and_never_shown(desk, ann):
    await ann.get(f"{HERE}/page")
    short = await ann.follow(await ann.post(f"{HERE}/page/secret", page="square", secret="x", back=HERE))
    assert "8 to 500 characters" in short.text
    answer = await ann.follow(
        await ann.post(f"{HERE}/page/secret", page="square", secret="whisper-it-softly")
    )
    assert "/api/webhooks/external-booking/square/" in answer.text
    assert "whisper-it-softly" not in answer.text
    async with desk.at() as transaction:
        ((_, key),) = await handoffs.accounts_here(transaction)
    row = await handoffs.find_account(desk.pool, "square", key)
    opened = SecretBox([KEY]).open(row.secrets, workspace_id=row.workspace_id, field=row.secret_field)
    assert "whisper-it-softly" in opened.values()
    assert b"whisper" not in row.secrets


async def test_an_unknown_section_is_nothing(ann):
    assert (await ann.get(f"{HERE}/secrets")).status_code == 404
