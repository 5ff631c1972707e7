"""The .ics of a booking, read back by the library that calendars are read with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from providers.mail.calendar import Visit, calendar_part

KUWAIT = ZoneInfo("Asia/Kuwait")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
VISIT = Visit(
    uid="booking-1@bot.example.com",
    sequence=0,
    starts_at=datetime(2026, 11, 22, 14, 0, tzinfo=KUWAIT),
    ends_at=datetime(2026, 11, 22, 15, 0, tzinfo=KUWAIT),
    title="مانيكير جل",
    business="Nail Salon",
    business_email="desk@example.com",
    customer_name="Sara Test",
    customer_email="sara@example.com",
    place="Plaza, Kuwait City",
)


def read(part):
    calendar = Calendar.from_ical(part.content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_an_invitation():
    part = calendar_part(VISIT, stamped_at=NOW)
    calendar, event = read(part)
    assert (part.method, str(calendar["method"]), str(calendar["version"])) == ("REQUEST", "REQUEST", "2.0")
    assert str(event["summary"]) == "مانيكير جل"
    assert event.decoded("dtstart") == VISIT.starts_at
    assert (event["sequence"], str(event["status"])) == (0, "CONFIRMED")
    assert str(event["attendee"]) == "mailto:sara@example.com"
    assert event["attendee"].params["CN"] == "Sara Test"
    assert str(event["organizer"]) == "mailto:desk@example.com"
    assert calendar.walk("VTIMEZONE")
    assert all(len(line) <= 75 for line in part.content.split(b"\r\n"))


def test_a_change_and_a_cancellation_are_the_same_event():
    moved = replace(VISIT, sequence=1, starts_at=VISIT.starts_at + timedelta(hours=2), ends_at=VISIT.ends_at)
    cancelled = replace(VISIT, sequence=2, cancelled=True)
    _, first = read(calendar_part(VISIT, stamped_at=NOW))
    _, second = read(calendar_part(moved, stamped_at=NOW))
    part = calendar_part(cancelled, stamped_at=NOW)
    calendar, third = read(part)
    assert str(first["uid"]) == str(second["uid"]) == str(third["uid"])
    assert [event["sequence"] for event in (first, second, third)] == [0, 1, 2]
    assert (part.method, str(calendar["method"]), str(third["status"])) == ("CANCEL", "CANCEL", "CANCELLED")


def test_a_name_cannot_break_out_of_its_line():
    hostile = replace(VISIT, title="x\r\nATTENDEE:mailto:evil@example.org", customer_name='a"\r\nX:y')
    _, event = read(calendar_part(hostile, stamped_at=NOW))
    assert str(event["attendee"]) == "mailto:sara@example.com"
    assert "evil" in str(event["summary"])


def test_without_a_zone_there_is_no_time():
    naive = replace(VISIT, starts_at=datetime(2026, 11, 22, 14, 0))  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        calendar_part(naive, stamped_at=NOW)
