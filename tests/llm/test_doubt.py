"""When a model is asked: never about what the rules read whole, always about what they made nothing of."""

import pytest

from bot.understanding.doubt import Doubt, doubt
from bot.understanding.understand import understand
from bot.workspace import SlotKind
from tests.understanding.corpus.read import turns
from tests.understanding.salon import context as ask
from tests.understanding.salon import offers

CLEAR = [
    ("hi", None),
    ("hello there", None),
    ("thanks a lot, bye", None),
    ("gel manicure tomorrow at 2 at Plaza, I'm Sara", None),
    ("I'd like to book a pedicure", None),
    ("how much is a gel manicure?", None),
    ("what are your opening hours", None),
    ("where are you", None),
    ("what do you have for dry hair", None),
    ("cancel", None),
    ("stop", None),
    ("can I talk to a human please", None),
    ("actually friday", SlotKind.TIME),
    ("tomorrow after 5", SlotKind.TIME),
    ("the day after tomorrow in the evening", SlotKind.TIME),
    ("any time", SlotKind.TIME),
    ("the second one", SlotKind.SERVICES),
    ("1", SlotKind.SERVICES),
    ("anyone", SlotKind.STAFF),
    ("with Sara please", SlotKind.STAFF),
    ("Plaza", SlotKind.LOCATION),
    ("Mona Al Test", SlotKind.NAME),
    ("my name is Mona", SlotKind.NAME),
    ("50000123", SlotKind.PHONE),
    ("mona@example.com", SlotKind.EMAIL),
    ("skip", SlotKind.EMAIL),
    ("pay on arrival", SlotKind.PAYMENT),
    ("yes", None),
    ("ok", None),
    ("👍", None),
    ("??", None),
    ("", None),
    ("yes but 5 pm", None),
    ("without the pedicure", None),
    ("ابي اظافر جل بكرا الساعة ٥", None),
    ("السلام عليكم", None),
    ("بكم المناكير", None),
    ("باچر العصر", SlotKind.TIME),
    ("تمام", None),
    ("شكرا", None),
]
UNCLEAR = [
    ("could somebody rescue my poor talons before the big do", None, Doubt.NOTHING),
    ("my little ones messed with my fingertips and it looks terrible", None, Doubt.NOTHING),
    ("i want a paraffin dip", None, Doubt.UNKNOWN),
    ("shape my claws like a ballerina's slipper", SlotKind.SERVICES, Doubt.NOTHING),
    ("let it be one sleep from now my dear lady", SlotKind.TIME, Doubt.NOTHING),
    ("لو تكرمت اصابعي تعبانة وابغاها تصير حلوة للعرس", None, Doubt.NOTHING),
]


@pytest.mark.parametrize(("text", "asked"), CLEAR)
def test_clear_lines_ask_nobody(text, asked):
    context = ask(asked, offers("Gel Manicure", "Classic Manicure"))
    assert doubt(text, understand(text, context), context) is None


@pytest.mark.parametrize("text", ["yes", "ok go ahead", "no", "change the time", "ايه", "تمام", "لا"])
def test_an_answer_to_the_summary_asks_nobody(text):
    context = ask(yes_no=True)
    assert doubt(text, understand(text, context), context) is None


@pytest.mark.parametrize(("text", "asked", "why"), UNCLEAR)
def test_lines_that_the_rules_make_nothing_of_ask(text, asked, why):
    context = ask(asked)
    found = doubt(text, understand(text, context), context)
    assert found is not None
    assert found in {why, Doubt.UNKNOWN, Doubt.LEFTOVER, Doubt.NOTHING}


@pytest.mark.parametrize("kind", [SlotKind.TEXT, SlotKind.NUMBER, SlotKind.CHOICE])
def test_the_business_own_questions_take_what_is_written(kind):
    context = ask(kind)
    text = "a rather long story about a sofa and two cats that nobody can book"
    assert doubt(text, understand(text, context), context) is None


@pytest.mark.parametrize("text", ["i want to end my life", "i took too many pills tonight and can't breathe"])
def test_what_is_said_in_distress_stays_in_the_house(text):
    context = ask()
    assert doubt(text, understand(text, context), context) is None


def test_contact_data_beside_a_wish_dont_hide_it():
    context = ask()
    text = "please somebody rescue my poor talons before the big do, 50000123"
    assert doubt(text, understand(text, context), context) is not None


def test_over_the_whole_corpus_only_what_the_rules_lack_is_asked():
    """Of 732 turns 43 ask (5.9 %): the rules hold nothing of them, or a wish that the catalog doesn't name."""
    asked = [turn for turn in turns() if doubt(turn.said, understand(turn.said, turn.context), turn.context)]
    read_whole = [
        turn.where
        for turn in asked
        for key, expected in turn.told.items()
        if key not in {"i", "q", "y"} and any(not one.optional for one in expected)
    ]
    assert read_whole == []
    assert len(asked) < 0.08 * len(list(turns()))


@pytest.mark.parametrize(
    "text",
    ["swedish thingy to loosen those knots after gym sessions", "extensions shaped pointy glittery dramatic"],
)
def test_a_guess_with_much_left_over_is_asked_about_while_a_slot_is_open(text):
    for asked, why in ((SlotKind.SERVICES, Doubt.LEFTOVER), (SlotKind.PHONE, None), (None, None)):
        context = ask(asked)
        assert doubt(text, understand(text, context), context) is why
