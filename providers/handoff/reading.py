"""Small shared readings of completion webhooks: signatures compared in constant time, JSON taken apart politely."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

import orjson

from providers.handoff.contract import BadSignature, UnreadableCompletion


def hex_signature(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def base64_signature(secret: str, message: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


def must_match(given: str | None, expected: str) -> None:
    """Raises BadSignature. An empty header never matches, whatever the secret."""
    if not given or not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadSignature("the signature is missing or wrong")


def must_have(secret: str) -> None:
    """An empty secret would make every signature reproducible: the webhook is off then."""
    if not secret:
        raise BadSignature("no secret is set")


def json_object(body: bytes) -> Mapping[str, object]:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableCompletion("not JSON") from error
    if not isinstance(data, dict):
        raise UnreadableCompletion("not a JSON object")
    return data


def part(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object inside; empty where it is missing or null."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def text(data: Mapping[str, object], name: str) -> str:
    """A text or number inside, as text; empty where it is missing or null."""
    value = data.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
