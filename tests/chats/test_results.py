"""What the outside answers, in time and late, and the talk after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flows.contract import CustomerMessage, EffectAnswer, EffectKind, Outcome
from bot.flows.state import load
from tests.chats import salon
from tests.chats.chat import Chat

ORDERED = """
    > gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please
    > yes
    = PLACING
"""
URL = "https://pay.example.com/1017"


def ordered() -> Chat:
    chat = Chat()
    chat.play(ORDERED)
    assert len(chat.orders) == 1
    return chat


def test_placed_and_paid() -> None:
    chat = ordered()
    assert chat.step.lead is None or chat.step.lead.status == "qualified"
    text = chat.placed(url=URL)
    assert "1017" in text
    assert chat.reply is not None
    assert chat.reply.link is not None
    assert chat.reply.link.url == URL
    (poll,) = chat.step.effects
    assert (poll.kind, poll.request) == (EffectKind.POLL_PAYMENT, {"order_id": "1017"})
    assert chat.step.lead is not None
    assert chat.step.lead.status == "booked"
    assert chat.step.intent is not None
    assert chat.step.intent.status == "confirmed"
    text = chat.answer(Outcome.PAYMENT_PAID, amount_minor=12_500, order_id="1017")
    assert "12.500 KWD" in text
    assert "Gel Manicure with Dana, Sat 21 Nov, 2:00 PM" in text


def test_slot_taken_keeps_everything_and_offers_three() -> None:
    chat = ordered()
    text = chat.answer(Outcome.ORDER_SLOT_TAKEN)
    assert "2:00 PM" in text
    assert "othing is booked" in text
    assert len(chat.shown) == 3
    assert all("2:00 PM" not in choice.title for choice in chat.shown), (
        "the refused time with the same person"
    )
    chat.tap(chat.shown[0].title)
    assert chat.step.state_name == "confirm"
    assert "Sara Test" in chat.text
    assert "KNET" in chat.text
    chat.tap("Book now")
    assert len(chat.orders) == 2


def test_price_changed_asks_again_with_the_new_price() -> None:
    chat = ordered()
    text = chat.answer(Outcome.ORDER_PRICE_CHANGED, prices_minor=[13_000])
    assert "13.000 KWD" in text
    assert "12.500 KWD" in text
    assert chat.step.state_name == "confirm"
    chat.say("yes")
    assert chat.orders[1]["lines"][0]["price_minor"] == 13_000


def test_unavailable_keeps_the_request() -> None:
    chat = ordered()
    text = chat.answer(Outcome.ORDER_UNAVAILABLE)
    assert "kept" in text
    assert "will confirm" in text
    assert chat.step.intent is not None
    assert chat.step.intent.status == "needs_operator"
    chat.play("""
        = KEPT
        > yes
        < Nail Salon | Sat 21 Nov, 2:00 PM
        <! booked for you
        = KEPT
    """)
    assert len(chat.orders) == 1


def test_unknown_tells_that_the_business_will_say() -> None:
    chat = ordered()
    text = chat.answer(Outcome.ORDER_UNKNOWN)
    assert "Nail Salon" in text
    assert "confirm" in text
    assert chat.step.state_name == "kept"


def test_refused_offers_a_change_or_a_person() -> None:
    chat = ordered()
    chat.answer(Outcome.ORDER_REFUSED, code="102", detail="no such customer")
    chat.play("""
        < nothing is booked | [Change] | [Talk to us]
        = ASK_CHANGE
        > change the time
        = ASK_TIME
    """)


def test_payment_expired_can_be_booked_again() -> None:
    chat = ordered()
    chat.placed(url=URL)
    chat.answer(Outcome.PAYMENT_EXPIRED)
    chat.play("""
        < 1017 | [Book again] | [Talk to us]
        [Book again]
        < Gel Manicure | [
        = ASK_TIME
    """)


def test_expired_after_paid_is_not_said() -> None:
    chat = ordered()
    chat.placed(url=URL)
    chat.answer(Outcome.PAYMENT_PAID, amount_minor=12_500)
    chat.answer(Outcome.PAYMENT_EXPIRED)
    assert chat.reply is None


def test_a_second_yes_never_orders_again() -> None:
    chat = ordered()
    book = next(c.id for reply in chat.replies for c in reply.choices if c.id.startswith("finalize:"))
    chat.play("""
        > yes
        <! confirmed
        = PLACING
    """)
    chat.tap_id(book, "Book now")
    chat.placed()
    chat.play("""
        > yes
        < Gel Manicure with Dana, Sat 21 Nov, 2:00 PM, Plaza (#1017)
        = BOOKED
    """)
    chat.tap_id(book, "Book now")
    assert len(chat.orders) == 1


def test_two_taps_in_one_turn_order_once() -> None:
    chat = Chat()
    chat.play("> gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    chat.say("yes", "yes")
    assert len(chat.orders) == 1


def test_after_the_booking() -> None:
    chat = ordered()
    chat.placed()
    chat.play("""
        > what time is my booking?
        < Sat 21 Nov, 2:00 PM | K7PX2M
        > thanks!
        <! place
        = BOOKED
        > thank you
        = BOOKED
        > how much is a blow dry?
        < 7.000 KWD
        = BOOKED
        > cancel my booking
        < Sat 21 Nov, 2:00 PM | [Yes, cancel it]
        = CONFIRM_CANCEL
        [Keep it]
        < Gel Manicure with Dana
        = BOOKED
        > I'd like another booking, classic manicure at Zahra tomorrow 4pm with Hala
        < Hala | pay
        = CONFIRM
        < Name: Sara Test
        > yes
        = CONFIRM
        [KNET]
        = PLACING
    """)
    assert len(chat.orders) == 2


def test_another_booking_begins_with_a_question() -> None:
    chat = ordered()
    chat.placed()
    chat.play("""
        > I want to book again
        < [Plaza] | [Zahra]
        = ASK_LOCATION
        > on Sunday
        < Sun 22 Nov | [Plaza]
        = ASK_LOCATION
    """)


def test_a_late_result_does_not_disturb_a_new_talk() -> None:
    chat = ordered()
    first = chat.booking_id()
    chat.play("""
        > book a classic manicure at Zahra tomorrow 4pm with Hala
        = CONFIRM
    """)
    chat.answer(Outcome.ORDER_PLACED, first, order_id="1017", confirmation_code="K7PX2M")
    chat.play("""
        < 1017 | Gel Manicure with Dana | Classic Manicure · Zahra · Sat 21 Nov, 4:00 PM · with Hala
        = CONFIRM
    """)


def test_a_late_slot_taken_tells_the_truth() -> None:
    chat = ordered()
    first = chat.booking_id()
    chat.say("book a classic manicure at Zahra tomorrow 4pm with Hala")
    chat.answer(Outcome.ORDER_SLOT_TAKEN, first)
    chat.play("""
        < Gel Manicure | Nothing is booked
        = CONFIRM
    """)
    assert chat.step.intent is not None
    assert chat.step.intent.status == "abandoned"


def test_a_result_and_a_line_in_one_turn() -> None:
    chat = ordered()
    answer = EffectAnswer(
        Outcome.ORDER_PLACED, chat.booking_id(), {"order_id": "1017", "confirmation_code": "K7PX2M"}
    )
    message = chat.inbound("and also book a classic manicure at Zahra tomorrow 4pm with Hala")
    assert isinstance(message, CustomerMessage)
    chat.send(answer, message)
    assert "1017" in chat.text
    assert chat.step.state_name == "confirm"


def test_a_result_of_a_forgotten_order() -> None:
    chat = ordered()
    booking = chat.booking_id()
    chat.state = {"version": 99, "something": "else"}
    text = chat.answer(
        Outcome.ORDER_PLACED, booking, order_id="1017", confirmation_code="K7PX2M", payment_url=URL
    )
    assert "1017" in text
    assert URL in text
    assert [effect.kind for effect in chat.step.effects] == [EffectKind.POLL_PAYMENT]


def test_facts_survive_an_unknown_state() -> None:
    chat = Chat()
    chat.say("gel manicure at Plaza tomorrow at 2pm with Dana")
    assert chat.state is not None
    chat.state = {**chat.state, "version": 0, "name": "step_7", "offered": 3}
    chat.say("I'm Sara Test")
    assert chat.step.state_name == "confirm"
    assert "Gel Manicure" in chat.text


@pytest.mark.parametrize("outcome", ["order_slot_taken", "order_price_changed", "order_refused"])
def test_a_service_that_is_gone_when_its_order_comes_back(outcome: str) -> None:
    """The catalog changed while the order was under way: the rest of the wish is kept, what is gone is said."""
    chat = Chat()
    chat.say("gel manicure and classic pedicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    chat.say("yes")
    gone = salon.uid("Classic Pedicure")
    rest = {key: one for key, one in chat.catalog.services.items() if key != gone}
    chat.catalog = replace(chat.catalog, services=rest, version=2)
    chat.answer(Outcome(outcome), prices_minor=[13_000, 8_500])
    assert "Classic Pedicure" in chat.text
    assert [item.service_id for item in load(chat.state).wish.items] == [salon.uid("Gel Manicure")]


def test_a_long_order_id_is_for_machines() -> None:
    chat = ordered()
    text = chat.answer(Outcome.ORDER_PLACED, order_id="66b000000000000000000002", confirmation_code="K7PX2M")
    assert "66b0" not in text
    assert "K7PX2M" in text
    assert "K7PX2M" in chat.say("yes")
