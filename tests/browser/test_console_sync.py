"""A sync from the console as it is seen without ever reloading; and whether everybody can read these pages."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from db import sync_runs
from db.tx import tx
from tests.browser.test_console import HAND, HERE, desk, signed_in
from workers.catalog import Catalog

__all__ = ["desk"]

pytestmark = pytest.mark.browser

PAGES = (
    "/sync",
    "/catalog",
    "/catalog/people",
    "/catalog/times",
    "/catalog/differences",
    "/ai",
    "/ai/personas",
)


async def test_a_sync_is_asked_for_watched_and_seen_to_end(stage, browser, desk):
    await desk.user("ann@example.com")
    page, troubles = await signed_in(desk, browser, "ann@example.com", viewport=HAND)
    await page.locator("button[value=nail-salon]").click()
    await page.goto(f"{desk.url}{HERE}/sync")
    await page.get_by_role("button", name="Sync now").click()
    await expect(page.get_by_text("Begins in a moment.")).to_be_visible()
    await page.evaluate("window.neverReloaded = true")

    pool, workspace = stage.resources.pool, desk.workspaces["nail-salon"]
    async with tx(pool, workspace) as transaction:
        (asked,) = [one for one in await sync_runs.recent_runs(transaction) if one.status == "requested"]
        run = await sync_runs.start_run(transaction, kind="full", trigger="operator", claim_seconds=60)
        assert run is not None
        assert run.id == asked.id
        await sync_runs.move_on(transaction, run.id, what="free times", done=3, total=12, claim_seconds=60)
    await expect(page.get_by_text("day 3 of 12")).to_be_visible(timeout=15_000)

    async with tx(pool, workspace) as transaction:
        await sync_runs.give_back_run(transaction, run.id)
    assert await Catalog(stage.resources).take_one()
    await expect(page.locator("progress")).to_have_count(0, timeout=15_000)
    await expect(page.locator("tbody tr").first).to_contain_text("Done")
    assert await page.evaluate("window.neverReloaded")
    assert troubles == []


async def test_the_pages_of_catalog_sync_and_ai_are_readable_for_everybody(stage, browser, desk):
    await desk.user("ann@example.com")
    page, troubles = await signed_in(desk, browser, "ann@example.com", viewport=HAND)
    await page.locator("button[value=nail-salon]").click()
    found = {}
    for path in PAGES:
        await page.goto(f"{desk.url}{HERE}{path}")
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        results = await Axe().run(page)
        if wide or results.violations_count:
            found[path] = (wide, [one["id"] for one in results.response["violations"]])
    assert found == {}
    assert troubles == []
