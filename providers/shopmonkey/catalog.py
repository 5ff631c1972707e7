"""From ShopMonkey's rows to a catalog of ours. Pure: no calls, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from providers.contract import (
    GroupRecord,
    LocationRecord,
    PaymentTypeRecord,
    ServiceRecord,
    StaffRecord,
)
from providers.outcome import CallFailure, Disposition
from providers.shopmonkey.answers import CannedService, Location, User
from providers.shopmonkey.settings import ShopMonkeySettings

PAY_AT_SHOP = "at_shop"
BAY = "bay-"


def location_records(
    rows: Iterable[Location], settings: ShopMonkeySettings, default_zone: str, notes: list[str]
) -> tuple[LocationRecord, ...]:
    """Locations with their opening hours, which are the operator's: the API has none."""
    records = []
    for row in sorted(rows, key=lambda row: row.id):
        zone = settings.location_zones.get(row.id, default_zone)
        if row.timezone and row.timezone != zone:
            notes.append(f"location {row.id}: ShopMonkey says {row.timezone}, its hours are read in {zone}")
        week = settings.week(row.id)
        if not week:
            notes.append(f"location {row.id}: has no opening hours, so nothing can be booked there")
        records.append(
            LocationRecord(
                external_id=row.id,
                names={"en": row.name.strip() or f"#{row.id}"},
                address=row.address,
                phone=row.phoneNumber.strip(),
                hours=week,
            )
        )
    return tuple(records)


def service_records(
    offers: Mapping[str, Iterable[CannedService]], settings: ShopMonkeySettings, notes: list[str]
) -> tuple[ServiceRecord, ...]:
    """Bookable services with the locations that list them; by name, then id.

    offers: per location its rows. A service without a price of its own is left out with a note: its
    price would have to be guessed.
    """
    first: dict[str, CannedService] = {}
    places: dict[str, list[str]] = {}
    for location, rows in offers.items():
        for row in rows:
            if not row.bookable:
                continue
            kept = first.setdefault(row.id, row)
            places.setdefault(row.id, []).append(location)
            if kept.price_minor != row.price_minor:
                notes.append(f"service {row.id}: its price differs between locations; the first is used")
    records = []
    for row in sorted(first.values(), key=lambda row: (row.name, row.id)):
        price = row.price_minor
        if price is None or not row.name.strip():
            what = "a name" if price is not None else "a fixed price"
            notes.append(f"service {row.id}: left out, it has no {what.removeprefix('a ')}")
            continue
        records.append(
            ServiceRecord(
                external_id=row.id,
                names={"en": row.name.strip()},
                minutes=settings.minutes(row.id, row.labour_minutes),
                price_minor=price,
                location_external_ids=tuple(places[row.id]),
                group_external_id=row.labels[0].id if row.labels else None,
                description=" ".join(row.description.split()),
            )
        )
    return tuple(records)


def group_records(offers: Mapping[str, Iterable[CannedService]]) -> tuple[GroupRecord, ...]:
    """Labels of services as groups, in the order of their names."""
    names = {
        label.id: label.name.strip()
        for rows in offers.values()
        for row in rows
        if row.bookable
        for label in row.labels[:1]
    }
    ordered = sorted(names.items(), key=lambda pair: (pair[1], pair[0]))
    return tuple(GroupRecord(label_id, {"en": name or f"#{label_id}"}) for label_id, name in ordered)


def staff_records(
    locations: Sequence[str], users: Mapping[str, User], settings: ShopMonkeySettings
) -> tuple[StaffRecord, ...]:
    """The configured technicians, or the bays of each location.

    Raises `CallFailure` (OPERATOR) for a technician who can't be placed or isn't there.
    """
    if not settings.technicians:
        return tuple(
            StaffRecord(bay, {"en": f"Bay {number}", "ar": f"موقف {number}"}, location, resource=True)
            for location in locations
            for number, bay in enumerate(bay_ids(location, settings), start=1)
        )
    records = []
    for technician in settings.technicians:
        user = users.get(technician.id)
        if user is None or not user.active:
            raise _misplaced(technician.id, "ShopMonkey has no such active user")
        home = technician.location_id or (locations[0] if len(locations) == 1 else "")
        if home not in locations:
            raise _misplaced(technician.id, "give the location_id of one of the shop's locations")
        records.append(StaffRecord(user.id, {"en": user.name or f"#{user.id}"}, home))
    return tuple(records)


def staff_at(location: str, settings: ShopMonkeySettings) -> tuple[str, ...]:
    """Whose frames a location has, always in the same order."""
    if not settings.technicians:
        return bay_ids(location, settings)
    return tuple(one.id for one in settings.technicians if one.location_id in {"", location})


def bay_ids(location: str, settings: ShopMonkeySettings) -> tuple[str, ...]:
    """Ids of ours: ShopMonkey knows no bays."""
    return tuple(f"{BAY}{number}" for number in range(1, settings.bays_at(location) + 1))


def payment_types(settings: ShopMonkeySettings) -> tuple[PaymentTypeRecord, ...]:
    return (PaymentTypeRecord(PAY_AT_SHOP, "AT_SHOP", dict(settings.payment_names), online=False),)


def _misplaced(technician: str, what: str) -> CallFailure:
    return CallFailure(Disposition.OPERATOR, "bad_technician", f"setting technicians, {technician}: {what}")
