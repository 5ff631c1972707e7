"""Hours of a week as people write them: a line per weekday, `09:00-13:00, 16:00-20:30`, empty when closed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?\s*[-–—]\s*([01]?\d|2[0-3]|24)(?::([0-5]\d))?")


class HoursUnclear(ValueError):
    """The message names the day and what is expected."""


def written_hours(hours: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """weekday (0 = Monday), opens, closes -> `09:00-17:00` per day, in order."""
    return {
        day: ", ".join(
            f"{str(one['opens'])[:5]}-{str(one['closes'])[:5]}"
            for one in sorted(hours, key=lambda each: str(each["opens"]))
            if one["weekday"] == number
        )
        for number, day in enumerate(DAYS)
    }


def read_hours(written: Mapping[str, str]) -> list[dict[str, Any]]:
    """Raises HoursUnclear. 24:00 is the next day's beginning."""
    found: list[dict[str, Any]] = []
    for number, day in enumerate(DAYS):
        for span in filter(None, (one.strip() for one in written.get(day, "").split(","))):
            match = _SPAN.fullmatch(span)
            if match is None or (match[3] == "24" and match[4] not in (None, "00")):
                raise HoursUnclear(f"{day.capitalize()}: {span!r} is no span such as 09:00-17:30")
            closes = 0 if match[3] == "24" else int(match[3])
            found.append(
                {
                    "weekday": number,
                    "opens": f"{int(match[1]):02}:{match[2] or '00'}",
                    "closes": f"{closes:02}:{match[4] or '00'}",
                }
            )
    return found
