"""What a customer does on a phone, and who does it, in no provider's dialect. Pure values."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Literal

from bot.messages import GeoPoint, InboundKind

ChoiceForm = Literal["button", "row", "number"]


@dataclass(frozen=True, slots=True)
class SimulatedCustomer:
    """Who writes. `phone` is E.164 with +; a WhatsApp customer with a username has only a `user_id`
    (`US.13491208655302741918`), a web visitor has a session id there."""

    phone: str | None = None
    user_id: str | None = None
    name: str = ""

    @property
    def address(self) -> str:
        return self.phone or self.user_id or ""


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """Something on the screen that can be tapped. On SMS the id is its number, and tapping is typing it."""

    id: str
    title: str
    description: str = ""
    section: str = ""
    form: ChoiceForm = "button"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a customer does. Made by the functions below."""

    kind: InboundKind
    text: str = ""
    choice: ShownChoice | None = None
    location: GeoPoint | None = None
    reply_to: str | None = None
    """The external id of the message that is answered, tapped or reacted to."""


def typed(text: str, *, reply_to: str | None = None) -> Act:
    return Act(InboundKind.TEXT, text=text, reply_to=reply_to)


def tapped(choice: ShownChoice, *, reply_to: str | None = None) -> Act:
    """A tap on what `read_sent` showed; where choices are numbers in a text, the number is typed."""
    if choice.form == "number":
        return typed(choice.id, reply_to=reply_to)
    return Act(InboundKind.CHOICE, text=choice.title, choice=choice, reply_to=reply_to)


def pinned(latitude: float, longitude: float, label: str = "") -> Act:
    """A location pin, in degrees."""
    return Act(InboundKind.LOCATION, location=GeoPoint(latitude, longitude, label))


def sent_image(caption: str = "") -> Act:
    return Act(InboundKind.MEDIA, text=caption)


def sent_voice() -> Act:
    return Act(InboundKind.VOICE)


def sent_sticker() -> Act:
    return Act(InboundKind.STICKER)


def reacted(emoji: str, *, to_message: str) -> Act:
    """An empty emoji takes the reaction back."""
    return Act(InboundKind.REACTION, text=emoji, reply_to=to_message)


def sent_unsupported() -> Act:
    """A message type that the provider itself doesn't pass on (a poll, for one)."""
    return Act(InboundKind.UNSUPPORTED)


def message_id(channel: str, seed: str) -> str:
    """An id as the channel's provider gives them, the same for the same seed: wamid…, SM…, m-…"""
    digest = hashlib.sha256(f"{channel}:{seed}".encode()).digest()
    match channel:
        case "whatsapp":
            return "wamid." + base64.b64encode(digest[:24]).decode()
        case "twilio":
            return "SM" + digest.hex()[:32]
        case _:
            return "m-" + digest.hex()[:32]
