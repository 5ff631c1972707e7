"""`/simulator` as a person uses it: a booking by taps, on a desk and in a hand."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, expect

pytestmark = pytest.mark.browser

DESK, HAND = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


class Talk:
    """The page of one customer, and what goes wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)

    @property
    def heard(self):
        return self.page.locator(".theirs")

    async def after(self, act) -> str:
        """Does something and returns the reply it brought."""
        before = await self.heard.count()
        await act()
        reply = self.heard.nth(before)
        await expect(reply).to_be_visible(timeout=15_000)
        await expect(self.page.locator(".typing")).to_be_hidden(timeout=15_000)
        return await self.heard.last.inner_text()

    async def say(self, text: str) -> str:
        async def act() -> None:
            await self.page.get_by_label("Message", exact=True).fill(text)
            await self.page.keyboard.press("Enter")

        return await self.after(act)

    async def tap(self, title: str) -> str:
        return await self.after(self.heard.last.get_by_role("button", name=title).click)

    async def pick(self, title: str) -> str:
        """Opens the newest message's list and sends one of its rows."""

        async def act() -> None:
            await self.heard.last.locator(".option.list").click()
            await self.page.get_by_role("dialog").get_by_label(title).check()
            await self.page.get_by_role("dialog").get_by_role("button", name="Send").click()

        return await self.after(act)


async def opened(stage, browser, *, viewport=None, **query) -> Talk:
    page = await browser.new_page(viewport=viewport or DESK)
    talk = Talk(page)
    await page.goto(f"{stage.base}/simulator?{urlencode({'workspace': 'nail-salon', **query})}")
    return talk


async def test_a_booking_by_taps_ends_with_an_order_and_a_payment_that_arrives(stage, browser):
    talk = await opened(stage, browser, **{"from": "+96550000140"})

    await talk.say("Hi")
    await talk.pick("Plaza")
    await talk.say("gel manicure tomorrow at 5pm with anyone")
    summary = await talk.say("Sara Test, sara@example.com")
    assert "12.500 KWD" in summary
    confirmed = await talk.tap("KNET")

    (order,) = await stage.orders()
    assert str(order["order_id"]) in confirmed
    link = talk.heard.last.get_by_role("link").first
    assert (await link.get_attribute("href")).startswith(stage.settings.sandbox_url)
    async with talk.page.expect_popup() as popup:
        await link.click()
    paying = await popup.value
    paid = talk.heard.nth(await talk.heard.count())
    await paying.get_by_role("button", name=re.compile("pay", re.IGNORECASE)).first.click()
    await expect(paid).to_contain_text(str(order["order_id"]), timeout=15_000)
    await expect(talk.heard.last.locator(".ticks.read")).to_be_visible(timeout=10_000)
    assert talk.troubles == []


async def test_in_a_hand_nothing_runs_off_the_screen_and_the_picker_folds(stage, browser):
    talk = await opened(stage, browser, viewport=HAND, **{"from": "+96550000141"})
    page = talk.page

    await expect(page.locator("#who")).to_be_hidden()
    await talk.say("Hi")
    await talk.pick("Zahra")
    wide = await page.locator("html").evaluate("node => node.scrollWidth")
    assert wide <= HAND["width"]
    await page.locator("summary").click()
    await page.get_by_label("Business").select_option("nail-studio")
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.locator("#who")).to_be_hidden()
    await expect(page.get_by_role("heading", name="Nail Studio")).to_be_visible()
    await expect(talk.heard).to_have_count(0)
    assert "Nail Studio" in await talk.say("Hi")
    assert talk.troubles == []


async def test_sms_shows_numbers_in_the_text_and_web_chat_shows_buttons(stage, browser):
    sms = await opened(stage, browser, channel="sms", **{"from": "+96550000142"})
    assert "1. Plaza" in await sms.say("Hi")
    assert await sms.heard.last.get_by_role("button").count() == 0

    web = await opened(stage, browser, channel="web", **{"from": "+96550000142"})
    await web.say("Hi")
    assert "Zahra" in await web.tap("Zahra")


async def test_everything_can_be_done_with_the_keyboard(stage, browser):
    talk = await opened(stage, browser, **{"from": "+96550000143"})
    page = talk.page
    await talk.say("Hi")

    async def choose() -> None:
        await talk.heard.last.locator(".option.list").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("ArrowDown")  # the first row has the focus
        await page.keyboard.press("Enter")

    assert "Zahra" in await talk.after(choose)
    await talk.heard.last.locator(".option.list").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(talk.heard.last.locator(".option.list")).to_be_focused()


async def test_customers_words_are_text_and_arabic_runs_from_the_right(stage, browser):
    talk = await opened(stage, browser, **{"from": "+96550000144"})

    await talk.say("<img src=x onerror=alert(1)> hello")
    await talk.say("مرحبا")

    mine = talk.page.locator(".mine .text")
    assert await mine.nth(0).inner_text() == "<img src=x onerror=alert(1)> hello"
    assert await talk.page.locator(".screen img").count() == 0
    assert await mine.nth(1).evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert talk.troubles == []


async def test_a_reload_shows_the_talk_again_and_a_clear_screen_stays_clear(stage, browser):
    talk = await opened(stage, browser, **{"from": "+96550000145"})
    page = talk.page
    await talk.say("Hi")

    await page.reload()
    await expect(talk.heard).to_have_count(1)
    await expect(page.locator(".mine")).to_have_count(1)
    await page.get_by_role("button", name="Clear screen").click()
    await expect(talk.heard).to_have_count(0)
    await page.reload()
    await talk.say("Zahra")
    await expect(talk.heard).to_have_count(1)
