"""Yes and no, picked choices, and what the customer wants to do."""

from __future__ import annotations

import pytest

from bot.understanding.contract import Intent
from bot.workspace import SlotKind
from tests.understanding.salon import days, hear, labels, offers, services, times

PLACES = offers("Plaza", "Zahra", "Marina")
SLOTS = offers("Sunday 2:00 PM", "Sunday 3:30 PM", "Monday 11:00 AM")


@pytest.mark.parametrize(
    "said",
    [
        "yes",
        "Yes please",
        "yep",
        "yeah!",
        "confirm",
        "that's right",
        "go ahead",
        "absolutely",
        "yes thanks",
        "yes, book it",
        "sounds good",
        "✅",
    ],
)
def test_yes(said: str) -> None:
    assert hear(said).polarity is True
    assert hear(said, yes_no=True).polarity is True


@pytest.mark.parametrize(
    "said",
    [
        "ok",
        "OK!",
        "sure",
        "👍",
        "👍🏽",
        "👌",
        "fine",
        "great",
        "perfect thanks",
        "okay great",
        "alright",
        "cool",
    ],
)
def test_a_soft_yes_counts_only_while_a_question_is_open(said: str) -> None:
    assert hear(said, yes_no=True).polarity is True
    assert hear(said).polarity is None


@pytest.mark.parametrize(
    "said", ["no", "No thanks", "nope", "nah", "not really", "👎", "no no", "that's wrong", "don't book it"]
)
def test_no(said: str) -> None:
    assert hear(said, yes_no=True).polarity is False


@pytest.mark.parametrize("said", ["not now", "that won't work for me", "not at the moment", "maybe later"])
def test_a_soft_no_counts_only_while_a_question_is_open(said: str) -> None:
    assert hear(said, yes_no=True).polarity is False
    assert hear(said).polarity is None


@pytest.mark.parametrize(
    "said",
    [
        "yes but 5 pm",
        "yes, but at Zahra",
        "yes tomorrow instead",
        "ok but make it friday",
        "yes and add nail art",
        "yes with Sara",
        "yes change the time",
        "sure, but 6pm",
    ],
)
def test_a_yes_with_a_change_is_a_change(said: str) -> None:
    heard = hear(said, yes_no=True)
    assert heard.polarity is None
    assert heard.leaning is True
    assert {Intent.CHANGE, Intent.ADD} & set(heard.intents)


def test_the_change_itself_is_heard() -> None:
    heard = hear("yes but 5 pm", yes_no=True)
    assert times(heard) == ["17:00"]
    assert services(hear("yes but without the pedicure", yes_no=True)) == ["classic pedicure|gel pedicure"]


@pytest.mark.parametrize(
    "said",
    [
        "yes, how much is it?",
        "ok so how long does it take?",
        "not sure",
        "I don't know",
        "hmm maybe",
        "yes no",
        "wait",
        "not ok",
        "yes cancel",
        "what does yes mean?",
    ],
)
def test_neither_yes_nor_a_plain_no(said: str) -> None:
    assert hear(said, yes_no=True).polarity is not True


@pytest.mark.parametrize("said", ["that's all", "nothing else", "that will be all", "بس", "خلاص"])
def test_nothing_more_refuses_nothing(said: str) -> None:
    heard = hear(said, yes_no=True)
    assert heard.polarity is None
    assert Intent.DONE in heard.intents


@pytest.mark.parametrize(
    "said",
    [
        "that works for me",
        "that sounds perfect, thank you",
        "the time you picked is fine",
        "I'm happy with that",
        "could you do that please",
        "everything looks good",
        "you got it right",
        "all correct, yes",
        "that'll be great",
        "this one suits me",
    ],
)
def test_what_is_said_of_a_proposal_answers_it(said: str) -> None:
    """Only of an open one: alone it is no yes."""
    assert hear(said, yes_no=True).leaning is True
    assert hear(said).polarity is not False


@pytest.mark.parametrize(
    "said",
    [
        "that sounds good, what's the price?",
        "that works, but could it be 6pm",
        "is that ok for two people?",
        "the right time is 4pm",
        "that would be perfect on Friday",
        "great, also what is your address?",
        "did you say yes",
    ],
)
def test_approval_with_more_confirms_nothing(said: str) -> None:
    assert hear(said, yes_no=True).polarity is not True


@pytest.mark.parametrize(
    "said",
    [
        "that doesn't work for me",
        "that's not right",
        "it won't be possible",
        "not at this time",
        "not just yet thanks",
        "I guess not",
        "actually no",
        "no, wait",
    ],
)
def test_what_is_said_against_it_refuses_it(said: str) -> None:
    heard = hear(said, yes_no=True)
    assert heard.leaning is False
    assert heard.polarity is not True


@pytest.mark.parametrize(
    ("said", "meant"), [("yessss", True), ("okkkk", True), ("nooooo", False), ("لااا", False)]
)
def test_drawn_out_words(said: str, meant: bool) -> None:
    assert hear(said, yes_no=True).polarity is meant


def test_nothing_fits_asks_for_something_else() -> None:
    assert Intent.ALTERNATIVES in hear("that won't work for me").intents
    assert Intent.ALTERNATIVES not in hear("that won't work for me", yes_no=True).intents


def test_a_word_of_a_sentence_is_no_command() -> None:
    assert Intent.BACK not in hear("something for my back").intents
    assert Intent.LANGUAGE not in hear("my english is bad sorry").intents
    assert Intent.DONE not in hear("just this friday please").intents
    assert Intent.HUMAN not in hear("ابي احجز حق شخص واحد").intents
    assert Intent.RECOMMEND not in hear("friday is better for me").intents
    assert Intent.CANCEL not in hear("what's your cancellation policy").intents


def test_no_preference_is_no_no() -> None:
    assert hear("no preference", yes_no=True).polarity is None
    assert hear("no problem", yes_no=True).polarity is None


def test_a_no_with_another_wish() -> None:
    heard = hear("no, make it friday", yes_no=True)
    assert heard.polarity is False
    assert Intent.CHANGE in heard.intents
    assert days(heard) == ["2026-11-27"]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("2", "Zahra"),
        ("2.", "Zahra"),
        ("#3", "Marina"),
        ("number 1", "Plaza"),
        ("option 2 please", "Zahra"),
        ("two", "Zahra"),
        ("the second", "Zahra"),
        ("the second one please", "Zahra"),
        ("first", "Plaza"),
        ("1st one", "Plaza"),
        ("the last one", "Marina"),
        ("٢", "Zahra"),
        ("I'll take the third", "Marina"),
        ("plaza", "Plaza"),
        ("Plaza please", "Plaza"),
        ("zahar", "Zahra"),
        ("marinna", "Marina"),
    ],
)
def test_a_choice(said: str, title: str) -> None:
    heard = hear(said, SlotKind.LOCATION, offered=PLACES)
    assert heard.choice is not None
    assert heard.choice.title == title
    assert heard.times == ()


@pytest.mark.parametrize(
    "said", ["7", "0", "neither", "what's the difference?", "tomorrow", "2 people", "12/1", "none", ""]
)
def test_no_choice(said: str) -> None:
    assert hear(said, SlotKind.LOCATION, offered=PLACES).choice is None


def test_a_number_is_a_choice_before_it_is_a_time() -> None:
    heard = hear("2", SlotKind.TIME, offered=SLOTS)
    assert heard.choice == SLOTS[1]
    assert heard.times == ()


def test_a_number_beyond_the_choices_is_a_time() -> None:
    heard = hear("5", SlotKind.TIME, offered=SLOTS)
    assert heard.choice is None
    assert times(heard) == ["05:00?"]


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ("all of them", ["Plaza", "Zahra", "Marina"]),
        ("all three", ["Plaza", "Zahra", "Marina"]),
        ("the first two", ["Plaza", "Zahra"]),
        ("the last two", ["Zahra", "Marina"]),
        ("1 و ٣", ["Plaza", "Marina"]),
        ("first and last", ["Plaza", "Marina"]),
        ("the second branch", ["Zahra"]),
        ("number 3 works for me", ["Marina"]),
        ("both", []),
        ("all four", []),
        ("the first five", []),
    ],
)
def test_choices_by_counting(said: str, titles: list[str]) -> None:
    assert [choice.title for choice in hear(said, SlotKind.LOCATION, offered=PLACES).choices] == titles


@pytest.mark.parametrize("said", ["at 2", "around 3", "2 works", "3 is fine", "الساعة ٢"])
def test_an_hour_is_no_number_of_a_choice(said: str) -> None:
    assert hear(said, SlotKind.TIME, offered=SLOTS).choices == ()


def test_a_title_may_be_a_word_that_stands_beside_numbers() -> None:
    told = hear("the time", offered=offers("Time", "Place", "Name"))
    assert [choice.title for choice in told.choices] == ["Time"]


def test_several_choices_are_all_kept() -> None:
    heard = hear("1 and 3", SlotKind.SERVICES, offered=PLACES)
    assert heard.choice is None
    assert [choice.title for choice in heard.choices] == ["Plaza", "Marina"]


def test_a_title_with_a_time_is_a_choice_with_its_time() -> None:
    heard = hear("Monday 11:00 AM", SlotKind.TIME, offered=SLOTS)
    assert heard.choice == SLOTS[2]
    assert (days(heard), times(heard)) == (["2026-11-23"], ["11:00"])


INTENTS = [
    ("I want to book", Intent.BOOK),
    ("can I make an appointment?", Intent.BOOK),
    ("reserve a spot for me", Intent.BOOK),
    ("add nail art", Intent.ADD),
    ("remove the haircut", Intent.REMOVE),
    ("actually friday", Intent.CHANGE),
    ("change the name", Intent.CHANGE),
    ("not Plaza, Zahra", Intent.CHANGE),
    ("cancel", Intent.CANCEL),
    ("CANCEL", Intent.CANCEL),
    ("please cancel my appointment", Intent.CANCEL),
    ("I can't make it", Intent.CANCEL),
    ("reschedule", Intent.RESCHEDULE),
    ("can I move my appointment to friday", Intent.RESCHEDULE),
    ("go back", Intent.BACK),
    ("start over", Intent.START_OVER),
    ("human", Intent.HUMAN),
    ("can I talk to a real person?", Intent.HUMAN),
    ("is anyone there?", Intent.HUMAN),
    ("help", Intent.HELP),
    ("hi", Intent.GREETING),
    ("Good morning!", Intent.GREETING),
    ("thanks a lot", Intent.THANKS),
    ("bye", Intent.GOODBYE),
    ("skip", Intent.SKIP),
    ("I don't have one", Intent.SKIP),
    ("how much is a haircut?", Intent.ASK_PRICE),
    ("price of keratin", Intent.ASK_PRICE),
    ("how long does it take?", Intent.ASK_DURATION),
    ("what time do you open?", Intent.ASK_HOURS),
    ("are you open on friday", Intent.ASK_HOURS),
    ("where are you?", Intent.ASK_PLACE),
    ("what services do you offer?", Intent.ASK_SERVICES),
    ("who is available tomorrow?", Intent.ASK_STAFF),
    ("what times do you have tomorrow?", Intent.ASK_TIMES),
    ("when is my appointment?", Intent.MY_BOOKING),
    ("what time is my booking", Intent.MY_BOOKING),
    ("anything else?", Intent.ALTERNATIVES),
    ("do you have another time", Intent.ALTERNATIVES),
    ("show me more", Intent.MORE),
    ("START", Intent.START),
]


@pytest.mark.parametrize(("said", "intent"), INTENTS)
def test_intents(said: str, intent: Intent) -> None:
    assert intent in hear(said).intents


@pytest.mark.parametrize(
    "said",
    [
        "STOP",
        "stop",
        " Stop. ",
        "STOPALL",
        "stop all",
        "UNSUBSCRIBE",
        "END",
        "quit",
        "REVOKE",
        "OptOut",
        "opt-out",
        "stop messaging me",
        "please don't text me",
    ],
)
def test_stop_beats_everything(said: str) -> None:
    assert hear(said, yes_no=True).intents == (Intent.STOP,)


@pytest.mark.parametrize(
    "said",
    [
        "cancel",
        "the end of the month",
        "I quit smoking",
        "don't stop",
        "bus stop near you?",
        "when does it end",
    ],
)
def test_not_a_stop(said: str) -> None:
    assert Intent.STOP not in hear(said).intents


def test_cancelling_is_not_booking() -> None:
    assert hear("cancel my booking").intents == (Intent.CANCEL,)
    assert Intent.BOOK not in hear("reschedule my appointment").intents


def test_a_whole_line_fills_everything() -> None:
    heard = hear("gel mani tomorrow at 2 at Plaza with Maya, I'm Sara, 98765432, pay on arrival")
    assert services(heard) == ["gel manicure"]
    assert (days(heard), times(heard)) == (["2026-11-22"], ["02:00?"])
    assert (labels(heard.locations), labels(heard.staff)) == (["plaza"], ["maya"])
    assert heard.name is not None
    assert heard.name.value == "Sara"
    assert heard.phone is not None
    assert heard.phone.value == "+96598765432"
    assert labels(heard.payment_types) == ["pay arrival"]
