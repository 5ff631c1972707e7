"""Handing a talk to a person, what a person does in it, how the bot comes back, and reaching the business directly."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.flows import afterhours, editing, summary
from bot.flows.contract import HUMAN_REQUESTED, Act, EscalationChange, OperatorAct
from bot.flows.hours import on_the_minute
from bot.flows.slots import services
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk, digest
from bot.wording.words import Line


def limited(talk: Talk) -> bool:
    """He was handed over as often as one customer may be within an hour: nobody is alarmed once more."""
    return talk.context.escalations >= talk.context.settings.limits.escalations_per_hour


def again_at(talk: Talk) -> datetime | None:
    """When he may ask for a person again."""
    times = talk.context.escalated_at
    at = talk.context.settings.limits.escalations_per_hour - 1
    return times[at] + timedelta(hours=1) if len(times) > at else None


def contact(talk: Talk) -> str:
    """Phone, e-mail and website of the business, as far as they are set."""
    known = talk.context.settings.contact
    return ", ".join(talk.words.aside(part) for part in (known.phone, known.email, known.website) if part)


def contact_lines(talk: Talk) -> tuple[Line, ...]:
    reach = contact(talk)
    return (Line("contact_is", {"contact": reach}),) if reach else ()


def hand_over(talk: Talk, cause: str) -> None:
    """A person takes over; the bot is silent until the conversation is handed back, or nobody spoke for long."""
    talk.heard = talk.spoke = True
    if limited(talk):
        talk.trace.append("human:limit")
        talk.say("human_limit")
        if (again := again_at(talk)) is not None:
            talk.say("human_again", when=talk.words.clock(on_the_minute(again)))
        for line in contact_lines(talk):
            talk.say(line.key, **line.words)
        return
    talk.conversation_status = "human"
    talk.escalations.append(EscalationChange("open", cause=cause, summary=_standing(talk)))
    talk.note(
        HUMAN_REQUESTED,
        "A customer asked for a person.",
        cause=cause,
        open_question=talk.state.name.value,
        slot=talk.state.asked.value if talk.state.asked else "",
    )
    talk.state.human_wrote = False
    lines = (Line("human"), *_back_at(talk), *contact_lines(talk))
    talk.ending = Question(state=BotState.HUMAN, lines=lines, standing=False)


def _standing(talk: Talk) -> str:
    return summary.standing(talk, summary.facts(talk))


def _back_at(talk: Talk) -> tuple[Line, ...]:
    """When somebody is there again, if nobody is now."""
    opens = afterhours.opens_again(talk)
    return (Line("human_back", {"when": talk.words.moment(opens)}),) if opens is not None else ()


def act(talk: Talk, done: OperatorAct) -> None:
    """What a person does in the conversation, in order with the customer's lines."""
    talk.trace.append(f"operator:{done.act.value}")
    match done.act:
        case Act.TAKE:
            _take(talk, done)
        case Act.REPLY:
            _take(talk, done)
            talk.operator_lines.append(done)
            talk.state.human_wrote = True
            talk.state.last_reply = digest(done.text)
        case Act.HAND_BACK:
            _give_back(talk, EscalationChange("handed_back", by=done.by))
            _rest(talk)
        case Act.RESOLVE:
            _give_back(talk, EscalationChange("resolved", by=done.by))
            _forget(talk)
        case Act.CANCEL_BOOKING | Act.MOVE_BOOKING | Act.RESEND_BOOKING:
            pass  # about a booking, whoever has the talk: after everything else (bot/flows/desk.py)


def _take(talk: Talk, done: OperatorAct) -> None:
    talk.with_human = True
    talk.escalations.append(EscalationChange("taken", by=done.by))


def _give_back(talk: Talk, change: EscalationChange) -> None:
    talk.with_human = False
    talk.conversation_status = "open"
    talk.escalations.append(change)
    talk.state.human_wrote = False


def after_quiet(talk: Talk) -> None:
    """Nobody of the team said anything for long: the bot answers again.

    What a person has begun is his: the bot doesn't take it up where it was before. If nobody ever came, the booking
    goes on, with a word of regret.
    """
    talk.trace.append("human:quiet")
    came = talk.state.human_wrote
    talk.escalations.append(EscalationChange("handed_back", cause="quiet", by="the quiet time"))
    talk.state.human_wrote = False
    if came:
        _forget(talk)
    else:
        talk.say("human_not_yet")
        _rest(talk)


def _rest(talk: Talk) -> None:
    """Nothing is open any more, so that a "yes" to the person is none to an old question; the wish stays."""
    state = talk.state
    state.name, state.asked, state.asked_key, state.editing = BotState.IDLE, None, "", None
    state.offered, state.summary_version, state.failures = [], None, 0


def _forget(talk: Talk) -> None:
    """The person has seen to it: nothing of the wish is asked again. Who the customer is stays known."""
    _rest(talk)
    talk.state.wish = editing.fresh(talk.wish)
    services.drop_unclear(talk)
    talk.before = {}


def help_line(talk: Talk) -> Line:
    reach = contact(talk)
    values = {"business": talk.context.workspace_name, "contact": reach}
    return Line("help" if reach else "help_plain", values)
