"""Half-hour frames: who is at work when. Pure: what is ordered is subtracted elsewhere.

A frame's id is the half hour's place in the day plus one (1 = 12:00 AM), so neighbours have consecutive ids.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from providers.sandbox.catalog import WEEKDAYS, Catalog, Specialist, format_clock

FRAME_MINUTES = 30


def frame_name(frame_id: int) -> str:
    """The start of a frame as the vendor writes it: 22 is `10:30 AM`."""
    return format_clock((frame_id - 1) * FRAME_MINUTES)


def frames_needed(minutes: int) -> int:
    """How many frames a service of so many minutes takes, the person's extra minutes included."""
    return -(-minutes // FRAME_MINUTES)


def works_on(catalog: Catalog, staff: Specialist, day: date) -> bool:
    weekday = WEEKDAYS[day.isoweekday() % 7]
    location = catalog.location(staff.Location_Id)
    return location is not None and weekday in location.open_days() and weekday not in staff.Days_Off


def rostered_frames(
    catalog: Catalog, staff: Specialist, day: date, *, now: datetime, days_ahead: int
) -> list[int]:
    """Ids of the whole frames `staff` works on `day` and that start after `now` (local time of the salon)."""
    location = catalog.location(staff.Location_Id)
    if location is None or not works_on(catalog, staff, day):
        return []
    if day < now.date() or day > now.date() + timedelta(days=days_ahead):
        return []
    earliest = now.hour * 60 + now.minute if day == now.date() else -1
    opens, closes = location.opens(), location.closes()
    frames: set[int] = set()
    for start, end in staff.shifts() or [(opens, closes)]:
        first = -(-max(start, opens) // FRAME_MINUTES)
        last = min(end, closes) // FRAME_MINUTES
        frames.update(index + 1 for index in range(first, last) if index * FRAME_MINUTES > earliest)
    return sorted(frames)
