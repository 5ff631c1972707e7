"""Plain HTTP/1.1 over loopback as cheaply as Python can: a client that replays prepared bytes, and a send API.

Nothing here is general: requests are bytes made beforehand, answers carry a Content-Length.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import orjson

from bot.channels.contract import WebhookRequest

_HEAD_END = b"\r\n\r\n"


def request_bytes(request: WebhookRequest) -> bytes:
    """A signed webhook as it goes over the wire."""
    parts = urlsplit(request.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {"host": parts.netloc, **request.headers, "content-length": str(len(request.body))}
    head = f"{request.method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    return head.encode() + b"\r\n" + request.body


class _Parser(asyncio.Protocol):
    """Collects whole messages: head and body."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop's doesn't derive from it

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(_HEAD_END)) >= 0:
            head = bytes(self._buffer[:end])
            size = _content_length(head)
            if len(self._buffer) < end + 4 + size:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + size])
            del self._buffer[: end + 4 + size]
            self.message(head, body)

    def message(self, head: bytes, body: bytes) -> None:
        raise NotImplementedError


def _content_length(head: bytes) -> int:
    found = head.lower().find(b"content-length:")
    return int(head[found + 15 :].split(b"\r\n", 1)[0]) if found >= 0 else 0


class Connection(_Parser):
    """One keep-alive connection, one request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[int] | None = None
        self.alone = asyncio.Lock()
        """For callers that share a connection."""

    async def ask(self, request: bytes) -> int:
        """The status. Raises ConnectionError."""
        if self.transport is None:
            raise ConnectionError("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer

    def message(self, head: bytes, body: bytes) -> None:  # noqa: ARG002
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"the server hung up: {exc}"))


@dataclass(slots=True)
class Load:
    """How one burst went."""

    seconds: float
    latencies: list[float]
    """Milliseconds, in the order of finishing."""
    refused: int

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


@dataclass(slots=True)
class Client:
    """Keep-alive connections to one loopback port."""

    port: int
    size: int
    _connections: list[Connection] = field(default_factory=list)

    async def __aenter__(self) -> Client:
        loop = asyncio.get_running_loop()
        for _ in range(self.size):
            _, connection = await loop.create_connection(Connection, "127.0.0.1", self.port)
            self._connections.append(connection)
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._connections:
            if connection.transport is not None:
                connection.transport.close()
        await asyncio.sleep(0)

    async def ask(self, request: bytes) -> int:
        """One request on the first connection, for what happens one at a time."""
        return await self._connections[0].ask(request)

    def connection(self, number: int) -> Connection:
        return self._connections[number]

    async def flood(self, requests: Sequence[bytes]) -> Load:
        """All requests as fast as they are answered, each connection sending its next on an answer."""
        todo = deque(requests)
        latencies: list[float] = []
        refused = 0

        async def work(connection: Connection) -> None:
            nonlocal refused
            while todo:
                request = todo.popleft()
                began = time.perf_counter()
                refused += await connection.ask(request) != 200
                latencies.append((time.perf_counter() - began) * 1000)

        started = time.perf_counter()
        await asyncio.gather(*(work(each) for each in self._connections))
        return Load(time.perf_counter() - started, latencies, refused)

    async def pace(self, requests: Sequence[bytes], *, per_second: float) -> Load:
        """A request every 1/per_second s whatever the answers do; latency counts from when it was due."""
        free = deque(self._connections)
        waiting: deque[tuple[bytes, float]] = deque()
        latencies: list[float] = []
        refused = 0

        async def send(connection: Connection) -> None:
            nonlocal refused
            while waiting:
                request, due = waiting.popleft()
                refused += await connection.ask(request) != 200
                latencies.append((time.perf_counter() - due) * 1000)
            free.append(connection)

        running: set[asyncio.Task[None]] = set()
        started = time.perf_counter()
        for position, request in enumerate(requests):
            due = started + position / per_second
            if (wait := due - time.perf_counter()) > 0.0005:
                await asyncio.sleep(wait)
            waiting.append((request, due))
            if free:
                task = asyncio.create_task(send(free.popleft()))
                running.add(task)
                task.add_done_callback(running.discard)
        while running:
            await asyncio.gather(*running)
        return Load(time.perf_counter() - started, latencies, refused)


Heard = Callable[[str, float], None]
"""Called with the customer's number and the moment (perf_counter) when a message for him came in."""


@dataclass(slots=True)
class SendApi:
    """Meta's send API as the bench needs it: accepts everything at once and notes when."""

    on_send: Heard
    on_typing: Callable[[str, float], None]
    """Called with the id of the message that was read."""
    sent: int = 0
    _server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Api(self), "127.0.0.1", port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def answer(self, body: bytes) -> bytes:
        at = time.perf_counter()
        asked = orjson.loads(body)
        if "status" in asked:
            self.on_typing(asked["message_id"], at)
            return b'{"success":true}'
        self.sent += 1
        self.on_send(asked.get("to") or asked.get("recipient") or "", at)
        return b'{"messaging_product":"whatsapp","messages":[{"id":"wamid.bench%d"}]}' % self.sent


class _Api(_Parser):
    def __init__(self, api: SendApi) -> None:
        super().__init__()
        self._api = api

    def message(self, head: bytes, body: bytes) -> None:  # noqa: ARG002
        answer = self._api.answer(body)
        if self.transport is not None:
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(answer), answer)
            )


async def until(ready: Callable[[], Awaitable[bool]], *, seconds: float, what: str) -> None:
    """Looks every 50 ms. Raises TimeoutError."""
    deadline = time.perf_counter() + seconds
    while not await ready():
        if time.perf_counter() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        await asyncio.sleep(0.05)
