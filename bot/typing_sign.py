"""The read receipt and typing sign: best effort, beside the turn, never in its way.

A quick turn only leaves a read receipt, after its reply has begun to go out. A slow one (an order at the
booking system, a refresh of free times) shows the typing sign meanwhile; its reply waits for a sign that is
on its way, since one that came after the words would stay there for 25 seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
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
_CALL_SECONDS = 2


@dataclass(slots=True)
class _Sign:
    """What a conversation's newest message still has coming."""

    channel: Channel
    account: ChannelAccount
    newest: Inbound
    task: asyncio.Task[None] | None = None
    calling: bool = False


@dataclass(slots=True)
class TypingSigns:
    """One per process."""

    channels: dict[str, Channel]
    http: httpx.AsyncClient
    after_seconds: float = 0.3
    wait_seconds: float = 0.5
    _coming: dict[UUID, _Sign] = field(default_factory=dict)
    _receipts: set[asyncio.Task[None]] = field(default_factory=set)

    def show(self, conversation_id: UUID, account: ChannelAccount, events: Sequence[Event]) -> None:
        """A turn begins: returns at once; the sign comes if the reply is not on its way before."""
        inbounds = [event.inbound for event in events if isinstance(event, CustomerMessage)]
        if not inbounds or account.settings.get("typing_sign", True) is not True:
            return
        channel = self.channels[account.channel]
        newest = inbounds[-1]
        if newest.kind in _SILENT or not channel.capabilities(newest.surface).typing:
            return
        sign = _Sign(channel, account, newest)
        sign.task = asyncio.create_task(self._show_later(sign), name="typing-sign")
        self._coming[conversation_id] = sign
        sign.task.add_done_callback(lambda _done: self._forget(conversation_id, sign))

    async def settle(self, conversation_id: UUID) -> None:
        """A reply is about to go out: a sign not sent yet becomes a mere read receipt beside it; one that is
        being sent is waited for, shortly.
        """
        sign = self._coming.pop(conversation_id, None)
        if sign is None or sign.task is None:
            return
        if sign.calling:
            await asyncio.wait({sign.task}, timeout=self.wait_seconds)
            return
        sign.task.cancel()
        receipt = asyncio.create_task(
            self._call(lambda: sign.channel.mark_read(sign.newest, account=sign.account, http=self.http)),
            name="read-receipt",
        )
        self._receipts.add(receipt)
        receipt.add_done_callback(self._receipts.discard)

    def _forget(self, conversation_id: UUID, sign: _Sign) -> None:
        if self._coming.get(conversation_id) is sign:
            del self._coming[conversation_id]

    async def _show_later(self, sign: _Sign) -> None:
        await asyncio.sleep(self.after_seconds)
        sign.calling = True
        await self._call(lambda: sign.channel.show_typing(sign.newest, account=sign.account, http=self.http))

    async def _call(self, call: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await call()
        except (CallFailure, TimeoutError) as error:
            log.info("typing_sign.failed", reason=type(error).__name__)
        except Exception:  # it may fail as it likes, a turn never hears of it
            log.exception("typing_sign.failed")
