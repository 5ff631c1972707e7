"""Times of day: clocks, ranges, parts of the day, "in two hours". Wall times of the location.

An open end is a range too: "after 5" runs until END_OF_DAY, "before 3" has no `at`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.understanding.contract import DayFact, DayPart, TimeFact
from bot.understanding.normalize import BLANK, Text, fold
from bot.understanding.time_patterns import (
    AROUND_A_TIME,
    BEFORE_NOW,
    CLOCK,
    COUNT_WORDS,
    FRACTIONS,
    IN_HOURS,
    LINK,
    LUNCH,
    MINUTE_WORDS,
    NAMED_TIME,
    NAMED_TIMES,
    ONWARDS,
    OR,
    PART,
    PARTS,
    RELATIVE,
    RIGHT_NOW,
    TRIGGERS,
    UNIT_AFTER,
)
from bot.understanding.words import NUMBERS

END_OF_DAY = time(23, 59)
"""`until` of a range without an end."""


_MOST = 16
"""Clocks looked at in one text; more numbers than this are no wish for a time."""


@dataclass(slots=True)
class _Clock:
    """A possible time before it is decided whether it is one."""

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


def half_of(part: DayPart, hour: int) -> int:
    """The hour (24 h) that a clock's hour 1..12 means in a part of the day."""
    if part is DayPart.MORNING:
        return hour % 12 if hour == 12 else hour
    if part is DayPart.NIGHT and (hour == 12 or hour < 5):
        return hour % 12
    return hour if hour == 12 else hour + 12


def _part_in(said: str | None) -> DayPart | None:
    return PARTS.get(said.split()[-1]) if said else None


def _noonish(said: str, hour: int) -> bool:
    return said.endswith(("ظهر", "ظهرا")) and hour in {11, 12}


def _clock_time(
    hour: int, minute: int, half: str, part: DayPart | None, said_part: str
) -> tuple[time, bool] | None:
    """The time and whether its half of the day is open."""
    if hour > 23 or not 0 <= minute <= 59:
        return None
    if half and 1 <= hour <= 12:
        return time(hour % 12 + (12 if half == "p" else 0), minute), False
    if part and 1 <= hour <= 12:
        return time(hour if _noonish(said_part, hour) else half_of(part, hour), minute), False
    return time(hour, minute), 1 <= hour <= 12


class TimeReader:
    """Finds the times of one text after its days were taken."""

    def __init__(self, text: Text, *, asked_time: bool, day_ranges: list[tuple[int, int, DayFact]]) -> None:
        self.text = text
        self.asked_time = asked_time
        self.day_ranges = day_ranges
        self.found: list[tuple[int, int, TimeFact]] = []
        self.days: list[tuple[int, int, DayFact]] = []

    def read(self, now: datetime) -> None:
        """Fill `found`, and `days` for what counts from now. `now` is the location's wall time."""
        words = {token.base for token in self.text.tokens}
        digits = any(char.isdigit() for char in self.text.rest)
        if not digits and words.isdisjoint(TRIGGERS) and not any(w[0] in "وبل" for w in words):
            return
        self._from_now(now)
        clocks = [*self._relative_clocks(), *self._clocks()]
        self._settle(sorted(clocks, key=lambda clock: clock.start))
        self._named_times()
        self._parts()
        self.found.sort(key=lambda item: item[0])

    def _add(self, start: int, end: int, fact: TimeFact) -> None:
        self.found.append((start, end, fact))
        self.text.take(start, end)

    def _from_now(self, now: datetime) -> None:
        for match in list(IN_HOURS.finditer(self.text.rest)):
            minutes = _minutes_from_now(match)
            try:
                moment = now + timedelta(minutes=minutes)
            except OverflowError:
                continue
            span = self.text.span(match.start(), match.end(), "from_now")
            self.days.append((match.start(), match.end(), DayFact(moment.date(), span)))
            self._add(
                match.start(), match.end(), TimeFact(span, at=moment.time().replace(second=0, microsecond=0))
            )
        for match in list(RIGHT_NOW.finditer(self.text.rest)):
            before = self.text.folded[: match.start()]
            alone = self.text.rest.replace(BLANK, " ").strip(" .!?") == "now"
            if match[0] == "now" and not (alone or self.asked_time or before.endswith(BEFORE_NOW)):
                continue
            span = self.text.span(match.start(), match.end(), "now")
            self.days.append((match.start(), match.end(), DayFact(now.date(), span)))
            self._add(match.start(), match.end(), TimeFact(span, earliest=True))

    def _relative_clocks(self) -> list[_Clock]:
        clocks = []
        for match in list(RELATIVE.finditer(self.text.rest)):
            hour = NUMBERS.get(match["h"]) or int(match["h"]) if match["h"] in NUMBERS else int(match["h"])
            if not 1 <= hour <= 12:
                continue
            if match["half"]:
                minute = 30
            else:
                amount = {"quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty five": 25}.get(
                    match["q"]
                )
                minute = amount if amount is not None else int(match["q"])
                if not match["dir"]:
                    minute, hour = 60 - minute, hour - 1 or 12
            said_part = match["part"] or ""
            made = _clock_time(hour, minute, (match["ap"] or "").strip()[:1], _part_in(said_part), said_part)
            if made:
                lead = match[0].split()[0] if match[0].split()[0] in {"before", "after", "by"} else "at"
                clocks.append(_Clock(match.start(), match.end(), made[0], made[1], True, lead, "past_to"))
                self.text.take(match.start(), match.end())
        return clocks

    def _clocks(self) -> list[_Clock]:
        clocks = []
        for match in CLOCK.finditer(self.text.rest):
            if BLANK in match[0]:
                continue
            clock = self._clock(match)
            if clock is not None:
                clocks.append(clock)
            if len(clocks) == _MOST:
                break
        return clocks

    def _clock(self, match: re.Match[str]) -> _Clock | None:
        word = match["h"]
        hour = NUMBERS[word] if word in NUMBERS else int(word)
        if match["m"]:
            minute = int(match["m"])
        elif match["wm"]:
            minute = MINUTE_WORDS[match["wm"]]
        else:
            minute = 0
        if match["frac"]:
            minute = FRACTIONS[match["frac"].strip()]
            if minute < 0:
                minute, hour = 60 + minute, hour - 1 or 12
        half = (match["ap"] or "").strip()[:1].replace("ص", "a").replace("م", "p")
        said_part = match["part"] or ""
        part = _part_in(said_part)
        made = _clock_time(hour, minute, half, part, said_part)
        if made is None:
            return None
        at, half_open = made
        if word.startswith("0") and len(word) == 2 and match["m"]:
            half_open = False
        lead = (match["lead"] or "").strip()
        said_hour = bool(
            half or match["oclock"] or part or match["frac"] or (match["m"] and match["sep"] != ".")
        )
        unit_follows = bool(UNIT_AFTER.match(self.text.rest, match.end()))
        sure = said_hour or (bool(lead) and not unit_follows and lead not in {"about", "من", "على"})
        if unit_follows and not said_hour:
            return None
        if (
            word == "one"
            and not said_hour
            and not lead
            and not (self.asked_time and len(self.text.tokens) < 3)
        ):
            return None
        return _Clock(match.start(), match.end(), at, half_open, sure, lead, "clock", half)

    def _settle(self, clocks: list[_Clock]) -> None:
        """Decide which clocks are times, and join the two ends of a range."""
        index = 0
        while index < len(clocks):
            clock = clocks[index]
            other = clocks[index + 1] if index + 1 < len(clocks) else None
            if other and self._is_range(clock, other):
                self._add_range(clock, other)
                index += 2
                continue
            if not clock.sure:
                listed = (
                    other
                    and (other.sure or self.asked_time)
                    and OR.fullmatch(self.text.rest[clock.end : other.start])
                )
                clock.sure = bool(listed) or self._bare_is_time(clock)
                if listed and other:
                    other.sure = True
                    if other.half:
                        clock.at, clock.half_open = _with_half(clock.at, other.half), False
            elif other and not other.sure and OR.fullmatch(self.text.rest[clock.end : other.start]):
                other.sure = True
            if clock.sure:
                self._add_clock(clock)
            index += 1

    def _is_range(self, first: _Clock, last: _Clock) -> bool:
        link = self.text.rest[first.end : last.start]
        tail = last.lead.split()[-1] if last.lead else ""
        if not LINK.fullmatch(link) and not (link.strip() == "" and tail in {"until", "till"}):
            return False
        if link.strip() in {"and", "و"}:
            return first.lead.endswith("between")
        return first.sure or last.sure or self.asked_time or link.strip() != "-" or self._beside_day(first)

    def _add_range(self, first: _Clock, last: _Clock) -> None:
        begin, end, open_half = first.at, last.at, first.half_open
        if last.half and first.half_open:
            begin = _with_half(first.at, last.half)
            if begin >= end:
                begin = first.at
            open_half = False
        elif first.half and last.half_open and (shifted := _with_half(last.at, "p")) > begin:
            end = last.at if last.at > begin else shifted
            open_half = False
        span = self.text.span(first.start, last.end, "time_range")
        self._add(first.start, last.end, TimeFact(span, at=begin, until=end, ambiguous_half=open_half))

    def _add_clock(self, clock: _Clock) -> None:
        onwards = ONWARDS.match(self.text.rest, clock.end)
        if onwards:
            clock.end = onwards.end()
            clock.lead = "after" if onwards["on"] else "before"
        span = self.text.span(clock.start, clock.end, clock.rule, 1.0 if not clock.half_open else 0.9)
        bound = _bound(clock.lead)
        if bound == "after":
            fact = TimeFact(span, at=clock.at, until=END_OF_DAY, ambiguous_half=clock.half_open)
        elif bound == "before":
            fact = TimeFact(span, until=clock.at, ambiguous_half=clock.half_open)
        else:
            fact = TimeFact(span, at=clock.at, ambiguous_half=clock.half_open)
        self._add(clock.start, clock.end, fact)

    def _beside_day(self, clock: _Clock) -> bool:
        rest = self.text.rest
        return any(
            rest[end : clock.start].strip(" ,") == ""
            if end <= clock.start
            else rest[clock.end : start].strip(" ,") in {"", "on"}
            for start, end, _ in self.day_ranges
        )

    def _bare_is_time(self, clock: _Clock) -> bool:
        """A number alone is a time beside a day ("sat 5") or as the whole answer to the question for one."""
        if self._beside_day(clock):
            return True
        if not self.asked_time:
            return False
        others = (self.text.rest[: clock.start] + self.text.rest[clock.end :]).replace(BLANK, " ")
        return len([word for word in re.findall(r"\w+", others) if word not in AROUND_A_TIME]) == 0

    def _named_times(self) -> None:
        for match in list(NAMED_TIME.finditer(self.text.rest)):
            span = self.text.span(match.start(), match.end(), "named_time")
            if match["name"].startswith("lunch"):
                self._add(match.start(), match.end(), TimeFact(span, at=LUNCH[0], until=LUNCH[1]))
                continue
            at = NAMED_TIMES[match["name"]]
            if match["lead"] == "after":
                fact = TimeFact(span, at=at, until=END_OF_DAY)
            elif match["lead"] in {"before", "by", "until"}:
                fact = TimeFact(span, until=at)
            else:
                fact = TimeFact(span, at=at)
            self._add(match.start(), match.end(), fact)

    def _parts(self) -> None:
        """Parts of the day: they settle an open half ("friday morning at 9"), else stand for themselves."""
        for match in list(PART.finditer(self.text.rest)):
            if BLANK in match[0]:
                continue
            part = PARTS[match["part"]]
            self.text.take(match.start(), match.end())
            open_times = [i for i, (_, _, fact) in enumerate(self.found) if fact.ambiguous_half]
            if not open_times:
                if not any(fact.at is not None or fact.until for _, _, fact in self.found):
                    span = self.text.span(match.start(), match.end(), "day_part")
                    self.found.append((match.start(), match.end(), TimeFact(span, part=part)))
                continue
            for i in open_times:
                start, end, fact = self.found[i]
                self.found[i] = (start, end, _settled(fact, part, match["part"]))
        if not any(fact.part for _, _, fact in self.found):
            self._tonight()

    def _tonight(self) -> None:
        """ "tonight" was taken as a day; it also says which half, or which part."""
        for start, end, _ in self.day_ranges:
            said = self.text.folded[start:end]
            if said not in {"tonight", *map(fold, ("الليلة", "الليله", "هالليلة"))}:
                continue
            if not self.found:
                span = self.text.span(start, end, "day_part")
                self.found.append((start, end, TimeFact(span, part=DayPart.NIGHT)))
                continue
            self.found = [
                (s, e, _settled(fact, DayPart.EVENING, "") if fact.ambiguous_half else fact)
                for s, e, fact in self.found
            ]


def _bound(lead: str) -> str:
    """Whether the words before a clock open a range: "after", "before" or neither ("")."""
    said = set(lead.split())
    if "later" in said:
        return "before"
    if said & {"after", "earlier", "from", "since", "past", "بعد"} or {"not", "before"} <= said:
        return "after"
    return "before" if said & {"before", "until", "till", "by", "قبل"} else ""


def _minutes_from_now(match: re.Match[str]) -> int:
    if match["halfan"]:
        return 30
    if match["ar"]:
        return {"ساعه": 60, "ساعتين": 120, "نص ساعه": 30}[match["ar"]]
    count = match["n"] or match["n2"] or match["n3"]
    unit = match["u"] or match["u2"] or match["u3"]
    number = COUNT_WORDS[count] if count in COUNT_WORDS else int(count)
    size = 60 if unit in {"hour", "hr", "ساعات", "ساعه"} else 1
    return number * size + (size // 2 if match["and"] else 0)


def _with_half(at: time, half: str) -> time:
    return at.replace(hour=at.hour % 12 + (12 if half == "p" else 0)) if at.hour <= 12 else at


def _settled(fact: TimeFact, part: DayPart, said: str) -> TimeFact:
    def settle(at: time | None) -> time | None:
        if at is None or at == END_OF_DAY or not 1 <= at.hour <= 12 or _noonish(said, at.hour):
            return at
        return at.replace(hour=half_of(part, at.hour))

    return TimeFact(fact.span, at=settle(fact.at), until=settle(fact.until))


def find_times(
    text: Text, now: datetime, *, asked_time: bool, day_ranges: list[tuple[int, int, DayFact]]
) -> tuple[list[tuple[int, int, TimeFact]], list[tuple[int, int, DayFact]]]:
    """Times, and days that follow from "in two hours". `now`: the location's wall time."""
    reader = TimeReader(text, asked_time=asked_time, day_ranges=day_ranges)
    reader.read(now)
    return reader.found, reader.days
