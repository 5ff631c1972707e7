"""Over HTTP: the widget's own API and the demo pages, for whom they are and for whom not."""

from __future__ import annotations

import re

import pytest

from bot.web.chat.sessions import Sessions
from db.accounts import list_workspaces
from tests.salon import open_salon
from workers.demos import demos
from workers.resources import now

SALON, BARBER = "nail-salon", "barber-shop"


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        yield salon


class Visitor:
    """A page that shows the salon's chat."""

    def __init__(self, salon, workspace=SALON):
        self.salon, self.workspace = salon, workspace
        self.base = salon.resources.settings.public_base_url
        self.session = ""

    async def get(self, path, *, origin=None, token=None, **query):
        headers = {"Origin": origin} if origin else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        asked = {"workspaceId": self.workspace, "botId": "reception", **query}
        return await self.salon.http.get(f"{self.base}{path}", params=asked, headers=headers)

    async def sit_down(self):
        answer = await self.salon.http.post(
            f"{self.base}/api/widget/sessions", json={"workspaceId": self.workspace, "botId": "reception"}
        )
        assert answer.status_code == 200, answer.text
        self.session = answer.json()["sessionId"]
        return self

    async def say(self, text, number):
        body = {"workspaceId": self.workspace, "botId": "reception", "sessionId": self.session,
                "messageId": str(number), "text": text}  # fmt: skip
        answer = await self.salon.http.post(f"{self.base}/api/widget/messages", json=body)
        assert answer.status_code == 200, answer.text


async def lists(salon, origin):
    await salon.pool.execute(
        "UPDATE workspaces SET settings = settings || $1, updated_at = now() WHERE key = $2",
        {"web_chat": {"origins": [origin]}},
        SALON,
    )


async def test_a_profile_is_for_pages_on_the_list_and_holds_nobodys_data(salon):
    visitor = Visitor(salon)
    own = await visitor.get("/api/widget/profile")
    assert own.status_code == 200
    assert own.json()["business"] == "Nail Salon"
    assert set(own.json()) == {"business", "initials", "languages", "greeting", "theme", "words"}

    page = "https://glow.example.com"
    refused = await visitor.get("/api/widget/profile", origin=page)
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert (await visitor.get("/api/widget/profile", botId="nobody")).status_code == 404
    assert (await visitor.get("/api/widget/profile", more="1")).status_code == 400


async def test_a_listed_page_may_read_the_profile(salon):
    page = "https://glow.example.com"
    await lists(salon, page)
    answer = await Visitor(salon).get("/api/widget/profile", origin=page)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == page


async def test_the_context_tells_the_customer_what_he_told_and_nobody_else(salon):
    sara, other = await Visitor(salon).sit_down(), await Visitor(salon).sit_down()
    await sara.say("gel manicure tomorrow at Plaza, my name is Sara Test, +96550000123", 1)
    await salon.settle()

    told = (await sara.get("/api/widget/context", token=sara.session)).json()
    assert told["lead"]["name"] == "Sara Test"
    assert told["lead"]["phone"] == "+96550000123"
    assert "Gel Manicure" in told["lead"]["service"]
    assert {one["name"] for one in told["places"]} >= {"Plaza", "Zahra"}
    (gel,) = [one for one in told["services"] if one["name"] == "Gel Manicure"]
    assert (gel["minutes"], gel["price"]) == (60, "12.500 KWD")
    assert told["places"][0]["hours"]

    foreign = (await other.get("/api/widget/context", token=other.session)).json()
    assert foreign["lead"] == {}
    assert foreign["services"] == told["services"]

    arabic = (await sara.get("/api/widget/context", token=sara.session, language="ar")).json()
    assert "بلازا" in {one["name"] for one in arabic["places"]}


@pytest.mark.parametrize("token", [None, "nonsense", "session of another business"])
async def test_without_a_session_of_this_chat_there_is_no_context(salon, token):
    visitor = await Visitor(salon).sit_down()
    if token and token.startswith("session"):
        token = (await Visitor(salon, BARBER).sit_down()).session
        assert Sessions(salon.resources.box, now).open(token).workspace_key == BARBER
    answer = await visitor.get("/api/widget/context", token=token)
    assert answer.status_code == (403 if token and len(token) > 20 else 401)
    assert "services" not in answer.json()


async def test_the_demo_lists_all_templates_and_shows_those_that_are_set_up(salon):
    base = salon.resources.settings.public_base_url
    listing = await salon.http.get(f"{base}/demo")
    assert listing.status_code == 200
    for one in demos():
        assert f't-{one.key}"' in listing.text
    assert 'href="/demo/nail-salon"' in listing.text
    assert "frontdesk seed law-firm" in listing.text

    page = await salon.http.get(f"{base}/demo/nail-salon")
    assert page.status_code == 200
    assert "Gel Manicure" in page.text
    assert "12.500 KWD" in page.text
    assert 'data-workspace="nail-salon"' in page.text
    arabic = await salon.http.get(f"{base}/demo/nail-salon", params={"lang": "ar"})
    assert 'dir="rtl"' in arabic.text
    assert "احجز الآن" in arabic.text

    missing = await salon.http.get(f"{base}/demo/law-firm")
    assert missing.status_code == 404
    assert (await salon.http.get(f"{base}/demo/nobody")).status_code == 404


async def test_no_page_allows_inline_code_or_style_and_none_has_any(salon):
    base = salon.resources.settings.public_base_url
    for path in ("/demo", "/demo/nail-salon", "/demo/nail-salon/chat", "/c"):
        page = await salon.http.get(f"{base}{path}")
        assert page.status_code == 200, path
        allowed = page.headers["Content-Security-Policy"]
        assert "unsafe" not in allowed
        assert "frame-ancestors 'none'" in allowed
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page.text), path
        assert page.headers["Cache-Control"] == "no-store"
        for used in re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|svg))"', page.text):
            assert (await salon.http.get(f"{base}{used}")).status_code == 200, used


async def test_a_real_business_that_only_shares_a_templates_key_has_no_demo_page(salon):
    law = next(one for one in demos() if one.key == "law-firm")
    await salon.pool.execute("UPDATE workspaces SET key = $1 WHERE key = $2", law.workspace_key, BARBER)
    assert law.workspace_key in {row.key for row in await list_workspaces(salon.pool)}
    base = salon.resources.settings.public_base_url
    for path in ("", "/chat"):
        assert (await salon.http.get(f"{base}/demo/law-firm{path}")).status_code == 404


async def test_production_has_no_demo_pages(salon_dsn, seeded, tmp_path):
    from workers.settings import Environment

    more = {"environment": Environment.PRODUCTION, "simulator_enabled": False}
    async with open_salon(salon_dsn, seeded, tmp_path, more=more) as salon:
        base = salon.resources.settings.public_base_url
        for path in ("/demo", "/demo/nail-salon", "/demo/nail-salon/chat", "/demo/colors.css"):
            assert (await salon.http.get(f"{base}{path}")).status_code == 404
        assert (await salon.http.get(f"{base}/c")).status_code == 200
        assert (await salon.http.get(f"{base}/widget.js")).status_code == 200
