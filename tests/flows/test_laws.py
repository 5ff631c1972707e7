"""The laws of the talk over all kinds of states that a walk reaches, and over random lines.

What is checked at every step stands in `Chat.send`: nothing known is asked, no reply goes out twice in
a row, an order follows only from a yes to the summary that was shown, state survives its JSON.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flows.contract import EffectKind, Step
from bot.flows.state import BotState, load
from tests.chats.chat import Chat
from tests.flows import states_doc
from tests.flows.walk import LINES, ORDER_ANSWERS, answered, explore, moves


def test_every_kind_of_state_keeps_the_laws_and_the_picture_is_true() -> None:
    edges, kinds = explore()
    assert kinds >= 300
    reached = {state for edge in edges for state in edge}
    unreachable = {
        BotState.ASK_PHONE, BotState.ASK_EMAIL, BotState.ASK_DETAIL, BotState.ASK_SIZE,
        BotState.PICK_BOOKING, BotState.ASK_PROOF, BotState.CHANGING,
    }  # fmt: skip
    assert set(BotState) - reached <= unreachable, "those need another form, customer, service or past"
    written = states_doc.PATH.read_text(encoding="utf-8")
    assert written == states_doc.render(edges), "run: python -m tests.flows.states_doc"


@pytest.mark.slow
def test_all_kinds_of_states() -> None:
    _, kinds = explore(10_000)
    assert kinds > 1_000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(LINES), st.text(max_size=40), st.integers(0, 9)), min_size=1, max_size=14
    )
)
def test_random_talks(actions: list[str | int]) -> None:
    chat = Chat()
    for action in actions:
        if isinstance(action, str):
            chat.say(action)
        elif chat.shown:
            choice = chat.shown[action % len(chat.shown)]
            chat.tap_id(choice.id, choice.title)
        assert len(chat.orders) <= 1 or load(chat.state).latest() is not None


def _orders(step: Step) -> bool:
    return any(effect.kind is EffectKind.PLACE_ORDER for effect in step.effects)


def test_only_a_yes_orders() -> None:
    """From the open summary, of everything that can be said or tapped only a yes places the order."""
    chat = Chat()
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    assert chat.step.state_name == "confirm"
    ordering = {action for action, after in moves(chat) if _orders(after.step)}
    assert ordering == {"yes", "tap Book now"}


def test_where_payment_is_open_choosing_it_is_the_yes() -> None:
    """A plain yes leaves it open, and orders nothing."""
    chat = Chat()
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test")
    assert [choice.title for choice in chat.shown] == ["On arrival", "KNET", "Change"]
    ordering = {action for action, after in moves(chat) if _orders(after.step)}
    assert ordering == {"on arrival", "knet", "tap On arrival", "tap KNET"}


def test_an_answer_is_told_from_any_state() -> None:
    """Whatever the customer does meanwhile, an order's result reaches him."""
    chat = Chat()
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    chat.say("yes")
    for action, meanwhile in moves(chat):
        latest = load(meanwhile.state).latest()
        if meanwhile.customer.opted_out or latest is None or latest.outcome is not None:
            continue
        for outcome in ORDER_ANSWERS:
            after = answered(meanwhile, outcome)
            assert after.reply is not None, (action, outcome)


def test_the_step_is_pure() -> None:
    """Run again for the same turn it gives the same: the engine does that when it reads frames."""
    chat = Chat()
    chat.say("hi")
    twins = [chat.fork(), chat.fork()]
    for twin in twins:
        twin.say("gel manicure at Plaza tomorrow at 2pm")
    assert twins[0].step == twins[1].step


def test_buttons_of_the_summary_fit_whatsapp() -> None:
    """Three reply buttons of at most 20 characters."""
    chat = Chat()
    chat.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    assert [choice.title for choice in chat.shown] == ["Book now", "Change", "Talk to us"]
    assert all(len(choice.title) <= 20 for choice in chat.shown)
