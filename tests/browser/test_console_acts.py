"""What an operator does in the console: two factors, staying in his business, settings, demo businesses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pyotp
import pytest
from playwright.async_api import expect

from bot.console.seedings import Seedings
from bot.demo_businesses import SeededDemo
from tests.browser.chat_page import ChatPage, new_chat
from tests.browser.test_console import HAND, HERE, SLOW, enter, signed_in
from tests.console.desk import PASSWORD, open_desk
from workers.demo_businesses import Templates
from workers.resources import now

pytestmark = pytest.mark.browser


class Held(Templates):
    """Seeds when it is let, so that somebody can look at it meanwhile."""

    let: asyncio.Event

    async def seed(self, key: str, *, reset: bool) -> SeededDemo:
        await self.let.wait()
        self.let.clear()
        return await super().seed(key, reset=reset)


@pytest.fixture
def templates(stage) -> Held:
    """The shipped ones."""
    resources = stage.resources
    held = Held(
        resources.pool,
        resources.box,
        stage.http,
        public_base_url=stage.base,
        sandbox_url=stage.settings.sandbox_url,
        clock=now,
    )
    held.let = asyncio.Event()
    return held


@pytest.fixture
async def desk(stage, templates):
    resources = stage.resources
    seedings = Seedings(templates, resources.pool)
    async with open_desk(resources.pool, live=resources.live, seedings=seedings) as opened:
        yield opened
    await seedings.close()


async def test_signing_in_with_a_second_factor_and_who_may_see_what(stage, browser, desk):
    await desk.user("ann@example.com")
    page, _ = await signed_in(desk, browser, "ann@example.com")
    await page.get_by_role("button", name="Nail Salon").click()
    await page.get_by_role("link", name="Set it up").click()
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_text("Can't scan?").click()
    totp = pyotp.TOTP(await page.locator("code").inner_text())
    await page.get_by_label("Code").fill("000000" if totp.now() != "000000" else "111111")
    await page.get_by_role("button", name="Switch it on").click()
    await expect(page.get_by_role("alert")).to_contain_text("not the code of this account")
    await page.get_by_label("Code").fill(totp.now())
    await page.get_by_role("button", name="Switch it on").click()
    await expect(page.get_by_role("heading", name="The second factor is on")).to_be_visible()
    recovery = await page.get_by_role("listitem").all_inner_texts()
    assert len(set(recovery)) == 10
    await page.get_by_role("link", name="I have kept them").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page.get_by_text("no second factor")).to_have_count(0)

    # Signed out, the way back shows nothing; a wrong password keeps the address; a code counts once.
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await expect(page.get_by_text("Nail Salon")).to_have_count(0)
    await enter(page, "ann@example.com", "five words in a row")
    await expect(page.get_by_role("alert")).to_contain_text("don't go together")
    await expect(page.get_by_label("E-mail")).to_have_value("ann@example.com")
    await enter(page, "ann@example.com")
    for code, after in ((recovery[0], "Another workspace"), (recovery[0], "Enter the code")):
        await page.get_by_label("Code").fill(code)
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_role("heading", name=after)).to_be_visible()
        if after != "Enter the code":
            await page.get_by_role("button", name="Sign out").click()
            await enter(page, "ann@example.com")
    await expect(page.get_by_role("alert")).to_contain_text("was used before")
    await page.get_by_label("Code").fill(recovery[1])
    await page.get_by_role("button", name="Go on").click()

    # The agency acts as one business at a time: another's page asks first, and a tab that is behind does nothing.
    await page.get_by_role("button", name="Nail Salon").click()
    behind = await page.context.new_page()
    await behind.goto(f"{desk.url}{HERE}/sync")
    await page.goto(f"{desk.url}/console/w/barber-shop/leads")
    await expect(page.get_by_role("heading", name="Another workspace")).to_be_visible()
    await page.get_by_role("button", name="Act as barber-shop").click()
    await expect(page.get_by_role("heading", name="Leads", exact=True)).to_be_visible()
    await expect(page.get_by_text("Barber Shop")).to_be_visible()
    runs = await stage.rows("SELECT id FROM sync_runs")
    await behind.get_by_role("button", name="Sync now").click()
    await expect(behind.get_by_text("Nothing was changed.")).to_be_visible()
    assert await stage.rows("SELECT id FROM sync_runs") == runs

    # A client sees his own business, none of the agency's pages, and nothing that would name them.
    await page.goto(f"{desk.url}{HERE}/users")
    await page.get_by_role("button", name="Act as nail-salon").click()
    await page.get_by_label("E-mail").fill("carl@example.com")
    await page.get_by_role("button", name="Make the link").click()
    carl = await (await browser.new_context(viewport=HAND)).new_page()
    await carl.goto(await page.locator("code").inner_text())
    await carl.get_by_label("Your name").fill("Carl Client")
    await carl.get_by_label("Password").fill(PASSWORD)
    await carl.get_by_role("button", name="Go on").click()
    await expect(carl.get_by_role("heading", name="Overview")).to_be_visible()
    for title in ("Users", "Templates"):
        await expect(carl.get_by_role("link", name=title, exact=True)).to_have_count(0)
        answer = await carl.goto(f"{desk.url}{HERE}/{title.lower()}")
        assert answer is not None
        assert answer.status == 403
        await expect(carl.get_by_text("This page is for the agency only.")).to_be_visible()
    answer = await carl.goto(f"{desk.url}/console/w/barber-shop/leads")
    assert answer is not None
    assert answer.status == 404
    await expect(carl.get_by_role("heading", name="Nothing here")).to_be_visible()
    await carl.get_by_role("link", name="To the console").click()
    await expect(carl.get_by_role("heading", name="Overview")).to_be_visible()

    # Whose account is closed is out with the next click.
    await page.get_by_role("link", name="Done").click()
    row = page.get_by_role("row", name="Carl Client")
    await row.get_by_text("Close", exact=True).click()
    await row.get_by_role("button", name="Close it").click()
    await expect(row.get_by_text("Closed")).to_be_visible()
    await carl.reload()
    await expect(carl.get_by_role("heading", name="Sign in")).to_be_visible()
    await enter(carl, "carl@example.com")
    await expect(carl.get_by_role("alert")).to_contain_text("don't go together")


async def test_what_is_wrong_in_the_settings_stands_at_its_field_and_the_rest_is_kept(stage, browser, desk):
    await desk.user("ann@example.com")
    page, _ = await signed_in(desk, browser, "ann@example.com")
    await page.get_by_role("button", name="Nail Salon").click()
    await page.get_by_role("link", name="Settings", exact=True).click()
    await page.get_by_role("link", name="Booking page", exact=True).click()
    address, per_service = (
        page.get_by_label(one) for one in ("Address of the booking page", "Addresses per service")
    )
    note = page.get_by_role("group", name="Disclaimer").get_by_label("Arabic")
    await address.fill("http://book.example.com")
    await per_service.fill("cut: [unclosed")
    await note.fill("العربون يدفع هناك")
    await page.get_by_label("UTM campaign").fill("autumn")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("alert")).to_have_text("Nothing was saved: see what is marked.")
    await expect(address).to_be_focused()
    for field, why in ((address, "https"), (per_service, "can't be read in line 1")):
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(field).to_have_accessible_description(re.compile(why))
    await expect(page.locator("[aria-invalid]")).to_have_count(2)
    for field, kept in (
        (address, "http://book.example.com"),
        (per_service, "cut: [unclosed"),
        (note, "العربون يدفع هناك"),
        (page.get_by_label("UTM campaign"), "autumn"),
    ):
        await expect(field).to_have_value(kept)

    # Somebody else saves while he mends it: nothing of either is lost.
    await address.fill("")
    await per_service.fill("")
    await stage.resources.pool.execute(
        "UPDATE workspaces SET settings = jsonb_set(settings, '{lead_minutes}', '95'), updated_at = now() "
        "WHERE key = 'nail-salon'"
    )
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("Somebody else changed the settings")
    await expect(page.get_by_label("UTM campaign")).to_have_value("autumn")
    await expect(note).to_have_value("العربون يدفع هناك")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()

    await page.get_by_role("link", name="Booking", exact=True).click()
    await expect(page.get_by_label("Minutes between now and the first time")).to_have_value("95")
    await page.get_by_label("Booking mode").select_option("external")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(
        page.get_by_text("customers shall finish on the booking page, and no address is set")
    ).to_be_visible()
    (stored,) = await stage.rows("SELECT settings FROM workspaces WHERE key = 'nail-salon'")
    external = stored["settings"]["external"]
    assert (external["utm_campaign"], external["disclaimer"]) == ("autumn", {"ar": "العربون يدفع هناك"})
    assert (stored["settings"]["booking_mode"], stored["settings"]["lead_minutes"]) == ("external", 95)


async def test_a_demo_business_is_seeded_twice_and_made_as_new(stage, browser, desk, templates):
    await desk.user("ann@example.com")
    page, troubles = await signed_in(desk, browser, "ann@example.com")
    await page.get_by_role("button", name="Nail Salon").click()
    await page.get_by_role("link", name="Templates", exact=True).click()
    row = page.get_by_role("row", name=re.compile("^Barber"))
    seed, reset = row.get_by_role("button", name="Seed"), row.get_by_text("Reset", exact=True)

    async def counts(while_running: str) -> dict[str, int]:
        """What it says when it is over. Meanwhile nobody can begin it again."""
        await expect(row).to_contain_text(while_running)
        for button in ("Seed", "Reset"):
            await expect(row.get_by_role("button", name=button)).to_be_disabled()
        templates.let.set()
        await expect(seed).to_be_enabled(timeout=SLOW)
        await expect(row).to_contain_text("today")
        heads = await page.get_by_role("columnheader").all_inner_texts()
        cells = await row.get_by_role("cell").all_inner_texts()
        found = dict(zip(heads, cells, strict=True))
        return {word: int(found[word]) for word in ("Created", "Updated", "Skipped", "Deleted")}

    await expect(row).to_contain_text("never")
    await seed.click()
    first = await counts("Seeding …")
    leads, talks = await _of_the_barber(stage)
    assert first["Created"] > leads + talks > 30
    await seed.click()
    assert await counts("Seeding …") == {
        "Created": 0,
        "Updated": 0,
        "Skipped": first["Created"],
        "Deleted": 0,
    }
    assert await _of_the_barber(stage) == (leads, talks)

    # A reset asks, can be thought better of, and touches no other business.
    others = await stage.rows("SELECT count(*) FROM sync_runs")
    await reset.click()
    await expect(row.get_by_text("Throw away every talk, lead and booking of this")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(row.get_by_text("Throw away every talk")).to_be_hidden()
    await stage.resources.pool.execute("UPDATE leads SET name = 'Somebody Else'")
    await reset.click()
    await row.get_by_role("button", name="Yes, make it as new").click()
    anew = await counts("Resetting …")
    assert anew["Created"] > 0
    assert anew["Deleted"] >= leads + talks
    assert await _of_the_barber(stage) == (leads, talks)
    assert await stage.rows("SELECT id FROM leads WHERE name = 'Somebody Else'") == []
    assert await stage.rows("SELECT count(*) FROM sync_runs") == others
    assert troubles == []


async def _of_the_barber(stage) -> tuple[int, int]:
    """Leads and talks of the seeded business."""
    (found,) = await stage.rows(
        "SELECT (SELECT count(*) FROM leads WHERE workspace_id = w.id) AS leads, "
        "(SELECT count(*) FROM conversations WHERE workspace_id = w.id) AS talks "
        "FROM workspaces w WHERE key = 'fade-street-barbers'"
    )
    return found["leads"], found["talks"]


async def test_a_booking_is_moved_and_cancelled_and_every_open_page_and_the_customer_hear_of_it(
    stage, browser, desk
):
    chat = await new_chat(browser, f"{stage.base}/demo/nail-salon/chat", width=390, height=844)
    await chat.say("gel manicure tomorrow at 5pm at Plaza with anyone")
    await chat.say("Sara Test, +96550000141")
    await chat.tap("On Arrival")
    await desk.user("ann@example.com")
    page, troubles = await signed_in(desk, browser, "ann@example.com")
    await page.get_by_role("button", name="Nail Salon").click()
    await page.get_by_role("link", name="Bookings", exact=True).click()
    await page.get_by_role("row", name="Sara Test").get_by_role("link").click()
    await expect(page.get_by_text("Confirmed", exact=True).first).to_be_visible(timeout=SLOW)

    async with customer_is_told(chat):
        await page.get_by_role("link", name="Move…").click()
        time = page.get_by_role("radio").last
        await time.check()
        moved_to = await page.locator("label", has=page.locator("input:checked")).inner_text()
        await page.get_by_label("Reason for the customer").fill("Monica is ill, sorry!")
        await page.get_by_role("button", name="Move it and tell the customer").dblclick()
    await expect(chat.heard.last).to_contain_text("Monica is ill, sorry!")
    later = page.get_by_role("link", name="this booking took its place")
    await expect(later).to_be_visible(timeout=SLOW)
    await expect(page.get_by_role("heading", name="What can be done")).to_be_hidden()
    await later.click()
    await expect(page.get_by_text(moved_to.strip()).first).to_be_visible()

    looking_on = await page.context.new_page()
    await looking_on.goto(page.url)
    await expect(looking_on.get_by_role("heading", name="What can be done")).to_be_visible()
    async with customer_is_told(chat):
        await page.get_by_text("Cancel…", exact=True).click()
        await page.get_by_label("Reason for the customer").fill("We are closed that day.")
        await page.get_by_role("button", name="Yes, cancel it").dblclick()
    await expect(chat.heard.last).to_contain_text("We are closed that day.")
    for each in (page, looking_on):
        await expect(each.get_by_text("Cancelled", exact=True).first).to_be_visible(timeout=SLOW)
        await expect(each.get_by_role("heading", name="What can be done")).to_be_hidden(timeout=SLOW)
    assert (
        sorted(one["status"] for one in await stage.rows("SELECT status FROM bookings")) == ["cancelled"] * 2
    )
    assert troubles == []


@asynccontextmanager
async def customer_is_told(chat: ChatPage) -> AsyncIterator[None]:
    """Until exactly one line more has arrived in the chat."""
    before = await chat.heard.count()
    yield
    await expect(chat.heard).to_have_count(before + 1, timeout=SLOW)
