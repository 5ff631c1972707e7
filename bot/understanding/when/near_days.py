"""Days near today: "tomorrow", "in two weeks", weekdays, weeks and weekends, feasts."""

from __future__ import annotations

import re
from datetime import date

from bot.understanding.when import calendar
from bot.understanding.when import day_patterns as patterns
from bot.understanding.when.day_words import (
    BARE_ARABIC,
    DUALS,
    FEASTS,
    NAMED,
    NATIONAL_DAYS,
    NEXT,
    TODAY_WORDS,
    UNITS,
    WEEKDAYS,
)
from bot.understanding.when.found import MOST, Found, Kind, Rules, count_of
from bot.understanding.words import WEEKEND_FRIDAY_SATURDAY

_UNITS = ("day", "week", "month", "year", "fortnight")
_AFTER_ARABIC = ("بعد", "عقب", "غضون")
_THIS = ("this", "now", "هذ", "هال", "هص", "هم", "هع", "هظ")
_WEEKS = ("week", "اسبوع", "ويكند")
_FEAST_PARTS = tuple(
    {name.split()[0][:5] for name in (*FEASTS, *(n for day in NATIONAL_DAYS.values() for n in day))}
)
_WEEKDAY_PARTS = tuple({name[:3] if name.isascii() else name.removeprefix("ال") for name in WEEKDAYS})
"""What the patterns need: looking for these first is much cheaper than trying a pattern in vain."""


class NearRules(Rules):
    """Days that follow from today."""

    def read_near_days(self, *, asked_time: bool) -> None:
        """All of them; the longer phrases first."""
        self._relative_days()
        self._feasts()
        self._weekday_names(asked_time=asked_time)
        self._whole_weeks()

    def _relative_days(self) -> None:
        self.scan(
            patterns.AFTER_TOMORROW, "after_tomorrow", lambda _: calendar.shift(self.today, 2), Kind.NAMED,
            needs=("after", "over", *_AFTER_ARABIC),
        )  # fmt: skip
        for pattern, needs in ((patterns.IN_DAYS, _UNITS), (patterns.IN_DAYS_ARABIC, _AFTER_ARABIC)):
            for match in self.view.matches(pattern, MOST, needs):
                self._add_away(match)
        self.scan_ranges(patterns.NEXT_DAYS, "next_days", self._next_days, ("the ", "ايام", "يوم"))
        self.scan(patterns.NAMED_DAY, "named_day", self._named, Kind.NAMED)
        self.scan(patterns.THIS_PART, "this_part", lambda _: self.today, Kind.NAMED, needs=_THIS)

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
            self.add(Found(match.start(), match.end(), day, "in_days", Kind.AWAY, unit=unit))

    def _next_days(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        count = match["n"] or match["n2"] or "few"
        number = int(count) if count.isdigit() else 2 if count.startswith("couple") else 3
        unit = UNITS[match["u"] or match["u2"] or match["u3"]]
        return calendar.shift(self.today, 1), calendar.add(self.today, number, unit)

    def _named(self, match: re.Match[str]) -> date | None:
        name, before = match["day"], self.view.rest[max(0, match.start() - 60) : match.start()]
        if patterns.SINCE_BEFORE.search(before) or (NAMED[name] < 0 and patterns.WAS.search(self.view.rest)):
            return None
        if name in TODAY_WORDS and (
            patterns.CLOSING_BEFORE.search(before) or patterns.IS_AFTER.match(self.view.rest, match.end())
        ):
            return None
        if name == "اليوم" and re.match(r"\s(?:التالي|الوطني|ال\d)", self.view.rest[match.end() :]):
            return None
        return calendar.shift(self.today, NAMED[name])

    def _feasts(self) -> None:
        national = NATIONAL_DAYS.get(self.region, {})

        def day_of(match: re.Match[str]) -> date | None:
            at = national.get(match[0]) or FEASTS.get(match[0])
            return at and calendar.without_year(self.today, *at)

        self.scan(patterns.FEAST, "feast", day_of, needs=_FEAST_PARTS)

    def _weekday_names(self, *, asked_time: bool) -> None:
        for match in self.view.matches(patterns.WEEKDAY, MOST, _WEEKDAY_PARTS):
            name, modifier = match["day"], match["mod"] or ""
            answer = asked_time and self.view.rest.strip(" .!?") == match[0]
            bare = name in BARE_ARABIC and not modifier.endswith(("يوم", "نهار")) and not answer
            if bare or (match["glue"] and name.isascii()):
                continue
            weekday = WEEKDAYS[name]
            if match["dom"]:
                dated = calendar.day_of_month(self.today, int(match["dom"]))
                if dated is not None:
                    self.add(
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
                self.add(
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
        for match in self.view.matches(patterns.WEEKEND, MOST, _WEEKS):
            self._add_weekend(match)
        self.scan_ranges(patterns.WEEK, "week", self._week, _WEEKS)
        self.scan_ranges(patterns.MONTH, "month", self._month, ("month", "شهر"))

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
        self.add(Found(match.start(), end, first, "weekend", Kind.RANGE, last if last > first else None))

    def _week(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        start = calendar.week_start(self.today, self.region)
        said = match["en"] or match["ar"] or ("next week" if "next" in match[0] else "")
        words = said.split()
        weeks = 2 if "after" in words or said.endswith(("بعده", "بعد الجاي")) else 0
        weeks = weeks or int(bool(NEXT.intersection(words) or {"coming", "upcoming"} & set(words)))
        if not weeks:
            bare = not said and not match["rest"] and "هذا" not in match[0] and "هال" not in match[0]
            return (None, None) if bare else (self.today, calendar.shift(start, 6))
        return calendar.shift(start, 7 * weeks), calendar.shift(start, 7 * weeks + 6)

    def _month(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        first = self.that_month(match["en"] or match["ar"] or "هالشهر")
        if first is None:
            return None, None
        return max(first, self.today), calendar.month_end(first)
