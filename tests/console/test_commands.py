"""`frontdesk users`, as a person types it, and the demo's first password."""

from __future__ import annotations

import re
from functools import partial

import pytest

from db import users
from db.users import Role
from tests.sampled import BARBER
from tests.terminal import at_a_terminal, typed
from workers.demo_user import DEMO_EMAIL, one_time_password


@pytest.fixture
def frontdesk(desk, demo_dsn, monkeypatch):
    at_a_terminal(monkeypatch, demo_dsn, base_url=desk.url)
    return partial(typed, "users")


async def test_the_first_user_is_invited_from_a_terminal(desk, frontdesk):
    assert "Nobody yet" in (await frontdesk())[1]
    code, said = await frontdesk("invite", "First@Example.com", "--agency")
    assert code == 0
    link = re.search(rf"{re.escape(desk.url)}/console/invitation#([\w-]{{43}})", said)
    async with desk.browser() as browser:
        await browser.get("/console/invitation")
        given = {"code": link[1], "name": "Fiona First", "password": "a horse in the rain"}
        page = await browser.follow(await browser.post("/console/invitation", **given))
        assert "Which business do you act as?" in page.text
    listed = (await frontdesk())[1]
    assert "first@example.com" in listed
    assert "every workspace" in listed


@pytest.mark.parametrize(
    "arguments",
    [
        ("invite", "a@example.com"),
        ("invite", "a@example.com", "--agency", "-w", BARBER),
        ("invite", "no address", "--agency"),
        ("invite", "a@example.com", "-w", "nobody"),
        ("reset", "nobody@example.com"),
        ("disable", "nobody@example.com"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_line(desk, frontdesk, arguments):
    code, said = await frontdesk(*arguments)
    assert code == 2
    assert "Traceback" not in said
    assert await users.invitations(desk.pool, None) == []


async def test_reset_disable_and_enable(desk, frontdesk):
    await desk.user("carl@example.com", Role.CLIENT, BARBER)
    code, said = await frontdesk("reset", "CARL@example.com")
    password = re.search(r"one-time password  (\S+)", said)[1]
    async with desk.browser() as browser:
        assert (
            "Choose a password"
            in (await browser.follow(await browser.sign_in("carl@example.com", password))).text
        )
        assert (code, "can't sign in" in (await frontdesk("disable", "carl@example.com"))[1]) == (0, True)
        assert (await browser.get("/console/password")).headers["location"].startswith("/console/sign-in")
    assert "disabled" in (await frontdesk("list", BARBER))[1]
    assert "Nothing changed" in (await frontdesk("disable", "carl@example.com"))[1]
    assert "may sign in" in (await frontdesk("enable", "carl@example.com"))[1]
    entries = await desk.pool.fetch(
        "SELECT action FROM audit_entries WHERE actor LIKE 'command:%' ORDER BY at"
    )
    assert [row["action"] for row in entries] == ["user.reset", "user.disabled", "user.enabled"]


async def test_the_demos_password_is_new_with_every_start_until_one_is_chosen(desk):
    first, second = await one_time_password(desk.pool), await one_time_password(desk.pool)
    assert first != second
    async with desk.browser() as browser:
        await browser.get("/console/sign-in")
        assert (await browser.sign_in(DEMO_EMAIL, first)).status_code == 422
        await browser.sign_in(DEMO_EMAIL, second)
        await browser.post("/console/password", password="a horse in the rain")
    assert await one_time_password(desk.pool) is None
