"""Days: named ("tomorrow", "بكرا"), weekdays, calendar dates, ranges. All in the location's zone.

A day that is over is returned as it was said: refusing it is the flow's business.
"""

from __future__ import annotations

from datetime import date

from bot.understanding.when.dates import DateRules
from bot.understanding.when.day_words import TRIGGERS
from bot.understanding.when.found import Found
from bot.understanding.when.near_days import NearRules
from bot.understanding.when.numbers import Numbered


def is_day_talk(words: set[str], *, digits: bool) -> bool:
    """Whether there can be a day at all; the rules are only tried then."""
    return digits or not words.isdisjoint(TRIGGERS) or any(word[0] in "ولبهع" for word in words)


def read_days(view: Numbered, today: date, region: str, *, asked_time: bool) -> list[Found]:
    """Days and ranges of one text, each said on its own, in the order of the text."""
    found: list[Found] = []
    dates, near = DateRules(view, today, region, found), NearRules(view, today, region, found)
    dates.read_dates()
    near.read_near_days(asked_time=asked_time)
    dates.read_days_of_month(asked_time=asked_time)
    if asked_time and not found:
        dates.read_bare_answer()
    return sorted(found, key=lambda day: day.start)
