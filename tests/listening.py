"""Servers inside a test, on ports of their own, which leave no connection behind.

asyncio (to Python 3.11 at least) takes some steps of its loop from a connection it has accepted to one that its server
knows. A server that closes in between refuses it with an assertion that nobody sees, and leaves it open until the
garbage collector finds it, in the middle of some other test. So a server here first stops accepting, and closes when
what it accepted is known.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer, get_port_socket  # noqa: TID251 - this is where it is mended

_STEPS = 5


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on right now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


async def stop_accepting(listener: socket.socket) -> None:
    """To be called before a server is closed. listener: what it listens on, in this loop."""
    asyncio.get_running_loop().remove_reader(listener.fileno())
    for _ in range(_STEPS):
        await asyncio.sleep(0)


@asynccontextmanager
async def serving(app: web.Application, port: int) -> AsyncIterator[int]:
    """The app on this port of this machine; 0 lets the system choose. Gives the port."""
    listener = socket.create_server(("127.0.0.1", port))
    runner = web.AppRunner(app, access_log=None)
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        yield listener.getsockname()[1]
    finally:
        await stop_accepting(listener)
        await runner.cleanup()
        listener.close()


class LocalServer(TestServer):
    """aiohttp's own server for tests, which stops accepting before it closes."""

    __test__ = False

    def __init__(self, app: web.Application, **options: Any) -> None:
        super().__init__(app, socket_factory=self._listen, **options)
        self._listener: socket.socket | None = None

    def _listen(self, host: str, port: int, family: socket.AddressFamily) -> socket.socket:
        self._listener = get_port_socket(host, port, family)
        return self._listener

    async def close(self) -> None:
        """Again and again, if need be."""
        if self._listener is not None:
            listener, self._listener = self._listener, None
            await stop_accepting(listener)
        await super().close()
