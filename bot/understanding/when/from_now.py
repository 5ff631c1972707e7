"""Times that count from now: "in two hours", "half an hour later", "بعد ساعة", "right now"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.understanding.normalize import BLANK
from bot.understanding.when import clock_patterns as patterns
from bot.understanding.when.clock_words import END_OF_DAY
from bot.understanding.when.found import count_of
from bot.understanding.when.numbers import Numbered

_MOST = 8
"""Moments looked for in one text."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that follows from now. Positions are those of the view."""

    start: int
    end: int
    day: date
    at: time
    rule: str
    until: time | None = None
    at_once: bool = False
    """ "Now": the first time that fits, not this very minute."""


def read_from_now(view: Numbered, now: datetime, *, asked_time: bool) -> list[Moment]:
    """Moments counted from now; what they took is blanked. `now`: the location's wall time."""
    moments: list[Moment] = []
    for pattern, minutes_of, needs in (
        (patterns.FROM_NOW, _minutes, ("in ", "in\n")),
        (patterns.LATER, _minutes, ("later", "from", "hence")),
        (patterns.FROM_NOW_ARABIC, _arabic_minutes, ("ساع", "دق")),
    ):
        for match in view.matches(pattern, _MOST, needs):
            moved = (
                pattern is patterns.LATER and match[0].endswith("later") and patterns.MOVES.search(view.rest)
            )
            minutes = None if moved else minutes_of(match)
            moment = _later(now, minutes) if minutes is not None else None
            if moment is not None:
                moments.append(Moment(match.start(), match.end(), moment.date(), _minute(moment), "from_now"))
                view.take(match.start(), match.end())
    moments += _next_hours(view, now)
    for match in view.matches(patterns.RIGHT_NOW, _MOST, ("now", "away", "ال", "هسه", "دلوقتي")):
        if _is_wish(view, match, asked_time=asked_time):
            moments.append(Moment(match.start(), match.end(), now.date(), _minute(now), "now", at_once=True))
            view.take(match.start(), match.end())
    return moments


def _later(now: datetime, minutes: int) -> datetime | None:
    """So many minutes later on the wall, an hour that is skipped or repeated in between counted right."""
    try:
        return (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo)
    except OverflowError:
        return None


def _minute(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)


def _next_hours(view: Numbered, now: datetime) -> list[Moment]:
    """ "In the next two hours": from now on, at most to the day's end."""
    moments = []
    for match in view.matches(patterns.NEXT_HOURS, _MOST, ("hour", "hr")):
        count = match["n"] or "1"
        hours = int(count) if count.isdigit() else 2 if count.startswith("couple") else 3
        end = _later(now, 60 * hours)
        if end is not None:
            until = _minute(end) if end.date() == now.date() else END_OF_DAY
            moments.append(Moment(match.start(), match.end(), now.date(), _minute(now), "next_hours", until))
            view.take(match.start(), match.end())
    return moments


def _is_wish(view: Numbered, match: re.Match[str], *, asked_time: bool) -> bool:
    """ "Can I come now?" is a wish, "that's all for now" and "I'm busy right now" are none."""
    around = (view.rest[: match.start()] + view.rest[match.end() :]).replace(BLANK, " ").strip(" .!?,")
    if around in {"", "please", "just"} or (asked_time and len(around.split()) < 2):
        return True
    return bool(patterns.NOW_BEFORE.search(view.rest, max(0, match.start() - 30), match.start()))


def _minutes(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 90 if match["half"].startswith("a") and "and" in match["half"] else 30
    if match["q"]:
        return 15 * int(match["quarters"] or 1)
    said = match["n"]
    if "/" in said:
        over, under = said.split("/")
        count = int(over) / int(under) if int(under) else 0.0
    else:
        count = float(said) if said[0].isdigit() else float(count_of(said))
    size = 60 if match["u"].startswith("h") else 1
    half = size / 2 if match["and"] or match["nhalf"] else 0
    return int(count * size + half) + int(match["n2"] or 0)


def _arabic_minutes(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15
    if match["two"]:
        return 120
    if match["one"]:
        return 90 if match["onehalf"] else 60
    return int(match["n"]) * (60 if match["u"].startswith("ساع") else 1)
