"""Twilio's form webhooks: a message or a status callback, told apart by MessageStatus and Body.

Source: twilio.com/docs/messaging/guides/webhook-request (2026-03-09). Fields come and go without notice;
unknown ones are ignored. The correlation id of a status callback is `mid` in the signed URL's query.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping

from bot.channels.contract import ChannelAccount, MalformedWebhook, WebhookRequest
from bot.channels.fields import geo_point, obj, phone, text, user_id
from bot.channels.text import clip, one_line
from bot.channels.twilio.errors import entry_of
from bot.channels.twilio.signature import form_pairs
from bot.messages import (
    DeliveryReceipt,
    DeliveryStatus,
    Inbound,
    InboundKind,
    JsonObject,
    Media,
    ParsedWebhook,
    Sender,
    Surface,
)

WHATSAPP_PREFIX = "whatsapp:"
STATUSES: Mapping[str, DeliveryStatus] = {
    "accepted": DeliveryStatus.ACCEPTED,
    "scheduled": DeliveryStatus.ACCEPTED,
    "queued": DeliveryStatus.ACCEPTED,
    "sending": DeliveryStatus.ACCEPTED,
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "partially_delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}
_OPT_OUT_TYPES = frozenset({"STOP", "START", "HELP"})
_MESSAGE_KINDS: Mapping[str, InboundKind] = {
    "contacts": InboundKind.CONTACTS,
    "reaction": InboundKind.REACTION,
    "order": InboundKind.ORDER,
    "sticker": InboundKind.STICKER,
}
_PLAIN_TYPES = frozenset({"", "text", "button", "interactive"})
_MAX_MEDIA = 10
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def parse_webhook(request: WebhookRequest, account: ChannelAccount) -> ParsedWebhook:
    """Raises MalformedWebhook for a body that isn't a form, has no sid, or belongs to another account."""
    try:
        pairs = form_pairs(request.body if request.method == "POST" else request.url.partition("?")[2])
    except ValueError as error:
        raise MalformedWebhook("the body is not a form") from error
    form = {name: text(value) for name, value in reversed(pairs)}
    sid = form.get("MessageSid") or form.get("SmsSid") or form.get("SmsMessageSid") or ""
    if not sid:
        raise MalformedWebhook("no MessageSid")
    configured = account.settings.get("account_sid")
    if configured and form.get("AccountSid") != configured:
        raise MalformedWebhook("the AccountSid is another account's")
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    about_ours = "MessageStatus" in form or ("SmsStatus" in form and "Body" not in form)
    if about_ours and status not in {"received", "receiving"}:
        return _receipt(form, sid, status, request.query.get("mid", ""))
    return _message(form, sid)


def _receipt(form: Mapping[str, str], sid: str, word: str, correlation_id: str) -> ParsedWebhook:
    status = STATUSES.get(word)
    if status is None:
        return ParsedWebhook(notices=(f"status {one_line(word)[:40] or 'missing'} is not used",))
    code = form.get("ErrorCode", "")[:20]
    entry = entry_of(code)
    receipt = DeliveryReceipt(
        external_id=sid,
        status=status,
        correlation_id=text(correlation_id, 512) or None,
        error_code=((entry.name if entry else "") or code) or None,
        error_detail=clip(f"{code}: {entry.sentence if entry else 'see twilio.com/docs/errors'}", 300)
        if code
        else "",
    )
    return ParsedWebhook(receipts=(receipt,))


def _message(form: Mapping[str, str], sid: str) -> ParsedWebhook:
    sender = _sender(form)
    if not sender.address:
        return ParsedWebhook(notices=("message without a readable sender is dropped",))
    to = form.get("To", "").strip()
    from_whatsapp = form.get("From", "").startswith(WHATSAPP_PREFIX) or to.startswith(WHATSAPP_PREFIX)
    body = form.get("Body", "")
    surface = Surface.WHATSAPP if from_whatsapp or not sender.phone else Surface.SMS
    media = _media(form)
    choice_id = form.get("ButtonPayload") or form.get("ListId") or None
    location = geo_point(form.get("Latitude"), form.get("Longitude"), _place(form))
    kind = _kind(form, has_choice=bool(choice_id), located=location is not None, media=media)
    if surface is Surface.SMS:
        body = decoded_blob(body)
    if kind is InboundKind.LOCATION:
        body = body or _place(form)
    if kind is InboundKind.CHOICE:
        body = body or form.get("ButtonText", "") or form.get("ListTitle", "")
    opt_out = form.get("OptOutType", "").upper()
    inbound = Inbound(
        external_id=sid[:500],
        to_address=to,
        sender=sender,
        kind=kind,
        surface=surface,
        text=body,
        choice_id=choice_id[:500] if choice_id else None,
        location=location,
        media=media,
        reply_to=form.get("OriginalRepliedMessageSid") or None,
        opt_out_type=opt_out if opt_out in _OPT_OUT_TYPES else None,
        details=_details(form, kind),
    )
    return ParsedWebhook(inbounds=(inbound,))


def _sender(form: Mapping[str, str]) -> Sender:
    """Phone, business-scoped id, or both; with and without the whatsapp: prefix. An alphanumeric sender is
    neither: nobody could answer it."""
    raw = form.get("From", "").strip().removeprefix(WHATSAPP_PREFIX)
    external = form.get("ExternalUserId", "").strip().removeprefix(WHATSAPP_PREFIX)
    number = phone(raw)
    if number is None and user_id(raw) is None:
        number = phone(form.get("WaId", ""))
    identifier = user_id(raw) or user_id(external)
    return Sender(number, identifier, one_line(form.get("ProfileName", "")[:200]) or None)


def _kind(
    form: Mapping[str, str], *, has_choice: bool, located: bool, media: tuple[Media, ...]
) -> InboundKind:
    message_type = form.get("MessageType", "").lower()
    if has_choice:
        return InboundKind.CHOICE
    if located:
        return InboundKind.LOCATION
    if message_type in _MESSAGE_KINDS:
        return _MESSAGE_KINDS[message_type]
    if media:
        return InboundKind.VOICE if _is_voice(media, message_type, form) else InboundKind.MEDIA
    if message_type in _PLAIN_TYPES or form.get("Body"):
        return InboundKind.TEXT
    return InboundKind.UNSUPPORTED


def _is_voice(media: tuple[Media, ...], message_type: str, form: Mapping[str, str]) -> bool:
    """WhatsApp's voice notes are the only ogg audio; a sent audio file is mp3, aac or amr."""
    whatsapp = form.get("From", "").startswith(WHATSAPP_PREFIX)
    return message_type == "voice" or (
        whatsapp and len(media) == 1 and media[0].mime_type.startswith("audio/ogg")
    )


def _media(form: Mapping[str, str]) -> tuple[Media, ...]:
    count = form.get("NumMedia", "")
    number = min(int(count), _MAX_MEDIA) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    body = form.get("Body", "")
    return tuple(
        Media(form.get(f"MediaContentType{i}", "")[:100], url[:2000], body if i == 0 else "")
        for i in range(number)
        if (url := form.get(f"MediaUrl{i}", ""))
    )


def _place(form: Mapping[str, str]) -> str:
    return one_line((form.get("Label") or form.get("Address") or "")[:200])


def _details(form: Mapping[str, str], kind: InboundKind) -> JsonObject:
    details: JsonObject = {}
    if kind in {InboundKind.UNSUPPORTED, InboundKind.MEDIA}:
        details["type"] = one_line(form.get("MessageType", "")[:40]) or "missing"
    if form.get("Forwarded") == "true" or form.get("FrequentlyForwarded") == "true":
        details["forwarded"] = True
    if form.get("ListDescription"):
        details["description"] = form["ListDescription"][:200]
    referral = {
        name: form[field][:500]
        for name, field in (
            ("source_type", "ReferralSourceType"),
            ("source_id", "ReferralSourceId"),
            ("source_url", "ReferralSourceUrl"),
            ("headline", "ReferralHeadline"),
            ("ctwa_clid", "ReferralCtwaClid"),
        )
        if form.get(field)
    }
    if referral:
        details["referral"] = referral
    if metadata := _channel_metadata(form.get("ChannelMetadata", "")):
        details["channel_type"] = metadata
    return details


def _channel_metadata(raw: str) -> str:
    if not raw or len(raw) > 4000:
        return ""
    try:
        return one_line(text(obj(json.loads(raw)).get("type"), 40))
    except (ValueError, RecursionError):
        return ""


def decoded_blob(body: str) -> str:
    """The text of a long concatenated SMS, which sometimes arrives as base64.

    Recognised by no blank, 60 or more characters, a length divisible by four, and being at least half ASCII
    once decoded. Anything else stays as it is.
    """
    if len(body) < 60 or len(body) % 4 or not _BASE64.fullmatch(body):
        return body
    try:
        decoded = base64.b64decode(body, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return body
    readable = sum(1 for c in decoded if c.isascii() and (c.isprintable() or c in "\n\r\t"))
    return text(decoded) if decoded and readable * 2 >= len(decoded) else body
