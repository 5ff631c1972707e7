"""Times of day: clocks, ranges, parts of the day. Wall times of the location.

An open end is a range too: "after 5" runs until END_OF_DAY, "before 3" has no `at`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time

from bot.understanding.contract import DayPart
from bot.understanding.normalize import BLANK
from bot.understanding.when import clock_patterns as patterns
from bot.understanding.when.clock_words import (
    AFTER_LUNCH,
    AROUND_A_TIME,
    END_OF_DAY,
    LUNCH,
    NAMED_TIMES,
    PARTS,
    TRIGGERS,
)
from bot.understanding.when.clocks import Clock, ClockReader, half_of, is_noonish
from bot.understanding.when.day_patterns import BUSY_AFTER, BUSY_BEFORE, MOVED_FROM
from bot.understanding.when.day_words import TONIGHT
from bot.understanding.when.found import Found
from bot.understanding.when.numbers import Numbered

_MOST_PARTS = 16
"""Parts of the day looked at in one text."""
_NEAR = 48
"""Characters before a time that can say it out."""
_NAMED_PARTS = ("noon", "mid", "نص", "منتصف")


@dataclass(slots=True)
class When:
    """A time on its way to a fact. Positions are those of the view."""

    start: int
    end: int
    rule: str
    at: time | None = None
    until: time | None = None
    part: DayPart | None = None
    half_open: bool = False


def is_time_talk(words: set[str], *, digits: bool) -> bool:
    """Whether there can be a time at all; the rules are only tried then."""
    return digits or not words.isdisjoint(TRIGGERS) or any(word[0] in "وبله" for word in words)


class TimeReader:
    """Finds the times of one text after its days were taken."""

    def __init__(self, view: Numbered, *, asked_time: bool, days: list[Found]) -> None:
        self.view = view
        self.asked_time = asked_time
        self.days = days
        self.found: list[When] = []

    def read(self) -> list[When]:
        """All times, in the order of the text."""
        self._settle(ClockReader(self.view, asked_time=self.asked_time).read())
        self._named_times()
        self._lunch()
        self._halves_of_days()
        self._parts()
        self.found.sort(key=lambda when: when.start)
        self._join_bounds()
        self.found = [when for when in self.found if not self._is_said_out(when)]
        return self.found

    def _is_said_out(self, when: When) -> bool:
        """ "5 doesn't work"."""
        before = BUSY_BEFORE.search(self.view.said_before(when.start)[-_NEAR:])
        asked = self.view.rest[when.end : when.end + 2].strip().startswith("?")
        return bool((before and not asked) or BUSY_AFTER.match(self.view.rest, when.end))

    def _add(self, when: When) -> None:
        self.found.append(when)
        self.view.take(when.start, when.end)

    # --- clocks ---------------------------------------------------------------------------------------------

    def _settle(self, clocks: list[Clock]) -> None:
        """Decide which clocks are times, and join the two ends of a range."""
        any_sure = any(clock.sure for clock in clocks)
        index = 0
        while index < len(clocks):
            clock = clocks[index]
            other = clocks[index + 1] if index + 1 < len(clocks) else None
            if other and self._is_moved(clock, other):
                clock.lead = ""
                clock.sure = other.sure = True
                if other.half and clock.half_open:
                    clock.at, clock.half_open = _with_half(clock.at, other.half), False
            elif other and self._is_range(clock, other):
                self._add_range(clock, other)
                index += 2
                continue
            listed = other is not None and self._gap(clock, other, patterns.OR)
            if not clock.sure:
                either = listed and other is not None and (other.sure or self.asked_time)
                clock.sure = either or self._bare_is_time(clock, any_sure=any_sure)
                if either and other:
                    other.sure = True
                    if other.half:
                        clock.at, clock.half_open = _with_half(clock.at, other.half), False
                    elif other.part and clock.half_open:
                        clock.part, clock.said_part = other.part, other.said_part
            elif listed and other:
                other.sure = True
                if clock.half and other.half_open:
                    other.at, other.half_open = _with_half(other.at, clock.half), False
            if clock.sure:
                self._add_clock(clock)
            index += 1

    def _gap(self, first: Clock, last: Clock, pattern: re.Pattern[str]) -> bool:
        """Whether nothing but such a link stands between two clocks, the second one's lead aside."""
        between = self.view.rest[first.end : last.start]
        return bool(pattern.fullmatch(between))

    def _is_moved(self, first: Clock, last: Clock) -> bool:
        """ "Change it from 3 to 4": the old time and the new one."""
        if not self._gap(first, last, patterns.LINK) or not {"from", "من"}.intersection(first.lead.split()):
            return False
        return bool(MOVED_FROM.search(self.view.said_before(first.start) + first.lead + " "))

    def _is_range(self, first: Clock, last: Clock) -> bool:
        between = self.view.rest[first.end : last.start]
        lead = last.lead.split()
        by_lead = between.strip(" ,") == "" and bool(lead) and lead[0] in _UNTIL
        link = lead[0] if by_lead else between.strip()
        if not by_lead and not patterns.LINK.fullmatch(between):
            return False
        if link == "but":
            return False
        if link in {"and", "و"}:
            return first.lead.split()[:1] in (["between"], ["بين"]) or "between" in first.lead
        if link in {"ل", "لل", "الي"} and first.lead.endswith(("من", "من الساعه")):
            return True
        return (
            first.sure
            or last.sure
            or self.asked_time
            or link != "-"
            or self._beside_day(first)
            or self._beside_day(last)
        )

    def _add_range(self, first: Clock, last: Clock) -> None:
        begin, end, open_half = first.at, last.at, first.half_open
        half = last.half or (
            "" if last.part is None or last.half_open else "p" if last.at.hour >= 12 else "a"
        )
        if half and first.half_open:
            begin = _with_half(first.at, half)
            if begin >= end:
                begin = first.at if half == "p" else _with_half(first.at, "p")
            open_half = False
        elif not first.half_open and last.half_open:
            later = _with_half(last.at, "p")
            end = last.at if last.at > begin else later if later > begin else last.at
            open_half = False
        elif first.half_open and last.half_open and end <= begin and begin.hour <= 12:
            end, open_half = _with_half(end, "p"), False
        elif first.half_open and not last.half_open and last.at.hour > 12 and not half:
            open_half = True
        self._add(When(first.start, last.end, "time_range", begin, end, half_open=open_half))

    def _add_clock(self, clock: Clock) -> None:
        onwards = patterns.ONWARDS.match(self.view.rest, clock.end)
        if onwards:
            clock.end = onwards.end()
            clock.lead = "before" if onwards["upto"] else "after"
        when = When(clock.start, clock.end, clock.rule, clock.at, half_open=clock.half_open)
        if clock.part and clock.half_open:
            when = _settled(when, clock.part, clock.said_part)
        bound = _bound(clock.lead)
        if bound == "after":
            when.until = END_OF_DAY
        elif bound == "before":
            when.at, when.until = None, when.at
        self._add(when)

    def _beside_day(self, clock: Clock) -> bool:
        rest = self.view.rest
        return any(
            rest[day.end : clock.start].strip(" ,") in {"", "at", "في", "علي", "ع"}
            if day.end <= clock.start
            else rest[clock.end : day.start].strip(" ,") in {"", "on"}
            for day in self.days
        )

    def _bare_is_time(self, clock: Clock, *, any_sure: bool) -> bool:
        """A number alone is a time beside a day ("sat 5") or as the answer to the question for one."""
        rest, near = self.view.rest, max(0, clock.start - 40)
        if patterns.UNIT_AFTER.match(rest, clock.end) or patterns.PARTY.search(rest, near, clock.start):
            return False
        if self._beside_day(clock):
            return not (any_sure and patterns.FOR_BEFORE.search(rest, near, clock.start))
        if patterns.CAN_DO_BEFORE.search(rest, near, clock.start) and patterns.LAST_WORD.match(
            rest, clock.end
        ):
            return True
        if not self.asked_time or any_sure:
            return False
        others = (rest[: clock.start] + rest[clock.end :]).replace(BLANK, " ")
        return all(word in AROUND_A_TIME for word in patterns.WORD.findall(others))

    # --- words ----------------------------------------------------------------------------------------------

    def _named_times(self) -> None:
        for match in self.view.matches(patterns.NAMED_TIME, _MOST_PARTS, _NAMED_PARTS):
            when = When(match.start(), match.end(), "named_time", NAMED_TIMES[match["name"]])
            bound = _bound(match["lead"] or "")
            if bound == "after":
                when.until = END_OF_DAY
            elif bound == "before":
                when.at, when.until = None, when.at
            if when.at == time(10) and any(other.at is not None for other in self.found):
                continue
            beside = [w for w in self.found if w.end <= when.start <= w.end + 2 and w.half_open]
            if beside and when.at in {time(0), time(12)}:
                part = DayPart.NIGHT if when.at == time(0) else DayPart.AFTERNOON
                self.found[self.found.index(beside[0])] = _settled(beside[0], part, "")
                self.view.take(match.start(), match.end())
                continue
            self._add(when)

    def _lunch(self) -> None:
        """Lunch is a time of day if it stands as one; a lunch that is booked or cancelled is a meal."""
        for match in self.view.matches(patterns.LUNCH_TIME, _MOST_PARTS, ("lunch", "غدا")):
            by_name = "time" in match["name"] or match["name"].startswith("وقت") or "break" in match["name"]
            beside_day = any(
                self.view.rest[day.end : match.start()].strip() == ""
                for day in self.days
                if day.end <= match.start()
            )
            if not (by_name or beside_day or match["lead"] in _AT_LUNCH) or patterns.MEAL.match(
                self.view.rest, match.end()
            ):
                continue
            if any(when.at is not None or when.until for when in self.found):
                self.found = [
                    _settled(when, DayPart.AFTERNOON, "ظهر") if when.half_open else when
                    for when in self.found
                ]
                continue
            begin, end = AFTER_LUNCH if match["lead"] == "after" else LUNCH
            if begin == AFTER_LUNCH[0] and patterns.ANY_BEFORE.search(self.view.said_before(match.start())):
                end = END_OF_DAY
            if match["lead"] == "before":
                self._add(When(match.start(), match.end(), "lunch", None, LUNCH[0]))
            else:
                self._add(When(match.start(), match.end(), "lunch", begin, end))

    def _halves_of_days(self) -> None:
        """ "Tuesday pm"."""
        if self.found:
            return
        for day in self.days:
            match = patterns.HALF_OF_DAY.match(self.view.rest, day.end)
            if match:
                part = DayPart.MORNING if match["half"] == "am" else DayPart.AFTERNOON
                self._add(When(match.start("half"), match.end(), "day_part", part=part))

    def _parts(self) -> None:
        """Parts of the day: they settle an open half ("friday morning at 9"), else stand for themselves."""
        for match in self.view.matches(patterns.PART, _MOST_PARTS):
            part = PARTS[match["part"]]
            self.view.take(match.start(), match.end())
            since = patterns.SINCE_PART.search(self.view.rest[: match.start()])
            if since and not patterns.LINK.match(self.view.rest, match.end()):
                continue
            meant = [when for when in self.found if not self._of_other_day(match.start(), when)]
            if not any(when.at is not None or when.until for when in meant):
                self.found.append(When(match.start(), match.end(), "day_part", part=part))
                continue
            self.found = [
                _settled(when, part, match["part"]) if when in meant and when.half_open else when
                for when in self.found
            ]
        if not any(when.part for when in self.found):
            self._tonight()

    def _of_other_day(self, part_at: int, when: When) -> bool:
        """ "Saturday morning or Sunday after 4": the part and the clock each have a day right before them."""
        beside = [
            day
            for day in self.days
            if self.view.rest[day.end : part_at].strip(" ,") == "" and day.end <= part_at
        ]
        before = [day for day in self.days if day.start <= when.start]
        return bool(beside) and bool(before) and when.part is None and beside[-1] is not before[-1]

    def _tonight(self) -> None:
        """ "tonight" was taken as a day; it also says which half, or which part."""
        for day in self.days:
            said = self.view.text.folded[slice(*self.view.folded(day.start, day.end))].split()
            if not said or not TONIGHT.intersection(said):
                continue
            if not self.found:
                self.found.append(When(day.start, day.end, "day_part", part=DayPart.NIGHT))
                continue
            self.found = [
                _settled(when, DayPart.EVENING, "") if when.half_open else when for when in self.found
            ]

    def _join_bounds(self) -> None:
        """ "After 2 but before 5" and "from 10 to noon" are ranges."""
        joined: list[When] = []
        for when in self.found:
            both = self._bounded(joined[-1], when) if joined else None
            if both is None:
                joined.append(when)
            else:
                joined[-1] = both
        self.found = joined

    def _bounded(self, first: When, last: When) -> When | None:
        """The range from one time to the other, if they are its ends."""
        between = self.view.rest[first.end : last.start]
        if first.at is None or first.until not in {None, END_OF_DAY}:
            return None
        if first.until == END_OF_DAY and last.at is None and last.until is not None:
            until = last.until if patterns.BOUNDS.fullmatch(between) else None
        elif last.rule == "named_time" and last.until is None:
            until = last.at if patterns.LINK.fullmatch(between) else None
        else:
            return None
        if until is None:
            return None
        if until <= first.at and last.half_open:
            until = _with_half(until, "p")
        half_open = first.half_open and last.half_open and until > first.at
        return replace(first, end=last.end, until=until, rule="time_range", half_open=half_open)


_AT_LUNCH = frozenset({"after", "before", "at", "around", "during", "over"})
_UNTIL = frozenset({"until", "till", "til", "حتي", "وحتي", "لين", "الي", "لغايه", "لحد", "للساعه"})


def _bound(lead: str) -> str:
    """Whether the words before a clock open a range: "after", "before" or neither ("")."""
    said = set(lead.split())
    refused = said & {"not", "no", "مو", "مب", "مش"}
    if "earlier" in said:
        return "after" if refused else "before"
    if refused and said & {"before", "قبل"}:
        return "after"
    if refused and said & {"after", "بعد"}:
        return "before"
    if "later" in said:
        return "before" if said & {"no", "not"} else "after"
    if said & {"after", "from", "since", "past", "starting", "بعد", "عقب", "من"}:
        return "after"
    return "before" if said & {"before", "until", "till", "til", "by", "قبل", "لين", "حتي"} else ""


def _with_half(at: time, half: str) -> time:
    return at.replace(hour=at.hour % 12 + (12 if half == "p" else 0)) if at.hour <= 12 else at


def _settled(when: When, part: DayPart, said: str) -> When:
    """The time in the half of the day that a part of it says."""

    def settle(at: time | None) -> time | None:
        if at is None or at == END_OF_DAY or not 1 <= at.hour <= 12 or is_noonish(said, at.hour):
            return at
        return at.replace(hour=half_of(part, at.hour))

    return replace(when, at=settle(when.at), until=settle(when.until), half_open=False)
