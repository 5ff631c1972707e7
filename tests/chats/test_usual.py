"""Chats with customers who come again: the usual is offered once, and taken at a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.flows.history import KnownBooking
from bot.flows.state import load
from tests.chats import salon
from tests.chats.chat import Chat


def came_before(**more: object) -> Chat:
    """Sara had a gel manicure with Dana at Plaza three weeks ago."""
    earlier = Chat()
    earlier.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, sara@example.com, knet please")
    earlier.say("yes")
    earlier.placed()
    (booking,) = earlier.records.bookings.values()
    ago = timedelta(weeks=3)
    visit: KnownBooking = replace(
        booking,
        status="completed",
        starts_at=booking.starts_at - ago,
        ends_at=booking.ends_at - ago,
        **more,  # type: ignore[arg-type]
    )
    settings = salon.settings().model_copy(update={"languages": ("en", "ar")})
    chat = Chat(customer=earlier.customer, settings=settings)
    chat.records.last_visit = visit
    return chat


def test_a_greeting_offers_it_once() -> None:
    came_before().play("""
        > hi
        < The usual, Gel Manicure with Dana, Plaza | [The usual] | [Plaza]
        > no, something else
        <! usual
        = ASK_LOCATION
        > hello
        <! usual
    """)


def test_a_yes_takes_all_of_it_and_asks_the_time_only() -> None:
    chat = came_before()
    chat.play("""
        > I'd like to book
        < usual
        > yes please
        < Gel Manicure | Plaza | with Dana
        = ASK_TIME
        > tomorrow at 3pm
        < Gel Manicure with Dana, Sat 21 Nov, 3:00 PM | Sara Test | +96550000123 | sara@example.com
        = CONFIRM
    """)
    assert load(chat.state).wish.name is None, "known from the customer's row, not asked"


def test_a_tap_takes_it() -> None:
    came_before().play("""
        > hi
        [The usual]
        < with Dana
        <! available any more
        = ASK_TIME
    """)


def test_it_can_be_named_with_a_time() -> None:
    came_before().play("""
        > same as last time, tomorrow at 4pm
        < Gel Manicure with Dana, Sat 21 Nov, 4:00 PM
        = CONFIRM
    """)


def test_it_can_be_changed_like_any_wish() -> None:
    came_before().play("""
        > the usual tomorrow at 4pm
        = CONFIRM
        > with Mira instead
        < Gel Manicure with Mira, Sat 21 Nov, 4:00 PM
        = CONFIRM
    """)


def test_who_left_is_said_and_not_offered() -> None:
    chat = came_before()
    visit = chat.records.last_visit
    assert visit is not None
    items = tuple(replace(one, staff_id=salon.uid("Layla"), staff_name="Layla") for one in visit.items)
    chat.records.last_visit = replace(visit, items=items)
    chat.play("""
        > hi
        < The usual, Gel Manicure, Plaza
        <! Layla
        > the usual
        < Layla | Gel Manicure
        <! with Layla
        = ASK_TIME
    """)


def test_what_is_no_longer_offered_is_not_the_usual() -> None:
    chat = came_before()
    visit = chat.records.last_visit
    assert visit is not None
    gone = tuple(replace(one, service_id=salon.uid("Henna"), service_name="Henna") for one in visit.items)
    chat.records.last_visit = replace(visit, items=gone)
    chat.play("""
        > hi
        <! usual
        > the usual
        <! Henna
        = ASK_LOCATION
    """)


def test_who_has_something_booked_already_is_not_asked() -> None:
    chat = came_before()
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, knet please")
    chat.say("yes")
    chat.placed()
    chat.say("I'd like to book again")
    assert "usual" not in chat.text.lower()


def test_who_names_a_wish_is_not_interrupted() -> None:
    came_before().play("""
        > hi, a blow dry at Zahra please
        <! usual
        = ASK_TIME
    """)


def test_a_new_customer_has_no_usual() -> None:
    Chat().play("""
        > the usual please
        < usual | [Plaza]
        = ASK_LOCATION
    """)


def test_arabic() -> None:
    came_before().play("""
        > هلا
        < المعتاد | [المعتاد]
        > ايه
        < مانيكير جل
        = ASK_TIME
        > بكرا الساعة ٣ العصر
        = CONFIRM
    """)
