"""Talks up to the summary with its Book Now."""

from __future__ import annotations

from typing import Any

from tests.webchat.world import Page

SALON = [
    "I want a gel manicure at Plaza tomorrow at 2pm with anyone, pay on arrival",
    "Sara Test",
    "+965 5000 0123",
    "sara@example.com",
]
BARBER = [
    "a skin fade on monday at 11am with anyone, I'm Ali Test, +965 5000 0199, ali@example.com",
]


async def to_summary(page: Page, lines: list[str] = SALON) -> dict[str, Any]:
    """The action that the summary stands over."""
    for line in lines:
        answer = await page.say(line)
        assert answer, line
    return page.action
