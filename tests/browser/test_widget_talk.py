"""The chat page and its talk: Arabic, lines that break, made-up markup, magic links."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from bot.magic_links import MagicLinks
from db import magic_links as rows
from db.tx import tx
from tests.browser.chat_page import SLOW, ChatPage, new_chat
from workers.resources import now

pytestmark = pytest.mark.browser

CHAT = "/demo/nail-salon/chat"
CORPUS = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    "javascript:alert(3)",
    "<svg/onload=alert(4)>",
    "\"><iframe srcdoc='<script>alert(5)</script>'>",
    'https://example.com/"onmouseover=alert(6)//',
    "{{constructor.constructor('alert(7)')()}}",
    "</textarea><style>*{display:none}</style>",
)


async def flaws(page) -> list[str]:
    """What axe finds: rule and where."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


async def test_a_booking_in_arabic_by_clicks_from_right_to_left(stage, browser):
    chat = await new_chat(browser, f"{stage.base}{CHAT}?lang=ar", width=390, height=844)
    await expect(chat.box).to_be_visible(timeout=SLOW)
    assert await chat.page.locator(".chat").evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert await flaws(chat.page) == []

    await chat.tap("أبي أحجز موعد")
    await chat.tap("بلازا")
    await chat.say("مانيكير جل بكرة الساعة ٥ العصر مع أي موظفة")
    summary = await chat.say("سارة، 50000141")
    assert "12.500 KWD" in summary
    assert await flaws(chat.page) == []
    confirmed = await chat.tap("عند الوصول")

    (order,) = await stage.orders()
    assert str(order["order_id"]) in confirmed
    rating = chat.log.get_by_role("region", name="كيف كانت المحادثة؟")
    await rating.get_by_role("button", name="4 من 5").click(timeout=SLOW)
    await expect(rating.get_by_text("شكراً لك!")).to_be_visible(timeout=SLOW)
    assert [row["rating"] for row in await stage.rows("SELECT rating FROM feedback")] == [4]
    width = await chat.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    assert chat.troubles == []
    assert await chat.violations() == []


async def test_a_chat_page_is_light_and_stands_still_while_it_loads(stage, browser):
    chat = await new_chat(browser, f"{stage.base}{CHAT}")
    await expect(chat.box).to_be_focused(timeout=SLOW)
    await expect(chat.page.locator(".side .item").first).to_be_visible(timeout=SLOW)
    assert 40_000 < await chat.weight() < 100_000
    assert await chat.shifted() < 0.1


async def test_what_is_written_without_a_line_goes_out_once_and_nothing_is_doubled(stage, browser):
    chat = await new_chat(browser, f"{stage.base}{CHAT}")
    await chat.say("Hi")
    context = chat.page.context

    await context.set_offline(True)
    await chat.box.fill("Plaza")
    await chat.box.press("Enter")
    await expect(chat.log.get_by_text("Not sent yet.")).to_be_visible(timeout=SLOW)
    await chat.after(lambda: context.set_offline(False))
    await expect(chat.mine).to_have_count(2)
    said = await stage.rows("SELECT body FROM messages WHERE direction = 'in' ORDER BY created_at")
    assert [row["body"] for row in said] == ["Hi", "Plaza"]

    heard = await chat.heard.all_inner_texts()
    await chat.page.reload()
    await expect(chat.mine).to_have_count(2)
    await expect(chat.heard).to_have_count(len(heard))

    other = ChatPage(await context.new_page())  # a second tab of the same visitor
    await chat.page.route(
        "**/api/widget/stream*", lambda route: route.abort()
    )  # some networks let no stream through
    await chat.page.reload()
    await other.page.goto(f"{stage.base}{CHAT}")
    await expect(other.mine).to_have_count(2)
    await other.say("gel manicure")
    await expect(chat.mine).to_have_count(3, timeout=SLOW)
    await expect(chat.heard).to_have_count(await other.heard.count(), timeout=SLOW)


async def test_made_up_markup_stays_text_and_the_policy_has_nothing_to_report(stage, browser):
    chat = await new_chat(browser, f"{stage.base}{CHAT}")
    await chat.say("\n".join(CORPUS))
    await chat.say("gel manicure tomorrow at 5pm at Plaza with anyone")
    await chat.say(f"my name is {CORPUS[0]}, +96550000142")
    await stage.resources.pool.execute(
        "UPDATE leads SET name = $1, service = $2, email = $3", CORPUS[4], CORPUS[3], CORPUS[5]
    )
    body = {
        "assistantMessage": "\n".join(CORPUS),
        "language": "en",
        "choices": [{"id": "x", "title": one, "description": one, "section": one} for one in CORPUS],
        "links": [{"label": CORPUS[0], "url": "https://example.com/"}],
        "card": {"title": CORPUS[1], "rows": [{"label": one, "value": one} for one in CORPUS]},
        "actions": [],
    }
    await stage.resources.pool.execute(
        "UPDATE messages SET payload = payload || $1 WHERE direction = 'out' AND seq = "
        "(SELECT max(seq) FROM messages WHERE direction = 'out')",
        {"bodies": [body]},
    )
    await chat.page.reload()
    await expect(chat.heard.last).to_contain_text(CORPUS[0], timeout=SLOW)
    await expect(chat.page.locator(".side")).to_contain_text(CORPUS[4], timeout=SLOW)
    assert await chat.page.locator("main img, main iframe, main style, main script").count() == 0
    assert await chat.page.locator("main a[href^='javascript']").count() == 0
    assert await chat.violations() == []
    assert chat.troubles == []


ANSWERS = {
    "confirmed": (
        {"confirmationCode": "K7MX2P", "checkoutUrl": "https://pay.example.com/1"},
        "K7MX2P",
        "Pay now",
    ),
    "pending": ({}, "Told by the server", None),
    "redirected": ({"redirectUrl": "https://book.example.com/"}, "Told by the server", "Continue to booking"),
    "fallback": (
        {"contact": {"phone": "+96550000999", "email": "", "website": ""}},
        "+96550000999",
        "+96550000999",
    ),
    "stale": ({}, "Told by the server", None),
    "something new": ({}, "This button doesn't work right now", None),
}


async def test_each_answer_to_book_now_has_its_words_and_a_failure_can_be_tried_again(stage, browser):
    chat = await new_chat(browser, f"{stage.base}{CHAT}")
    await chat.say("gel manicure tomorrow at 5pm at Plaza with anyone")
    await chat.say("Sara Test, +96550000144")
    asked, answers = [], []

    async def answer(route):
        asked.append(route.request.post_data_json)
        await route.fulfill(**answers[0])

    await chat.page.route("**/api/bookings/*/finalize", answer)
    button = chat.log.get_by_role("button", name="On Arrival")
    result = chat.log.locator(".result")

    answers[:] = [{"status": 503, "json": {"error": {"code": "unavailable", "message": "no"}}}]
    await button.click()
    await expect(result).to_contain_text("That didn't work. Please try again.")
    for status, (more, text, link) in ANSWERS.items():
        answers[:] = [{"json": {"status": status, "message": "Told by the server", **more}}]
        await button.dblclick(timeout=SLOW)
        await expect(result).to_contain_text(text)
        if link is not None:
            await expect(result.get_by_role("link", name=link)).to_be_visible()
        await expect(button).to_have_count(int(status == "something new"))
        await chat.page.reload()
    assert len(asked) == 1 + len(ANSWERS)
    assert all(set(one) == {"summaryVersion"} for one in asked)
    assert await stage.orders() == []


async def test_a_magic_link_opens_its_talk_and_a_preview_of_it_spends_nothing(stage, browser):
    resources = stage.resources
    chat = await new_chat(browser, f"{stage.base}{CHAT}")
    await chat.say("gel manicure tomorrow at 5pm at Plaza")
    (talk,) = await stage.rows("SELECT id, workspace_id FROM conversations")
    links = MagicLinks(resources.pool, resources.box, resources.rates, stage.base, now)
    made = await links.create(talk["workspace_id"], talk["id"], made_by="test")

    await stage.http.get(made.url, headers={"User-Agent": "WhatsApp/2.23 preview"})
    assert (await stage.rows("SELECT used_count FROM magic_links"))[0]["used_count"] == 0

    asked: list[str] = []
    customer = await new_chat(browser, "about:blank", width=390, height=844)
    customer.page.on("request", lambda request: asked.append(request.url + str(request.headers)))
    await customer.page.goto(made.url)
    await expect(customer.mine).to_have_count(1, timeout=SLOW)
    assert "#" not in customer.page.url
    token = made.url.partition("#")[2]
    assert not [one for one in asked if token in one.partition("#")[0]]
    assert await customer.page.evaluate("document.cookie") == ""
    (cookie,) = await customer.page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")

    await customer.page.reload()  # the link is gone from the address, the cookie is enough
    await expect(customer.mine).to_have_count(1, timeout=SLOW)
    assert "Sara" in await customer.say("My name is Sara Test")
    await expect(chat.mine).to_have_count(2, timeout=SLOW)
    assert customer.troubles == []

    async with tx(resources.pool, talk["workspace_id"]) as transaction:
        await rows.revoke(transaction, made.id, by="test")
    await customer.page.goto(f"{made.url}")
    await customer.page.reload()
    gone = customer.page.locator("#gone")
    await expect(gone).to_be_visible(timeout=SLOW)
    await expect(gone).to_contain_text(re.compile("isn't valid any more.*الرابط ما عاد صالح", re.DOTALL))


async def test_the_demo_pages_and_the_widget_pass_axe_and_the_keyboard_opens_and_closes_it(stage, browser):
    listing = await new_chat(browser, f"{stage.base}/demo")
    assert await flaws(listing.page) == []
    assert await listing.page.get_by_role("listitem").count() == 18

    for scheme in ("light", "dark"):
        chat = await new_chat(browser, f"{stage.base}/demo/nail-salon", color_scheme=scheme)
        launcher = chat.page.get_by_role("button", name="Open chat")
        await expect(launcher).to_be_visible(timeout=SLOW)
        await launcher.focus()
        await chat.page.keyboard.press("Enter")
        await expect(chat.box).to_be_focused(timeout=SLOW)
        await chat.say("Hi")
        assert await flaws(chat.page) == []
        await chat.page.get_by_role("button", name="Details", exact=True).click()
        await expect(chat.page.get_by_role("heading", name="Details")).to_be_visible(timeout=SLOW)
        await expect(chat.page.locator(".side .item").first).to_be_visible(timeout=SLOW)
        assert await flaws(chat.page) == []
        await chat.page.keyboard.press("Escape")
        await expect(chat.box).to_be_hidden()
        await expect(launcher).to_be_focused()
        assert chat.troubles == []
