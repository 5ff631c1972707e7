"""What a page that shows a talk may hear of: that something happened in it. Ids only, never a word of anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class LiveKind(StrEnum):
    """Why somebody who shows this conversation should read the tables again."""

    RECEIVED = "received"
    """A message was stored; its turn is to come."""
    TURN = "turn"
    TAKEN_OVER = "taken_over"
    """A turn that also changed who answers: a person, or the bot again."""
    DELIVERY = "delivery"
    """The status of a message that was sent."""
    EFFECT = "effect"
    """A call to the outside has its outcome: an order, a send, a payment."""
    TICK = "tick"
    """Nothing is known to have happened; it is time to look. Never published."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    conversation_id: UUID | None
    """None: any conversation of the workspace (a tick)."""
    kind: LiveKind


class Unwatched:
    """`LiveEvents` where nobody looks: commands, tests of the engine."""

    def publish(self, workspace_id: UUID, conversation_id: UUID, kind: LiveKind) -> None:
        del workspace_id, conversation_id, kind

    @asynccontextmanager
    async def subscribe(
        self, workspace_id: UUID, conversation_id: UUID | None = None, *, calm: bool = False
    ) -> AsyncIterator[AsyncIterator[LiveEvent]]:
        del workspace_id, conversation_id, calm
        yield _nothing()


async def _nothing() -> AsyncIterator[LiveEvent]:
    return
    yield
