"""What people also write: both of two, a receipt, an offer, an allergy, money gone wrong, all of himself in a line."""

from __future__ import annotations

import pytest

from bot.flows.contract import Customer
from bot.messages import Surface
from bot.workspace import Safety
from tests.chats import salon
from tests.chats.chat import Chat


def arabic() -> Chat:
    chat = Chat()
    chat.say("السلام عليكم")
    return chat


@pytest.mark.parametrize("line", ["ابي الاثنين", "الاثنين", "الثنتين لو سمحت", "both"])
def test_both_of_two_services_are_both(line: str) -> None:
    chat = arabic()
    chat.say("مانيكير في بلازا")
    assert len(chat.reply.choices) == 2, chat.text  # type: ignore[union-attr]
    chat.say(line)
    wish = chat.step.state["wish"]
    assert len(wish["items"]) == 2, chat.text
    assert "day" not in wish


def test_the_same_word_is_monday_where_a_day_is_asked_for() -> None:
    chat = arabic()
    chat.say("مانيكير جل في بلازا")
    chat.say("ابي الاثنين")
    assert chat.step.state["wish"]["day"] == "2026-11-23", chat.text


@pytest.mark.parametrize(
    "line",
    [
        "do you have offers?", "any discounts?", "can I get a receipt", "I need an invoice please", "عندكم عروض؟",
        "ممكن فاتورة؟",
    ],
)  # fmt: skip
def test_what_only_the_team_knows_is_said_so_with_a_way_to_them(line: str) -> None:
    chat = Chat()
    text = chat.say(line)
    assert "don't offer" not in text
    assert "ما عندنا" not in text, text
    assert any("human" in choice.id for choice in chat.reply.choices), text  # type: ignore[union-attr]


def test_an_allergy_is_no_wish_and_gets_no_advice() -> None:
    note = "That's for your doctor. Tell the team before you come."
    chat = Chat(settings=salon.settings(safety=Safety(no_medical_advice={"en": note})))
    text = chat.say("I'm allergic to acetone, is gel ok?")
    assert note in text
    assert not chat.step.state.get("wish", {}).get("items"), text
    plain = Chat()
    text = plain.say("I'm allergic to acetone, is gel ok?")
    assert not plain.step.state.get("wish", {}).get("items"), text
    assert any("human" in choice.id for choice in plain.reply.choices), text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "line",
    [
        "I paid but it says failed", "my card was declined", "I was charged twice", "payment failed",
        "دفعت بس طلع فشل", "انخصم المبلغ مرتين",
    ],
)  # fmt: skip
def test_money_that_went_wrong_is_a_person_s_affair(line: str) -> None:
    chat = Chat()
    chat.say(line)
    assert chat.step.conversation_status == "human", chat.text


@pytest.mark.parametrize(
    "line", ["can I pay by card?", "do you charge for parking?", "I'll pay with my card"]
)
def test_how_to_pay_is_not(line: str) -> None:
    chat = Chat()
    chat.say(line)
    assert chat.step.conversation_status is None, chat.text


@pytest.mark.parametrize(
    "line",
    [
        "Nora Test, nora@example.com, +96550000321",
        "It's Nora Test, +96550000321, nora@example.com",
        "nora test +96550000321 nora@example.com",
    ],
)
def test_all_of_himself_in_a_line(line: str) -> None:
    chat = Chat(customer=Customer(id=salon.uid("customer"), phone=None))
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana")
    chat.say(line)
    wish = chat.step.state["wish"]
    assert (wish["name"].lower(), wish["phone"], wish["email"]) == (
        "nora test",
        "+96550000321",
        "nora@example.com",
    )


def test_a_code_and_another_time_in_one_line_is_a_move() -> None:
    chat = Chat()
    text = chat.say("my code is K7PX2M, can I come Thursday at 2 instead?")
    assert "e-mail" in text or "phone" in text, text
    assert chat.step.state_name == "ask_proof"


@pytest.mark.parametrize("surface", list(Surface))
def test_the_confirming_line_is_the_summary_on_every_channel(surface: Surface) -> None:
    """There is no further text message: what was booked stands in the chat where it was booked."""
    chat = Chat(surface=surface)
    chat.play("""
        > gel manicure at Plaza tomorrow 2pm with Dana, I'm Sara Test, on arrival
        > yes
        ! placed
        < Gel Manicure | Dana | Sat 21 Nov, 2:00 PM | Plaza | Sara Test | code
    """)
