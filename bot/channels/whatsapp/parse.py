"""Meta's webhook into inbounds, receipts and notices.

Source: developers.facebook.com, whatsapp/webhooks/reference/messages; business-scoped-user-ids (2026-03-18):
customers with a username have no phone number here, so nothing requires `from`. What can't be read becomes
UNSUPPORTED with what is known; without an id or a sender it becomes a notice. Nothing in a batch is lost
because of its neighbour.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.calls import masked
from bot.channels.contract import MalformedWebhook
from bot.channels.fields import geo_point, items, json_object, moment, obj, phone, text, user_id
from bot.channels.text import clip, one_line
from bot.channels.whatsapp.errors import entry_of
from bot.messages import (
    DeliveryReceipt,
    DeliveryStatus,
    GeoPoint,
    Inbound,
    InboundKind,
    JsonObject,
    Media,
    ParsedWebhook,
    Sender,
    Surface,
)

STATUSES: Mapping[str, DeliveryStatus] = {
    "accepted": DeliveryStatus.ACCEPTED,
    "held_for_quality_assessment": DeliveryStatus.ACCEPTED,
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}
_SHORT = 200
_REFERRAL = ("source_type", "source_id", "source_url", "headline", "ctwa_clid")


@dataclass(frozen=True, slots=True)
class _Content:
    """What a message says, without who and when."""

    kind: InboundKind
    text: str = ""
    choice_id: str | None = None
    location: GeoPoint | None = None
    media: tuple[Media, ...] = ()
    reply_to: str | None = None
    details: Mapping[str, Any] | None = None


def parse_webhook(body: bytes) -> ParsedWebhook:
    """Split one verified body. Raises MalformedWebhook when it isn't a WhatsApp envelope."""
    envelope = json_object(body)
    if envelope.get("object") != "whatsapp_business_account" or not isinstance(envelope.get("entry"), list):
        raise MalformedWebhook("not a whatsapp_business_account envelope")
    inbounds: list[Inbound] = []
    receipts: list[DeliveryReceipt] = []
    notices: list[str] = []
    for entry in items(envelope["entry"]):
        for change in items(entry.get("changes")):
            field = text(change.get("field"), 40)
            if field != "messages":
                notices.append(f"webhook field {one_line(field) or 'missing'} is not used")
                continue
            value = obj(change.get("value"))
            _read_messages(value, inbounds, notices)
            _read_statuses(value, receipts, notices)
            notices += [f"account problem {_error_words(error)}" for error in items(value.get("errors"))]
    return ParsedWebhook(tuple(inbounds), tuple(receipts), tuple(notices))


def _read_messages(value: JsonObject, inbounds: list[Inbound], notices: list[str]) -> None:
    number_id = text(obj(value.get("metadata")).get("phone_number_id"), _SHORT)
    contacts = _Contacts.of(value)
    for message in items(value.get("messages")):
        external_id = text(message.get("id"), 500)
        kind = one_line(text(message.get("type"), 40)) or "missing"
        sender = _sender(message, contacts)
        if not external_id:
            notices.append(f"message of type {kind} without an id is dropped")
        elif message.get("group_id"):
            notices.append("group message is ignored")
        elif not sender.address:
            notices.append(f"message of type {kind} without a sender is dropped")
        else:
            inbounds.append(_inbound(message, external_id, number_id, sender))


@dataclass(frozen=True, slots=True)
class _Contacts:
    """The `contacts` of one change, by phone and by user id; `only` is the one where there is just one."""

    known: Mapping[str, JsonObject]
    only: JsonObject

    @staticmethod
    def of(value: JsonObject) -> _Contacts:
        contacts = items(value.get("contacts"))
        known: dict[str, JsonObject] = {}
        for contact in contacts:
            for key in (phone(contact.get("wa_id")), user_id(contact.get("user_id"))):
                if key:
                    known.setdefault(key, contact)
        return _Contacts(known, contacts[0] if len(contacts) == 1 else {})

    def named(self, number: str | None, identifier: str | None) -> JsonObject | None:
        return self.known.get(number or "") or self.known.get(identifier or "")


def _sender(message: JsonObject, contacts: _Contacts) -> Sender:
    """Who wrote.

    A contact that isn't named by the message lends its name where it is the only one (its wa_id may be written
    differently in some countries), and its ids only to a message that has none.
    """
    number = phone(message.get("from"))
    identifier = user_id(message.get("from_user_id")) or user_id(message.get("from"))
    contact = contacts.named(number, identifier)
    if contact is None and not number and not identifier:
        contact = contacts.only
    if contact is not None:
        number = number or (None if identifier else phone(contact.get("wa_id")))
        identifier = identifier or user_id(contact.get("user_id"))
    profile = obj((contact or contacts.only).get("profile"))
    name = one_line(text(profile.get("name"), _SHORT) or text(profile.get("username"), _SHORT))
    return Sender(phone=number, user_id=identifier, profile_name=name or None)


def _inbound(message: JsonObject, external_id: str, number_id: str, sender: Sender) -> Inbound:
    content = _content(message)
    context = obj(message.get("context"))
    details = dict(content.details or {})
    if context.get("forwarded") is True or context.get("frequently_forwarded") is True:
        details["forwarded"] = True
    if referral := obj(message.get("referral")):
        details["referral"] = {k: text(referral.get(k), 500) for k in _REFERRAL if referral.get(k)}
    if errors := [text(e.get("code"), 20) for e in items(message.get("errors"))]:
        details["error_codes"] = errors[:5]
    return Inbound(
        external_id=external_id,
        to_address=number_id,
        sender=sender,
        kind=content.kind,
        surface=Surface.WHATSAPP,
        text=content.text,
        choice_id=content.choice_id,
        location=content.location,
        media=content.media,
        reply_to=content.reply_to or text(context.get("id"), 500) or None,
        sent_at=moment(message.get("timestamp")),
        details=details,
    )


def _content(message: JsonObject) -> _Content:
    kind = text(message.get("type"), 40)
    reader = _READERS.get(kind)
    content = reader(message, kind) if reader else None
    if content is not None:
        return content
    known = text(obj(message.get("unsupported")).get("type"), 40)
    details = {"type": one_line(kind) or "missing"} | ({"unsupported_type": one_line(known)} if known else {})
    return _Content(InboundKind.UNSUPPORTED, details=details)


def _text(message: JsonObject, kind: str) -> _Content | None:
    body = obj(message.get(kind)).get("body")
    return _Content(InboundKind.TEXT, text=text(body)) if isinstance(body, str) else None


def _button(message: JsonObject, kind: str) -> _Content | None:
    button = obj(message.get(kind))
    return _tap(text(button.get("payload"), 500), text(button.get("text"), 1000), "")


def _tap(choice_id: str, title: str, description: str) -> _Content | None:
    """A tap; without an id it counts as its title typed; with neither it can't be read."""
    details = {"description": description} if description else None
    if choice_id:
        return _Content(InboundKind.CHOICE, text=title, choice_id=choice_id, details=details)
    return _Content(InboundKind.TEXT, text=title, details=details) if title else None


def _interactive(message: JsonObject, kind: str) -> _Content | None:
    interactive = obj(message.get(kind))
    match interactive.get("type"):
        case "button_reply" | "list_reply" as shape:
            reply = obj(interactive.get(shape))
            return _tap(
                text(reply.get("id"), 500),
                text(reply.get("title"), 1000),
                text(reply.get("description"), _SHORT),
            )
        case "nfm_reply":
            reply = obj(interactive.get("nfm_reply"))
            return _Content(
                InboundKind.UNSUPPORTED,
                text=text(reply.get("body"), 1000),
                details={"type": "nfm_reply", "response": _flow_response(reply.get("response_json"))},
            )
        case _:
            return None


def _flow_response(raw: object) -> JsonObject:
    """A Flow's answer is JSON in a string, and not always an object; a big one is left out."""
    if not isinstance(raw, str) or len(raw) > 4000:
        return {}
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return {text(k, 100): text(v, 500) for k, v in obj(answer).items()}


def _location(message: JsonObject, kind: str) -> _Content | None:
    place = obj(message.get(kind))
    label = one_line(text(place.get("name"), _SHORT) or text(place.get("address"), _SHORT))
    point = geo_point(place.get("latitude"), place.get("longitude"), label)
    return _Content(InboundKind.LOCATION, text=label, location=point) if point else None


def _media(message: JsonObject, kind: str) -> _Content | None:
    payload = message.get(kind)
    if not isinstance(payload, dict):
        return None
    match kind:
        case "sticker":
            inbound_kind = InboundKind.STICKER
        case "voice":
            inbound_kind = InboundKind.VOICE
        case "audio":
            inbound_kind = InboundKind.VOICE if payload.get("voice") is True else InboundKind.MEDIA
        case _:
            inbound_kind = InboundKind.MEDIA
    caption = text(payload.get("caption"), 4096)
    reference = text(payload.get("id"), 500)
    media = (Media(text(payload.get("mime_type"), 100), reference, caption),) if reference else ()
    filename = one_line(text(payload.get("filename"), _SHORT))
    details = {"type": kind} | ({"filename": filename} if filename else {})
    return _Content(inbound_kind, text=caption, media=media, details=details)


def _contacts(message: JsonObject, kind: str) -> _Content | None:
    if not isinstance(message.get(kind), list):
        return None
    shared = items(message.get(kind))
    people = [
        {
            "name": one_line(text(obj(c.get("name")).get("formatted_name"), _SHORT)),
            "phone": next((p for p in (_shared_phone(n) for n in items(c.get("phones"))) if p), None),
        }
        for c in shared[:5]
    ]
    origins = [text(c.get("origin"), 60) for c in shared] + [text(message.get("origin"), 60)]
    requested = any(origin.startswith("contact_request") for origin in origins)
    return _Content(
        InboundKind.CONTACTS, details={"count": len(shared), "contacts": people, "requested": requested}
    )


def _shared_phone(entry: JsonObject) -> str | None:
    return phone(entry.get("wa_id")) or phone(
        "".join(c for c in text(entry.get("phone"), 40) if c in "+0123456789")
    )


def _reaction(message: JsonObject, kind: str) -> _Content | None:
    reaction = obj(message.get(kind))
    emoji = text(reaction.get("emoji"), 40)
    return _Content(
        InboundKind.REACTION,
        text=emoji,
        reply_to=text(reaction.get("message_id"), 500) or None,
        details={"removed": not emoji},
    )


def _order(message: JsonObject, kind: str) -> _Content | None:
    if not isinstance(message.get(kind), dict):
        return None
    order = obj(message.get(kind))
    products = [
        {"id": text(p.get("product_retailer_id"), 100), "quantity": text(p.get("quantity"), 20)}
        for p in items(order.get("product_items"))[:30]
    ]
    return _Content(
        InboundKind.ORDER,
        text=text(order.get("text"), 4096),
        details={"catalog_id": text(order.get("catalog_id"), 100), "products": products},
    )


def _system(message: JsonObject, kind: str) -> _Content | None:
    system = obj(message.get(kind))
    new_number = phone(system.get("wa_id"))
    details = {"type": one_line(text(system.get("type"), 60)) or kind}
    return _Content(
        InboundKind.SYSTEM,
        text=text(system.get("body"), 1000),
        details=details | ({"new_phone": new_number} if new_number else {}),
    )


_READERS: Mapping[str, Callable[[JsonObject, str], _Content | None]] = {
    "text": _text,
    "button": _button,
    "interactive": _interactive,
    "location": _location,
    **dict.fromkeys(("image", "video", "document", "sticker", "audio", "voice"), _media),
    "contacts": _contacts,
    "reaction": _reaction,
    "order": _order,
    "system": _system,
    "request_welcome": _system,
}


def _read_statuses(value: JsonObject, receipts: list[DeliveryReceipt], notices: list[str]) -> None:
    for item in items(value.get("statuses")):
        external_id = text(item.get("id"), 500)
        word = one_line(text(item.get("status"), 40))
        status = STATUSES.get(word)
        if not external_id or status is None:
            notices.append(f"status {word or 'missing'} {'is not used' if external_id else 'without an id'}")
            continue
        errors = items(item.get("errors"))
        code = text(errors[0].get("code"), 20) if errors else ""
        entry = entry_of(code)
        receipts.append(
            DeliveryReceipt(
                external_id=external_id,
                status=status,
                correlation_id=text(item.get("biz_opaque_callback_data"), 512) or None,
                error_code=((entry.name if entry else "") or code) or None,
                error_detail=_error_words(errors[0]) if errors else "",
                occurred_at=moment(item.get("timestamp")),
            )
        )


def _error_words(error: JsonObject) -> str:
    """Code and sentence for the operator: ours where the table has one, else Meta's title, masked."""
    code = one_line(text(error.get("code"), 20))
    entry = entry_of(code)
    said = entry.sentence if entry else masked(one_line(text(error.get("title"), _SHORT)))
    return clip(f"{code}: {said}", 300)
