"""A day and a week of booked time, laid out for a table: pure, from rows to columns, rows and blocks.

A day is a column per person and a row per quarter of an hour; a block spans the rows of its time. Where a time is
held for a booking that moves into it, two blocks may meet: they share one cell. All times are the business's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from db.read_calendar import BookedRow, PersonRow, PlaceRow

QUARTER = 15
_ROWS = 24 * 60 // QUARTER
_FIRST, _LAST = 9 * 60, 18 * 60
"""Minutes of the day that are shown where no hours are known."""
_SHORT, _LONG = 2, 4
"""Rows from which a block has room for a second and a third line."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Blocks that begin in this row, and how many rows they take. None of them: free time."""

    blocks: tuple[BookedRow, ...] = ()
    rows: int = 1

    @property
    def size(self) -> str:
        return "short" if self.rows < _SHORT else "middle" if self.rows < _LONG else "long"


@dataclass(frozen=True, slots=True)
class Line:
    """A quarter of an hour across all columns. cells: None where a block of an earlier row still goes on."""

    at: time
    full_hour: bool
    open: bool
    now: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Day:
    people: tuple[PersonRow, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A day across all columns: each person's blocks in order."""

    day: date
    columns: tuple[tuple[BookedRow, ...], ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """What one person has, day by day; days without anything are left out."""

    person: PersonRow
    days: tuple[tuple[date, tuple[BookedRow, ...]], ...]


@dataclass(slots=True)
class _Span:
    first: int
    end: int
    blocks: list[BookedRow] = field(default_factory=list)


def week_begins(day: date, zone: ZoneInfo) -> date:
    """The first day of its week, as the zone's country counts weeks; Monday where nobody knows the country."""
    territory = get_global("zone_territories").get(zone.key, "")
    try:
        first = Locale.parse(f"und_{territory}").first_week_day if territory else 0
    except (UnknownLocaleError, ValueError):
        first = 0
    return day - timedelta(days=(day.weekday() - first) % 7)


def agendas(
    people: Sequence[PersonRow], rows: Sequence[BookedRow], days: Sequence[date], zone: ZoneInfo
) -> list[Agenda]:
    """A list per person who has anything, for narrow screens."""
    found = []
    for person in people:
        theirs = [row for row in rows if row.staff_id == person.id]
        by_day = [(day, tuple(_of_day(theirs, day, zone))) for day in days]
        kept = tuple((day, some) for day, some in by_day if some)
        if kept:
            found.append(Agenda(person, kept))
    return found


def week(
    people: Sequence[PersonRow], rows: Sequence[BookedRow], days: Sequence[date], zone: ZoneInfo
) -> list[WeekDay]:
    return [
        WeekDay(
            day,
            tuple(
                tuple(_of_day([row for row in rows if row.staff_id == person.id], day, zone))
                for person in people
            ),
        )
        for day in days
    ]


def day(
    people: Sequence[PersonRow],
    rows: Sequence[BookedRow],
    places: Sequence[PlaceRow],
    on: date,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> Day:
    """From opening to closing, longer where something is booked outside of that."""
    opened = [span for place in places for span in _open_spans(place, on)]
    columns = [_spans([row for row in rows if row.staff_id == one.id], on, zone) for one in people]
    first, end = _window(opened, columns)
    local = now.astimezone(zone)
    passed = local.hour * 60 + local.minute if local.date() == on else None
    starts = [{span.first: span for span in column} for column in columns]
    taken = [{row for span in column for row in range(span.first + 1, span.end)} for column in columns]
    lines = []
    for row in range(first, end):
        minute = row * QUARTER
        cells: list[Cell | None] = []
        for begins, covered in zip(starts, taken, strict=True):
            span = begins.get(row)
            if span is not None:
                cells.append(Cell(tuple(span.blocks), span.end - span.first))
            else:
                cells.append(None if row in covered else Cell())
        lines.append(
            Line(
                at=time(minute // 60, minute % 60),
                full_hour=minute % 60 == 0,
                open=not opened or any(begin <= minute < close for begin, close in opened),
                now=passed is not None and minute <= passed < minute + QUARTER,
                cells=tuple(cells),
            )
        )
    return Day(tuple(people), tuple(lines))


def _of_day(rows: Iterable[BookedRow], on: date, zone: ZoneInfo) -> list[BookedRow]:
    return [row for row in rows if row.starts_at.astimezone(zone).date() == on]


def _spans(rows: Sequence[BookedRow], on: date, zone: ZoneInfo) -> list[_Span]:
    """Rows of the table that are taken, by start; what meets in one row is one span."""
    spans: list[_Span] = []
    for row in sorted(rows, key=lambda one: (one.starts_at, one.booking_id)):
        begin, close = _minutes(row.starts_at, on, zone), _minutes(row.ends_at, on, zone)
        if close <= 0 or begin >= 24 * 60:
            continue
        first = max(begin, 0) // QUARTER
        end = min(max(-(-close // QUARTER), first + 1), _ROWS)
        if spans and first < spans[-1].end:
            spans[-1].end = max(spans[-1].end, end)
            spans[-1].blocks.append(row)
        else:
            spans.append(_Span(first, end, [row]))
    return spans


def _minutes(moment: datetime, on: date, zone: ZoneInfo) -> int:
    """Wall-clock minutes since that day began: below 0 the day before, 1440 and more the day after."""
    local = moment.astimezone(zone)
    return (local.date() - on).days * 24 * 60 + local.hour * 60 + local.minute


def _window(opened: Sequence[tuple[int, int]], columns: Sequence[Sequence[_Span]]) -> tuple[int, int]:
    """First row and the one after the last, in full hours."""
    begins = [begin for begin, _ in opened] or [_FIRST]
    closes = [close for _, close in opened] or [_LAST]
    begins += [span.first * QUARTER for column in columns for span in column]
    closes += [span.end * QUARTER for column in columns for span in column]
    first, last = min(begins) // 60 * 60, -(-max(closes) // 60) * 60
    return first // QUARTER, min(last, 24 * 60) // QUARTER


def _open_spans(place: PlaceRow, on: date) -> list[tuple[int, int]]:
    """Minutes of the day between which it is open; closing at or after midnight counts as its end."""
    special = next((one for one in place.exceptions if one["day"] == on.isoformat()), None)
    if special is not None:
        spans = [(opens, closes) for opens, closes in special["spans"]]
    else:
        spans = [(one["opens"], one["closes"]) for one in place.hours if one["weekday"] == on.weekday()]
    return [_whole(opens, closes) for opens, closes in spans]


def _whole(opens: str, closes: str) -> tuple[int, int]:
    begin, end = (time.fromisoformat(text) for text in (opens, closes))
    first, last = begin.hour * 60 + begin.minute, end.hour * 60 + end.minute
    return first, last if last > first else 24 * 60


def called(names: Mapping[str, str]) -> str:
    """In English where there is such a name."""
    return names.get("en") or next(iter(names.values()), "")


def unknown_people(rows: Sequence[BookedRow], known: Sequence[PersonRow]) -> list[PersonRow]:
    """Who has something booked and is nowhere in the catalog any more, by the name it was booked under."""
    ids = {one.id for one in known}
    lost: dict[UUID, PersonRow] = {}
    for row in rows:
        if row.staff_id not in ids:
            lost.setdefault(
                row.staff_id,
                PersonRow(row.staff_id, {"en": row.staff_name or "Somebody"}, row.location_id, False),
            )
    return list(lost.values())
