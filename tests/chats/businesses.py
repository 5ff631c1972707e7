"""The shipped templates and the demo's own businesses as a chat has them: catalog, form and free times, no database.

What is in the files is taken as it stands: opening hours, rosters, questions, wording.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.catalog import (
    Catalog,
    Frame,
    FrameQuery,
    Hours,
    Location,
    PaymentType,
    Service,
    ServiceGroup,
    Size,
    Staff,
)
from bot.workspace import FormField, WorkspaceSettings
from providers.contract import CatalogRecord
from providers.own_calendar.provider import OwnCalendarProvider
from providers.own_calendar.settings import CalendarSettings
from providers.own_calendar.working import frames_of, performers
from providers.sandbox.catalog import DEMO_CATALOG, WEEKDAYS, Item, load_vendor_items
from seeds.business_file import BusinessFile, read_as, read_fields, read_text
from seeds.demo import BUSINESSES
from seeds.template_file import shipped_templates
from seeds.tint import TINT
from tests.chats import salon
from tests.chats.chat import Chat

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "providers" / "sandbox" / "shopmonkey_catalog.json"
MASSAGE = ROOT / "seeds" / "businesses" / "massage.yaml"
BAYS = 2


@dataclass(frozen=True, slots=True)
class Business:
    """What a chat needs of one. `calendar`: None where a vendor's system holds the rosters."""

    name: str
    settings: WorkspaceSettings
    form: tuple[FormField, ...]
    catalog: Catalog
    calendar: CalendarSettings | None = None

    def chat(self, **more: Any) -> Chat:
        """A new customer's talk with it; `more`: what differs from the usual Chat."""
        values: dict[str, Any] = {
            "catalog": self.catalog,
            "settings": self.settings,
            "form": self.form,
            "business": self.name,
            "diary": Roster(self.catalog, zone=self.settings.zone, calendar=self.calendar),
        }
        return Chat(**{**values, **more})


@dataclass
class Roster(salon.Diary):
    """Everybody's working time, none of it taken: by the business's own calendar, else whenever it is open."""

    zone: ZoneInfo = field(default_factory=lambda: salon.ZONE)
    calendar: CalendarSettings | None = None

    def free(self, query: FrameQuery) -> Sequence[Frame]:
        days = sorted({one.astimezone(self.zone).date() for one in (query.starts_at, query.ends_at)})
        found = [frame for day in days for frame in self._on(day, query)]
        return [one for one in found if query.starts_at <= one.starts_at < query.ends_at]

    def _on(self, day: date, query: FrameQuery) -> list[Frame]:
        place = query.location_id
        here = [one for one in self.catalog.staff.values() if one.location_id == place]
        if self.calendar is None:
            return [
                Frame(one.id, place, start, start + timedelta(minutes=30))
                for opens, closes in self.catalog.locations[place].hours_on(day)
                for start in _half_hours(day, opens, closes, self.zone)
                for one in here
            ]
        ids = {one.external_id: one.id for one in here}
        key = self.catalog.locations[place].external_id
        return [
            Frame(ids[who.external_id], place, one.starts_at, one.ends_at)
            for who in performers(self.calendar)
            if who.place.key == key
            for one in frames_of(who, day, step=self.calendar.step_minutes, zone=self.zone)
        ]


def _half_hours(day: date, opens: time, closes: time, zone: ZoneInfo) -> list[datetime]:
    start, end = datetime.combine(day, opens, zone), datetime.combine(day, closes, zone)
    return [
        start + timedelta(minutes=30 * step) for step in range(int((end - start).total_seconds() // 1800))
    ]


@cache
def business(key: str) -> Business:
    """A template by its key, or the demo's massage studio by its own."""
    if key == "nail-salon":
        return Business(BUSINESSES[0].name, BUSINESSES[0].settings, BUSINESSES[0].form, _salon())
    if key == "car-tint":
        return Business(TINT.name, TINT.settings, TINT.form, _shop())
    file: BusinessFile | None = None
    if key == "massage-studio":
        file = read_as(BusinessFile, read_fields(read_text(MASSAGE), name=MASSAGE.name), name=MASSAGE.name)
    else:
        file = shipped_templates()[key].file
    assert file is not None
    settings = WorkspaceSettings.model_validate(file.business.named_settings())
    provider = OwnCalendarProvider(file.calendar, zone=settings.zone, currency=settings.currency)
    catalog = _of_record(asyncio.run(provider.pull_catalog(today=salon.NOW.date())))
    return Business(file.business.name, settings, file.form(), catalog, file.calendar)


def _of_record(record: CatalogRecord) -> Catalog:
    """As a sync would store it."""
    places = {one.external_id: salon.uid(f"place/{one.external_id}") for one in record.locations}
    groups = {one.external_id: salon.uid(f"group/{one.external_id}") for one in record.groups}
    services = {one.external_id: salon.uid(f"service/{one.external_id}") for one in record.services}
    return Catalog(
        workspace_id=salon.uid("workspace"),
        version=1,
        currency=record.currency,
        locations={
            places[one.external_id]: Location(
                id=places[one.external_id],
                external_id=one.external_id,
                names=one.names,
                address=one.address,
                phone=one.phone,
                latitude=one.latitude,
                longitude=one.longitude,
                hours=tuple(Hours(h.weekday, h.opens, h.closes) for h in one.hours),
                exceptions={day.day: day.spans for day in one.exceptions},
            )
            for one in record.locations
        },
        groups={
            groups[one.external_id]: ServiceGroup(groups[one.external_id], one.names) for one in record.groups
        },
        services={
            services[one.external_id]: Service(
                id=services[one.external_id],
                external_id=one.external_id,
                names=one.names,
                minutes=one.minutes,
                price_minor=one.price_minor,
                location_ids=frozenset(places[place] for place in one.location_external_ids),
                group_id=groups.get(one.group_external_id or ""),
                description=one.description,
                sizes=tuple(
                    Size(
                        salon.uid(f"size/{size.external_id}"), size.external_id, size.names, size.price_minor
                    )
                    for size in one.sizes
                ),
                booking_type=one.booking_type,
            )
            for one in record.services
        },
        staff={
            salon.uid(f"staff/{one.external_id}/{one.location_external_id}"): Staff(
                id=salon.uid(f"staff/{one.external_id}/{one.location_external_id}"),
                external_id=one.external_id,
                names=one.names,
                location_id=places[one.location_external_id],
                service_ids=frozenset(services[key] for key in one.service_external_ids or services),
                extra_minutes=one.extra_minutes,
                resource=one.resource,
            )
            for one in record.staff
        },
        payment_types=tuple(
            PaymentType(salon.uid(f"pay/{one.external_id}"), one.external_id, one.code, one.names, one.online)
            for one in record.payment_types
        ),
    )


def _salon() -> Catalog:
    """The catalog that the sandbox plays as the salon's vendor."""
    vendor = load_vendor_items(DEMO_CATALOG)

    def names(english: str, arabic: str) -> dict[str, str]:
        return {"en": english, **({"ar": arabic} if arabic else {})}

    def service(item: Item) -> Service:
        at = item.Location_Ids or [one.Location_Id for one in vendor.Locations]
        return Service(
            id=salon.uid(f"service/{item.Item_Id}"),
            external_id=str(item.Item_Id),
            names=names(item.Item_Name, item.Item_Name_Ar),
            minutes=item.Duration,
            price_minor=int(min(item.unit_prices()) * 1000),
            location_ids=frozenset(salon.uid(f"place/{one}") for one in at),
            group_id=salon.uid(f"group/{item.Sub_Group_Id or item.Parent_Group_Id}"),
            sizes=tuple(
                Size(
                    salon.uid(f"size/{size.Size_Id}"),
                    str(size.Size_Id),
                    names(size.Size_Name, size.Size_Name_Ar),
                    int(size.Price * 1000),
                )
                for size in item.Sizes
            ),
        )

    places = [
        Location(
            id=salon.uid(f"place/{one.Location_Id}"),
            external_id=str(one.Location_Id),
            names=names(one.Location_Name, one.Location_Name_Ar),
            address=one.Address,
            phone=one.Phone,
            latitude=float(one.Latitude),
            longitude=float(one.Longitude),
            hours=tuple(
                Hours(
                    (WEEKDAYS.index(day) - 1) % 7,
                    time(one.opens() // 60, one.opens() % 60),
                    time(one.closes() // 60, one.closes() % 60),
                )
                for day in sorted(one.open_days())
            ),
        )
        for one in vendor.Locations
    ]
    services = [service(item) for item in vendor.Items]
    staff = [
        Staff(
            id=salon.uid(f"staff/{one.Id}"),
            external_id=str(one.Id),
            names=names(one.Name, one.Name_Ar),
            location_id=salon.uid(f"place/{one.Location_Id}"),
            service_ids=frozenset(
                salon.uid(f"service/{item.Item_Id}") for item in vendor.Items if vendor.can_do(one, item)
            ),
            extra_minutes=one.Extra_Time,
        )
        for one in vendor.Specialists
    ]
    return Catalog(
        workspace_id=salon.uid("workspace"),
        version=1,
        currency="KWD",
        locations={one.id: one for one in places},
        groups={
            salon.uid(f"group/{one.Id}"): ServiceGroup(
                salon.uid(f"group/{one.Id}"), names(one.Name, one.Name_Ar)
            )
            for one in vendor.Groups
        },
        services={one.id: one for one in services},
        staff={one.id: one for one in staff},
        payment_types=(salon.ON_ARRIVAL, salon.KNET),
    )


def _shop() -> Catalog:
    """The tint shop's, likewise: two bays per place, a service's labels are its groups."""
    raw = json.loads(SHOP.read_text(encoding="utf-8"))
    week = {day: (time(8), time(18)) for day in range(5)} | {5: (time(9), time(16)), 6: (time(10), time(16))}
    places = [
        Location(
            id=salon.uid(f"place/{one['id']}"),
            external_id=one["id"],
            names={"en": one["name"]},
            address=one["address1"],
            hours=tuple(Hours(day, *span) for day, span in week.items()),
        )
        for one in raw["Locations"]
    ]
    offered = [one for one in raw["Services"] if one["bookable"]]
    labels = {label["id"]: label["name"] for one in offered for label in one["labels"]}
    services = [
        Service(
            id=salon.uid(f"service/{one['id']}"),
            external_id=one["id"],
            names={"en": one["name"]},
            minutes=int(60 * sum(labor["hours"] for labor in one["labors"])) or 60,
            price_minor=one["fixedPriceCents"] or one.get("totalCents") or 0,
            location_ids=frozenset(salon.uid(f"place/{place}") for place in one["locationIds"]),
            group_id=salon.uid(f"group/{one['labels'][0]['id']}"),
            description=one["description"],
        )
        for one in offered
    ]
    bays = [
        Staff(
            id=salon.uid(f"bay/{place.external_id}/{number}"),
            external_id=f"{place.external_id}:bay-{number}",
            names={"en": f"Bay {number}"},
            location_id=place.id,
            service_ids=frozenset(one.id for one in services if place.id in one.location_ids),
            resource=True,
        )
        for place in places
        for number in range(1, BAYS + 1)
    ]
    return Catalog(
        workspace_id=salon.uid("workspace"),
        version=1,
        currency="USD",
        locations={one.id: one for one in places},
        groups={
            salon.uid(f"group/{key}"): ServiceGroup(salon.uid(f"group/{key}"), {"en": name})
            for key, name in labels.items()
        },
        services={one.id: one for one in services},
        staff={one.id: one for one in bays},
        payment_types=(
            PaymentType(
                salon.uid("pay/shop"),
                "shop",
                "SHOP",
                {"en": "Pay at the shop", "ar": "الدفع في المحل"},
                online=False,
            ),
        ),
    )
