"""A sync from the console as it is seen without ever reloading, and one that is refused."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from db import sync_runs
from db.tx import tx
from tests.browser.test_console import HAND, HERE, SLOW, desk, signed_in
from workers.catalog import Catalog

__all__ = ["desk"]

pytestmark = pytest.mark.browser


async def test_a_sync_is_watched_to_its_end_another_is_refused_and_forced(stage, browser, desk):
    await desk.user("ann@example.com")
    page, troubles = await signed_in(desk, browser, "ann@example.com", viewport=HAND)
    await page.locator("button[value=nail-salon]").click()
    await page.goto(f"{desk.url}{HERE}/sync")
    await page.get_by_role("button", name="Sync now").dblclick()
    await expect(page.get_by_text("Begins in a moment.")).to_be_visible()
    await page.get_by_role("button", name="Sync now").click()
    await expect(page.get_by_text("Such a sync is under way already")).to_be_visible()
    await page.evaluate("window.neverReloaded = true")

    pool, workspace = stage.resources.pool, desk.workspaces["nail-salon"]
    async with tx(pool, workspace) as transaction:
        (asked,) = [one for one in await sync_runs.recent_runs(transaction) if one.status == "requested"]
        run = await sync_runs.start_run(transaction, kind="full", trigger="operator", claim_seconds=60)
        assert run is not None
        assert run.id == asked.id
        await sync_runs.move_on(transaction, run.id, what="free times", done=3, total=12, claim_seconds=60)
    await expect(page.get_by_text("day 3 of 12")).to_be_visible(timeout=SLOW)

    async with tx(pool, workspace) as transaction:
        await sync_runs.give_back_run(transaction, run.id)
    catalog = Catalog(stage.resources)
    assert await catalog.take_one()
    newest = page.locator("tbody tr").first
    await expect(page.locator("progress")).to_have_count(0, timeout=SLOW)
    await expect(newest).to_contain_text("Done")
    assert await page.evaluate("window.neverReloaded")

    # Half of what is offered is missing from the booking system's answer: refused, until somebody says it is right.
    offered = "SELECT count(*) FROM services WHERE workspace_id = $1 AND retired_at IS NULL"
    there = await pool.fetchval(offered, workspace)
    await pool.execute(
        "INSERT INTO services (id, workspace_id, external_id, group_id, names, minutes, price_minor) SELECT "
        "gen_random_uuid(), workspace_id, 'lost-' || external_id, group_id, '{\"en\": \"Lost Polish\"}', 30, 1000 "
        "FROM services WHERE workspace_id = $1 AND retired_at IS NULL",
        workspace,
    )
    await page.get_by_role("button", name="Sync now").click()
    await expect(page.get_by_text("Begins in a moment.")).to_be_visible(timeout=SLOW)
    assert await catalog.take_one()
    refused = page.get_by_role("region", name="The last sync was refused")
    await expect(refused).to_contain_text(f"{there} of {2 * there} services are missing", timeout=SLOW)
    await expect(refused).to_contain_text(f"Services{there} no longer offered")
    await expect(refused.get_by_text("Lost Polish").first).to_be_visible()
    await expect(refused).to_contain_text(re.compile(r"and \d+ more"))
    await expect(newest).to_contain_text("Refused")
    assert await pool.fetchval(offered, workspace) == 2 * there

    await page.get_by_text("Force", exact=True).click()
    await expect(page.get_by_text("even if services or locations are missing from it?")).to_be_visible()
    await page.get_by_role("button", name="Yes, what is missing goes").click()
    await expect(page.get_by_text("Begins in a moment.")).to_be_visible(timeout=SLOW)
    assert await catalog.take_one()
    await expect(newest).to_contain_text("forced", timeout=SLOW)
    await expect(newest).to_contain_text(f"Services: {there} no longer offered", timeout=SLOW)
    await expect(refused).to_have_count(0)
    assert await pool.fetchval(offered, workspace) == there
    assert troubles == []
