"""What every channel must do: verify, parse, render, send. Adapters take values and return values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import httpx

from bot.messages import Inbound, JsonObject, Outbound, ParsedWebhook, Sender, Surface


@dataclass(frozen=True, slots=True)
class ChannelCapabilities:
    """What an adapter can show and prove. docs/channels.md is made from it."""

    lists: bool
    buttons: bool
    links: bool
    typing: bool
    delivery_receipts: bool
    send_proof: bool
    """A delivery receipt carries our effect id, so a send whose answer got lost can be proved."""
    session_hours: int | None
    """Free-form messages only within so many hours of the customer's last one."""


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """A WhatsApp number, an SMS number, a web widget: secrets already decrypted."""

    id: UUID
    workspace_id: UUID
    bot_id: UUID
    channel: str
    account_key: str
    """In the webhook's URL: /webhooks/{channel}/{account_key}."""
    address: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    settings: Mapping[str, object] = field(default_factory=dict)
    api_base_url: str = ""
    enabled: bool = True
    callback_url: str = ""
    """Public URL of this account's webhook, without a query: the base of status callbacks and signatures."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A webhook before anything is trusted: raw bytes, and the URL built from the configured public base."""

    method: str
    url: str
    """Public URL with the raw query string, no fragment."""
    headers: Mapping[str, str]
    """Names in lower case."""
    query: Mapping[str, str]
    body: bytes


class MalformedWebhook(ValueError):
    """Signed rightly but not readable as this channel's webhook: answered 400."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel accepted the message under this id."""

    external_id: str


class Channel(Protocol):
    """A channel adapter: stateless, one instance a process.

    secrets/settings each adapter needs are named in its module docstring.
    """

    name: str

    def capabilities(self, surface: Surface) -> ChannelCapabilities: ...

    def verify(self, request: WebhookRequest, account: ChannelAccount) -> bool:
        """True only for a signature over exactly these bytes with this account's secret.
        No secret configured: always False."""
        ...

    def parse(self, request: WebhookRequest, account: ChannelAccount) -> ParsedWebhook:
        """Split a verified webhook. Raises MalformedWebhook; unknown fields and types never raise."""
        ...

    def surface_of(self, account: ChannelAccount, sender_address: str) -> Surface: ...

    def render(self, outbound: Outbound, *, to: Sender, surface: Surface) -> list[JsonObject]:
        """The frozen request bodies to send, in order; every limit of the channel respected."""
        ...

    async def send(
        self, request: JsonObject, *, account: ChannelAccount, correlation_id: str, http: httpx.AsyncClient
    ) -> Sent:
        """One call, no retries inside, bounded by the caller. Raises providers.outcome.CallFailure."""
        ...

    async def show_typing(
        self, inbound: Inbound, *, account: ChannelAccount, http: httpx.AsyncClient
    ) -> None:
        """Read receipt and typing sign, best effort. Raises CallFailure; the caller logs and goes on."""
        ...

    async def mark_read(self, inbound: Inbound, *, account: ChannelAccount, http: httpx.AsyncClient) -> None:
        """The read receipt alone, where the channel has one. Raises CallFailure; the caller logs and goes on."""
        ...
