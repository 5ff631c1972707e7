"""The talk that the whole installation is measured by, as the pure step sees it."""

from __future__ import annotations

from datetime import time

from bot.flows.contract import Customer, EffectKind
from tests.chats import salon
from tests.chats.chat import Chat

LINES = (
    "Hi",
    "I want a gel manicure at Plaza tomorrow at 2pm",
    "anyone",
    "Sara Test",
    "sara@example.com",
    "pay on arrival",
    "yes",
)


def check_order(chat: Chat) -> None:
    (order,) = chat.orders
    (line,) = order["lines"]
    assert order["customer_name"] == "Sara Test"
    assert order["customer_phone"] == "+96550000123"
    assert order["customer_email"] == "sara@example.com"
    assert order["location_external_id"] == "1"
    assert order["payment_type_external_id"] == "1"
    assert line["service_name"] == "Gel Manicure"
    assert line["starts_at"] == "2026-11-21T11:00:00Z"
    assert line["minutes"] == 60
    assert line["frame_external_ids"] == ["211400", "211430"]
    assert line["price_minor"] == 12_500


def test_books_by_text() -> None:
    chat = Chat()
    for line in LINES[:-1]:
        chat.say(line)
    check_order(chat)
    assert chat.reply is None, "the order's answer is the reply"
    assert chat.step.progress is not None
    assert chat.step.state_name == "placing"
    text = chat.placed(url="https://pay.example.com/knet?orderId=1017")
    assert "1017" in text
    assert "K7PX2M" in text
    assert "12.500 KWD" in text
    assert [effect.kind for effect in chat.step.effects] == [EffectKind.POLL_PAYMENT]


def test_profile_name_is_changed_by_a_name() -> None:
    chat = Chat(
        customer=Customer(id=salon.uid("c"), name="~ Sara 🌸", name_is_profile=True, phone="+96550000123")
    )
    for line in LINES:
        chat.say(line)
    check_order(chat)


def test_only_one_person_free() -> None:
    chat = Chat()
    assert chat.diary is not None
    chat.diary.take("Dana", "Plaza", 21, time(14), time(15))
    chat.say(LINES[0])
    assert "Mira" in chat.say(LINES[1])
    for line in LINES[2:]:
        chat.say(line)
    check_order(chat)


def test_taken_time_gets_the_next_free_ones() -> None:
    chat = Chat()
    assert chat.diary is not None
    for name in ("Dana", "Mira"):
        chat.diary.take(name, "Plaza", 21, time(14), time(15))
    chat.say(LINES[0])
    text = chat.say(LINES[1])
    assert "2:00 PM" in text
    assert [c.title for c in chat.shown] == [
        "Sat 21 Nov, 1:00 PM",
        "Sat 21 Nov, 3:00 PM",
        "Sat 21 Nov, 12:30 PM",
    ]
    chat.say("anyone")
    chat.tap("Sat 21 Nov, 3:00 PM")
    for line in ("Sara Test", "sara@example.com", "pay on arrival"):
        chat.say(line)
    (order,) = chat.orders
    assert order["lines"][0]["starts_at"] == "2026-11-21T12:00:00Z"
