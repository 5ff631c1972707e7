"""One gentle suggestion per talk: from the business's own word on what goes together, never after a no."""

from __future__ import annotations

from datetime import time

import pytest

from bot.flows.state import load
from tests.chats import salon
from tests.chats.chat import Chat

TALK = "gel manicure tomorrow at 2 at Plaza with Mira, I'm Sara Test"
WORDS = 'write "add it"'


def key(name: str) -> str:
    return next(one.external_id for one in salon.SERVICES if one.names["en"] == name)


def chat_with(*more: str, languages: tuple[str, ...] = ("en", "ar")) -> Chat:
    goes_with = {key("Gel Manicure"): tuple(key(one) for one in more)}
    return Chat(settings=salon.settings(goes_with=goes_with, languages=languages))


def wished(chat: Chat) -> list[str]:
    return [chat.catalog.services[item.service_id].names["en"] for item in load(chat.state).wish.items]


def test_it_stands_once_in_the_summary_and_add_it_takes_it() -> None:
    chat = chat_with("Nail Art")
    chat.play(f"""
        > {TALK}
        < Nail Art (30 min, 5.000 KWD) | {WORDS} | Total: 12.500 KWD
        = CONFIRM
        > how long does it take?
        <! {WORDS}
        > add it
        < Nail Art with Mira, Sat 21 Nov, 3:00 PM | Total: 2 services, 1 h 30 min, 17.500 KWD
        <! {WORDS}
        = CONFIRM
        [KNET]
        = PLACING
    """)


def test_a_yes_confirms_the_summary_and_not_the_suggestion() -> None:
    chat = chat_with("Nail Art")
    chat.say(TALK)
    chat.tap("KNET")
    (order,) = chat.orders
    assert [line["service_name"] for line in order["lines"]] == ["Gel Manicure"]


@pytest.mark.parametrize("words", ["yes add it", "add that too please", "ok include it"])
def test_ways_to_take_it(words: str) -> None:
    chat = chat_with("Nail Art")
    chat.say(TALK)
    chat.say(words)
    assert wished(chat) == ["Gel Manicure", "Nail Art"]
    assert chat.orders == []


def test_in_arabic() -> None:
    chat = chat_with("Nail Art")
    chat.say("مانيكير جل بكرا الساعة 2 العصر في بلازا مع Mira، اسمي سارة")
    assert "رسم أظافر" in chat.text
    chat.say("ضيفها")
    assert wished(chat) == ["Gel Manicure", "Nail Art"]


def test_nothing_is_suggested_without_the_business_saying_so() -> None:
    chat = Chat()
    chat.say(TALK)
    assert WORDS not in chat.text


def test_never_before_the_own_wish_is_settled() -> None:
    chat = chat_with("Nail Art")
    for line in ("gel manicure", "Plaza", "tomorrow at 2pm"):
        assert "Nail Art" not in chat.say(line)


@pytest.mark.parametrize("no", ["no", "no thanks", "without the pedicure"])
def test_never_after_a_no(no: str) -> None:
    chat = chat_with("Nail Art")
    chat.say("gel manicure and classic pedicure tomorrow at Plaza")
    chat.say(no)
    assert WORDS not in chat.say("at 2 with Mira, I'm Sara Test")
    assert chat.step.state_name == "confirm"


def test_only_what_fits_after_it() -> None:
    chat = chat_with("Nail Art")
    assert chat.diary is not None
    for person in ("Mira", "Dana"):
        chat.diary.take(person, "Plaza", 21, time(15), time(21))
    chat.say(TALK)
    assert WORDS not in chat.text


def test_only_what_the_place_has_and_what_is_not_wished_already() -> None:
    chat = chat_with("Hair Colour", "Gel Manicure", "Classic Pedicure")
    chat.say(TALK)
    assert "Classic Pedicure (45 min, 8.000 KWD)" in chat.text


def test_once_per_talk_even_for_a_second_booking() -> None:
    chat = chat_with("Nail Art")
    chat.say(TALK)
    chat.tap("KNET")
    chat.placed()
    chat.say("book a gel manicure on Sunday at 4pm at Plaza with Mira")
    assert chat.step.state_name == "confirm"
    assert WORDS not in chat.text
