"""Calendar dates: "26/11", "the 5th", "3rd of December", "the last Friday of March", whole months."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.understanding.when import calendar
from bot.understanding.when import day_patterns as patterns
from bot.understanding.when.day_words import MONTH_FIRST, MONTHS, NEXT, WEEKDAYS
from bot.understanding.when.found import MOST, Found, Kind, Rules, month_of

_MONTH_PARTS = tuple({name[:3] for name in MONTHS} | {"mont", "year", "شهر", "سنه"})
"""Without one of them no month is meant; looking for these first is much cheaper than trying the patterns."""


class DateRules(Rules):
    """Days that name a month, a number of a month, or both."""

    def read_dates(self) -> None:
        """What needs a digit, and what counts within a month ("the last Friday of March")."""
        with_month = any(part in self.view.rest for part in _MONTH_PARTS)
        digits = any(char.isdigit() for char in self.view.rest)
        if with_month:
            self._counted_in_a_month()
            if digits:
                self._ranges_in_a_month()
        if digits:
            self._numbers_only()
        if with_month:
            if digits:
                self._named_months()
            self._months()

    def read_days_of_month(self, *, asked_time: bool) -> None:
        """ "The 5th", "on the 5", "يوم ٥": after all else, for these are the least sure."""
        for match in self.view.matches(patterns.DAY_OF_MONTH, MOST, ("st", "nd", "rd", "th")):
            spelt = match.start(2) in self.view.worded and int(match[2]) < 13
            day = calendar.day_of_month(self.today, int(match[2]))
            if day is None or (spelt and not self._is_spelt_day(match, asked_time=asked_time)):
                continue
            self.add(Found(match.start(), match.end(), day, "day_of_month", Kind.OF_MONTH))
        for pattern in (patterns.ON_THE, patterns.ON_DAY_ARABIC):
            self.scan(
                pattern,
                "day_of_month",
                lambda m: calendar.day_of_month(self.today, int(m[1] or m[m.lastindex or 1])),
                Kind.OF_MONTH,
            )

    def read_bare_answer(self) -> None:
        """ "28" or "December" as the whole answer to "when?": no hour has that number."""
        said = self.view.rest.strip(" .!?")
        if said in MONTHS:
            first, last = self._whole(MONTHS[said], None, 0)
            if first is not None:
                at = self.view.rest.index(said)
                self.add(Found(at, at + len(said), first, "month", Kind.RANGE, last))
            return
        if said.isdigit() and len(said) == 2 and 24 <= int(said) <= 31:
            day = calendar.day_of_month(self.today, int(said))
            at = self.view.rest.index(said)
            if day is not None:
                self.add(Found(at, at + 2, day, "day_of_month", Kind.OF_MONTH))

    def _ranges_in_a_month(self) -> None:
        self.scan_ranges(
            patterns.DAY_RANGE_MONTH, "day_range", lambda m: self._within(m[1], m[2], month_of(m[3]), m[4])
        )
        self.scan_ranges(
            patterns.MONTH_DAY_RANGE, "day_range", lambda m: self._within(m[2], m[3], month_of(m[1]), None)
        )
        self.scan_ranges(patterns.DAY_RANGE_THAT_MONTH, "day_range", self._within_that_month)
        self.scan(patterns.DAY_OF_THAT_MONTH, "day_of_month", self._day_of_that_month)

    def _counted_in_a_month(self) -> None:
        self.scan(patterns.NTH_WEEKDAY, "nth_weekday", self._nth_weekday)
        self.scan_ranges(patterns.NTH_WEEK, "nth_week", self._nth_week)

    def _within(
        self, first_day: str, last_day: str, month: int, year: str | None
    ) -> tuple[date | None, date | None]:
        first = self._dated(int(first_day), month, year)
        last = first and calendar.make_date(first.year, first.month, int(last_day))
        if first and last and last < first:
            return None, None
        return first, last

    def _within_that_month(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        month = self.that_month(match["en"] or match["ar"])
        if month is None:
            return None, None
        return (
            calendar.make_date(month.year, month.month, int(match[1])),
            calendar.make_date(month.year, month.month, int(match[2])),
        )

    def _month_where(self, where: str, year: str | None) -> date | None:
        """The first day of a month by name, or of "next month"."""
        number = month_of(where)
        return (
            calendar.month_from(self.today, number, year)
            if number
            else self.that_month(where.removeprefix("ب").removeprefix("الشهر").strip())
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
        begin = calendar.shift(first, 7 * (number - 1))
        if begin is None or begin < first or begin.month != first.month:
            return None, None
        return begin, min(calendar.shift(begin, 6) or date.max, calendar.month_end(first))

    def _day_of_that_month(self, match: re.Match[str]) -> date | None:
        month = self.that_month(match["ar"] if match["month"] == "الشهر" else match["month"])
        return month and calendar.make_date(month.year, month.month, int(match[1]))

    def _numbers_only(self) -> None:
        marks = ("/", "-", ".")
        self.scan(
            patterns.ISO,
            "iso_date",
            lambda m: calendar.make_date(int(m[1]), int(m[2]), int(m[3])),
            needs=marks,
        )
        self.scan(patterns.NUMERIC, "numeric_date", self._numeric, year=4, needs=marks)
        self.scan_ranges(patterns.YEAR_MONTH, "month", lambda m: self._whole(int(m[2]), m[1], 0), ("/", "-"))

    def _named_months(self) -> None:
        self.scan(
            patterns.DAY_MONTH, "day_month", lambda m: self._dated(int(m[1]), month_of(m[2]), m[3]), year=3
        )
        self.scan(
            patterns.MONTH_DAY, "month_day", lambda m: self._dated(int(m[2]), month_of(m[1]), m[3]), year=3
        )
        self._listed_days()

    def _listed_days(self) -> None:
        """ "December 3, 4 or 6", "3 or 4 December": days of the same month beside a date."""
        for found in [day for day in self.found if day.rule in {"month_day", "day_month"}]:
            at = found.end
            while match := patterns.ALSO_AFTER.match(self.view.rest, at):
                day = calendar.make_date(found.day.year, found.day.month, int(match[1]))
                if found.rule == "day_month" or day is None:
                    break
                self.add(Found(match.start(1), match.end(), day, "listed_day", Kind.DATE))
                at = match.end()
            before = patterns.ALSO_BEFORE.search(self.view.rest, max(0, found.start - 14), found.start)
            if before and found.rule == "day_month":
                day = calendar.make_date(found.day.year, found.day.month, int(before[1]))
                if day is not None:
                    self.add(Found(before.start(), before.end(1), day, "listed_day", Kind.DATE))

    def _numeric(self, match: re.Match[str]) -> date | None:
        """26/11, 11/26 or 26.11.2026. Without a year, dots and dashes look like times and ranges."""
        first, second, year = int(match[1]), int(match[3]), match[4]
        if year is None and "/" not in match["s"]:
            told = patterns.ON_BEFORE.search(self.view.rest, max(0, match.start() - 10), match.start())
            a_day = 12 < first <= 31 and second <= 12
            a_day = a_day or (self.region in MONTH_FIRST and first <= 12 < second <= 31 and second % 5 != 0)
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

    def _is_spelt_day(self, match: re.Match[str], *, asked_time: bool) -> bool:
        """ "The third" is a day after a weekday, at a range's end or as the whole answer."""
        rest = self.view.rest
        if patterns.SPELT_COUNT.match(rest, match.end()):
            return False
        if match["the"] and rest.replace(match[0], "").strip(" .!,") in {"", "please", "on"}:
            return asked_time
        return any(
            found.end <= match.start()
            and (
                (found.kind is Kind.WEEKDAY and rest[found.end : match.start()].strip(" ,") == "")
                or patterns.RANGE_LINK.fullmatch(rest[found.end : match.start()])
            )
            for found in self.found
        )

    def _months(self) -> None:
        self.scan(patterns.EDGE_OF_MONTH, "edge_of_month", self._edge)
        self.scan_ranges(patterns.MONTH_YEAR, "month", lambda m: self._whole(MONTHS[m[1]], m[2], 0))
        self.scan_ranges(
            patterns.IN_MONTH,
            "month",
            self._month_or_part,
        )

    def _whole(self, month: int, year: str | None, years_on: int) -> tuple[date | None, date | None]:
        first = calendar.month_from(self.today, month, year)
        first = first and calendar.add_months(first, 12 * years_on)
        if first is None:
            return None, None
        return (max(first, self.today) if year is None else first), calendar.month_end(first)

    def _month_or_part(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        """ "In May" is the month, "early May" its first ten days, "late May" what is left after the 20th."""
        first, last = self._whole(month_of(match[2] or match[4]), None, int(match[3] or 0))
        if first is None or last is None:
            return None, None
        if match["lead"] == "early":
            return first, first.replace(day=max(10, first.day))
        return (max(first, last.replace(day=21)) if match["lead"] == "late" else first), last

    def _edge(self, match: re.Match[str]) -> date | None:
        """Beginning, middle and end of a month (or the end of the year) as one day."""
        edge, where = match["edge"].removeprefix("the "), match["where"].removeprefix("the ")
        at_end = edge.startswith(("end", "last", "نهايه", "اخر"))
        if where.endswith("year") or "السنه" in where:
            year = self.today.year + any(word in NEXT for word in where.split())
            return calendar.make_date(year, *((12, 31) if at_end else (1, 1)))
        first = self._month_where(where, match[3])
        if first is None:
            return None
        if at_end:
            return calendar.month_end(first)
        if first < self.today and not month_of(where) and edge.startswith(("1th", "اول")):
            return calendar.add_months(first, 1)
        return first.replace(day=15) if edge.startswith(("mid", "نص", "منتصف")) else first
