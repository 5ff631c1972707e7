"""Behind proxies `request.remote` is the customer's address all the same: in paces, in what a hand-off remembers.

Nothing else looks at who connects or at X-Forwarded-For; a test sees to it.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.proxies import Network, counted_as, is_trusted, sender


def behind(trusted: tuple[Network, ...]) -> Middleware:
    """Gives each request the address of its sender. To be the first middleware."""

    @web.middleware
    async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
        peer = remote = request.remote or ""
        if is_trusted(peer, trusted):
            remote = sender(peer, request.headers.getall("X-Forwarded-For", []), trusted) or ""
        remote = counted_as(remote)
        return await handler(request if remote == peer else request.clone(remote=remote))

    return named
