"""Services, places, people, ways to pay and sizes, as customers call them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalog import Catalog, Location, Service, Staff
from bot.understanding.catalog_index import index_of
from bot.understanding.understand import understand
from bot.workspace import SlotKind
from tests.understanding.salon import CATALOG, build_catalog, context, hear, ident, label, labels, services

ALL_GEL = "gel extensions|gel manicure|gel pedicure|gel removal"
ALL_MANICURES = "classic manicure|french manicure|gel manicure"

ONE = [
    ("gel manicure", "gel manicure"),
    ("Gel Manicures please", "gel manicure"),
    ("manicure gel", "gel manicure"),
    ("a manicure with gel", "gel manicure"),
    ("gel mani", "gel manicure"),
    ("gel manicre", "gel manicure"),
    ("GEL MANICURE!!!", "gel manicure"),
    ("shellac", "gel manicure"),
    ("classic pedi", "classic pedicure"),
    ("hair cut", "haircut"),
    ("a haircut for me", "haircut"),
    ("trim", "haircut"),
    ("blow-dry", "blow dry"),
    ("blowout", "blow dry"),
    ("keratin", "keratin"),
    ("keratine treatment", "keratin"),
    ("hydrating mask", "hydrating mask"),
    ("swedish massage 90 min", "massage 90"),
    ("60 minutes swedish massage", "massage 60"),
    ("90 min massage", "massage 90"),
    ("nail art", "nail art"),
    ("lash lifts", "lash lift"),
    ("I'd like to book a gel x", "gel extensions"),
    ("gelmanicure", "gel manicure"),
    ("gell manicur", "gel manicure"),
    ("nailart", "nail art"),
    ("mens cut", "haircut"),
    ("removing gel polish", "gel removal"),
    ("swedish massage, ninety minutes", "massage 90"),
    ("مساج سويدي ستين دقيقة", "massage 60"),
    ("سشوار", "blow dry"),
]
AMBIGUOUS = [
    ("gel", ALL_GEL),
    ("something with gel", ALL_GEL),
    ("manicure", ALL_MANICURES),
    ("a manicure please", ALL_MANICURES),
    ("mani", ALL_MANICURES),
    ("massage", "massage 60|massage 90"),
    ("swedish massage", "massage 60|massage 90"),
    ("hair treatment", "hydrating mask|keratin"),
    ("pedicure", "classic pedicure|gel pedicure"),
    ("hair", "blow dry|hair wash|haircut"),
]


@pytest.mark.parametrize(("said", "meant"), [*ONE, *AMBIGUOUS])
def test_one_mention(said: str, meant: str) -> None:
    assert services(hear(said)) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("gel manicure and classic pedicure", ["gel manicure", "classic pedicure"]),
        ("gel manicure and a pedicure", ["gel manicure", "classic pedicure|gel pedicure"]),
        ("haircut, blow dry & nail art", ["haircut", "blow dry", "nail art"]),
        ("mani pedi", [ALL_MANICURES, "classic pedicure|gel pedicure"]),
        ("keratin plus haircut", ["keratin", "haircut"]),
        ("a gel manicure tomorrow, who does the manicure?", ["gel manicure"]),
        ("gel manicure and another manicure", ["gel manicure", ALL_MANICURES]),
        ("gel mani n classic pedi", ["gel manicure", "classic pedicure"]),
        ("haircut+blowdry", ["haircut", "blow dry"]),
        ("gel manicure for me and a haircut for my daughter", ["gel manicure", "haircut"]),
        ("haircut then keratin then a blow dry", ["haircut", "keratin", "blow dry"]),
        ("three things: haircut, nail art, lash lift", ["haircut", "nail art", "lash lift"]),
        ("قص وسشوار", ["haircut", "blow dry"]),
        ("ابي مناكير جل وبدكير كلاسيك وقص شعر", ["gel manicure", "classic pedicure", "haircut"]),
        ("ابغى gel manicure و nail art", ["gel manicure", "nail art"]),
    ],
)
def test_several_mentions(said: str, meant: list[str]) -> None:
    assert services(hear(said)) == meant


@pytest.mark.parametrize(
    "said",
    [
        "hello",
        "I want to book",
        "tomorrow at 5",
        "what do you have?",
        "yes please",
        "how are you?",
        "thanks a bunch",
        "I'm in a good mood",
        "is there a view of the city?",
        "I feel great",
    ],
)
def test_no_service(said: str) -> None:
    heard = hear(said)
    assert services(heard) == []
    assert heard.unknown_service is None


def test_services_of_the_chosen_place_come_first() -> None:
    assert services(hear("lash lift", at="zahra")) == ["lash lift"]
    assert services(hear("lash lift", at="plaza")) == ["lash lift"], (
        "offered elsewhere only: still understood"
    )


@pytest.mark.parametrize(
    ("said", "unknown", "near"),
    [
        ("car wash", "car wash", "hair wash"),
        ("I want a car wash", "car wash", "hair wash"),
        ("do you do tattoos?", "tattoos", None),
        ("can I book a botox appointment", "botox", None),
        ("I need dental cleaning tomorrow", "dental cleaning", None),
        ("do you guys do wraps", "wraps", None),
        ("do you do lash extensions?", "lash extensions", "lash lift"),
    ],
)
def test_a_wish_the_catalog_does_not_have(said: str, unknown: str, near: str | None) -> None:
    heard = hear(said)
    assert heard.unknown_service is not None
    assert heard.unknown_service.value == unknown
    assert services(heard) == []
    assert len(heard.near_services) <= 5
    if near:
        assert near in [label(key) for key in heard.near_services]


def test_an_unknown_answer_to_the_question_for_a_service() -> None:
    heard = hear("botox", SlotKind.SERVICES)
    assert heard.unknown_service is not None
    assert heard.unknown_service.value == "botox"
    assert hear("botox").unknown_service is None, "without a question or a verb it is just a word"


@pytest.mark.parametrize(
    "said",
    [
        "an appointment please",
        "I want to book an appointment for tomorrow",
        "I need help",
        "I want to see you",
        "can I get the first available time",
        "ابي دكتورة هناء",
        "ابي اغير الاسم",
        "ابي اكلم موظفة",
        "ابي اجي بكرا",
        "I want to speak to the manager",
    ],
)
def test_harmless_wishes_are_no_unknown_service(said: str) -> None:
    assert hear(said).unknown_service is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("at Plaza", "plaza"),
        ("plaza mall", "plaza"),
        ("Zahra branch please", "zahra"),
        ("the one in al zahra", "zahra"),
        ("marina", "marina"),
        ("plza", "plaza"),
        ("not Plaza, Zahra", "zahra"),
        ("Zahra instead of Plaza", "zahra"),
    ],
)
def test_places(said: str, meant: str) -> None:
    assert labels(hear(said).locations) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("with Sara", ["sara"]),
        ("Sara please", ["sara"]),
        ("is sara's 5pm free?", ["sara"]),
        ("with sarah", ["sara"]),
        ("Maya", ["maya", "maya2"]),
        ("Maya Santos", ["maya2"]),
        ("with maya at zahra", ["maya2"]),
        ("not Sara, Lina", ["lina"]),
        ("with April tomorrow", ["april"]),
        ("Noor Ali", ["noor"]),
    ],
)
def test_people(said: str, meant: list[str]) -> None:
    assert labels(hear(said).staff) == meant


def test_people_of_the_chosen_place_come_first() -> None:
    assert labels(hear("Maya", at="plaza").staff) == ["maya"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("can you mark it as paid", 0),
        ("with mark", 1),
        ("Mark at 5", 1),
        ("mark", 1),
        ("mark please", 1),
        ("is Mark free?", 1),
    ],
)
def test_an_everyday_word_is_a_person_where_it_can_be(said: str, meant: int) -> None:
    mark = Staff(ident("mark"), "mark", {"en": "Mark"}, ident("plaza"), frozenset())
    heard = understand(said, replace(context(), catalog=replace(CATALOG, staff={mark.id: mark})))
    assert len(heard.staff) == meant


def test_a_month_is_no_person() -> None:
    heard = hear("5 april")
    assert labels(heard.staff) == []
    assert len(heard.days) == 1


@pytest.mark.parametrize(
    "said",
    [
        "anyone",
        "Anybody is fine",
        "no preference",
        "whoever",
        "any",
        "I don't mind who",
        "any stylist",
        "whoever is free",
        "no one in particular",
        "doesn't matter",
    ],
)
def test_anyone(said: str) -> None:
    heard = hear(said, SlotKind.STAFF)
    assert heard.any_staff
    assert heard.staff == ()
    assert heard.name is None
    assert heard.polarity is None


@pytest.mark.parametrize(
    "said", ["do you have any gel services?", "is anyone there?", "can anyone help me?", "any time tomorrow"]
)
def test_any_is_not_always_anyone(said: str) -> None:
    assert not hear(said).any_staff


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("pay on arrival", ["pay arrival"]),
        ("cash", ["pay arrival"]),
        ("I'll pay at the salon", ["pay arrival"]),
        ("knet", ["pay knet"]),
        ("K-Net please", ["pay knet"]),
        ("apple pay", ["pay apple"]),
        ("by card", ["pay card"]),
        ("visa", ["pay card"]),
        ("online", ["pay apple", "pay card", "pay knet"]),
        ("pay online with knet", ["pay knet"]),
    ],
)
def test_ways_to_pay(said: str, meant: list[str]) -> None:
    assert labels(hear(said, SlotKind.PAYMENT).payment_types) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [("keratin, I have long hair", "long hair"), ("short hair", "short hair"), ("keratin", None)],
)
def test_sizes(said: str, meant: str | None) -> None:
    hint = hear(said).size_hint
    assert (hint.value if hint else None) == meant


@pytest.mark.parametrize(
    ("said", "out"),
    [
        ("without the pedicure", ["classic pedicure", "gel pedicure"]),
        ("remove the gel manicure", ["gel manicure"]),
        ("add nail art and remove the haircut", ["haircut"]),
        ("add nail art", []),
        ("not the gel manicure", ["gel manicure"]),
        ("everything but the haircut", ["haircut"]),
        ("a french manicure but no haircut", ["haircut"]),
        ("I don't want the nail art", ["nail art"]),
        ("no more haircut, just the blow dry", ["haircut"]),
        ("ما ابي الكيراتين", ["keratin"]),
    ],
)
def test_services_said_out(said: str, out: list[str]) -> None:
    assert sorted(label(match.id) for mention in hear(said).removed for match in mention) == out


def _places(*names: str) -> Catalog:
    return replace(
        CATALOG,
        locations={ident(f"at {name}"): Location(ident(f"at {name}"), name, {"en": name}) for name in names},
    )


@pytest.mark.parametrize(
    ("said", "asked", "meant"),
    [
        ("in Old Mill City", None, ["Old Mill City"]),
        ("which city is it in?", None, []),
        ("to view the flat", None, []),
        ("Mountain View", None, ["Mountain View"]),
        ("near Mill please", None, ["Old Mill City"]),
        ("the view one", SlotKind.LOCATION, ["Mountain View"]),
        ("at North Park", None, ["North Park Residences"]),
        ("I park outside", None, []),
    ],
)
def test_a_kind_of_place_names_none(said: str, asked: SlotKind | None, meant: list[str]) -> None:
    catalog = _places("Old Mill City", "Mountain View", "North Park Residences")
    heard = understand(said, replace(context(asked), catalog=catalog))
    assert [catalog.locations[match.id].names["en"] for match in heard.locations] == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a full leg wax", ["Full Leg Waxing"]),
        ("I need a wax", ["Full Leg Waxing"]),
        ("waxing", ["Full Leg Waxing"]),
        ("just a shave", ["Shaving"]),
        ("colouring", ["Hair Coloring"]),
        ("hair colour", ["Hair Coloring"]),
        ("I am washing my hands", []),
        ("open now?", []),
    ],
)
def test_a_service_is_called_by_what_is_done(said: str, meant: list[str]) -> None:
    names = ("Full Leg Waxing", "Shaving", "Hair Coloring", "Opening Package")
    offered = {ident(n): Service(ident(n), n, {"en": n}, 30, 0, frozenset()) for n in names}
    heard = understand(said, replace(context(), catalog=replace(CATALOG, services=offered, groups={})))
    assert [offered[one.id].names["en"] for mention in heard.services for one in mention] == meant


def test_an_alias_of_several_words_counts_whole() -> None:
    soul = Service(ident("soul"), "soul", {"en": "Barbecue"}, 60, 0, frozenset(), aliases=("comfort food",))
    catalog = replace(CATALOG, services={soul.id: soul}, groups={})
    around = replace(context(), catalog=catalog)
    assert services(understand("some comfort food", around)) == ["soul"]
    assert services(understand("where can I get food", around)) == []


def test_the_index_is_built_once_per_catalog() -> None:
    catalog = build_catalog()
    assert index_of(catalog) is index_of(catalog)
    assert index_of(build_catalog(2)) is not index_of(catalog)


def test_an_empty_catalog_is_no_error() -> None:
    around = context()
    bare = replace(around, catalog=Catalog(CATALOG.workspace_id, 1, "KWD"))
    heard = understand("gel manicure at plaza with sara, pay cash", bare)
    assert (heard.services, heard.locations, heard.staff, heard.payment_types) == ((), (), (), ())
