"""Pages of other sites, and what is left when the tables can't be read."""

import asyncpg
import pytest

from tests.handoff.world import URL, books_elsewhere
from tests.salon import open_salon
from tests.webchat.talks import BARBER, to_summary
from tests.webchat.test_widget import MESSAGES, error_of
from tests.webchat.world import Page

SHOP, STRANGER = "https://www.nails.example.com", "https://evil.example.com"
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture
async def shop(salon):
    """The salon lists its own website."""
    await salon.pool.execute(
        "UPDATE workspaces SET settings = settings || $2::jsonb, updated_at = now() WHERE id = $1",
        salon.workspace_ids["nail-salon"],
        {"web_chat": {"origins": [SHOP]}},
    )
    return Page(salon, headers={"Origin": SHOP})


async def test_a_listed_page_may_ask_and_read(salon, shop):
    await shop.open()
    for answer in (
        await shop.call("GET", MESSAGES, headers=shop.bearer),
        await shop.served("POST", MESSAGES, json=shop.body(text="Hi")),
    ):
        assert (answer.status_code, answer.headers[ALLOW]) == (200, SHOP)
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer.headers["Vary"]
    async with salon.http.stream(
        "GET", f"{shop.base}/api/widget/stream", headers={**shop.headers, **shop.bearer}
    ) as response:
        assert response.headers[ALLOW] == SHOP


async def test_any_other_page_may_not(salon, shop):
    await shop.open()
    asked = {"workspaceId": shop.workspace, "botId": shop.bot}
    for origin in (STRANGER, "null", SHOP + ".evil.example.com", "http://www.nails.example.com", ""):
        headers = {"Origin": origin}
        refused = [
            await shop.call("POST", "/api/widget/sessions", json=asked, headers=headers),
            await shop.call("GET", MESSAGES, headers={**shop.bearer, **headers}),
            await shop.call("POST", MESSAGES, json=shop.body(text="Hi"), headers=headers),
        ]
        for answer in refused:
            assert error_of(answer) == (403, "origin_not_allowed"), origin
            assert ALLOW not in answer.headers
    assert await salon.rows("SELECT id FROM inbox") == []


async def test_one_business_s_page_is_not_another_s(salon, shop):
    barber = Page(salon, workspace="barber-shop", headers={"Origin": SHOP})
    answer = await barber.call(
        "POST", "/api/widget/sessions", json={"workspaceId": barber.workspace, "botId": barber.bot}
    )
    assert error_of(answer) == (403, "origin_not_allowed")
    assert ALLOW not in answer.headers


async def test_our_own_pages_need_no_leave(salon):
    own = Page(salon, headers={"Origin": f"http://127.0.0.1:{salon.seeded.web_port}"})
    await own.open()
    assert await own.say("Hi")


async def test_browsers_ask_first_and_hear_no_name_but_their_own(shop):
    for path in (MESSAGES, "/api/widget/stream", f"/api/bookings/{shop.bot}/finalize"):
        asked = {"Access-Control-Request-Method": "POST"}
        allowed = await shop.call("OPTIONS", path, headers={**asked, "Origin": SHOP})
        assert (allowed.status_code, allowed.headers[ALLOW]) == (204, SHOP)
        assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]
        refused = await shop.call("OPTIONS", path, headers={**asked, "Origin": STRANGER})
        assert ALLOW not in refused.headers


async def test_a_listed_page_can_read_that_its_session_is_over(shop):
    """Else its script sees a network error and never begins a new one."""
    shop.session = "forged"
    answer = await shop.call("POST", MESSAGES, json=shop.body(text="Hi"))
    assert (error_of(answer), answer.headers[ALLOW]) == ((401, "session_invalid"), SHOP)


@pytest.fixture
def goes_down(monkeypatch):
    """From now on nothing can be read or written."""

    def go_down():
        async def gone(*_, **__):
            raise asyncpg.CannotConnectNowError("the database system is shutting down")

        class Gone:
            def __await__(self):
                return gone().__await__()

            async def __aenter__(self):
                await gone()

            async def __aexit__(self, *_):
                return None

        monkeypatch.setattr(asyncpg.Pool, "acquire", lambda *_, **__: Gone())
        for call in ("fetch", "fetchrow", "fetchval", "execute"):
            monkeypatch.setattr(asyncpg.Pool, call, gone)

    return go_down


async def test_while_the_tables_are_gone_nothing_is_acknowledged(salon, page, goes_down):
    action = await to_summary(page)
    goes_down()
    asked = {"workspaceId": page.workspace, "botId": page.bot}
    for answer in (
        await page.call("POST", MESSAGES, json=page.body(text="Hi")),
        await page.call("GET", MESSAGES, headers=page.bearer),
        await page.call("POST", "/api/widget/sessions", json=asked),
        await page.call("GET", "/api/widget/stream", headers=page.bearer),
        await page.call(
            "POST",
            f"/api/bookings/{action['bookingIntentId']}/finalize",
            json={"summaryVersion": action["summaryVersion"]},
            headers=page.bearer,
        ),
    ):
        assert error_of(answer) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0


async def test_who_finishes_elsewhere_is_led_on_all_the_same(salon_dsn, seeded, tmp_path, goes_down):
    async with open_salon(salon_dsn, seeded, tmp_path) as before:
        await books_elsewhere(before)
    # A process that starts now knows the business and its page by heart.
    async with open_salon(salon_dsn, seeded, tmp_path, live_tick_seconds=0.02, chat_wait_seconds=20) as salon:
        page = await Page(salon, workspace="barber-shop").open()
        action = await to_summary(page, BARBER)
        goes_down()
        for keep in (True, False):  # with what the process knows of the account, and without
            if not keep:
                salon.resources.accounts._channel._kept.clear()
            answer = await page.call(
                "POST",
                f"/api/bookings/{action['bookingIntentId']}/finalize",
                json={"summaryVersion": action["summaryVersion"]},
                headers=page.bearer,
            )
            found = answer.json()
            assert found["status"] == "redirected", found
            assert found["redirectUrl"].startswith(URL)
            assert found["message"].startswith("Sorry")
