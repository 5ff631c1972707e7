"""A pulled catalog as the rows that should stand. Pure. What no table could hold is left out with a note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from db.catalog_rows import (
    GroupRow,
    LocationRow,
    PairKey,
    PaymentTypeRow,
    ServiceRow,
    SizeRow,
    StaffRow,
)
from providers.contract import CatalogRecord, LocationRecord, ServiceRecord, StaffRecord

MAX_MINUTES = 24 * 60
MAX_EXTRA_MINUTES = 600
K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class DesiredCatalog:
    """Rows by key, in the provider's order."""

    locations: Mapping[str, LocationRow]
    groups: Mapping[str, GroupRow]
    services: Mapping[str, ServiceRow]
    sizes: Mapping[PairKey, SizeRow]
    staff: Mapping[PairKey, StaffRow]
    payment_types: Mapping[str, PaymentTypeRow]
    notes: tuple[str, ...]
    """What an operator should know of this pull."""


def desired_rows(record: CatalogRecord) -> DesiredCatalog:
    """Everything of the pull that can be stored; ids that point nowhere are dropped."""
    notes = list(record.notes)
    locations = _by_key(
        ((one.external_id, _location(one, position)) for position, one in enumerate(record.locations)),
        "location",
        notes,
    )
    groups = _by_key(
        (
            (one.external_id, GroupRow(one.external_id, _names(one.names, one.external_id), position))
            for position, one in enumerate(record.groups)
        ),
        "service group",
        notes,
    )
    kept = [one for one in record.services if _service_fits(one, locations, notes)]
    services = _by_key(
        ((one.external_id, _service(one, position, locations, groups)) for position, one in enumerate(kept)),
        "service",
        notes,
    )
    sizes = _by_key(
        (
            (
                (one.external_id, size.external_id),
                SizeRow(
                    service_external_id=one.external_id,
                    external_id=size.external_id,
                    names=_names(size.names, size.external_id),
                    price_minor=size.price_minor,
                    position=position,
                ),
            )
            for one in kept
            for position, size in enumerate(one.sizes)
        ),
        "size",
        notes,
    )
    staff = _by_key(
        (
            ((one.external_id, one.location_external_id), _person(one, position, services))
            for position, one in enumerate(record.staff)
            if _person_fits(one, locations, notes)
        ),
        "staff",
        notes,
    )
    payment_types = _by_key(
        (
            (
                one.external_id,
                PaymentTypeRow(
                    one.external_id, one.code, _names(one.names, one.external_id), one.online, position
                ),
            )
            for position, one in enumerate(record.payment_types)
        ),
        "payment type",
        notes,
    )
    return DesiredCatalog(
        locations, groups, services, sizes, staff, payment_types, tuple(dict.fromkeys(notes))
    )


def _by_key(pairs: Iterable[tuple[K, R]], what: str, notes: list[str]) -> dict[K, R]:
    found: dict[K, R] = {}
    for key, row in pairs:
        if key in found:
            notes.append(f"{what} {key}: came twice; the first is used")
        else:
            found[key] = row
    return found


def _location(one: LocationRecord, position: int) -> LocationRow:
    return LocationRow(
        external_id=one.external_id,
        names=_names(one.names, one.external_id),
        address=_text(one.address),
        phone=_text(one.phone),
        latitude=one.latitude if one.latitude is not None and abs(one.latitude) <= 90 else None,
        longitude=one.longitude if one.longitude is not None and abs(one.longitude) <= 180 else None,
        hours=[
            {"weekday": span.weekday, "opens": span.opens.isoformat(), "closes": span.closes.isoformat()}
            for span in one.hours
        ],
        position=position,
        exceptions=[
            {
                "day": entry.day.isoformat(),
                "spans": [[opens.isoformat(), closes.isoformat()] for opens, closes in entry.spans],
            }
            for entry in one.exceptions
        ],
    )


def _service_fits(one: ServiceRecord, locations: Mapping[str, LocationRow], notes: list[str]) -> bool:
    problem = ""
    if not 1 <= one.minutes <= MAX_MINUTES:
        problem = f"it takes {one.minutes} minutes"
    elif min([one.price_minor, *(size.price_minor for size in one.sizes)]) < 0:
        problem = "its price is negative"
    elif not any(place in locations for place in one.location_external_ids):
        problem = "no known location offers it"
    if problem:
        notes.append(f"service {one.external_id}: left out, {problem}")
    return not problem


def _service(
    one: ServiceRecord,
    position: int,
    locations: Mapping[str, LocationRow],
    groups: Mapping[str, GroupRow],
) -> ServiceRow:
    return ServiceRow(
        external_id=one.external_id,
        names=_names(one.names, one.external_id),
        description=_text(one.description),
        minutes=one.minutes,
        price_minor=one.price_minor,
        group_external_id=one.group_external_id if one.group_external_id in groups else None,
        location_external_ids=sorted({place for place in one.location_external_ids if place in locations}),
        position=position,
        booking_type=one.booking_type,
    )


def _person_fits(one: StaffRecord, locations: Mapping[str, LocationRow], notes: list[str]) -> bool:
    problem = ""
    if one.location_external_id not in locations:
        problem = f"location {one.location_external_id} is not known"
    elif not 0 <= one.extra_minutes <= MAX_EXTRA_MINUTES:
        problem = f"{one.extra_minutes} extra minutes"
    if problem:
        notes.append(f"staff {one.external_id}: left out, {problem}")
    return not problem


def _person(one: StaffRecord, position: int, services: Mapping[str, ServiceRow]) -> StaffRow:
    """Somebody without a list of services performs all that the location offers."""
    if one.service_external_ids is None:
        performs = {
            service.external_id
            for service in services.values()
            if one.location_external_id in service.location_external_ids
        }
    else:
        performs = {service for service in one.service_external_ids if service in services}
    return StaffRow(
        external_id=one.external_id,
        location_external_id=one.location_external_id,
        names=_names(one.names, one.external_id),
        extra_minutes=one.extra_minutes,
        service_external_ids=sorted(performs),
        resource=one.resource,
        position=position,
    )


def _names(names: Mapping[str, str], external_id: str) -> dict[str, str]:
    cleaned = {language: _text(name) for language, name in names.items()}
    return {language: name for language, name in cleaned.items() if name} or {"en": f"#{external_id}"}


def _text(value: str) -> str:
    """PostgreSQL stores every character but one."""
    return value.replace("\x00", "").strip()
