"""The business's own questions and what was answered, to be read. Asking and checking: slots/details.py."""

from __future__ import annotations

from bot.flows.talk import Talk
from bot.workspace import FormField, SlotKind

OWN = frozenset({SlotKind.TEXT, SlotKind.NUMBER, SlotKind.CHOICE})
NOTES_LIMIT = 2000


def own_fields(talk: Talk) -> list[FormField]:
    return [one for one in talk.context.form if one.kind in OWN]


def pairs(talk: Talk, language: str, answers: dict[str, str]) -> list[tuple[str, str]]:
    """What was answered, as (label, value), in the form's order."""
    return [
        (one.called(language), one.shown(answers[one.key], language))
        for one in own_fields(talk)
        if answers.get(one.key)
    ]


def notes(talk: Talk, answers: dict[str, str]) -> str:
    """The answers as a note to the business, in English labels."""
    return "\n".join(f"{label}: {value}" for label, value in pairs(talk, "en", answers))[:NOTES_LIMIT]


def from_notes(talk: Talk, text: str) -> dict[str, str]:
    """The answers that `notes` wrote, by key: an earlier booking's are not asked again."""
    said = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    answers = {one.key: said[one.called("en")] for one in own_fields(talk) if one.called("en") in said}
    for one in own_fields(talk):
        raw = next((c for c in one.choices if one.shown(c, "en") == answers.get(one.key)), None)
        if raw is not None:
            answers[one.key] = raw
    return answers
