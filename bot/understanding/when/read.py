"""Days and times in a text, English and Arabic, as facts with spans. Pure; nothing here knows a catalog.

The order: number words become digits in a view (numbers.py), days are found (days.py: dates.py and near_days.py) and
joined (day_merge.py),
then what counts from now (from_now.py), then clocks (clocks.py), ranges and parts of the day (times.py).
"""

from __future__ import annotations

from datetime import datetime

from bot.understanding.contract import DayFact, TimeFact
from bot.understanding.normalize import Text
from bot.understanding.when.calendar import year_later
from bot.understanding.when.day_merge import DayMerger
from bot.understanding.when.days import is_day_talk, read_days
from bot.understanding.when.found import Found
from bot.understanding.when.from_now import read_from_now
from bot.understanding.when.numbers import Numbered
from bot.understanding.when.times import TimeReader, When, is_time_talk

DayItem = tuple[int, int, DayFact]
"""Start and end in the folded text, and the fact."""
TimeItem = tuple[int, int, TimeFact]


def find_when(
    text: Text, now: datetime, region: str, *, asked_time: bool
) -> tuple[list[DayItem], list[TimeItem]]:
    """Days and times of what is free in a text, in its order. `now`: aware, the location's wall time."""
    words = {token.base for token in text.tokens}
    digits = any(char.isdigit() for char in text.rest)
    day_talk, time_talk = is_day_talk(words, digits=digits), is_time_talk(words, digits=digits)
    if not day_talk and not time_talk:
        return [], []
    view = Numbered(text)
    days: list[Found] = []
    if day_talk:
        days = read_days(view, now.date(), region, asked_time=asked_time)
        days = DayMerger(view, now.date(), region).merge(days)
    day_items = [_day_item(view, found, now) for found in days]
    if not time_talk:
        return day_items, []
    time_items: list[TimeItem] = []
    for moment in read_from_now(view, now, asked_time=asked_time):
        span = view.span(moment.start, moment.end, moment.rule)
        place = view.folded(moment.start, moment.end)
        day_items.append((*place, DayFact(moment.day, span)))
        time_items.append((*place, TimeFact(span, at=moment.at, until=moment.until, earliest=moment.at_once)))
    whens = TimeReader(view, asked_time=asked_time, days=days).read()
    time_items += [_time_item(view, when) for when in whens]
    by_place = sorted(time_items, key=lambda item: item[0])
    return sorted(day_items, key=lambda item: item[0]), by_place


def _day_item(view: Numbered, found: Found, now: datetime) -> DayItem:
    span = view.span(found.start, found.end, found.rule, 0.9 if found.conflict else 1.0)
    next_year = year_later(now.date(), found.day) if found.open_year else None
    last = found.last if found.last is not None and found.last > found.day else None
    fact = DayFact(found.day, span, last, found.conflict, next_year)
    return (*view.folded(found.start, found.end), fact)


def _time_item(view: Numbered, when: When) -> TimeItem:
    span = view.span(when.start, when.end, when.rule, 0.9 if when.half_open else 1.0)
    fact = TimeFact(span, at=when.at, until=when.until, part=when.part, ambiguous_half=when.half_open)
    return (*view.folded(when.start, when.end), fact)
