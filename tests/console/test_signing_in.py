"""Signing in to the console: passwords, codes, sessions, invitations, and everybody who shouldn't."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.console import cookies, second_factor
from db import users
from db.secrets import SecretBox
from db.users import Role
from tests.console.desk import CHEAP, PASSWORD, code_of, open_desk
from tests.console.two_businesses import pool
from tests.salon import KEY
from tests.sampled import BARBER
from workers.resources import now

__all__ = ["pool"]

WRONG = "don&#39;t go together"
BOX = SecretBox([KEY])


async def set_up_totp(desk, user_id) -> tuple[str, list[str]]:
    """A user with a confirmed second factor: its secret and recovery codes."""
    secret, codes = second_factor.new_secret(), second_factor.new_recovery_codes()
    await users.offer_totp(desk.pool, user_id, second_factor.seal(BOX, user_id, secret))
    assert await users.confirm_totp(desk.pool, user_id, 1, second_factor.digests(user_id, codes))
    return secret, codes


async def outcomes(desk) -> list[str]:
    return [
        row["outcome"] for row in await desk.pool.fetch("SELECT outcome FROM login_attempts ORDER BY at, id")
    ]


# -- passwords -------------------------------------------------------------------------------------------------


async def test_a_stranger_is_told_the_same_whether_the_address_exists(desk):
    await desk.user("ann@example.com")
    async with desk.browser() as browser:
        wrong = await browser.sign_in("ann@example.com", "not the password")
        unknown = await browser.sign_in("nobody@example.com", "not the password")
        await users.set_disabled(
            desk.pool, (await users.find(desk.pool, email="ann@example.com")).id, disabled=True
        )
        disabled = await browser.sign_in("ann@example.com")
    assert {one.status_code for one in (wrong, unknown, disabled)} == {422}
    assert all(WRONG in one.text for one in (wrong, unknown, disabled))
    assert await outcomes(desk) == ["wrong_password", "unknown_user", "disabled"]


async def test_attempts_are_limited_per_address_and_nobody_signs_in_uncounted(desk):
    await desk.user("ann@example.com")
    async with desk.browser() as browser:
        for _ in range(8):
            assert (await browser.sign_in("Ann@Example.com", "guess")).status_code == 422
        limited = await browser.sign_in("ann@example.com")
        assert (limited.status_code, "Too many attempts" in limited.text) == (429, True)
        desk.rates.taken.clear()
        desk.rates.away = True
        assert (await browser.sign_in("ann@example.com")).status_code == 429
        desk.rates.away = False
        assert (await browser.sign_in("ann@example.com")).status_code == 303


async def test_a_one_time_password_works_once_and_leads_to_choosing_another(desk):
    await desk.user("ann@example.com", one_time=True)
    async with desk.browser() as browser:
        page = await browser.follow(await browser.sign_in("ann@example.com"))
        assert "Choose a password" in page.text
        inside = await browser.get("/console/workspaces")
        assert inside.headers["location"] == "/console/password"
        for weak in ("short", "1234567890", "aaaaaaaaaaaa", "xann@example.comx"):
            assert (await browser.post("/console/password", password=weak)).status_code == 422, weak
        home = await browser.follow(await browser.post("/console/password", password="a horse in the rain"))
        assert "Which business" in home.text
    async with desk.browser() as other:
        assert (await other.sign_in("ann@example.com")).status_code == 422
        assert (await other.sign_in("ann@example.com", "a horse in the rain")).status_code == 303


async def test_a_one_time_password_is_spent_by_its_use(desk):
    await desk.user("ann@example.com", one_time=True)
    async with desk.browser() as first, desk.browser() as second:
        assert (await first.sign_in("ann@example.com")).status_code == 303
        assert (await second.sign_in("ann@example.com")).status_code == 422


# -- sessions ----------------------------------------------------------------------------------------------------


async def test_a_session_is_new_with_every_sign_in_and_kept_as_a_digest(desk):
    await desk.user("ann@example.com")
    async with desk.browser() as browser:
        browser.client.cookies.set("frontdesk", "planted-by-somebody", domain="localhost.local")
        await browser.sign_in("ann@example.com")
        first = browser.client.cookies["frontdesk"]
        await browser.sign_in("ann@example.com")
        second = browser.client.cookies["frontdesk"]
        assert "planted-by-somebody" not in {first, second}
        assert first != second
        rows = await desk.pool.fetch("SELECT id_hash FROM console_sessions")
        assert [bytes(row["id_hash"]) for row in rows] == [cookies.digest(second)]


async def test_a_session_ends_by_signing_out_by_idling_and_by_age(desk):
    await desk.user("ann@example.com")
    for ending in (
        None,
        "UPDATE console_sessions SET seen_at = now() - interval '9 hours'",
        "UPDATE console_sessions SET expires_at = now()",
        "UPDATE users SET disabled_at = now()",
    ):
        async with desk.signed_in("ann@example.com", act_as=BARBER) as browser:
            assert (await browser.get(f"/console/w/{BARBER}/")).status_code == 200
            if ending is None:
                kept = browser.client.cookies["frontdesk"]
                await browser.post("/console/sign-out")
                browser.client.cookies.set("frontdesk", kept)
            else:
                await desk.pool.execute(ending)
            answer = await browser.get(f"/console/w/{BARBER}/leads", status="lost")
            assert answer.status_code == 303, ending
            wanted = f"/console/sign-in?next=/console/w/{BARBER}/leads%3Fstatus%3Dlost"
            assert answer.headers["location"] == wanted


async def test_a_mistyped_address_is_led_right_or_told_so(desk):
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com", act_as=BARBER) as browser:
        home = await browser.follow(await browser.get(f"/console/w/{BARBER}"))
        assert "<h1" in home.text
        for path in (
            "/console/nowhere",
            f"/console/w/{BARBER}/nowhere",
            "/console/w//",
            "/console/w/no such",
        ):
            answer = await browser.get(path)
            assert (answer.status_code, "There is no such page" in answer.text) == (404, True), path


async def test_after_signing_in_one_is_where_one_wanted_to_be_but_never_elsewhere(desk):
    await desk.user("ann@example.com")
    for wanted, reached in (
        (f"/console/w/{BARBER}/leads", f"/console/w/{BARBER}/leads"),
        ("https://evil.example.com/", "/console/"),
        ("//evil.example.com/console/", "/console/"),
        ("/console/\\evil.example.com", "/console/"),
        ("/h/token", "/console/"),
    ):
        async with desk.browser() as browser:
            await browser.get("/console/sign-in", next=wanted)
            answer = await browser.post(
                "/console/sign-in", email="ann@example.com", password=PASSWORD, next=wanted
            )
            assert answer.headers["location"] == reached


async def test_changing_the_password_signs_every_other_browser_out(desk):
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com") as here, desk.signed_in("ann@example.com") as there:
        await here.get("/console/profile")
        refused = await here.post(
            "/console/profile/password", current="guess", password="a horse in the rain"
        )
        assert refused.status_code == 422
        done = await here.post("/console/profile/password", current=PASSWORD, password="a horse in the rain")
        assert done.status_code == 303
        assert (await here.get("/console/profile")).status_code == 200
        assert (await there.get("/console/profile")).status_code == 303


async def test_behind_https_cookies_belong_to_this_host_alone(pool):
    async with open_desk(pool, public_base_url="https://desk.example.com") as desk:
        await desk.user("ann@example.com")
        async with desk.browser() as browser:
            page = await browser.get("/console/sign-in")
            visit = page.headers["set-cookie"]
            assert visit.startswith("__Host-frontdesk-visit=")
            for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
                assert attribute in visit
            assert "Domain" not in visit
            secret = visit.partition("=")[2].partition(";")[0]
            answer = await browser.client.post(
                "/console/sign-in",
                data={"csrf": cookies.csrf_token(secret), "email": "ann@example.com", "password": PASSWORD},
                headers={"Cookie": f"__Host-frontdesk-visit={secret}"},
            )
            session = next(
                one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-frontdesk=")
            )
            for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
                assert attribute in session


async def test_a_form_from_elsewhere_or_without_its_token_changes_nothing(desk):
    await desk.user("ann@example.com")
    async with desk.browser() as browser:
        await browser.get("/console/sign-in")
        given = {"email": "ann@example.com", "password": PASSWORD}
        assert (await browser.post("/console/sign-in", token="", **given)).status_code == 403
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.com"}):
            answer = await browser.client.post(
                "/console/sign-in", data={"csrf": browser.token, **given}, headers=headers
            )
            assert answer.status_code == 403
        body = b'{"csrf": "x"}'
        answer = await browser.client.post(
            "/console/sign-in", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 415
        assert await desk.pool.fetchval("SELECT count(*) FROM console_sessions") == 0


async def test_every_page_forbids_what_it_does_not_need(desk):
    async with desk.browser() as browser:
        for path in ("/console/sign-in", "/console/nothing-here", "/console/w/x/"):
            headers = (await browser.get(path)).headers
            if path.endswith("sign-in"):
                policy = headers["content-security-policy"]
                assert "unsafe" not in policy
                assert "default-src 'none'" in policy
                assert "frame-ancestors 'none'" in policy
                assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")


# -- the second factor -------------------------------------------------------------------------------------------


async def test_the_second_factor_is_set_up_with_its_first_code_and_then_asked_for(desk):
    user_id, at = await desk.user("ann@example.com"), now()
    desk.clock.append(at)
    async with desk.signed_in("ann@example.com") as browser:
        await browser.get("/console/second-factor")
        page = await browser.follow(await browser.post("/console/second-factor/new"))
        assert "<svg" in page.text
        secret = re.search(r'<code class="breaks">([A-Z2-7]{32})</code>', page.text)[1]
        assert (await browser.post("/console/second-factor", code="000000")).status_code == 422
        done = await browser.post("/console/second-factor", code=code_of(secret, at))
        codes = re.findall(r"<li><code>(\w{5}-\w{5})</code></li>", done.text)
        assert len(set(codes)) == 10
    stored = await users.find(desk.pool, id=user_id)
    assert secret.encode() not in stored.totp_secret
    async with desk.browser() as browser:
        first = await browser.sign_in("ann@example.com")
        assert first.headers["location"] == "/console/code"
        for path in (
            "/console/workspaces",
            "/console/profile",
            f"/console/w/{BARBER}/",
            "/console/second-factor",
        ):
            assert (await browser.get(path)).headers["location"] == "/console/code", path
        half = browser.client.cookies["frontdesk"]
        # The code that set it up is used; the next one lets in.
        desk.clock.append(at + timedelta(seconds=30))
        assert (await browser.post("/console/code", code=code_of(secret, at))).status_code == 422
        inside = await browser.post("/console/code", code=code_of(secret, desk.clock[-1]))
        assert inside.headers["location"] == "/console/"
        assert browser.client.cookies["frontdesk"] != half


async def test_a_recovery_code_signs_in_once(desk):
    _, codes = await set_up_totp(desk, await desk.user("ann@example.com"))
    for status in (303, 422):
        async with desk.browser() as browser:
            await browser.sign_in("ann@example.com")
            answer = await browser.post("/console/code", code=codes[0].upper().replace("-", " "))
            assert answer.status_code == status


async def test_codes_cannot_be_guessed_through(desk):
    secret, _ = await set_up_totp(desk, await desk.user("ann@example.com"))
    async with desk.browser() as browser:
        await browser.sign_in("ann@example.com")
        for _ in range(6):
            assert (await browser.post("/console/code", code="123456")).status_code == 422
        assert (await browser.post("/console/code", code=code_of(secret, now()))).status_code == 429


async def test_outside_a_demo_the_agency_cannot_do_without_it_and_a_client_can(pool):
    async with open_desk(pool, second_factor_may_wait=False) as desk:
        await desk.user("ann@example.com")
        await desk.user("carl@example.com", Role.CLIENT, BARBER)
        async with desk.signed_in("ann@example.com") as browser:
            for path in ("/console/workspaces", f"/console/w/{BARBER}/", "/console/profile"):
                assert (await browser.get(path)).headers["location"] == "/console/second-factor"
        async with desk.signed_in("carl@example.com") as browser:
            assert (await browser.get(f"/console/w/{BARBER}/")).status_code == 200


@pytest.mark.parametrize("seconds", [-31, 0, 29])
def test_a_code_of_the_neighbouring_half_minute_counts(seconds):
    moment = now().replace(second=1)
    secret = second_factor.new_secret()
    assert (
        second_factor.step_of(secret, code_of(secret, moment + timedelta(seconds=seconds)), moment)
        is not None
    )
    assert second_factor.step_of(secret, code_of(secret, moment + timedelta(seconds=90)), moment) is None


def test_hashes_are_argon2id():
    from bot.console.passwords import Passwords

    assert Passwords()._hasher.hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert CHEAP.hash("x").startswith("$argon2id$")
