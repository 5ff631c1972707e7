"""Placed bookings as a talk finds and names them. Pure; what is known of them is bot/flows/history.py."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.catalog import localized
from bot.flows import escalation
from bot.flows.history import KnownBooking, KnownItem
from bot.flows.talk import Talk
from bot.understanding.contract import Understanding
from bot.wording.words import Line

_AN_EXISTING_ONE = re.compile(
    r"\b(?:my|the|our|that|this)\s+(?:\w+\s+){0,2}(?:bookings?|appointments?|appts?|reservations?|visit)\b"
    r"|حجزي|موعدي|الحجز|الموعد",
    re.IGNORECASE,
)


def names_a_placed_one(text: str) -> bool:
    """ "my appointment", "that booking": not the wish that is just being talked about."""
    return _AN_EXISTING_ONE.search(text) is not None


def upcoming(talk: Talk) -> Sequence[KnownBooking]:
    return talk.context.history.upcoming


def find(talk: Talk, booking_id: UUID | None) -> KnownBooking | None:
    """None: it has ended, or was never this customer's."""
    return next((one for one in upcoming(talk) if one.id == booking_id), None)


def version(booking: KnownBooking) -> str:
    """Digest of what a yes about it answers: another one if anything of it has changed."""
    items = [(item.service_id, item.staff_id, item.starts_at, item.ends_at) for item in booking.items]
    parts = (booking.id, booking.status, booking.order_id, booking.payment_status, booking.under_way, items)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def item_name(talk: Talk, item: KnownItem) -> str:
    """`Hair cut (short hair)`, by the catalog's name of today if it still has one."""
    service = talk.catalog.services.get(item.service_id)
    name = talk.called(service) if service else item.service_name
    size = next((s for s in service.sizes if s.id == item.size_id), None) if service else None
    said = localized(size.names, talk.state.language) if size else item.size_name
    return f"{name} ({said})" if said else name


def person(talk: Talk, item: KnownItem) -> str:
    """Who does it; empty for what nobody is told of (a bay, a table)."""
    if item.staff_id in talk.catalog.staff:
        return talk.staff_called(item.staff_id)
    return item.staff_name


def place(talk: Talk, booking: KnownBooking) -> str:
    here = talk.catalog.locations.get(booking.location_id)
    return talk.called(here) if here else localized(booking.location_names, talk.state.language)


def services_line(talk: Talk, booking: KnownBooking) -> str:
    """`Gel Manicure with Monica and Blow Dry with Dana`; one person of several services is named once."""
    words = talk.words
    people = {person(talk, item) for item in booking.items}
    names = [item_name(talk, item) for item in booking.items]
    if len(people) == 1:
        (who,) = people
        return (
            f"{words.joined(names)} {words.say(Line('with_staff', {'staff': who}))}"
            if who
            else words.joined(names)
        )
    parts = [
        f"{name} {words.say(Line('with_staff', {'staff': who}))}" if (who := person(talk, item)) else name
        for name, item in zip(names, booking.items, strict=True)
    ]
    return words.joined(parts)


def line(talk: Talk, booking: KnownBooking) -> str:
    """`Gel Manicure with Dana, Sat 21 Nov, 2:00 PM, Plaza`."""
    comma = "، " if talk.state.language == "ar" else ", "
    parts = [services_line(talk, booking), talk.words.moment(booking.starts_at)]
    if len(talk.catalog.locations) != 1 and (where := place(talk, booking)):
        parts.append(where)
    return comma.join(parts)


def reach(talk: Talk) -> str:
    """How the business is reached, as a sentence; empty if nothing is set."""
    contact = escalation.contact(talk)
    return talk.words.say(Line("contact_is", {"contact": contact})) if contact else ""


def meant(talk: Talk, u: Understanding, code: str, among: Sequence[KnownBooking]) -> list[KnownBooking]:
    """Those that a line can mean: by code, day, service, person or place. What fits to none says nothing."""
    found = [one for one in among if one.code == code] if code else []
    if found:
        return found
    found = list(among)
    zone = talk.context.zone
    days: set[object] = {fact.day for fact in u.days}
    named: set[object] = {match.id for mention in u.services for match in mention}
    for wanted in (days, named, {match.id for match in u.staff}, {match.id for match in u.locations}):
        found = [one for one in found if wanted & _marks(one, zone)] or found
    return found


def _marks(booking: KnownBooking, zone: ZoneInfo) -> set[object]:
    """What a booking can be named by: its day, place, services and people."""
    items = ((item.service_id, item.staff_id) for item in booking.items)
    return {
        booking.starts_at.astimezone(zone).date(),
        booking.location_id,
        *(one for pair in items for one in pair),
    }
