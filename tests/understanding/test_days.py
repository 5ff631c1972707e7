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
    ("tmrow mrng", "2026-11-22"),
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
    ("ten days from now", "2026-12-01"),
    ("a fortnight from today", "2026-12-05"),
    ("in a couple of days", "2026-11-23"),
    ("in three more weeks", "2026-12-12"),
    ("two months hence", "2027-01-21"),
    ("within four days", "2026-11-25"),
    ("this afternoon", "2026-11-21"),
    ("tonite?", "2026-11-21"),
    ("new year's eve", "2026-12-31"),
    ("on xmas eve", "2026-12-24"),
    ("liberation day", "2027-02-26"),
]
COUNTED = [
    ("three days after christmas", "2026-12-28"),
    ("the day before new year's eve", "2026-12-30"),
    ("two weeks from sunday", "2026-12-06"),
    ("a week on thursday", "2026-12-03"),
    ("10 days after december 1st", "2026-12-11"),
    ("monday week", "2026-11-30"),
    ("tuesday in a week", "2026-12-01"),
    ("thursday in two weeks", "2026-12-10"),
    ("sunday three weeks from now", "2026-12-06"),
    ("two months from today on a wednesday", "2027-01-27"),
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
    ("next week's monday", "2026-11-23"),
    ("wednesday of the following week", "2026-11-25"),
    ("thursday after next", "2026-12-03"),
    ("the first tuesday of december", "2026-12-01"),
    ("the last thursday in january", "2027-01-28"),
    ("second saturday of next month", "2026-12-12"),
    ("tomorrow, sunday", "2026-11-22"),
    ("nxt wk tues", "2026-11-24"),
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
    ("the fifth", "2026-12-05"),
    ("5th next month", "2026-12-05"),
    ("next month on the 5th", "2026-12-05"),
    ("on 28, please", "2026-11-28"),
    ("on the 5th", "2026-12-05"),
    ("on the 30", "2026-11-30"),
    ("3rd of december", "2026-12-03"),
    ("10 november", "2026-11-10"),
    ("may 5th", "2027-05-05"),
    ("the twenty fifth of november", "2026-11-25"),
    ("december the thirty-first", "2026-12-31"),
    ("third of december", "2026-12-03"),
    ("the 9th day of january", "2027-01-09"),
    ("Dec9", "2026-12-09"),
    ("Dec.9", "2026-12-09"),
    ("Dec/9", "2026-12-09"),
    ("the 12th of next month", "2026-12-12"),
    ("25 of this month", "2026-11-25"),
    ("on 5.12", "2026-12-05"),
    ("on 5-12", "2026-12-05"),
    ("29-11", "2026-11-29"),
    ("end of the month", "2026-11-30"),
    ("at the beginning of january", "2027-01-01"),
    ("mid december", "2026-12-15"),
    ("the last day of next month", "2026-12-31"),
    ("by the end of this year", "2026-12-31"),
    ("first of the month", "2026-12-01"),
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
    ("tuesday the twenty fourth", "2026-11-24"),
    ("tomorrow, the 22nd of november", "2026-11-22"),
    ("tomorrow, the 23rd", "2026-11-23!"),
    ("in 5 days, on thursday", "2026-11-26"),
    ("in 5 days, on friday", "2026-11-27!"),
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
    ("december", "2026-12-01..2026-12-31"),
    ("early december", "2026-12-01..2026-12-10"),
    ("late in december", "2026-12-21..2026-12-31"),
    ("sometime in january", "2027-01-01..2027-01-31"),
    ("feb 2027", "2027-02-01..2027-02-28"),
    ("the week after next", "2026-11-29..2026-12-05"),
    ("the coming week", "2026-11-22..2026-11-28"),
    ("second week of december", "2026-12-08..2026-12-14"),
    ("the last week of january", "2027-01-25..2027-01-31"),
    ("the week of december 9", "2026-12-06..2026-12-12"),
    ("the next 3 days", "2026-11-22..2026-11-24"),
    ("over the next two weeks", "2026-11-22..2026-12-05"),
    ("from the 3rd until the 7th", "2026-12-03..2026-12-07"),
    ("from the 28th to the second", "2026-11-28..2026-12-02"),
    ("december 28th till january 3rd", "2026-12-28..2027-01-03"),
    ("between the 10th and the 12th", "2026-12-10..2026-12-12"),
    ("between the 10th and the 12th of january", "2027-01-10..2027-01-12"),
    ("december between 5 and 8", "2026-12-05..2026-12-08"),
    ("30/11-2/12", "2026-11-30..2026-12-02"),
    ("from today till tuesday", "2026-11-21..2026-11-24"),
    ("from now until monday", "2026-11-21..2026-11-23"),
    ("arriving on monday, leaving on friday", "2026-11-23..2026-11-27"),
    ("weekend after next", "2026-11-28..2026-11-29"),
    ("5th to 8th of next month", "2026-12-05..2026-12-08"),
]


@pytest.mark.parametrize(("said", "meant"), [*NAMED, *COUNTED, *WEEKDAYS, *DATES, *BOTH, *RANGES])
def test_one_day(said: str, meant: str) -> None:
    assert days(hear(said, SlotKind.TIME)) == [meant]


@pytest.mark.parametrize(
    "said",
    [
        "that's all for today, thanks",
        "thank you, nothing else for today",
        "how are you today?",
        "I'm good for today",
        "since yesterday my nail hurts",
        "I had a booking yesterday",
        "my birthday is the 3rd of june",
        "I'm busy on the 24th",
        "on thursday I'm away",
        "the sun is out",
        "we sat in the garden",
        "first thought was a haircut",
        "the first available",
        "any day but friday",
        "happy friday!",
        "today is our graduation",
        "on the 3rd ring road",
        "the 5 KD offer",
        "any weekend offers?",
        "I paid 15 yesterday",
        "with Tom",
        "it costs $12",
        "24/7",
        "a 1/2 price offer",
        "for 3 days",
        "every two weeks",
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
        ("december 3, 4 or 6", ["2026-12-03", "2026-12-04", "2026-12-06"]),
        ("3 or 4 december", ["2026-12-03", "2026-12-04"]),
        ("the 26th or the 27th", ["2026-11-26", "2026-11-27"]),
        ("I'm busy the 23rd but free the 25th", ["2026-11-25"]),
        ("tomorrow please, yes, tomorrow", ["2026-11-22"]),
        ("reschedule me from tuesday to thursday", ["2026-11-24", "2026-11-26"]),
        ("tuesday doesn't work for me, what about thursday", ["2026-11-26"]),
        ("sorry, can't do monday, wednesday?", ["2026-11-25"]),
    ],
)
def test_several_days(said: str, meant: list[str]) -> None:
    assert days(hear(said)) == meant


def test_order_of_day_and_month_follows_the_region() -> None:
    assert days(hear("5/12", region="KW")) == ["2026-12-05"]
    assert days(hear("12/5", region="US")) == ["2026-12-05"]


def test_a_dot_or_dash_is_a_date_only_where_a_date_is_told() -> None:
    assert days(hear("5.12")) == []
    assert days(hear("on 5.12")) == ["2026-12-05"]
    assert days(hear("on 12.5", region="US")) == ["2026-12-05"]
    assert days(hear("12-24", region="US")) == ["2026-12-24"]
    assert days(hear("4.30", region="US")) == []


def test_a_day_that_is_over_tells_the_next_year_too() -> None:
    """The fact is the day as it was said; who reads it may take the other one."""
    fact = hear("10 november").days[0]
    assert (str(fact.day), str(fact.next_year)) == ("2026-11-10", "2027-11-10")
    assert hear("10 november 2026").days[0].next_year is None
    assert hear("28 november").days[0].next_year is None
    assert hear("november 3 to 5").days[0].next_year is not None


def test_national_days_are_those_of_the_region() -> None:
    assert days(hear("independence day", region="US")) == ["2027-07-04"]
    assert days(hear("independence day", region="KW")) == []


def test_every_day_says_which_rule_found_it_and_where() -> None:
    said = "Could I come three days after Christmas?"
    span = hear(said).days[0].span
    assert said[span.start : span.end] == "three days after Christmas"
    assert span.rule == "counted_from_feast"


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
