"""The corpus: turns as customers write them, each with what is in it.

A file holds lines `[context] what is said => key=values ; key=values`. `@shop` names the business of the lines
that follow (a file begins in the salon); `#` starts a comment. The context is the slot that was asked for, or `?`
where a yes-or-no question is open. Keys, with values separated by commas:

    i     intents               d   days: a weekday (the coming one), today, tomorrow, [Y-]MM-DD, thu..fri
    y     yes, no, lean-yes     t   times: 5, 5pm, 14:30, 5- (from), -3pm (until), 4-6, a part of the day, any,
          or none                   earliest, latest; a bare hour leaves its half open
    s     services              at  places           by   people, or anyone
    out   services taken out    n, p, e  name, phone, e-mail of the customer
    q     what the catalog lacks     need  a need was told (no value)
    pay   ways to pay           party  how many come    lang  the language asked for    safety  its kind

`a|b`: either will do (of services: an ambiguous mention); `(a)`: may be told. What isn't listed must not be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.understanding.contract import UnderstandingContext
from bot.workspace import SlotKind
from tests.understanding.corpus.shops import SHOPS
from tests.understanding.salon import NOW, ZONE

_LINE = re.compile(r"(?:\[(?P<asked>[a-z?]+)\]\s)?(?P<said>.*?)\s*=>\s*(?P<told>.*)")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?(am|pm)?")
KEYS = frozenset((*"iysdtnpeq", "out", "at", "by", "need", "pay", "party", "lang", "safety"))
FILES = tuple(sorted(Path(__file__).parent.glob("*.txt")))


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing to be found: any of the spellings will do."""

    values: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    where: str
    shop: str
    language: str
    said: str
    context: UnderstandingContext
    told: dict[str, tuple[Expected, ...]]

    @property
    def quiet(self) -> bool:
        """Whether the turn holds no slot at all."""
        return not any(key not in {"i", "y", "safety", "lang"} for key in self.told)


def turns() -> Iterator[Turn]:
    """All turns of the corpus. Raises ValueError on a line that can't be read, with file and number."""
    for path in FILES:
        shop = "salon"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("@"):
                shop = line[1:].strip()
            elif line.strip() and not line.startswith("#"):
                yield _turn(line, shop, f"{path.name}:{number}", path.stem.rpartition("_")[2])


def _turn(line: str, shop: str, where: str, language: str) -> Turn:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"{where}: {line}")
    asked = match["asked"]
    context = UnderstandingContext(
        now=NOW,
        zone=ZONE,
        region="KW",
        catalog=SHOPS[shop].catalog,
        language=language,
        asked=SlotKind(asked) if asked and asked != "?" else None,
        yes_no_open=asked == "?",
    )
    return Turn(where, shop, language, match["said"], context, _told(match["told"], where))


def _told(text: str, where: str) -> dict[str, tuple[Expected, ...]]:
    told: dict[str, tuple[Expected, ...]] = {}
    for part in filter(None, (one.strip() for one in text.split(" ; "))):
        key, _, values = part.partition("=")
        if key not in KEYS:
            raise ValueError(f"{where}: no key {key!r}")
        told[key] = tuple(_expected(key, value.strip()) for value in values.split(","))
    return told


def _expected(key: str, value: str) -> Expected:
    optional = value.startswith("(")
    value = value.strip("()")
    if key in {"s", "out"}:
        return Expected(("|".join(sorted(value.split("|"))),), optional)
    spell = {"d": _day, "t": _time}.get(key, str)
    return Expected(tuple(spell(one) for one in value.split("|")), optional)


def _day(text: str) -> str:
    first, dots, last = text.partition("..")
    return f"{_one_day(first)}{f'..{_one_day(last)}' if dots else ''}"


def _one_day(text: str) -> date:
    today = NOW.date()
    if text in {"today", "tomorrow"}:
        return today + timedelta(days=text == "tomorrow")
    if text in _WEEKDAYS:
        ahead = (_WEEKDAYS.index(text) - today.weekday()) % 7
        return today + timedelta(days=ahead or 7)
    *year, month, day = map(int, text.split("-"))
    return date(year[0] if year else today.year, month, day)


def _time(text: str) -> str:
    if text == "any":
        return "00:00-23:59"
    first, dash, last = text.partition("-")
    if not dash:
        return _clock(first) if _CLOCK.fullmatch(first) else first
    if not first:
        return f"-{_clock(last)}"
    return f"{_clock(first)}-{_clock(last) if last else '23:59'}"


def _clock(text: str) -> str:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f"no time: {text!r}")
    hour = int(match[1]) % 12 + (12 if match[3] == "pm" else 0) if match[3] else int(match[1])
    return f"{hour:02}:{match[2] or '00'}"
