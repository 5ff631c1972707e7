"""Accounts and profiles with their secrets open, kept for a few seconds. Implements bot/ports.py Accounts."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar
from uuid import UUID

import httpx
import structlog

from bot.accounts import ChannelDefaults, open_channel_account, open_provider_account
from bot.channels.contract import ChannelAccount
from bot.ports import BotProfile, PaymentDesk
from bot.workspace import FormField, WorkspaceSettings
from db import accounts, payments
from db.secrets import SecretBox, SecretError
from db.tx import Pool, tx
from providers.contract import BookingProvider
from providers.mirror import Mirror, create_mirror
from providers.outcome import CallFailure, Disposition
from providers.payment_registry import create_links
from providers.registry import create_provider

log = structlog.get_logger(__name__)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_SECONDS = 5.0
_LINK_SECONDS = 6.0
"""Of one call to a payment provider: a "booked" that waits for its link is not kept waiting for long."""
_MAX_ENTRIES = 5_000


class _Timed(Generic[K, V]):
    """A small map whose entries grow stale."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    async def get(self, key: K, load: Callable[[], Awaitable[V]]) -> V:
        kept = self._kept.get(key)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        value = await load()
        self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """What is newer than what was kept."""
        self._kept[key] = (time.monotonic() + self._seconds, value)
        self._kept.move_to_end(key)
        while len(self._kept) > _MAX_ENTRIES:
            self._kept.popitem(last=False)


class AccountsCache:
    """One per process. A change in the console is seen within five seconds; settings at the next turn."""

    def __init__(
        self,
        pool: Pool,
        box: SecretBox,
        http: httpx.AsyncClient,
        *,
        public_base_url: str,
        api_base_urls: Mapping[str, str],
        defaults: Mapping[str, ChannelDefaults] | None = None,
    ) -> None:
        self._pool = pool
        self._box = box
        self._http = http
        self._public_base_url = public_base_url
        self._api_base_urls = api_base_urls
        self._defaults = defaults or {}
        self._named: _Timed[tuple[str, str], Sequence[ChannelAccount]] = _Timed()
        self._channel: _Timed[UUID, ChannelAccount] = _Timed()
        self._providers: _Timed[UUID, BookingProvider] = _Timed()
        self._profiles: _Timed[tuple[UUID, UUID], BotProfile] = _Timed()
        self._versioned: OrderedDict[tuple[UUID, UUID], tuple[str, BotProfile]] = OrderedDict()

    async def named(self, channel: str, account_key: str) -> Sequence[ChannelAccount]:
        """See bot.ports.Accounts."""

        async def load() -> Sequence[ChannelAccount]:
            rows = await accounts.find_channel_accounts(self._pool, channel, account_key)
            named = [self._open(row) for row in rows[:1]]
            for row in rows[1:]:
                try:
                    named.append(self._open(row))
                except SecretError:
                    # Another business's account must not keep this one from hearing its customers.
                    log.exception(
                        "account.secrets_unreadable", workspace=str(row.workspace_id), account=str(row.id)
                    )
            return named

        return await self._named.get((channel, account_key), load)

    async def channel_account(self, account_id: UUID, *, workspace_id: UUID) -> ChannelAccount:
        """Raises LookupError."""

        async def load() -> ChannelAccount:
            async with tx(self._pool, workspace_id) as transaction:
                row = await accounts.channel_account(transaction, account_id)
            if row is None:
                raise LookupError(f"no channel account {account_id} in workspace {workspace_id}")
            return self._open(row)

        return await self._channel.get(account_id, load)

    async def booking_provider(self, workspace_id: UUID) -> BookingProvider:
        """See bot.ports.Accounts."""

        async def load() -> BookingProvider:
            async with tx(self._pool, workspace_id) as transaction:
                row = await accounts.provider_account_of(transaction)
            if row is None:
                raise CallFailure(
                    Disposition.OPERATOR, "no_provider", "No booking system is connected to this workspace."
                )
            settings = await self._settings(workspace_id)
            return create_provider(open_provider_account(row, self._box, settings), self._http)

        return await self._providers.get(workspace_id, load)

    async def booking_mirror(self, workspace_id: UUID) -> Mirror | None:
        """See bot.ports.Accounts. Read each time: mirrors are few, and their calls far slower."""
        async with tx(self._pool, workspace_id) as transaction:
            row = await accounts.provider_account_of(transaction)
        if row is None:
            return None
        settings = await self._settings(workspace_id)
        try:
            return create_mirror(open_provider_account(row, self._box, settings), self._http)
        except (ValueError, SecretError) as error:
            raise CallFailure(Disposition.OPERATOR, "bad_settings", str(error)) from error

    async def payment_desk(self, workspace_id: UUID, provider: str) -> PaymentDesk:
        """See bot.ports.Accounts. Read each time: links are few, and their calls far slower."""
        async with tx(self._pool, workspace_id) as transaction:
            row = await payments.account_of(transaction, provider)
        if row is None:
            raise CallFailure(
                Disposition.OPERATOR,
                "no_payment_account",
                "No payment account is connected to this workspace.",
            )
        try:
            secrets = self._box.open(row.secrets, workspace_id=workspace_id, field=row.secret_field)
        except SecretError as error:
            raise CallFailure(Disposition.OPERATOR, "bad_secrets", str(error)) from error
        links = create_links(provider, secrets, self._http, base_url=row.api_base_url, limit=_LINK_SECONDS)
        return PaymentDesk(links, row.live)

    async def profile(self, bot_id: UUID, *, workspace_id: UUID, settings_at: str | None) -> BotProfile:
        """See bot.ports.Accounts. Raises LookupError."""
        key = (workspace_id, bot_id)

        async def load() -> BotProfile:
            return await self._load_profile(bot_id, workspace_id)

        if settings_at is None:
            return await self._profiles.get(key, load)
        kept = self._versioned.get(key)
        if kept is None or kept[0] != settings_at:
            kept = (settings_at, await load())
            self._versioned[key] = kept
            self._profiles.put(key, kept[1])
            while len(self._versioned) > _MAX_ENTRIES:
                self._versioned.popitem(last=False)
        return kept[1]

    async def _load_profile(self, bot_id: UUID, workspace_id: UUID) -> BotProfile:
        async with tx(self._pool, workspace_id) as transaction:
            found = await accounts.bot_profile(transaction, bot_id)
        if found is None:
            raise LookupError(f"no bot {bot_id} in workspace {workspace_id}")
        return BotProfile(
            workspace_name=found.workspace_name,
            settings=WorkspaceSettings.model_validate(found.settings),
            form=tuple(FormField.model_validate(field) for field in found.form),
        )

    async def _settings(self, workspace_id: UUID) -> WorkspaceSettings:
        async with tx(self._pool, workspace_id) as transaction:
            return WorkspaceSettings.model_validate(await accounts.workspace_settings(transaction))

    def _open(self, row: accounts.ChannelAccountRow) -> ChannelAccount:
        return open_channel_account(
            row,
            self._box,
            public_base_url=self._public_base_url,
            api_base_urls=self._api_base_urls,
            defaults=self._defaults,
        )
