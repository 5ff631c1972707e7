"""WhatsApp through Meta's Cloud API.

Account: `address` is the phone number id; secrets `app_secret` (webhook signature), `access_token` (sending),
`verify_token` (verification GET); settings `graph_version` (default "v23.0"); `api_base_url` defaults to
https://graph.facebook.com.
"""

from __future__ import annotations

import httpx

from bot.channels.contract import ChannelAccount, ChannelCapabilities, Sent, WebhookRequest
from bot.channels.whatsapp.parse import parse_webhook
from bot.channels.whatsapp.render import render_messages
from bot.channels.whatsapp.send import mark_read, send_message
from bot.channels.whatsapp.signature import HEADER, is_signed
from bot.messages import Inbound, JsonObject, Outbound, ParsedWebhook, Sender, Surface


class WhatsAppChannel:
    """bot.channels.contract.Channel for Meta's Cloud API."""

    name = "whatsapp"

    def capabilities(self, surface: Surface) -> ChannelCapabilities:  # noqa: ARG002 - one surface only
        return ChannelCapabilities(
            lists=True,
            buttons=True,
            links=True,
            typing=True,
            delivery_receipts=True,
            send_proof=True,
            session_hours=24,
        )

    def verify(self, request: WebhookRequest, account: ChannelAccount) -> bool:
        return request.method == "POST" and is_signed(
            request.body, request.headers.get(HEADER, ""), account.secrets.get("app_secret", "")
        )

    def parse(self, request: WebhookRequest, account: ChannelAccount) -> ParsedWebhook:  # noqa: ARG002
        """`to_address` of each inbound is its phone number id: a batch may hold several numbers."""
        return parse_webhook(request.body)

    def surface_of(self, account: ChannelAccount, sender_address: str) -> Surface:  # noqa: ARG002
        return Surface.WHATSAPP

    def render(self, outbound: Outbound, *, to: Sender, surface: Surface) -> list[JsonObject]:  # noqa: ARG002
        return render_messages(outbound, to=to)

    async def send(
        self, request: JsonObject, *, account: ChannelAccount, correlation_id: str, http: httpx.AsyncClient
    ) -> Sent:
        return await send_message(request, account=account, correlation_id=correlation_id, http=http)

    async def show_typing(
        self, inbound: Inbound, *, account: ChannelAccount, http: httpx.AsyncClient
    ) -> None:
        await mark_read(inbound.external_id, typing=True, account=account, http=http)

    async def mark_read(self, inbound: Inbound, *, account: ChannelAccount, http: httpx.AsyncClient) -> None:
        await mark_read(inbound.external_id, typing=False, account=account, http=http)
