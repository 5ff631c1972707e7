"""Corrections, going back, old menus, stale confirmations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.chats import salon
from tests.chats.chat import Chat

SUMMARY = """
    > gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please
    = CONFIRM
"""

TALKS = {
    "another day keeps the time": """
        > actually Sunday
        < Sun 22 Nov, 2:00 PM
        = CONFIRM
        """,
    "a yes with a change is a change": """
        > yes but 5 pm
        < 5:00 PM | Total
        = CONFIRM
        """,
    "another place checks what depends on it": """
        > not Plaza, Zahra
        < Zahra | Dana
        <! Total
        """,
    "add a service": """
        > add a classic pedicure
        < Classic Pedicure | 20.500 KWD
        = CONFIRM
        """,
    "add and take out again": """
        > add a classic pedicure
        > without the pedicure
        < 12.500 KWD
        <! 20.500
        = CONFIRM
        """,
    "change the name": """
        > change the name
        < instead of Sara Test
        = ASK_NAME
        > Omar Test
        < Name: Omar Test
        = CONFIRM
        """,
    "change the name in one line": """
        > change the name to Omar Test
        < Name: Omar Test
        = CONFIRM
        """,
    "change the time": """
        > change the time
        < [10:30 AM]
        = ASK_TIME
        [11:00 AM]
        < 11:00 AM | Total
        = CONFIRM
        """,
    "change the day": """
        > change the day
        < 2:00 PM | [Sun 22 Nov]
        = ASK_DAY
        """,
    "change says what can be changed": """
        [Change]
        < [Time] | [Services] | [Payment]
        = ASK_CHANGE
        [Payment]
        < [On arrival] | [KNET]
        = CONFIRM
        [On arrival]
        = PLACING
        """,
    "no asks what to change": """
        > no
        = ASK_CHANGE
        [Place]
        = ASK_LOCATION
        [Marina]
        < Marina
        """,
    "another service by the change menu replaces": """
        [Change]
        [Services]
        = ASK_SERVICES
        [Nails]
        [Gel Pedicure]
        < Gel Pedicure | 14.000 KWD
        <! Gel Manicure with
        = CONFIRM
        """,
    "an e-mail is added at the summary": """
        > sara@example.com
        < E-mail: sara@example.com
        = CONFIRM
        """,
    "back opens the last answer": """
        > back
        < [On arrival] | [KNET]
        = CONFIRM
        """,
    "start over keeps who the customer is": """
        > start over
        = ASK_LOCATION
        > gel manicure tomorrow at 2 at Plaza with Dana, knet
        < Name: Sara Test
        = CONFIRM
        """,
    "cancel drops the wish": """
        > cancel
        < nothing is booked
        = IDLE
        > thanks
        <! place
        = IDLE
        """,
    "a side question is answered, the summary comes back": """
        > how long does it take?
        < 60 minutes | Total
        = CONFIRM
        > yes
        = PLACING
        """,
    "anyone, once a person was named": """
        > anyone is fine
        < Dana
        = CONFIRM
        """,
}


@pytest.mark.parametrize("name", TALKS)
def test_talk(name: str) -> None:
    chat = Chat()
    chat.play(SUMMARY)
    chat.play(TALKS[name])


def test_cancel_abandons_the_intent_and_the_next_wish_has_its_own() -> None:
    chat = Chat()
    chat.play(SUMMARY)
    first = chat.step.intent
    chat.say("cancel")
    dropped = chat.step.intent
    chat.say("classic manicure at Zahra tomorrow")
    second = chat.step.intent
    assert first is not None
    assert dropped is not None
    assert second is not None
    assert (dropped.id, dropped.status) == (first.id, "abandoned")
    assert (second.status, second.id == first.id) == ("intent", False)


def test_a_tap_on_an_old_list_is_a_change() -> None:
    chat = Chat()
    chat.say("hi")
    old = chat.shown[1]
    chat.tap("Plaza")
    text = chat.tap_id(old.id, old.title)
    assert "earlier" in text
    assert "Zahra" in text
    assert chat.step.state_name == "ask_services"


def test_an_old_book_now_never_confirms() -> None:
    chat = Chat()
    chat.play(SUMMARY)
    old = chat.shown[0]
    chat.say("actually 5 pm")
    text = chat.tap_id(old.id, old.title)
    assert chat.orders == []
    assert "5:00 PM" in text
    assert "othing is booked" in text or "othing is booked yet" in text
    chat.tap("Book now")
    assert len(chat.orders) == 1


def test_a_typed_yes_of_an_old_turn_never_confirms() -> None:
    chat = Chat()
    chat.play(SUMMARY)
    chat.tap_id("yes@99", "Yes")
    assert chat.orders == []
    assert chat.step.state_name == "confirm"


def test_a_choice_that_is_gone() -> None:
    chat = Chat()
    chat.say("hi")
    text = chat.tap_id(f"svc:{salon.uid('retired service')}@1", "Retired")
    assert "available" in text or "can't offer" in text


def test_an_unknown_id_is_read_by_its_title() -> None:
    chat = Chat()
    chat.say("hi")
    assert "Plaza" in chat.tap_id("promo-button-7", "Plaza")


def test_a_new_price_before_the_yes_is_shown_first() -> None:
    chat = Chat()
    chat.play(SUMMARY)
    dear = {
        key: replace(one, price_minor=one.price_minor + 1_000) for key, one in chat.catalog.services.items()
    }
    chat.catalog = replace(chat.catalog, services=dear, version=2)
    text = chat.say("yes")
    assert chat.orders == []
    assert "13.500 KWD" in text
    chat.say("yes")
    assert chat.orders[0]["lines"][0]["price_minor"] == 13_500


def test_a_time_taken_before_the_yes_is_said() -> None:
    chat = Chat()
    chat.play(SUMMARY)
    assert chat.diary is not None
    chat.diary.taken.add((salon.uid("Dana@Plaza"), chat.step.intent.starts_at))  # type: ignore[union-attr,arg-type]
    text = chat.say("yes")
    assert chat.orders == []
    assert "2:00 PM" in text
    assert len(chat.shown) == 3
    chat.tap(chat.shown[0].title)
    assert chat.step.state_name == "confirm"


def test_the_order_names_the_frames_of_today() -> None:
    chat = Chat()
    chat.play(SUMMARY)
    diary = chat.diary
    assert diary is not None
    old = diary.free
    diary.free = lambda query: [replace(f, external_id=f"new{f.external_id}") for f in old(query)]  # type: ignore[method-assign]
    chat.say("yes")
    assert chat.orders[0]["lines"][0]["frame_external_ids"] == ["new211400", "new211430"]


def test_a_service_that_vanished_from_the_catalog_is_asked_again() -> None:
    chat = Chat()
    chat.play(SUMMARY)
    left = {key: one for key, one in chat.catalog.services.items() if one.id != salon.uid("Gel Manicure")}
    chat.catalog = replace(chat.catalog, services=left, version=2)
    chat.say("yes")
    assert chat.orders == []
    assert chat.step.state_name == "ask_services"


def test_services_that_no_place_does_together_end_at_the_place_the_customer_chooses() -> None:
    chat = Chat()
    chat.play("""
        > nail art and hair colour tomorrow at 2pm
        < Nail Art is at Plaza and Hair Colour is at Zahra or Marina | [Zahra] | [Plaza]
        [Zahra]
        < Zahra | without Nail Art
        <! [Zahra]
    """)
    chat = Chat()
    chat.play("""
        > nail art at Plaza tomorrow at 2pm
        > add hair colour
        < Hair Colour isn't offered at Plaza | [Zahra] | [Plaza]
        [Plaza]
        < without Hair Colour
    """)
