"""Facts that are phrases: anyone, any time, as early as possible, ways to pay."""

from __future__ import annotations

import re
from datetime import time

from bot.understanding.contract import Intent, Match, TimeFact
from bot.understanding.payment import is_payment, payment_types
from bot.understanding.phrases import Cue, Hit
from bot.understanding.reading import Facts, Reading
from bot.understanding.when.clock_words import END_OF_DAY
from bot.understanding.words import FILLERS, POLITE
from bot.workspace import SlotKind

_SHIELDED = frozenset((Intent.GREETING, Intent.GOODBYE, Cue.IDIOM))
"""Phrases whose words say nothing else ("good morning" is no part of the day)."""

_BOUND_BEFORE = re.compile(r"\d[^.?!]{0,12}\bat the(?: very)?\s$")
"""Before "latest": with a clock it bounds that ("5 pm at the latest") and is no wish of its own."""

_SHIELDED_IN_LENGTH = frozenset((Intent.ASK_POLICY, Intent.USUAL))
"""The same of phrases of several words ("walk ins", "same as last time")."""
_FAREWELL = re.compile(r"(?:see|cya|catch|نشوف|اشوف)[^.!?\n,]*(?=[.!,\n]|$)")
"""A farewell with its day, which is no wish: "see you tomorrow"."""

_BOUND_ASKED = re.compile(r"\b(?:(?P<first>earliest|soonest|next available|اقرب|ابكر)|latest|اخر)\b")
"""In a question for times: "what's the earliest you have", "متى اقرب موعد"."""


def shield(reading: Reading) -> None:
    """Keep greetings and idioms from the rules that follow."""
    for hit in reading.hits:
        if hit.label in _SHIELDED or (hit.label in _SHIELDED_IN_LENGTH and hit.last - hit.first > 1):
            start, end = reading.range(hit)
            farewell = _FAREWELL.match(reading.text.folded, start) if hit.label is Intent.GOODBYE else None
            reading.text.take(start, farewell.end() if farewell else end)


def read_cues(reading: Reading, facts: Facts) -> None:
    """Facts that are phrases: anyone, any time, as early as possible, ways to pay."""
    asked = reading.context.asked
    for hit in reading.hits:
        start, end = reading.range(hit)
        if not reading.text.is_free(start, end):
            continue
        if hit.label is Cue.ANYONE or (hit.label is Cue.ANYTHING and asked in {SlotKind.STAFF, None}):
            facts.any_staff = facts.any_staff or hit.label is Cue.ANYONE or _anything_is_staff(reading, hit)
        elif hit.label is Cue.ANY_TIME or (hit.label is Cue.ANYTHING and asked is SlotKind.TIME):
            span = reading.text.span(start, end, "any_time", 0.9)
            facts.times.append((start, end, TimeFact(span, at=time(0), until=END_OF_DAY)))
        elif hit.label is Cue.EARLIEST and asked is SlotKind.STAFF and "first" in reading.text.folded:
            facts.any_staff = True
        elif hit.label in {Cue.EARLIEST, Cue.LATEST}:
            if _BOUND_BEFORE.search(reading.text.folded, max(0, start - 30), start):
                continue
            span = reading.text.span(start, end, str(hit.label))
            early = hit.label is Cue.EARLIEST
            facts.times.append((start, end, TimeFact(span, earliest=early, latest=not early)))
        elif hit.label is Intent.ASK_TIMES and (
            bound := _BOUND_ASKED.search(reading.text.folded, start, end)
        ):
            early = bound["first"] is not None
            span = reading.text.span(*bound.span(), "earliest" if early else "latest")
            facts.times.append((*bound.span(), TimeFact(span, earliest=early, latest=not early)))
            continue
        else:
            continue
        reading.text.take(start, end)
    facts.payments = _payments(reading)


def _anything_is_staff(reading: Reading, hit: Hit) -> bool:
    """A bare "any" inside a sentence is a determiner ("any gel services?"); alone it is an answer."""
    if reading.asked(SlotKind.STAFF) or hit.last - hit.first > 1:
        return True
    others = [t for i, t in enumerate(reading.text.tokens) if not hit.first <= i < hit.last]
    return all(
        t.word in FILLERS or t.word in POLITE or t.word in {"yes", "no", "fine", "works"} for t in others
    )


def _payments(reading: Reading) -> tuple[Match, ...]:
    said = [hit for hit in reading.hits if is_payment(hit.label)]
    if not said:
        return ()
    narrow: dict[Cue, tuple[Match, ...]] = {}
    for hit in said:
        start, end = reading.range(hit)
        if not reading.text.is_free(start, end):
            continue
        span = reading.text.span(start, end, str(hit.label))
        for cue, kinds in payment_types(reading.context.catalog, [Cue(hit.label)]):
            narrow[cue] = tuple(Match(kind.id, span) for kind in kinds)
            reading.text.take(start, end)
    if len(narrow) > 1:
        narrow.pop(Cue.PAY_ONLINE, None)
    unique = {match.id: match for matches in narrow.values() for match in matches}
    return tuple(unique.values())
