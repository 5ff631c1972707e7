"""Not using up a key's calls of a minute: what the server says is left, and who waits when it is little."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

RESERVE = 0.2
"""The share of a minute's calls that a sync leaves to orders, and to whatever else the shop has connected."""
_MINUTE = 60.0


@dataclass(slots=True)
class Pace:
    """One per key. The limit isn't published: it is read from each answer's `X-RateLimit-Limit-Minute` and
    `X-RateLimit-Remaining-Minute` (a rolling minute); while they are silent nobody waits, and a 429 decides.
    """

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    limit: int | None = None
    remaining: int | None = None

    def heard(self, headers: Mapping[str, str]) -> None:
        """Takes in an answer's headers; one that doesn't name both changes nothing."""
        limit = _number(headers.get("x-ratelimit-limit-minute"))
        remaining = _number(headers.get("x-ratelimit-remaining-minute"))
        if limit and remaining is not None:
            self.limit, self.remaining = limit, remaining

    async def wait(self) -> None:
        """Before a call that can wait: while little is left, as long as the rolling minute needs to give one
        call back.
        """
        if self.limit and self.remaining is not None and self.remaining < self.limit * RESERVE:
            await self.sleep(_MINUTE / self.limit)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None
