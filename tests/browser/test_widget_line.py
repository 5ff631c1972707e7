"""The widget's line to its server, against one that fails as it is told to: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.browser.chat_page import SLOW, ChatPage, new_chat
from tests.browser.chat_server import chat_server

pytestmark = pytest.mark.browser


async def write(chat, text):
    await chat.box.fill(text)
    await chat.box.press("Enter")


async def texts(chat):
    return await chat.log.locator(".row[data-seq] .bubble").all_inner_texts()


async def test_two_tabs_share_a_session_and_a_line_of_one_that_died_is_sent_once_by_the_other(browser):
    async with chat_server() as server:
        server.gate.clear()  # both begin before either has a session
        one = await new_chat(browser, server.base)
        two = ChatPage(await one.page.context.new_page())
        await two.page.goto(server.base)
        await asyncio.gather(one.open(), two.open())
        server.gate.set()
        await expect(two.log).to_be_visible(timeout=SLOW)

        server.refusal = 503
        await write(one, "written in the first")
        await expect(one.log.get_by_text("Not sent yet.")).to_be_visible(timeout=SLOW)
        await write(two, "written in the second")
        await expect(two.log.get_by_text("Not sent yet.").first).to_be_visible(timeout=SLOW)
        assert server.taken == []
        await one.page.close()

        server.refusal = 0
        await two.page.evaluate("dispatchEvent(new Event('online'))")
        await expect(two.log.locator(".mine[data-seq]")).to_have_count(2, timeout=SLOW)
        assert server.taken == ["written in the first", "written in the second"]
        assert len({one["session"] for one in server.messages}) == 1
        await two.page.reload()
        await two.open()
        await expect(two.log.locator(".mine")).to_have_count(2, timeout=SLOW)
        assert await two.page.evaluate("Object.keys(localStorage)") == ["frontdesk:shop:desk"]


async def test_a_line_of_an_hour_ago_waits_for_its_customer_and_new_ones_do_not_wait_for_it(browser):
    async with chat_server() as server:
        chat = await new_chat(browser, server.base)
        await chat.open()
        server.refusal = 503
        await write(chat, "tomorrow at five")
        await expect(chat.log.get_by_text("Not sent yet.")).to_be_visible(timeout=SLOW)
        await chat.page.evaluate(
            "for (const key of Object.keys(localStorage)) if (key.includes(':line:')) localStorage.setItem(key, "
            'localStorage.getItem(key).replace(/"at":"\\d+/, \'"at":"2001\'))'
        )
        server.refusal = 0
        await chat.page.reload()
        await chat.open()
        await write(chat, "hello again")
        await expect(chat.log.locator(".mine[data-seq]")).to_have_count(1, timeout=SLOW)
        assert server.taken == ["hello again"]
        await chat.log.get_by_role("button", name="Try again").click()
        await expect(chat.log.locator(".mine[data-seq]")).to_have_count(2, timeout=SLOW)
        assert server.taken == ["hello again", "tomorrow at five"]


async def test_what_stands_before_an_answer_or_comes_late_is_shown_once_and_in_its_place(browser):
    async with chat_server() as server:
        chat = await new_chat(browser, server.base)
        await chat.open()
        await write(chat, "one")
        await expect(chat.log.locator(".row[data-seq]")).to_have_count(1, timeout=SLOW)
        # Somebody of the team writes while no stream is open, and the customer goes on before the next poll.
        server.messages.append(
            {"seq": 3, "direction": "in", "at": "2030-01-01T00:00:00Z", "messageId": "x", "text": "elsewhere"}
        )
        server.seen_to = 1  # number 2 is still on its way
        await write(chat, "two")
        await expect(chat.log.locator(".row[data-seq]")).to_have_count(3, timeout=SLOW)
        server.say(2, "the late reply")
        server.seen_to = None
        await expect(chat.log.locator(".row[data-seq]")).to_have_count(4, timeout=SLOW)
        assert await texts(chat) == ["one", "the late reply", "elsewhere", "two"]
        assert set(server.asked[1:]) <= {None, 1, 4}, "an answer to a message moves no cursor"


async def test_an_expired_session_says_so_and_what_was_written_goes_into_the_next_talk(browser):
    async with chat_server() as server:
        chat = await new_chat(browser, server.base)
        server.lasts = timedelta(hours=1)
        async with chat.page.expect_response("**/api/widget/messages*"):
            await chat.open()
        server.makes_sessions = False  # it can't be prolonged, and counts a while yet
        await write(chat, "one")
        await expect(chat.log.locator(".mine[data-seq]")).to_have_count(1, timeout=SLOW)
        server.lasts, server.makes_sessions = timedelta(days=7), True
        server.over = set(server.sessions)
        await write(chat, "two")
        await expect(chat.page.get_by_text("This chat has ended.")).to_be_visible(timeout=SLOW)
        await expect(chat.log.get_by_text("Not sent yet.")).to_be_visible(timeout=SLOW)
        server.messages.clear()
        await chat.page.get_by_role("button", name="Start a new chat").click()
        await expect(chat.log.locator(".mine[data-seq]")).to_have_count(1, timeout=SLOW)
        assert server.taken == ["two"]
        assert len(server.sessions) == 2
