""" "An hour later", "نص ساعة أبكر": by how much a time is to move, where no new time is named."""

from __future__ import annotations

import re

from bot.understanding.normalize import fold

_UNITS = {
    "minute": 1, "minutes": 1, "min": 1, "mins": 1, "hour": 60, "hours": 60, "hr": 60, "hrs": 60,
    "day": 1440, "days": 1440, "week": 10080, "weeks": 10080,
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty five": 45, "couple of": 2, "a couple of": 2,
}  # fmt: skip
_LATER = {"later", "after", "forward", "back", "on"}
_ENGLISH = re.compile(
    r"\b(?P<half>half an?|half)?\s*"
    rf"(?P<number>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})?\s*"
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})\s+(?:and\s+a\s+half\s+)?"
    r"(?P<way>later|earlier|sooner|forward|back)\b"
)
_ARABIC_UNITS = {
    "نص ساعه": 30,
    "نصف ساعه": 30,
    "ربع ساعه": 15,
    "ساعتين": 120,
    "ساعه": 60,
    "يومين": 2880,
    "يوم": 1440,
}
_ARABIC = re.compile(
    rf"(?P<before>قدم\w*|نقدم\w*|اقدم\w*|تقديم|بكر\w*|اخر\w*|ناخر\w*|تاخير|اجل\w*)?\s*"
    rf"(?P<unit>{'|'.join(_ARABIC_UNITS)})\s*(?P<after>ابكر|بدري|قبل|متاخر|بعد|زياده|اكثر)?"
)
_EARLIER_AR = ("قدم", "نقدم", "اقدم", "تقديم", "بكر", "ابكر", "بدري", "قبل")
LONGEST = 7 * 24 * 60
"""Minutes. Further off a day is named."""


def read_shift(text: str) -> int | None:
    """Minutes, negative for earlier; None: nothing of that kind is said."""
    folded = fold(text)
    minutes = _english(folded)
    if minutes is None:
        minutes = _arabic(folded)
    return minutes if minutes and abs(minutes) <= LONGEST else None


def _english(folded: str) -> int | None:
    found = _ENGLISH.search(folded)
    if found is None or not (found["half"] or found["number"]):
        return None
    number = found["number"] or "1"
    minutes = (int(number) if number.isdigit() else _NUMBERS[number]) * _UNITS[found["unit"]]
    if found["half"]:
        minutes //= 2
    return minutes if found["way"] in _LATER else -minutes


def _arabic(folded: str) -> int | None:
    for found in _ARABIC.finditer(folded):
        said = found["before"] or found["after"]
        if said:
            minutes = _ARABIC_UNITS[found["unit"]]
            return -minutes if said.startswith(_EARLIER_AR) else minutes
    return None
