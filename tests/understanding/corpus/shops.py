"""The businesses the corpus talks to, besides the salon: a clinic, a tint shop, a barber, a restaurant. Invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from bot.catalog import Catalog, Location, PaymentType, Service, Staff
from tests.understanding import salon

_OURS = UUID("6f1d7c1e-0000-4000-8000-000000000002")
_Named = Mapping[str, tuple[str, str, tuple[str, ...]]]
"""Key → English name, Arabic name, aliases."""


@dataclass(frozen=True, slots=True)
class Shop:
    catalog: Catalog
    labels: Mapping[UUID, str]


def _shop(name: str, *, places: _Named, services: _Named, people: _Named) -> Shop:
    labels: dict[UUID, str] = {}

    def ident(key: str) -> UUID:
        one = uuid5(_OURS, f"{name} {key}")
        labels[one] = key
        return one

    at = {
        ident(key): Location(ident(key), key, {"en": en, "ar": ar}, also)
        for key, (en, ar, also) in places.items()
    }
    offered = {
        ident(key): Service(
            ident(key), key, {"en": en, "ar": ar}, minutes=30, price_minor=10_000, location_ids=frozenset(at),
            aliases=also,
        )
        for key, (en, ar, also) in services.items()
    }  # fmt: skip
    team = {
        ident(key): Staff(ident(key), key, {"en": en, "ar": ar}, next(iter(at)), frozenset(offered), also)
        for key, (en, ar, also) in people.items()
    }
    payments = (
        PaymentType(ident("pay arrival"), "1", "cash_on_arrival", {"en": "Pay on arrival"}, online=False),
        PaymentType(ident("pay card"), "2", "credit_card", {"en": "Credit card"}, online=True),
    )
    return Shop(Catalog(uuid5(_OURS, name), 1, "KWD", at, {}, offered, team, payments), labels)


def _salon() -> Shop:
    catalog = salon.CATALOG
    known = (
        *catalog.locations, *catalog.services, *catalog.staff,
        *(payment.id for payment in catalog.payment_types),
    )  # fmt: skip
    return Shop(catalog, {one: salon.label(one) for one in known})


SHOPS: dict[str, Shop] = {
    "salon": _salon(),
    "clinic": _shop(
        "clinic",
        places={"salmiya": ("Salmiya", "السالمية", ()), "hawally": ("Hawally", "حولي", ())},
        services={
            "checkup": ("Dental Check-up", "فحص أسنان", ("check up", "checkup")),
            "cleaning": ("Teeth Cleaning", "تنظيف أسنان", ("cleaning",)),
            "whitening": ("Teeth Whitening", "تبييض أسنان", ("whitening", "التبييض")),
            "filling": ("Filling", "حشوة", ()),
            "root canal": ("Root Canal", "علاج عصب", ()),
            "braces": ("Braces Consultation", "استشارة تقويم", ("braces",)),
            "derma": ("Dermatology Consultation", "استشارة جلدية", ()),
            "laser": ("Laser Hair Removal", "ليزر إزالة الشعر", ("laser", "ليزر")),
            "botox": ("Botox", "بوتوكس", ()),
        },
        people={
            "khalid": ("Dr. Khalid Mansour", "د. خالد منصور", ()),
            "hana": ("Dr. Hana Yousef", "د. هناء يوسف", ()),
            "omar": ("Dr. Omar", "د. عمر", ()),
        },
    ),
    "tint": _shop(
        "tint",
        places={"shuwaikh": ("Shuwaikh", "الشويخ", ()), "fahaheel": ("Fahaheel", "الفحيحيل", ())},
        services={
            "full tint": ("Full Car Tint", "تظليل كامل", ("full tint", "تظليل السيارة كامل")),
            "windshield": ("Front Windshield Tint", "تظليل الزجاج الأمامي", ("front windshield",)),
            "side": ("Side Windows Tint", "تظليل الزجاج الجانبي", ("side windows",)),
            "ceramic tint": ("Ceramic Tint", "تظليل سيراميك", ()),
            "removal": ("Tint Removal", "إزالة التظليل", ("remove old tint", "تشيلون التظليل")),
            "ppf": ("Paint Protection Film", "حماية الصبغ", ("ppf",)),
            "coating": ("Ceramic Coating", "نانو سيراميك", ()),
            "wash": ("Car Wash", "غسيل سيارة", ()),
        },
        people={"mike": ("Mike", "مايك", ()), "hussain": ("Hussain", "حسين", ())},
    ),
    "barber": _shop(
        "barber",
        places={"downtown": ("Downtown", "وسط البلد", ())},
        services={
            "cut": ("Men's Haircut", "قص شعر رجالي", ("haircut", "cut", "قص شعر", "حلاقة")),
            "fade": ("Fade", "فيد", ()),
            "beard": ("Beard Trim", "تحديد لحية", ()),
            "shave": ("Hot Towel Shave", "حلاقة بالمنشفة الساخنة", ()),
            "kids": ("Kids Haircut", "حلاقة أطفال", ()),
            "dye": ("Hair Dye", "صبغ شعر", ()),
        },
        people={
            "tony": ("Tony", "توني", ()),
            "marcus": ("Marcus", "ماركوس", ()),
            "abbas": ("Abbas", "عباس", ()),
        },
    ),
    "restaurant": _shop(
        "restaurant",
        places={
            "avenues": ("The Avenues", "الأفنيوز", ("avenues",)),
            "gate": ("Gate Mall", "جيت مول", ()),
        },
        services={
            "indoor": ("Indoor Table", "طاولة داخلية", ("indoors",)),
            "outdoor": ("Outdoor Table", "طاولة خارجية", ("outdoors", "outside", "جلسات خارجية")),
            "private": ("Private Room", "غرفة خاصة", ()),
            "brunch": ("Brunch", "برنش", ()),
        },
        people={},
    ),
}
