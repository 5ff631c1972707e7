"""The read receipt and typing sign: best effort, beside the turn, never in its way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import structlog

from bot.channels.contract import Channel, ChannelAccount
from bot.flows.contract import CustomerMessage, Event
from bot.messages import Inbound, InboundKind
from providers.outcome import CallFailure

log = structlog.get_logger(__name__)

_SILENT = (InboundKind.REACTION, InboundKind.STICKER, InboundKind.SYSTEM)


@dataclass(slots=True)
class TypingSigns:
    """Shows "typing" for the newest message of a turn; a reply waits for it a moment, so that the sign never
    comes after the words.
    """

    channels: dict[str, Channel]
    http: httpx.AsyncClient
    wait_seconds: float = 0.5
    _running: dict[UUID, asyncio.Task[None]] = field(default_factory=dict)

    def show(self, conversation_id: UUID, account: ChannelAccount, events: Sequence[Event]) -> None:
        """Returns at once; the sign is on its way."""
        inbounds = [event.inbound for event in events if isinstance(event, CustomerMessage)]
        if not inbounds or account.settings.get("typing_sign", True) is not True:
            return
        channel = self.channels[account.channel]
        newest = inbounds[-1]
        if newest.kind in _SILENT or not channel.capabilities(newest.surface).typing:
            return
        task = asyncio.create_task(self._show(channel, newest, account), name="typing-sign")
        self._running[conversation_id] = task
        task.add_done_callback(lambda done: self._forget(conversation_id, done))

    async def settle(self, conversation_id: UUID) -> None:
        """Waits, shortly, for the sign that is on its way in this conversation."""
        task = self._running.get(conversation_id)
        if task is not None:
            await asyncio.wait({task}, timeout=self.wait_seconds)

    def _forget(self, conversation_id: UUID, task: asyncio.Task[None]) -> None:
        if self._running.get(conversation_id) is task:
            del self._running[conversation_id]

    async def _show(self, channel: Channel, inbound: Inbound, account: ChannelAccount) -> None:
        try:
            async with asyncio.timeout(2):
                await channel.show_typing(inbound, account=account, http=self.http)
        except (CallFailure, TimeoutError) as error:
            log.info("typing_sign.failed", reason=type(error).__name__)
        except Exception:  # it may fail as it likes, a turn never hears of it
            log.exception("typing_sign.failed")
