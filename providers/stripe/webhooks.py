"""Stripe's webhooks: `Stripe-Signature: t=<s>,v1=<hex>[,v1=<hex>]` over `t.body`, keyed by the whole `whsec_` text."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import orjson
from pydantic import ValidationError

from providers.payments import LinkReport
from providers.stripe.checkout import Session

TOLERANCE_SECONDS = 300

_REPORTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)


class BadStripeSignature(Exception):
    """Missing, malformed, wrong or too old."""


class UnreadableEvent(Exception):
    """Signed, and not an event as documented."""


@dataclass(frozen=True, slots=True)
class StripeEvent:
    id: str
    """`evt_…`: repeats carry the same."""
    type: str
    report: LinkReport | None
    """None: an event that concerns no link."""


def read_event(body: bytes, signature: str | None, *, secret: str, now: float) -> StripeEvent:
    """`now`: seconds since the epoch. Raises BadStripeSignature and UnreadableEvent, nothing else."""
    _verify(body, signature or "", secret=secret, now=now)
    try:
        event = orjson.loads(body)
        event_id, kind, subject = str(event["id"]), str(event["type"]), event["data"]["object"]
        if kind not in _REPORTS:
            return StripeEvent(event_id, kind, None)
        session = Session.model_validate(subject)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValidationError) as error:
        raise UnreadableEvent("not an event as documented") from error
    return StripeEvent(event_id, kind, session.report(failed=kind == "checkout.session.async_payment_failed"))


def sign(body: bytes, *, secret: str, at: int) -> str:
    """The header as Stripe makes it: for the sandbox and for tests."""
    return f"t={at},v1={_digest(secret, str(at), body)}"


def _verify(body: bytes, header: str, *, secret: str, now: float) -> None:
    if not secret:
        raise BadStripeSignature("no secret is set")
    pairs = [item.strip().partition("=")[::2] for item in header.split(",")]
    times = [value for name, value in pairs if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) <= 12):
        raise BadStripeSignature("no time of signing")
    expected = _digest(secret, times[0], body).encode()
    given = [value.encode() for name, value in pairs if name == "v1"]
    if not any(hmac.compare_digest(value, expected) for value in given):
        raise BadStripeSignature("no signature fits")
    if now - int(times[0]) > TOLERANCE_SECONDS:
        raise BadStripeSignature("signed too long ago")


def _digest(secret: str, at: str, body: bytes) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
