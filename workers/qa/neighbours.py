"""Customers at addresses of their own: the chat's limits are per address, and a run's customers are many."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx

from workers.qa.client import Server

_TIMEOUT_SECONDS = 60.0
_LOCAL = {"localhost", "127.0.0.1"}


@asynccontextmanager
async def neighbours(url: str, count: int) -> AsyncIterator[list[Server]]:
    """The server at `url`, called from as many addresses of this machine (at most 250).

    None where it is another machine's, or where this one has a single address to itself.
    """
    local = url.replace("//localhost", "//127.0.0.1")
    trusted = httpx.create_ssl_context()  # reads every certificate of the machine: once is enough
    async with AsyncExitStack() as stack:
        yield [
            Server(await stack.enter_async_context(_from(address, local, trusted)))
            for address in _own_addresses(url, count)
        ]


def _own_addresses(url: str, count: int) -> list[str]:
    if (urlsplit(url).hostname or "") not in _LOCAL:
        return []
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.1.1", 0))
        except OSError:  # not every system has all of 127.0.0.0/8
            return []
    return [f"127.0.1.{number}" for number in range(1, count + 1)]


def _from(address: str, url: str, trusted: ssl.SSLContext) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(verify=trusted, local_address=address)
    return httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_SECONDS, transport=transport)
