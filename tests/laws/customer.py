"""A customer who wants to get booked: answers whatever is asked, takes what is offered, says yes to the summary."""

from __future__ import annotations

from bot.flows.contract import Outcome
from bot.flows.state import BotState, load
from bot.workspace import SlotKind
from tests.flows.walk import answered
from tests.laws.lawful import LawfulChat

BOUND = 16
"""Acts of his until the order stands. A plain booking needs five; the rest is slack for what went before."""
_ANSWERS = {
    SlotKind.LOCATION: "Plaza",
    SlotKind.SERVICES: "gel manicure",
    SlotKind.STAFF: "anyone",
    SlotKind.TIME: "the day after tomorrow at 4pm",
    SlotKind.NAME: "Sara Test",
    SlotKind.PHONE: "+965 5000 0123",
    SlotKind.EMAIL: "sara@example.com",
    SlotKind.PAYMENT: "on arrival",
    SlotKind.TEXT: "nothing special",
    SlotKind.NUMBER: "2",
}
_ASIDE = ("more", "human", "back", "change", "skip", "other", "cancel")
"""Choices that lead away from the order."""


class NeverBooked(AssertionError):
    """He did all he was asked for, and the talk went nowhere."""


def gets_booked(chat: LawfulChat) -> int:
    """Leads the talk to a placed order. The number of his acts; raises NeverBooked beyond `BOUND`."""
    for acts in range(BOUND):
        state = load(chat.state)
        latest = state.latest()
        if latest is not None and latest.outcome is None:
            after = answered(chat, Outcome.ORDER_PLACED)
            assert load(after.state).latest() is not None
            return acts
        if chat.customer.opted_out:
            chat.say("START")
        elif chat.with_human:
            chat.with_human = 0  # the person hands the talk back
            chat.say("I want to book a gel manicure")
        else:
            _act(chat)
    raise NeverBooked("\n".join(chat.log[-40:]))


def _act(chat: LawfulChat) -> None:
    state = load(chat.state)
    finalize = next((choice for choice in chat.shown if choice.id.startswith("finalize:")), None)
    if state.name is BotState.CONFIRM and finalize is not None:
        chat.tap_id(finalize.id, finalize.title)
        return
    asked = state.editing or state.asked
    wanted = [choice for choice in chat.shown if not choice.id.startswith(_ASIDE)]
    if state.name is BotState.ASK_DETAIL:
        field = next(one for one in chat.form if one.key == state.asked_key)
        chat.say(field.choices[0] if field.choices else _ANSWERS.get(field.kind, "one"))
    elif asked is not None and wanted:
        chat.tap_id(wanted[0].id, wanted[0].title)
    elif asked is not None and asked in _ANSWERS:
        chat.say(_ANSWERS[asked])
    else:
        chat.say("I want to book another gel manicure at Plaza")
