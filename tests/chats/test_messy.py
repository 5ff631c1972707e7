"""Talks as people really lead them: changed minds, questions in a row, two people, wrong branches, past dates."""

from __future__ import annotations

from datetime import time
from itertools import pairwise

import pytest

from bot.flows.contract import Customer
from bot.flows.state import load
from bot.messages import Surface
from tests.chats import salon
from tests.chats.chat import Chat

SARA = Customer(id=salon.uid("c"), name="Sara", name_is_profile=True, phone="+96550000123")

ENGLISH = {
    "four messages and less": """
        > gel manicure tomorrow at 2 at plaza
        < [Dana] | [Mira] | [Anyone]
        > anyone
        < Anyone it is: Dana | Name: Sara | optional | [On arrival] | [KNET] | [Change]
        = CONFIRM
        [KNET]
        ! placed https://pay.example.com/1
        < 1017 | https://pay.example.com/1
        """,
    "three questions in a row": """
        > gel manicure at Plaza tomorrow with Dana. how much is it, how long does it take and where are you?
        < 12.500 KWD | 60 minutes | Plaza Street 1 | [10:30 AM]
        = ASK_TIME
        """,
    "an e-mail inside a sentence": """
        > my email is sara@example.com and I want a blow dry at zahra on monday afternoon
        < Blow Dry · Zahra · Mon 23 Nov, afternoon · sara@example.com | [12:00 PM]
        = ASK_TIME
        [12:00 PM]
        < E-mail: sara@example.com
        <! optional
        = CONFIRM
        """,
    "two people at once": """
        > me and my daughter both want a gel manicure at Plaza tomorrow
        < one person at a time | [10:30 AM]
        > 2pm with Mira
        <! one person
        [On arrival]
        ! placed
        < next person
        """,
    "a wrong branch, and a yes to the right one": """
        > book nail art at Zahra tomorrow 3pm
        < isn't offered at Zahra | Shall I book it at Plaza? | [Plaza]
        > yes
        < Plaza | [Dana]
        = ASK_STAFF
        """,
    "a person who works elsewhere": """
        > gel manicure with dana at zahra tomorrow 2
        < Dana works at Plaza | [Hala] | [Reem]
        = ASK_STAFF
        """,
    "a past date": """
        > gel manicure at plaza yesterday at 2
        < already passed | [Fri 20 Nov
        = ASK_TIME
        """,
    "a nod is no name": """
        > nail art at plaza tomorrow 3pm with Mira
        > change the name
        = ASK_NAME
        > ok
        = ASK_NAME
        > Omar Test
        < Name: Omar Test
        """,
    "a bare hour is a time of the list": """
        > back massage tomorrow evening at marina
        > 7
        < Sat 21 Nov, 7:00 PM
        <! 8:00 PM | Now it's
        """,
    "an hour after a preposition, too, even on a later page": """
        > gel pedicure at marina tomorrow
        > at 2
        < Sat 21 Nov, 2:00 PM
        <! 11:00
        > no
        > the time
        = ASK_TIME
        > 7
        < Sat 21 Nov, 7:00 PM
        = CONFIRM
        """,
    "a weekday that is not on that date": """
        > gel manicure plaza tuesday 2 december 3pm
        < don't match | [Tue 1 Dec] | [Wed 2 Dec]
        <! Got it: Gel Manicure · Plaza · Wed
        = ASK_DAY
        [Tue 1 Dec]
        < Tue 1 Dec, 3:00 PM
        """,
    "three services, and who does what": """
        > gel manicure, classic pedicure and hair mask at Plaza tomorrow at 2pm
        < Dana is free for Gel Manicure and Classic Pedicure at 2:00 PM; Hair Mask would be with Mira
        < Gel Manicure and Classic Pedicure would be with Dana
        > anyone
        < Total: 3 services, 2 h 30 min, 29.500 KWD
        """,
    "two days, either of them": """
        > gel manicure, tomorrow or sunday, at plaza
        < Sat 21 Nov - Sun 22 Nov | [Sat 21 Nov, 10:30 AM] | [Sun 22 Nov, 10:30 AM]
        """,
    "a person nobody knows": """
        > gel manicure at plaza tomorrow at 2pm
        > Fatima
        < Fatima at Plaza | [Dana] | [Mira]
        = ASK_STAFF
        > "qx7"
        < not sure
        = ASK_STAFF
        """,
    "a question about paying is no yes": """
        > gel manicure at Plaza tomorrow at 2pm with Dana
        = CONFIRM
        > can I pay with knet?
        = CONFIRM
        > yes
        = PLACING
        """,
    "a plain yes leaves the payment to be chosen": """
        > gel manicure at Plaza tomorrow at 2pm with Dana
        > yes
        < pay | Total: 12.500 KWD | [KNET]
        <! Phone:
        = CONFIRM
        > knet
        = PLACING
        """,
    "a payment with a change is a change": """
        > gel manicure at Plaza tomorrow at 2pm with Dana
        > knet but at 5pm
        < 5:00 PM | Payment: KNET | [Book now]
        = CONFIRM
        """,
    "what to change, in two words": """
        > gel manicure at Plaza tomorrow at 2pm with Dana
        > no
        = ASK_CHANGE
        > the day
        < [Sun 22 Nov]
        = ASK_DAY
        """,
    "which one do you recommend": """
        > gel at plaza, which one do you recommend?
        < Gel Manicure (12.500 KWD, 60 min) | Gel Pedicure (14.000 KWD, 60 min)
        <! do you mean
        = ASK_SERVICES
        > the pedicure
        = ASK_TIME
        """,
    "what do you recommend": """
        > what do you recommend?
        < • | [Gel Manicure]
        <! couldn't | not sure
        = ASK_SERVICES
        """,
    "changed minds": """
        > gel manicure at Plaza tomorrow
        > actually a classic pedicure
        < Classic Pedicure
        > no wait, at Marina
        < Marina
        > and on Sunday at 5
        < Classic Pedicure with Lulu, Sun 22 Nov, 5:00 PM | 8.000 KWD
        = CONFIRM
        """,
    "another language is asked for": """
        > gel manicure at Plaza
        > عربي
        < مانيكير جل | بلازا
        <! تم التغيير | صارت
        = ASK_TIME
        > english please
        < English | Gel Manicure
        <! Changed | Updated
        = ASK_TIME
        """,
    "the summary follows the language": """
        > gel manicure at Plaza tomorrow at 2pm with Dana
        = CONFIRM
        > عربي
        < مانيكير جل · بلازا · السبت 21 نوفمبر، 2:00 م | المجموع: 12.500 KWD | [كي نت]
        [كي نت]
        = PLACING
        """,
    "an old payment button after a change": """
        > gel manicure at Plaza tomorrow at 2pm with Dana
        > at 5pm
        < 5:00 PM
        = CONFIRM
        """,
}
ARABIC = {
    "أربع رسائل": """
        > ابي مانيكير جل في بلازا بكرا الساعة 2
        < Dana أو Mira | [أي أحد]
        [أي أحد]
        < المجموع: 12.500 KWD | الاسم: Sara | [كي نت]
        > كي نت
        = PLACING
        ! placed
        < 1017
        """,
    "خدمتين": """
        > مانيكير جل وبديكير كلاسيك في بلازا بكرا الساعة 2 العصر مع Dana
        < خدمتين، ساعة و45 دقيقة، 20.500 KWD
        = CONFIRM
        """,
    "كلمة لأكثر من خدمة": """
        > مانيكير
        < [مانيكير جل] 12.500 KWD | [مانيكير كلاسيك]
        > جل
        = ASK_LOCATION
        > الزهراء
        < [السبت 21/11
        """,
    "سؤال بالنص": """
        > مانيكير جل في بلازا بكرا الساعة 2 العصر مع Dana
        > كم السعر؟
        < 12.500 KWD | المجموع
        = CONFIRM
        """,
    "تغيير الوقت بكلمة": """
        > مانيكير جل في بلازا بكرا الساعة 2 العصر مع Dana
        > الوقت
        < [10:30 ص]
        = ASK_TIME
        """,
    "لا وبعدها الاسم": """
        > مانيكير جل في بلازا بكرا الساعة 2 العصر مع Dana
        > لا
        < [الوقت] | [الدفع]
        = ASK_CHANGE
        > الاسم
        = ASK_NAME
        > نورة
        < الاسم: نورة
        = CONFIRM
        """,
    "العصر": """
        > حجز بديكير جل بكرا العصر في مارينا
        < بعد الظهر | [3:00 م]
        = ASK_TIME
        """,
    "فرع ما فيه الخدمة": """
        > رسم أظافر في الزهراء بكرا الساعة 3
        < بلازا؟ | [بلازا]
        = ASK_LOCATION
        > نعم
        = ASK_STAFF
        """,
    "نعم بدون دفع": """
        > مانيكير جل في بلازا بكرا الساعة 2 العصر مع Dana
        > تمام
        < تدفع | المجموع
        = CONFIRM
        [عند الوصول]
        = PLACING
        """,
}


@pytest.mark.parametrize("name", ENGLISH)
def test_english(name: str) -> None:
    Chat(customer=SARA, settings=salon.settings(languages=("en", "ar"))).play(ENGLISH[name])


@pytest.mark.parametrize("name", ARABIC)
def test_arabic(name: str) -> None:
    Chat(customer=SARA, settings=salon.settings(languages=("en", "ar"))).play(ARABIC[name])


def test_who_is_free_instead_and_when_she_is_next() -> None:
    chat = Chat(customer=SARA)
    assert chat.diary is not None
    chat.diary.take("Dana", "Plaza", 21, time(14), time(15, 30))
    chat.play("""
        > gel manicure at Plaza tomorrow at 2pm with Dana
        < Dana isn't free on Sat 21 Nov, 2:00 PM. At 2:00 PM you could have Mira. Dana's next free time is 3:30 PM.
        < [Sat 21 Nov, 3:30 PM] with Dana | [Mira] Sat 21 Nov, 2:00 PM
        > anyone
        < Mira
        = CONFIRM
    """)


def test_an_old_payment_button_confirms_nothing() -> None:
    chat = Chat(customer=SARA)
    chat.say("gel manicure at Plaza tomorrow at 2pm with Dana")
    old = next(choice for choice in chat.shown if choice.title == "KNET")
    chat.say("at 5pm")
    text = chat.tap_id(old.id, old.title)
    assert chat.orders == []
    assert "5:00 PM" in text
    assert "othing is booked" in text
    chat.tap("KNET")
    (order,) = chat.orders
    assert order["lines"][0]["starts_at"] == "2026-11-21T14:00:00Z"


def test_a_new_price_under_a_payment_button_is_shown_first() -> None:
    from dataclasses import replace

    chat = Chat(customer=SARA)
    chat.say("gel manicure at Plaza tomorrow at 2pm with Dana")
    dear = {
        key: replace(one, price_minor=one.price_minor + 1_000) for key, one in chat.catalog.services.items()
    }
    chat.catalog = replace(chat.catalog, services=dear, version=2)
    chat.tap("KNET")
    assert chat.orders == []
    assert "13.500 KWD" in chat.text


def test_name_and_number_are_asked_together_and_singly() -> None:
    chat = Chat(surface=Surface.WEB, customer=Customer(id=salon.uid("b")))
    chat.play("""
        > gel manicure at Plaza tomorrow at 4pm with Mira
        < name | mobile number
        = ASK_NAME
        > Sara Test
        < number
        <! name
        = ASK_PHONE
        > 50000123
        < Phone: +96550000123
        = CONFIRM
    """)


def test_no_line_keeps_its_wording_in_a_row() -> None:
    """The same question put four times is put four times differently, neighbours never alike."""
    chat = Chat(settings=salon.settings(languages=("en", "ar")))
    asked = [
        chat.say(line).split("\n\n")[-1]
        for line in ("gel manicure at Plaza", "qwrt", "how much?", "asdf", "hi")
    ]
    assert all(one != other for one, other in pairwise(asked))


@pytest.mark.parametrize(
    ("words", "books"),
    [
        ("knet", True),
        ("KNET please", True),
        ("ok on arrival", True),
        ("yes, on arrival please", True),
        ("كي نت لو سمحت", True),
        ("knet but at another time", False),
        ("knet if you add the nail art", False),
        ("on arrival, and wait, not Dana", False),
        ("can I pay by knet", False),
        ("on arrival at 7", False),
    ],
)
def test_which_words_about_paying_are_the_yes(words: str, books: bool) -> None:
    chat = Chat(customer=SARA, settings=salon.settings(languages=("en", "ar")))
    chat.say("gel manicure at Plaza tomorrow at 2pm with Dana")
    chat.say(words)
    assert bool(chat.orders) is books, chat.text


def test_a_wish_and_a_question_in_one_line() -> None:
    """What stands in a sentence of its own is a wish, whatever is asked beside it."""
    chat = Chat()
    chat.say("Gel manicure at Plaza please. How much is a pedicure?")
    assert [item.service_id for item in load(chat.state).wish.items] == [salon.uid("Gel Manicure")]
    assert "14.000" in chat.text
    chat = Chat()
    chat.say("How much is the gel manicure? And where are you?")
    assert load(chat.state).wish.items == []


def test_a_bare_hour_means_the_same_at_every_place() -> None:
    chat = Chat()
    chat.say("tomorrow, not before 11")
    assert "from 11:00 AM" in chat.text
