"""Days that belong together: "Tuesday, 24 November", "3 days after Friday", "from Monday to Wednesday"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from bot.understanding.when import calendar
from bot.understanding.when import day_patterns as patterns
from bot.understanding.when.day_words import UNITS
from bot.understanding.when.found import Found, Kind, count_of
from bot.understanding.when.numbers import Numbered

_DATED = frozenset({Kind.DATE, Kind.OF_MONTH})
_NEAR = 48
"""Characters before a day that can say something about it."""


class DayMerger:
    """Joins the days of one text. Works in order; the view loses what lies between joined days."""

    def __init__(self, view: Numbered, today: date, region: str) -> None:
        self.view = view
        self.today = today
        self.region = region

    def merge(self, found: list[Found]) -> list[Found]:
        """The days as meant, in the order of the text, none twice."""
        if not found:
            return found
        found = [day for day in found if not self._told_only(day)]
        found = [self._counted_from(self._week_of(day)) for day in found]
        found = self._joined(found, self._same_day)
        found = self._joined(found, self._range)
        return _distinct(found)

    def _before(self, found: Found) -> str:
        return self.view.rest[max(0, found.start - _NEAR) : found.start]

    def _told_only(self, found: Found) -> bool:
        """ "Busy on the 3rd", "since yesterday": no wish for that day."""
        before = self._before(found)
        said = self.view.said_before(found.start)[-_NEAR:]
        asked = self.view.rest[found.end : found.end + 2].strip().startswith("?")
        if (patterns.BUSY_BEFORE.search(said) and not asked) or patterns.SINCE_BEFORE.search(before):
            return True
        return bool(patterns.BUSY_AFTER.match(self.view.rest, found.end))

    def _week_of(self, found: Found) -> Found:
        match = patterns.WEEK_OF.search(self._before(found))
        if match is None or found.last is not None:
            return found
        start = calendar.week_start(found.day, self.region)
        begin = found.start - (match.end() - match.start())
        self.view.take(begin, found.end)
        return replace(
            found, start=begin, day=start, last=calendar.shift(start, 6), rule="week_of", kind=Kind.RANGE
        )

    def _counted_from(self, found: Found) -> Found:
        """ "A week from Friday", "3 days after 12 January"."""
        match = patterns.OFFSET_BEFORE.search(self._before(found))
        if match is None or found.last is not None:
            return found
        count = count_of(match["n"]) * (-1 if match["way"] == "before" else 1)
        day = calendar.add(found.day, count, UNITS[match["u"]])
        if day is None:
            return found
        begin = found.start - (match.end() - match.start())
        self.view.take(begin, found.end)
        return replace(
            found, start=begin, day=day, rule=f"counted_from_{found.rule}", kind=Kind.AWAY, weekday=None
        )

    def _joined(self, found: list[Found], join: Callable[[Found, Found], Found | None]) -> list[Found]:
        merged: list[Found] = []
        for day in found:
            both = join(merged[-1], day) if merged else None
            if both is None:
                merged.append(day)
                continue
            self.view.take(both.start, both.end)
            merged[-1] = both
        return merged

    def _same_day(self, first: Found, second: Found) -> Found | None:
        """ "Tuesday, 24 November" is one day; if the two disagree it is flagged."""
        if not patterns.JOIN.fullmatch(self.view.rest[first.end : second.start]):
            return None
        for one, other in ((first, second), (second, first)):
            day = self._said_twice(one, other)
            if day is not None:
                return replace(day, start=first.start, end=second.end)
        return None

    def _said_twice(self, one: Found, other: Found) -> Found | None:
        """`one` as told by `other` too; None if the two don't speak of one day in this order."""
        if other.kind in _DATED and one.kind is Kind.WEEKDAY:
            if other.weekday is not None:
                return None
            differs = other.day.weekday() != one.weekday
            return replace(other, rule=f"weekday+{other.rule}", weekday=one.weekday, conflict=differs)
        if other.kind in _DATED and one.kind is Kind.NAMED:
            return replace(other, rule=f"named+{other.rule}", conflict=other.conflict or other.day != one.day)
        if one.kind is Kind.NAMED and other.kind is Kind.WEEKDAY and one.day.weekday() == other.weekday:
            return replace(one, rule="named+weekday")
        if one.kind is Kind.NAMED and other.kind is Kind.NAMED and one.day == other.day:
            return one
        if one.kind is Kind.OF_MONTH and other.rule == "month" and other.last:
            day = calendar.make_date(other.last.year, other.last.month, one.day.day)
            return replace(one, day=day, rule="day_of_month+month", kind=Kind.DATE) if day else None
        if one.weekday is None or one.kind is not Kind.WEEKDAY:
            return None
        if other.kind is Kind.AWAY:
            return self._weekday_away(one, other)
        if other.kind is Kind.RANGE and other.rule == "week" and other.last and not one.modified:
            day = other.day + timedelta(days=(one.weekday - other.day.weekday()) % 7)
            return replace(one, day=day, rule="week+weekday", modified=True) if day <= other.last else None
        return None

    def _weekday_away(self, one: Found, other: Found) -> Found | None:
        """ "Monday two weeks from now", "Tuesday in a week", "in two months on a Tuesday"."""
        weekday = one.weekday or 0
        said = self.view.text.folded[slice(*self.view.folded(other.start, other.end))]
        day: date | None
        if other.unit in {"week", "fortnight"} and one.start < other.start and said.startswith("in "):
            coming = calendar.coming(self.today, weekday, today_counts=True)
            day = coming and calendar.shift(coming, (other.day - self.today).days)
        elif other.unit in {"week", "fortnight"}:
            day = calendar.weekday_in_week(other.day, weekday, self.region)
        elif other.unit == "day":
            return replace(one, rule="weekday+in_days", conflict=other.day.weekday() != weekday)
        else:
            day = calendar.coming(other.day, weekday, today_counts=True)
        return replace(one, day=day, rule="weekday+in_days", modified=True) if day else None

    def _range(self, first: Found, second: Found) -> Found | None:
        if first.last is not None or second.last is not None:
            return None
        if patterns.MOVED_FROM.search(self.view.said_before(first.start)):
            return None
        between = self.view.rest[first.end : second.start]
        before = self._before(first)
        linked = (
            patterns.RANGE_LINK.fullmatch(between)
            or (patterns.BETWEEN.search(before) and patterns.AND.fullmatch(between))
            or (patterns.ARRIVE.search(before) and patterns.LEAVE_LATER.fullmatch(between))
        )
        last = self._last_day(first, second) if linked else None
        if last is None or last <= first.day:
            return None
        return replace(first, end=second.end, last=last, rule="day_range", kind=Kind.RANGE, weekday=None)

    def _last_day(self, first: Found, second: Found) -> date | None:
        """The range's end: the next such day after its beginning."""
        if second.kind is Kind.OF_MONTH and first.day < date.max:
            return calendar.day_of_month(first.day + timedelta(days=1), second.day.day)
        if second.day > first.day:
            return second.day
        if second.kind is Kind.WEEKDAY and not second.modified:
            return calendar.coming(first.day, second.day.weekday())
        if second.kind is Kind.DATE and second.open_year:
            return calendar.make_date(second.day.year + 1, second.day.month, second.day.day)
        return second.day


def _distinct(found: list[Found]) -> list[Found]:
    """Each day once: "tomorrow at 5, yes, tomorrow"."""
    seen: set[tuple[date, date | None]] = set()
    kept = []
    for day in found:
        if (day.day, day.last) not in seen:
            seen.add((day.day, day.last))
            kept.append(day)
    return kept
