"""Whether a customer seems to be still writing: "hi" / "I want to book" / "gel nails" deserves one answer, not three.

Pure: what waits, and how long, is decided from the lines, what was asked and the seconds that have passed
(docs/decisions/0009-burst-merging.md). A complete line never waits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.flows import hearing, optout, questions
from bot.flows.contract import CustomerMessage, Event, TurnContext, WithHuman
from bot.flows.state import BotState, load
from bot.flows.talk import Talk
from bot.messages import Inbound, InboundKind, JsonObject
from bot.understanding.contract import Intent, Understanding
from bot.understanding.understand import understand
from bot.workspace import SlotKind

LONG = 8
"""Words of a line that somebody wrote to the end."""
_GOES_ON = re.compile(
    r"(?:[,،…:\-–]|\.\.+|\b(?:and|also|plus|with|or|but|و|مع|أو|او|بس|لكن))\s*$", re.IGNORECASE
)
_COMPLETE = questions.SIDE | {
    Intent.STOP,
    Intent.HUMAN,
    Intent.HELP,
    Intent.CANCEL,
    Intent.RESCHEDULE,
    Intent.MY_BOOKING,
    Intent.THANKS,
    Intent.GOODBYE,
    Intent.START_OVER,
    Intent.SKIP,
    Intent.BACK,
    Intent.MORE,
    Intent.USUAL,
    Intent.RECOMMEND,
    Intent.LANGUAGE,
}


def seconds_left(
    state: JsonObject | None,
    events: Sequence[Event],
    context: TurnContext,
    *,
    ages: Sequence[float],
    window: float,
    longest: float,
) -> float:
    """How long the turn should still wait for more; 0 or less: not at all.

    ages: seconds since each event came, in order. window: after the last line; longest: after the first.
    """
    if context.human is WithHuman.YES:
        return 0
    lines: list[Inbound] = []
    for event in events:
        if not isinstance(event, CustomerMessage) or event.inbound.kind is not InboundKind.TEXT:
            return 0
        lines.append(event.inbound)
    left = min(window - ages[-1], longest - ages[0])
    if left <= 0 or any(optout.action(line) is not None for line in lines):
        return 0
    return 0 if _complete(Talk(load(state), context), lines) else left


def _complete(talk: Talk, lines: Sequence[Inbound]) -> bool:
    """The last line needs nothing after it."""
    text = lines[-1].text.strip()
    if _GOES_ON.search(text):
        return False
    if not text or text[-1] in "?؟" or len(text.split()) >= LONG:
        return True
    # What the lines before it say is heard with it: "gel nails" / "tomorrow at 5" is a whole wish.
    u = understand("\n".join(line.text for line in lines)[: hearing.TEXT_LIMIT], hearing.ear_context(talk))
    if u.safety is not None or u.choices or u.choice is not None or set(u.intents) & _COMPLETE:
        return True
    if u.polarity is not None and talk.state.name is not BotState.IDLE:
        return True
    return _answers(talk, u, text) or _facts(u) >= 3


def _answers(talk: Talk, u: Understanding, text: str) -> bool:
    """The open question got its answer, whole."""
    match talk.state.editing or talk.state.asked:
        case SlotKind.LOCATION:
            return bool(u.locations)
        case SlotKind.SERVICES:
            return bool(u.services or u.need or u.unknown_service)
        case SlotKind.STAFF:
            return bool(u.staff or u.any_staff)
        case SlotKind.TIME:
            return bool(u.times and (u.days or talk.wish.day))
        case SlotKind.NAME:
            return u.name is not None or 0 < len(text.split()) <= 4
        case SlotKind.PHONE:
            return u.phone is not None
        case SlotKind.EMAIL:
            return u.email is not None
        case SlotKind.PAYMENT:
            return bool(u.payment_types)
        case None:
            return False
        case _:  # a field of the business's own form takes any text
            return True


def _facts(u: Understanding) -> int:
    """How many kinds of things were said."""
    return sum(map(bool, (u.services or u.need, u.locations, u.days, u.times, u.staff)))
