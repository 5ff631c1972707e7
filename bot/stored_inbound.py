"""What the tables may hold of a customer's message: what PostgreSQL takes, and never the number of a payment card."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import orjson
from pydantic import TypeAdapter

from bot.messages import Inbound, JsonObject

_INBOUND = TypeAdapter(Inbound)
_CARD = re.compile(r"(?<![\d+])(?:\d[ -]?){12,18}\d(?!\d)")
_MAX_TEXT = 10_000
_IDS = frozenset({"external_id", "to_address", "choice_id", "reply_to"})


def inbound_to_json(inbound: Inbound) -> JsonObject:
    """The stored form of a message: what PostgreSQL can hold, card numbers masked, text within its limit."""
    if len(inbound.text) > _MAX_TEXT:
        inbound = replace(inbound, text=inbound.text[:_MAX_TEXT])
    data: JsonObject = _INBOUND.dump_python(inbound, mode="json")
    if _is_storable(data):
        return data
    # An id is no text: one in ten with 13 to 19 digits has a card number's check digit, and a masked one would
    # name another media file, another message, another customer.
    stored: JsonObject = {
        key: holdable(item) if key in _IDS else storable(item) for key, item in data.items()
    }
    stored["sender"] |= {key: holdable(data["sender"][key]) for key in ("phone", "user_id")}
    for kept, given in zip(stored["media"], data["media"], strict=True):
        kept["reference"] = holdable(given["reference"])
    return stored


def inbound_from_json(data: JsonObject) -> Inbound:
    return _INBOUND.validate_python(data)


def _is_storable(data: JsonObject) -> bool:
    """True if nothing would have to be cleaned: one look at the whole instead of one at each value.

    False is only a reason to look closer. A control character is written as an escape whose digits could hide
    the beginning of a card number, so those are looked at closely, too.
    """
    try:
        text = orjson.dumps(data).decode()
    except TypeError:  # a lone surrogate
        return False
    return "\\u" not in text and mask_cards(text) == text


def holdable(value: Any) -> Any:
    """PostgreSQL refuses NUL and lone surrogates."""
    if isinstance(value, str) and (not value.isascii() or "\x00" in value):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return value


def storable(value: Any) -> Any:
    """What PostgreSQL can hold, at any depth; a card number never reaches a table."""
    if isinstance(value, str):
        return mask_cards(holdable(value))
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def mask_cards(text: str) -> str:
    """Payment card numbers (13 to 19 digits with a valid check digit) keep only their last four digits."""

    def masked(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match[0])
        return f"•••• {digits[-4:]}" if _luhn(digits) else match[0]

    return _CARD.sub(masked, text) if len(text) >= 13 else text


def _luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + position % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
