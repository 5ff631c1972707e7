"""The business's own answers: what is found, and above all what isn't, on lines that nobody wrote the lists for."""

from __future__ import annotations

import pytest

from bot.flows import faq
from seeds.template_file import LoadedTemplate, shipped_templates
from seeds.texts import SALON_FAQ, TINT_FAQ

PARKING, LATE, POLICY, DEPOSIT, WALK_IN, KIDS, LADIES, WIFI, GIFT, CLEAN = range(10)

ASKED = (
    ("do you have parking?", PARKING),
    ("is parking free", PARKING),
    ("where do i park", PARKING),
    ("can I park my car nearby?", PARKING),
    ("parking?", PARKING),
    ("parkng?", PARKING),
    ("فيه مواقف؟", PARKING),
    ("في مواقف للسيارات عندكم", PARKING),
    ("what happens if i'm late", LATE),
    ("what if i come 10 minutes late?", LATE),
    ("اذا تاخرت شنو يصير؟", LATE),
    ("whats your cancelation policy", POLICY),
    ("is there a cancellation fee?", POLICY),
    ("do you refund?", POLICY),
    ("شنو سياسة الغاء الموعد؟", POLICY),
    ("do you need a deposit", DEPOSIT),
    ("is there any deposit to pay?", DEPOSIT),
    ("لازم ادفع عربون؟", DEPOSIT),
    ("do you accept walk ins?", WALK_IN),
    ("can i walk in?", WALK_IN),
    ("can i just come without an appointment", WALK_IN),
    ("اقدر اجي بدون موعد", WALK_IN),
    ("can i bring my kid with me?", KIDS),
    ("are kids allowed?", KIDS),
    ("are children ok?", KIDS),
    ("اقدر اجيب عيالي معي؟", KIDS),
    ("is it ladies only?", LADIES),
    ("do you also serve men", LADIES),
    ("الصالون حريم بس؟", LADIES),
    ("do you have wi-fi?", WIFI),
    ("is there wifi", WIFI),
    ("عندكم واي فاي", WIFI),
    ("do you have gift cards?", GIFT),
    ("can I buy a gift card for my sister?", GIFT),
    ("عندكم كرت هدية؟", GIFT),
    ("are the tools sterilized?", CLEAN),
    ("do you clean your tools", CLEAN),
    ("الادوات معقمه؟", CLEAN),
)

NOT_ASKED = (
    "hi",
    "I want to book a gel manicure tomorrow at 5",
    "can I book a manicure for my daughter?",
    "can i come tomorrow?",
    "do you have anything at 5?",
    "how much is a gel manicure?",
    "how long does a pedicure take?",
    "are you open on friday?",
    "when do you close?",
    "where are you?",
    "what do you have for dry hair?",
    "cancel my booking",
    "I need to cancel my appointment",
    "can I cancel my appointment tomorrow?",
    "can you clean my nails?",
    "do you do gel removal?",
    "is Monica free on Saturday?",
    "what services do you have?",
    "do you have a later time?",
    "is it possible to come later?",
    "can I pay by card?",
    "Plaza",
    "yes please",
    "my name is Sara Park",
    "can I change it to 3pm?",
    "what time is my booking?",
    "can I come with my sister, both manicure?",
    "do you sell shampoo?",
    "is there a doctor?",
    "do you know how old the shop is?",
    "ابي احجز مانيكير باجر",
    "بكم المانيكير الجل؟",
    "متى تفتحون؟",
    "وين مكانكم؟",
    "عندكم موعد اليوم؟",
    "كم مدة البديكير؟",
    "ابغى الغي الموعد",
    "هل مونيكا موجودة السبت؟",
    "نعم",
    "باجر العصر",
)


def found(text: str, entries=SALON_FAQ) -> list[int]:
    hits = [faq.find(entries, clause) for clause in faq.clauses(text)]
    return [entries.index(hit.entry) for hit in hits if hit is not None]


@pytest.mark.parametrize(("text", "entry"), ASKED)
def test_asked(text: str, entry: int) -> None:
    assert found(text) == [entry]


@pytest.mark.parametrize("text", NOT_ASKED)
def test_not_asked(text: str) -> None:
    assert found(text) == []
    assert found(text, TINT_FAQ) == []


def test_several_in_one_line() -> None:
    assert found("is there parking? do you have wifi and can I bring my kids?") == [PARKING, WIFI, KIDS]
    assert found("Do you need a deposit, is there parking") == [DEPOSIT, PARKING]
    assert found("فيه مواقف؟ وعندكم واي فاي؟") == [PARKING, WIFI]


def test_clauses_keep_the_customers_words() -> None:
    parts = faq.clauses("Is there PARKING?  And how much is the Gel Manicure at Plaza?")
    assert [part.raw.strip() for part in parts] == [
        "Is there PARKING",
        "how much is the Gel Manicure at Plaza",
    ]
    assert all(part.asked for part in parts)


def test_stated_words_need_more() -> None:
    assert found("parking") == [PARKING]
    assert found("my name is Parking") == []


@pytest.mark.parametrize("template", shipped_templates().values(), ids=lambda one: one.key)
def test_a_business_is_asked_in_its_own_words(template: LoadedTemplate) -> None:
    """Even where the catalog would answer as well: "How much is it?", "When is check-in?"."""
    entries = template.settings.faq
    for number, entry in enumerate(entries):
        for wording in (one for texts in entry.questions.values() for one in texts if len(one.split()) > 1):
            hits = [faq.find(entries, clause) for clause in faq.clauses(wording)]
            assert [(entries.index(hit.entry), hit.whole) for hit in hits if hit is not None] == [
                (number, True)
            ]


def test_nothing_to_look_in() -> None:
    assert faq.clauses("") == []
    assert faq.clauses("?!?") == []
    (clause,) = faq.clauses("is there parking")
    assert faq.find((), clause) is None


def test_any_text_is_survived() -> None:
    for text in ("x" * 5000, "a " * 1000, "؟" * 300, "\u202e?", "0 1 2 3?"):
        for clause in faq.clauses(text):
            faq.find(SALON_FAQ, clause)
