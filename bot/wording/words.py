"""Turns keys and values into sentences of a language. What the sentences are: en.py, ar.py.

A sentence has variants, so that the same words never go out twice in a row; `variant` picks one.
Numbers, money and dates are formatted by Babel. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal, get_currency_precision

from bot.wording import ar, en
from bot.wording.bidi import isolated, plain

Sentences = Mapping[str, tuple[str, ...]]
Plurals = Mapping[str, Mapping[str, str]]

_SENTENCES: Mapping[str, Sentences] = {"en": en.SENTENCES, "ar": ar.SENTENCES}
_PLURALS: Mapping[str, Plurals] = {"en": en.PLURALS, "ar": ar.PLURALS}
_RIGHT_TO_LEFT = frozenset({"ar"})
_LENGTH_JOINS: Mapping[str, str] = {"en": " ", "ar": " و"}
_LIST_ENDS: Mapping[str, tuple[str, str, str]] = {"en": (", ", " and ", " or "), "ar": ("، ", " و", " أو ")}
LANGUAGES: tuple[str, ...] = tuple(_SENTENCES)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to be said: its key and the words to put in."""

    key: str
    words: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """The wording of one language for one business."""

    language: str
    zone: ZoneInfo
    currency: str

    def say(self, line: Line, variant: int = 0) -> str:
        """The line in its n-th wording (counted round). Raises KeyError for a key that nobody wrote."""
        variants = _SENTENCES[self.language][line.key]
        return variants[variant % len(variants)].format(
            **{
                name: self.aside(value) if isinstance(value, str) else value
                for name, value in line.words.items()
            }
        )

    def variants(self, key: str) -> int:
        """How many wordings a line has."""
        return len(_SENTENCES[self.language][key])

    def aside(self, text: str) -> str:
        """A name or figure kept from mixing with a sentence of the other writing direction."""
        return isolated(text, rtl=self.language in _RIGHT_TO_LEFT)

    def length(self, minutes: int) -> str:
        """A length of time as people say it: `1 h 45 min`, `45 min`."""
        whole, rest = divmod(minutes, 60)
        parts = [self.count("h", whole)] if whole else []
        if rest or not whole:
            parts.append(self.count("minutes" if whole and self.language in _RIGHT_TO_LEFT else "min", rest))
        return _LENGTH_JOINS[self.language].join(parts)

    def label(self, key: str) -> str:
        """A short fixed title: a button, a row."""
        return _SENTENCES[self.language][key][0]

    def count(self, key: str, number: int) -> str:
        """A number with its noun in the right plural: `3 minutes`."""
        forms = _PLURALS[self.language][key]
        form = forms.get(Locale.parse(self.language).plural_form(number), forms["other"])
        return form.format(n=format_decimal(number, locale=self.language))

    def money(self, minor: int) -> str:
        """Minor units with as many digits as the currency has: `12.500 KWD`."""
        digits = get_currency_precision(self.currency)
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        amount = format_decimal(Decimal(minor).scaleb(-digits), format=pattern, locale=self.language)
        return f"{amount} {self.currency}"

    def moment(self, moment: datetime, *, short: bool = False) -> str:
        """An instant in the business's zone: `Sat 21 Nov, 2:00 PM`. Short: the month as a number, for rows."""
        month = "d/M" if short else "d MMM"
        pattern = f"EEE {month}{_LIST_ENDS[self.language][0]}h:mm a"
        return format_datetime(moment.astimezone(self.zone), pattern, locale=self.language)

    def clock(self, value: time | datetime) -> str:
        """A wall time: `2:00 PM`. An instant is shown in the business's zone."""
        wall = value.astimezone(self.zone).time() if isinstance(value, datetime) else value
        return format_time(wall, "h:mm a", locale=self.language)

    def day(self, value: date) -> str:
        return format_date(value, "EEE d MMM", locale=self.language)

    def weekday(self, weekday: int) -> str:
        """0 = Monday: `Mon`."""
        return format_date(date(2024, 1, 1 + weekday), "EEE", locale=self.language)

    def joined(self, parts: Sequence[str], *, last: str = "and") -> str:
        """`a, b and c`; with last="or": `a, b or c`."""
        comma, conj_and, conj_or = _LIST_ENDS[self.language]
        if len(parts) < 2:
            return "".join(parts)
        end = conj_or if last == "or" else conj_and
        kept = [self.aside(part) for part in parts]
        return comma.join(kept[:-1]) + end + kept[-1]

    @property
    def comma(self) -> str:
        """Between the parts of one thing: `, ` or `، `."""
        return _LIST_ENDS[self.language][0]

    def dotted(self, parts: Sequence[str]) -> str:
        """`a · b · c`"""
        return " · ".join(self.aside(part) for part in parts) if len(parts) > 1 else "".join(parts)


def shorten(text: str, limit: int) -> str:
    """At most `limit` code points, cut at a word where that loses little. Marks of direction are left out then."""
    if len(text) <= limit:
        return text
    text = plain(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:-") + "…"
