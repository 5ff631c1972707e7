"""The page of users: inviting, resetting, closing; and whom it reaches."""

from __future__ import annotations

import re

from db import users
from db.users import Role
from tests.sampled import BARBER, DENTAL

HERE = f"/console/w/{BARBER}"


async def test_an_invited_owner_sees_his_business_and_no_other(desk, ann):
    await ann.get(f"{HERE}/users")
    assert (
        "no e-mail address"
        in (await ann.follow(await ann.post(f"{HERE}/users/invite", email="x", back=f"{HERE}/users"))).text
    )
    page = await ann.post(f"{HERE}/users/invite", email="Owner@Example.com", role="client")
    code = re.search(r"/console/invitation#([\w-]{43})<", page.text)[1]
    listed = await ann.get(f"{HERE}/users")
    assert "owner@example.com" in listed.text
    assert code not in listed.text
    async with desk.browser() as browser:
        await browser.get("/console/invitation")
        given = {"code": code, "name": "Olga Owner", "password": "a horse in the rain"}
        page = await browser.follow(await browser.post("/console/invitation", **given))
        assert page.url.path == f"{HERE}/"
        assert (await browser.get(f"/console/w/{DENTAL}/")).status_code == 404
        assert (await browser.get(f"{HERE}/users")).status_code == 403


async def test_a_reset_hands_out_a_password_once_and_ends_every_session(desk, ann):
    user_id = await desk.user("carl@example.com", Role.CLIENT, BARBER)
    async with desk.signed_in("carl@example.com") as carl:
        await ann.get(f"{HERE}/users")
        page = await ann.post(f"{HERE}/users/{user_id}/reset")
        password = re.search(r"<code dir=\"ltr\">(\w{4}-\w{4}-\w{4})</code>", page.text)[1]
        assert (await carl.get(f"{HERE}/")).status_code == 303
        assert (await carl.sign_in("carl@example.com")).status_code == 422
        assert (
            "Choose a password" in (await carl.follow(await carl.sign_in("carl@example.com", password))).text
        )


async def test_a_closed_account_is_signed_out_at_once_and_may_be_opened_again(desk, ann):
    user_id = await desk.user("carl@example.com", Role.CLIENT, BARBER)
    async with desk.signed_in("carl@example.com") as carl:
        await ann.get(f"{HERE}/users")
        await ann.post(f"{HERE}/users/{user_id}/disable")
        assert (await carl.get(f"{HERE}/")).status_code == 303
        assert (await carl.sign_in("carl@example.com")).status_code == 422
        await ann.post(f"{HERE}/users/{user_id}/enable")
        assert (await carl.sign_in("carl@example.com")).status_code == 303


async def test_nobody_closes_his_own_account_or_reaches_another_clients_people(desk, ann):
    me = await users.find(desk.pool, email="ann@example.com")
    stranger = await desk.user("dora@example.com", Role.CLIENT, DENTAL)
    await ann.get(f"{HERE}/users")
    answer = await ann.post(f"{HERE}/users/{me.id}/disable", back=f"{HERE}/users")
    assert "That is you" in (await ann.follow(answer)).text
    assert (await ann.post(f"{HERE}/users/{stranger}/reset")).status_code == 404
    assert "dora@example.com" not in (await ann.get(f"{HERE}/users")).text
