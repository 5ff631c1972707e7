"""From the chat to a business's own booking page, on a phone, and what an operator sees of it meanwhile."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.async_api import expect

from bot.handoff_reference import verify
from tests.browser.chat_page import SLOW, ChatPage, new_chat
from tests.browser.test_console import desk, signed_in

__all__ = ["desk"]

pytestmark = pytest.mark.browser

SQUARE = "https://fades.square.site/book"
CALENDLY = "https://calendly.com/nails/gel"


async def books_elsewhere(stage, **external) -> None:
    await stage.resources.pool.execute(
        "UPDATE workspaces SET settings = settings || $1, updated_at = now() WHERE key = 'nail-salon'",
        {"booking_mode": "external", "external": external, "contact": {"phone": "+96550000100"}},
    )


async def wants_a_manicure(stage, browser, **more) -> ChatPage:
    """A visitor of the web chat, up to where it leads on."""
    chat = await new_chat(browser, f"{stage.base}/demo/nail-salon/chat", width=390, height=844, **more)
    await chat.say("gel manicure at Plaza tomorrow at 5pm")
    await chat.say("Sara Test, +96550000143, sara@example.com")
    return chat


async def test_a_customer_is_led_on_and_the_console_tells_how_far_he_got(stage, browser, desk):
    await books_elsewhere(stage, url=SQUARE, utm_campaign="autumn")
    chat = await wants_a_manicure(stage, browser)
    async with chat.page.expect_popup() as opened:
        await chat.log.get_by_role("link", name="Continue to booking").click(timeout=SLOW)
    there = await opened.value
    await expect(there.get_by_role("heading", name="Almost there, Sara")).to_be_visible(timeout=SLOW)
    await expect(there.get_by_text("You'll complete your booking on Square.")).to_be_visible()

    await desk.user("ann@example.com")
    page, troubles = await signed_in(desk, browser, "ann@example.com")
    await page.locator("button[value=nail-salon]").click()
    await page.get_by_role("link", name="Handoffs", exact=True).click()
    row = page.get_by_role("row", name="Sara Test")
    await expect(row.get_by_text("New", exact=True)).to_be_visible()  # to look at the page is nothing yet

    async with there.expect_request(f"{SQUARE}*") as asked:
        await there.get_by_role("button", name="Continue to booking").dblclick(no_wait_after=True)
    led_to = (await asked.value).url
    query = dict(parse_qsl(urlsplit(led_to).query))
    assert (query["utm_source"], query["utm_medium"], query["utm_campaign"]) == ("frontdesk", "web", "autumn")
    (handoff,) = await stage.rows("SELECT token, url_used FROM handoffs")
    assert verify(stage.resources.box, query["fd_ref"]) == handoff["token"]
    assert handoff["url_used"] == led_to

    await page.get_by_role("combobox", name="Status").select_option("redirected")
    await page.get_by_role("button", name="Show").click()
    await expect(row.get_by_text("Redirected (intent)")).to_be_visible()
    for words in ("+96550000143", "sara@example.com", "Gel Manicure", "5:00 PM", "Square"):
        await expect(row).to_contain_text(words)
    await row.get_by_role("link", name="Sara Test").click()
    timeline = page.locator(".timeline").get_by_role("listitem")
    await expect(timeline).to_contain_text(["Created", "Redirected"])
    await expect(page.get_by_text(led_to)).to_be_visible()
    await page.get_by_label("Note for the team").fill("She rang: Square asked for a deposit.")
    await page.get_by_role("button", name="Keep the note").dblclick()
    await expect(page.get_by_text("The note is kept.")).to_be_visible()
    await expect(timeline.filter(has_text="asked for a deposit")).to_have_count(1)

    await page.get_by_text("Mark completed", exact=True).click()
    await expect(page.get_by_text("Was this really booked on Square?")).to_be_visible()
    await page.get_by_role("button", name="Yes, it was booked").click()
    await expect(page.get_by_text("Marked as completed.")).to_be_visible()
    await expect(page.get_by_text("Mark completed", exact=True)).to_have_count(0)
    await page.get_by_role("link", name="Overview", exact=True).click()
    for step in ("Sent on to book", "Completed"):
        await expect(page.locator(".funnel li", has_text=step).locator("strong")).to_have_text("1")
    await there.goto(f"{stage.base}/h/{handoff['token']}")
    await expect(there.get_by_text("This booking is finished")).to_be_visible(timeout=SLOW)
    assert (troubles, chat.troubles) == ([], [])


async def test_without_an_address_he_gets_friendly_words_and_no_dead_link(stage, browser, desk):
    await books_elsewhere(stage, url="")
    chat = await wants_a_manicure(stage, browser)
    await expect(chat.heard.last).to_contain_text("+96550000100", timeout=SLOW)
    await expect(chat.log.get_by_role("link", name="Continue to booking")).to_have_count(0)
    assert await chat.log.locator("a[href*='/h/']").count() == 0
    (lead,) = await stage.rows("SELECT name, phone, email, service FROM leads")
    assert (lead["name"], lead["phone"], lead["email"]) == ("Sara Test", "+96550000143", "sara@example.com")

    await desk.user("ann@example.com")
    page, troubles = await signed_in(desk, browser, "ann@example.com")
    await page.locator("button[value=nail-salon]").click()
    await page.get_by_role("link", name="Errors", exact=True).click()
    await expect(page.get_by_role("main")).to_contain_text("address")
    await page.get_by_role("link", name="Settings", exact=True).click()
    await expect(
        page.get_by_text("customers shall finish on the booking page, and no address is set")
    ).to_be_visible()
    assert (troubles, chat.troubles) == ([], [])


async def test_a_page_that_refuses_to_be_framed_gives_way_to_the_button(stage, browser):
    await books_elsewhere(stage, url=CALENDLY, embed="iframe")
    chat = await wants_a_manicure(stage, browser)
    onward = await chat.log.get_by_role("link", name="Continue to booking").get_attribute(
        "href", timeout=SLOW
    )
    assert onward is not None

    context = await browser.new_context(viewport={"width": 390, "height": 844})
    await context.clock.install()
    refusing = {"X-Frame-Options": "DENY", "Content-Type": "text/html"}
    await context.route(
        f"{CALENDLY}*", lambda route: route.fulfill(headers=refusing, body="<h1>Calendly</h1>")
    )
    page = await context.new_page()
    await page.goto(onward)
    await page.get_by_role("button", name="Continue to booking").click()
    await expect(page.locator("iframe")).to_be_visible(timeout=SLOW)
    await expect(page.get_by_role("link", name="tap here")).to_be_visible()
    await context.clock.fast_forward(10_000)
    await expect(page.get_by_text("The booking page doesn't seem to open here.")).to_be_visible(timeout=SLOW)
    await expect(page.locator("iframe")).to_be_hidden()
    await page.get_by_role("link", name="Continue to booking").click()
    await expect(page.get_by_role("heading", name="Calendly")).to_be_visible(timeout=SLOW)
    query = dict(parse_qsl(urlsplit(page.url).query))
    assert (query["utm_source"], query["name"]) == ("frontdesk", "Sara Test")
    (handoff,) = await stage.rows("SELECT status, token FROM handoffs")
    assert (handoff["status"], verify(stage.resources.box, query["utm_content"])) == (
        "redirected",
        handoff["token"],
    )
