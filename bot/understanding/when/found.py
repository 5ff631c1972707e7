"""A day on its way to a fact, and what all rules of days share: scanning the view and blanking what is understood."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from bot.understanding.when import calendar
from bot.understanding.when import day_patterns as patterns
from bot.understanding.when.day_words import COUNTS, MONTHS, NEXT
from bot.understanding.when.numbers import Numbered


class Kind(Enum):
    """How a day was said; it decides how two of them go together."""

    DATE = auto()
    """With a month, or an ISO date."""
    OF_MONTH = auto()
    """ "The 5th"."""
    WEEKDAY = auto()
    NAMED = auto()
    """ "Tomorrow"."""
    AWAY = auto()
    """ "In two weeks"."""
    RANGE = auto()


@dataclass(slots=True)
class Found:
    """A day on its way to a fact. Positions are those of the view."""

    start: int
    end: int
    day: date
    rule: str
    kind: Kind
    last: date | None = None
    weekday: int | None = None
    modified: bool = False
    """A weekday with "next", "last" or "of next week": it moves with no other day."""
    unit: str = ""
    open_year: bool = False
    """No year was said."""
    conflict: bool = False


def month_of(said: str) -> int:
    """The number of a month's name or of "شهر 12"; 0 if there is no such month."""
    name = said.rstrip(".")
    bare = name.removeprefix("شهر ")
    if bare in MONTHS:
        return MONTHS[bare]
    number = re.search(r"\d+", name)
    return int(number[0]) if number and 1 <= int(number[0]) <= 12 else 0


def count_of(said: str) -> int:
    """ "3", "a", "a couple of"."""
    if said.isdigit():
        return int(said)
    last = said.removesuffix(" of").split()[-1]
    return COUNTS[last]


MOST = 24
"""Days looked for in one text by one rule; more are no wish, and looking costs."""


class Rules:
    """Rules over one view. All rules of one text share the list of what is found."""

    def __init__(self, view: Numbered, today: date, region: str, found: list[Found]) -> None:
        self.view = view
        self.today = today
        self.region = region
        self.found = found

    def add(self, found: Found) -> None:
        self.found.append(found)
        self.view.take(found.start, found.end)

    def scan(
        self,
        pattern: re.Pattern[str],
        rule: str,
        value: Callable[[re.Match[str]], date | None],
        kind: Kind = Kind.DATE,
        *,
        year: int | None = None,
        needs: tuple[str, ...] = (),
    ) -> None:
        """`year`: the group of the year; without one the date is open to another year."""
        for match in self.view.matches(pattern, MOST, needs):
            if (day := value(match)) is not None:
                open_year = year is not None and not match[year]
                self.add(Found(match.start(), match.end(), day, rule, kind, open_year=open_year))

    def scan_ranges(
        self,
        pattern: re.Pattern[str],
        rule: str,
        value: Callable[[re.Match[str]], tuple[date | None, date | None]],
        needs: tuple[str, ...] = (),
    ) -> None:
        for match in self.view.matches(pattern, MOST, needs):
            if rule == "day_range" and patterns.MERELY_AND.match(match[0]):
                continue
            first, last = value(match)
            if first is not None and last is not None and first <= last:
                self.add(
                    Found(
                        match.start(),
                        match.end(),
                        first,
                        rule,
                        Kind.RANGE,
                        last if last > first else None,
                        open_year=rule == "day_range" and not re.search(r"20\d\d", match[0]),
                    )
                )

    def that_month(self, said: str | None) -> date | None:
        """The first day of "next month", "this month"; None for another word."""
        words = (said or "").removeprefix("the ").split()
        if any(word in NEXT for word in words):
            return calendar.add_months(self.today.replace(day=1), 1)
        is_this = not words or any(
            w in {"this", "the", "current", "هذا", "الحالي", "month", "هالشهر"} for w in words
        )
        return self.today.replace(day=1) if is_this else None
