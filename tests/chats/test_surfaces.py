"""The talks of the other files on SMS and on the web, too: what is booked and said doesn't depend on the channel."""

from __future__ import annotations

import pytest

from bot.messages import Surface
from tests.chats import salon, test_booking_talks, test_changes, test_messy
from tests.chats.chat import Chat

ROWS_BY_NUMBER = {
    "a bare hour is a time of the list",
    "an hour after a preposition, too, even on a later page",
}
"""On SMS the rows bear numbers: there a bare 7 is the seventh row, and so these go another way."""
UNSUBSCRIBES = {"cancel drops the wish"}
"""A bare CANCEL is an opt-out on SMS, by the carriers' rules."""
ELSEWHERE = [Surface.SMS, Surface.WEB]


@pytest.mark.parametrize("surface", ELSEWHERE)
@pytest.mark.parametrize("name", test_booking_talks.TALKS)
def test_bookings(name: str, surface: Surface) -> None:
    Chat(surface=surface).play(test_booking_talks.TALKS[name])


@pytest.mark.parametrize("surface", ELSEWHERE)
@pytest.mark.parametrize("name", test_changes.TALKS)
def test_changes_of_mind(name: str, surface: Surface) -> None:
    if surface is Surface.SMS and name in UNSUBSCRIBES:
        return
    Chat(surface=surface).play(test_changes.SUMMARY + test_changes.TALKS[name])


@pytest.mark.parametrize("surface", ELSEWHERE)
@pytest.mark.parametrize("name", sorted({*test_messy.ENGLISH, *test_messy.ARABIC}))
def test_messy_ones(name: str, surface: Surface) -> None:
    if surface is Surface.SMS and name in ROWS_BY_NUMBER:
        return
    script = {**test_messy.ENGLISH, **test_messy.ARABIC}[name]
    Chat(surface=surface, customer=test_messy.SARA, settings=salon.settings(languages=("en", "ar"))).play(
        script
    )
