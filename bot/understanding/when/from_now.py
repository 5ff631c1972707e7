"""Times that count from now: "in two hours", "half an hour later", "بعد ساعة", "right now"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.understanding.normalize import BLANK
from bot.understanding.when import clock_patterns as patterns
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
            try:
                moment = now + timedelta(minutes=minutes) if minutes is not None else None
            except OverflowError:
                moment = None
            if moment is not None:
                at = moment.time().replace(second=0, microsecond=0)
                moments.append(Moment(match.start(), match.end(), moment.date(), at, "from_now"))
                view.take(match.start(), match.end())
    for match in view.matches(patterns.RIGHT_NOW, _MOST, ("now", "away", "ال", "هسه", "دلوقتي")):
        if _is_wish(view, match, asked_time=asked_time):
            at = now.time().replace(second=0, microsecond=0)
            moments.append(Moment(match.start(), match.end(), now.date(), at, "now", at_once=True))
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
