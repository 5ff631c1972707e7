"""The console beside a customer's phone, two people at once; what it weighs, and whether everybody can read it."""

from __future__ import annotations

import asyncio
import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.console.desk import PASSWORD, open_desk

pytestmark = pytest.mark.browser

DESK, HAND = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HERE = "/console/w/nail-salon"
SLOW = 30_000
"""Milliseconds for what the engine does; on a busy machine."""
BAD = ("<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "<svg/onload=alert(1)>")


@pytest.fixture
async def desk(stage):
    async with open_desk(stage.resources.pool, live=stage.resources.live) as opened:
        yield opened


def watched(page: Page) -> list[str]:
    """What goes wrong on a page; a refusal of the content security policy is told on its console."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.on("dialog", lambda dialog: troubles.append(f"a dialog: {dialog.message}"))
    return troubles


async def signed_in(desk, browser, email: str, *, viewport=None, **more) -> tuple[Page, list[str]]:
    context = await browser.new_context(viewport=viewport or DESK, **more)
    page = await context.new_page()
    troubles = watched(page)
    await page.goto(f"{desk.url}/console/")
    await enter(page, email)
    return page, troubles


async def enter(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fills in the page that asks who it is."""
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def phone(stage, browser, number: str) -> Page:
    """A customer's."""
    page = await browser.new_page(viewport=DESK)
    await page.goto(f"{stage.base}/simulator?workspace=nail-salon&from=%2B{number}")
    return page


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def test_two_people_at_one_talk_a_double_click_a_lost_line_and_a_session_that_ends(
    stage, browser, desk
):
    pages = {}
    for name in ("olive", "bruno"):
        await desk.user(f"{name}@example.com", name=name.capitalize())
        pages[name] = await signed_in(desk, browser, f"{name}@example.com")
        await pages[name][0].locator("button[value=nail-salon]").click()
        await expect(pages[name][0].get_by_text("No talks yet")).to_be_visible()
    (olive, troubles), (bruno, others) = pages.values()

    customer = await phone(stage, browser, "96550000150")
    await say(customer, "gel manicure tomorrow at 5pm at Zahra")
    # The overview hears of it by itself, down to the chart that wasn't there before.
    conversations = olive.locator(".figure", has_text="Conversations").locator("dd").first
    await expect(conversations).to_have_text("1", timeout=SLOW)
    await expect(olive.get_by_role("heading", name="Day by day")).to_be_visible(timeout=SLOW)
    for page in (olive, bruno):
        await page.get_by_role("link", name="Conversations", exact=True).click()
        await page.get_by_role("link", name="+96550000150").click()
        await expect(page.locator(".progress")).to_contain_text("Gel Manicure", timeout=SLOW)
    thread = olive.locator(".thread")
    await thread.get_by_text("Why the bot said this").last.click()
    await expect(thread.locator(".why[open]")).to_contain_text("gel manicure")

    # Both take it over in the same moment: it is one person's, and everybody sees whose.
    await asyncio.gather(
        *(page.get_by_role("button", name="Take over").dblclick() for page in (olive, bruno))
    )
    for page in (olive, bruno):
        await expect(page.get_by_role("button", name="Hand back to the bot")).to_be_visible(timeout=SLOW)
        await expect(page.get_by_text(re.compile("(Olive|Bruno) has it"))).to_have_count(1, timeout=SLOW)
    ((taken,),) = await stage.resources.pool.fetch("SELECT count(*) FROM escalations WHERE status = 'taken'")
    assert taken == 1

    # What one of them is typing stays while the other answers, by a double click, once.
    await bruno.get_by_label("Answer as yourself").fill("Do you know our place in Zahra?")
    await bruno.get_by_role("heading", name="How far it is").click()
    await olive.get_by_label("Answer as yourself").fill("Olive here. 5 o'clock is yours!")
    await olive.get_by_role("button", name="Send").dblclick()
    for shown in (customer.locator(".theirs"), bruno.locator(".thread .person"), thread.locator(".person")):
        await expect(shown.filter(has_text="Olive here")).to_have_count(1, timeout=SLOW)
    await expect(thread.locator(".person").get_by_text("Why the bot said this")).to_have_count(0)
    await expect(bruno.get_by_label("Answer as yourself")).to_have_value("Do you know our place in Zahra?")

    # Who was without a line sees what came meanwhile.
    await olive.context.set_offline(True)
    await say(customer, "see you then")
    await expect(bruno.locator(".thread")).to_contain_text("see you then", timeout=SLOW)
    await olive.context.set_offline(False)
    await expect(thread).to_contain_text("see you then", timeout=SLOW)

    # Who is signed out in another tab loses nothing of what he wrote.
    other_tab = await bruno.context.new_page()
    await other_tab.goto(desk.url + HERE)
    await other_tab.get_by_role("button", name="Sign out").click()
    await bruno.get_by_role("button", name="Send").click()
    await expect(bruno.get_by_role("alert")).to_contain_text("nothing was changed")
    await enter(bruno, "bruno@example.com")
    await bruno.get_by_role("button", name="Act as nail-salon").click()
    await expect(bruno.get_by_label("Answer as yourself")).to_have_value("Do you know our place in Zahra?")
    await bruno.get_by_role("button", name="Send").click()
    await expect(customer.locator(".theirs").last).to_contain_text("our place in Zahra", timeout=SLOW)

    await bruno.get_by_role("button", name="Hand back to the bot").dblclick()
    await expect(olive.get_by_role("button", name="Take over")).to_be_visible(timeout=SLOW)
    answered = await customer.locator(".theirs").count()
    await say(customer, "what are your opening hours?")
    await expect(customer.locator(".theirs")).to_have_count(answered + 1, timeout=SLOW)
    # Without a line nothing loads, and another workspace's page than one acts as is 404.
    assert [one for one in troubles if "ERR_INTERNET_DISCONNECTED" not in one] == []
    assert [one for one in others if "404" not in one] == []


async def test_pages_are_light_pass_axe_and_fit_a_hand(stage, browser, desk):
    await desk.user("ann@example.com")
    customer = await phone(stage, browser, "96550000151")
    await say(customer, "مرحبا")
    await expect(customer.locator(".theirs")).to_have_count(1, timeout=SLOW)
    (talk,) = await stage.rows("SELECT id, customer_id FROM conversations")
    # The others: test_console_pages.py. Here what isn't a business's, in the light, and two of its own in the dark.
    inside = (f"{HERE}/", f"{HERE}/conversations/{talk['id']}")
    outside = tuple(f"/console/{each}" for each in ("profile", "workspaces", "second-factor", "invitation"))
    for viewport, scheme, shown in ((DESK, "light", inside + outside), (HAND, "dark", inside)):
        page, troubles = await signed_in(
            desk, browser, "ann@example.com", viewport=viewport, color_scheme=scheme
        )
        await page.locator("button[value=nail-salon]").click()
        for path in shown:
            await page.wait_for_load_state()
            weights: list[int] = []
            page.on(
                "response",
                lambda answer, to=weights: to.append(int(answer.headers.get("content-length", "0"))),
            )
            await page.goto(desk.url + path)
            assert await _complaints(page) == [], (path, scheme)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= viewport["width"], (path, wide)
            assert sum(weights) < 100_000, (path, sum(weights))
        assert troubles == []
        await page.context.close()


async def _complaints(page: Page) -> list[str]:
    """What axe finds: rule and where."""
    found = (await Axe().run(page)).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


async def test_nothing_that_customers_write_runs(stage, browser, desk):
    await desk.user("ann@example.com")
    customer = await phone(stage, browser, "96550000152")
    for words in BAD:
        await say(customer, words)
    await expect(customer.locator(".theirs").first).to_be_visible(timeout=SLOW)
    await stage.resources.pool.execute("UPDATE customers SET name = $1, email = $1", BAD[0])
    (talk,) = await stage.rows("SELECT id, customer_id FROM conversations")
    page, troubles = await signed_in(desk, browser, "ann@example.com")
    await page.locator("button[value=nail-salon]").click()
    for path in ("/", "/conversations", f"/conversations/{talk['id']}", f"/customers/{talk['customer_id']}"):
        await page.goto(f"{desk.url}{HERE}{path}")
        await expect(page.get_by_role("heading").first).to_be_visible()
        assert await page.locator("img:not(.chart), script:not([src])").count() == 0
    assert troubles == []
