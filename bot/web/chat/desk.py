"""A seat in the web chat: what is said there goes the way of every channel's messages, and is read from the tables.

The engine behind it is the one that answers webhooks: bot/inbox.py stores and rings, a worker takes the turn. Here is
only waited for it, a few seconds, so that most answers come with the request that asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.channels.contract import ChannelAccount
from bot.inbox import NotStored, Receiver
from bot.live_wait import wait_for
from bot.messages import GeoPoint, Inbound, InboundKind, Sender, Surface
from bot.ports import Accounts, BotProfile, LiveEvents
from bot.web.api import DATABASE_RETRY_SECONDS, ApiError
from bot.web.chat.answers import MessageTold, TalkTold, Throttled
from bot.web.chat.shown import shown
from db import chat
from db.tx import Pool, tx

PAGE = 100
"""Messages in one answer."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a customer sits: on an account of the web channel, by an address of his own."""

    workspace_id: UUID
    account_id: UUID
    address: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer sends: text, a tap, or a place."""

    message_id: str
    text: str = ""
    choice_id: str | None = None
    location: GeoPoint | None = None

    @property
    def kind(self) -> InboundKind:
        if self.choice_id is not None:
            return InboundKind.CHOICE
        return InboundKind.LOCATION if self.location is not None else InboundKind.TEXT


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a seat's talks."""

    talk: chat.Talk | None
    messages: tuple[MessageTold, ...]
    pending: bool
    more: bool = False
    after: int | None = None
    """What is not behind this number has been seen, or never will be: from here on to be read the next time."""


@dataclass(frozen=True, slots=True)
class ChatDesk:
    """One per web process."""

    pool: Pool
    accounts: Accounts
    receiver: Receiver
    live: LiveEvents
    wait_seconds: float

    async def account(self, seat: Seat) -> ChannelAccount:
        """Raises ApiError 403: the chat it is of was closed."""
        try:
            account = await self.accounts.channel_account(seat.account_id, workspace_id=seat.workspace_id)
        except LookupError as error:
            raise _closed() from error
        if account.channel != "web" or not account.enabled:
            raise _closed()
        return account

    async def profile(self, seat: Seat) -> BotProfile:
        account = await self.account(seat)
        return await self.accounts.profile(
            account.bot_id, workspace_id=account.workspace_id, settings_at=None
        )

    async def say(self, seat: Seat, said: Said) -> TalkTold:
        """Stores the message, once by its id, and waits for its turn. Raises ApiError."""
        account = await self.account(seat)
        external_id = f"{seat.address}:{said.message_id}"
        inbound = Inbound(
            external_id=external_id,
            to_address=account.address,
            sender=Sender(user_id=seat.address),
            kind=said.kind,
            surface=Surface.WEB,
            text=said.text,
            choice_id=said.choice_id,
            location=said.location,
        )
        try:
            await self.receiver.accept([inbound], named=[account])
        except NotStored as error:
            raise ApiError(
                503,
                "unavailable",
                "The message could not be stored; please send it again.",
                retry_after=DATABASE_RETRY_SECONDS,
            ) from error
        received = await self._received(seat, account, external_id)
        if received.throttled_for is not None:
            throttled = Throttled(retry_after_seconds=max(1, math.ceil(received.throttled_for)))
            return TalkTold(
                conversation_id=received.conversation_id, messages=(), pending=False, throttled=throttled
            )

        async def answered() -> Reading | None:
            now = await self._received(seat, account, external_id)
            if now.status == "waiting":
                return None
            reading = await self.read_since(seat, now)
            return None if reading.pending and not _has_reply(reading) else reading

        reading = await wait_for(
            self.live, seat.workspace_id, received.conversation_id, answered, seconds=self.wait_seconds
        )
        if reading is None:  # the order takes longer, or nobody is there to take the turn
            reading = await self.read_since(seat, await self._received(seat, account, external_id))
        return told(reading)

    async def read(self, seat: Seat, *, after: int | None = None) -> Reading:
        """What the customer may see: behind a number, oldest first; without one the newest page of it.

        A message is seen once it is sent, which may be after a later one was: `Reading.after` stays before it.
        """
        profile = await self.profile(seat)
        async with tx(self.pool, seat.workspace_id) as transaction:
            talks = await chat.talks(transaction, seat.address, seat.account_id)
            if not talks:
                return Reading(None, (), pending=False, after=0)
            # Before the messages: what was said until then stands in them.
            pending = await chat.under_way(transaction, talks[-1].id)
            found: list[tuple[int, chat.MessageRow]] = []
            if after is None:
                for talk in reversed(talks):
                    rows = await chat.last_messages(transaction, talk.id, limit=PAGE - len(found))
                    found = chat.of_talk(rows, talk) + found
                    if len(found) >= PAGE:
                        break
            else:
                if after > talks[-1].before + talks[-1].used:  # of a talk that was deleted since
                    after = 0
                for talk in talks:
                    if talk.before + talk.used > after and len(found) <= PAGE:
                        rows = await chat.messages(
                            transaction, talk.id, after=max(0, after - talk.before), limit=PAGE + 1
                        )
                        found += chat.of_talk(rows, talk)
        return self._reading(profile, talks[-1], found, pending, after=_seen_to(found[:PAGE], after or 0))

    async def read_since(self, seat: Seat, received: chat.Received) -> Reading:
        """From one message of the customer's own on, itself included."""
        if received.seq is None:  # its turn is still to come, or it was put aside
            async with tx(self.pool, seat.workspace_id) as transaction:
                talks = await chat.talks(transaction, seat.address, seat.account_id)
            return Reading(talks[-1] if talks else None, (), pending=received.status == "waiting")
        async with tx(self.pool, seat.workspace_id) as transaction:
            talks = await chat.talks(transaction, seat.address, seat.account_id)
            talk = next((talk for talk in talks if talk.id == received.conversation_id), None)
            if talk is None:
                return Reading(None, (), pending=False)
            pending = await chat.under_way(transaction, talk.id)  # before the messages, as in `read`
            rows = await chat.messages(transaction, talk.id, after=received.seq - 1, limit=PAGE + 1)
        return self._reading(await self.profile(seat), talk, chat.of_talk(rows, talk), pending)

    async def _received(self, seat: Seat, account: ChannelAccount, external_id: str) -> chat.Received:
        async with tx(self.pool, seat.workspace_id) as transaction:
            received = await chat.received(transaction, account.account_key, external_id)
        if received is None:  # its customer was erased: nothing of his comes in any more
            raise ApiError(403, "chat_closed", "This chat is closed. Please begin a new one.")
        return received

    def _reading(
        self,
        profile: BotProfile,
        talk: chat.Talk,
        found: list[tuple[int, chat.MessageRow]],
        pending: bool,
        *,
        after: int | None = None,
    ) -> Reading:
        messages = tuple(
            shown(row, seq, profile=profile, language=talk.language) for seq, row in found[:PAGE]
        )
        more = len(found) > PAGE
        if more:  # the next page; on the last one it is seen what is still to come
            after = messages[-1].seq
        return Reading(talk, messages, pending=pending, more=more, after=after)


def told(reading: Reading) -> TalkTold:
    """As it is answered."""
    talk = reading.talk
    return TalkTold.model_validate(
        {
            "conversation_id": talk.id if talk else None,
            "status": talk.status if talk else "open",
            "language": talk.language if talk else None,
            "messages": reading.messages,
            "pending": reading.pending,
            "more": reading.more,
            "after": reading.after,
        }
    )


def _seen_to(found: Sequence[tuple[int, chat.MessageRow]], after: int) -> int:
    """The number up to which nothing can come any more that wasn't found. after: what was seen before."""
    if not found:
        return after
    to_come = [seq - row.seq + row.open_from - 1 for seq, row in found if row.open_from is not None]
    return min([found[-1][0], *to_come])


def _has_reply(reading: Reading) -> bool:
    return any(message.direction == "out" for message in reading.messages)


def _closed() -> ApiError:
    return ApiError(403, "chat_closed", "This chat is closed at the moment.")
