"""The salon the tests talk to: three places, a few groups of services, people, ways to pay. Invented."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from bot.catalog import Catalog, Location, PaymentType, Service, ServiceGroup, Size, Staff
from bot.messages import Choice
from bot.understanding.contract import Understanding, UnderstandingContext
from bot.understanding.understand import understand
from bot.workspace import SlotKind

NAMESPACE = UUID("6f1d7c1e-0000-4000-8000-000000000001")
ZONE = ZoneInfo("Asia/Kuwait")
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=ZONE)
"""A Saturday."""

_LABELS: dict[UUID, str] = {}


def ident(label: str) -> UUID:
    """A stable id, remembered so that failures read as names."""
    key = uuid5(NAMESPACE, label)
    _LABELS[key] = label
    return key


def label(key: UUID) -> str:
    return _LABELS[key]


PLACES = {
    "plaza": ({"en": "Plaza", "ar": "بلازا"}, ("plaza mall", "the plaza")),
    "zahra": ({"en": "Zahra", "ar": "الزهراء"}, ("al zahra",)),
    "marina": ({"en": "Marina", "ar": "مارينا"}, ("marina walk",)),
}
GROUPS = {
    "manicure": {"en": "Manicure", "ar": "مناكير"},
    "pedicure": {"en": "Pedicure", "ar": "بدكير"},
    "hair": {"en": "Hair", "ar": "شعر"},
    "treatment": {"en": "Hair Treatments", "ar": "علاجات الشعر"},
    "massage": {"en": "Massage", "ar": "مساج"},
}
SERVICES: dict[str, tuple[dict[str, str], str | None, tuple[str, ...]]] = {
    "classic manicure": ({"en": "Classic Manicure", "ar": "مناكير كلاسيك"}, "manicure", ()),
    "gel manicure": ({"en": "Gel Manicure", "ar": "مناكير جل"}, "manicure", ("shellac",)),
    "french manicure": ({"en": "French Manicure", "ar": "مناكير فرنسي"}, "manicure", ()),
    "classic pedicure": ({"en": "Classic Pedicure", "ar": "بدكير كلاسيك"}, "pedicure", ()),
    "gel pedicure": ({"en": "Gel Pedicure", "ar": "بدكير جل"}, "pedicure", ()),
    "gel extensions": ({"en": "Gel Extensions", "ar": "تركيب جل"}, None, ("gel x",)),
    "gel removal": ({"en": "Gel Removal", "ar": "ازالة جل"}, None, ()),
    "nail art": ({"en": "Nail Art", "ar": "رسم اظافر"}, None, ()),
    "haircut": ({"en": "Haircut", "ar": "قص شعر"}, "hair", ("hair cut", "trim")),
    "blow dry": ({"en": "Blow Dry", "ar": "استشوار"}, "hair", ("blowdry", "blowout")),
    "hair wash": ({"en": "Hair Wash", "ar": "غسيل شعر"}, "hair", ()),
    "keratin": ({"en": "Keratin Treatment", "ar": "كيراتين"}, "treatment", ()),
    "hydrating mask": ({"en": "Hydrating Mask", "ar": "ماسك ترطيب"}, "treatment", ()),
    "massage 60": ({"en": "Swedish Massage 60 min", "ar": "مساج سويدي ٦٠ دقيقة"}, "massage", ()),
    "massage 90": ({"en": "Swedish Massage 90 min", "ar": "مساج سويدي ٩٠ دقيقة"}, "massage", ()),
    "lash lift": ({"en": "Lash Lift", "ar": "رفع رموش"}, None, ()),
}
PEOPLE = {
    "sara": ("Sara", "سارة", "plaza"),
    "maya": ("Maya Haddad", "مايا حداد", "plaza"),
    "maya2": ("Maya Santos", "مايا سانتوس", "zahra"),
    "lina": ("Lina", "لينا", "zahra"),
    "april": ("April", "ابريل", "marina"),
    "noor": ("Noor Ali", "نور علي", "marina"),
}
PAYMENTS = {
    "arrival": ("cash_on_arrival", {"en": "Pay on arrival", "ar": "الدفع عند الوصول"}, False),
    "knet": ("knet", {"en": "KNET", "ar": "كي نت"}, True),
    "apple": ("apple_pay", {"en": "Apple Pay", "ar": "ابل باي"}, True),
    "card": ("credit_card", {"en": "Credit card", "ar": "بطاقة ائتمان"}, True),
}


def build_catalog(version: int = 1) -> Catalog:
    locations = {
        ident(key): Location(ident(key), key, names, aliases) for key, (names, aliases) in PLACES.items()
    }
    groups = {
        ident(f"group {key}"): ServiceGroup(ident(f"group {key}"), names) for key, names in GROUPS.items()
    }
    hair_sizes = (
        Size(ident("short hair"), "s", {"en": "Short hair", "ar": "شعر قصير"}, 10_000),
        Size(ident("long hair"), "l", {"en": "Long hair", "ar": "شعر طويل"}, 14_000),
    )
    services = {
        ident(key): Service(
            ident(key),
            key,
            names,
            minutes=45,
            price_minor=12_000,
            location_ids=frozenset([ident("zahra")] if key == "lash lift" else locations),
            group_id=ident(f"group {group}") if group else None,
            aliases=aliases,
            sizes=hair_sizes if key == "keratin" else (),
        )
        for key, (names, group, aliases) in SERVICES.items()
    }
    staff = {
        ident(key): Staff(ident(key), key, {"en": en, "ar": ar}, ident(place), frozenset(services))
        for key, (en, ar, place) in PEOPLE.items()
    }
    payments = tuple(
        PaymentType(ident(f"pay {key}"), key, code, names, online)
        for key, (code, names, online) in PAYMENTS.items()
    )
    return Catalog(NAMESPACE, version, "KWD", locations, groups, services, staff, payments)


CATALOG = build_catalog()


def offers(*titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"t1:{number}", title) for number, title in enumerate(titles, start=1))


def context(
    asked: SlotKind | None = None,
    offered: Iterable[Choice] = (),
    *,
    yes_no: bool = False,
    at: str | None = None,
    language: str = "en",
    region: str = "KW",
    now: datetime = NOW,
) -> UnderstandingContext:
    return UnderstandingContext(
        now=now,
        zone=ZONE,
        region=region,
        catalog=CATALOG,
        language=language,
        asked=asked,
        offered=tuple(offered),
        yes_no_open=yes_no,
        location_id=ident(at) if at else None,
    )


def hear(text: str, asked: SlotKind | None = None, **more: object) -> Understanding:
    """What is understood of one line said to the salon."""
    return understand(text, context(asked, **more))  # type: ignore[arg-type]


def services(heard: Understanding) -> list[str]:
    """Mentions as text: names of one mention joined by a bar."""
    return ["|".join(sorted(label(m.id) for m in mention)) for mention in heard.services]


def labels(matches: Iterable[object]) -> list[str]:
    return sorted(label(match.id) for match in matches)  # type: ignore[attr-defined]


def days(heard: Understanding) -> list[str]:
    """ "2026-11-22", "2026-11-27..2026-11-28", with "!" on a conflict."""
    return [
        f"{fact.day}{f'..{fact.last_day}' if fact.last_day else ''}{'!' if fact.conflict else ''}"
        for fact in heard.days
    ]


def times(heard: Understanding) -> list[str]:
    """ "14:00", "05:00?" (half open), "14:00-16:00", "-15:00", "morning", "earliest"."""
    told = []
    for fact in heard.times:
        if fact.earliest or fact.latest:
            told.append("earliest" if fact.earliest else "latest")
            continue
        if fact.part:
            told.append(str(fact.part))
            continue
        text = f"{fact.at:%H:%M}" if fact.at else ""
        if fact.until:
            text += f"-{fact.until:%H:%M}"
        told.append(text + ("?" if fact.ambiguous_half else ""))
    return told
