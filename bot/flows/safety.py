"""What must not be answered like a booking: somebody in distress, an emergency, a question for a doctor.

Only where the business has lines for it (settings.safety). No diagnosis, no advice: the line as it stands, a person is
told, and nothing of what was said goes into a lead, a note or an escalation.
"""

from __future__ import annotations

from bot.catalog import localized
from bot.flows.contract import EscalationChange
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.understanding.contract import Safety, Understanding
from bot.wording.words import Line


def hear(talk: Talk, u: Understanding) -> bool:
    """True: the message is answered with the line for it and with nothing else."""
    if u.safety is None:
        return False
    if u.safety.kind is Safety.MEDICAL:
        _no_advice(talk)
        return False
    line = guidance(talk, u)
    if line is None:
        return False
    talk.heard = talk.spoke = True
    flag(talk, u.safety.kind)
    talk.state.greeted = True  # no welcome stands before it
    again = (Line("safety_again"),) if talk.state.safety_told else ()
    talk.state.safety_told = True
    talk.said.clear()
    talk.answers.clear()
    # Nothing stays open: the next "yes" must not be one to a booking.
    talk.ending = Question(state=BotState.IDLE, lines=(line, *again), standing=False)
    return True


def beside(talk: Talk, u: Understanding) -> None:
    """A person was asked for in the same breath: he gets the talk, and the line stands before that."""
    line = guidance(talk, u)
    if line is not None and u.safety is not None:
        flag(talk, u.safety.kind)
        talk.said.insert(0, line)


def guidance(talk: Talk, u: Understanding) -> Line | None:
    """The business's line for a crisis or an emergency, if it was one and there is a line."""
    if u.safety is None or u.safety.kind is Safety.MEDICAL:
        return None
    lines = talk.context.settings.safety
    texts = lines.crisis
    if u.safety.kind is Safety.EMERGENCY:
        texts = lines.emergency or lines.crisis
    text = localized(texts, talk.state.language)
    return Line("detail_line", {"text": text}) if text else None


def flag(talk: Talk, kind: Safety) -> None:
    """A person is told that something was said, not what. The bot is not paused: silence would be worse."""
    talk.trace.append(f"safety:{kind.value}")
    talk.note(
        f"safety_{kind.value}",
        "A customer wrote something that needs a person at once. Read the conversation.",
    )
    talk.escalations.append(EscalationChange("open", cause=kind.value))


def _no_advice(talk: Talk) -> None:
    text = localized(talk.context.settings.safety.no_medical_advice, talk.state.language)
    if text:
        talk.heard = talk.spoke = True
        talk.trace.append("safety:medical")
        talk.answer("detail_line", text=text)
