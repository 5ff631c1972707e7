"""What a booking system's webhook says: whether it is really his, and what it makes us read again. Pure.

ShopMonkey posts the three headers of the Standard Webhooks specification (`webhook-id`, `webhook-timestamp`,
`webhook-signature`); how it makes the signature isn't documented. The specification's way is tried first, its
plausible variants after it. Which one fits is kept with the account, and required from then on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.sync_runs import Kind

TOLERANCE_SECONDS = 300
BODY_LIMIT = 1024 * 1024
"""Bytes. A webhook carries one row of the booking system."""
_MAX_SIGNATURES = 8
_PREFIX = "whsec_"
_RAW = ("utf-8", "surrogateescape")
"""How header bytes that are no text arrive, and go back."""

CHANGES: Mapping[str, Mapping[str, Kind]] = {
    "shopmonkey": {"appointment": "slots", "user": "full", "location": "full", "canned_service": "full"},
}
"""Booking systems that tell of changes: per table of theirs, what has to be read again. Nothing else of theirs
(orders, payments, messages) concerns the catalog or its free times."""


class Scheme(StrEnum):
    """How key and signature are written. The signed text is always `{id}.{timestamp}.{raw body}`, HMAC-SHA256."""

    STANDARD = "standard"
    """Key: what follows `whsec_`, base64-decoded. Signature: base64. The specification's own."""
    STANDARD_HEX = "standard_hex"
    RAW_KEY = "raw_key"
    """Key: the secret's own characters."""
    RAW_KEY_HEX = "raw_key_hex"


class MalformedNotice(ValueError):
    """Signed, but not readable as a change."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One change that a booking system told of."""

    kind: Kind | None
    """None: it concerns nothing that is synced."""
    fingerprint: str
    """The same for each repetition: the provider's own ids are new with every attempt."""


def matching_scheme(
    headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime, only: Scheme | None = None
) -> Scheme | None:
    """The scheme in which the signature is right; None: in none, or the webhook is older (or newer) than five
    minutes.

    headers: by lower-case name. only: the one that is known to be the account's.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not secret or not message_id or not (timestamp.isascii() and timestamp.isdigit()):
        return None
    if len(timestamp) > 12 or abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        return None
    signed = f"{message_id}.{timestamp}.".encode(*_RAW) + body
    given = [
        value.encode(*_RAW)
        for version, _, value in (
            part.partition(",") for part in headers.get("webhook-signature", "").split()
        )
        if version == "v1"
    ][:_MAX_SIGNATURES]
    for scheme in Scheme if only is None else (only,):
        expected = _signature(scheme, secret, signed)
        if expected is not None and any(hmac.compare_digest(expected, one) for one in given):
            return scheme
    return None


def _signature(scheme: Scheme, secret: str, signed: bytes) -> bytes | None:
    """None: the secret is no key for this scheme."""
    key = secret.encode()
    if scheme in (Scheme.STANDARD, Scheme.STANDARD_HEX):
        try:
            key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except ValueError:
            return None
        if not key:
            return None
    digest = hmac.new(key, signed, hashlib.sha256)
    if scheme in (Scheme.STANDARD_HEX, Scheme.RAW_KEY_HEX):
        return digest.hexdigest().encode()
    return base64.b64encode(digest.digest())


def read_notice(provider: str, body: bytes) -> Notice:
    """What a verified webhook tells of. Unknown tables and fields are no error. Raises MalformedNotice."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedNotice("not JSON") from error
    if not isinstance(told, dict) or not isinstance(table := told.get("table"), str):
        raise MalformedNotice("it names no table")
    row = told.get("data")
    data = row if isinstance(row, dict) else {}
    parts = (table, data.get("id"), told.get("operation"), data.get("updatedDate"))
    fingerprint = hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()
    if data.get("updatedDate") is None:  # nothing to tell two changes of a row apart by
        fingerprint = hashlib.sha256(body).hexdigest()
    return Notice(CHANGES.get(provider, {}).get(table), fingerprint)
