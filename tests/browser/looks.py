"""What a page of the console shows, read as a person reads it: tables by their headings, figures by their names."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.async_api import Page

from db.tx import Pool

_TABLES = """
() => [...document.querySelectorAll("main .table:not(.calendar) table")].map((table) => {
  const heads = [...table.querySelectorAll("thead th")].map((one) => one.textContent.trim());
  return [...table.querySelectorAll("tbody tr")].map((row) => Object.fromEntries(
    [...row.children].map((cell, at) => [heads[at], cell.innerText.replace(/\\s+/g, " ").trim()])));
})
"""
_FIGURES = """
() => Object.fromEntries([...document.querySelectorAll("main .figure")].map((one) =>
  [one.querySelector("dt").textContent, [...one.querySelectorAll("dd")].map((each) => each.innerText.trim())]))
"""
_FACTS = """
() => Object.fromEntries([...document.querySelectorAll("main .facts dt")].map((one) =>
  [one.textContent.trim(), one.nextElementSibling.innerText.replace(/\\s+/g, " ").trim()]))
"""
_SMALL = """
() => {
  const found = [];
  for (const one of document.querySelectorAll(
    "main :is(button:not(.link), .button, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio]))"
  )) {
    const { width, height } = one.getBoundingClientRect();
    if (width && height && height < 40) found.push(`${one.outerHTML.slice(0, 90)}: ${height}`);
  }
  return found;
}
"""
WEIGHT = """
() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, one) => sum + one.encodedBodySize, 0)
"""
"""Bytes that the page takes as it is sent: itself, styles, scripts, pictures."""
WATCH_SHIFTS = """
window.__shift = 0;
new PerformanceObserver((found) => {
  for (const one of found.getEntries()) if (!one.hadRecentInput) window.__shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
"""Counts how much of a page moves by itself (window.__shift)."""
_HARD = re.compile(
    r"^(?:None|null|undefined|NaN)$|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-|\b(?:nailit|shopmonkey|own_calendar)\b"
)
_TEXTS = """
() => {
  const found = [], walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest("option")) found.push(walk.currentNode.data.trim());
  }
  return found;
}
"""


@dataclass
class Look:
    """A page on which somebody is, and the tables behind it. now: the moment that the console takes for now."""

    page: Page
    base: str
    """The address under which the business's pages stand."""
    pool: Pool
    workspace_id: UUID
    zone: ZoneInfo
    now: datetime
    ids: dict[str, UUID]
    """Of the rows whose pages are looked at."""

    async def rows(self, sql: str, *more: Any) -> list[dict[str, Any]]:
        """$1 is the workspace."""
        return [dict(row) for row in await self.pool.fetch(sql, self.workspace_id, *more)]

    async def one(self, sql: str, *more: Any) -> Any:
        return await self.pool.fetchval(sql, self.workspace_id, *more)

    async def tables(self) -> list[list[dict[str, str]]]:
        return await self.page.evaluate(_TABLES)

    async def table(self, at: int = 0) -> list[dict[str, str]]:
        return (await self.tables())[at]

    async def figures(self) -> dict[str, list[str]]:
        """Name to number and note."""
        return await self.page.evaluate(_FIGURES)

    async def facts(self) -> dict[str, str]:
        return await self.page.evaluate(_FACTS)

    async def text(self, selector: str = "main") -> str:
        return await self.page.locator(selector).first.inner_text()

    async def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in await self.page.locator(selector).all_inner_texts()]

    async def option(self, name: str, value: str) -> str:
        """The words of a choice of a filter."""
        return await self.page.locator(f"select[name={name}] option[value={value}]").inner_text()

    def when(self, moment: datetime) -> str:
        """As the console says it, in the business's zone: `today 14:05`, `12 Nov 14:05`."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone).date()
        words = {0: "today", -1: "yesterday", 1: "tomorrow"}
        day = words.get((local.date() - today).days)
        if day is None:
            day = f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"
        return f"{day} {local:%H:%M}"

    def midnight(self, days: int = 0) -> datetime:
        """When the day began, so many days from today, in the business's zone."""
        local = self.now.astimezone(self.zone)
        return datetime(local.year, local.month, local.day, tzinfo=self.zone) + timedelta(days=days)


Check = Callable[[Look], Awaitable[None]]
LOOKS: dict[str, Check] = {}
"""What is compared on a page, by its name in console_pages.PAGES."""


def looks(*names: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        for name in names:
            assert name not in LOOKS, name
            LOOKS[name] = check
        return check

    return keep


async def hard_words(page: Page) -> list[str]:
    """What no human should have to read: ids, keys of booking systems, a programmer's nothing."""
    return [text for text in await page.evaluate(_TEXTS) if _HARD.search(text)]


async def small_controls(page: Page) -> list[str]:
    """Controls that a finger misses: lower than 40 px."""
    return await page.evaluate(_SMALL)
