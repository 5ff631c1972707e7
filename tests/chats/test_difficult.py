"""Talks with customers who don't make it easy, each on every channel; and that there are enough talks at all."""

from __future__ import annotations

import pytest

from bot.flows.contract import Customer
from bot.messages import Surface
from tests.chats import (
    difficult_ar,
    difficult_en,
    salon,
    test_booking_talks,
    test_care,
    test_changes,
    test_messy,
)
from tests.chats.chat import Chat

SARA = Customer(id=salon.uid("c"), name="Sara", name_is_profile=True, phone="+96550000123")
ENGLISH, ARABIC = difficult_en.TALKS, difficult_ar.TALKS


def play(script: str, surface: Surface) -> None:
    Chat(customer=SARA, surface=surface, settings=salon.settings(languages=("en", "ar"))).play(script)


@pytest.mark.parametrize("surface", list(Surface))
@pytest.mark.parametrize("name", ENGLISH)
def test_english(name: str, surface: Surface) -> None:
    play(ENGLISH[name], surface)


@pytest.mark.parametrize("surface", list(Surface))
@pytest.mark.parametrize("name", ARABIC)
def test_arabic(name: str, surface: Surface) -> None:
    play(ARABIC[name], surface)


def test_there_are_enough_talks() -> None:
    english = [test_booking_talks.TALKS, test_changes.TALKS, test_care.TALKS, test_messy.ENGLISH, ENGLISH]
    assert sum(map(len, english)) >= 60
    assert len(test_messy.ARABIC) + len(ARABIC) >= 30
