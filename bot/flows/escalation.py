"""Handing a talk to a person, and how a person is reached without the bot."""

from __future__ import annotations

from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.wording.words import Line


def contact(talk: Talk) -> str:
    """Phone, e-mail and website of the business, as far as they are set."""
    known = talk.context.settings.contact
    return ", ".join(part for part in (known.phone, known.email, known.website) if part)


def contact_lines(talk: Talk) -> tuple[Line, ...]:
    reach = contact(talk)
    return (Line("contact_is", {"contact": reach}),) if reach else ()


def hand_over(talk: Talk, cause: str) -> None:
    """A person takes over; the bot is silent until the conversation is handed back."""
    talk.heard = True
    talk.conversation_status = "human"
    talk.note(
        "human_requested",
        "A customer asked for a person.",
        cause=cause,
        open_question=talk.state.name.value,
        slot=talk.state.asked.value if talk.state.asked else "",
    )
    talk.ending = Question(state=BotState.HUMAN, lines=(Line("human"), *contact_lines(talk)), standing=False)


def help_line(talk: Talk) -> Line:
    reach = contact(talk)
    values = {"business": talk.context.workspace_name, "contact": reach}
    return Line("help" if reach else "help_plain", values)
