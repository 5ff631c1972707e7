"""A customer who is on his way and late: the team is told at once, and he hears that it was."""

from __future__ import annotations

import re

from bot.flows import known
from bot.flows.talk import Talk
from bot.understanding.normalize import fold

_BETWEEN = (
    r"(?:(?:a|an|and|about|already|bit|few|five|ten|fifteen|twenty|half|hour|hours|just|like|little|maybe|mins?|minutes?"
    r"|probably|quarter|really|so|some|sorry|still|very|\d+)\s){0,5}"
)
_LATE = re.compile(
    rf"\b(?:running|gonna be|going to be|be|i'?m|we'?re|be there|arrive|get there)\s{_BETWEEN}late\b"
    # "A late slot" is a wish, "late in the day" an hour.
    r"(?!\s(?:slots?|appointments?|bookings?|times?|ones?|evening|afternoon|night|morning|shift|in the|on)\b)"
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
