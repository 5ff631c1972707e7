"""The server's HTTP surface, as a widget and a dashboard use it. Nothing else of the product is touched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from workers.qa.checks import Failed

T = TypeVar("T")

LISTS = ("leads", "intents", "bookings", "handoffs", "conversations")
"""What the read API lists."""
_PATIENCE_SECONDS = 90.0
"""How long a "come again later" is waited for, in all, per call."""
_PAGE = 200
_FEW = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON of one answer; `body` is empty where none came."""

    status: int
    body: Any
    text: str = ""
    location: str = ""

    @property
    def error(self) -> str:
        """The code that stands in an error's body."""
        if isinstance(self.body, Mapping) and isinstance(self.body.get("error"), Mapping):
            return str(self.body["error"].get("code", ""))
        return ""

    def ok(self, what: str) -> Any:
        """The JSON. Raises Failed unless the status is 2xx."""
        if not 200 <= self.status < 300:
            raise Failed(f"{what}: an answer", f"{self.status} {self.text[:200]}")
        return self.body


@dataclass(slots=True)
class Server:
    """A running Frontdesk. `http` has the base URL."""

    http: httpx.AsyncClient
    waited_seconds: float = field(default=0.0, init=False)
    """For limits, over all calls: a run that waits a lot says so."""

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        query: Mapping[str, str] | None = None,
        bearer: str = "",
        headers: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Answer:
        """One call; redirects aren't followed. patient: waits where the answer is "come again later".

        Raises Failed when the server can't be reached.
        """
        sent = {**(headers or {}), **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        left = _PATIENCE_SECONDS
        while True:
            try:
                got = await self.http.request(
                    method, path, json=json, content=content, params=dict(query or {}), headers=sent
                )
            except httpx.HTTPError as error:
                raise Failed(f"{method} {path}: an answer", type(error).__name__) from error
            wait = _retry_after(got)
            if not patient or wait is None or wait > left:
                return _answer(got)
            left -= wait
            self.waited_seconds += wait
            await asyncio.sleep(wait)


def _retry_after(got: httpx.Response) -> float | None:
    """Seconds after which it may work: too often, or somebody else is at it. None: it isn't that."""
    if got.status_code not in {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.CONFLICT}:
        return None
    try:
        return max(0.1, float(got.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _answer(got: httpx.Response) -> Answer:
    body: Any = {}
    if "json" in got.headers.get("Content-Type", ""):
        try:
            body = got.json()
        except ValueError:
            body = {}
    return Answer(got.status_code, body, got.text, got.headers.get("Location", ""))


@dataclass(slots=True)
class Widget:
    """The chat's side: what a page with the widget calls."""

    server: Server

    async def session(self, workspace: str, bot: str, *, patient: bool = True) -> Answer:
        """workspace, bot: key or id."""
        return await self.server.call(
            "POST",
            "/api/widget/sessions",
            json={"workspaceId": workspace, "botId": bot},
            patient=patient,
        )

    async def message(self, workspace: str, bot: str, session_id: str, **said: Any) -> Answer:
        """said: `text` or `choice`."""
        return await self.server.call(
            "POST",
            "/api/widget/messages",
            json={"workspaceId": workspace, "botId": bot, "sessionId": session_id, **said},
        )

    async def messages(self, session_id: str, *, after: int) -> Answer:
        return await self.server.call(
            "GET", "/api/widget/messages", query={"after": str(after)}, bearer=session_id
        )

    async def finalize(self, intent_id: str, session_id: str, **more: Any) -> Answer:
        return await self.server.call(
            "POST", f"/api/bookings/{intent_id}/finalize", json=more, bearer=session_id
        )


@dataclass(slots=True)
class Dashboard:
    """An operator's side: the read API and the demo's buttons, with an agency's token."""

    server: Server
    token: str = field(repr=False)

    async def page(self, kind: str, workspace: str, *, token: str = "", **query: str) -> Answer:
        """One answer of the read API. workspace: its key; empty: none is named."""
        return await self.server.call(
            "GET",
            f"/api/admin/{kind}",
            query=query,
            bearer=token or self.token,
            headers={"X-Workspace": workspace} if workspace else {},
        )

    async def newest(self, kind: str, workspace: str) -> list[dict[str, Any]]:
        """The rows of the first page, newest first."""
        body = (await self.page(kind, workspace, limit=str(_PAGE))).ok(f"GET /api/admin/{kind}")
        found: list[dict[str, Any]] = body["items"]
        return found

    async def find(
        self, kind: str, workspace: str, wanted: Callable[[Mapping[str, Any]], object]
    ) -> dict[str, Any] | None:
        """The newest row that is wanted. What was just made is among the first few."""
        async for page in self._pages(kind, workspace, _FEW):
            for row in page:
                if wanted(row):
                    return row
        return None

    async def rows(self, kind: str, workspace: str) -> list[dict[str, Any]]:
        """All of a workspace's rows of a kind, newest first."""
        return [row async for page in self._pages(kind, workspace, _PAGE) for row in page]

    async def _pages(self, kind: str, workspace: str, size: int) -> AsyncIterator[list[dict[str, Any]]]:
        query = {"limit": str(size)}
        while True:
            body = (await self.page(kind, workspace, **query)).ok(f"GET /api/admin/{kind}")
            yield body["items"]
            if not body.get("nextCursor"):
                return
            query = {"limit": str(size), "cursor": body["nextCursor"]}

    async def demo(self, act: str, template_key: str) -> Answer:
        """act: seed or reset. Waits while somebody else is at it."""
        return await self.server.call(
            "POST", f"/api/admin/demo/{act}", json={"templateKey": template_key}, bearer=self.token
        )

    async def templates(self) -> dict[str, dict[str, Any]]:
        """The demo's templates by their keys."""
        got = await self.server.call("GET", "/api/admin/demo/templates", bearer=self.token)
        return {one["templateKey"]: one for one in got.ok("GET /api/admin/demo/templates")["items"]}


async def until(look: Callable[[], Awaitable[T]], good: Callable[[T], object], *, seconds: float = 20.0) -> T:
    """Looks until it is good or the time is over; the last sight either way."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    pause = 0.02
    while True:
        found = await look()
        if good(found) or loop.time() > end:
            return found
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.5)
