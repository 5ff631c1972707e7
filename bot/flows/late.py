"""A customer who is on his way and late: the team is told at once, and he hears that it was."""

from __future__ import annotations

import re

from bot.flows import known
from bot.flows.talk import Talk
from bot.understanding.normalize import fold

_LATE = re.compile(
    r"\b(?:running|gonna be|going to be|i'?ll be|we'?ll be|will be|i'?m|we'?re|might be|be there)\s"
    r"(?:\S+\s){0,4}?late\b"
    r"|\bstuck in traffic\b|(?<!\w)(?:بتاخر|راح اتاخر|متاخر|متاخره|بنتاخر|متاخرين|زحمه)(?!\w)"
)


def hear(talk: Talk, text: str) -> bool:
    """Passes it on. False: the line says nothing of the kind."""
    if _LATE.search(fold(text)) is None:
        return False
    talk.heard = True
    talk.trace.append("late")
    talk.note(
        "running_late",
        "A customer writes that he is late.",
        booking_ids=[str(one.id) for one in known.upcoming(talk)[:1]],
    )
    talk.say("late_noted")
    return True
