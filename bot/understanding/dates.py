"""Days: named ("tomorrow", "بكرا"), weekdays, calendar dates, ranges. All in the location's zone.

A day that is over is returned as it was said: refusing it is the flow's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.understanding.contract import DayFact
from bot.understanding.date_patterns import (
    AFTER_TOMORROW,
    BARE_ARABIC,
    COUNTS,
    DAY_MONTH,
    DAY_OF_MONTH,
    DAY_RANGE_MONTH,
    IN_DAYS,
    IN_DAYS_ARABIC,
    ISO,
    JOIN,
    MONTH,
    MONTH_DAY,
    MONTH_DAY_RANGE,
    MONTH_FIRST,
    MONTHS,
    NAMED,
    NAMED_DAY,
    NUMERIC,
    ON_THE,
    RANGE_LINK,
    TRIGGERS,
    UNIT_DAYS,
    WEEK,
    WEEK_FROM_WEEKDAY,
    WEEKDAY,
    WEEKDAYS,
    WEEKEND,
)
from bot.understanding.normalize import BLANK, Text
from bot.understanding.words import WEEKEND_FRIDAY_SATURDAY

_PAST_DAYS = 90
"""A date without a year that is over by no more than this was probably meant as it stands; else next year."""


def _make_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shift(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _without_year(today: date, month: int, day: int) -> date | None:
    """The nearest sensible year: this one, unless the date is long over. 29 February finds a leap year."""
    for year in range(today.year, today.year + 9):
        found = _make_date(year, month, day)
        if found and (today - found).days <= _PAST_DAYS:
            return found
    return None


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


class DayReader:
    """Finds the days of one text. Each rule blanks what it understood in `text.rest`."""

    def __init__(self, text: Text, today: date, region: str) -> None:
        self.text = text
        self.today = today
        self.region = region
        self.found: list[tuple[int, int, DayFact]] = []
        self._weekdays: dict[int, int] = {}
        self._absolute: set[int] = set()

    def read(self) -> tuple[DayFact, ...]:
        """All days, in the order of the text."""
        words = {token.base for token in self.text.tokens}
        digits = any(char.isdigit() for char in self.text.rest)
        glued = any(word[0] in "ولبد" for word in words)
        if not digits and not glued and words.isdisjoint(TRIGGERS):
            return ()
        if digits:
            self._calendar_dates()
        self._relative_days()
        self._weekday_names()
        self._whole_weeks()
        if digits:
            self._scan(DAY_OF_MONTH, "day_of_month", lambda m: self._next_day_of_month(int(m[1])))
            self._scan(ON_THE, "day_of_month", lambda m: self._next_day_of_month(int(m[1])))
        self._merge_weekdays()
        self._merge_ranges()
        return tuple(fact for _, _, fact in sorted(self.found, key=lambda item: item[0]))

    def _add(self, start: int, end: int, rule: str, day: date, *, last: date | None = None) -> None:
        fact = DayFact(day, self.text.span(start, end, rule), last if last != day else None)
        self.found.append((start, end, fact))
        self.text.take(start, end)

    def _scan(
        self, pattern: re.Pattern[str], rule: str, value: Callable[[re.Match[str]], date | None]
    ) -> None:
        for match in list(pattern.finditer(self.text.rest)):
            if BLANK not in match[0] and (day := value(match)) is not None:
                self._absolute.add(match.start())
                self._add(match.start(), match.end(), rule, day)

    def _calendar_dates(self) -> None:
        self._scan(ISO, "iso_date", lambda m: _make_date(int(m[1]), int(m[2]), int(m[3])))
        self._scan(NUMERIC, "numeric_date", self._numeric)
        for pattern, order in ((DAY_RANGE_MONTH, (1, 2, 3)), (MONTH_DAY_RANGE, (2, 3, 1))):
            for match in list(pattern.finditer(self.text.rest)):
                first_day, last_day, month = (match[i] for i in order)
                first = _without_year(self.today, MONTHS[month], int(first_day))
                last = first and _make_date(first.year, first.month, int(last_day))
                if first and last and first < last:
                    self._add(match.start(), match.end(), "day_range", first, last=last)
        self._scan(DAY_MONTH, "day_month", lambda m: self._day_month(int(m[1]), MONTHS[m[2]], m[3]))
        self._scan(MONTH_DAY, "month_day", lambda m: self._day_month(int(m[2]), MONTHS[m[1]], m[3]))

    def _numeric(self, match: re.Match[str]) -> date | None:
        """26/11, 11/26 or 26.11.2026. Without a year, dots and dashes look like times and ranges: day > 12."""
        first, second, year = int(match[1]), int(match[3]), match[4]
        if year is None and match["s"] != "/" and not (12 < first <= 31):
            return None
        day, month = (second, first) if self.region in MONTH_FIRST else (first, second)
        if month > 12:
            day, month = month, day
        return self._day_month(day, month, year)

    def _day_month(self, day: int, month: int, year: str | None) -> date | None:
        if not 1 <= month <= 12:
            return None
        return _make_date(_full_year(year), month, day) if year else _without_year(self.today, month, day)

    def _next_day_of_month(self, number: int) -> date | None:
        year, month = self.today.year, self.today.month
        for _ in range(13):
            found = _make_date(year, month, number)
            if found and found >= self.today:
                return found
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return None

    def read_bare_number(self) -> None:
        """ "28" as the whole answer to "when?": no hour has that number."""
        if (
            24
            <= (
                number := int(said)
                if (said := self.text.rest.strip(" .!")).isdigit() and len(said) == 2
                else 0
            )
            <= 31
        ):
            self._scan(re.compile(str(number)), "day_of_month", lambda _: self._next_day_of_month(number))

    def _relative_days(self) -> None:
        self._scan(AFTER_TOMORROW, "after_tomorrow", lambda _: _shift(self.today, 2))
        self._scan(IN_DAYS, "in_days", self._in_days)
        self._scan(IN_DAYS_ARABIC, "in_days", self._in_days_arabic)
        self._scan(NAMED_DAY, "named_day", lambda m: _shift(self.today, NAMED[m["day"]]))

    def _in_days(self, match: re.Match[str]) -> date | None:
        count, unit = match[1] or match[3], match[2] or match[4]
        number = COUNTS.get(count) or int(count) if not count.isdigit() else int(count)
        start = 1 if match[0].endswith("tomorrow") else 0
        return _shift(self.today, start + number * UNIT_DAYS[unit])

    def _in_days_arabic(self, match: re.Match[str]) -> date | None:
        days = {"يوم": 1, "يومين": 2, "اسبوع": 7, "اسبوعين": 14}
        return _shift(self.today, days[match[1]] if match[1] else int(match[2]))

    def _coming(self, weekday: int, *, today_counts: bool = False) -> date:
        ahead = (weekday - self.today.weekday()) % 7
        return self.today + timedelta(days=ahead if ahead or today_counts else 7)

    def _week_start(self, day: date) -> date:
        """Monday; Sunday where the weekend is Friday and Saturday."""
        offset = (day.weekday() + 1) % 7 if self.region in WEEKEND_FRIDAY_SATURDAY else day.weekday()
        return day - timedelta(days=offset)

    def _weekday_names(self) -> None:
        for match in list(WEEK_FROM_WEEKDAY.finditer(self.text.rest)):
            day = self._coming(WEEKDAYS[match[1]]) + timedelta(days=7)
            self._add(match.start(), match.end(), "week_from_weekday", day)
        for match in list(WEEKDAY.finditer(self.text.rest)):
            name, modifier, after = match["day"], match["mod"] or "", (match["after"] or "").strip()
            if BLANK in match[0] or (name in BARE_ARABIC and modifier != "يوم"):
                continue
            weekday = WEEKDAYS[name]
            end = match.end("dom") if match["dom"] else match.end("after") if after else match.end("day")
            if match["dom"]:
                number = int(match["dom"])
                dated = self._next_day_of_month(number)
                if dated is not None:
                    self._add(match.start(), end, "weekday_day", dated)
                    if dated.weekday() != weekday:
                        self._flag_conflict()
                    continue
                end = match.end("day")
            self._weekdays[match.start()] = weekday
            self._add(match.start(), end, "weekday", self._weekday_date(weekday, modifier, after, match[0]))

    def _weekday_date(self, weekday: int, modifier: str, after: str, said: str) -> date:
        if modifier == "last":
            return self._coming(weekday, today_counts=True) - timedelta(days=7)
        if after == "next week" or "next week" in said:
            start = self._week_start(self.today) + timedelta(days=7)
            return start + timedelta(days=(weekday - start.weekday()) % 7)
        day = self._coming(weekday, today_counts=modifier in {"this", "هذا"} or after == "this week")
        same_week = self._week_start(day) == self._week_start(self.today)
        return day + timedelta(days=7) if modifier == "next" and same_week else day

    def _flag_conflict(self) -> None:
        start, end, fact = self.found[-1]
        self.found[-1] = (start, end, DayFact(fact.day, fact.span, fact.last_day, conflict=True))

    def _whole_weeks(self) -> None:
        for match in list(WEEKEND.finditer(self.text.rest)):
            first_weekday = 4 if self.region in WEEKEND_FRIDAY_SATURDAY else 5
            on_last_day = self.today.weekday() == (first_weekday + 1) % 7
            first = self.today if on_last_day else self._coming(first_weekday, today_counts=True)
            last = first if on_last_day else first + timedelta(days=1)
            if (match[1] or "").strip() == "next" and (first - self.today).days < 3:
                first = self._coming(first_weekday)
                last = first + timedelta(days=1)
            self._add(match.start(), match.end(), "weekend", first, last=last)
        for match in list(WEEK.finditer(self.text.rest)):
            start = self._week_start(self.today)
            if match[1] in {"next", "coming"} or match[2] in {"الجاي", "القادم"}:
                first, last = start + timedelta(days=7), start + timedelta(days=13)
                self._add(match.start(), match.end(), "week", first, last=last)
            else:
                self._add(match.start(), match.end(), "week", self.today, last=start + timedelta(days=6))
        for match in list(MONTH.finditer(self.text.rest)):
            first = self.today.replace(day=1)
            following = (first + timedelta(days=32)).replace(day=1)
            if match[1] == "next":
                last = (following + timedelta(days=32)).replace(day=1) - timedelta(days=1)
                self._add(match.start(), match.end(), "month", following, last=last)
            else:
                self._add(match.start(), match.end(), "month", self.today, last=following - timedelta(days=1))

    def _merge_weekdays(self) -> None:
        """ "Tuesday, 24 November" is one day; if the two disagree it is flagged."""
        self.found.sort(key=lambda item: item[0])
        merged: list[tuple[int, int, DayFact]] = []
        for start, end, fact in self.found:
            if merged:
                before_start, before_end, before = merged[-1]
                joined = JOIN.fullmatch(self.text.rest[before_end:start])
                weekday = self._weekdays.get(before_start, self._weekdays.get(start))
                one_of_each = (before_start in self._weekdays) != (start in self._weekdays)
                dated = fact if before_start in self._weekdays else before
                dated_at = start if dated is fact else before_start
                if joined and one_of_each and dated_at in self._absolute and weekday is not None:
                    span = self.text.span(before_start, end, f"weekday+{dated.span.rule}")
                    conflict = dated.day.weekday() != weekday
                    merged[-1] = (before_start, end, DayFact(dated.day, span, conflict=conflict))
                    self.text.take(before_start, end)
                    self._absolute.add(before_start)
                    self._weekdays.pop(before_start, None)
                    continue
            merged.append((start, end, fact))
        self.found = merged

    def _merge_ranges(self) -> None:
        """ "Monday to Wednesday", "between Monday and Wednesday"."""
        merged: list[tuple[int, int, DayFact]] = []
        for start, end, fact in self.found:
            if merged:
                before_start, before_end, before = merged[-1]
                link = self.text.rest[before_end:start]
                between = self.text.rest[:before_start].rstrip().endswith("between") and link.strip() == "and"
                last = fact.day
                if start in self._weekdays and last <= before.day:
                    last += timedelta(days=7)
                if (RANGE_LINK.fullmatch(link) or between) and before.last_day is None and last > before.day:
                    span = self.text.span(before_start, end, "day_range")
                    merged[-1] = (before_start, end, DayFact(before.day, span, last))
                    self.text.take(before_start, end)
                    continue
            merged.append((start, end, fact))
        self.found = merged


def find_days(
    text: Text, today: date, region: str, *, asked_time: bool = False
) -> list[tuple[int, int, DayFact]]:
    """Days with their ranges in the folded text."""
    reader = DayReader(text, today, region)
    reader.read()
    if asked_time and not reader.found:
        reader.read_bare_number()
    return reader.found
