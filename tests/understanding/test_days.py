"""Days. It is Saturday, 21 November 2026, 9:30 in Kuwait, where the weekend is Friday and Saturday."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.workspace import SlotKind
from tests.understanding.salon import ZONE, days, hear, times

NAMED = [
    ("today", "2026-11-21"),
    ("Today please", "2026-11-21"),
    ("tomorrow", "2026-11-22"),
    ("TOMORROW", "2026-11-22"),
    ("tmrw works", "2026-11-22"),
    ("can I come tommorow?", "2026-11-22"),
    ("the day after tomorrow", "2026-11-23"),
    ("day after tmrw maybe", "2026-11-23"),
    ("yesterday", "2026-11-20"),
    ("in 3 days", "2026-11-24"),
    ("in a week", "2026-11-28"),
    ("in two weeks", "2026-12-05"),
    ("two weeks from now", "2026-12-05"),
    ("a week from friday", "2026-12-04"),
    ("in 2 weeks' time", "2026-12-05"),
]
WEEKDAYS = [
    ("friday", "2026-11-27"),
    ("on Mon", "2026-11-23"),
    ("Wednesday", "2026-11-25"),
    ("wed", "2026-11-25"),
    ("thurs", "2026-11-26"),
    ("this thursday", "2026-11-26"),
    ("coming sunday", "2026-11-22"),
    ("saturday", "2026-11-28"),
    ("this saturday", "2026-11-21"),
    ("next friday", "2026-11-27"),
    ("tuesday next week", "2026-11-24"),
    ("next week on tuesday", "2026-11-24"),
    ("is sunday's 10am free", "2026-11-22"),
    ("last friday", "2026-11-20"),
]
DATES = [
    ("26/11", "2026-11-26"),
    ("11/26", "2026-11-26"),
    ("26/11/2026", "2026-11-26"),
    ("26-11-26", "2026-11-26"),
    ("26.11.2026", "2026-11-26"),
    ("2026-11-26", "2026-11-26"),
    ("Nov 28", "2026-11-28"),
    ("Nov 28th", "2026-11-28"),
    ("november the 28th", "2026-11-28"),
    ("28 November", "2026-11-28"),
    ("28th of nov", "2026-11-28"),
    ("28nov", "2026-11-28"),
    ("5 jan", "2027-01-05"),
    ("January 5, 2027", "2027-01-05"),
    ("1/12", "2026-12-01"),
    ("29 feb", "2028-02-29"),
    ("the 28th", "2026-11-28"),
    ("on the 5th", "2026-12-05"),
    ("on the 30", "2026-11-30"),
    ("3rd of december", "2026-12-03"),
    ("10 november", "2026-11-10"),
    ("may 5th", "2027-05-05"),
]
BOTH = [
    ("friday 27 november", "2026-11-27"),
    ("Tuesday, Nov 24", "2026-11-24"),
    ("24 nov (tuesday)", "2026-11-24"),
    ("friday the 27th", "2026-11-27"),
    ("thursday 26", "2026-11-26"),
    ("mon 30/11", "2026-11-30"),
    ("Tuesday 2 September", "2026-09-02!"),
    ("Monday 27 November", "2026-11-27!"),
    ("wednesday the 27th", "2026-11-27!"),
]
RANGES = [
    ("next week", "2026-11-22..2026-11-28"),
    ("this week", "2026-11-21"),
    ("monday to wednesday", "2026-11-23..2026-11-25"),
    ("between monday and wednesday", "2026-11-23..2026-11-25"),
    ("26-28 november", "2026-11-26..2026-11-28"),
    ("nov 26 to 28", "2026-11-26..2026-11-28"),
    ("sometime this weekend", "2026-11-21"),
    ("next weekend", "2026-11-27..2026-11-28"),
    ("next month", "2026-12-01..2026-12-31"),
]


@pytest.mark.parametrize(("said", "meant"), [*NAMED, *WEEKDAYS, *DATES, *BOTH, *RANGES])
def test_one_day(said: str, meant: str) -> None:
    assert days(hear(said)) == [meant]


@pytest.mark.parametrize(
    "said",
    [
        "at 5",
        "I may come later",
        "march on",
        "what can you do in a day like this?",
        "99/99",
        "31 february",
        "the second one",
        "one second",
    ],
)
def test_no_day(said: str) -> None:
    assert days(hear(said)) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tomorrow or friday", ["2026-11-22", "2026-11-27"]),
        ("monday, tuesday or thursday", ["2026-11-23", "2026-11-24", "2026-11-26"]),
        ("not friday, saturday", ["2026-11-28"]),
        ("sunday instead of tomorrow", ["2026-11-22"]),
    ],
)
def test_several_days(said: str, meant: list[str]) -> None:
    assert days(hear(said)) == meant


def test_order_of_day_and_month_follows_the_region() -> None:
    assert days(hear("5/12", region="KW")) == ["2026-12-05"]
    assert days(hear("12/5", region="US")) == ["2026-12-05"]


def test_weekend_follows_the_region() -> None:
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
    assert days(hear("this weekend", now=monday)) == ["2026-11-27..2026-11-28"]
    assert days(hear("this weekend", now=monday, region="US")) == ["2026-11-28..2026-11-29"]


def test_today_is_the_locations_today() -> None:
    """Half past ten in the evening UTC is already tomorrow in Kuwait."""
    late = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert days(hear("today", now=late)) == ["2026-11-22"]


def test_a_weekday_alone_is_the_coming_one() -> None:
    wednesday = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)
    assert days(hear("wednesday", now=wednesday)) == ["2026-12-02"]
    assert days(hear("this wednesday", now=wednesday)) == ["2026-11-25"]
    assert days(hear("friday", now=wednesday)) == ["2026-11-27"]
    assert days(hear("next friday", now=wednesday)) == ["2026-12-04"]


def test_the_end_of_the_calendar_is_no_error() -> None:
    last = datetime(9999, 12, 30, 9, 0, tzinfo=UTC)
    assert days(hear("in 3 weeks", now=last)) == []
    assert days(hear("friday", now=last)) == ["9999-12-31"]


def test_a_day_with_a_time_is_both() -> None:
    heard = hear("sat 5", SlotKind.TIME)
    assert (days(heard), times(heard)) == (["2026-11-28"], ["05:00?"])
