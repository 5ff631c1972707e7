"""Waiting for what another process does to a conversation, for a few seconds at most."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from bot.ports import LiveEvents

Found = TypeVar("Found")


async def wait_for(
    live: LiveEvents,
    workspace_id: UUID,
    conversation_id: UUID,
    look: Callable[[], Awaitable[Found | None]],
    *,
    seconds: float,
) -> Found | None:
    """What `look` finds in the tables, now or after the next news. None: nothing in time."""
    try:
        async with asyncio.timeout(seconds), live.subscribe(workspace_id, conversation_id) as news:
            found = await look()
            if found is not None:
                return found
            async for _ in news:
                found = await look()
                if found is not None:
                    return found
    except TimeoutError:
        return None
    return None
