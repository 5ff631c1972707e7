"""What the engine (inbox, turn, effects) needs from the process around it. Implemented in `workers`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.channels.contract import ChannelAccount
from bot.live import LiveEvent, LiveKind
from bot.workspace import FormField, WorkspaceSettings
from providers.contract import BookingProvider
from providers.llm.contract import LanguageModel, Transcriber
from providers.mirror import Mirror
from providers.payments import PaymentLinks

Clock = Callable[[], datetime]
"""The current moment, aware, UTC."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and counts of the scheme; every one is a setting (workers/settings.py)."""

    lease_seconds: float = 30
    turn_budget_seconds: float = 25
    max_rows: int = 20
    max_crashes: int = 3
    max_errors: int = 8
    error_pause_seconds: float = 2
    claim_seconds: float = 30
    call_timeout_seconds: float = 10
    send_hold_seconds: float = 120
    unknown_grace_seconds: float = 60
    reserve_seconds: float = 5
    progress_after_seconds: float = 4
    payment_poll_seconds: float = 10
    hold_seconds: float = 600
    mirror_look_up_seconds: float = 600
    """How long a copy of a booking whose answer got lost is looked for before a person is told."""
    max_call_attempts: int = 3
    typing_after_seconds: float = 0.3
    typing_wait_seconds: float = 0.5
    retry_pause_seconds: float = 1
    settle_seconds: float = 0
    """How long a line that looks unfinished waits for the next one; 0: nothing waits."""
    settle_longest_seconds: float = 2
    """Longest wait of the first of several."""


@dataclass(frozen=True, slots=True)
class BotProfile:
    """What a turn must know of the business and its bot besides the catalog."""

    workspace_name: str
    settings: WorkspaceSettings
    form: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class PaymentDesk:
    """A business's account at a payment provider. live: real money moves there."""

    links: PaymentLinks
    live: bool


class Accounts(Protocol):
    """Accounts with their secrets open, cached for a few seconds."""

    async def named(self, channel: str, account_key: str) -> Sequence[ChannelAccount]:
        """The account that a webhook's key names, first; then those its signature may speak for. Empty: unknown."""
        ...

    async def channel_account(self, account_id: UUID, *, workspace_id: UUID) -> ChannelAccount: ...

    async def booking_provider(self, workspace_id: UUID) -> BookingProvider:
        """Raises providers.outcome.CallFailure (operator) when the workspace has none."""
        ...

    async def booking_mirror(self, workspace_id: UUID) -> Mirror | None:
        """Where bookings of the workspace's own calendar are copied to. None: nowhere.

        Raises providers.outcome.CallFailure (operator) for settings or secrets that can't be used.
        """
        ...

    async def payment_desk(self, workspace_id: UUID, provider: str) -> PaymentDesk:
        """Raises providers.outcome.CallFailure (operator): there is none, or its secrets can't be used."""
        ...

    async def profile(self, bot_id: UUID, *, workspace_id: UUID, settings_at: str | None) -> BotProfile:
        """`settings_at`: the version a turn has just read; None: whatever is cached will do."""
        ...


class Refresher(Protocol):
    """Has another process pull a business's free times while a conversation waits for them."""

    async def refresh(self, workspace_id: UUID) -> bool:
        """Returns within a few seconds. True: the tables hold what the booking system said just now.

        False: it can't be read, or not in time; not asked again for a while. Nothing of the database may be
        held while waiting.
        """
        ...


@dataclass(frozen=True, slots=True)
class UsableModel:
    """A language model with its key. `line` names provider and key: what fails with one key may work with another."""

    model: LanguageModel
    line: str
    transcriber: Transcriber | None = None


class ModelKeys(Protocol):
    """The language models that a business may use."""

    async def models(self, workspace_id: UUID) -> Mapping[str, UsableModel]:
        """By provider: with the business's own key where it has one, else with the installation's."""
        ...


class Bell(Protocol):
    """Wakes workers. Best effort: what it forgets the poller finds."""

    def ring(self, conversation_ids: Sequence[UUID]) -> None: ...

    def ring_later(self, conversation_ids: Sequence[UUID], seconds: float) -> None: ...


class SeenIds(Protocol):
    """Remembers recent external ids, to answer a repeat without the database. Never decides alone."""

    async def all_seen(self, keys: Sequence[str]) -> bool:
        """True only if every key is surely known. Any trouble: False."""
        ...

    def remember(self, keys: Sequence[str]) -> None: ...


class Rates(Protocol):
    """Counts how often somebody comes, over all processes. A bound on noise; money is counted in PostgreSQL."""

    async def wait(self, key: str, limit: int = 20, per_seconds: float = 60, *, fail_open: bool) -> float:
        """Takes one of `limit` places in any `per_seconds`. 0: it may pass; else the seconds until it may.

        A refusal takes no place. fail_open: what is answered when nobody can count: True lets it pass, False
        asks to come back in a few seconds. Never raises for a counter that can't be reached. The key may hold
        an address: it is hashed before it goes anywhere.
        """
        ...


class LiveEvents(Protocol):
    """Tells open pages that a conversation has news. Best effort: a subscription also ticks every few seconds, and
    readers always read the tables again, so what is lost costs a moment.
    """

    def publish(self, workspace_id: UUID, conversation_id: UUID, kind: LiveKind) -> None:
        """Returns at once; called after the commit that made the news."""
        ...

    def subscribe(
        self, workspace_id: UUID, conversation_id: UUID | None = None, *, calm: bool = False
    ) -> AbstractAsyncContextManager[AsyncIterator[LiveEvent]]:
        """News of one conversation, or of all of a workspace's. The iterator ends only with its context.

        calm: all that this reader shows is published; it ticks rarely for as long as news are proved to arrive.
        Read the tables after entering and again on every event: then nothing is missed.
        """
        ...
