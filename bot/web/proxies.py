"""Behind proxies `request.remote` is the customer's address all the same: in paces, in what a hand-off remembers."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.proxies import Network, is_trusted, sender


def behind(trusted: tuple[Network, ...]) -> Middleware:
    """Gives each request the address of its sender. To be the first middleware."""

    @web.middleware
    async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
        forwarded = request.headers.getall("X-Forwarded-For", [])
        if forwarded and is_trusted(request.remote, trusted):
            request = request.clone(remote=sender(request.remote, forwarded, trusted) or "")
        return await handler(request)

    return named
