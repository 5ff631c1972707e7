"""What the widget makes of an answer, and how it looks and works on somebody's page: keyboard, colors, contacts."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat_page import SLOW, new_chat
from tests.browser.chat_server import chat_server

pytestmark = pytest.mark.browser

SERVICES = [
    {"id": f"s{number}@1", "title": f"Service {number}", "description": "45 min", "section": ""}
    for number in range(1, 31)
]
CONTACT = {"phone": "+96550000099", "email": "hello@example.com", "website": "https://example.com/"}
SCHEMES = [  # the visitor's system, the tag, the ground that is written on
    ("light", "", "rgb(255, 255, 255)"),
    ("dark", "", "rgb(22, 25, 30)"),
    ("dark", "?scheme=light", "rgb(255, 255, 255)"),
    ("light", "?scheme=dark", "rgb(22, 25, 30)"),
]


async def test_links_lists_and_contacts_of_an_answer_by_keyboard_alone(browser):
    async with chat_server() as server:
        chat = await new_chat(browser, server.base)
        page, keys = chat.page, chat.page.keyboard
        await page.get_by_role("button", name="Open chat").focus()
        await keys.press("Enter")
        await expect(chat.box).to_be_focused(timeout=SLOW)
        await keys.type("Hi")
        await keys.press("Enter")
        await expect(chat.log.locator(".mine[data-seq]")).to_have_count(1, timeout=SLOW)

        server.say(2, "Pay here, please.", links=[{"label": "Pay now", "url": "https://pay.example.com/1"}])
        link = chat.log.get_by_role("link", name="Pay now")
        await expect(link).to_have_attribute("href", "https://pay.example.com/1", timeout=SLOW)
        assert "pay.example.com" not in await chat.log.inner_text()

        server.say(3, "Call us.", fallback={"text": "This can't be finished here.", "contact": CONTACT})
        await expect(chat.log.get_by_role("link", name="+96550000099")).to_be_visible(timeout=SLOW)
        server.gate.clear()
        await keys.type("is anybody there?")
        await keys.press("Enter")
        await expect(chat.log.locator(".sending")).to_have_count(1, timeout=SLOW)
        await chat.log.get_by_role("link", name="hello@example.com").click(trial=True)
        server.gate.set()
        await expect(chat.log.locator(".mine[data-seq]")).to_have_count(2, timeout=SLOW)

        server.say(5, "Which one?", choices=SERVICES)
        rows = chat.log.locator(".list .item:visible")
        await expect(rows).to_have_count(6, timeout=SLOW)  # five and the one that shows all
        await chat.log.get_by_role("button", name="Show all 30").focus()
        await keys.press("Enter")
        await expect(chat.log.get_by_role("searchbox", name="Search")).to_be_focused()
        await keys.type("service 17")
        await expect(rows).to_have_count(1)
        await keys.press("Tab")
        await expect(rows.first).to_be_focused()
        posts = len(server.posts)
        server.gate.clear()  # nothing is answered: a second press finds nothing to press
        await keys.press("Enter")
        await expect(chat.box).to_be_focused()
        await expect(chat.log.locator(".list")).to_have_attribute("inert", "")
        server.gate.set()
        await expect(chat.log.locator(".mine[data-seq]")).to_have_count(3, timeout=SLOW)
        assert [sent.get("choice", {}).get("id") for sent in server.posts[posts:]] == ["s17@1"]
        assert [trouble for trouble in chat.troubles if "503" not in trouble] == []


async def test_what_takes_long_or_fails_says_so_and_can_be_closed_on_a_phone_too(browser):
    async with chat_server() as server:
        chat = await new_chat(browser, "about:blank", width=390, height=844)
        page = chat.page
        held = []
        await page.route("**/widget/chat.js", lambda route: held.append(route))  # noqa: PLW0108  (playwright marks it)
        await page.goto(server.base)
        launcher = page.get_by_role("button", name="Open chat")
        await launcher.click()
        await expect(page.get_by_text("One moment…")).to_be_visible(timeout=SLOW)
        await page.get_by_role("button", name="Close chat").click()
        await expect(launcher).to_be_focused()
        await launcher.click()
        for route in held:
            await route.abort()
        await expect(page.get_by_text("The chat can't be reached right now.")).to_be_visible(timeout=SLOW)
        await page.unroute_all()
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("dialog", name="Chat with Shop").get_by_role("textbox")).to_be_visible(
            timeout=SLOW
        )


async def test_its_colors_are_the_visitor_s_or_the_tag_s_whatever_the_page_is(browser):
    async with chat_server() as server:
        for system, tag, ground in SCHEMES:
            chat = await new_chat(browser, server.base + tag, color_scheme=system)
            await chat.open()
            found = await chat.page.locator(".chat").evaluate(
                "node => getComputedStyle(node).backgroundColor"
            )
            assert found == ground, (system, tag)
            await chat.page.context.close()
