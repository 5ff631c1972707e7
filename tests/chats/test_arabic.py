"""A talk in Arabic, and a customer who switches."""

from __future__ import annotations

from tests.chats import salon
from tests.chats.chat import Chat


def test_books_in_arabic() -> None:
    chat = Chat(settings=salon.settings(languages=("en", "ar")))
    chat.play("""
        > السلام عليكم
        < [بلازا] | [الزهراء]
        [بلازا]
        > مانيكير جل بكرا الساعة 2 العصر
        < Dana | [أي أحد]
        [أي أحد]
        > سارة
        < تدفع | المجموع: 12.500 KWD | [كي نت] | [عند الوصول]
        > نعم
        < تدفع
        = CONFIRM
        [كي نت]
        = PLACING
        ! placed
        < 1017
    """)
    assert chat.step.language == "ar"
    assert chat.orders[0]["lines"][0]["service_name"] == "Gel Manicure", (
        "the order keeps the catalog's own name"
    )


def test_switches_with_the_customer() -> None:
    chat = Chat(settings=salon.settings(languages=("en", "ar")))
    chat.say("hi")
    assert chat.step.language == "en"
    chat.say("ابي مانيكير جل في بلازا بكرا")
    assert chat.step.language == "ar"
    chat.say("tomorrow at 4pm please with Dana")
    assert chat.step.language == "en"


def test_a_business_without_arabic_answers_in_english() -> None:
    chat = Chat()
    chat.say("السلام عليكم")
    assert chat.step.language == "en"
    assert "Nail Salon" in chat.text
