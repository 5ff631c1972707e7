"""The web chat as a customer's fingers find it, and everything that goes wrong around it."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager

from aiohttp import web
from playwright.async_api import Browser, Page, expect

from tests.listening import free_ports, serving

SLOW = 20_000
"""Milliseconds for what the engine does; on a busy machine."""
_WATCH = """
window.__fired = [];
window.__violations = [];
window.__shift = 0;
new PerformanceObserver((found) => {
  for (const one of found.getEntries()) if (!one.hadRecentInput) window.__shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
window.alert = (what) => window.__fired.push(String(what));
document.addEventListener("securitypolicyviolation", (event) => window.__violations.push(event.violatedDirective));
"""


class ChatPage:
    """A page with the chat on it. `troubles`: errors of scripts and of the console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)

    @property
    def log(self):
        return self.page.get_by_role("log")

    @property
    def heard(self):
        return self.log.locator(".theirs[data-seq]")

    @property
    def mine(self):
        return self.log.locator(".mine")

    @property
    def box(self):
        return self.page.locator(".box")

    async def open(self) -> None:
        """The widget's window."""
        await self.page.get_by_role("button", name=re.compile("Open chat|افتح المحادثة")).click()
        await expect(self.box).to_be_visible(timeout=SLOW)

    async def after(self, act) -> str:
        """Does something and returns the reply it brought."""
        before = await self.heard.count()
        await act()
        await expect(self.heard.nth(before)).to_be_visible(timeout=SLOW)
        return await self.heard.last.inner_text()

    async def say(self, text: str) -> str:
        async def act() -> None:
            await self.box.fill(text)
            await self.box.press("Enter")

        return await self.after(act)

    async def tap(self, name: str | re.Pattern[str]) -> str:
        return await self.after(self.log.get_by_role("button", name=name).first.click)

    async def weight(self) -> int:
        """Bytes that the page took so far, uncompressed: itself, scripts, styles, data."""
        return await self.page.evaluate(
            "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".reduce((sum, one) => sum + one.decodedBodySize, 0)"
        )

    async def shifted(self) -> float:
        """How much of the page jumped about by itself (cumulative layout shift; good is under 0.1)."""
        return await self.page.evaluate("() => window.__shift")

    async def violations(self) -> list[str]:
        return await self.page.evaluate("() => [...window.__violations, ...window.__fired]")


async def new_chat(browser: Browser, url: str, *, width: int = 1280, height: int = 800, **more) -> ChatPage:
    context = await browser.new_context(viewport={"width": width, "height": height}, **more)
    await context.add_init_script(_WATCH)
    chat = ChatPage(await context.new_page())
    await chat.page.goto(url)
    return chat


@asynccontextmanager
async def somebodys_page(body: str):
    """A page of another origin; yields its origin and its address."""
    (port,) = free_ports(1)

    async def show(_: web.Request) -> web.Response:
        return web.Response(
            text=f"<!doctype html><html lang='en'><body>{body}</body></html>", content_type="text/html"
        )

    app = web.Application()
    app.add_routes([web.get("/", show), web.get("/favicon.ico", _nothing)])
    async with serving(app, port):
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port}/"


async def _nothing(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def lists_origin(stage, origin: str, *, workspace: str = "nail-salon") -> None:
    """The business's settings name this page from now on."""
    await stage.resources.pool.execute(
        "UPDATE workspaces SET settings = settings || jsonb_build_object('web_chat', jsonb_build_object('origins', "
        "jsonb_build_array($2::text))), updated_at = now() WHERE key = $1",
        workspace,
        origin,
    )
