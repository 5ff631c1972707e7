"""Every page of the console in one browser: it says what the tables hold, and everybody can read it, also in a hand.

A page that is added makes these tests fail until it is listed (console_pages.py) and looked at (console_looks*.py).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bot.console.page import Stream
from bot.console.registry import sections
from bot.console.seedings import Seedings
from db.secrets import SecretBox
from db.tx import Pool
from db.users import Role
from tests.browser import console_looks, console_looks_running, pages_rows
from tests.browser.console_pages import FILES, PAGES, PARTS, address
from tests.browser.looks import LOOKS, WATCH_SHIFTS, WEIGHT, Look, hard_words, small_controls
from tests.browser.test_console import DESK, HAND, signed_in
from tests.console.desk import open_desk
from tests.salon import KEY
from tests.sampled import BARBER
from tests.tls import TLS
from workers.demo_businesses import Templates
from workers.resources import now

__all__ = ["console_looks", "console_looks_running"]


_ONE_TEMPLATE = {
    "settings",
    "settings-look",
    "settings-data",
    "settings-costs",
    "settings-business",
    "audit-installation",
}
"""Whose kinds of fields and columns stand on others, too."""
_AXE = Axe()
MOST_BYTES = {"overview": 100_000}
MOST_OF_A_LIST = 150_000
"""Bytes of a page with as many rows as one may have, each with its forms."""
MOST_SHIFT = 0.1
"""Cumulative layout shift above which browsers' makers speak of a page that jumps."""


def test_every_address_that_is_read_is_a_page_or_known_as_none():
    read = {
        route.path
        for section in sections()
        for route in section.routes
        if route.method == "GET" and not isinstance(route, Stream) and not route.path.endswith(FILES)
    }
    assert read == set(PAGES.values()) | PARTS
    assert not set(PAGES.values()) & PARTS
    assert {section.nav.path for section in sections() if section.nav} <= set(PAGES.values())
    assert LOOKS.keys() == PAGES.keys(), "a page whose numbers nobody compares"


@asynccontextmanager
async def looking(pool: Pool, browser: Browser):
    """Somebody of the agency who acts as the barber, and what goes wrong on the pages that he opens."""
    async with httpx.AsyncClient(verify=TLS) as http:
        demos = Templates(
            pool, SecretBox([KEY]), http, public_base_url="http://localhost", sandbox_url=None, clock=now
        )
        async with open_desk(pool, seedings=Seedings(demos, pool)) as desk:
            here = desk.workspaces[BARBER]
            ids = await pages_rows.add(pool, here)
            desk.clock.append(now())
            await desk.user("ann@example.com")
            await desk.user("carl@example.com", Role.CLIENT, BARBER)
            page, troubles = await signed_in(desk, browser, "ann@example.com", viewport=DESK)
            await page.add_init_script(WATCH_SHIFTS)
            await page.locator(f"button[value={BARBER}]").click()
            await page.wait_for_load_state()
            zone = await pool.fetchval("SELECT settings ->> 'timezone' FROM workspaces WHERE id = $1", here)
            base = f"{desk.url}/console/w/{BARBER}"
            yield Look(page, base, pool, here, ZoneInfo(zone), desk.clock[-1], ids), troubles


@pytest.mark.browser
async def test_what_every_page_says_is_what_the_tables_hold(sampled_pool, browser):
    async with looking(sampled_pool, browser) as (look, troubles):
        wrong: dict[str, object] = {}
        for name in PAGES:
            await _open(look, name)
            try:
                await LOOKS[name](look)
            except AssertionError as difference:
                wrong[name] = str(difference)
            if found := await hard_words(look.page):
                wrong[f"{name}: words for machines"] = found
            if (weight := await look.page.evaluate(WEIGHT)) > MOST_BYTES.get(name, MOST_OF_A_LIST):
                wrong[f"{name}: bytes"] = weight
            if (shifted := await look.page.evaluate("window.__shift")) > MOST_SHIFT:
                wrong[f"{name}: moves about by itself"] = shifted
        phone = look.page.get_by_role("link", name="A customer's phone")
        assert f"/simulator?workspace={BARBER}" in (await phone.get_attribute("href") or "")
        assert wrong == {}

        await look.page.set_viewport_size(HAND)
        for name in PAGES.keys() - _ONE_TEMPLATE:
            await _open(look, name)
            wide = await look.page.evaluate("document.documentElement.scrollWidth > innerWidth")
            found = [
                *await _complaints(look.page),
                *await small_controls(look.page),
                *["scrolls sideways"] * wide,
            ]
            if found:
                wrong[name] = found
        assert wrong == {}
        assert troubles == []


async def _open(look: Look, name: str) -> None:
    path = await address(look.pool, look.workspace_id, PAGES[name], **look.ids)
    if name in {"bookings-day", "bookings-week"}:
        starts = await look.one(
            "SELECT starts_at FROM bookings WHERE workspace_id = $1 AND id = $2", look.ids["booking_id"]
        )
        path += f"?date={starts.astimezone(look.zone):%Y-%m-%d}"
    answer = await look.page.goto(look.base + path)
    assert answer is not None
    assert answer.status == 200, name


async def _complaints(page: Page) -> list[str]:
    """What axe finds: rule and where."""
    found = (await _AXE.run(page, options={"resultTypes": ["violations"]})).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
