"""The widget on somebody's page: let in, left alone, and good for a booking."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat_page import SLOW, lists_origin, new_chat, somebodys_page

pytestmark = pytest.mark.browser

HOSTILE = """
<style>
  * { color: rgb(255, 0, 0) !important; font: 40px serif !important; letter-spacing: 9px !important; }
  button, div, p { display: none !important; background: lime !important; }
  h1 { margin: 7px; }
</style>
<h1>Our shop</h1>
<script>
  Array.prototype.added = function () {};
  setInterval(() => { throw new Error("the host page is broken"); }, 50);
  addEventListener("keydown", (event) => event.preventDefault());
</script>
"""
LOADS = 30_000
"""Bytes of script and style, uncompressed, that a page loads with the widget."""


def with_widget(stage, body="<h1>Our shop</h1>"):
    script = f'<script async src="{stage.base}/widget.js" data-workspace="nail-salon" data-bot="reception"></script>'
    return f"{body}{script}"


async def test_only_pages_on_the_list_show_the_chat(stage, browser):
    async with somebodys_page(with_widget(stage)) as (_, url):
        chat = await new_chat(browser, url)
        async with chat.page.expect_console_message(lambda line: "Frontdesk chat" in line.text) as told:
            await chat.page.reload()
        assert "on the list" in (await told.value).text
        assert await chat.page.locator("frontdesk-chat").count() == 0
        assert await chat.page.get_by_role("heading", name="Our shop").is_visible()


async def test_a_booking_by_clicks_on_a_broken_and_loudly_styled_page(stage, browser):
    async with somebodys_page(with_widget(stage, HOSTILE)) as (origin, url):
        await lists_origin(stage, origin)
        chat = await new_chat(browser, "about:blank")
        loaded = []
        chat.page.on("response", lambda answer: loaded.append(answer))  # noqa: PLW0108  (playwright marks what it is given)
        await chat.page.goto(url)
        await expect(chat.page.get_by_role("button", name="Open chat")).to_be_visible(timeout=SLOW)
        ours = [
            one for one in loaded if one.url.startswith((f"{stage.base}/widget.js", f"{stage.base}/widget/"))
        ]
        assert 3_000 < sum([len(await one.body()) for one in ours]) < LOADS

        await chat.open()
        await chat.tap("Book an appointment")
        await chat.tap("Plaza")
        await chat.tap("Manicure")
        await chat.tap("Gel Manicure")
        offered = chat.log.locator(".options .choice:visible, .options .item:visible")
        while await offered.count():  # who, and when
            await chat.after(offered.first.click)
        summary = await chat.say("Sara Test, +96550000140")
        assert "12.500 KWD" in summary

        bubble = chat.heard.last.locator(".bubble").first
        assert await bubble.evaluate("node => getComputedStyle(node).fontSize") == "15px"
        assert await bubble.evaluate("node => getComputedStyle(node).color") != "rgb(255, 0, 0)"
        assert await chat.page.locator("h1").evaluate("node => getComputedStyle(node).margin") == "7px"

        confirmed = await chat.after(chat.log.get_by_role("button", name="On Arrival").dblclick)
        (order,) = await stage.orders()
        assert str(order["order_id"]) in confirmed
        await expect(chat.log.locator(".book")).to_have_count(0)
        assert {trouble for trouble in chat.troubles if "host page is broken" not in trouble} <= set()
