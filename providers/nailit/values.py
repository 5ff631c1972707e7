"""Nail It's texts as values: dates, times, opening days, prices, HTML descriptions. Pure.

Everything here raises ValueError with the field's kind, never the customer's data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from providers.contract import OpeningHours

FRAME = timedelta(minutes=30)
"""One time frame. Ids of a day's frames are consecutive."""

CURRENCY_DIGITS = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "JPY": 0, "KRW": 0}
"""ISO 4217 minor-unit digits that aren't two."""


def read_date(day: date) -> str:
    """Dates of every read: dd-MM-yyyy."""
    return day.strftime("%d-%m-%Y")


def order_date(day: date) -> str:
    """Dates of an order: dd/MM/yyyy. The vendor answers the other format with Status 102."""
    return day.strftime("%d/%m/%Y")


def clock_time(text: str) -> time:
    """'10:30 AM', '9 pm', '22:30' as a wall time."""
    match = re.fullmatch(
        r"(?a:(\d{1,2}))(?:[:.](?a:(\d{2}))(?:[:.](?a:\d{2}))?)?\s*([ap])?\.?(?(3)m?\.?)",
        text.strip().lower(),
    )
    if match is None:
        raise ValueError("not a time of day")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half is not None:
        if not 1 <= hour <= 12:
            raise ValueError("not a time of day")
        hour = hour % 12 + (12 if half == "p" else 0)
    elif match[2] is None:
        raise ValueError("not a time of day")
    if hour > 23 or minute > 59:
        raise ValueError("not a time of day")
    return time(hour, minute)


def local_instant(day: date, wall: time, zone: ZoneInfo) -> datetime | None:
    """A wall time as a UTC instant; None where the clock jumps over it (start of summer time).

    A wall time that comes twice is the first of the two.
    """
    local = datetime.combine(day, wall, tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        return None
    return instant


def local_stamp(text: str, zone: ZoneInfo) -> datetime:
    """'dd/MM/yyyy HH:mm' (payment details), also with seconds, dashes or AM/PM, as a UTC instant."""
    match = re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})\s+(\S.*)", text.strip(), re.ASCII)
    if match is None:
        raise ValueError("not a date with a time")
    day = date(int(match[3]), int(match[2]), int(match[1]))
    # Payments are stamped by the provider's clock: a wall time inside a jump is taken as it stands.
    return datetime.combine(day, clock_time(match[4]), tzinfo=zone).astimezone(UTC)


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY_DAY = {"daily", "everyday", "every day", "all days", "all week"}


def working_days(text: str) -> tuple[int, ...]:
    """'Sunday-Saturday', 'Sat - Wed', 'Sunday, Tuesday & Friday' as weekdays, 0 = Monday, sorted.

    A range runs forward and may pass the end of the week: 'Saturday-Wednesday' is five days.
    """
    plain = " ".join(text.lower().split())
    if plain in _EVERY_DAY:
        return tuple(range(7))
    days: set[int] = set()
    for part in re.split(r"\s*(?:,|&|;|\+|\band\b)\s*", plain):
        ends = [_weekday(end) for end in re.split(r"\s*(?:-|–|\bto\b)\s*", part)]
        if len(ends) > 2:
            raise ValueError("not working days")
        days.update((ends[0] + step) % 7 for step in range((ends[-1] - ends[0]) % 7 + 1))
    return tuple(sorted(days))


def _weekday(word: str) -> int:
    short = word[:3]
    if short not in _WEEKDAYS or not word.isalpha():
        raise ValueError("not working days")
    return _WEEKDAYS.index(short)


def opening_hours(days: Iterable[int], opens: time, closes: time) -> tuple[OpeningHours, ...]:
    """The week's intervals. An evening that ends after midnight becomes two: until the end of the day
    (`time.max`) and from 00:00 of the next weekday. Equal times mean round the clock."""
    week: list[OpeningHours] = []
    for day in days:
        if closes > opens:
            week.append(OpeningHours(day, opens, closes))
            continue
        week.append(OpeningHours(day, opens, time.max))
        if closes != time.min:
            week.append(OpeningHours((day + 1) % 7, time.min, closes))
    return tuple(sorted(week, key=lambda hours: (hours.weekday, hours.opens)))


def minor_units(amount: Decimal, currency: str) -> int:
    """12.500 KWD -> 12500. A fraction below the smallest unit, a negative or an absurd amount is an error."""
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 9:
        raise ValueError("not an amount of money")
    shifted = amount.scaleb(CURRENCY_DIGITS.get(currency, 2))
    if shifted != shifted.to_integral_value():
        raise ValueError(f"an amount with more digits than {currency} has")
    return int(shifted)


def major_units(minor: int, currency: str) -> float:
    """12500 -> 12.5, for a JSON number. Exact in print: at most three fraction digits below 10^9."""
    return float(Decimal(minor).scaleb(-CURRENCY_DIGITS.get(currency, 2)))


def frames_needed(minutes: int) -> int:
    """How many 30-minute frames a length takes."""
    return -(-minutes // 30)


_BLOCKS = {"p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table"}
_SILENT = {"script", "style", "head", "title"}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def text_of_html(markup: str) -> str:
    """The readable text: tags and entities gone, blocks on lines of their own, spaces single.

    Descriptions were seen encoded twice ('&lt;p&gt;'), so what still looks like markup is read again.
    """
    text = markup
    for _ in range(10):
        parser = _Text()
        parser.feed(text)
        parser.close()
        text = "".join(parser.pieces)
        if not _TAG.search(text):
            break
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
