"""Stored accounts as adapters want them: secrets opened, addresses completed. And the way back, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from bot.channels.contract import ChannelAccount
from bot.workspace import WorkspaceSettings
from db.accounts import ChannelAccountRow, ProviderAccountRow
from db.secrets import SecretBox
from providers.contract import ProviderAccount

SIGNING_SECRETS: Mapping[str, str] = {"whatsapp": "app_secret"}
"""Channels whose one signature may cover several accounts, and the secret that makes it.

Meta signs with its app's secret and may put several numbers of the app into one webhook. Twilio signs with
an account's token but always names one number, so its accounts stand alone.
"""


@dataclass(frozen=True, slots=True)
class ChannelDefaults:
    """What an installation sets once for all accounts of a channel; an account's own values win."""

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    settings: Mapping[str, object] = field(default_factory=dict)


def open_channel_account(
    row: ChannelAccountRow,
    box: SecretBox,
    *,
    public_base_url: str,
    api_base_urls: Mapping[str, str] | None = None,
    defaults: Mapping[str, ChannelDefaults] | None = None,
) -> ChannelAccount:
    """The account with its secrets in the clear. Raises SecretError.

    api_base_urls: per channel, for accounts that name no address of their own.
    defaults: per channel, what the installation sets for accounts that don't say otherwise.
    """
    default = (defaults or {}).get(row.channel, ChannelDefaults())
    return ChannelAccount(
        id=row.id,
        workspace_id=row.workspace_id,
        bot_id=row.bot_id,
        channel=row.channel,
        account_key=row.account_key,
        address=row.address,
        secrets={
            **default.secrets,
            **box.open(row.secrets, workspace_id=row.workspace_id, field=row.secret_field),
        },
        settings={**default.settings, **row.settings},
        enabled=row.enabled,
        api_base_url=row.api_base_url or (api_base_urls or {}).get(row.channel, ""),
        callback_url=webhook_url(public_base_url, row.channel, row.account_key),
    )


def webhook_url(public_base_url: str, channel: str, account_key: str) -> str:
    """Where a channel's webhooks and status callbacks arrive; signatures are checked against it."""
    return f"{public_base_url.rstrip('/')}/webhooks/{channel}/{account_key}"


def open_provider_account(
    row: ProviderAccountRow, box: SecretBox, settings: WorkspaceSettings
) -> ProviderAccount:
    """The account with its secrets in the clear, in its business's zone and currency. Raises SecretError."""
    return ProviderAccount(
        provider=row.provider,
        dialect=row.dialect,
        base_url=row.base_url,
        timezone=settings.timezone,
        currency=settings.currency,
        secrets=box.open(row.secrets, workspace_id=row.workspace_id, field=row.secret_field),
        settings=row.settings,
    )


def sealed_channel_account(account: ChannelAccount, box: SecretBox) -> ChannelAccountRow:
    """The row to store for an account."""
    return ChannelAccountRow(
        id=account.id,
        workspace_id=account.workspace_id,
        bot_id=account.bot_id,
        channel=account.channel,
        account_key=account.account_key,
        address=account.address,
        signing_group=signing_group(account.channel, account.secrets, box),
        secrets=box.seal(
            account.secrets, workspace_id=account.workspace_id, field=f"channel_account:{account.id}"
        ),
        settings=dict(account.settings),
        api_base_url=account.api_base_url,
        enabled=account.enabled,
    )


def sealed_provider_account(
    account: ProviderAccount, box: SecretBox, *, account_id: UUID, workspace_id: UUID, enabled: bool = True
) -> ProviderAccountRow:
    """The row to store for an account."""
    return ProviderAccountRow(
        id=account_id,
        workspace_id=workspace_id,
        provider=account.provider,
        dialect=account.dialect,
        base_url=account.base_url,
        secrets=box.seal(account.secrets, workspace_id=workspace_id, field=f"provider_account:{account_id}"),
        settings=dict(account.settings),
        enabled=enabled,
    )


def signing_group(channel: str, secrets: Mapping[str, str], box: SecretBox) -> str:
    """A fingerprint shared by accounts whose webhooks one secret signs; "" where each stands alone."""
    secret = secrets.get(SIGNING_SECRETS.get(channel, ""), "")
    return box.fingerprint(secret) if secret else ""
