"""A day and a week as tables: rows, columns and spans out of booked time. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import calendar
from db.read_calendar import BookedRow, PersonRow, PlaceRow

NEW_YORK = ZoneInfo("America/New_York")
KUWAIT = ZoneInfo("Asia/Kuwait")
PLACE = uuid4()
DANA = PersonRow(uuid4(), {"en": "Dana", "ar": "دانة"}, PLACE, False)
MONA = PersonRow(uuid4(), {"en": "Mona"}, PLACE, False)
ON = date(2026, 11, 26)


def place(*spans: tuple[str, str], exceptions=()) -> PlaceRow:
    hours = [
        {"weekday": day, "opens": opens, "closes": closes} for day in range(7) for opens, closes in spans
    ]
    return PlaceRow(PLACE, {"en": "Here"}, hours, list(exceptions))


def row(starts: datetime, minutes: int, staff: UUID = DANA.id, **more: object) -> BookedRow:
    values = {
        "booking_id": uuid4(), "status": "confirmed", "needs_operator": False, "customer_name": "Sara",
        "confirmation_code": "ABCDEF", "location_id": PLACE, "moving_here": False, "position": 0,
        "staff_id": staff, "staff_name": "Dana", "starts_at": starts.astimezone(UTC),
        "ends_at": (starts + timedelta(minutes=minutes)).astimezone(UTC), "service": "Cut", **more,
    }  # fmt: skip
    return BookedRow(**values)  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, *, day: date = ON, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.combine(day, time(hour, minute), zone)


def laid_out(rows, *places, on=ON, zone=NEW_YORK, now=None) -> calendar.Day:
    return calendar.day([DANA, MONA], rows, places, on, zone=zone, now=now or at(12, zone=zone))


def line(day: calendar.Day, clock: str) -> calendar.Line:
    return next(one for one in day.lines if f"{one.at:%H:%M}" == clock)


def test_a_block_spans_its_time_in_its_persons_column():
    day = laid_out([row(at(10, 30), 45)], place(("10:00", "12:00")))
    assert [f"{one.at:%H:%M}" for one in day.lines] == [
        "10:00", "10:15", "10:30", "10:45", "11:00", "11:15", "11:30", "11:45"
    ]  # fmt: skip
    dana, mona = line(day, "10:30").cells
    assert dana is not None
    assert (dana.rows, len(dana.blocks), dana.size) == (3, 1, "middle")
    assert mona == calendar.Cell()
    assert line(day, "10:45").cells[0] is None
    assert line(day, "11:15").cells[0] == calendar.Cell()


def test_the_day_reaches_to_what_is_booked_outside_of_the_hours():
    day = laid_out([row(at(8, 50), 20), row(at(17, 40), 30)], place(("10:00", "17:00")))
    assert (day.lines[0].at, day.lines[-1].at) == (time(8), time(18, 45))
    assert not line(day, "09:45").open
    assert line(day, "10:00").open
    assert not line(day, "17:00").open
    cell = line(day, "08:45").cells[0]
    assert cell is not None
    assert cell.rows == 2, "from 8:50 to 9:10 touches two quarters"


def test_a_time_that_is_kept_for_a_move_shares_the_cell_it_meets():
    day = laid_out([row(at(10), 60), row(at(10, 30), 60, moving_here=True)], place(("10:00", "12:00")))
    cell = line(day, "10:00").cells[0]
    assert cell is not None
    assert (len(cell.blocks), cell.rows) == (2, 6)


def test_closed_for_once_and_over_midnight():
    closed = laid_out([], place(("10:00", "12:00"), exceptions=[{"day": "2026-11-26", "spans": []}]))
    assert (closed.lines[0].at, closed.lines[-1].at) == (time(9), time(17, 45))
    late = laid_out([row(at(23, 30), 60)], place(("18:00", "02:00")))
    assert (late.lines[0].at, late.lines[-1].at) == (time(18), time(23, 45))
    after = laid_out([row(at(23, 30, day=ON - timedelta(days=1)), 60)], place(("18:00", "02:00")))
    assert after.lines[0].at == time(0), "what began the evening before goes on here"


def test_where_it_is_now():
    day = laid_out([], place(("10:00", "14:00")), now=at(12, 14))
    assert [one.at for one in day.lines if one.now] == [time(12)]
    other = laid_out([], place(("10:00", "14:00")), now=at(12, 14, day=ON + timedelta(days=1)))
    assert not any(one.now for one in other.lines)


@given(
    st.lists(st.tuples(st.integers(0, 47), st.integers(1, 30), st.booleans()), max_size=8),
    st.sampled_from([date(2026, 11, 1), date(2026, 3, 8), ON]),
)
def test_every_column_has_each_row_once_and_no_block_is_lost(given_rows, on):
    """Also on the days on which the clocks change."""
    rows = [
        row(at(0, day=on) + timedelta(minutes=30 * half), 10 * length, DANA.id if danas else MONA.id)
        for half, length, danas in given_rows
    ]
    day = laid_out(rows, place(("09:00", "17:00")), on=on)
    for column in range(2):
        covered = 0
        for number, one in enumerate(day.lines):
            cell = one.cells[column]
            if cell is None:
                assert number < covered
            else:
                assert number >= covered
                covered = number + cell.rows
        assert covered == len(day.lines)
    shown = [block for one in day.lines for cell in one.cells if cell for block in cell.blocks]
    here = [one for one in rows if one.starts_at.astimezone(NEW_YORK).date() == on]
    assert {one.booking_id for one in here} <= {one.booking_id for one in shown}
    assert len(shown) == len({one.booking_id for one in shown})


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Asia/Kuwait", "Saturday"),
        ("America/Chicago", "Sunday"),
        ("Europe/Berlin", "Monday"),
        ("UTC", "Monday"),
    ],
)
def test_a_week_begins_as_its_country_counts(zone, first):
    for offset in range(14):
        day = ON + timedelta(days=offset)
        begins = calendar.week_begins(day, ZoneInfo(zone))
        assert f"{begins:%A}" == first
        assert 0 <= (day - begins).days < 7


def test_a_week_is_of_the_businesss_days():
    late = row(datetime(2026, 11, 26, 22, tzinfo=UTC), 30)  # one in the morning of the 27th in Kuwait
    days = [ON, ON + timedelta(days=1)]
    (first, second) = calendar.week([DANA, MONA], [late], days, KUWAIT)
    assert first.columns == ((), ())
    assert second.columns == ((late,), ())
    (agenda,) = calendar.agendas([DANA, MONA], [late], days, KUWAIT)
    assert (agenda.person, [day for day, _ in agenda.days]) == (DANA, [days[1]])


def test_who_left_keeps_a_column():
    gone = uuid4()
    lost = calendar.unknown_people([row(at(10), 30, gone, staff_name="Noor")], [DANA])
    assert [(one.id, calendar.called(one.names)) for one in lost] == [(gone, "Noor")]
