"""Looking for plans in the free frames: one local day at a time, so that reads are few and repeat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bot.catalog import Frame, Location
from bot.flows import hours, known
from bot.flows.talk import Talk
from bot.scheduling import Need, Plan, plans

ALTERNATIVES = 3
MAX_DAYS = 21
"""Days looked at in one search: the engine reads frames day by day and bounds its reads."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, and where: everything about the wish but its time."""

    talk: Talk
    location: Location
    needs: tuple[Need, ...]

    def frames(self, day: date) -> Sequence[Frame]:
        """Free frames of a local day that lie whole within opening hours, whatever a calendar says beyond them."""
        found = self.talk.frames(hours.day_query(self.talk, self.location, day))
        if not self.location.hours:
            return found
        spans = hours.open_spans(self.location, day, self.talk.context.zone)
        return [
            frame
            for frame in found
            if any(low <= frame.starts_at and frame.ends_at <= high for low, high in spans)
        ]

    def on(
        self,
        day: date,
        *,
        person: UUID | None,
        wanted: datetime | None = None,
        window: tuple[time, time] | None = None,
        limit: int = 60,
    ) -> list[Plan]:
        """Plans of one local day. With a person: only those in which she does all she can."""
        if hours.day_objection(self.talk, self.location, day) is not None:
            return []
        zone = self.talk.context.zone
        low = max(hours.earliest(self.talk), hours.at_clock(day, window[0] if window else time(0), zone))
        high = hours.at_clock(day + timedelta(days=1), time(0), zone)
        if window:
            high = hours.at_clock(day, window[1], zone)
        found = plans(
            self.needs, self.frames(day), earliest=low, latest=high, wanted=wanted, person=person, limit=limit
        )
        return [plan for plan in found if plan.as_asked and not _is_as_booked(self.talk, plan)]

    def days_from(self, day: date) -> Iterator[date]:
        """The asked day, then the nearest others, within what can be booked."""
        first, last = hours.local_day(self.talk), hours.last_day(self.talk)
        reach = (last - first).days + 1
        around = [day, *(day + timedelta(days=n * sign) for n in range(1, reach + 1) for sign in (1, -1))]
        yield from [other for other in around if first <= other <= last][:MAX_DAYS]

    def nearest(self, day: date, clock: time, person: UUID | None, count: int = ALTERNATIVES) -> list[Plan]:
        """The nearest plans: same day first, then other days about the same time of day."""
        found: list[Plan] = []
        for other in self.days_from(day):
            wanted = hours.at_clock(other, clock, self.talk.context.zone)
            missing = count - len(found)
            per_day = missing if other == day else 1
            found += self.on(other, person=person, wanted=wanted, limit=per_day)[:per_day]
            if len(found) >= count:
                break
        return found

    def next_after(self, moment: datetime, person: UUID | None) -> Plan | None:
        """The first plan after a moment, on that day or a later one."""
        zone = self.talk.context.zone
        first = moment.astimezone(zone).date()
        ahead = min((hours.last_day(self.talk) - first).days + 1, MAX_DAYS)
        for day in (first + timedelta(days=n) for n in range(ahead)):
            wall = moment.astimezone(zone).time() if day == first else time(0)
            wanted = hours.at_clock(day, wall, zone)
            later = [plan for plan in self.on(day, person=person, wanted=wanted) if plan.starts_at > moment]
            if later:
                return min(later, key=lambda plan: plan.starts_at)
        return None


def _is_as_booked(talk: Talk, plan: Plan) -> bool:
    """A booking that is moved isn't offered the time it has."""
    booking = known.find(talk, talk.wish.moves) if talk.wish.moves is not None else None
    if booking is None:
        return False
    # By name: which bay or table it would be is no difference to the customer.
    now = [(talk.staff_called(item.staff_id), item.starts_at) for item in booking.items]
    return now == [(talk.staff_called(part.staff_id), part.starts_at) for part in plan.parts]


def search(talk: Talk) -> Search | None:
    """None while place or services are missing."""
    location = talk.location
    if location is None or not talk.wish.items:
        return None
    needs = tuple(
        Need(
            service_id=service.id,
            minutes={
                person.id: service.minutes + person.extra_minutes
                for person in talk.catalog.staff_for(service.id, location.id)
            },
        )
        for service in talk.services()
    )
    return Search(talk, location, needs)
