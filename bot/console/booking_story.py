"""A booking's history in words: what it came to, what people did, what the outside was asked for, in one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.read_booking_story import CallRow, DoneRow
from db.read_bookings import BookingRow


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history. state: of a call, shown as a badge; empty: nothing to say of it."""

    at: datetime
    title: str
    by: str = ""
    detail: str = ""
    state: str = ""


_DONE = {
    "booking.cancel": "Asked to cancel it",
    "booking.cancelled_there": "Said that it is cancelled in the booking system",
    "booking.move": "Asked to move it",
    "booking.resend": "Sent the confirmation again",
    "booking.completed": "Marked as completed",
    "booking.no_show": "Marked as no show",
}
_NEWS = {"confirmed": "confirmed", "changed": "moved", "cancelled": "cancelled"}
_CALLS = {
    "place_order": "Order in the booking system",
    "change_order": "Move in the booking system",
    "cancel_order": "Cancellation in the booking system",
    "mirror_booking": "Copy in the shop's system",
    "create_link": "Payment link",
    "expire_link": "Payment link closed",
}


def story(booking: BookingRow, done: Sequence[DoneRow], calls: Sequence[CallRow]) -> list[Event]:
    """Oldest first."""
    events = [Event(booking.created_at, "Asked for in the chat")]
    if booking.confirmed_at is not None:
        events.append(Event(booking.confirmed_at, "Confirmed"))
    if booking.paid_at is not None:
        events.append(Event(booking.paid_at, "Paid"))
    if booking.cancelled_at is not None:
        events.append(Event(booking.cancelled_at, "Cancelled", detail=booking.cancel_reason or ""))
    events += [Event(one.at, _DONE.get(one.action, one.action), by=_who(one.actor)) for one in done]
    events += [_call(one) for one in calls]
    return sorted(events, key=lambda one: one.at)


def _call(row: CallRow) -> Event:
    if row.kind == "send_mail":
        news = _NEWS.get(row.news, row.news)
        title = f"Mail to the {row.role}: {news}"
    else:
        title = _CALLS.get(row.kind, row.kind.replace("_", " "))
    troubled = row.status not in {"done", "cancelled"}
    return Event(
        row.created_at,
        title,
        by="the business" if row.by_business else "",
        detail=(row.error_detail or "") if troubled else "",
        state=row.status,
    )


def _who(actor: str) -> str:
    return actor.partition(":")[2] or actor
