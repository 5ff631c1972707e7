"""Server-sent events of a chat: `message` (its number is the event's id), `actions`, `typing`, `status`.

Live events only say that it is time to look; what is sent is what the tables hold, in their order. So a page that
comes back with `Last-Event-ID` misses nothing, and a dead Redis costs it a moment. A message that is sent after a later
one was (its worker died over it) comes when it comes: until then the events' ids stay before it, and a page that comes
back is told again what stands behind, by the same numbers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
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
    _open: dict[asyncio.Task[Any], tuple[Seat, web.Request]] = field(default_factory=dict)

    async def serve(
        self,
        request: web.Request,
        seat: Seat,
        *,
        after: int | None,
        until: float,
        still: Callable[[], Awaitable[object]] | None = None,
    ) -> web.StreamResponse:
        """after: what the page has already; None: it has nothing. until: seconds that its session still counts.
        still: raises ApiError once the reader may not read any more; asked about with every heartbeat.

        Raises ApiError before anything is sent; afterwards it only ends.
        """
        self._make_room(seat)
        if sum(1 for one, _ in self._open.values() if one == seat) >= STREAMS_OF_ONE:
            raise too_many(self.heartbeat_seconds)
        if len(self._open) >= STREAMS_OF_ALL:
            raise ApiError(503, "unavailable", "Too many pages are open; please try again.", retry_after=5)
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a stream is served by a task")
        self._open[task] = (seat, request)
        try:
            first = await self.desk.read(seat, after=after)
            last = first.messages[0].seq - 1 if after is None and first.messages else after or 0
            line = _Line(request, self.write_seconds, self.heartbeat_seconds, last)
            return await self._serve(line, seat, min(until, self.longest_seconds), still)
        finally:
            self._open.pop(task, None)

    async def close(self, _: web.Application) -> None:
        """For `on_shutdown`: pages come back to whoever is there then."""
        for task in list(self._open):
            task.cancel()

    def _make_room(self, seat: Seat) -> None:
        """A page that was closed isn't noticed before its next heartbeat; one that is loaded anew needn't wait."""
        for task, (whose, request) in list(self._open.items()):
            if whose == seat and _is_gone(request):
                del self._open[task]
                task.cancel()

    async def _serve(
        self, line: _Line, seat: Seat, seconds: float, still: Callable[[], Awaitable[object]] | None
    ) -> web.StreamResponse:
        ends = _clock() + seconds
        talk: UUID | None = None
        try:
            await line.open()
            with contextlib.suppress(ApiError):  # he may not read on: asking again, he is told why
                while _clock() < ends:
                    talk = await self._follow(line, seat, talk, ends, still)
            await line.end()
        except _GONE:
            line.cut()
        return line.response

    async def _follow(
        self,
        line: _Line,
        seat: Seat,
        talk: UUID | None,
        ends: float,
        still: Callable[[], Awaitable[object]] | None,
    ) -> UUID | None:
        """Sends what comes in one talk, or anywhere while there is none, until the customer's talk is another one.

        Returns that talk. Raises ApiError, ConnectionError, TimeoutError.
        """
        async with self.live.subscribe(seat.workspace_id, talk, calm=True) as news:
            while _clock() < ends:
                now = await self._look(seat, line.after)
                if now is not None:
                    await line.tell(now)
                    if now.talk is not None and now.talk.id != talk:
                        return now.talk.id
                    if now.more:
                        continue
                if await line.beat() and still is not None:
                    await self._ask(still)
                await anext(news)
        return talk

    async def _look(self, seat: Seat, last: int) -> Reading | None:
        """None: the tables can't be read at the moment; the next look may."""
        try:
            return await self.desk.read(seat, after=last)
        except DATABASE_FAILURES as error:
            log.warning("chat.stream_not_read", reason=type(error).__name__)
            return None

    async def _ask(self, still: Callable[[], Awaitable[object]]) -> None:
        """While the tables can't be read nobody is sent away; there is nothing to read either."""
        with contextlib.suppress(*DATABASE_FAILURES):
            await still()


class _Line:
    """One open page: what it was told last, and when."""

    def __init__(self, request: web.Request, write_seconds: float, beat_seconds: float, after: int) -> None:
        self.response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        self.after = after
        """Up to here it was told everything."""
        self._ahead: set[int] = set()
        """And these behind it, while something before them may still come."""
        self._request = request
        self._write_seconds = write_seconds
        self._beat_seconds = beat_seconds
        self._spoke = self._beat = _clock()
        self._typing: bool | None = None
        self._status: dict[str, Any] | None = None

    async def open(self) -> None:
        """Raises ConnectionError, TimeoutError, as all that writes does."""
        self.response.enable_chunked_encoding()
        await self.response.prepare(self._request)
        await self.write(b"retry: 2000\n\n")

    async def tell(self, reading: Reading) -> None:
        """Everything of a reading that is new."""
        after = self.after if reading.after is None else reading.after
        for message in reading.messages:
            if message.seq in self._ahead:
                continue
            told = message.model_dump(mode="json", by_alias=True)
            await self.write(_event("message", told, id=min(message.seq, after)))
            if message.actions:
                await self.write(_event("actions", {"seq": message.seq, "actions": told["actions"]}))
            self._ahead.add(message.seq)
        self.after = after
        self._ahead = {seq for seq in self._ahead if seq > after}
        if self._typing is not reading.pending and (reading.pending or self._typing is not None):
            self._typing = reading.pending
            await self.write(_event("typing", {"typing": reading.pending}))
        talk = reading.talk
        if talk is not None:
            status = {"conversationId": str(talk.id), "status": talk.status, "language": talk.language}
            if status != self._status:
                self._status = status
                await self.write(_event("status", status))

    async def beat(self) -> bool:
        """A sign of life where there was none for a while; and a look whether the page is still there.

        True: it is time to look whether he may still read.
        """
        if _is_gone(self._request):
            raise ConnectionResetError
        now = _clock()
        if now - self._spoke >= self._beat_seconds:
            await self.write(b": still here\n\n")
        if now - self._beat < self._beat_seconds:
            return False
        self._beat = now
        return True

    async def write(self, data: bytes) -> None:
        """Raises ConnectionError, or TimeoutError if nobody takes it."""
        async with asyncio.timeout(self._write_seconds):
            await self.response.write(data)
        self._spoke = _clock()

    async def end(self) -> None:
        async with asyncio.timeout(self._write_seconds):
            await self.response.write_eof()

    def cut(self) -> None:
        """At once: what is still in the buffer is for nobody."""
        if self._request.transport is not None:
            self._request.transport.abort()


def _clock() -> float:
    """Seconds, as the loop's own timers count them."""
    return asyncio.get_running_loop().time()


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _event(kind: str, data: dict[str, Any], *, id: int | None = None) -> bytes:  # noqa: A002  (the field's name)
    number = f"id: {id}\n" if id is not None else ""
    return f"{number}event: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"
