"""What must hold between the fields of a calendar: keys, references, the time grid. Each problem with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from providers.own_calendar.money import minor_units
from providers.own_calendar.settings import (
    WEEKDAYS,
    CalendarSettings,
    Exceptional,
    Group,
    Offer,
    Payment,
    Performs,
    Person,
    Place,
    Resource,
    Size,
    Week,
)
from providers.own_calendar.spans import Span, of_calendar_day, overlapping

Problem = tuple[str, str]
"""Where (`services.2.price`) and what, in an operator's words."""

Keyed = Group | Offer | Payment | Person | Place | Resource | Size


def problems(settings: CalendarSettings, currency: str) -> list[Problem]:
    """Everything that is wrong, in the order of the file; empty: the calendar can be used."""
    return [*_keys(settings), *_places(settings), *_offers(settings, currency), *_performers(settings)]


def _keys(settings: CalendarSettings) -> Iterator[Problem]:
    lists: dict[str, Sequence[Keyed]] = {
        "locations": settings.locations,
        "groups": settings.groups,
        "services": settings.services,
        "staff": settings.staff,
        "resources": settings.resources,
        "payment_types": settings.payment_types,
        **{f"services.{n}.sizes": offer.sizes for n, offer in enumerate(settings.services)},
    }
    for name, rows in lists.items():
        yield from _twice(name, rows)
    people = {person.key for person in settings.staff}
    for number, resource in enumerate(settings.resources):
        for unit in unit_keys(resource):
            if unit in people:
                yield f"resources.{number}.key", f"{unit!r} is a person's key already"
    units = Counter(unit for resource in settings.resources for unit in unit_keys(resource))
    for number, resource in enumerate(settings.resources):
        if clash := next((unit for unit in unit_keys(resource) if units[unit] > 1), None):
            yield f"resources.{number}.key", f"its places' key {clash!r} is another resource's too"
    if not settings.locations:
        yield "locations", "at least one is needed"
    if not settings.services:
        yield "services", "at least one is needed"
    if not settings.payment_types:
        yield "payment_types", "at least one is needed; leave the field out for paying at the business"
    if not settings.staff and not settings.resources:
        yield "staff", "nobody can be booked: staff or resources are needed"


def _twice(name: str, rows: Sequence[Keyed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if row.key in seen:
            yield f"{name}.{number}.key", f"{row.key!r} is used twice"
        seen.add(row.key)


def unit_keys(resource: Resource) -> list[str]:
    """Ids of a resource's places: its key, numbered if there are several."""
    if resource.count == 1:
        return [resource.key]
    return [f"{resource.key}-{number}" for number in range(1, resource.count + 1)]


def _places(settings: CalendarSettings) -> Iterator[Problem]:
    step = settings.step_minutes
    for number, place in enumerate(settings.locations):
        where = f"locations.{number}"
        if place.hours.empty:
            yield f"{where}.hours", "no day has opening hours"
        yield from _week_on_grid(f"{where}.hours", place.hours, step)
        yield from _week_on_grid(f"{where}.breaks", place.breaks, step)
        yield from _exceptions(f"{where}.exceptions", place.exceptions, step)


def _offers(settings: CalendarSettings, currency: str) -> Iterator[Problem]:
    places = {place.key for place in settings.locations}
    groups = {group.key for group in settings.groups}
    for number, offer in enumerate(settings.services):
        where = f"services.{number}"
        yield from _money(f"{where}.price", offer, currency)
        for index, size in enumerate(offer.sizes):
            yield from _money(f"{where}.sizes.{index}.price", size, currency)
        if offer.group is not None and offer.group not in groups:
            yield f"{where}.group", f"there is no group {offer.group!r}"
        if offer.locations is not None:
            if not offer.locations:
                yield f"{where}.locations", "no location; leave the field out for all"
            yield from _unknown(f"{where}.locations", offer.locations, places, "location")
        if not any(performs(performer.services, offer) for performer in _performing(settings)):
            yield where, f"nobody and nothing serves {offer.key!r}"


def _money(where: str, row: Offer | Size, currency: str) -> Iterator[Problem]:
    try:
        minor_units(row.price, currency)
    except ValueError as error:
        yield where, str(error)


def _performing(settings: CalendarSettings) -> tuple[Person | Resource, ...]:
    return (*settings.staff, *settings.resources)


def performs(services: Performs, offer: Offer) -> bool:
    return services == "all" or offer.key in services


def _performers(settings: CalendarSettings) -> Iterator[Problem]:
    step = settings.step_minutes
    places = {place.key for place in settings.locations}
    offers = {offer.key for offer in settings.services}
    for number, person in enumerate(settings.staff):
        where = f"staff.{number}"
        yield from _services(f"{where}.services", person.services, offers)
        if all(week.empty for week in person.roster.values()):
            yield f"{where}.roster", f"{person.key!r} has no working hours anywhere"
        yield from _unknown(f"{where}.roster", person.roster, places, "location")
        for key, week in person.roster.items():
            yield from _week_on_grid(f"{where}.roster.{key}", week, step)
        yield from _in_two_places(f"{where}.roster", person)
        yield from _week_on_grid(f"{where}.breaks", person.breaks, step)
        yield from _exceptions(f"{where}.exceptions", person.exceptions, step)
        yield from _away(f"{where}.exceptions", person)
    for number, resource in enumerate(settings.resources):
        where = f"resources.{number}"
        yield from _services(f"{where}.services", resource.services, offers)
        yield from _unknown(f"{where}.location", [resource.location], places, "location")
        if resource.hours is not None:
            yield from _week_on_grid(f"{where}.hours", resource.hours, step)


def _services(where: str, services: Performs, offers: set[str]) -> Iterator[Problem]:
    if services == "all":
        return
    if not services:
        yield where, "no service; write all, or name them"
    yield from _unknown(where, services, offers, "service")


def _unknown(where: str, keys: Iterable[str], known: set[str], what: str) -> Iterator[Problem]:
    for key in keys:
        if key not in known:
            yield where, f"there is no {what} {key!r}"


def _in_two_places(where: str, person: Person) -> Iterator[Problem]:
    """Nobody is at two locations at once: the tables know a person per location and couldn't tell."""
    for (one, here), (other, there) in combinations(person.roster.items(), 2):
        for weekday, name in enumerate(WEEKDAYS):
            both = [
                span
                for week in (here, there)
                for span in of_calendar_day(week.on(weekday), week.on((weekday - 1) % 7))
            ]
            if overlapping(both) is not None:
                yield where, f"at {one!r} and at {other!r} at the same time on {name}"


def _away(where: str, person: Person) -> Iterator[Problem]:
    for number, day in enumerate(person.exceptions):
        if day.location is not None and day.location not in person.roster:
            yield f"{where}.{number}.location", f"{person.key!r} has no roster at {day.location!r}"
        if day.hours and day.location is None and len(person.roster) > 1:
            yield f"{where}.{number}.location", "which location the hours are for must be said"


def _exceptions(where: str, days: Sequence[Exceptional], step: int) -> Iterator[Problem]:
    for number, day in enumerate(days):
        yield from _on_grid(f"{where}.{number}.hours", day.hours, step)
        if any(day.meets(other) for other in days[:number]):
            yield f"{where}.{number}.date", f"{day.date} has an exception already"


def _week_on_grid(where: str, week: Week, step: int) -> Iterator[Problem]:
    for weekday, name in enumerate(WEEKDAYS):
        yield from _on_grid(f"{where}.{name}", week.on(weekday), step)


def _on_grid(where: str, spans: Iterable[Span], step: int) -> Iterator[Problem]:
    for span in spans:
        if span.start % step or span.end % step:
            yield where, f"{span} doesn't fit the grid of {step} minutes (step_minutes)"
