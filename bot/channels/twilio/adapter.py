"""SMS and WhatsApp through Twilio.

Account: `address` is the sender as Twilio writes it, `+15550100` or `whatsapp:+15550100`, one account per
sender; secrets `auth_token` (signature and sending) and optionally `sha256_key` (the shared key of
HMAC-SHA256 webhooks); settings `account_sid`, optionally `messaging_service_sid`; `api_base_url` defaults to
https://api.twilio.com. `callback_url` is where status callbacks go, with `?mid=<correlation id>`.
"""

from __future__ import annotations

import httpx

from bot.channels.contract import ChannelAccount, ChannelCapabilities, Sent, WebhookRequest
from bot.channels.fields import user_id
from bot.channels.twilio.parse import WHATSAPP_PREFIX, parse_webhook
from bot.channels.twilio.render import render_messages
from bot.channels.twilio.send import send_message, show_typing_on_whatsapp
from bot.channels.twilio.signature import is_signed
from bot.messages import Inbound, JsonObject, Outbound, ParsedWebhook, Sender, Surface

EMPTY_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""What a webhook is answered with 200: TwiML that says nothing; replies go out by REST."""


class TwilioChannel:
    """bot.channels.contract.Channel for Twilio."""

    name = "twilio"

    def capabilities(self, surface: Surface) -> ChannelCapabilities:
        whatsapp = surface is Surface.WHATSAPP
        return ChannelCapabilities(
            lists=False,
            buttons=False,
            links=False,
            typing=whatsapp,
            delivery_receipts=True,
            send_proof=True,
            session_hours=24 if whatsapp else None,
        )

    def verify(self, request: WebhookRequest, account: ChannelAccount) -> bool:
        return request.method in {"POST", "GET"} and is_signed(
            method=request.method,
            url=request.url,
            headers=request.headers,
            body=request.body,
            auth_token=account.secrets.get("auth_token", ""),
            sha256_key=account.secrets.get("sha256_key", ""),
        )

    def parse(self, request: WebhookRequest, account: ChannelAccount) -> ParsedWebhook:
        return parse_webhook(request, account)

    def surface_of(self, account: ChannelAccount, sender_address: str) -> Surface:
        """WhatsApp by our own address, or because only WhatsApp has customers without a phone number."""
        whatsapp = account.address.startswith(WHATSAPP_PREFIX) or user_id(sender_address) is not None
        return Surface.WHATSAPP if whatsapp else Surface.SMS

    def render(self, outbound: Outbound, *, to: Sender, surface: Surface) -> list[JsonObject]:
        return render_messages(outbound, to=to, surface=surface)

    async def send(
        self, request: JsonObject, *, account: ChannelAccount, correlation_id: str, http: httpx.AsyncClient
    ) -> Sent:
        return await send_message(request, account=account, correlation_id=correlation_id, http=http)

    async def show_typing(
        self, inbound: Inbound, *, account: ChannelAccount, http: httpx.AsyncClient
    ) -> None:
        """WhatsApp only; SMS has no such sign."""
        if inbound.surface is Surface.WHATSAPP:
            await show_typing_on_whatsapp(inbound.external_id, account=account, http=http)

    async def mark_read(self, inbound: Inbound, *, account: ChannelAccount, http: httpx.AsyncClient) -> None:
        """Twilio has no read receipt without the typing sign."""
