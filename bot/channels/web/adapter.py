"""Web chat: signed JSON in, JSON for the widget out. Nothing is called: the widget reads the messages table.

Account: `address` is the widget's key; secret `signing_secret`. The body is signed by the server that issued
the session, `X-Frontdesk-Signature: sha256=<hex HMAC-SHA256 of the raw body>`:

    {"messageId": "m-1", "sessionId": "s-1",            required, at most 200 characters
     "text": "Hi",                                      one of text, choice, location
     "choice": {"id": "t3:gel", "title": "Gel"},
     "location": {"latitude": 29.3, "longitude": 48.0, "label": ""},
     "profile": {"name": "Sara", "phone": "", "email": ""},   optional, as the customer typed it
     "sentAt": 1764000000}                              optional, Unix seconds or milliseconds

The profile's phone proves nothing, so it never identifies a customer: it goes to Inbound.details.
A rendered reply is {"assistantMessage", "language", "choices": [{"id", "title", "description", "section"}],
"choicesLabel", "links": [{"label", "url"}], "card": {"title", "rows": [{"label", "value"}]} | null,
"askLocation": true | false, "actions": [{"type", "handling", "bookingIntentId", "label", "summaryVersion",
"externalUrl"?}]}.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import httpx

from bot.channels.contract import (
    ChannelAccount,
    ChannelCapabilities,
    MalformedWebhook,
    Sent,
    WebhookRequest,
)
from bot.channels.fields import geo_point, json_object, moment, obj, text
from bot.channels.text import clean, is_web_link, one_line
from bot.messages import (
    Action,
    GeoPoint,
    Inbound,
    InboundKind,
    JsonObject,
    Outbound,
    ParsedWebhook,
    Sender,
    Surface,
    action_to_json,
)

SIGNATURE_HEADER = "x-frontdesk-signature"
_ID_LIMIT = 200


def sign(body: bytes, signing_secret: str) -> str:
    """The signature header's value for these raw bytes."""
    return "sha256=" + hmac.new(signing_secret.encode(), body, hashlib.sha256).hexdigest()


class WebChannel:
    """bot.channels.contract.Channel for the web widget."""

    name = "web"

    def capabilities(self, surface: Surface) -> ChannelCapabilities:  # noqa: ARG002 - one surface only
        return ChannelCapabilities(
            lists=True,
            buttons=True,
            links=True,
            typing=False,
            delivery_receipts=False,
            send_proof=False,
            session_hours=None,
        )

    def verify(self, request: WebhookRequest, account: ChannelAccount) -> bool:
        secret = account.secrets.get("signing_secret", "")
        offered = request.headers.get(SIGNATURE_HEADER, "").encode("utf-8", "replace")
        return (
            bool(secret)
            and request.method == "POST"
            and hmac.compare_digest(sign(request.body, secret).encode(), offered)
        )

    def parse(self, request: WebhookRequest, account: ChannelAccount) -> ParsedWebhook:
        message = json_object(request.body)
        external_id, session_id = (
            text(message.get("messageId"), _ID_LIMIT),
            text(message.get("sessionId"), _ID_LIMIT),
        )
        if not external_id or not session_id:
            raise MalformedWebhook("messageId and sessionId are required")
        kind, words, choice_id, location = _content(message)
        profile = obj(message.get("profile"))
        typed = {
            key: one_line(text(profile.get(key), _ID_LIMIT)) for key in ("phone", "email") if profile.get(key)
        }
        inbound = Inbound(
            external_id=external_id,
            to_address=account.address,
            sender=Sender(
                user_id=session_id, profile_name=one_line(text(profile.get("name"), _ID_LIMIT)) or None
            ),
            kind=kind,
            surface=Surface.WEB,
            text=words,
            choice_id=choice_id,
            location=location,
            sent_at=moment(message.get("sentAt")),
            details={"profile": typed} if typed else {},
        )
        return ParsedWebhook(inbounds=(inbound,))

    def surface_of(self, account: ChannelAccount, sender_address: str) -> Surface:  # noqa: ARG002
        return Surface.WEB

    def render(self, outbound: Outbound, *, to: Sender, surface: Surface) -> list[JsonObject]:  # noqa: ARG002
        link = outbound.link if outbound.link and is_web_link(outbound.link.url) else None
        card = outbound.card
        return [
            {
                "assistantMessage": clean(outbound.text),
                "language": outbound.language,
                "choices": [
                    {
                        "id": clean(c.id),
                        "title": one_line(c.title),
                        "description": one_line(c.description),
                        "section": one_line(c.section),
                    }
                    for c in outbound.choices
                ],
                "choicesLabel": one_line(outbound.choices_label),
                "links": [{"label": one_line(link.label), "url": link.url}] if link else [],
                "card": {
                    "title": one_line(card.title),
                    "rows": [{"label": one_line(r.label), "value": clean(r.value)} for r in card.rows],
                }
                if card
                else None,
                "askLocation": outbound.ask_location,
                "actions": [_action(a) for a in outbound.actions],
            }
        ]

    async def send(
        self,
        request: JsonObject,  # noqa: ARG002
        *,
        account: ChannelAccount,  # noqa: ARG002
        correlation_id: str,
        http: httpx.AsyncClient,  # noqa: ARG002
    ) -> Sent:
        """Nothing to call: the message's row is what the widget reads."""
        return Sent(external_id=correlation_id)

    async def show_typing(
        self, inbound: Inbound, *, account: ChannelAccount, http: httpx.AsyncClient
    ) -> None:
        """The widget shows the sign itself while it waits."""

    async def mark_read(self, inbound: Inbound, *, account: ChannelAccount, http: httpx.AsyncClient) -> None:
        """The widget knows no read receipts."""


def _content(message: JsonObject) -> tuple[InboundKind, str, str | None, GeoPoint | None]:
    choice = obj(message.get("choice"))
    if choice_id := text(choice.get("id"), 500):
        return InboundKind.CHOICE, one_line(text(choice.get("title"), 1000)), choice_id, None
    place = obj(message.get("location"))
    label = one_line(text(place.get("label"), _ID_LIMIT))
    if point := geo_point(place.get("latitude"), place.get("longitude"), label):
        return InboundKind.LOCATION, label, None, point
    if isinstance(message.get("text"), str):
        return InboundKind.TEXT, text(message.get("text")), None, None
    return InboundKind.UNSUPPORTED, "", None, None


def _action(action: Action) -> JsonObject:
    """The finalize contract's shape; an `externalUrl` only if a browser may open it."""
    usable = action.external_url and is_web_link(action.external_url)
    return action_to_json(
        replace(action, label=one_line(action.label), external_url=action.external_url if usable else None)
    )
