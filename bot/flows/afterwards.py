"""The talk while an order is under way and after it: results are not repeated, nothing is ordered twice."""

from __future__ import annotations

from bot.flows import editing, escalation, manage, questions, summary
from bot.flows.contract import Outcome
from bot.flows.slots import contact
from bot.flows.state import BotState, Placed
from bot.flows.talk import Question, Talk
from bot.understanding.contract import Intent, Understanding
from bot.wording.words import Line

CHANGING = frozenset({Intent.CHANGE, Intent.CANCEL, Intent.RESCHEDULE, Intent.REMOVE, Intent.BACK})
RESTING = frozenset(
    {
        BotState.IDLE,
        BotState.PLACING,
        BotState.AWAIT_PAYMENT,
        BotState.BOOKED,
        BotState.KEPT,
        BotState.HUMAN,
        BotState.STOPPED,
    }
)
"""No question of a booking is open."""
_BEGINNING = frozenset({Intent.BOOK, Intent.ADD, Intent.ASK_TIMES, Intent.START_OVER, Intent.USUAL})


def open_order(talk: Talk) -> Placed | None:
    """The latest order, while no new wish has begun and no question of one is open."""
    resting = talk.state.name in RESTING
    return talk.state.latest() if resting and not talk.wish.begun else None


def starts_new(u: Understanding) -> bool:
    """Whether a line opens another booking rather than speaking of the last one."""
    intents = set(u.intents)
    if intents & CHANGING:
        return False
    if intents & questions.SIDE and not intents & _BEGINNING:
        return False
    named_when = bool(u.days or u.times)
    return bool(intents & _BEGINNING or u.services or u.unknown_service or (u.locations and named_when))


def hear(talk: Talk, u: Understanding, placed: Placed) -> None:
    """A line about the last order, or about nothing in particular."""
    intents = set(u.intents)
    if questions.hear(talk, u):
        return
    if Intent.ASK_TIMES in intents:
        manage.show(talk)
    elif intents & CHANGING:
        _change(talk, placed)
    elif u.polarity is True:
        said_yes(talk, placed)
    elif u.polarity is False:
        talk.heard = True
    contact.hear(talk, u)
    if intents & {Intent.THANKS, Intent.GOODBYE, Intent.GREETING}:
        talk.heard = True


def said_yes(talk: Talk, placed: Placed) -> None:
    """A yes with no question open never orders again."""
    talk.heard = True
    if placed.outcome is None:
        return
    if placed.outcome is Outcome.ORDER_CANCELLED:
        return
    if placed.stands and not placed.expired:
        talk.say("already_booked" if placed.order_id else "known_pending", **_values(talk, placed))
    else:
        editing.again(talk)


def _values(talk: Talk, placed: Placed) -> dict[str, object]:
    return {"what": summary.placed_line(talk, placed), "business": talk.context.workspace_name}


def _change(talk: Talk, placed: Placed) -> None:
    talk.heard = True
    if placed.outcome is None:
        return
    if not placed.stands or placed.expired:
        talk.say("nothing_to_cancel")
        return
    reach = escalation.contact(talk)
    line = talk.words.say(Line("contact_is", {"contact": reach})) if reach else ""
    talk.note(
        "booking_change_wanted",
        "A customer wants to change or cancel a placed booking.",
        booking_id=str(placed.booking_id),
        order_id=placed.order_id,
    )
    talk.say("change_booked", contact=line)


def closing(talk: Talk, placed: Placed) -> Question:
    """How a reply ends when nothing is open."""
    if placed.outcome is None:
        line = Line("still_placing", {"business": talk.context.workspace_name})
        return Question(state=BotState.PLACING, lines=(line,), standing=False)
    state = talk.state.name
    if state not in {BotState.BOOKED, BotState.AWAIT_PAYMENT, BotState.KEPT, BotState.IDLE}:
        state = BotState.BOOKED if placed.order_id else BotState.KEPT
    goodbye = bool(talk.intents & {Intent.THANKS, Intent.GOODBYE})
    lines = () if goodbye or talk.lost else (Line("anything_else"),)
    return Question(state=state, lines=lines, standing=False)
