"""Days and times in a text, English and Arabic, as facts with spans. Pure; nothing here knows a catalog.

The order: number words become digits in a view (numbers.py), days are found (days.py: dates.py and near_days.py) and
joined (day_merge.py),
then what counts from now (from_now.py), then clocks (clocks.py), ranges and parts of the day (times.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.understanding.contract import DayFact, DayPart, TimeFact
from bot.understanding.normalize import Text
from bot.understanding.when.calendar import year_later
from bot.understanding.when.day_merge import DayMerger
from bot.understanding.when.days import is_day_talk, read_days
from bot.understanding.when.found import Found, Kind
from bot.understanding.when.from_now import read_from_now
from bot.understanding.when.numbers import Numbered
from bot.understanding.when.times import TimeReader, When, is_time_talk

_BESIDE = 4
"""Characters between a weekday and its part of the day, at most."""
_ENDS = {DayPart.MORNING: 11, DayPart.AFTERNOON: 16, DayPart.EVENING: 20, DayPart.NIGHT: 22}
"""The hour from which on a part of today is as good as over."""
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
    if not time_talk:
        return [_day_item(view, found, now) for found in days], []
    moments = read_from_now(view, now, asked_time=asked_time)
    whens = TimeReader(view, asked_time=asked_time, days=days).read()
    if len(days) == 1:
        days = [_today_if_ahead(days[0], whens, now)]
    day_items = [_day_item(view, found, now) for found in days]
    time_items: list[TimeItem] = []
    for moment in moments:
        span = view.span(moment.start, moment.end, moment.rule)
        place = view.folded(moment.start, moment.end)
        day_items.append((*place, DayFact(moment.day, span)))
        time_items.append((*place, TimeFact(span, at=moment.at, until=moment.until, earliest=moment.at_once)))
    time_items += [_time_item(view, when) for when in whens]
    by_place = sorted(time_items, key=lambda item: item[0])
    return sorted(day_items, key=lambda item: item[0]), by_place


def _today_if_ahead(found: Found, whens: list[When], now: datetime) -> Found:
    """ "Sat morning", said on a Saturday while it is night or morning still, is today's; a bare "Saturday" isn't."""
    a_week_on = now.date() + timedelta(days=7)
    if found.kind is not Kind.WEEKDAY or found.modified or found.day != a_week_on or len(whens) != 1:
        return found
    part = whens[0].part
    beside = 0 <= whens[0].start - found.end <= _BESIDE
    ahead = part is not None and whens[0].at is None and now.hour < _ENDS[part]
    return replace(found, day=now.date()) if beside and ahead else found


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
