"""Messages, choices, receipts and actions in no channel's dialect. Everything else in `bot` speaks these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

JsonObject = dict[str, Any]


class Surface(StrEnum):
    """What the customer looks at; decides the rendering, not the transport."""

    WHATSAPP = "whatsapp"
    SMS = "sms"
    WEB = "web"


class InboundKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    """A tap on a button or list row; `choice_id` holds its id, `text` the visible title."""
    LOCATION = "location"
    VOICE = "voice"
    MEDIA = "media"
    STICKER = "sticker"
    REACTION = "reaction"
    CONTACTS = "contacts"
    ORDER = "order"
    SYSTEM = "system"
    UNSUPPORTED = "unsupported"
    """Anything this version doesn't know: stored, acknowledged, answered politely."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote. At least one of phone and user_id is set."""

    phone: str | None = None
    """E.164 with +."""
    user_id: str | None = None
    """A channel's own id of a customer (WhatsApp's business-scoped user id, a web session)."""
    profile_name: str | None = None

    @property
    def address(self) -> str:
        """The identity that is stored: the phone where there is one, else the user id."""
        return self.phone or self.user_id or ""


@dataclass(frozen=True, slots=True)
class GeoPoint:
    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    mime_type: str
    reference: str
    """Media id or URL at the channel; fetched only from the channel's own hosts."""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from a customer."""

    external_id: str
    to_address: str
    """Our side: a phone number id (Meta), a number (Twilio), a widget key (web)."""
    sender: Sender
    kind: InboundKind
    surface: Surface
    text: str = ""
    choice_id: str | None = None
    location: GeoPoint | None = None
    media: tuple[Media, ...] = ()
    reply_to: str | None = None
    opt_out_type: str | None = None
    """Twilio Advanced Opt-Out: STOP, START or HELP, which the carrier already answered."""
    sent_at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    """What the channel knows beyond (referral, type of an unsupported message): small, JSON."""


class DeliveryStatus(StrEnum):
    """Status of a message we sent. The rank only rises (`rank`)."""

    QUEUED = "queued"
    BLOCKED = "blocked"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"


DELIVERY_RANK: Mapping[DeliveryStatus, int] = {
    DeliveryStatus.QUEUED: 0,
    DeliveryStatus.UNKNOWN: 1,
    DeliveryStatus.BLOCKED: 1,
    DeliveryStatus.ACCEPTED: 2,
    DeliveryStatus.SENT: 3,
    DeliveryStatus.FAILED: 4,
    DeliveryStatus.DELIVERED: 5,
    DeliveryStatus.READ: 6,
}
"""A late `failed` doesn't undo `delivered`; a receipt of `sent` proves an unknown send."""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """A channel's word on a message we sent earlier."""

    external_id: str
    status: DeliveryStatus
    correlation_id: str | None = None
    """Our effect id, echoed by the channel: the proof of a send whose answer got lost."""
    error_code: str | None = None
    error_detail: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParsedWebhook:
    """One verified webhook, split. `to_address` routes each part where an account key serves several numbers."""

    inbounds: tuple[Inbound, ...] = ()
    receipts: tuple[DeliveryReceipt, ...] = ()
    notices: tuple[str, ...] = ()
    """Account problems and events we acknowledge without using, as short words for the log."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a customer may tap. The id names the turn it belongs to, so an old menu is recognised."""

    id: str
    title: str
    description: str = ""
    section: str = ""


class ActionType(StrEnum):
    BOOKING_FINALIZE = "BOOKING_FINALIZE"


@dataclass(frozen=True, slots=True)
class Action:
    """Built by code next to a reply, never by an LLM (design: finalize contract)."""

    type: ActionType
    handling: str
    booking_intent_id: UUID
    label: str
    summary_version: str
    external_url: str | None = None


def action_to_json(action: Action) -> JsonObject:
    """The finalize contract's shape, the same for every channel; `externalUrl` for external only."""
    shape: JsonObject = {
        "type": action.type.value,
        "handling": action.handling,
        "bookingIntentId": str(action.booking_intent_id),
        "label": action.label,
        "summaryVersion": action.summary_version,
    }
    if action.handling == "external" and action.external_url:
        shape["externalUrl"] = action.external_url
    return shape


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class CardRow:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """A summary: shown as a card on the web, as lines of text elsewhere (already part of `Outbound.text`)."""

    title: str
    rows: tuple[CardRow, ...]


@dataclass(frozen=True, slots=True)
class Outbound:
    """One reply. `text` alone must make sense on every surface; the renderer adds choices and links."""

    text: str
    choices: tuple[Choice, ...] = ()
    choices_label: str = ""
    """Label of the button that opens a list (at most 20 characters on WhatsApp)."""
    link: Link | None = None
    card: Card | None = None
    actions: tuple[Action, ...] = ()
    ask_location: bool = False
    language: str = "en"
