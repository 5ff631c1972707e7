"""Reading foreign JSON without trusting it: a wrong type is the empty value, never an exception."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime

from bot.channels.contract import MalformedWebhook
from bot.channels.text import clean
from bot.messages import GeoPoint, JsonObject

_PHONE = re.compile(r"\+?[0-9]{5,15}")
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_LATEST = 4_102_444_800
"""2100-01-01: a later time stamp is nonsense."""


def json_object(body: bytes) -> JsonObject:
    """A body that must be one JSON object. Raises MalformedWebhook."""
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MalformedWebhook("the body is not JSON") from error
    if not isinstance(value, dict):
        raise MalformedWebhook("the body is not a JSON object")
    return value


def obj(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[JsonObject]:
    """The objects of a list; what isn't one is an empty object, so that nothing shifts or gets lost."""
    return [obj(item) for item in value] if isinstance(value, list) else []


def text(value: object, limit: int = 65_536) -> str:
    """Cleaned text; numbers are written out, anything else is empty."""
    if isinstance(value, str):
        return clean(value[:limit])
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:limit] if abs(value) < 10**30 else ""
    return ""


def phone(value: object) -> str | None:
    """E.164 with +, from digits with or without it."""
    number = text(value, 32).strip()
    return f"+{number.removeprefix('+')}" if _PHONE.fullmatch(number) else None


def user_id(value: object) -> str | None:
    """A business-scoped user id of WhatsApp (`US.1349…`)."""
    identifier = text(value, 200).strip()
    return identifier if _USER_ID.fullmatch(identifier) else None


def moment(value: object) -> datetime | None:
    """A Unix time in seconds or milliseconds, number or text, as UTC; None for anything else."""
    raw = text(value, 20).strip()
    if not (raw.isascii() and raw.isdigit()):
        return None
    seconds = int(raw) / 1000 if int(raw) > _LATEST else float(raw)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None


def geo_point(latitude: object, longitude: object, label: str = "") -> GeoPoint | None:
    """A place on earth, from numbers or decimal text; None for anything else."""
    try:
        lat, lon = (float(v) if isinstance(v, (int, float, str)) else math.nan for v in (latitude, longitude))
    except (ValueError, OverflowError):
        return None
    return GeoPoint(lat, lon, label) if abs(lat) <= 90 and abs(lon) <= 180 else None
