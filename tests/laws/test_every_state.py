"""From every kind of state a talk can be in, everything is done once, and a willing customer still gets booked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.flows.state import BotState, load
from bot.messages import Surface
from bot.workspace import FormField, SlotKind, standard_form
from tests.chats import salon
from tests.chats.chat import Chat
from tests.flows.walk import LINES, OTHER_INPUTS, explore
from tests.laws.customer import gets_booked
from tests.laws.lawful import LawfulChat

KINDS_IN_CI = 60
"""Of each business; all of them by `make laws-long`."""


def plain() -> list[Chat]:
    ordering = LawfulChat()
    ordering.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    ordering.say("yes")
    return [LawfulChat(), ordering]


def without_a_phone() -> list[Chat]:
    """A visitor of the website, in Arabic, who wants something that comes in sizes."""
    chat = LawfulChat(surface=Surface.WEB, settings=salon.settings(languages=("en", "ar")))
    chat.customer = replace(chat.customer, phone=None)
    chat.say("ابي قص شعر في بلازا")
    return [chat]


def with_questions_of_its_own() -> list[Chat]:
    form = (
        *standard_form(),
        FormField(key="guests", kind=SlotKind.NUMBER, question={"en": "How many of you?"}),
        FormField(
            key="colour", kind=SlotKind.CHOICE, choices=("Red", "Nude"), question={"en": "Which colour?"}
        ),
        FormField(key="wishes", kind=SlotKind.TEXT, question={"en": "Anything we should know?"}),
    )
    return [LawfulChat(form=form, surface=Surface.SMS)]


BUSINESSES = [plain, without_a_phone, with_questions_of_its_own]


def _walk(begin: Callable[[], list[Chat]], limit: int) -> tuple[dict[BotState, set[str]], int]:
    """What was done in which state."""
    done: dict[BotState, set[str]] = {}

    def visit(chat: Chat) -> None:
        copy = chat.fork()
        assert isinstance(copy, LawfulChat)
        gets_booked(copy)
        done.setdefault(load(chat.state).name, set())

    edges, kinds = explore(limit, begin, visit)
    for (here, _), actions in edges.items():
        done[here] |= actions
    return done, kinds


@pytest.mark.parametrize("begin", BUSINESSES, ids=lambda begin: begin.__name__)
def test_from_every_state_everything_is_answered_and_leads_to_a_booking(
    begin: Callable[[], list[Chat]],
) -> None:
    done, kinds = _walk(begin, KINDS_IN_CI)
    assert kinds >= KINDS_IN_CI
    everything = {
        *LINES,
        *(f"sends {kind.value}" for kind in OTHER_INPUTS),
        "sends a pin",
        "taps an old list",
    }
    for state, actions in done.items():
        assert everything <= actions, f"in {state}: {everything - actions} was never tried"


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("begin", BUSINESSES, ids=lambda begin: begin.__name__)
def test_from_every_state_there_is(begin: Callable[[], list[Chat]]) -> None:
    done, kinds = _walk(begin, 100_000)
    assert kinds > KINDS_IN_CI
    assert done
