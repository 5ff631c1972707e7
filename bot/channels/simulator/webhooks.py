"""The provider's side of an inbound message: its real webhook, signed as it signs it. No I/O, no clock.

request = webhook(typed("Hi"), customer=..., account=..., message_id=..., at=...)
post request.body to request.url with request.headers
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from bot.channels.contract import ChannelAccount, WebhookRequest
from bot.channels.simulator.acts import Act, SimulatedCustomer
from bot.channels.twilio import signature as twilio_signature
from bot.channels.twilio.parse import WHATSAPP_PREFIX
from bot.channels.web import adapter as web
from bot.channels.whatsapp import signature as whatsapp_signature
from bot.messages import InboundKind, JsonObject

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_SIGNATURES = frozenset(
    {
        whatsapp_signature.HEADER,
        "x-hub-signature",
        twilio_signature.HEADER,
        twilio_signature.SETTINGS_HEADER,
        web.SIGNATURE_HEADER,
    }
)
_MEDIA = {
    InboundKind.MEDIA: ("image", "image/jpeg"),
    InboundKind.VOICE: ("audio", "audio/ogg; codecs=opus"),
    InboundKind.STICKER: ("sticker", "image/webp"),
}


def webhook(
    act: Act, *, customer: SimulatedCustomer, account: ChannelAccount, message_id: str, at: datetime
) -> WebhookRequest:
    """The signed webhook of one act. Raises ValueError for what a channel hasn't (a reaction on SMS)."""
    match account.channel:
        case "whatsapp":
            body, content_type = _meta_body(act, customer, account, message_id, at), _JSON
        case "twilio":
            body, content_type = _twilio_body(act, customer, account, message_id), _FORM
        case "web":
            body, content_type = _web_body(act, customer, message_id, at), _JSON
        case channel:
            raise ValueError(f"no simulator for channel {channel}")
    request = WebhookRequest("POST", account.callback_url, {"content-type": content_type}, {}, body)
    return sign(request, account)


def sign(request: WebhookRequest, account: ChannelAccount) -> WebhookRequest:
    """The same request, freshly signed with the account's secret; signatures it carried are dropped."""
    headers = {name: value for name, value in request.headers.items() if name not in _SIGNATURES}
    secrets = account.secrets
    match account.channel:
        case "whatsapp":
            headers[whatsapp_signature.HEADER] = whatsapp_signature.sign(request.body, secrets["app_secret"])
        case "twilio":
            pairs = twilio_signature.signed_pairs(request.method, request.url, headers, request.body)
            headers[twilio_signature.HEADER] = twilio_signature.compute(
                request.url, pairs or [], secrets["auth_token"]
            )
        case "web":
            headers[web.SIGNATURE_HEADER] = web.sign(request.body, secrets["signing_secret"])
        case channel:
            raise ValueError(f"no simulator for channel {channel}")
    return replace(request, headers=headers)


def _meta_body(
    act: Act, customer: SimulatedCustomer, account: ChannelAccount, message_id: str, at: datetime
) -> bytes:
    """Meta's envelope; non-ASCII is escaped as there. A username customer has no wa_id and no from."""
    contact: JsonObject = {"profile": {"name": customer.name}}
    message: JsonObject = {"id": message_id, "timestamp": str(int(at.timestamp()))}
    if customer.phone:
        message["from"] = contact["wa_id"] = customer.phone.removeprefix("+")
    if customer.user_id:
        message["from_user_id"] = contact["user_id"] = customer.user_id
    if act.reply_to and act.kind is not InboundKind.REACTION:
        message["context"] = {"from": account.address, "id": act.reply_to}
    message |= _meta_content(act)
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": str(account.settings.get("display_phone_number") or "15550100"),
            "phone_number_id": account.address,
        },
        "contacts": [contact],
        "messages": [message],
    }
    waba = str(account.settings.get("waba_id") or "100000000000001")
    entry = {"id": waba, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _meta_content(act: Act) -> JsonObject:
    match act:
        case Act(kind=InboundKind.TEXT):
            return {"type": "text", "text": {"body": act.text}}
        case Act(kind=InboundKind.CHOICE, choice=choice) if choice:
            shape = "list_reply" if choice.form == "row" else "button_reply"
            reply = {"id": choice.id, "title": choice.title}
            if choice.form == "row" and choice.description:
                reply["description"] = choice.description
            return {"type": "interactive", "interactive": {"type": shape, shape: reply}}
        case Act(kind=InboundKind.LOCATION, location=place) if place:
            pin = {"latitude": place.latitude, "longitude": place.longitude}
            return {"type": "location", "location": pin | ({"name": place.label} if place.label else {})}
        case Act(kind=InboundKind.MEDIA | InboundKind.VOICE | InboundKind.STICKER):
            kind, mime_type = _MEDIA[act.kind]
            media: JsonObject = {"id": "1000000000000001", "mime_type": mime_type, "sha256": "0" * 43 + "="}
            if act.kind is InboundKind.VOICE:
                media["voice"] = True
            if act.kind is InboundKind.MEDIA and act.text:
                media["caption"] = act.text
            return {"type": kind, kind: media}
        case Act(kind=InboundKind.REACTION):
            return {"type": "reaction", "reaction": {"message_id": act.reply_to or "", "emoji": act.text}}
        case Act(kind=InboundKind.UNSUPPORTED):
            error = {
                "code": 131051,
                "title": "Message type unknown",
                "message": "Message type unknown",
                "error_data": {"details": "Message type is currently not supported."},
            }
            return {"type": "unsupported", "errors": [error], "unsupported": {"type": "poll_creation"}}
        case _:
            raise ValueError(f"the WhatsApp simulator has no {act.kind}")


def _twilio_body(act: Act, customer: SimulatedCustomer, account: ChannelAccount, message_id: str) -> bytes:
    on_whatsapp = account.address.startswith(WHATSAPP_PREFIX)
    account_sid = str(account.settings.get("account_sid") or "")
    form = {
        **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), message_id),
        "AccountSid": account_sid,
        "From": f"{WHATSAPP_PREFIX}{customer.address}" if on_whatsapp else customer.address,
        "To": account.address,
        "Body": act.text,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    if on_whatsapp:
        form |= {"ProfileName": customer.name, "MessageType": "text", "ReferralNumMedia": "0"}
        if customer.phone:
            form["WaId"] = customer.phone.removeprefix("+")
        if customer.phone and customer.user_id:
            form["ExternalUserId"] = f"{WHATSAPP_PREFIX}{customer.user_id}"
    if act.reply_to:
        form["OriginalRepliedMessageSid"] = act.reply_to
    return urlencode(form | _twilio_content(act, message_id, account_sid, on_whatsapp=on_whatsapp)).encode()


def _twilio_content(act: Act, message_id: str, account_sid: str, *, on_whatsapp: bool) -> dict[str, str]:
    media_url = (
        f"https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Messages/{message_id}/Media/ME{'0' * 32}"
    )
    match act:
        case Act(kind=InboundKind.TEXT):
            return {}
        case Act(kind=InboundKind.MEDIA | InboundKind.VOICE | InboundKind.STICKER as sent) if (
            on_whatsapp or sent is InboundKind.MEDIA
        ):
            kind, mime_type = _MEDIA[act.kind]
            media = {
                "NumMedia": "1",
                "MediaUrl0": media_url,
                "MediaContentType0": mime_type.partition(";")[0],
            }
            return media | ({"MessageType": kind} if on_whatsapp else {})
        case Act(kind=InboundKind.CHOICE, choice=choice) if choice and on_whatsapp:
            if choice.form == "row":
                return {"MessageType": "interactive", "ListId": choice.id, "ListTitle": choice.title}
            return {"MessageType": "interactive", "ButtonPayload": choice.id, "ButtonText": choice.title}
        case Act(kind=InboundKind.LOCATION, location=place) if place and on_whatsapp:
            pin = {
                "Latitude": str(place.latitude),
                "Longitude": str(place.longitude),
                "MessageType": "location",
            }
            return pin | ({"Label": place.label} if place.label else {})
        case Act(kind=InboundKind.UNSUPPORTED) if on_whatsapp:
            return {"MessageType": "unsupported"}
        case _:
            raise ValueError(f"{'WhatsApp by Twilio' if on_whatsapp else 'SMS'} has no {act.kind}")


def _web_body(act: Act, customer: SimulatedCustomer, message_id: str, at: datetime) -> bytes:
    message: JsonObject = {
        "messageId": message_id,
        "sessionId": customer.address,
        "profile": {"name": customer.name},
        "sentAt": int(at.timestamp() * 1000),
    }
    match act:
        case Act(kind=InboundKind.TEXT):
            message["text"] = act.text
        case Act(kind=InboundKind.CHOICE, choice=choice) if choice:
            message["choice"] = {"id": choice.id, "title": choice.title}
        case Act(kind=InboundKind.LOCATION, location=place) if place:
            message["location"] = {
                "latitude": place.latitude,
                "longitude": place.longitude,
                "label": place.label,
            }
        case Act(kind=InboundKind.UNSUPPORTED):
            message["poll"] = {"options": 2}
        case _:
            raise ValueError(f"web chat has no {act.kind}")
    return json.dumps(message).encode()
