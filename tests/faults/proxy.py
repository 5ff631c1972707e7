"""A TCP proxy that stands between a process and one of its servers, and misbehaves on demand.

Faults act on what passes from now on; `heal` ends them. A connection that was cut stays cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from pathlib import Path

from tests.listening import stop_accepting

_CHUNK = 65536
_COMMIT = b"COMMIT\x00"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a proxy passes connections on to: a unix socket, or a port of this machine."""

    port: int | None = None
    socket: Path | None = None

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.socket is not None:
            return await asyncio.open_unix_connection(str(self.socket))
        return await asyncio.open_connection("127.0.0.1", self.port)


@dataclass(slots=True, eq=False)
class _Link:
    """One proxied connection. `client` leads to our process, `server` to what it talks to."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    answer_lost: bool = False

    def reset(self) -> None:
        """RST to both sides: whatever is in the buffers is gone."""
        for writer in (self.client, self.server):
            if not writer.is_closing():
                writer.transport.abort()


@dataclass(slots=True)
class Proxy:
    """One listening port in front of one server."""

    target: Address
    port: int
    latency_seconds: float = 0
    commits_dropped: int = 0
    _listener: socket.socket | None = None
    _server: asyncio.Server | None = None
    _links: set[_Link] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _refusing: bool = False
    _cut_after: int | None = None
    _drop_commits: int = 0
    _pass_commits: int = 0
    _drop_answers_to: bytes | None = None

    async def start(self) -> None:
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._server = await asyncio.start_server(self._accepted, sock=self._listener)

    async def stop(self) -> None:
        if self._listener is not None and self._server is not None:
            await stop_accepting(self._listener)
            self._server.close()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    # -- faults ------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Resets every open connection; new ones work."""
        for link in list(self._links):
            link.reset()

    def black_hole(self) -> None:
        """Takes bytes and connections and passes nothing on, until `heal`."""
        self._open.clear()

    def refuse(self) -> None:
        """Resets what is open and what comes, until `heal`."""
        self._refusing = True
        self.reset()

    def cut_after(self, count: int) -> None:
        """Resets a connection in the middle of an answer: after so many more bytes from the server. Once."""
        self._cut_after = count

    def drop_commit_answers(self, count: int = 1, *, after: int = 0) -> None:
        """PostgreSQL does the next COMMITs (after so many that pass), the client gets a reset for an answer."""
        self._drop_commits = count
        self._pass_commits = after

    def drop_answer_to(self, words: bytes) -> None:
        """As `drop_commit_answers`, for the next request with these bytes in it. Once."""
        self._drop_answers_to = words

    def heal(self) -> None:
        self.latency_seconds = 0
        self._refusing = False
        self._cut_after = None
        self._drop_commits = 0
        self._drop_answers_to = None
        self._open.set()

    # -- passing on --------------------------------------------------------------------------------------

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """No coroutine: `stop` must know the task, and end the connection, before the task's first step."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, writer))

    def _ended(self, task: asyncio.Task[None], writer: asyncio.StreamWriter) -> None:
        self._tasks.discard(task)
        writer.transport.abort()
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": "a proxied connection failed", "exception": error}
            )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            server_reader, server_writer = await self.target.connect()
        except OSError:
            writer.transport.abort()
            return
        link = _Link(writer, server_writer)
        self._links.add(link)
        try:
            await asyncio.gather(self._pass_requests(link, reader), self._pass_answers(link, server_reader))
        finally:
            self._links.discard(link)
            link.reset()
            with contextlib.suppress(OSError):
                await asyncio.gather(
                    writer.wait_closed(), server_writer.wait_closed(), return_exceptions=True
                )

    async def _pass_requests(self, link: _Link, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                await self._hold()
                if self._drop_commits > 0 and _COMMIT in data:
                    if self._pass_commits > 0:
                        self._pass_commits -= 1
                    else:
                        self._drop_commits -= 1
                        link.answer_lost = True
                if self._drop_answers_to is not None and self._drop_answers_to in data:
                    self._drop_answers_to = None
                    link.answer_lost = True
                link.server.write(data)
                await link.server.drain()
        if not link.server.is_closing() and link.server.can_write_eof():
            with contextlib.suppress(OSError):
                link.server.write_eof()

    async def _pass_answers(self, link: _Link, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                await self._hold()
                if link.answer_lost:
                    self.commits_dropped += 1
                    link.reset()
                    return
                if self._cut_after is not None:
                    if len(data) >= self._cut_after:
                        link.client.write(data[: self._cut_after])
                        self._cut_after = None
                        await asyncio.sleep(0)
                        link.reset()
                        return
                    self._cut_after -= len(data)
                link.client.write(data)
                await link.client.drain()
        if not link.client.is_closing():
            link.client.close()

    async def _hold(self) -> None:
        await self._open.wait()
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds)
