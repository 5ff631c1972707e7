"""Nail It's texts as values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.nailit.values import (
    clock_time,
    frames_needed,
    local_instant,
    local_stamp,
    major_units,
    minor_units,
    opening_hours,
    order_date,
    read_date,
    text_of_html,
    working_days,
)

KUWAIT, BERLIN = ZoneInfo("Asia/Kuwait"), ZoneInfo("Europe/Berlin")
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def test_the_two_date_formats():
    assert read_date(date(2026, 3, 1)) == "01-03-2026"
    assert order_date(date(2026, 3, 1)) == "01/03/2026"


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("10:30 AM", time(10, 30)),
        ("09:00 PM", time(21)),
        ("12:00 AM", time(0)),
        ("12:15 pm", time(12, 15)),
        ("9 pm", time(21)),
        ("10.30am", time(10, 30)),
        (" 22:30 ", time(22, 30)),
        ("22:30:00", time(22, 30)),
        ("9:05 p.m.", time(21, 5)),
    ],
)
def test_times_of_day(text, wall):
    assert clock_time(text) == wall


@pytest.mark.parametrize(
    "text", ["", "noon", "13:00 PM", "0:30 AM", "24:00", "10:60", "10", "٩:٣٠", "1:2:3", "10:30 m"]
)
def test_what_is_no_time_of_day(text):
    with pytest.raises(ValueError, match="time of day"):
        clock_time(text)


@given(st.times().map(lambda moment: moment.replace(second=0, microsecond=0)))
def test_every_time_of_day_reads_back(moment):
    assert clock_time(moment.strftime("%I:%M %p")) == moment
    assert clock_time(moment.strftime("%H:%M")) == moment


@given(st.text() | st.from_regex(r"\A[0-9:. apmAPM]{1,10}\Z"))
def test_any_text_is_a_time_or_a_value_error(text):
    try:
        wall = clock_time(text)
    except ValueError:
        return
    assert clock_time(wall.strftime("%I:%M %p")) == wall


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Sunday-Saturday", (0, 1, 2, 3, 4, 5, 6)),
        ("Saturday-Wednesday", (0, 1, 2, 5, 6)),
        ("Sun - Thu", (0, 1, 2, 3, 6)),
        ("Monday", (0,)),
        ("Sunday, Tuesday & Friday", (1, 4, 6)),
        ("monday to wednesday and Saturday", (0, 1, 2, 5)),
        ("Daily", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_working_days(text, days):
    assert working_days(text) == days


@pytest.mark.parametrize("text", ["", "weekdays", "Monday-Tuesday-Friday", "Monday-", "Mo9day", "-"])
def test_what_is_no_working_days(text):
    with pytest.raises(ValueError, match="not working days"):
        working_days(text)


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_range_of_days_runs_forward_and_may_wrap(first, last):
    days = working_days(f"{DAYS[first]}-{DAYS[last]}")
    assert {first, last} <= set(days)
    assert len(days) == (last - first) % 7 + 1


def test_an_evening_past_midnight_becomes_two_intervals():
    week = opening_hours([5, 6], time(16), time(2))
    assert [(hours.weekday, hours.opens, hours.closes) for hours in week] == [
        (0, time(0), time(2)),
        (5, time(16), time.max),
        (6, time(0), time(2)),
        (6, time(16), time.max),
    ]
    midnight = opening_hours([5], time(16), time(0))
    assert [(hours.weekday, hours.closes) for hours in midnight] == [(5, time.max)]


@given(st.sets(st.integers(0, 6)), st.times(), st.times())
def test_opening_intervals_never_end_before_they_begin(days, opens, closes):
    for hours in opening_hours(days, opens, closes):
        assert hours.opens < hours.closes or hours.opens == time.max


def test_money_has_the_currency_s_digits():
    assert minor_units(Decimal("12.500"), "KWD") == 12500
    assert minor_units(Decimal("12.5"), "USD") == 1250
    assert minor_units(Decimal(12), "JPY") == 12
    assert major_units(12500, "KWD") == 12.5


@pytest.mark.parametrize("amount", ["12.5001", "-1", "NaN", "Infinity", "1e12"])
def test_what_is_no_money(amount):
    with pytest.raises(ValueError, match="amount"):
        minor_units(Decimal(amount), "KWD")


@given(st.integers(0, 10**11 - 1), st.sampled_from(["KWD", "USD", "JPY"]))
def test_money_survives_the_way_there_and_back_as_json(minor, currency):
    if currency == "JPY":
        minor //= 1000
    assert minor_units(Decimal(str(major_units(minor, currency))), currency) == minor


def test_wall_times_become_utc():
    assert local_instant(date(2026, 3, 1), time(10, 30), KUWAIT) == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


def test_a_wall_time_the_clock_jumps_over_does_not_exist():
    assert local_instant(date(2026, 3, 29), time(2, 30), BERLIN) is None
    assert local_instant(date(2026, 3, 29), time(3, 0), BERLIN) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_wall_time_that_comes_twice_is_the_first():
    assert local_instant(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 47))
def test_frames_of_a_day_are_distinct_instants(day, index):
    wall = time(index // 2, index % 2 * 30)
    instant = local_instant(day, wall, BERLIN)
    if instant is not None:
        local = instant.astimezone(BERLIN)
        assert (local.date(), local.time()) == (day, wall)


def test_stamps_of_payments():
    expected = datetime(2026, 3, 1, 7, 5, tzinfo=UTC)
    for text in ("01/03/2026 10:05", "01-03-2026 10:05", "1/3/2026 10:05:00 AM", " 01/03/2026  10:05 am"):
        assert local_stamp(text, KUWAIT) == expected


@pytest.mark.parametrize(
    "text", ["", "01/03/2026", "2026-03-01 10:05", "32/01/2026 10:00", "01/03/2026 25:00"]
)
def test_what_is_no_stamp(text):
    with pytest.raises(ValueError, match=r"date|time|day|month"):
        local_stamp(text, KUWAIT)


@pytest.mark.parametrize(("minutes", "frames"), [(1, 1), (30, 1), (31, 2), (60, 2), (75, 3)])
def test_frames_needed(minutes, frames):
    assert frames_needed(minutes) == frames


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Good for <b>oily scalp</b> &amp; dry ends.</p>", "Good for oily scalp & dry ends."),
        ("One<br/>Two<ul><li>a</li><li>b</li></ul>", "One\nTwo\na\nb"),
        ("&lt;p&gt;Twice &amp;amp; encoded&lt;/p&gt;", "Twice & encoded"),
        ("<style>p {color: red}</style><script>x()</script>Text", "Text"),
        ("  plain   text ", "plain text"),
        ("1 &lt; 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("", ""),
    ],
)
def test_descriptions_become_text(markup, text):
    assert text_of_html(markup) == text


@given(st.text(alphabet=st.sampled_from("<>/&;pbr ltgamp\"'=!-x\n"), max_size=60))
def test_any_markup_ends_as_tidy_text(markup):
    text = text_of_html(markup)
    assert "<p>" not in text
    assert text == "\n".join(" ".join(line.split()) for line in text.split("\n"))
