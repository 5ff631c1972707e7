"""Booking forms of other trades, declared as data: tables for a party, a viewing, a car, a pet, a case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from bot.catalog import Catalog
from bot.flows.state import load
from bot.workspace import BookingMode, FormField, SlotKind
from tests.chats import salon
from tests.chats.chat import Chat

NAME = FormField(key="name", kind=SlotKind.NAME)
PHONE = FormField(key="phone", kind=SlotKind.PHONE)
TIME = FormField(key="time", kind=SlotKind.TIME)
PLACE = FormField(key="location", kind=SlotKind.LOCATION)
PARTY = FormField(
    key="guests",
    kind=SlotKind.NUMBER,
    question={"en": "How many of you are coming?", "ar": "كم شخص؟"},
    label={"en": "Guests", "ar": "عدد الأشخاص"},
    minimum=1,
    fact="party",
    service_up_to={2: "table-2", 4: "table-4", 8: "table-8"},
)
WISHES = FormField(
    key="wishes",
    kind=SlotKind.TEXT,
    required=False,
    question={"en": "Any allergies or wishes?", "ar": "في حساسية أو طلبات خاصة؟"},
    label={"en": "Wishes", "ar": "طلبات"},
    max_length=60,
)
RESTAURANT = (PLACE, PARTY, TIME, NAME, PHONE, WISHES)


def one_place(services: dict[str, int], resources: dict[str, str], *, resource: bool = True) -> Catalog:
    """A business at one place: services by external id with minutes, who or what does which."""
    full = salon.catalog()
    offered = {
        salon.uid(key): replace(
            salon.service(key.replace("-", " for ").capitalize(), key, minutes, 0, "Body", places=("Plaza",)),
            external_id=key,
        )
        for key, minutes in services.items()
    }
    staff = {
        salon.uid(f"{name}@Plaza"): replace(
            salon.person(name, "Plaza", frozenset({salon.uid(key)})), resource=resource
        )
        for name, key in resources.items()
    }
    return salon.catalog(
        locations={salon.uid("Plaza"): full.locations[salon.uid("Plaza")]},
        services={key: replace(one, id=key) for key, one in offered.items()},
        staff=staff,
        groups={},
        payment_types=(),
    )


def restaurant(**more: object) -> Chat:
    tables = {"table-2": 90, "table-4": 90, "table-8": 120}
    names = {"T1": "table-2", "T2": "table-2", "T3": "table-4", "T4": "table-8"}
    settings = salon.settings(booking_mode=BookingMode.INTERNAL, languages=("en", "ar"))
    return Chat(
        catalog=one_place(tables, names),
        form=RESTAURANT,
        settings=settings,
        **more,  # type: ignore[arg-type]
    )


def booked_table(chat: Chat) -> str:
    (item,) = load(chat.state).wish.items
    return chat.catalog.services[item.service_id].external_id


def test_a_table_for_a_party() -> None:
    chat = restaurant()
    chat.play("""
        > hi
        < How many of you
        = ASK_DETAIL
        > 12
        < 1 | 8
        = ASK_DETAIL
        > we're three
        < Guests: 3
        = ASK_TIME
        > tomorrow at 7pm
        < name
        > Sara Test
        < allergies | [Skip]
        > nut allergy, and the 7pm table by the window please
        < Sat 21 Nov, 7:00 PM (90 min) | Guests: 3 | Wishes: nut allergy, and the 7pm table by the window please
        <! KWD | T3 | Total
        = CONFIRM
        [Book now]
        = PLACING
    """)
    (order,) = chat.orders
    assert order["lines"][0]["service_external_id"] == "table-4"
    assert order["notes"] == "Guests: 3\nWishes: nut allergy, and the 7pm table by the window please"


def test_a_bigger_party_takes_another_table_and_checks_its_time() -> None:
    chat = restaurant()
    chat.play("""
        > hello
        > 2
        > tomorrow at 7pm
        > Sara Test
        > skip
        < Guests: 2
        = CONFIRM
        > change the guests
        < How many
        = ASK_DETAIL
        > 6
        < Guests: 6 | 7:00 PM (120 min)
        = CONFIRM
    """)
    assert booked_table(chat) == "table-8"
    assert chat.step.intent is not None
    assert chat.step.intent.notes == "Guests: 6"


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("many of us", "number"),
        ("2.5", "number"),
        ("0", "1 to 8"),
        ("-3", "1 to 8"),
        ("between 3 and 5", "number"),
        ("٩", "1 to 8"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(said: str, answered: str) -> None:
    chat = restaurant()
    chat.say("hi")
    text = chat.say(said)
    assert chat.step.state_name == "ask_detail"
    assert answered in text or "من 1" in text


def test_a_long_note_is_refused_not_cut() -> None:
    chat = restaurant()
    for line in ("hi", "2", "tomorrow at 7pm", "Sara Test"):
        chat.say(line)
    chat.play("""
        > we would like a very quiet table far away from the kitchen and the door, please
        < 60
        = ASK_DETAIL
        > no
        = CONFIRM
        <! Wishes
    """)


def test_in_arabic() -> None:
    chat = restaurant()
    chat.play("""
        > السلام عليكم
        < كم شخص
        > ٤
        < عدد الأشخاص: 4
        = ASK_TIME
    """)


VIEWING = (
    FormField(
        key="property",
        kind=SlotKind.CHOICE,
        question={"en": "Which home would you like to see?", "ar": "أي بيت تحب تشوف؟"},
        label={"en": "Home", "ar": "البيت"},
        choices=("Palm Villa", "Bay Flat"),
        choice_names={"ar": ("فيلا النخيل", "شقة الخليج")},
    ),
    PLACE,
    TIME,
    NAME,
    PHONE,
)


def viewing() -> Chat:
    settings = salon.settings(booking_mode=BookingMode.INTERNAL, languages=("en", "ar"))
    agents = {"Omar": "viewing", "Huda": "viewing"}
    return Chat(catalog=one_place({"viewing": 45}, agents, resource=False), form=VIEWING, settings=settings)


def test_a_house_viewing() -> None:
    chat = viewing()
    chat.play("""
        > I'd like to see a house
        < Which home | [Palm Villa] | [Bay Flat]
        > the castle
        = ASK_DETAIL
        > the bay flat please
        < Home: Bay Flat
        = ASK_TIME
        > monday 4pm
        > Sara Test
        < Viewing | Mon 23 Nov, 4:00 PM | Home: Bay Flat
        <! KWD
        = CONFIRM
        > change the home
        = ASK_DETAIL
        [Palm Villa]
        < Home: Palm Villa
        = CONFIRM
    """)


def test_choices_are_named_in_the_customers_language() -> None:
    chat = viewing()
    chat.play("""
        > مرحبا
        < [فيلا النخيل]
        > شقة الخليج
        < البيت: شقة الخليج
        = ASK_TIME
    """)
    assert load(chat.state).wish.details == {"property": "Bay Flat"}


CAR = (
    PLACE,
    FormField(key="services", kind=SlotKind.SERVICES),
    FormField(
        key="vehicle",
        kind=SlotKind.TEXT,
        question={"en": "Which car is it: year, make and model?"},
        label={"en": "Vehicle"},
    ),
    TIME,
    NAME,
    PHONE,
)


def test_a_vehicles_year_is_no_time() -> None:
    chat = Chat(form=CAR)
    chat.play("""
        > gel manicure at Plaza
        < year, make and model
        > 2019 Toyota Camry
        < Vehicle: 2019 Toyota Camry
        = ASK_TIME
    """)
    assert load(chat.state).wish.at is None


def test_the_talk_can_turn_while_a_question_is_open() -> None:
    chat = Chat(form=CAR)
    chat.say("gel manicure at Plaza")
    chat.play("""
        > how much is the gel manicure?
        < 12.500 KWD
        = ASK_DETAIL
        > cancel
        = IDLE
    """)


@pytest.mark.parametrize(
    "broken",
    [
        {"key": "a", "kind": "text", "minimum": 1},
        {"key": "a", "kind": "choice"},
        {"key": "a", "kind": "number", "minimum": 5, "maximum": 2},
        {"key": "a", "kind": "choice", "choices": ("x", "y"), "choice_names": {"ar": ("z",)}},
    ],
)
def test_a_form_that_makes_no_sense_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FormField.model_validate(broken)
