"""Pages that live: a stream that says when a page's part should be fetched again. It carries no content.

A page has `<section data-live="…/live" data-fragment="…/part">`; the script listens, fetches the part and puts it in.
The stream reads a short `version` of what the part shows whenever something may have happened (and every few
seconds anyway) and speaks only when it differs. Without scripts the page is as it was when it was loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web

from bot.console.acting import Watching
from bot.console.rendering import close
from db.failures import DATABASE_FAILURES
from db.tx import Tx

Version = Callable[[Tx], Awaitable[str]]

_HEARTBEAT_SECONDS = 15.0
_SLOW_SECONDS = 10.0
"""A reader that takes nothing for so long is cut off; the browser comes back by itself."""
_LONGEST_SECONDS = 900.0
"""Then the browser connects again, and whether it still may is asked again."""


async def stream(
    watching: Watching, version: Version, *, conversation_id: UUID | None = None
) -> web.StreamResponse:
    """Says `changed` whenever the version differs from the one that the page was made with (`?version=`; none given:
    also at first), until the page is closed.

    conversation_id: what it is about; None: anything of the workspace.
    """
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    close(response)
    clock = asyncio.get_running_loop().time
    begun = spoken = clock()
    known = watching.query.get("version", "")
    # A reader that went away, or that takes nothing.
    with contextlib.suppress(ConnectionResetError, TimeoutError):
        await response.prepare(watching.request)
        await _say(response, "retry: 3000\n\n")
        async with watching.ports.live.subscribe(watching.workspace.id, conversation_id) as events:
            known = await _told(watching, response, version, known)
            async for _ in events:
                before = known
                known = await _told(watching, response, version, known)
                if known != before:
                    spoken = clock()
                elif clock() - spoken > _HEARTBEAT_SECONDS:
                    await _say(response, ": still here\n\n")
                    spoken = clock()
                if clock() - begun > _LONGEST_SECONDS:
                    break
    return response


async def _told(watching: Watching, response: web.StreamResponse, version: Version, known: str) -> str:
    try:
        async with watching.transaction() as transaction:
            found = await version(transaction)
    except DATABASE_FAILURES:
        return known  # the next tick looks again
    if found != known:
        await _say(response, f"event: changed\ndata: {found}\n\n")
    return found


async def _say(response: web.StreamResponse, text: str) -> None:
    async with asyncio.timeout(_SLOW_SECONDS):
        await response.write(text.encode())
