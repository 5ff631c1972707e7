"""Arithmetic of days: pure, total, None where the calendar has no such day."""

from __future__ import annotations

import calendar as _calendar
from datetime import date, timedelta

from bot.understanding.words import WEEKEND_FRIDAY_SATURDAY

PAST_DAYS = 90
"""A date without a year that is over by no more than this was probably meant as it stands; else next year."""


def make_date(year: int, month: int, day: int) -> date | None:
    """The day, if there is one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shift(day: date, days: int) -> date | None:
    """So many days later (or earlier)."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def add_months(day: date, months: int) -> date | None:
    """The same day of another month; its last where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def add(day: date, count: int, unit: str) -> date | None:
    """So many days, weeks, months or years later."""
    if unit == "month":
        return add_months(day, count)
    if unit == "year":
        return add_months(day, 12 * count)
    return shift(day, count * (7 if unit == "week" else 14 if unit == "fortnight" else 1))


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=_calendar.monthrange(day.year, day.month)[1])


def full_year(said: str) -> int:
    """ "26" is 2026."""
    return int(said) if len(said) == 4 else 2000 + int(said)


def without_year(today: date, month: int, day: int) -> date | None:
    """The nearest sensible year: this one, unless the date is long over. 29 February finds a leap year."""
    for year in range(today.year, today.year + 9):
        found = make_date(year, month, day)
        if found and (today - found).days <= PAST_DAYS:
            return found
    return None


def year_later(today: date, day: date) -> date | None:
    """The same day of a coming year, if the day is over."""
    if day >= today:
        return None
    for year in range(day.year + 1, day.year + 9):
        found = make_date(year, day.month, day.day)
        if found and found >= today:
            return found
    return None


def month_from(today: date, month: int, year: str | None) -> date | None:
    """The first day of a month: of the year that was said, else of the coming one (this month counts)."""
    if not 1 <= month <= 12:
        return None
    if year:
        return make_date(full_year(year), month, 1)
    return make_date(today.year + (month < today.month), month, 1)


def day_of_month(start: date, number: int, *, months: int = 13) -> date | None:
    """The next such day of a month from a day on."""
    year, month = start.year, start.month
    for _ in range(months):
        found = make_date(year, month, number)
        if found and found >= start:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return None


def coming(today: date, weekday: int, *, today_counts: bool = False) -> date | None:
    """The next day of that name; a week from now on that very day, unless today counts."""
    ahead = (weekday - today.weekday()) % 7
    return shift(today, ahead if ahead or today_counts else 7)


def first_weekday(region: str) -> int:
    """Monday is 0; Sunday begins the week where the weekend is Friday and Saturday."""
    return 6 if region in WEEKEND_FRIDAY_SATURDAY else 0


def week_start(day: date, region: str) -> date:
    """The first day of the day's week; the calendar's first day where it would begin before that."""
    return shift(day, -((day.weekday() - first_weekday(region)) % 7)) or date.min


def weekday_in_week(day: date, weekday: int, region: str) -> date | None:
    """The weekday of the week in which the day is."""
    start = week_start(day, region)
    return shift(start, (weekday - start.weekday()) % 7)


def nth_weekday(first: date, weekday: int, nth: int) -> date | None:
    """The nth weekday of the month that begins at `first`; -1 is its last."""
    if nth < 0:
        last = month_end(first)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    found = shift(first, (weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return found if found and found.month == first.month else None
