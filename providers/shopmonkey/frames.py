"""Free time: opening hours minus appointments, in frames. Pure.

ShopMonkey has no call for it and refuses no overlap, so this is the only word on what is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from providers.contract import FrameRecord, OpeningHours, OrderLine
from providers.outcome import CallFailure, Disposition
from providers.shopmonkey.answers import Appointment


@dataclass(frozen=True, slots=True)
class Busy:
    """An appointment as it takes up time: somebody's own, or (`staff` empty) anybody's of the location."""

    starts_at: datetime
    ends_at: datetime
    staff: str

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.starts_at < end and start < self.ends_at


def open_frames(
    week: Iterable[OpeningHours], day: date, zone: ZoneInfo, minutes: int
) -> Iterator[tuple[datetime, datetime]]:
    """Frames of a calendar day of the location, as UTC instants.

    Steps are counted in elapsed time from the opening, so on a day with a clock change each frame is as
    long as any other and the last one ends by closing time.
    """
    step = timedelta(minutes=minutes)
    for hours in week:
        if hours.weekday != day.weekday():
            continue
        start, closes = instant(day, hours.opens, zone), instant(day, hours.closes, zone)
        while start + step <= closes:
            yield start, start + step
            start += step


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """A wall time as UTC; the end of the day (`time.max`) is the next midnight.

    A wall time that the clock jumps over is the moment after the jump; of two the first.
    """
    if wall == time.max:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    local = datetime.combine(day, wall, zone)
    return local.astimezone(UTC)


def busy_times(appointments: Iterable[Appointment], location: str, staff: Sequence[str]) -> list[Busy]:
    """What a location's appointments take from its staff.

    In technicians' terms an appointment is its technician's wherever it is; one without a technician takes
    anybody's time at its location, and one of a person whose time isn't offered takes nothing. With bays
    ours say their bay in the note, and any other takes any bay. No location at all: counted everywhere.
    """
    with_bays = not staff or staff[0].startswith("bay-")
    times = []
    for one in appointments:
        here = one.locationId in {"", location}
        if with_bays:
            owner = bay_of(one.note) if here else None
            if owner is not None and owner not in staff:
                owner = ""
        elif one.technicianId:
            owner = one.technicianId if one.technicianId in staff else None
        else:
            owner = "" if here else None
        if owner is not None and one.span is not None:
            times.append(Busy(*one.span, owner))
    return times


def bay_of(note: str) -> str:
    """The bay that our own line in a note names, or ""."""
    line = next((line for line in note.splitlines() if line.startswith(REFERENCE)), "")
    return next((word for word in line.split() if word.startswith("bay-")), "")


REFERENCE = "Frontdesk "
"""How our line in an appointment's note begins."""


def free_frames(
    frames: Iterable[tuple[datetime, datetime]], busy: Sequence[Busy], location: str, staff: Sequence[str]
) -> list[FrameRecord]:
    """Each frame for everybody who is free in it.

    Appointments that are nobody's in particular are counted: two of them in a frame take two of those who
    would else be free, the first ones in the order of `staff`. Always the same ones: were each order checked with
    its own bay spared, two of our customers in two bays would both pass beside one walk-in.
    """
    records = []
    for start, end in frames:
        taken = [one for one in busy if one.overlaps(start, end)]
        owners = {one.staff for one in taken}
        unassigned = sum(not one.staff for one in taken)
        free = [person for person in staff if person not in owners]
        records += [
            FrameRecord(
                staff_external_id=person,
                location_external_id=location,
                external_id=frame_id(start),
                starts_at=start,
                ends_at=end,
            )
            for person in free[unassigned:]
        ]
    return records


def frame_id(start: datetime) -> str:
    """ShopMonkey has no frames, so their ids are ours: when they begin."""
    return start.astimezone(UTC).strftime("%Y%m%dT%H%MZ")


def covered(line: OrderLine, free: Iterable[FrameRecord]) -> bool:
    """Whether the line's whole length lies in adjoining free frames of its person."""
    mine = {one.starts_at: one.ends_at for one in free if one.staff_external_id == line.staff_external_id}
    reached, ends_at = line.starts_at, line.starts_at + timedelta(minutes=line.minutes)
    while reached < ends_at:
        following = mine.get(reached)
        if following is None:
            return False
        reached = following
    return True


def refuse_overlaps(lines: Sequence[OrderLine]) -> None:
    """Nobody twice at one time within an order. Raises `CallFailure` (PERMANENT)."""
    spans = sorted(
        (line.staff_external_id, line.starts_at, line.starts_at + timedelta(minutes=line.minutes))
        for line in lines
    )
    for (person, _, ends_at), (next_person, starts_at, _) in pairwise(spans):
        if person == next_person and starts_at < ends_at:
            raise CallFailure(
                Disposition.PERMANENT,
                "double_booked",
                "two services of the order need one person at one time",
            )
