"""Server-sent events of a chat: `message` (its number is the event's id), `actions`, `typing`, `status`.

Live events only say that it is time to look; what is sent is what the tables hold, in their order. So a page that
comes back with `Last-Event-ID` misses nothing, and a dead Redis costs it a moment.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import structlog
from aiohttp import web

from bot.ports import LiveEvents
from bot.web.api import ApiError, too_many
from bot.web.chat.desk import ChatDesk, Reading, Seat
from db.failures import DATABASE_FAILURES

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 15.0
WRITE_SECONDS = 10.0
"""A reader who takes nothing for so long is cut off; his page comes back by itself."""
LONGEST_SECONDS = 15 * 60.0
"""After that a page asks anew: nobody keeps a connection for ever, and a new release gets everybody."""
STREAMS_OF_ONE = 6
"""Tabs and devices of one customer."""
STREAMS_OF_ALL = 5_000
_GONE = (ConnectionError, TimeoutError)


@dataclass(slots=True)
class Streams:
    """All streams of one web process."""

    desk: ChatDesk
    live: LiveEvents
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    write_seconds: float = WRITE_SECONDS
    longest_seconds: float = LONGEST_SECONDS
    _open: set[asyncio.Task[Any]] = field(default_factory=set)
    _seats: Counter[Seat] = field(default_factory=Counter)

    async def serve(
        self, request: web.Request, seat: Seat, *, after: int | None, until: float
    ) -> web.StreamResponse:
        """after: what the page has already; None: it has nothing. until: seconds that its session still counts.

        Raises ApiError before anything is sent; afterwards it only ends.
        """
        if self._seats[seat] >= STREAMS_OF_ONE:
            raise too_many(self.heartbeat_seconds)
        if len(self._open) >= STREAMS_OF_ALL:
            raise ApiError(503, "unavailable", "Too many pages are open; please try again.", retry_after=5)
        first = await self.desk.read(seat, after=after)
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a stream is served by a task")
        self._open.add(task)
        self._seats[seat] += 1
        try:
            last = first.messages[0].seq - 1 if after is None and first.messages else after or 0
            return await self._serve(request, seat, last, min(until, self.longest_seconds))
        finally:
            self._open.discard(task)
            self._seats[seat] -= 1
            if not self._seats[seat]:
                del self._seats[seat]

    async def close(self, _: web.Application) -> None:
        """For `on_shutdown`: pages come back to whoever is there then."""
        for task in self._open:
            task.cancel()

    async def _serve(self, request: web.Request, seat: Seat, last: int, seconds: float) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        response.enable_chunked_encoding()
        await response.prepare(request)
        line = _Line(request, response, self.write_seconds, self.heartbeat_seconds)
        ends = time.monotonic() + seconds
        talk: UUID | None = None
        try:
            await line.write(b"retry: 2000\n\n")
            while time.monotonic() < ends:
                last, talk = await self._follow(line, seat, talk, last, ends)
            await response.write_eof()
        except _GONE:
            line.cut()
        return response

    async def _follow(
        self, line: _Line, seat: Seat, talk: UUID | None, last: int, ends: float
    ) -> tuple[int, UUID | None]:
        """Sends what comes in one talk, or anywhere while there is none, until the customer's talk is another one.

        Returns the last number sent, and that talk.
        """
        async with self.live.subscribe(seat.workspace_id, talk) as news:
            while time.monotonic() < ends:
                now = await self._look(seat, last)
                if now is not None:
                    last = await line.tell(now, last)
                    if now.talk is not None and now.talk.id != talk:
                        return last, now.talk.id
                    if now.more:
                        continue
                await line.beat()
                await anext(news)
        return last, talk

    async def _look(self, seat: Seat, last: int) -> Reading | None:
        """None: the tables can't be read at the moment; the next look may."""
        try:
            return await self.desk.read(seat, after=last)
        except DATABASE_FAILURES as error:
            log.warning("chat.stream_not_read", reason=type(error).__name__)
            return None


class _Line:
    """One open page: what it was told last, and when."""

    def __init__(
        self, request: web.Request, response: web.StreamResponse, write_seconds: float, beat_seconds: float
    ) -> None:
        self._request = request
        self._response = response
        self._write_seconds = write_seconds
        self._beat_seconds = beat_seconds
        self._spoke = time.monotonic()
        self._typing: bool | None = None
        self._status: dict[str, Any] | None = None

    async def tell(self, reading: Reading, last: int) -> int:
        """Everything of a reading that is new. Returns the last number sent."""
        for message in reading.messages:
            told = message.model_dump(mode="json", by_alias=True)
            await self.write(_event("message", told, id=message.seq))
            if message.actions:
                await self.write(_event("actions", {"seq": message.seq, "actions": told["actions"]}))
            last = message.seq
        if self._typing is not reading.pending and (reading.pending or self._typing is not None):
            self._typing = reading.pending
            await self.write(_event("typing", {"typing": reading.pending}))
        talk = reading.talk
        if talk is not None:
            status = {"conversationId": str(talk.id), "status": talk.status, "language": talk.language}
            if status != self._status:
                self._status = status
                await self.write(_event("status", status))
        return last

    async def beat(self) -> None:
        """A sign of life where there was none for a while; and a look whether the page is still there."""
        transport = self._request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        if time.monotonic() - self._spoke >= self._beat_seconds:
            await self.write(b": still here\n\n")

    async def write(self, data: bytes) -> None:
        """Raises ConnectionError, or TimeoutError if nobody takes it."""
        async with asyncio.timeout(self._write_seconds):
            await self._response.write(data)
        self._spoke = time.monotonic()

    def cut(self) -> None:
        """At once: what is still in the buffer is for nobody."""
        if self._request.transport is not None:
            self._request.transport.abort()


def _event(kind: str, data: dict[str, Any], *, id: int | None = None) -> bytes:  # noqa: A002  (the field's name)
    number = f"id: {id}\n" if id is not None else ""
    return f"{number}event: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"
