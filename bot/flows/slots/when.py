"""Day and time as the customer puts them. Whether they can be is decided in times.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from bot.flows.state import Wish
from bot.flows.talk import Talk, drop_plan
from bot.understanding.contract import DayFact, TimeFact
from bot.understanding.normalize import fold
from bot.workspace import SlotKind

_BEFORE = re.compile(r"\b(?:last|since)\s$", re.IGNORECASE)
""" "I chipped a tooth last night": not when he wants to come."""
_PRAYERS = {"عصر": (time(15), time(18)), "ظهر": (time(12), time(15)), "مغرب": (time(17), time(19, 30))}
"""What these words mean in the Gulf; the part of the day they belong to is wider."""
_CORRECTED = re.compile(
    r"[\s,.!-]*(?:no,?\swait|wait,?\sno|wait|no|sorry|actually|i mean|rather|make (?:it|that)|لا لا|لا|قصدي|اقصد)[\s,]+"
    r"(?:make it\s|at\s)?(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?(?=\s*(?:$|[,.!;]))",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\bor\b|(?<!\w)(?:أو|او|ولا|والا)(?!\w)", re.IGNORECASE)


def hear(talk: Talk, days: Sequence[DayFact], times: Sequence[TimeFact], text: str = "") -> None:
    """The last one said counts: "Thursday, no, Friday"; of "Thursday or Friday" both do."""
    wish = talk.wish
    times = [one for one in times if not (one.part and _BEFORE.search(text[: one.span.start]))]
    if days:
        fact = days[-1]
        first, last = fact.day, fact.last_day
        if len(days) == 2 and _EITHER.search(text[days[0].span.end : fact.span.start]):
            first, other = sorted((days[0].day, fact.day))
            last = other if (other - first).days == 1 else None
        take_day(talk, first, last=last, conflict=fact.conflict)
    if times:
        fact_time = times[-1]
        drop_plan(wish)
        if fact_time.earliest or fact_time.latest:
            wish.at, wish.until, wish.part = None, None, None
            wish.extreme = "earliest" if fact_time.earliest else "latest"
            talk.touch(SlotKind.TIME)
            return
        wish.extreme = None
        wish.at, wish.until, wish.part = fact_time.at, fact_time.until, fact_time.part
        if fact_time.at is None and fact_time.until is None:
            wish.at, wish.until = _prayer(text[fact_time.span.start : fact_time.span.end])
        if (
            fact_time.until is not None
            and (fact_time.at is None or fact_time.at == time(0))
            and (fact_time.until >= time(23, 59))
        ):
            wish.at = wish.until = wish.part = None  # "any time": the whole day
        if fact_time.at is not None and fact_time.until is None:
            wish.part = None
        wish.half_open = fact_time.ambiguous_half and fact_time.at is not None
        if wish.at is not None and wish.until is None:
            wish.at = _put_right(wish.at, text[fact_time.span.end :])
        if wish.half_open and wish.at is not None and fact_time.part is not None:
            _halve_by_part(wish, fact_time)
        talk.touch(SlotKind.TIME)


def _put_right(at: time, following: str) -> time:
    """ "3pm, no wait 4": the hour that was said right after it, in the same half of the day."""
    said = _CORRECTED.match(following)
    hour = int(said["hour"]) if said is not None else 0
    if said is None or not 1 <= hour <= 12:
        return at
    return time(hour % 12 + (12 if at.hour >= 12 else 0), int(said["minute"] or 0))


def _prayer(said: str) -> tuple[time | None, time | None]:
    """From when until when "العصر" is; nothing for other words, nor for "بعد العصر"."""
    if re.search(r"بعد|عقب|قبل", said):
        return None, None
    return next((span for word, span in _PRAYERS.items() if word in fold(said)), (None, None))


def _halve_by_part(wish: Wish, fact: TimeFact) -> None:
    """ "5 in the evening": the part of the day settles the half."""
    if wish.at is None or fact.part is None:
        return
    early = wish.at.hour % 12
    wish.at = wish.at.replace(hour=early if fact.part.value == "morning" else early + 12)
    wish.half_open = False


def take_day(talk: Talk, day: date, *, last: date | None = None, conflict: bool = False) -> None:
    wish = talk.wish
    if wish.plan and wish.day == day and last is None:
        talk.touch(SlotKind.TIME)
        return
    drop_plan(wish)
    wish.day, wish.last_day, wish.day_conflict = day, last, conflict
    talk.touch(SlotKind.TIME)


def take_clock(talk: Talk, clock: time) -> None:
    drop_plan(talk.wish)
    talk.wish.at, talk.wish.until, talk.wish.part, talk.wish.half_open = clock, None, None, False
    talk.touch(SlotKind.TIME)


def take_hour(talk: Talk, hour: int) -> None:
    """A bare hour, 1 to 12: opening hours decide between morning and afternoon."""
    take_clock(talk, time(hour % 24))
    talk.wish.half_open = True


def reopen(talk: Talk, *, day: bool = True, clock: bool = True) -> None:
    """The customer wants another time: what is asked again is forgotten, the rest stays."""
    wish = talk.wish
    drop_plan(wish)
    if day:
        wish.day = wish.last_day = None
        wish.day_conflict = False
    if clock:
        wish.at = wish.until = wish.part = None
        wish.half_open = False
