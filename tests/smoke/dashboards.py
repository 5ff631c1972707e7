"""The console in a browser, as somebody of the agency and as a client of one business: what their pages show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from playwright.async_api import Browser, Page, ViewportSize

from bot.console import cookies
from db import console_sessions, users
from db.console_sessions import Stage
from db.tx import Pool
from db.users import Role
from tests.console.desk import CHEAP
from workers.qa.customer import NAME
from workers.qa.result import Traces

SLOW_MILLISECONDS = 30_000
STATES = {
    "incomplete": "Incomplete",
    "qualified": "Qualified",
    "confirmed": "Confirmed",
    "redirected": "Redirected (intent)",
    "completed_external": "Completed there",
}
"""As people read them."""
_SCREENS: dict[Role, ViewportSize] = {
    Role.AGENCY: {"width": 1280, "height": 800},
    Role.CLIENT: {"width": 390, "height": 844},
}
"""At a desk, and on a phone."""
_COOKIE = "frontdesk"
"""The session's, on a plain address of this machine."""
_NO_PASSWORD = CHEAP.hash("is never typed")
_ROW = """
address => {
  const link = [...document.querySelectorAll("main a")].find((each) => each.pathname === address);
  const row = link && link.closest("tr");
  return row ? row.innerText : null;
}
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line that a list of the console must have: where its link leads, and what stands in it."""

    list: str
    id: str
    texts: tuple[str, ...]


def lines_of(traces: Traces) -> Iterator[Shown]:
    """What both dashboards of a business must show of a run. traces: as they are now."""
    assert traces.lead is not None
    lead = traces.lead
    yield Shown("leads", str(lead["id"]), (NAME, str(lead["email"]), STATES[str(lead["status"])]))
    yield Shown("conversations", str(lead["conversationId"]), (NAME,))
    if booking := traces.booking:
        code, status = str(booking["confirmationCode"]), STATES[str(booking["status"])]
        yield Shown("bookings", str(booking["id"]), (str(booking["customerName"]), code, status))
    if handoff := traces.handoff:
        status = STATES[str(handoff["status"])]
        texts = (NAME, str(handoff["customerEmail"]), str(handoff["service"]), status)
        yield Shown("handoffs", str(handoff["id"]), texts)


def marks_of(traces: Traces) -> set[str]:
    """What stands on a page only if it shows something of this business: addresses and ids of a run's customers."""
    found = set()
    for row in (traces.lead, traces.booking, traces.handoff):
        if row is not None:
            found |= {str(row[name]) for name in ("id", "conversationId")}
            found |= {str(row[name]) for name in ("email", "customerEmail") if row.get(name)}
    return found


@dataclass
class Looker:
    """Somebody at a browser. `missing`: what his pages should have shown and didn't, in words."""

    role: Role
    page: Page
    base: str
    missing: list[str] = field(default_factory=list)

    async def become(self, pool: Pool, email: str, workspace_id: UUID | None = None) -> None:
        """A new user with a session of his own, without typing a password. workspace_id: a client's business."""
        made = await users.create(
            pool, email=email, name=email.partition("@")[0], password_hash=_NO_PASSWORD, one_time=False,
            role=self.role, workspace_id=workspace_id,
        )  # fmt: skip
        assert made is not None
        secret = cookies.new_secret()
        await console_sessions.start(
            pool, cookies.digest(secret), user_id=made, stage=Stage.FULL, browser="Chromium", valid_seconds=3600,
            replaces=None,
        )  # fmt: skip
        await self.page.context.clear_cookies()
        await self.page.context.add_cookies([{"name": _COOKIE, "value": secret, "url": self.base}])

    async def sees(self, workspace: str, wanted: Shown) -> None:
        """The list has the line, and the line its texts."""
        if not await self._goes(f"/console/w/{workspace}/{wanted.list}"):
            return
        line = await self.page.evaluate(_ROW, f"/console/w/{workspace}/{wanted.list}/{wanted.id}")
        if line is None:
            self._misses(f"{wanted.texts} ({wanted.id})")
            return
        shown = " ".join(line.split())
        for text in wanted.texts:
            if text.lower() not in shown.lower():
                self._misses(f"{text!r} in the line {shown!r}")

    async def sees_where_it_led(self, workspace: str, handoff_id: str, redirect: str) -> None:
        """The handoff's own page: the address that the customer was led to, and when."""
        if not await self._goes(f"/console/w/{workspace}/handoffs/{handoff_id}"):
            return
        shown = await self.page.locator("main").inner_text()
        for text in (NAME, redirect, "Redirected (intent)"):
            if text not in shown:
                self._misses(repr(text))

    async def sees_nothing_of(self, marks: set[str]) -> None:
        """On the page that is open."""
        self._reads_nothing_of(marks, self._here, await self.page.content())

    def _reads_nothing_of(self, marks: set[str], path: str, content: str) -> None:
        if found := sorted(mark for mark in marks if mark in content):
            self.missing.append(f"{self.role} {path}: shows {found} of another business")

    async def is_refused(self, path: str, marks: set[str]) -> None:
        """Nothing here, for him: 404, and not a word of what is there. Asked with this browser's cookies."""
        answer = await self.page.request.get(self.base + path, max_redirects=0)
        if answer.status != 404:
            self.missing.append(f"{self.role} {path}: missing a 404, it was {answer.status}")
        self._reads_nothing_of(marks, path, await answer.text())

    async def acts_as(self, workspace: str, path: str) -> None:
        """The agency's way into a business: asked for its page he says that he acts as it from now on."""
        await self.page.goto(self.base + path, wait_until="domcontentloaded")
        await self.page.get_by_role("button", name=f"Act as {workspace}").click()
        await self.page.wait_for_url(self.base + path, timeout=SLOW_MILLISECONDS)

    async def _goes(self, path: str) -> bool:
        if self._here == path:
            return True
        answer = await self.page.goto(self.base + path, wait_until="domcontentloaded")
        if answer is None or answer.status != 200:
            self._misses(f"the page: {answer and answer.status}")
            return False
        return True

    @property
    def _here(self) -> str:
        return urlsplit(self.page.url).path

    def _misses(self, what: str) -> None:
        self.missing.append(f"{self.role} {self._here}: missing {what}")


async def browsing(browser: Browser, role: Role, base: str) -> Looker:
    """Nobody yet: who he is, `become` says."""
    context = await browser.new_context(viewport=_SCREENS[role])
    context.set_default_timeout(SLOW_MILLISECONDS)
    return Looker(role, await context.new_page(), base)
