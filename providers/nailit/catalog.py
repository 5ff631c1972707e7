"""Nail It's rows as catalog records. Pure; what an operator should know of a row goes into `notes`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from providers.contract import (
    GroupRecord,
    LocationRecord,
    OpeningHours,
    PaymentTypeRecord,
    ServiceRecord,
    SizeRecord,
    StaffRecord,
)
from providers.nailit.answers import Group, Item, Location, PaymentType, Specialist
from providers.nailit.values import clock_time, minor_units, opening_hours, text_of_html, working_days
from providers.outcome import CallFailure, Disposition

PAID_ON_ARRIVAL = {"COD", "CASH"}
"""Type codes that carry no payment link."""

KNOWN_PAYMENT_TYPES = {"1": "COD", "2": "KNET", "7": "AP"}
"""The vendor's type ids."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person as one answer shows him: at a location, for a service (None: for all of it)."""

    person: Specialist
    location: str
    services: frozenset[str] | None


def names_of(english: str, arabic: str | None) -> dict[str, str]:
    both = {"en": english.strip(), "ar": (arabic or "").strip()}
    return {language: name for language, name in both.items() if name}


def location_records(
    english: Iterable[Location], arabic: Iterable[Location], notes: list[str]
) -> tuple[LocationRecord, ...]:
    translated = {row.location_id: row.location_name for row in arabic}
    return tuple(
        LocationRecord(
            external_id=str(row.location_id),
            names=names_of(row.location_name, translated.get(row.location_id)),
            address=text_of_html(row.address),
            phone=row.phone,
            latitude=_coordinate(row.latitude, 90),
            longitude=_coordinate(row.longitude, 180),
            hours=_hours(row, notes),
        )
        for row in english
    )


def _hours(row: Location, notes: list[str]) -> tuple[OpeningHours, ...]:
    """People type these fields, so one that can't be read is a note and not the end of the pull."""
    try:
        return opening_hours(
            working_days(row.working_days), clock_time(row.from_time), clock_time(row.to_time)
        )
    except ValueError:
        notes.append(f"location {row.location_id}: opening hours can't be read and were left out")
        return ()


def _coordinate(text: str, limit: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= limit and value != 0 else None


def group_record(english: Group, arabic: Group | None, parent: str | None) -> GroupRecord:
    return GroupRecord(
        external_id=str(english.id),
        names=names_of(english.name, arabic.name if arabic else None),
        parent_external_id=parent,
    )


def service_records(
    english: Sequence[Item],
    arabic: Sequence[Item],
    *,
    locations: Iterable[str],
    groups: Iterable[str],
    currency: str,
    notes: list[str],
) -> tuple[ServiceRecord, ...]:
    """Services in the vendor's order. One that nobody could book (no minutes, no known location, no
    name) is left out with a note. A price that isn't money is an error: it would be charged."""
    translated = {row.item_id: row for row in arabic}
    known_locations, known_groups = tuple(locations), frozenset(groups)
    services: dict[int, ServiceRecord] = {}
    for row in english:
        at = tuple(place for place in known_locations if int(place) in row.location_ids)
        other = translated.get(row.item_id)
        names = names_of(row.item_name, other.item_name if other else None)
        if row.duration <= 0 or not at or not names:
            notes.append(f"service {row.item_id}: left out, it lacks a duration, a known location or a name")
            continue
        services[row.item_id] = ServiceRecord(
            external_id=str(row.item_id),
            names=names,
            minutes=row.duration,
            price_minor=price_of(row, None, currency) or 0,
            location_external_ids=at,
            group_external_id=_group(row, known_groups),
            description=_description(row, other),
            sizes=_sizes(row, other, currency),
        )
    return tuple(services.values())


def _description(english: Item, arabic: Item | None) -> str:
    """Both languages' words, each once: needs are looked for in them, and each customer is told his own."""
    texts = [text_of_html(one.item_desc) for one in (english, arabic) if one is not None]
    return "\n".join(dict.fromkeys(text for text in texts if text))


def price_of(item: Item, size_id: int | None, currency: str) -> int | None:
    """Minor units; None if the item has no such size. Raises `CallFailure` for what is no price."""
    price = item.price(size_id)
    if price is None:
        return None
    try:
        return minor_units(price, currency)
    except ValueError as error:
        raise CallFailure(
            Disposition.OPERATOR, "schema_drift", f"item {item.item_id}: price: {error}"
        ) from None


def _sizes(row: Item, other: Item | None, currency: str) -> tuple[SizeRecord, ...]:
    translated = {size.size_id: size.size_name for size in other.sizes} if other else {}
    return tuple(
        SizeRecord(
            external_id=str(size.size_id),
            names=names_of(size.size_name, translated.get(size.size_id)),
            price_minor=price_of(row, size.size_id, currency) or 0,
        )
        for size in row.sizes
    )


def _group(row: Item, known: frozenset[str]) -> str | None:
    candidates = (str(row.sub_group_id), str(row.parent_group_id))
    return next((group for group in candidates if group in known), None)


def staff_records(
    sightings: Iterable[Sighting], translated: Mapping[int, str], notes: list[str]
) -> tuple[StaffRecord, ...]:
    """One record per person, put together from every answer he was in.

    A person belongs to one location: the first he was seen at. Seen elsewhere too: a note.
    """
    first: dict[int, Sighting] = {}
    services: dict[int, set[str]] = {}
    everything: set[int] = set()
    extra: dict[int, int] = {}
    for seen in sightings:
        person = seen.person
        home = first.setdefault(person.id, seen)
        if home.location != seen.location:
            note = f"staff {person.id}: also at location {seen.location}; only {home.location} is used"
            if note not in notes:
                notes.append(note)
            continue
        extra[person.id] = max(extra.get(person.id, 0), person.extra_time)
        if seen.services is None:
            everything.add(person.id)
        else:
            services.setdefault(person.id, set()).update(seen.services)
    return tuple(
        StaffRecord(
            external_id=str(key),
            names=names_of(seen.person.name, translated.get(key)) or {"en": f"#{key}"},
            location_external_id=seen.location,
            extra_minutes=extra[key],
            service_external_ids=None if key in everything else tuple(sorted(services.get(key, ()), key=int)),
        )
        for key, seen in first.items()
    )


def payment_type_records(
    english: Iterable[PaymentType], arabic: Iterable[PaymentType]
) -> tuple[PaymentTypeRecord, ...]:
    translated = {row.type_id: row.type_name for row in arabic}
    return tuple(
        PaymentTypeRecord(
            external_id=str(row.type_id),
            code=row.type_code,
            names=names_of(row.type_name, translated.get(row.type_id)),
            online=paid_online(str(row.type_id), row.type_code),
        )
        for row in english
        if row.is_enabled
    )


def paid_online(type_id: str, code: str) -> bool:
    return (code or KNOWN_PAYMENT_TYPES.get(type_id, "")).upper() not in PAID_ON_ARRIVAL


K = TypeVar("K", bound=Hashable)


def cover(reach: Mapping[K, frozenset[str]], cost: Callable[[K], int] = lambda _: 0) -> list[K]:
    """Few keys that together reach everybody (greedy). Of equals the cheapest, then the first."""
    left: set[str] = set().union(*reach.values())
    chosen: list[K] = []
    while left:
        best = min(reach, key=lambda key: (-len(reach[key] & left), cost(key)))
        chosen.append(best)
        left -= reach[best]
    return chosen
