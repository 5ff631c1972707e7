"""Visits of several services: shared by several people, explained, and offered again when they can't be."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from tests.chats import salon
from tests.chats.chat import Chat


def test_an_asked_person_who_can_do_a_part_only_then_says_who_does_the_rest() -> None:
    chat = Chat()
    assert chat.diary is not None
    chat.diary.take("Dana", "Plaza", 21, time(15), time(16))
    text = chat.say("gel manicure and gel pedicure at Plaza tomorrow at 2pm with Dana")
    assert "Dana isn't free on Sat 21 Nov, 2:00 PM" in text
    assert "Dana is free for Gel Manicure at 2:00 PM; Gel Pedicure would be with Mira" in text
    assert "Dana's next free time is 4:00 PM" in text
    times = [choice.title for choice in chat.shown]
    assert "Sat 21 Nov, 2:00 PM" in times, "the shared visit is a choice"
    assert "Sat 21 Nov, 4:00 PM" in times
    chat.tap("Sat 21 Nov, 2:00 PM")
    text = chat.say("Sara Test")
    assert "Gel Manicure with Dana, Sat 21 Nov, 2:00 PM (60 min)" in text
    assert "Gel Pedicure with Mira, Sat 21 Nov, 3:00 PM (60 min)" in text
    chat.say("pay on arrival")
    (order,) = chat.orders
    assert [line["staff_external_id"] for line in order["lines"]] == ["dana", "mira"]


def test_a_time_that_fits_only_with_two_people_is_said() -> None:
    chat = Chat()
    assert chat.diary is not None
    chat.diary.take("Dana", "Plaza", 21, time(15), time(16))
    chat.diary.take("Mira", "Plaza", 21, time(14), time(15))
    text = chat.say("gel manicure and gel pedicure at Plaza tomorrow at 2pm")
    assert "different people" in text or "two people" in text
    assert "Dana for Gel Manicure at 2:00 PM and Mira for Gel Pedicure at 3:00 PM" in text
    assert "isn't free" not in text
    chat.tap("Sat 21 Nov, 2:00 PM")
    assert chat.step.state_name == "ask_name"


def test_each_persons_part_is_told_where_there_is_a_choice() -> None:
    chat = Chat()
    text = chat.say("gel manicure and hair mask at Plaza tomorrow at 2pm")
    assert "Dana is free for Gel Manicure at 2:00 PM; Hair Mask would be with Mira" in text
    chat.tap("Dana")
    assert chat.step.state_name == "ask_name"


def test_a_full_day_gets_other_days() -> None:
    chat = Chat()
    assert chat.diary is not None
    for name in ("Dana", "Mira"):
        chat.diary.take(name, "Plaza", 21, time(10, 30), time(21))
    text = chat.say("gel manicure and gel pedicure at Plaza tomorrow at 2pm")
    assert "Sat 21 Nov, 2:00 PM" in text
    assert [choice.title for choice in chat.shown] == [
        "Sun 22 Nov, 2:00 PM",
        "Fri 20 Nov, 2:00 PM",
        "Mon 23 Nov, 2:00 PM",
    ]


def test_extra_minutes_are_shown() -> None:
    plain = salon.catalog()
    slow = {
        one.id: replace(one, extra_minutes=15) if one.names["en"] == "Dana" else one
        for one in plain.staff.values()
    }
    chat = Chat(catalog=salon.catalog(staff=slow))
    chat.say("gel manicure and classic manicure at Plaza tomorrow at 2pm with Dana")
    text = chat.say("Sara Test")
    assert "Gel Manicure with Dana, Sat 21 Nov, 2:00 PM (75 min)" in text
    assert "Classic Manicure with Dana, Sat 21 Nov, 3:30 PM (45 min)" in text
