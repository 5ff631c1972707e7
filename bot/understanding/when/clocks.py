"""Hours that may be meant, before it is decided whether they are: "5", "at 5", "half past five", "1430"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from itertools import islice

from bot.understanding.contract import DayPart
from bot.understanding.normalize import BLANK
from bot.understanding.when import clock_patterns as patterns
from bot.understanding.when.clock_words import (
    FRACTIONS,
    HOUR_LEADS_ARABIC,
    NAMED_TIMES,
    NOONISH,
    PARTS,
)
from bot.understanding.when.numbers import Numbered
from bot.understanding.words import words

_MOST = 16
"""Clocks kept of one text."""
_MOST_NUMBERS = 48
"""Numbers looked at in one text; so many are no wish for a time, and looking costs."""
_PAST_TO_PARTS = ("half", "quarter", "past", "to ", "till", "after", "before")
_NEAR = 40
"""Characters before an hour that can say something about it."""
_WEAK_LEADS = frozenset({"about", "من", "علي", "في", "ع", "عند", "say", "that", "بين", "الي", "for"})
"""Words that lead to many things; alone they make no number an hour."""
_ROUND_MINUTES = frozenset({"15", "30", "45"})
"""After a dot: "4.30" is a time even with nothing around it."""
_NODS = words(
    """yes yeah yep ok okay sure but then fine at maybe lets say pls please no and so make it good great
    نعم ايه اي اوكي تمام طيب بس لا خلاص خليها""",
) | {""}
"""Beside a bare "530" these leave it the answer to "when?"."""
_BUT = words("but بس")
"""Beside these it corrects a time, whatever was asked: "yes but 530"."""
_CORRECTS = words("wait sorry actually instead rather oops")
"""Beside these, and nothing else but nods, a number corrects an hour: "no wait 5", "5 instead"."""
_AT = words("at around by after before past until till from between @ to الساعة ساعة للساعة")
"""Words that make even "one" an hour."""


@dataclass(slots=True)
class Clock:
    """A possible time. Positions are those of the view."""

    start: int
    end: int
    at: time
    half_open: bool
    """Morning or afternoon isn't said."""
    sure: bool
    lead: str
    rule: str
    half: str = ""
    """am or pm if it was said, for the other end of a range."""
    part: DayPart | None = None
    said_part: str = ""


@dataclass(slots=True)
class _Nearby:
    """What stands around a number that may be an hour."""

    match: re.Match[str]
    tail: re.Match[str]
    lead: str
    lead_start: int
    done: int
    """Up to here the text belongs to the clock before."""
    plain: bool = False
    """Nothing of the tail belongs to it."""

    def half(self) -> str:
        """ "a", "p" or ""."""
        if self.plain:
            return ""
        arabic = (self.tail["ar"] or "").replace("صباحا", "a").replace("ص", "a").replace("م", "p")
        return self.tail["ap"] or self.tail["a"] or self.tail["ap2"] or arabic

    def part_after(self) -> str:
        return "" if self.plain else self.tail["partword"] or ""

    def says_more(self) -> bool:
        """Whether minutes, "o'clock" or a fraction make it a clock. "5.20" alone may be a price."""
        tail = self.tail
        if self.plain:
            return False
        dotted = tail["m"] and tail[0].startswith(".") and tail["m"] not in _ROUND_MINUTES
        minutes = (tail["m"] and not dotted) or tail["oh"] or tail["wm"]
        return bool(minutes or tail["oclock"] or tail["ish"] or tail["ish2"] or tail["f1"] or tail["f2"])

    def is_amount(self) -> bool:
        """ "4.30" before a unit is a price."""
        return bool(not self.plain and self.tail["m"] and self.tail[0].startswith(".") and not self.half())

    def has_strong_lead(self) -> bool:
        """Whether a word before it leads to hours rather than to anything."""
        return any(word not in _WEAK_LEADS for word in self.lead.split())


def half_of(part: DayPart, hour: int) -> int:
    """The hour (24 h) that a clock's hour 1..12 means in a part of the day."""
    if part is DayPart.MORNING:
        return hour % 12 if hour == 12 else hour
    if part is DayPart.NIGHT and (hour == 12 or hour < 5):
        return hour % 12
    return hour if hour == 12 else hour + 12


def is_noonish(said: str, hour: int) -> bool:
    """ "11 الظهر" is before noon."""
    return said.endswith(NOONISH) and hour in {11, 12}


def clock_time(
    hour: int, minute: int, half: str, part: DayPart | None, said: str
) -> tuple[time, bool] | None:
    """The time and whether its half of the day is open."""
    if hour > 23 or not 0 <= minute <= 59:
        return None
    if half and 1 <= hour <= 12:
        return time(hour % 12 + (12 if half == "p" else 0), minute), False
    if part and 1 <= hour <= 12:
        return time(hour if is_noonish(said, hour) else half_of(part, hour), minute), False
    return time(hour, minute), 1 <= hour <= 12


class ClockReader:
    """Finds the clocks of one text after its days were taken."""

    def __init__(self, view: Numbered, *, asked_time: bool) -> None:
        self.view = view
        self.asked_time = asked_time

    def read(self) -> list[Clock]:
        """All clocks, in the order of the text."""
        clocks = [*self._past_to(), *self._past_arabic(), *self._numbers()]
        return sorted(clocks, key=lambda clock: clock.start)

    def _past_to(self) -> list[Clock]:
        clocks = []
        for match in self.view.matches(patterns.PAST_TO, _MOST, _PAST_TO_PARTS):
            clock = self._past_to_clock(match)
            if clock is not None:
                clocks.append(clock)
                self.view.take(match.start(), match.end())
        return clocks

    def _past_to_clock(self, match: re.Match[str]) -> Clock | None:
        hour = NAMED_TIMES[match["name"]].hour if match["name"] else int(match["h"])
        way = match["qway"] or match["way"] or "past"
        if match["half"]:
            minute = 30
        elif match["q"]:
            minute = 15 * int(match["many"] or 1)
        else:
            minute = int(match["n"])
            if not self._is_minutes(match, minute, hour):
                return None
        if way in {"to", "till", "before", "of"}:
            minute, hour = 60 - minute, hour - 1
            hour = hour + 12 if hour == 0 and not match["name"] else hour % 24
        said = match["partword"] or ""
        half = match["ap"] or ("p" if match["name"] in {"noon", "midday"} and hour == 0 else "")
        made = clock_time(hour, minute, half, PARTS.get(said), said)
        if made is None:
            return None
        lead = match["lead"] or "at"
        half_open = made[1] and not match["name"]
        return Clock(
            match.start(), match.end(), made[0], half_open, True, lead, "past_to", half, PARTS.get(said), said
        )

    def _is_minutes(self, match: re.Match[str], minute: int, hour: int) -> bool:
        """ "Ten to six" and "20 past 9" are clocks; "10 to 6" is a range and "table for 5 after 7" neither."""
        if match["min"]:
            return 1 <= minute <= 59
        way, spelt = match["way"], match.start("n") in self.view.worded
        if way in {"after", "before", "till"}:
            return False
        if way == "past":
            return 1 <= minute <= 59
        if match["lead"] in {"from", "between"} and minute <= 23:
            return False
        if minute not in {5, 10, 15, 20, 25}:
            return False
        return minute > 15 or spelt or match["lead"] == "at" or (minute == 15 and hour < 15)

    def _past_arabic(self) -> list[Clock]:
        clocks = []
        for match in self.view.matches(patterns.PAST_ARABIC, _MOST, ("دق",)):
            minute, hour = int(match["n"]), int(match["h"])
            if match["way"] == "قبل":
                minute, hour = 60 - minute, hour - 1 or 12
            said = match["partword"] or ""
            made = clock_time(hour, minute, "", PARTS.get(said), said)
            if made is not None:
                clocks.append(
                    Clock(match.start(), match.end(), *made, True, "at", "past_to", "", PARTS.get(said), said)
                )
                self.view.take(match.start(), match.end())
        return clocks

    def _numbers(self) -> list[Clock]:
        clocks: list[Clock] = []
        done = 0
        rest = self.view.rest
        for match in islice(patterns.NUMBER.finditer(rest), _MOST_NUMBERS):
            if match.start("n") < done or len(clocks) == _MOST:
                continue
            clock = self._clock(match, done)
            if clock is not None:
                clocks.append(clock)
                done = clock.end
        return clocks

    def _clock(self, match: re.Match[str], done: int) -> Clock | None:
        near = self._nearby(match, done)
        if near is None:
            return None
        read = self._compact(near) if len(match["n"]) > 2 else self._hour_and_minute(near)
        if read is None:
            return None
        hour, minute, end = read
        near.plain = end <= match.end()
        half, said_part = near.half(), near.part_after()
        before = None if said_part or half else self._part_before(match.start(), done)
        said_part = before["part"] if before else said_part
        part = PARTS.get(said_part)
        made = clock_time(hour, minute, half, part, said_part)
        if made is None:
            return None
        at, half_open = made
        if match["n"].startswith("0") and len(match["n"]) == 2 and minute:
            half_open = False
        said = bool(half or said_part or near.says_more() or len(match["n"]) > 2)
        sure = self._is_sure(near, end, said=said, half=half, part_before=before is not None)
        if sure is None:
            return None
        start = before.start() if before else near.lead_start if sure else match.start("n")
        return Clock(start, end, at, half_open, sure, near.lead, "clock", half, part, said_part)

    def _nearby(self, match: re.Match[str], done: int) -> _Nearby | None:
        """What stands around a number; None if it belongs to something longer ("25:99", "5%")."""
        rest = self.view.rest
        tail = patterns.TAIL.match(rest, match.end())
        if tail is None or BLANK in tail[0] or not patterns.AFTER_CLOCK.match(rest, tail.end()):
            if not patterns.AFTER_CLOCK.match(rest, match.end()):
                return None
            tail = patterns.TAIL.match(rest, match.end(), match.end())
            if tail is None:
                return None
        lead = patterns.LEAD.search(rest, max(done, match.start() - _NEAR), match.start())
        start = lead.start() if lead else match.start("n")
        return _Nearby(match, tail, lead[0].strip() if lead else "", start, done)

    def _is_sure(self, near: _Nearby, end: int, *, said: bool, half: str, part_before: bool) -> bool | None:
        """Whether the number is surely (True), perhaps (False) or never (None) an hour."""
        unit_follows = bool(patterns.UNIT_AFTER.match(self.view.rest, end))
        if unit_follows and (not said or (part_before and not half) or near.is_amount()):
            return None
        one = near.match["n"] == "1" and near.match.start("n") in self.view.worded
        answered = self.asked_time and len(self.view.text.tokens) < 3
        if one and not said and not answered and not _AT.intersection(near.lead.split()):
            return None
        hour_word = bool(HOUR_LEADS_ARABIC.intersection(near.lead.split()))
        the_hour = "ال" in near.match[0] and near.match.start("n") in self.view.worded and near.lead != ""
        if unit_follows:
            return said or hour_word
        return said or hour_word or near.has_strong_lead() or the_hour or self._corrects(near)

    def _part_before(self, start: int, done: int) -> re.Match[str] | None:
        return patterns.PART_BEFORE.search(self.view.rest, max(done, start - _NEAR), start)

    def _compact(self, near: _Nearby) -> tuple[int, int, int] | None:
        """ "1430", "930pm": hour and minutes without a mark between them. Hour, minute, end."""
        match, tail = near.match, near.tail
        number = match["n"]
        hour, minute = int(number[:-2]), int(number[-2:])
        if tail["m"] or tail["oh"] or tail["wm"] or hour > 23 or minute > 59:
            return None
        if tail["ap"] or tail["a"] or tail["any"] or tail["ar"] or tail["ap2"] or tail["oclock"]:
            return hour, minute, tail.end()
        beside = self._beside(match)
        alone = (self.asked_time or beside & _BUT) and not beside - _NODS
        like_a_year = len(number) == 4 and number.startswith(("19", "20"))
        like_a_year = like_a_year and not near.lead.endswith(("at", "around"))
        if alone or tail["partword"]:
            return hour, minute, tail.end()
        told = near.has_strong_lead() or "علي" in near.lead.split()
        if told and not like_a_year and patterns.PLAIN_END.match(self.view.rest, match.end()):
            return hour, minute, match.end()
        return None

    def _beside(self, match: re.Match[str]) -> set[str]:
        """The words around a number that are no day."""
        start, end = match.span("n")
        around = f"{self.view.rest[:start]} {self.view.rest[end:]}".replace(BLANK, " ")
        return {word.strip(".,!?") for word in around.split()}

    def _corrects(self, near: _Nearby) -> bool:
        beside = self._beside(near.match)
        return bool(beside & _CORRECTS) and not beside - _CORRECTS - _NODS

    def _hour_and_minute(self, near: _Nearby) -> tuple[int, int, int] | None:
        """Hour, minute and where they end; what follows the hour and makes no minutes is left."""
        match, tail = near.match, near.tail
        hour, minute, end = int(match["n"]), 0, tail.end()
        alone = (hour, 0, match.end()) if hour <= 23 else None
        if tail["m"] or tail["oh"]:
            minute = int(tail["m"] or tail["oh"])
        elif tail["wm"]:
            if not self._has_spoken_minutes(near):
                return alone
            minute = int(tail["wm"])
        for sign, group in (("و", "f1"), (tail["sign"] or "و", "f2"), ("و", "f3")):
            said = tail[group]
            if said is None:
                continue
            amount = FRACTIONS.get(said) or (45 if said.endswith("ارباع") else int(said))
            counted = group != "f3" and tail["min1" if group == "f1" else "min2"]
            if said.isdigit() and not counted and (amount % 5 or not 0 < amount < 60 or "بين" in near.lead):
                return alone
            minute += -amount if sign == "الا" else amount
        if minute < 0:
            minute, hour = 60 + minute, hour - 1 or 12
        return (hour, minute, end) if minute <= 59 else None

    def _has_spoken_minutes(self, near: _Nearby) -> bool:
        """ "Seven thirty", "at 8 40": minutes if something else says that it is a time."""
        match, tail = near.match, near.tail
        spelt = match.start("n") in self.view.worded
        if tail["gap"] == "-":
            return spelt
        said = tail["ap"] or tail["ap2"] or tail["partword"] or tail["oclock"] or tail["ar"] or tail["ish"]
        return bool(
            said
            or spelt
            or self.asked_time
            or near.has_strong_lead()
            or self._part_before(match.start(), near.done)
        )
