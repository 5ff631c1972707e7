"""Whole talks that book something. The notation is in tests/chats/chat.py."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from bot.flows.contract import Customer
from bot.messages import Surface
from bot.workspace import FormField, SlotKind, standard_form
from tests.chats import salon
from tests.chats.chat import Chat

TALKS = {
    "one line fills five slots": """
        > gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please
        < Gel Manicure with Dana, Sat 21 Nov, 2:00 PM | 12.500 KWD | Sara Test | KNET
        = CONFIRM
        [Book now]
        < (silence)
        = PLACING
        ! placed https://pay.example.com/1017
        < 1017 | K7PX2M | https://pay.example.com/1017 | Gel Manicure with Dana
        = AWAIT_PAYMENT
        ! payment_paid
        < payment | 1017 | 12.500 KWD | Gel Manicure with Dana, Sat 21 Nov, 2:00 PM
        = BOOKED
        """,
    "by taps alone": """
        > hello
        < Nail Salon | [Plaza] | [Zahra] | [Marina]
        [Plaza]
        < Plaza | [Nails] | [Hair] | [Body]
        [Nails]
        < [Gel Manicure] 12.500 KWD, 60 min | [Classic Manicure]
        [Gel Manicure]
        < Gel Manicure | [Sat 21 Nov, 10:30 AM] with Dana
        [Sat 21 Nov, 10:30 AM]
        < with Dana | name
        > Sara Test
        < Total: 12.500 KWD | [On arrival] | [KNET] | [Change]
        [On arrival]
        ! placed
        < order number 1017
        = BOOKED
        """,
    "an ambiguous word is asked about": """
        > gel at Plaza tomorrow 3pm
        < [Gel Manicure] | [Gel Pedicure]
        <! Classic
        = ASK_SERVICES
        > the second one
        < Gel Pedicure
        <! which
        """,
    "an ambiguous word is asked about first and narrowed by the next": """
        > do you have time for a manicure tomorrow?
        < [Gel Manicure] | [Classic Manicure]
        <! Pedicure
        = ASK_SERVICES
        > classic
        < Classic Manicure | [Plaza]
        = ASK_LOCATION
        > marina
        > what's your address?
        < Marina Street 3
        <! Plaza Street
        """,
    "an unknown service is said to be unknown": """
        > I want to book a car wash at Plaza
        < car wash
        = ASK_SERVICES
        """,
    "a size is asked where the price depends on it": """
        > hair cut at Plaza tomorrow at 4pm
        < [Short hair] 10.000 KWD | [Long hair] 15.000 KWD
        = ASK_SIZE
        [Long hair]
        < Mira | Noor
        > Noor
        > Sara Test
        < Hair Cut (Long hair) with Noor | 15.000 KWD
        > cash on arrival
        = PLACING
        """,
    "two services back to back": """
        > gel manicure and classic pedicure at Plaza tomorrow at 2pm with Dana
        > Sara Test
        < Gel Manicure with Dana, Sat 21 Nov, 2:00 PM | Classic Pedicure with Dana, Sat 21 Nov, 3:00 PM
        < Total: 2 services, 1 h 45 min, 20.500 KWD
        """,
    "a time without a day asks the day": """
        > gel manicure at Plaza at 4pm
        < 4:00 PM | [Today] | [Tomorrow] | [Sun 22 Nov]
        = ASK_DAY
        [Sun 22 Nov]
        < Sun 22 Nov, 4:00 PM | [Dana] | [Anyone]
        """,
    "a bare five is in the afternoon": """
        > gel manicure at Plaza tomorrow at 5 with Mira
        < Sat 21 Nov, 5:00 PM
        <! 5:00 AM
        """,
    "a closed day is said": """
        > gel manicure at Zahra next friday at 3pm
        < Zahra is closed on Fri 27 Nov | [
        = ASK_TIME
        """,
    "a past time is refused with the next possible": """
        > gel manicure at Plaza today at 11am
        < already passed | [Fri 20 Nov, 1:30 PM]
        """,
    "too soon is refused with the next possible": """
        > gel manicure at Plaza today at 12:30pm
        < too soon | 1 hour | [Fri 20 Nov, 1:30 PM]
        """,
    "too far ahead is refused": """
        > gel manicure at Plaza on 20 December at 3pm
        < 14 days | [
        """,
    "outside opening hours is refused": """
        > gel manicure at Plaza tomorrow at 10pm
        < 10:30 AM - 9:00 PM | [Sat 21 Nov
        """,
    "a part of the day narrows the list": """
        > gel manicure at Plaza tomorrow evening
        < [5:00 PM] | [7:30 PM]
        <! 2:00 PM
        """,
    "more pages through a list": """
        > gel manicure at Plaza tomorrow
        < [10:30 AM] | [2:30 PM] | [More…]
        <! 3:00 PM
        [More…]
        < [3:00 PM] | [7:00 PM]
        <! [10:30 AM]
        > more
        < [7:30 PM]
        """,
    "the earliest": """
        > gel manicure at Plaza with Dana as early as possible
        < Fri 20 Nov, 1:30 PM
        """,
    "a person who doesn't do it": """
        > gel manicure at Plaza tomorrow at 2pm with Noor
        < Noor | Gel Manicure | [Dana] | [Mira]
        """,
    "a greeting burst gets one answer": """
        > hi
        >> I want to book
        >> gel manicure
        < Gel Manicure | [Plaza]
        = ASK_LOCATION
        """,
    "e-mail is optional and skipped": """
        > gel manicure tomorrow at 2 at Plaza with Dana
        < e-mail
        > Sara Test
        <! e-mail address is optional
        > skip
        < without | KNET | Total
        <! E-mail:
        = CONFIRM
        """,
    "thumbs up is a yes to the summary": """
        > gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please
        = CONFIRM
        > 👍
        = PLACING
        """,
    "numbers pick choices": """
        > hi
        > 2
        < Zahra
        = ASK_SERVICES
        """,
}


@pytest.mark.parametrize("name", TALKS)
def test_talk(name: str) -> None:
    Chat().play(TALKS[name])


def test_asked_person_is_taken_others_are_named() -> None:
    chat = Chat()
    assert chat.diary is not None
    chat.diary.take("Dana", "Plaza", 21, time(14), time(15))
    chat.play("""
        > gel manicure at Plaza tomorrow at 2pm with Dana
        < Dana | 2:00 PM | Mira | [Sat 21 Nov, 1:00 PM] | [Sat 21 Nov, 3:00 PM]
        = ASK_TIME
        [Mira]
        < with Mira
        > Sara Test
        < Gel Manicure with Mira, Sat 21 Nov, 2:00 PM
    """)


def test_full_day_offers_the_next_ones() -> None:
    chat = Chat()
    assert chat.diary is not None
    for who in ("Dana", "Mira"):
        chat.diary.take(who, "Plaza", 21, time(10, 30), time(21))
    chat.play("""
        > gel manicure at Plaza tomorrow
        < Sat 21 Nov | [Fri 20 Nov | [Sun 22 Nov
    """)


def test_two_people_share_where_one_has_no_time() -> None:
    chat = Chat()
    assert chat.diary is not None
    chat.diary.take("Dana", "Plaza", 21, time(15), time(21))
    chat.diary.take("Mira", "Plaza", 21, time(10, 30), time(15))
    chat.play("""
        > gel manicure and classic pedicure at Plaza tomorrow at 2pm
        > anyone
        > Sara Test
        < Gel Manicure with Dana, Sat 21 Nov, 2:00 PM | Classic Pedicure with Mira, Sat 21 Nov, 3:00 PM
    """)


def test_profile_name_is_shown_not_asked_and_few_messages_suffice() -> None:
    sara = Customer(id=salon.uid("c"), name="Sara", name_is_profile=True, phone="+96550000123")
    chat = Chat(customer=sara)
    chat.play("""
        > gel manicure at Plaza tomorrow
        [2:00 PM]
        < Name: Sara
        <! your name
        [On arrival]
        ! placed
    """)
    assert len(chat.replies) == 3


@pytest.mark.parametrize(
    ("profile", "shown"), [("~ Sara 🌸", "Sara"), ("سارة", "سارة"), ("O'Neil-Smith Jr.", "O'Neil-Smith Jr")]
)
def test_profile_names_are_shown_plain(profile: str, shown: str) -> None:
    chat = Chat(
        customer=Customer(id=salon.uid("c"), name=profile, name_is_profile=True, phone="+96550000123")
    )
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, knet")
    assert f"Name: {shown}" in chat.text


@pytest.mark.parametrize("profile", ["🌸🌸", ".", "12345", "A"])
def test_a_profile_without_a_name_is_asked(profile: str) -> None:
    chat = Chat(
        customer=Customer(id=salon.uid("c"), name=profile, name_is_profile=True, phone="+96550000123")
    )
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, knet")
    assert chat.step.state_name == "ask_name"


def test_two_people_of_one_name_at_two_places() -> None:
    people = {
        one.id: one
        for one in (*salon.STAFF, salon.person("Dana", "Zahra", frozenset({salon.uid("Gel Manicure")})))
    }
    chat = Chat(catalog=salon.catalog(staff=people))
    chat.play("""
        > gel manicure with Dana tomorrow at 2pm
        < Dana works at Plaza and Zahra | [Plaza] | [Zahra]
        = ASK_LOCATION
    """)


def test_username_customer_is_asked_for_a_phone() -> None:
    chat = Chat(customer=Customer(id=salon.uid("c"), name="Sara", name_is_profile=True))
    chat.play("""
        > gel manicure at Plaza tomorrow at 2pm with Dana
        < number
        = ASK_PHONE
        > 12
        = ASK_PHONE
        > +965 5000 0123
        < Phone: +96550000123 | [KNET]
        = CONFIRM
    """)


def test_one_location_and_one_payment_type_are_not_asked() -> None:
    full = salon.catalog()
    one = salon.catalog(
        locations={salon.uid("Marina"): full.locations[salon.uid("Marina")]},
        payment_types=(salon.ON_ARRIVAL,),
    )
    chat = Chat(catalog=one)
    chat.play("""
        > gel manicure tomorrow at 2pm
        < name
        <! Who would you like
        > Sara Test
        < Lulu | Payment: On arrival
        = CONFIRM
    """)


def test_business_form_fields_are_asked_and_checked() -> None:
    form = (
        *standard_form(),
        FormField(key="guests", kind=SlotKind.NUMBER, question={"en": "How many guests come along?"}),
        FormField(key="drink", kind=SlotKind.CHOICE, question={"en": "Tea or coffee?"}, choices=("Tea", "Coffee")),
        FormField(key="notes", kind=SlotKind.TEXT, required=False, question={"en": "Anything we should know?"}),
    )  # fmt: skip
    chat = Chat(form=form)
    chat.play("""
        > gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please
        < How many guests
        > a few
        < number
        > 2
        < Tea or coffee | [Tea]
        [Coffee]
        < Anything we should know
        > skip
        = CONFIRM
        < guests: 2 | drink: Coffee
    """)


def test_required_email_is_asked_and_checked() -> None:
    form = tuple(
        field.model_copy(update={"required": True}) if field.kind is SlotKind.EMAIL else field
        for field in standard_form()
    )
    chat = Chat(form=form)
    chat.play("""
        > gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test
        = ASK_EMAIL
        > sara at
        = ASK_EMAIL
        > sara@example.com
        < E-mail: sara@example.com
        = CONFIRM
    """)


def test_location_pin_picks_the_nearest() -> None:
    chat = Chat()
    chat.say("hi")
    text = chat.pin(29.58, 48.01)
    assert "Marina" in text
    assert chat.step.state_name == "ask_services"


def test_daylight_saving_day() -> None:
    """Two o'clock stays two o'clock on the day the clocks change."""
    chat = Chat(
        settings=salon.settings(timezone="America/New_York"),
        now=datetime(2026, 10, 31, 15, 0, tzinfo=UTC),
    )
    chat.play("""
        > gel manicure at Plaza tomorrow at 2pm with Dana
        < Sun 1 Nov, 2:00 PM
    """)


def test_sms_bare_number_confirms() -> None:
    chat = Chat(surface=Surface.SMS)
    chat.play("""
        > gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please
        = CONFIRM
        > 1
        = PLACING
    """)
