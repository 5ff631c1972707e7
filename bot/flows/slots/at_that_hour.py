"""Which of several services an hour speaks for: a table at eight is for dinner, at one for lunch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from uuid import UUID

from bot.catalog import Service
from bot.flows import hours
from bot.flows.talk import Talk
from bot.understanding.contract import DayPart, Understanding
from bot.understanding.normalize import fold

_NOON, _EVENING = time(11, 30), time(16)
_WORDS = {
    "morning": re.compile(r"\b(?:breakfast|morning|sunrise)\b|فطور|صباح"),
    "noon": re.compile(r"\b(?:lunch|noon|midday|afternoon)\b|غداء|ظهر"),
    "evening": re.compile(r"\b(?:dinner|supper|evening|night)\b|عشاء|مساء"),
}
_PARTS = {
    DayPart.MORNING: "morning",
    DayPart.AFTERNOON: "noon",
    DayPart.EVENING: "evening",
    DayPart.NIGHT: "evening",
}


def spoken_for(talk: Talk, ids: Sequence[UUID], u: Understanding | None = None) -> list[UUID]:
    """Those of the services that say they are for the part of the day that is named or wished; all, where none does."""
    part = _part(talk, u)
    if part is None or len(ids) < 2:
        return list(ids)
    return [one for one in ids if part in _told(talk.catalog.services[one])] or list(ids)


def _told(service: Service) -> set[str]:
    said = fold(" ".join((*service.names.values(), service.description)))
    return {part for part, pattern in _WORDS.items() if pattern.search(said)}


def _part(talk: Talk, u: Understanding | None) -> str | None:
    """Of the line's time, else of what is wished already. A bare "7" is what the opening hours make of it."""
    wish = talk.wish
    if u is not None and u.times:
        fact = u.times[-1]
        day = u.days[-1].day if u.days else wish.day
        clock = _settled(talk, day, fact.at) if fact.at is not None and fact.ambiguous_half else fact.at
        return _of(clock, fact.part)
    clock = _settled(talk, wish.day, wish.at) if wish.at is not None and wish.half_open else wish.at
    return _of(clock, wish.part)


def _of(clock: time | None, part: DayPart | None) -> str | None:
    if clock is not None:
        return "morning" if clock < _NOON else "noon" if clock < _EVENING else "evening"
    return _PARTS[part] if part is not None else None


def _settled(talk: Talk, day: date | None, clock: time) -> time | None:
    places = [talk.location] if talk.location is not None else list(talk.catalog.locations.values())
    readings = {one for place in places for one in hours.halves(place, day, clock)}
    return readings.pop() if len(readings) == 1 else None
