"""Which lines wait for the next one, and how long. The clock is a number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flows import settling
from bot.flows.contract import WithHuman
from bot.messages import GeoPoint, InboundKind, Surface
from bot.workspace import Safety
from tests.chats import salon
from tests.chats.chat import Chat


def left(
    chat: Chat, *lines: str, ages: tuple[float, ...] = (), window: float = 0.8, longest: float = 2
) -> float:
    """Seconds that a turn over these lines would still wait."""
    events = [chat.inbound(line) for line in lines]
    return settling.seconds_left(
        chat.state,
        events,
        chat.context(),
        ages=ages or [0.0] * len(events),
        window=window,
        longest=longest,
    )


@pytest.mark.parametrize(
    "line", ["hi", "hello there", "I want to book", "gel nails", "tomorrow", "مرحبا", "ابي احجز"]
)
def test_the_beginning_of_a_talk_waits(line: str) -> None:
    assert left(Chat(), line) == 0.8


@pytest.mark.parametrize(
    "line",
    [
        "how much is a gel manicure?",
        "are you open on friday?",
        "gel manicure tomorrow at 5 at Plaza",
        "I would like to book a gel manicure for my sister please",
        "human",
        "STOP",
        "cancel",
        "thanks, bye",
        "بكم المانيكير؟",
    ],
)
def test_a_whole_line_does_not(line: str) -> None:
    assert left(Chat(), line) == 0


@pytest.mark.parametrize(
    "line", ["gel manicure and", "Plaza,", "gel manicure tomorrow at 5 with", "hi...", "مانيكير جل و"]
)
def test_a_line_that_goes_on_waits_always(line: str) -> None:
    assert left(Chat(), line) == 0.8


ANSWERS = [
    (("hi",), "Plaza"),
    (("Plaza",), "gel manicure"),
    (("gel manicure at Plaza",), "tomorrow at 3pm"),
    (("gel manicure at Plaza",), "1"),
    (("gel manicure at Plaza tomorrow at 2pm", "anyone"), "Sara Test"),
]


@pytest.mark.parametrize(("before", "answer"), ANSWERS)
def test_an_answer_to_the_open_question_does_not_wait(before: tuple[str, ...], answer: str) -> None:
    chat = Chat()
    for line in before:
        chat.say(line)
    assert left(chat, answer) == 0


@pytest.mark.parametrize("answer", ["yes", "ok", "👍", "no", "نعم", "تمام"])
def test_a_yes_or_no_does_not_wait(answer: str) -> None:
    chat = Chat()
    for line in ("gel manicure at Plaza tomorrow at 2pm with Dana", "Sara Test", "skip"):
        chat.say(line)
    assert left(chat, answer) == 0


def test_half_an_answer_waits() -> None:
    chat = Chat()
    chat.say("gel manicure at Plaza")
    assert left(chat, "tomorrow") == 0.8


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (InboundKind.CHOICE, {"choice_id": "yes@1"}),
        (InboundKind.LOCATION, {"location": GeoPoint(29.4, 48.0)}),
        (InboundKind.VOICE, {}),
        (InboundKind.MEDIA, {}),
    ],
)
def test_only_text_waits(kind: InboundKind, more: dict[str, object]) -> None:
    chat = Chat()
    event = chat.inbound("hi", kind, **more)
    assert settling.seconds_left(None, [event], chat.context(), ages=[0], window=0.8, longest=2) == 0


def test_the_window_counts_from_the_last_line_and_ends_with_the_longest() -> None:
    chat = Chat()
    assert left(chat, "hi", ages=(0.3,)) == pytest.approx(0.5)
    assert left(chat, "hi", ages=(0.9,)) <= 0
    assert left(chat, "hi", "I want to book", ages=(0.7, 0.1)) == pytest.approx(0.7)
    assert left(chat, "hi", "I want to book", "gel nails", ages=(1.7, 0.9, 0.0)) == pytest.approx(0.3)
    assert left(chat, "hi", "I want to book", "gel nails", ages=(2.1, 0.9, 0.0)) <= 0


def test_several_lines_are_judged_together() -> None:
    assert left(Chat(), "gel manicure", "at Plaza", "tomorrow at 5pm") == 0


def test_nobody_waits_while_a_person_has_the_talk() -> None:
    chat = Chat()
    context = replace(chat.context(), human=WithHuman.YES)
    assert settling.seconds_left(None, [chat.inbound("hi")], context, ages=[0], window=0.8, longest=2) == 0


def test_a_carriers_word_is_never_late() -> None:
    chat = Chat(surface=Surface.SMS, settings=salon.settings(safety=Safety(crisis={"en": "Call 988."})))
    for word in ("STOP", "start", "HELP", "cancel"):
        assert left(chat, word) == 0
