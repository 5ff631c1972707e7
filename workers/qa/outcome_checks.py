"""What becomes of a customer who was led on: only the page's signed word or an operator says that he booked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workers.qa.checks import Failed, holds, same
from workers.qa.expect import Expected
from workers.qa.talk_checks import reference_in
from workers.qa.visit import Row, Visit

OPERATOR = "qa operator"

Signed = tuple[bytes, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sender:
    """How one kind of page reports a booking, by its vendor's documentation; written here once more, on purpose."""

    report: Callable[[str, str], Mapping[str, Any]]
    """Reference and booking id -> the body."""
    headers: Callable[[bytes, str, int], dict[str, str]]
    """Body, secret, Unix seconds -> what signs it."""


def _calendly(body: bytes, secret: str, at: int) -> dict[str, str]:
    signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Calendly-Webhook-Signature": f"t={at},v1={signature}"}


def _calcom(body: bytes, secret: str, _: int) -> dict[str, str]:
    return {"X-Cal-Signature-256": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


SENDERS: Mapping[str, Sender] = {
    "calendly": Sender(
        lambda reference, booking: {
            "event": "invitee.created",
            "payload": {"uri": booking, "tracking": {"utm_content": reference}},
        },
        _calendly,
    ),
    "calcom": Sender(
        lambda reference, booking: {
            "triggerEvent": "BOOKING_CREATED",
            "payload": {"uid": booking, "metadata": {"fd_ref": reference}},
        },
        _calcom,
    ),
}
"""Pages whose signed webhook gives our reference back by itself."""


def reports_itself(expected: Expected) -> bool:
    return expected.external is not None and expected.page in SENDERS


def waits_for_operator(expected: Expected) -> bool:
    return expected.external is not None and expected.page not in SENDERS


async def completed(visit: Visit) -> str:
    """Signed and with our reference: completed. Wrongly signed, or with a made-up reference: nothing."""
    operator = visit.needs_operator()
    handoff, reference = _led_on(visit), reference_in(visit.expected, str(visit.left.get("redirect", "")))
    holds(reference, "our reference in the outgoing address", visit.left.get("redirect"))
    secret = secrets.token_urlsafe(24)
    path = await operator.switch_on(visit.key, visit.expected.page, secret)

    async def told(given: str, *, key: str = secret, booking: str) -> int:
        sender = SENDERS[visit.expected.page]
        body = json.dumps(sender.report(given, booking)).encode()
        signed = sender.headers(body, key, int(visit.clock().timestamp()))
        got = await visit.server.call(
            "POST", path, content=body, headers={**signed, "Content-Type": "application/json"}
        )
        return got.status

    booking = f"qa-{secrets.token_hex(6)}"
    same("wrong signature", 403, await told(reference, key="another secret", booking=booking))
    same("made-up reference, signed", 200, await told(_forged(reference), booking=f"{booking}-f"))
    same("state after both", "redirected", (await _state(visit, handoff, "redirected"))["status"])
    for _ in range(2):  # it repeats
        same("signed, our reference", 200, await told(reference, booking=booking))
    row = await _state(visit, handoff, "completed_external")
    same("handoff's state", "completed_external", row["status"])
    same("completed by", f"webhook:{visit.expected.page}", row["completedBy"])
    await _confirmed(visit, handoff)
    return f"{visit.expected.page}: signed completes, 403 and a forged reference don't"


async def marked(visit: Visit) -> str:
    """No page says it for us: an operator's mark completes, and the list says who made it."""
    operator = visit.needs_operator()
    handoff = _led_on(visit)
    await operator.complete(visit.key, str(handoff["id"]), by=OPERATOR)
    row = await _state(visit, handoff, "completed_external")
    same("handoff's state", "completed_external", row["status"])
    same("completed by", OPERATOR, row["completedBy"])
    await _confirmed(visit, handoff)
    return "completed_external, with who marked it"


def _led_on(visit: Visit) -> Row:
    handoff: Row | None = visit.left.get("handoff")
    if handoff is None:
        raise Failed("a customer who was led on", "none was")
    return handoff


async def _state(visit: Visit, handoff: Row, status: str) -> Row:
    return await visit.row(
        "handoffs",
        lambda row: row["id"] == handoff["id"],
        what="the handoff",
        good=lambda row: row["status"] == status,
    )


async def _confirmed(visit: Visit, handoff: Row) -> None:
    intent = await visit.row(
        "intents",
        lambda row: row["id"] == handoff["intentId"],
        what="the wish",
        good=lambda row: row["status"] == "confirmed",
    )
    same("wish's state", "confirmed", intent["status"])
    lead = await visit.row(
        "leads",
        lambda row: row["conversationId"] == handoff["conversationId"],
        what="the lead",
        good=lambda row: row["status"] == "booked",
    )
    same("lead's status", "booked", lead["status"])


def _forged(reference: str) -> str:
    """The token as it is, under a proof that nobody made."""
    token, _, _ = reference.partition(".")
    return f"{token}.{base64.urlsafe_b64encode(secrets.token_bytes(12)).decode()}"
