"""Who works when: roster within opening hours, without breaks and exceptions, as free frames. Pure.

A frame is offered only if every minute of it lies in working time by the wall clock of the business. Wall
times that the clock skips don't exist; those that it repeats are offered once, the first time, so that no
customer is told an hour that could mean two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from providers.contract import FrameRecord
from providers.own_calendar.checks import unit_keys
from providers.own_calendar.settings import (
    CalendarSettings,
    Names,
    Performs,
    Person,
    PersonException,
    Place,
    Week,
)
from providers.own_calendar.spans import DAY, Span, common, of_calendar_day, without

_ONE_DAY = timedelta(days=1)
MOST_DAYS = 400
"""Of one exception: more than any horizon looks ahead."""
_ALWAYS = Week.model_validate({"every_day": "00:00-24:00"})


@dataclass(frozen=True, slots=True)
class Performer:
    """A person at one location, or one place of a resource: whatever one customer at a time can have."""

    external_id: str
    names: Names
    place: Place
    services: Performs
    roster: Week
    breaks: Week
    exceptions: tuple[PersonException, ...] = ()
    extra_minutes: int = 0
    resource: bool = False

    def working(self, day: date) -> list[Span]:
        """Working time of a calendar day, in wall-clock minutes since its midnight, sorted, within 0 to 1440."""
        before = day - _ONE_DAY
        open_ = open_on(self.place, day)
        here = of_calendar_day(self._rostered(day), self._rostered(before))
        breaks = [
            gap
            for week in (self.place.breaks, self.breaks)
            for gap in of_calendar_day(week.on(day.weekday()), week.on(before.weekday()))
        ]
        return without(common(open_, here), breaks)

    def _rostered(self, day: date) -> Sequence[Span]:
        for exception in self.exceptions:
            if exception.covers(day):
                elsewhere = exception.location not in (None, self.place.key)
                return () if elsewhere else exception.hours
        return self.roster.on(day.weekday())


def open_on(place: Place, day: date) -> list[Span]:
    """Opening time of a calendar day, within its 0 to 1440; breaks aren't taken out."""
    return of_calendar_day(_opening(place, day), _opening(place, day - _ONE_DAY))


def exceptional_days(place: Place) -> list[date]:
    """Calendar days whose opening time an exception decides, the morning after its last night included."""
    found = {
        exception.date + timedelta(days=ahead)
        for exception in place.exceptions
        for ahead in range(min((exception.last - exception.date).days, MOST_DAYS) + 2)
    }
    return sorted(
        day
        for day in found
        if open_on(place, day)
        != of_calendar_day(place.hours.on(day.weekday()), place.hours.on((day.weekday() - 1) % 7))
    )


def _opening(place: Place, day: date) -> Sequence[Span]:
    for exception in place.exceptions:
        if exception.covers(day):
            return exception.hours
    return place.hours.on(day.weekday())


def performers(settings: CalendarSettings) -> Iterator[Performer]:
    """Everybody and everything that can be booked, in the file's order; a person once per location."""
    places = {place.key: place for place in settings.locations}
    for person in settings.staff:
        for key, week in person.roster.items():
            if not week.empty or _comes_exceptionally(person, key):
                yield Performer(
                    external_id=person.key,
                    names=person.name,
                    place=places[key],
                    services=person.services,
                    roster=week,
                    breaks=person.breaks,
                    exceptions=person.exceptions,
                    extra_minutes=person.extra_minutes,
                )
    for resource in settings.resources:
        for number, unit in enumerate(unit_keys(resource), start=1):
            yield Performer(
                external_id=unit,
                names=resource.name
                if resource.count == 1
                else {language: f"{name} {number}" for language, name in resource.name.items()},
                place=places[resource.location],
                services=resource.services,
                roster=resource.hours or _ALWAYS,
                breaks=Week(),
                resource=True,
            )


def _comes_exceptionally(person: Person, location: str) -> bool:
    return any(day.hours and day.location in (None, location) for day in person.exceptions)


def frames_of(performer: Performer, day: date, *, step: int, zone: ZoneInfo) -> list[FrameRecord]:
    """The performer's frames of `step` minutes that begin on this calendar day of the business, by start."""
    length = timedelta(minutes=step)
    instants = _instants(day, step, zone)
    frames = []
    for span in performer.working(day):
        for minute in range(-(-span.start // step) * step, span.end - step + 1, step):
            starts_at = instants[minute // step]
            if starts_at is not None:
                frames.append(
                    FrameRecord(
                        staff_external_id=performer.external_id,
                        location_external_id=performer.place.key,
                        external_id="",
                        starts_at=starts_at,
                        ends_at=starts_at + length,
                    )
                )
    return frames


@lru_cache(maxsize=512)
def _instants(day: date, step: int, zone: ZoneInfo) -> tuple[datetime | None, ...]:
    """UTC instants of a day's grid; None where the wall clock jumps over the time or into the frame."""
    midnight = datetime.combine(day, time())
    found: list[datetime | None] = []
    for minute in range(0, DAY, step):
        wall = midnight + timedelta(minutes=minute)
        instant = wall.replace(tzinfo=zone).astimezone(UTC)
        exists = instant.astimezone(zone).replace(tzinfo=None) == wall
        found.append(instant if exists else None)
    return tuple(found)
