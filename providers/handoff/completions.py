"""The four pages that sign their webhooks: Calendly, Square, Acuity, Cal.com."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import parse_qs

from providers.handoff.contract import (
    BadSignature,
    Completion,
    CompletionRequest,
    Outcome,
    UnreadableCompletion,
)
from providers.handoff.reading import (
    base64_signature,
    hex_signature,
    json_object,
    must_have,
    must_match,
    part,
    text,
)

CALENDLY_TOLERANCE_SECONDS = 180
"""As in the vendor's own example; to either side, for clocks differ."""


class CalendlyCompletions:
    """`Calendly-Webhook-Signature: t=<s>,v1=<hex>` over `t.body`; our reference in tracking.utm_content.

    A reschedule is a cancellation (rescheduled=true, new_invitee set) and a creation (old_invitee set), in either
    order: the first counts as nothing, the second as the booking moved.
    """

    def read(self, request: CompletionRequest, *, secret: str, now: float) -> Completion:
        must_have(secret)
        signed_at, given = self._signature(request.headers.get("calendly-webhook-signature", ""))
        must_match(given, hex_signature(secret, signed_at.encode() + b"." + request.body))
        if abs(now - int(signed_at)) > CALENDLY_TOLERANCE_SECONDS:
            raise BadSignature("the signature is too old")
        data = json_object(request.body)
        invitee = part(data, "payload")
        return Completion(
            self._outcome(text(data, "event"), invitee),
            booking_id=text(invitee, "uri"),
            reference=text(part(invitee, "tracking"), "utm_content") or None,
            event=text(data, "event"),
        )

    def _signature(self, header: str) -> tuple[str, str]:
        parts = dict(item.strip().partition("=")[::2] for item in header.split(","))
        signed_at, given = parts.get("t", ""), parts.get("v1", "")
        if not (signed_at.isascii() and signed_at.isdigit() and len(signed_at) <= 12):
            raise BadSignature("the signature has no time")
        return signed_at, given

    def _outcome(self, event: str, fields: Mapping[str, object]) -> Outcome:
        if event == "invitee.created":
            return Outcome.MOVED if fields.get("old_invitee") else Outcome.BOOKED
        if event == "invitee.canceled":
            moved = fields.get("rescheduled") is True or bool(fields.get("new_invitee"))
            return Outcome.OTHER if moved else Outcome.CANCELLED
        return Outcome.OTHER


class SquareCompletions:
    """`x-square-hmacsha256-signature`: base64 over the registered URL and the body. Carries no reference of ours."""

    _CANCELLED = frozenset({"CANCELLED_BY_CUSTOMER", "CANCELLED_BY_SELLER", "DECLINED", "NO_SHOW"})

    def read(self, request: CompletionRequest, *, secret: str, now: float) -> Completion:  # noqa: ARG002
        must_have(secret)
        must_match(
            request.headers.get("x-square-hmacsha256-signature"),
            base64_signature(secret, request.url.encode() + request.body),
        )
        data = json_object(request.body)
        booking = part(part(part(data, "data"), "object"), "booking")
        return Completion(
            self._outcome(text(data, "type"), text(booking, "status")),
            booking_id=text(booking, "id") or text(part(data, "data"), "id"),
            reference=None,
            event=text(data, "type"),
        )

    def _outcome(self, kind: str, status: str) -> Outcome:
        if kind not in {"booking.created", "booking.updated"}:
            return Outcome.OTHER
        if status in self._CANCELLED:
            return Outcome.CANCELLED
        return Outcome.BOOKED if kind == "booking.created" else Outcome.MOVED


class AcuityCompletions:
    """`X-Acuity-Signature`: base64 over the body. A form of ids only: the reference is in the appointment."""

    _OUTCOMES: ClassVar[Mapping[str, Outcome]] = {
        "scheduled": Outcome.BOOKED,
        "rescheduled": Outcome.MOVED,
        "canceled": Outcome.CANCELLED,
    }
    """`changed` repeats what the others say."""

    def read(self, request: CompletionRequest, *, secret: str, now: float) -> Completion:  # noqa: ARG002
        must_have(secret)
        must_match(request.headers.get("x-acuity-signature"), base64_signature(secret, request.body))
        try:
            form = parse_qs(request.body.decode(), max_num_fields=50)
        except (UnicodeDecodeError, ValueError) as error:
            raise UnreadableCompletion("not a form") from error
        action = form.get("action", [""])[0].removeprefix("appointment.")
        booking_id = form.get("id", [""])[0]
        if not booking_id.isdigit():
            raise UnreadableCompletion("no appointment id")
        outcome = self._OUTCOMES.get(action, Outcome.OTHER)
        known = outcome is not Outcome.OTHER
        return Completion(outcome, booking_id, reference=None, incomplete=known, event=action)


class CalComCompletions:
    """`X-Cal-Signature-256`: hex over the body; our reference in payload.metadata under `metadata_key`.

    A business may define a payload template of its own, so everything but the signature may be missing.
    """

    metadata_key = "fd_ref"
    _OUTCOMES: ClassVar[Mapping[str, Outcome]] = {
        "BOOKING_CREATED": Outcome.BOOKED,
        "BOOKING_PAID": Outcome.BOOKED,
        "BOOKING_RESCHEDULED": Outcome.MOVED,
        "BOOKING_CANCELLED": Outcome.CANCELLED,
        "BOOKING_REJECTED": Outcome.CANCELLED,
    }

    def read(self, request: CompletionRequest, *, secret: str, now: float) -> Completion:  # noqa: ARG002
        must_have(secret)
        must_match(request.headers.get("x-cal-signature-256"), hex_signature(secret, request.body))
        data = json_object(request.body)
        payload = part(data, "payload")
        return Completion(
            self._OUTCOMES.get(text(data, "triggerEvent"), Outcome.OTHER),
            booking_id=text(payload, "uid"),
            reference=text(part(payload, "metadata"), self.metadata_key) or None,
            event=text(data, "triggerEvent"),
        )


def acuity_reference(appointment: object, *, field_id: str) -> str | None:
    """Our reference in the hidden intake field of an appointment (forms[].values[].{fieldID, value})."""
    forms = appointment.get("forms") if isinstance(appointment, dict) else None
    for form in forms if isinstance(forms, list) else []:
        values = form.get("values") if isinstance(form, dict) else None
        for value in values if isinstance(values, list) else []:
            if isinstance(value, dict) and text(value, "fieldID") == field_id:
                return text(value, "value") or None
    return None
