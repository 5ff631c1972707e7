"""Free time is opening hours minus appointments, on days with a clock change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.contract import OpeningHours
from providers.outcome import CallFailure
from providers.shopmonkey.answers import Appointment
from providers.shopmonkey.frames import (
    busy_times,
    covered,
    free_frames,
    instant,
    open_frames,
    refuse_overlaps,
)
from tests.providers.shopmonkey.shop import HERE, THERE, line

CHICAGO, KOLKATA, LORD_HOWE = (
    ZoneInfo("America/Chicago"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Australia/Lord_Howe"),
)
BAYS = ("bay-1", "bay-2")
NINE = datetime(2026, 3, 3, 15, tzinfo=UTC)
HALF = timedelta(minutes=30)


def week(opens, closes, weekday):
    return [OpeningHours(weekday, opens, closes)]


def starts(day, opens, closes, zone, minutes=30):
    frames = list(open_frames(week(opens, closes, day.weekday()), day, zone, minutes))
    assert all(end - start == timedelta(minutes=minutes) for start, end in frames)
    return [start.astimezone(zone).strftime("%H:%M") for start, _ in frames]


def appointment(start, minutes, **fields):
    return Appointment(
        id="a", startDate=start, endDate=start + timedelta(minutes=minutes), **{"locationId": HERE, **fields}
    )


def test_an_ordinary_day():
    assert starts(date(2026, 3, 3), time(8), time(9, 45), CHICAGO) == ["08:00", "08:30", "09:00"]
    assert starts(date(2026, 3, 3), time(8), time(10), CHICAGO, 60) == ["08:00", "09:00"]


def test_half_hour_zones():
    frames = list(open_frames(week(time(9), time(10), 1), date(2026, 3, 3), KOLKATA, 30))
    assert frames[0][0] == datetime(2026, 3, 3, 3, 30, tzinfo=UTC)


def test_the_night_the_clock_jumps_ahead_has_an_hour_less():
    day = date(2026, 3, 8)
    assert starts(day, time(1), time(4), CHICAGO) == ["01:00", "01:30", "03:00", "03:30"]
    assert len(starts(day, time(0), time.max, CHICAGO)) == 46
    assert starts(day, time(2, 30), time(4), CHICAGO) == ["03:30"]


def test_the_night_the_clock_goes_back_has_an_hour_more():
    day = date(2026, 11, 1)
    assert starts(day, time(0, 30), time(2, 30), CHICAGO) == [
        "00:30",
        "01:00",
        "01:30",
        "01:00",
        "01:30",
        "02:00",
    ]
    assert len(starts(day, time(0), time.max, CHICAGO)) == 50


def test_a_zone_whose_clock_moves_by_half_an_hour():
    assert len(starts(date(2026, 4, 5), time(0), time.max, LORD_HOWE)) == 49


def test_the_end_of_the_day_is_midnight():
    assert instant(date(2026, 3, 3), time.max, CHICAGO) == datetime(2026, 3, 4, 6, tzinfo=UTC)


@given(
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.times(),
    st.times(),
    st.sampled_from([CHICAGO, KOLKATA, LORD_HOWE]),
    st.sampled_from([15, 20, 30, 60]),
)
def test_frames_never_overlap_nor_leave_the_opening_hours(day, opens, closes, zone, minutes):
    opens, closes = (one.replace(tzinfo=None) for one in (opens, closes))
    frames = list(open_frames(week(opens, closes, day.weekday()), day, zone, minutes))
    assert all(before[1] <= after[0] for before, after in pairwise(frames))
    if frames:
        assert frames[0][0] >= instant(day, opens, zone)
        assert frames[-1][1] <= instant(day, closes, zone)


def free(appointments, staff=BAYS, start=NINE):
    busy = busy_times(appointments, HERE, staff)
    return [one.staff_external_id for one in free_frames([(start, start + HALF)], busy, HERE, staff)]


def test_appointments_that_only_touch_take_nothing():
    assert free([appointment(NINE - HALF, 30), appointment(NINE + HALF, 30)]) == ["bay-1", "bay-2"]


def test_a_bay_of_ours_is_taken_by_its_name_and_any_other_by_count():
    ours = appointment(NINE, 30, note="vehicle: x\nFrontdesk ref 1/1 bay-2")
    assert free([ours]) == ["bay-1"]
    assert free([appointment(NINE, 30)]) == ["bay-2"]
    assert free([ours, appointment(NINE, 30)]) == []
    assert free([appointment(NINE, 30)] * 3) == []


def test_a_bay_that_the_shop_no_longer_has_takes_any():
    assert free([appointment(NINE, 30, note="Frontdesk ref 1/1 bay-7")]) == ["bay-2"]


def test_the_customer_s_words_name_no_bay():
    assert free([appointment(NINE, 30, note="I like bay-2")]) == ["bay-2"]


def test_appointments_elsewhere_take_nothing_and_those_of_no_place_count():
    assert free([appointment(NINE, 30, locationId=THERE)]) == ["bay-1", "bay-2"]
    assert free([appointment(NINE, 30, locationId="")]) == ["bay-2"]


@pytest.mark.parametrize(
    ("technician", "place", "left"),
    [
        ("t1", HERE, ["t2"]),
        ("t1", THERE, ["t2"]),
        ("stranger", HERE, ["t1", "t2"]),
        ("", HERE, ["t2"]),
        ("", THERE, ["t1", "t2"]),
    ],
)
def test_technicians(technician, place, left):
    assert free([appointment(NINE, 30, technicianId=technician, locationId=place)], ("t1", "t2")) == left


def test_a_line_needs_all_its_frames_in_a_row():
    frames = free_frames([(NINE, NINE + HALF), (NINE + HALF, NINE + 2 * HALF)], [], HERE, BAYS)
    assert covered(line(NINE, minutes=60), frames)
    assert covered(line(NINE, minutes=45), frames)
    assert not covered(line(NINE, minutes=75), frames)
    assert not covered(line(NINE + timedelta(minutes=15), minutes=15), frames)
    assert not covered(line(NINE, staff="bay-3", minutes=30), frames)


def test_an_order_s_own_overlap():
    refuse_overlaps([line(NINE), line(NINE + 2 * HALF), line(NINE, staff="bay-2")])
    with pytest.raises(CallFailure):
        refuse_overlaps([line(NINE), line(NINE + HALF)])
