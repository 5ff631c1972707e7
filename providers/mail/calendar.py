"""The .ics of a booking: made, moved, cancelled. Same UID, rising SEQUENCE, so that calendars follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from providers.mail.contract import CalendarPart


@dataclass(frozen=True, slots=True)
class Visit:
    """A booking as a calendar shows it. Instants aware, in the location's zone."""

    uid: str
    """The same for all versions of one booking."""
    sequence: int
    """0 for the first; one more with each change."""
    starts_at: datetime
    ends_at: datetime
    title: str
    business: str
    business_email: str
    customer_name: str = field(repr=False)
    customer_email: str = field(repr=False)
    place: str = ""
    description: str = ""
    url: str = ""
    cancelled: bool = False


def calendar_part(visit: Visit, *, stamped_at: datetime) -> CalendarPart:
    """Raises ValueError for naive instants."""
    if visit.starts_at.tzinfo is None or visit.ends_at.tzinfo is None:
        raise ValueError("a visit's instants must be aware")
    from icalendar import Calendar, Event, vCalAddress, vText  # noqa: PLC0415 - a tenth of a second, if mails are sent

    method = "CANCEL" if visit.cancelled else "REQUEST"
    calendar = Calendar()
    calendar.add("prodid", "-//Frontdesk//Booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Event()
    event.add("uid", visit.uid)
    event.add("dtstamp", stamped_at.astimezone(UTC))
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.ends_at)
    event.add("summary", visit.title)
    event.add("sequence", visit.sequence)
    event.add("status", "CANCELLED" if visit.cancelled else "CONFIRMED")
    for name, value in (("location", visit.place), ("description", visit.description), ("url", visit.url)):
        if value:
            event.add(name, value)
    organizer = vCalAddress(f"mailto:{visit.business_email}")
    organizer.params["CN"] = vText(visit.business)
    event["organizer"] = organizer
    if visit.customer_email:
        attendee = vCalAddress(f"mailto:{visit.customer_email}")
        attendee.params["CN"] = vText(visit.customer_name)
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
        attendee.params["RSVP"] = vText("TRUE")
        event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return CalendarPart(calendar.to_ical(), "CANCEL" if visit.cancelled else "REQUEST")
