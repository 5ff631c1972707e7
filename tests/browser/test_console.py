"""The console as a newcomer uses it, beside a customer's phone; what it weighs, and whether everybody can read it."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from db.users import Role
from tests.console.desk import PASSWORD, open_desk

pytestmark = pytest.mark.browser

DESK, HAND = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HERE = "/console/w/nail-salon"
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
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    return page, troubles


async def phone(stage, browser, number: str) -> Page:
    """A customer's."""
    page = await browser.new_page(viewport=DESK)
    await page.goto(f"{stage.base}/simulator?workspace=nail-salon&from=%2B{number}")
    return page


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def test_a_newcomer_watches_a_talk_takes_it_over_answers_and_hands_it_back(stage, browser, desk):
    await desk.user("olive@example.com", one_time=True, name="Olive Operator")
    page, troubles = await signed_in(desk, browser, "olive@example.com")
    await page.get_by_label("New password").fill("a horse in the rain")
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.get_by_text("Welcome. Your password is set.")).to_be_visible()
    await page.locator("button[value=nail-salon]").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page.get_by_text("No talks yet")).to_be_visible()

    customer = await phone(stage, browser, "96550000150")
    await say(customer, "Hi")
    await expect(customer.locator(".theirs")).to_have_count(1, timeout=15_000)
    # The overview hears of it by itself.
    await expect(page.locator(".figure", has_text="Conversations").locator("dd").first).to_have_text(
        "1", timeout=15_000
    )

    await page.get_by_role("link", name="Conversations", exact=True).click()
    await page.get_by_role("link", name="+96550000150").click()
    thread = page.locator(".thread")
    await expect(thread).to_contain_text("welcome to Nail Salon")
    await say(customer, "gel manicure tomorrow at 5pm at Zahra")
    await expect(thread).to_contain_text("gel manicure tomorrow at 5pm at Zahra", timeout=15_000)
    await expect(page.locator(".progress")).to_contain_text("Gel Manicure", timeout=15_000)
    await thread.get_by_text("Why the bot said this").last.click()
    await expect(thread.locator(".why[open]")).to_contain_text("gel manicure")

    await page.get_by_role("button", name="Take over").click()
    await expect(page.get_by_role("button", name="Hand back to the bot")).to_be_visible(timeout=15_000)
    await page.get_by_label("Answer as yourself").fill("Olive here. 5 o'clock is yours!")
    await page.get_by_role("button", name="Send").click()
    await expect(customer.locator(".theirs").last).to_contain_text("Olive here", timeout=15_000)
    await expect(thread.locator(".person")).to_contain_text("Olive here", timeout=15_000)

    await page.get_by_role("button", name="Hand back to the bot").click()
    await expect(page.get_by_role("button", name="Take over")).to_be_visible(timeout=15_000)
    answered = await customer.locator(".theirs").count()
    await say(customer, "what are your opening hours?")
    await expect(customer.locator(".theirs")).to_have_count(answered + 1, timeout=15_000)
    assert troubles == []


async def test_pages_are_light_pass_axe_and_fit_a_hand(stage, browser, desk):
    await desk.user("ann@example.com")
    await desk.user("carl@example.com", Role.CLIENT, "nail-salon")
    customer = await phone(stage, browser, "96550000151")
    await say(customer, "مرحبا")
    await expect(customer.locator(".theirs")).to_have_count(1, timeout=15_000)
    (talk,) = await stage.rows("SELECT id, customer_id FROM conversations")
    paths = (
        f"{HERE}/", f"{HERE}/conversations", f"{HERE}/conversations/{talk['id']}", f"{HERE}/waiting",
        f"{HERE}/customers", f"{HERE}/customers/{talk['customer_id']}", f"{HERE}/users", "/console/profile",
        "/console/workspaces", "/console/second-factor", "/console/invitation",
    )  # fmt: skip
    for viewport, scheme, shown in ((DESK, "light", paths), (HAND, "dark", paths[:4])):
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
    await expect(customer.locator(".theirs").first).to_be_visible(timeout=15_000)
    await stage.resources.pool.execute("UPDATE customers SET name = $1, email = $1", BAD[0])
    (talk,) = await stage.rows("SELECT id, customer_id FROM conversations")
    page, troubles = await signed_in(desk, browser, "ann@example.com")
    await page.locator("button[value=nail-salon]").click()
    for path in ("/", "/conversations", f"/conversations/{talk['id']}", f"/customers/{talk['customer_id']}"):
        await page.goto(f"{desk.url}{HERE}{path}")
        await expect(page.get_by_role("heading").first).to_be_visible()
        assert await page.locator("img:not(.chart), script:not([src])").count() == 0
    assert troubles == []
