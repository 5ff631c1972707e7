"""A server of a test closes what it accepted, however late: else it is found in the middle of another test."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.faults.proxy import Address, Proxy
from tests.listening import LocalServer, free_ports, serving


@asynccontextmanager
async def app_alone(port):
    async with serving(web.Application(), port):
        yield


@asynccontextmanager
async def local_server(port):
    async with LocalServer(web.Application(), port=port):
        yield


@asynccontextmanager
async def proxied(port):
    """In front of a server that takes everything and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = Proxy(Address(port=silent.getsockname()[1]), port)
        await proxy.start()
        try:
            yield
        finally:
            await proxy.stop()


@pytest.mark.parametrize("steps", range(8))
@pytest.mark.parametrize("server", [app_alone, local_server, proxied])
async def test_who_comes_while_a_server_closes_is_hung_up_on(server, steps):
    """steps: of the loop between the connection and the server's end."""
    (port,) = free_ports(1)
    with socket.socket() as client:
        client.setblocking(False)
        async with server(port):
            client.connect_ex(("127.0.0.1", port))
            for _ in range(steps):
                await asyncio.sleep(0)
        async with asyncio.timeout(2):
            try:
                heard = await asyncio.get_running_loop().sock_recv(client, 1)
            except ConnectionError:
                heard = b""
    assert heard == b""
