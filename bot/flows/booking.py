"""The booking's next question: the first thing of the form that is still missing, else the summary."""

from __future__ import annotations

from bot.flows import confirm, escalation, handling, times
from bot.flows.slots import contact, details, place, services
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.wording.words import Line
from bot.workspace import FormField, SlotKind


def next_question(talk: Talk) -> Question:
    """What is still missing, and once a wish that its times may be old."""
    question = _next(talk)
    times.admit_stale(talk)
    return question


def _next(talk: Talk) -> Question:
    """An opened slot first, then a word that may mean several services, then the form's order.

    Nothing that is known is asked.
    """
    fields = talk.context.form
    if not talk.catalog.locations or not talk.catalog.services:
        return _not_ready(talk)
    if not any(one.kind is SlotKind.STAFF for one in fields):
        talk.wish.any_staff = True
    services.assume(talk)
    times.resolve_half(talk)
    editing = talk.state.editing
    unclear = SlotKind.SERVICES if talk.state.candidates else None
    ordered = sorted(fields, key=lambda one: (one.kind is not editing, one.kind is not unclear))
    for one in ordered:
        question = _missing(talk, one, fields)
        if question is not None:
            return question
    if not handling.finishes_elsewhere(talk) and not confirm.renew_plan(talk):
        question = times.settle(talk)
        if question is not None:
            return question
    return confirm.ask(talk, fields)


def _not_ready(talk: Talk) -> Question:
    """No catalog yet (a business that was never synced): a person helps."""
    line = Line("not_ready", {"business": talk.context.workspace_name})
    reach = escalation.contact_lines(talk)
    choices = (talk.button("human", "title_human"),)
    return Question(state=BotState.IDLE, lines=(line, *reach), choices=choices, standing=False)


def _missing(talk: Talk, one: FormField, fields: tuple[FormField, ...]) -> Question | None:
    match one.kind:
        case SlotKind.LOCATION:
            return place.missing(talk)
        case SlotKind.SERVICES:
            return services.missing(talk)
        case SlotKind.STAFF:
            return None  # asked together with the time: who can be asked for depends on it
        case SlotKind.TIME:
            return None if handling.finishes_elsewhere(talk) else times.settle(talk)
        case SlotKind.NAME:
            return contact.missing_name(talk, fields)
        case SlotKind.PHONE:
            return contact.missing_phone(talk)
        case SlotKind.EMAIL:
            return contact.missing_email(talk, one)
        case SlotKind.PAYMENT:
            return None  # asked under the summary, where the choice is the yes
        case SlotKind.TEXT | SlotKind.NUMBER | SlotKind.CHOICE:
            return details.missing(talk, one)
