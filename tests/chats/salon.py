"""A small nail salon in memory: catalog, free frames, settings. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5
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
from bot.workspace import BookingMode, Contact, WorkspaceSettings

ZONE = ZoneInfo("Asia/Kuwait")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""Friday, noon in Kuwait."""
_SPACE = UUID("00000000-0000-4000-8000-00000000fade")


def uid(name: str) -> UUID:
    """The same id for the same name in every run."""
    return uuid5(_SPACE, name)


def _hours(*, friday: bool = True) -> tuple[Hours, ...]:
    days = [day for day in range(7) if friday or day != 4]
    return tuple(Hours(day, time(10, 30), time(21, 0)) for day in days)


PLACES = ("Plaza", "Zahra", "Marina")
ALL = frozenset(uid(place) for place in PLACES)
GROUPS = ("Nails", "Hair", "Body")


def location(name: str, arabic: str, position: int, *, friday: bool = True) -> Location:
    return Location(
        id=uid(name),
        external_id=str(position),
        names={"en": name, "ar": arabic},
        address=f"{name} Street {position}",
        latitude=29.30 + position / 10,
        longitude=48.0,
        hours=_hours(friday=friday),
    )


def service(
    name: str,
    arabic: str,
    minutes: int,
    price: int,
    group: str,
    *,
    places: Iterable[str] = PLACES,
    sizes: Sequence[tuple[str, int]] = (),
) -> Service:
    return Service(
        id=uid(name),
        external_id=f"s{minutes}{price}",
        names={"en": name, "ar": arabic},
        minutes=minutes,
        price_minor=price,
        location_ids=frozenset(uid(place) for place in places),
        group_id=uid(group),
        sizes=tuple(Size(uid(f"{name}/{size}"), f"z{cost}", {"en": size}, cost) for size, cost in sizes),
    )


SERVICES = (
    service("Gel Manicure", "مانيكير جل", 60, 12_500, "Nails"),
    service("Classic Manicure", "مانيكير كلاسيك", 30, 6_000, "Nails"),
    service("Gel Pedicure", "بديكير جل", 60, 14_000, "Nails"),
    service("Classic Pedicure", "بديكير كلاسيك", 45, 8_000, "Nails"),
    service("Nail Art", "رسم أظافر", 30, 5_000, "Nails", places=("Plaza",)),
    service("Hair Cut", "قص شعر", 45, 10_000, "Hair", sizes=(("Short hair", 10_000), ("Long hair", 15_000))),
    service("Blow Dry", "سشوار", 30, 7_000, "Hair"),
    service("Hair Colour", "صبغة شعر", 90, 25_000, "Hair", places=("Zahra", "Marina")),
    service("Hair Mask", "ماسك شعر", 30, 9_000, "Hair"),
    service("Back Massage", "مساج ظهر", 60, 18_000, "Body"),
    service("Foot Massage", "مساج قدم", 30, 9_500, "Body"),
    service("Body Scrub", "سكراب جسم", 45, 16_000, "Body"),
)
_NAILS = frozenset(one.id for one in SERVICES if one.group_id == uid("Nails"))
_REST = frozenset(one.id for one in SERVICES if one.group_id != uid("Nails"))


def person(name: str, place: str, able: frozenset[UUID], extra: int = 0) -> Staff:
    return Staff(
        id=uid(f"{name}@{place}"),
        external_id=name.lower(),
        names={"en": name},
        location_id=uid(place),
        service_ids=able,
        extra_minutes=extra,
    )


STAFF = (
    person("Dana", "Plaza", _NAILS),
    person("Mira", "Plaza", _NAILS | _REST),
    person("Noor", "Plaza", _REST),
    person("Hala", "Zahra", _NAILS),
    person("Reem", "Zahra", _NAILS | _REST),
    person("Lulu", "Marina", _NAILS | _REST),
)
ON_ARRIVAL = PaymentType(uid("cod"), "1", "COD", {"en": "On arrival", "ar": "عند الوصول"}, online=False)
KNET = PaymentType(uid("knet"), "2", "KNET", {"en": "KNET", "ar": "كي نت"}, online=True)


def catalog(**changes: object) -> Catalog:
    values: dict[str, object] = {
        "workspace_id": uid("workspace"),
        "version": 1,
        "currency": "KWD",
        "locations": {
            place.id: place
            for place in (
                location("Plaza", "بلازا", 1),
                location("Zahra", "الزهراء", 2, friday=False),
                location("Marina", "مارينا", 3),
            )
        },
        "groups": {uid(group): ServiceGroup(uid(group), {"en": group}) for group in GROUPS},
        "services": {one.id: one for one in SERVICES},
        "staff": {one.id: one for one in STAFF},
        "payment_types": (ON_ARRIVAL, KNET),
    }
    return Catalog(**{**values, **changes})  # type: ignore[arg-type]


def settings(**changes: object) -> WorkspaceSettings:
    values: dict[str, object] = {
        "timezone": "Asia/Kuwait",
        "currency": "KWD",
        "region": "KW",
        "booking_mode": BookingMode.PROVIDER,
        "contact": Contact(phone="+96550000000"),
        "languages": ("en",),
        "lead_minutes": 60,
        "horizon_days": 14,
    }
    return WorkspaceSettings.model_validate({**values, **changes})


@dataclass
class Diary:
    """Free half-hour frames of everybody within opening hours, but for what is taken."""

    catalog: Catalog
    taken: set[tuple[UUID, datetime]] = field(default_factory=set)
    reads: list[FrameQuery] = field(default_factory=list)
    stale: bool = False

    def free(self, query: FrameQuery) -> Sequence[Frame]:
        self.reads.append(query)
        place = self.catalog.locations[query.location_id]
        people = [one for one in self.catalog.staff.values() if one.location_id == place.id]
        found: list[Frame] = []
        start = query.starts_at
        while start < query.ends_at:
            wall = start.astimezone(ZONE)
            inside = any(
                h.weekday == wall.weekday() and h.opens <= wall.time() < h.closes for h in place.hours
            )
            if inside:
                found += [
                    Frame(one.id, place.id, start, start + timedelta(minutes=30), f"{wall:%d%H%M}")
                    for one in people
                    if (one.id, start) not in self.taken
                ]
            start += timedelta(minutes=30)
        return found

    def take(self, name: str, place: str, day: int, first: time, last: time) -> None:
        """Somebody is busy on a day of November 2026, from `first` until `last`, local."""
        start = datetime(2026, 11, day, first.hour, first.minute, tzinfo=ZONE)
        end = datetime(2026, 11, day, last.hour, last.minute, tzinfo=ZONE)
        while start < end:
            self.taken.add((uid(f"{name}@{place}"), start.astimezone(UTC)))
            start += timedelta(minutes=30)
