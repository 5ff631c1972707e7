"""Reading what strangers post: never more than it may be, never for longer than it may take."""

from __future__ import annotations

import asyncio

from aiohttp import web

READ_SECONDS = 20.0
"""Longest time for a body to arrive: nobody may hold connections open by writing slowly."""


async def read_body(request: web.Request, *, limit: int, seconds: float = READ_SECONDS) -> bytes:
    """The raw bytes. Raises 415 for a content encoding, 413 for more than `limit` bytes, 408 for a slow sender."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType(text="content encodings are not accepted")
    if request.content_length is not None and request.content_length > limit:
        raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=request.content_length)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=len(body))
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text="the body did not arrive in time") from error
    return bytes(body)
