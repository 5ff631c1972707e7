"""Days: named ("tomorrow", "بكرا"), weekdays, calendar dates, ranges. All in the location's zone.

A day that is over is returned as it was said: refusing it is the flow's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

from bot.understanding.normalize import BLANK
from bot.understanding.when import calendar
from bot.understanding.when import day_patterns as patterns
from bot.understanding.when.day_words import (
    BARE_ARABIC,
    COUNTS,
    DUALS,
    FEASTS,
    MONTH_FIRST,
    MONTHS,
    NAMED,
    NATIONAL_DAYS,
    NEXT,
    TODAY_WORDS,
    TRIGGERS,
    UNITS,
    WEEKDAYS,
)
from bot.understanding.when.numbers import Numbered
from bot.understanding.words import WEEKEND_FRIDAY_SATURDAY


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


def is_day_talk(words: set[str], *, digits: bool) -> bool:
    """Whether there can be a day at all; the rules are only tried then."""
    return digits or not words.isdisjoint(TRIGGERS) or any(word[0] in "ولبهع" for word in words)


class DayReader:
    """Finds the days of one text. Each rule blanks what it understood in the view."""

    def __init__(self, view: Numbered, today: date, region: str, *, asked_time: bool) -> None:
        self.view = view
        self.asked_time = asked_time
        self.today = today
        self.region = region
        self.found: list[Found] = []

    def read(self) -> list[Found]:
        """All single days and whole weeks, in the order of the text."""
        digits = any(char.isdigit() for char in self.view.rest)
        self._counted_in_a_month()
        if digits:
            self._ranges_in_a_month()
            self._calendar_dates()
        self._months()
        self._relative_days()
        self._feasts()
        self._weekday_names()
        self._whole_weeks()
        if digits:
            self._days_of_month()
        self.found.sort(key=lambda found: found.start)
        return self.found

    def _add(self, found: Found) -> None:
        self.found.append(found)
        self.view.take(found.start, found.end)

    def _scan(
        self,
        pattern: re.Pattern[str],
        rule: str,
        value: Callable[[re.Match[str]], date | None],
        kind: Kind = Kind.DATE,
        *,
        year: int | None = None,
    ) -> None:
        """`year`: the group of the year; without one the date is open to another year."""
        for match in list(pattern.finditer(self.view.rest)):
            if BLANK not in match[0] and (day := value(match)) is not None:
                open_year = year is not None and not match[year]
                self._add(Found(match.start(), match.end(), day, rule, kind, open_year=open_year))

    def _scan_ranges(
        self,
        pattern: re.Pattern[str],
        rule: str,
        value: Callable[[re.Match[str]], tuple[date | None, date | None]],
    ) -> None:
        for match in list(pattern.finditer(self.view.rest)):
            if BLANK in match[0]:
                continue
            first, last = value(match)
            if first is not None and last is not None and first <= last:
                self._add(
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

    # --- calendar dates -------------------------------------------------------------------------------------

    def _ranges_in_a_month(self) -> None:
        self._scan_ranges(
            patterns.DAY_RANGE_MONTH, "day_range", lambda m: self._within(m[1], m[2], month_of(m[3]), m[4])
        )
        self._scan_ranges(
            patterns.MONTH_DAY_RANGE, "day_range", lambda m: self._within(m[2], m[3], month_of(m[1]), None)
        )
        self._scan_ranges(patterns.DAY_RANGE_THAT_MONTH, "day_range", self._within_that_month)
        self._scan(patterns.DAY_OF_THAT_MONTH, "day_of_month", self._day_of_that_month)

    def _counted_in_a_month(self) -> None:
        self._scan(patterns.NTH_WEEKDAY, "nth_weekday", self._nth_weekday)
        self._scan_ranges(patterns.NTH_WEEK, "nth_week", self._nth_week)

    def _within(
        self, first_day: str, last_day: str, month: int, year: str | None
    ) -> tuple[date | None, date | None]:
        first = self._dated(int(first_day), month, year)
        last = first and calendar.make_date(first.year, first.month, int(last_day))
        if first and last and last < first:
            return None, None
        return first, last

    def _within_that_month(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        month = self._that_month(match["en"] or match["ar"])
        if month is None:
            return None, None
        return (
            calendar.make_date(month.year, month.month, int(match[1])),
            calendar.make_date(month.year, month.month, int(match[2])),
        )

    def _that_month(self, said: str | None) -> date | None:
        """The first day of "next month", "this month"; None for another word."""
        words = (said or "").removeprefix("the ").split()
        if any(word in NEXT for word in words):
            return calendar.add_months(self.today.replace(day=1), 1)
        is_this = not words or any(
            w in {"this", "the", "current", "هذا", "الحالي", "month", "هالشهر"} for w in words
        )
        return self.today.replace(day=1) if is_this else None

    def _month_where(self, where: str, year: str | None) -> date | None:
        """The first day of a month by name, or of "next month"."""
        number = month_of(where)
        return (
            calendar.month_from(self.today, number, year)
            if number
            else self._that_month(where.removeprefix("الشهر "))
        )

    def _nth_weekday(self, match: re.Match[str]) -> date | None:
        which = match["nth"] or match["nth2"]
        where = match["where"] or match["where2"]
        year = next((said for said in (match[4], match[8]) if said), None)
        first = self._month_where(where, year)
        nth = {"last": -1, "اخر": -1, "اخير": -1, "اول": 1}.get(which) or int(which)
        return first and calendar.nth_weekday(first, WEEKDAYS[match["day"] or match["day2"]], nth)

    def _nth_week(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        """A month's weeks as people count them: the 1st to the 7th are its first; its last has seven days."""
        which = (match["nth"] or match["nth2"] or match["nth3"]).removeprefix("ال")
        where = match["where"] or match["where2"] or match["where3"]
        year = next((said for said in (match[3], match[6], match[9]) if said), None)
        first = self._month_where(where, year)
        if first is None:
            return None, None
        if which in {"last", "اخر", "اخير"}:
            last = calendar.month_end(first)
            return last - timedelta(days=6), last
        number = 1 if which == "اول" else int(which)
        begin = first + timedelta(days=7 * (number - 1))
        end = min(begin + timedelta(days=6), calendar.month_end(first))
        return (begin, end) if 1 <= number <= 5 and begin.month == first.month else (None, None)

    def _day_of_that_month(self, match: re.Match[str]) -> date | None:
        month = self._that_month(match["ar"] if match["month"] == "الشهر" else match["month"])
        return month and calendar.make_date(month.year, month.month, int(match[1]))

    def _calendar_dates(self) -> None:
        self._scan(patterns.ISO, "iso_date", lambda m: calendar.make_date(int(m[1]), int(m[2]), int(m[3])))
        self._scan(patterns.NUMERIC, "numeric_date", self._numeric, year=4)
        self._scan(
            patterns.DAY_MONTH, "day_month", lambda m: self._dated(int(m[1]), month_of(m[2]), m[3]), year=3
        )
        self._scan(
            patterns.MONTH_DAY, "month_day", lambda m: self._dated(int(m[2]), month_of(m[1]), m[3]), year=3
        )

    def _numeric(self, match: re.Match[str]) -> date | None:
        """26/11, 11/26 or 26.11.2026. Without a year, dots and dashes look like times and ranges."""
        first, second, year = int(match[1]), int(match[3]), match[4]
        if year is None and "/" not in match["s"]:
            told = patterns.ON_BEFORE.search(self.view.rest, max(0, match.start() - 10), match.start())
            a_day = 12 < first <= 31 and second <= 12
            if not a_day and not (told and max(first, second) <= 31 and min(first, second) <= 12):
                return None
        elif year is None and " " in match["s"] and max(first, second) <= 12 and len(self.view.rest) > 20:
            return None
        day, month = (second, first) if self.region in MONTH_FIRST else (first, second)
        if month > 12:
            day, month = month, day
        return self._dated(day, month, year)

    def _dated(self, day: int, month: int, year: str | None) -> date | None:
        if not 1 <= month <= 12:
            return None
        if year:
            return calendar.make_date(calendar.full_year(year), month, day)
        return calendar.without_year(self.today, month, day)

    def _days_of_month(self) -> None:
        for match in list(patterns.DAY_OF_MONTH.finditer(self.view.rest)):
            spelt = match.start(2) in self.view.worded and int(match[2]) < 13
            day = calendar.day_of_month(self.today, int(match[2]))
            if BLANK in match[0] or day is None or (spelt and not self._is_spelt_day(match)):
                continue
            self._add(Found(match.start(), match.end(), day, "day_of_month", Kind.OF_MONTH))
        for pattern in (patterns.ON_THE, patterns.ON_DAY_ARABIC):
            self._scan(
                pattern,
                "day_of_month",
                lambda m: calendar.day_of_month(self.today, int(m[1] or m[m.lastindex or 1])),
                Kind.OF_MONTH,
            )

    def _is_spelt_day(self, match: re.Match[str]) -> bool:
        """ "The third" is a day after a weekday, at a range's end or as the whole answer."""
        rest = self.view.rest
        if patterns.SPELT_COUNT.match(rest, match.end()):
            return False
        if match["the"] and rest.replace(match[0], "").strip(" .!,") in {"", "please", "on"}:
            return self.asked_time
        return any(
            found.end <= match.start()
            and (
                (found.kind is Kind.WEEKDAY and rest[found.end : match.start()].strip(" ,") == "")
                or patterns.RANGE_LINK.fullmatch(rest[found.end : match.start()])
            )
            for found in self.found
        )

    def read_bare_number(self) -> None:
        """ "28" as the whole answer to "when?": no hour has that number."""
        said = self.view.rest.strip(" .!")
        if said.isdigit() and len(said) == 2 and 24 <= int(said) <= 31:
            day = calendar.day_of_month(self.today, int(said))
            at = self.view.rest.index(said)
            if day is not None:
                self._add(Found(at, at + 2, day, "day_of_month", Kind.OF_MONTH))

    # --- months ---------------------------------------------------------------------------------------------

    def _months(self) -> None:
        self._scan(patterns.EDGE_OF_MONTH, "edge_of_month", self._edge)
        self._scan_ranges(patterns.MONTH_YEAR, "month", lambda m: self._whole(MONTHS[m[1]], m[2], 0))
        self._scan_ranges(patterns.YEAR_MONTH, "month", lambda m: self._whole(int(m[2]), m[1], 0))
        self._scan_ranges(
            patterns.IN_MONTH,
            "month",
            lambda m: self._whole(month_of(m[1] or m[3]), None, int(m[2] or 0)),
        )

    def _whole(self, month: int, year: str | None, years_on: int) -> tuple[date | None, date | None]:
        first = calendar.month_from(self.today, month, year)
        first = first and calendar.add_months(first, 12 * years_on)
        if first is None:
            return None, None
        return (max(first, self.today) if year is None else first), calendar.month_end(first)

    def _edge(self, match: re.Match[str]) -> date | None:
        """Beginning, middle and end of a month (or the end of the year) as one day."""
        edge, where = match["edge"].removeprefix("the "), match["where"].removeprefix("the ")
        at_end = edge.startswith(("end", "last", "نهايه", "اخر"))
        if where.endswith("year") or "السنه" in where:
            year = self.today.year + any(word in NEXT for word in where.split())
            return calendar.make_date(year, *((12, 31) if at_end else (1, 1)))
        if edge == "اول" and not match["edge"].endswith(("من", "في", "يوم")) and not month_of(where):
            return None
        first = self._month_where(where, match[3])
        if first is None:
            return None
        if at_end:
            return calendar.month_end(first)
        return first.replace(day=15) if edge.startswith(("mid", "نص", "منتصف")) else first

    # --- near days ------------------------------------------------------------------------------------------

    def _relative_days(self) -> None:
        self._scan(
            patterns.AFTER_TOMORROW, "after_tomorrow", lambda _: calendar.shift(self.today, 2), Kind.NAMED
        )
        for pattern in (patterns.IN_DAYS, patterns.IN_DAYS_ARABIC):
            for match in list(pattern.finditer(self.view.rest)):
                if BLANK not in match[0]:
                    self._add_away(match)
        self._scan_ranges(patterns.NEXT_DAYS, "next_days", self._next_days)
        self._scan(patterns.NAMED_DAY, "named_day", self._named, Kind.NAMED)
        self._scan(patterns.THIS_PART, "this_part", lambda _: self.today, Kind.NAMED)

    def _add_away(self, match: re.Match[str]) -> None:
        said = match.groupdict()
        if said.get("dual"):
            count, unit = DUALS[said["dual"]]
        elif said.get("one"):
            count, unit = 1, UNITS[said["one"]]
        else:
            count = count_of(said["n"] or said["n2"])
            unit = UNITS[said["u"] or said["u2"]]
        day = calendar.add(self.today, count, unit)
        if day is not None:
            self._add(Found(match.start(), match.end(), day, "in_days", Kind.AWAY, unit=unit))

    def _next_days(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        count = match["n"] or match["n2"] or "few"
        number = int(count) if count.isdigit() else 2 if count.startswith("couple") else 3
        unit = UNITS[match["u"] or match["u2"] or match["u3"]]
        return calendar.shift(self.today, 1), calendar.add(self.today, number, unit)

    def _named(self, match: re.Match[str]) -> date | None:
        name, before = match["day"], self.view.rest[max(0, match.start() - 60) : match.start()]
        if patterns.SINCE_BEFORE.search(before) or (NAMED[name] < 0 and patterns.WAS.search(self.view.rest)):
            return None
        if name in TODAY_WORDS and patterns.CLOSING_BEFORE.search(before):
            return None
        if name == "اليوم" and re.match(r"\s(?:التالي|الوطني|ال\d)", self.view.rest[match.end() :]):
            return None
        return calendar.shift(self.today, NAMED[name])

    def _feasts(self) -> None:
        national = NATIONAL_DAYS.get(self.region, {})

        def day_of(match: re.Match[str]) -> date | None:
            at = national.get(match[0]) or FEASTS.get(match[0])
            return at and calendar.without_year(self.today, *at)

        self._scan(patterns.FEAST, "feast", day_of)

    # --- weekdays and weeks ---------------------------------------------------------------------------------

    def _weekday_names(self) -> None:
        for match in list(patterns.WEEKDAY.finditer(self.view.rest)):
            name, modifier = match["day"], match["mod"] or ""
            bare = name in BARE_ARABIC and not modifier.endswith(("يوم", "نهار"))
            if BLANK in match[0] or bare or (match["glue"] and name.isascii()):
                continue
            weekday = WEEKDAYS[name]
            if match["dom"]:
                dated = calendar.day_of_month(self.today, int(match["dom"]))
                if dated is not None:
                    self._add(
                        Found(
                            match.start(), match.end(), dated, "weekday_day", Kind.OF_MONTH, weekday=weekday,
                            conflict=dated.weekday() != weekday,
                        )
                    )  # fmt: skip
                    continue
            day, modified = self._weekday_date(weekday, match)
            after = max(match.end(name) for name in ("day", "aw", "an", "week", "ab", "ar", "arw"))
            end = match.end() if "اسبوع" in match[0] and not match["dom"] else after
            if day is not None:
                self._add(
                    Found(
                        match.start(), end, day, "weekday", Kind.WEEKDAY, weekday=weekday, modified=modified
                    )
                )

    def _weekday_date(self, weekday: int, match: re.Match[str]) -> tuple[date | None, bool]:
        """The day, and whether a word beside it ("next", "of next week") has settled it."""
        modifier, after = match["mod"] or "", match["aw"] or match["arw"] or match["ar"] or match["an"] or ""
        if modifier in {"last", "past"}:
            day = calendar.coming(self.today, weekday, today_counts=True)
            return day and calendar.shift(day, -7), True
        if match["week"] or match["ab"] or after == "after next":
            day = calendar.coming(self.today, weekday)
            return day and calendar.shift(day, 7), True
        in_next_week = (match["modw"] and modifier in NEXT) or (
            (match["aw"] or match["arw"]) and (after in NEXT or after == "coming")
        )
        if in_next_week:
            next_week = calendar.shift(calendar.week_start(self.today, self.region), 7)
            return next_week and calendar.weekday_in_week(next_week, weekday, self.region), True
        this = modifier in {"this", "هذا", "هذي"} or after in {"this", "هذا", "هذي"} or "اسبوع" in match[0]
        day = calendar.coming(self.today, weekday, today_counts=this)
        if day is not None and modifier in {"next", "following"}:
            same_week = calendar.week_start(day, self.region) == calendar.week_start(self.today, self.region)
            return (calendar.shift(day, 7) if same_week else day), True
        return day, bool(modifier in {"this", "هذا", "هذي"} or after)

    def _whole_weeks(self) -> None:
        for match in list(patterns.WEEKEND.finditer(self.view.rest)):
            if BLANK not in match[0]:
                self._add_weekend(match)
        self._scan_ranges(patterns.WEEK, "week", self._week)
        self._scan_ranges(patterns.MONTH, "month", self._month)

    def _add_weekend(self, match: re.Match[str]) -> None:
        first_weekday = 4 if self.region in WEEKEND_FRIDAY_SATURDAY else 5
        on_last_day = self.today.weekday() == (first_weekday + 1) % 7
        coming = calendar.coming(self.today, first_weekday, today_counts=True)
        first = self.today if on_last_day else coming
        arabic = match["ar"] or match["ar2"] or ""
        wants_next = (match["mod"] or "").strip() in NEXT
        later = 7 if match["after"] or arabic.startswith("بعد") else 0
        if first is not None and wants_next and (first - self.today).days < 3:
            first, on_last_day = calendar.coming(self.today, first_weekday), False
        first = first and calendar.shift(first, later)
        last = first if on_last_day and not later else first and calendar.shift(first, 1)
        if first is None or last is None:
            return
        end = match.end() if arabic in NEXT or later or not match["ar"] else match.start("ar") - 1
        self._add(Found(match.start(), end, first, "weekend", Kind.RANGE, last if last > first else None))

    def _week(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        start = calendar.week_start(self.today, self.region)
        said = match["en"] or match["ar"] or ("next week" if "next" in match[0] else "")
        words = said.split()
        weeks = 2 if "after" in words or said in {"اللي بعده", "بعد الجاي"} else 0
        weeks = weeks or int(bool(NEXT.intersection(words) or {"coming", "upcoming"} & set(words)))
        if not weeks:
            bare = not said and not match["rest"] and "هذا" not in match[0] and "هال" not in match[0]
            return (None, None) if bare else (self.today, calendar.shift(start, 6))
        return calendar.shift(start, 7 * weeks), calendar.shift(start, 7 * weeks + 6)

    def _month(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        first = self._that_month(match["en"] or match["ar"] or "هالشهر")
        if first is None:
            return None, None
        return max(first, self.today), calendar.month_end(first)
