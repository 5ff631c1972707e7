"""Five minutes of somebody who never saw the product: he has what `make demo` printed, and reads what pages show."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import expect

from tests.browser.test_console import DESK, SLOW, enter, say, watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

PRINTED = re.compile(r"console +(?P<url>\S+)\n +e-mail (?P<email>\S+), one-time password (?P<password>\S+)")
FIVE_MINUTES = 300


async def test_a_newcomer_finds_his_way_by_what_he_sees(demo, browser):
    demo.until(lambda: "Ready in" in demo.said())
    printed = PRINTED.search(demo.said())
    assert printed, demo.said()
    begun = time.monotonic()

    page = await (await browser.new_context(viewport=DESK)).new_page()
    troubles = watched(page)
    await page.goto(printed["url"])  # the only address that is typed
    await enter(page, printed["email"], printed["password"])
    await page.get_by_label("New password").fill("a horse in the rain")
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.get_by_text("Welcome. Your password is set.")).to_be_visible(timeout=SLOW)
    await page.get_by_role("button", name="Nail Salon").click()

    # A chat arrives while he looks.
    await expect(page.get_by_text("No talks yet")).to_be_visible(timeout=SLOW)
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="Write as a customer").click()
    customer = await opened.value
    troubles_there = watched(customer)
    said = customer.get_by_role("log", name="Messages")
    await say(customer, "Hi, can I get a gel manicure tomorrow at 5pm?")
    await expect(said).to_contain_text("welcome to Nail Salon", timeout=SLOW)
    await expect(page.get_by_text("1 message in, 1 out")).to_be_visible(timeout=SLOW)
    await page.get_by_role("link", name="Conversations", exact=True).click()
    await page.get_by_role("link", name="+96550000123").click()
    thread = page.get_by_label("Messages", exact=True)
    await expect(thread).to_contain_text("can I get a gel manicure", timeout=SLOW)
    await say(customer, "in Zahra please")
    await expect(thread).to_contain_text("in Zahra please", timeout=SLOW)

    # He takes it over, answers, hands it back.
    await page.get_by_role("button", name="Take over").click()
    await expect(page.get_by_text("Olive Operator has it")).to_be_visible(timeout=SLOW)
    await page.get_by_label("Answer as yourself").fill("Olive here: 5 o'clock is yours.")
    await page.get_by_role("button", name="Send").click()
    await expect(said).to_contain_text("Olive here", timeout=SLOW)
    await say(customer, "lovely, thank you")
    await expect(thread).to_contain_text("lovely, thank you", timeout=SLOW)
    await page.get_by_role("button", name="Hand back to the bot").click()
    await expect(page.get_by_role("button", name="Take over")).to_be_visible(timeout=SLOW)
    await say(customer, "what are your opening hours?")
    await expect(said).to_contain_text(
        re.compile("lovely, thank you.*opening hours.*[0-9]:00", re.DOTALL), timeout=SLOW
    )

    await page.get_by_role("link", name="Sync", exact=True).click()
    await page.get_by_role("button", name="Sync now").click()
    newest = page.get_by_role("row").nth(1)
    await expect(newest).to_contain_text("somebody asked", timeout=SLOW)
    await expect(newest).to_contain_text("Done", timeout=SLOW)

    # Sixteen businesses are still being set up while he is here; two were there from the beginning.
    await page.get_by_role("link", name="Templates", exact=True).click()
    await expect(page.get_by_text("never", exact=True)).to_have_count(2, timeout=4 * SLOW)
    salon = page.get_by_role("row", name=re.compile("^Nail salon"))
    await salon.get_by_role("button", name="Seed").click()
    await expect(salon).to_contain_text("today", timeout=SLOW)
    await expect(salon.get_by_role("button", name="Seed")).to_be_enabled()

    await page.get_by_role("link", name="Overview", exact=True).click()
    steps = await page.get_by_role("listitem").filter(has_text="%").all_inner_texts()
    funnel = {
        step: int(count) for step, count in (re.match(r"(.+?)\s+(\d+)\s", one).groups() for one in steps)
    }
    assert list(funnel) == [
        "Conversations", "Became a lead", "Wanted a booking", "Booked", "Sent on to book", "Completed"
    ]  # fmt: skip
    assert funnel["Conversations"] > funnel["Booked"] >= funnel["Completed"] > 1
    assert time.monotonic() - begun < FIVE_MINUTES
    assert (troubles, troubles_there) == ([], [])
