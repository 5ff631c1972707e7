"""Stretches of a day's wall clock, in minutes since its midnight: reading, joining, cutting. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

DAY = 24 * 60
_TEXT = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|\u2013|to)\s*(\d{1,2}):(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` (0 to 1439) up to, not including, `end`; an end past 1440 is the next day's morning."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end if self.end <= DAY else self.end - DAY)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def read_span(text: str) -> Span:
    """'09:00-17:30'; '18:00-02:00' ends on the next day; '00:00-24:00' is the whole day. Raises ValueError."""
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a time span such as 09:00-17:30")
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if start >= DAY or end > DAY or int(match[2]) > 59 or int(match[4]) > 59:
        raise ValueError(f"{text!r} has a time of day that doesn't exist")
    if start == end:
        raise ValueError(f"{text!r} begins and ends at the same time; the whole day is 00:00-24:00")
    return Span(start, end if end > start else end + DAY)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same minutes as few spans as possible, sorted."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """The minutes that lie in both."""
    return joined(
        Span(max(a.start, b.start), min(a.end, b.end))
        for a in one
        for b in other
        if max(a.start, b.start) < min(a.end, b.end)
    )


def without(spans: Sequence[Span], gaps: Sequence[Span]) -> list[Span]:
    """The minutes of `spans` that lie in none of `gaps`."""
    left = joined(spans)
    for gap in gaps:
        left = [
            piece
            for span in left
            for piece in (
                Span(span.start, min(span.end, gap.start)),
                Span(max(span.start, gap.end), span.end),
            )
            if piece.start < piece.end
        ]
    return left


def overlapping(spans: Iterable[Span]) -> tuple[Span, Span] | None:
    """The first two that share a minute."""
    ordered = sorted(spans)
    for before, after in pairwise(ordered):
        if after.start < before.end:
            return before, after
    return None


def of_calendar_day(today: Iterable[Span], yesterday: Iterable[Span]) -> list[Span]:
    """What of two days' spans lies on the second day: its own up to midnight, and what the first ran over."""
    own = (Span(span.start, min(span.end, DAY)) for span in today)
    late = (Span(0, span.end - DAY) for span in yesterday if span.end > DAY)
    return joined([*own, *late])
