"""A chat whose server does what a test says: the widget's own files, one business, one talk kept in memory.

Its page is somebody's with the widget on it; what stands behind a question mark becomes the tag's attributes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from aiohttp import web

from bot.web.widget.assets import Assets
from bot.web.widget.words import WORDS
from tests.listening import free_ports, serving

_PAGE = """<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">
<h1>Our shop</h1><script src="/widget.js" data-workspace="shop" data-bot="desk" {tag}></script></html>"""


@dataclass(slots=True)
class ChatServer:
    """`messages`: what the talk holds. `posts`: every message that was sent, also what was taken before."""

    base: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    """What stands beside the answer to the next messages."""
    refusal: int = 0
    """Every message is answered by this status; 0: it is taken."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Sessions and answers to messages wait for it."""
    asked: list[int | None] = field(default_factory=list)
    """`after` of every poll."""
    seen_to: int | None = None
    """The cursor that polls are told; None: the newest number."""
    lasts: timedelta = timedelta(days=7)
    """A session that is made or goes on."""
    makes_sessions: bool = True
    over: set[str] = field(default_factory=set)
    """Sessions that count no more."""

    def say(self, seq: int, text: str, **more: Any) -> dict[str, Any]:
        """A line of the business's, as it is shown."""
        told = {
            "seq": seq, "direction": "out", "at": datetime.now(UTC).isoformat(), "by": "bot", "language": "en",
            "assistantMessage": text, "choices": [], "links": [], "card": None, "actions": [], **more,
        }  # fmt: skip
        self.messages.append(told)
        self.messages.sort(key=lambda one: one["seq"])
        return told

    @property
    def taken(self) -> list[str]:
        return [one["text"] for one in self.messages if one["direction"] == "in"]

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self._page),
            web.get("/api/widget/profile", self._profile),
            web.post("/api/widget/sessions", self._session),
            web.get("/api/widget/messages", self._read),
            web.post("/api/widget/messages", self._take),
            web.get("/api/widget/stream", self._no_stream),
            *Assets().routes(),
        ]

    async def _page(self, request: web.Request) -> web.Response:
        tag = " ".join(f'data-{name}="{value}"' for name, value in request.query.items())
        return web.Response(text=_PAGE.format(tag=tag), content_type="text/html")

    async def _profile(self, _: web.Request) -> web.Response:
        return _json({
            "business": "Shop", "initials": "S", "languages": ["en", "ar"], "greeting": {},
            "theme": {"color": "#1f4b99", "text": "#ffffff", "ink": "#1f4b99", "inkDark": "#9dbcf5"},
            "words": WORDS,
        })  # fmt: skip

    async def _session(self, request: web.Request) -> web.Response:
        kept = (await request.json()).get("sessionId")
        await self.gate.wait()
        if not self.makes_sessions:
            return _error(503, "unavailable")
        if kept is None:
            self.sessions.append(f"s{len(self.sessions) + 1}")
        until = (datetime.now(UTC) + self.lasts).isoformat()
        return _json({"sessionId": kept or self.sessions[-1], "expiresAt": until})

    async def _read(self, request: web.Request) -> web.Response:
        if refused := self._refused(request.headers["Authorization"].partition(" ")[2]):
            return refused
        after = int(request.query["after"]) if "after" in request.query else None
        self.asked.append(after)
        found = [one for one in self.messages if one["seq"] > (after or 0)]
        newest = max([after or 0, *(one["seq"] for one in found)])
        return _json({"messages": found, "pending": False, "more": False,
                      "after": newest if self.seen_to is None else self.seen_to})  # fmt: skip

    async def _take(self, request: web.Request) -> web.Response:
        sent = await request.json()
        self.posts.append(sent)
        await self.gate.wait()
        if refused := self._refused(sent["sessionId"]):
            return refused
        if self.refusal:
            return _error(self.refusal, "unavailable")
        mine = [one for one in self.messages if one.get("messageId") == sent["messageId"]]
        if not mine:
            seq = max([0, *(one["seq"] for one in self.messages)]) + 1
            text = sent.get("text") or sent["choice"]["title"]
            mine = [{"seq": seq, "direction": "in", "at": datetime.now(UTC).isoformat(), "text": text,
                     "messageId": sent["messageId"], "session": sent["sessionId"]}]  # fmt: skip
            self.messages += mine
        return _json({"messages": mine, "pending": False, "status": "open"})

    async def _no_stream(self, request: web.Request) -> web.Response:
        refused = self._refused(request.headers["Authorization"].partition(" ")[2])
        return refused or _error(503, "unavailable")

    def _refused(self, session: str) -> web.Response | None:
        return _error(401, "session_expired") if session in self.over else None


@asynccontextmanager
async def chat_server() -> AsyncIterator[ChatServer]:
    (port,) = free_ports(1)
    server = ChatServer(base=f"http://127.0.0.1:{port}/")
    server.gate.set()
    app = web.Application()
    app.add_routes(server.routes())
    async with serving(app, port):
        yield server


def _json(content: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")


def _error(status: int, code: str) -> web.Response:
    return _json({"error": {"code": code, "message": "no"}}, status)
