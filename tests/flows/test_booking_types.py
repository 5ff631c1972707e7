"""One business, two ways: consultations are booked here, what follows the business's mode on its own page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.external_booking import ExternalBooking
from bot.flows.contract import EffectKind
from bot.workspace import BookingMode
from tests.chats import salon
from tests.chats.chat import Chat

PAGE = "https://calendly.com/salon"


def mixed() -> Chat:
    """Everything is finished on Calendly, but the gel manicure is a consultation."""
    catalog = salon.catalog()
    services = {
        key: replace(one, booking_type="CONSULTATION") if one.names["en"] == "Gel Manicure" else one
        for key, one in catalog.services.items()
    }
    return Chat(
        catalog=replace(catalog, services=services),
        settings=salon.settings(booking_mode=BookingMode.EXTERNAL, external=ExternalBooking(url=PAGE)),
    )


def test_a_consultation_is_booked_here_though_the_business_books_elsewhere() -> None:
    chat = mixed()
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    assert chat.reply is not None
    (action,) = chat.reply.actions
    assert (action.handling, action.external_url) == ("internal", None)
    assert chat.step.handoff is None
    assert chat.step.intent is not None
    assert chat.step.intent.booking_type == "CONSULTATION"
    chat.say("yes")
    assert [effect.kind for effect in chat.step.effects if effect.kind is EffectKind.PLACE_ORDER]
    assert chat.step.intent is not None
    assert (chat.step.intent.status, chat.step.intent.booking_type) == ("pending", "CONSULTATION")


def test_what_is_finished_elsewhere_is_asked_neither_time_nor_person_nor_payment() -> None:
    chat = mixed()
    text = chat.say("classic manicure at Plaza, I'm Sara Test, knet please")
    assert "on Calendly" in text
    assert chat.step.handoff is not None
    assert chat.step.intent is not None
    assert chat.step.intent.booking_type == "SERVICE_BOOKING"
    assert chat.step.handoff.preferred_time == ""
    assert chat.step.handoff.service == "Classic Manicure"
    assert "Classic Manicure" in text
    assert "Payment:" not in text, "the page takes the money"
    assert chat.reply is not None
    assert chat.reply.card is not None


def test_a_time_that_was_mentioned_is_kept_as_a_preference() -> None:
    chat = mixed()
    text = chat.say("classic manicure tomorrow at 2pm at Plaza, I'm Sara Test")
    assert chat.step.handoff is not None
    assert "2:00" in chat.step.handoff.preferred_time
    assert "2:00" in text


def test_both_together_go_where_one_of_them_must() -> None:
    chat = mixed()
    chat.say("gel manicure and classic manicure at Plaza, I'm Sara Test")
    assert chat.step.handoff is not None
    assert chat.step.intent is not None
    assert chat.step.intent.booking_type == "SERVICE_BOOKING"


EXTERNAL = "classic manicure tomorrow at 2pm at Plaza, I'm Sara Test"


def test_the_link_says_where_it_leads_and_a_question_does_not_repeat_the_whole_summary() -> None:
    chat = mixed()
    chat.say(EXTERNAL)
    assert chat.reply is not None
    assert chat.reply.link is not None
    assert chat.reply.link.label == chat.reply.actions[0].label == "Continue to booking"
    assert "Name: Sara Test" in chat.text
    text = chat.say("do you have parking?")
    assert "Name: Sara Test" not in text
    assert chat.reply.link is not None, "the way on is still there"
    assert "Name: Sara Test" in chat.say("make it 3pm"), "what changed is shown whole"


@pytest.mark.parametrize("line", ["yes", "1", "book it", "ok"])
def test_a_yes_to_the_link_is_told_that_the_page_books(line: str) -> None:
    chat = mixed()
    chat.say(EXTERNAL)
    text = chat.say(line).lower()
    assert "booking page" in text, text
    assert not chat.orders


@pytest.mark.parametrize(
    "line", ["done", "I booked it", "finished, thank you!", "ok done I've booked", "خلصت الحجز", "تم"]
)
def test_whoever_says_that_he_booked_there_is_believed_and_nothing_is_confirmed(line: str) -> None:
    chat = mixed()
    chat.say(EXTERNAL)
    text = chat.say(line)
    assert "Calendly" in text, text
    assert "Nothing is booked" not in text, text
    assert "لسى" not in text
    assert "It's booked" not in text
    assert chat.step.lead is None or chat.step.lead.status != "booked"
    assert chat.reply is not None
    assert chat.reply.link is not None


@pytest.mark.parametrize("line", ["I haven't booked yet", "it's not done", "ما خلصت"])
def test_whoever_says_that_he_did_not_is_not_thanked(line: str) -> None:
    chat = mixed()
    chat.say(EXTERNAL)
    assert "confirms it to you itself" not in chat.say(line)


@pytest.mark.parametrize(
    "line", ["is it booked?", "am I booked now?", "is my booking confirmed?", "هل تم الحجز؟"]
)
def test_whether_it_is_booked_only_the_page_knows(line: str) -> None:
    chat = mixed()
    chat.say(EXTERNAL)
    text = chat.say(line)
    assert "Calendly" in text, text
    assert "It's booked:" not in text


def test_a_room_or_a_table_has_no_minutes() -> None:
    catalog = salon.catalog()
    rooms = {key: replace(one, booking_type="RESERVATION") for key, one in catalog.services.items()}
    chat = Chat(catalog=replace(catalog, services=rooms))
    chat.say("what can I book at Plaza?")
    chat.say("manicure")
    assert chat.reply is not None
    assert chat.reply.choices
    assert all(one.description and "min" not in one.description for one in chat.reply.choices)
