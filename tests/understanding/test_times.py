"""Times. "05:00?" is a five o'clock whose half of the day wasn't said; "-15:00" is "before three"."""

from __future__ import annotations

import pytest

from bot.workspace import SlotKind
from tests.understanding.salon import days, hear, times

CLOCKS = [
    ("at 2pm", "14:00"),
    ("2 pm", "14:00"),
    ("2 p.m. please", "14:00"),
    ("2p", "14:00"),
    ("11am", "11:00"),
    ("12pm", "12:00"),
    ("12 am", "00:00"),
    ("14:30", "14:30"),
    ("at 14", "14:00"),
    ("5:30", "05:30?"),
    ("05:30", "05:30"),
    ("5.30pm", "17:30"),
    ("at 5.30", "05:30?"),
    ("14h30", "14:30"),
    ("at 2", "02:00?"),
    ("around 6", "06:00?"),
    ("at about 7", "07:00?"),
    ("@ 4", "04:00?"),
    ("5 o'clock", "05:00?"),
    ("five o clock", "05:00?"),
    ("5ish", "05:00?"),
    ("at five", "05:00?"),
    ("four thirty pm", "16:30"),
    ("half past four", "04:30?"),
    ("half 4", "04:30?"),
    ("quarter past 3", "03:15?"),
    ("a quarter to five", "04:45?"),
    ("ten to 6", "05:50?"),
    ("20 past 2", "02:20?"),
    ("half past four pm", "16:30"),
    ("noon", "12:00"),
    ("at midday", "12:00"),
    ("12 noon", "12:00"),
    ("5 in the evening", "17:00"),
    ("9 in the morning", "09:00"),
    ("at 8 at night", "20:00"),
    ("make it 5", "05:00?"),
    ("change the time to 6", "06:00?"),
    ("change to 5", "05:00?"),
    ("put me down for 4", "04:00?"),
    ("I'd prefer 6", "06:00?"),
    ("could I drop by around 3", "03:00?"),
    ("4.30", "04:30?"),
    ("could we do 4.30 instead?", "04:30?"),
    ("can we do 5?", "05:00?"),
    ("seven forty five in the evening", "19:45"),
    ("nine oh five am", "09:05"),
    ("eleven twenty", "11:20?"),
    ("at 8 40", "08:40?"),
    ("6 15 in the morning", "06:15"),
    ("16 20 in the afternoon", "16:20"),
    ("5-ish", "05:00?"),
    ("4ish pm", "16:00"),
    ("4 in the pm", "16:00"),
    ("715pm", "19:15"),
    ("1040 a.m.", "10:40"),
    ("at 1615", "16:15"),
    ("1430 hours", "14:30"),
    ("17h45", "17:45"),
    ("10 : 45", "10:45?"),
    ("10:45:30", "10:45?"),
    ('6 o"clock', "06:00?"),
    ("evening 6", "18:00"),
    ("in the morning 11", "11:00"),
    ("at afternoon 12", "12:00"),
    ("three quarters past 5", "05:45?"),
    ("a quarter past 5pm", "17:15"),
    ("a quarter to noon", "11:45"),
    ("10 past noon", "12:10"),
    ("20 minutes to 3pm", "14:40"),
    ("seven minutes past ten", "10:07?"),
    ("20 to 17", "16:40"),
    ("half past 15", "15:30"),
    ("at 5 to 6", "05:55?"),
    ("mid morning", "10:00"),
    ("12 midnight", "00:00"),
    ("3:30on", "03:30?"),
]
RANGES = [
    ("between 2 and 4", "02:00-04:00?"),
    ("between 2 and 4pm", "14:00-16:00"),
    ("2-4pm", "14:00-16:00"),
    ("2pm to 4pm", "14:00-16:00"),
    ("from 10 to 12", "10:00-12:00?"),
    ("11am-1pm", "11:00-13:00"),
    ("11-1pm", "11:00-13:00"),
    ("from 9am until 11", "09:00-11:00"),
    ("after 5", "05:00-23:59?"),
    ("after 5pm", "17:00-23:59"),
    ("anything past 6pm", "18:00-23:59"),
    ("from 4pm", "16:00-23:59"),
    ("before 3pm", "-15:00"),
    ("by 11 am", "-11:00"),
    ("before 3", "-03:00?"),
    ("after noon, I mean after noon sharp", "12:00-23:59"),
    ("lunch time", "12:00-14:00"),
    ("any time", "00:00-23:59"),
    ("whenever", "00:00-23:59"),
    ("later than 2 but before 5", "02:00-05:00?"),
    ("after 1pm and before 3pm", "13:00-15:00"),
    ("between 10 and noon", "10:00-12:00"),
    ("between 4 and 5 in the afternoon", "16:00-17:00"),
    ("11:15-2:45", "11:15-14:45"),
    ("10 to 6", "10:00-18:00"),
    ("9 am to 1", "09:00-13:00"),
    ("from half past two to four pm", "14:30-16:00"),
    ("no later than 6pm", "-18:00"),
    ("not before 4pm", "16:00-23:59"),
    ("5pm onwards", "17:00-23:59"),
    ("5pm at the latest", "-17:00"),
    ("at 4pm at the earliest", "16:00-23:59"),
    ("after lunch", "13:00-16:00"),
    ("saturday lunch", "12:00-14:00"),
]
PARTS = [
    ("in the morning", "morning"),
    ("afternoon please", "afternoon"),
    ("evenings are best", "evening"),
    ("tonight", "night"),
    ("saturday am", "morning"),
    ("monday PM please", "afternoon"),
    ("after work", "evening"),
    ("tn", "night"),
    ("as early as possible", "earliest"),
    ("ASAP", "earliest"),
    ("first available", "earliest"),
    ("as late as possible", "latest"),
]


@pytest.mark.parametrize(("said", "meant"), [*CLOCKS, *RANGES, *PARTS])
def test_one_time(said: str, meant: str) -> None:
    assert times(hear(said))[:1] == [meant]


@pytest.mark.parametrize(
    ("said", "day", "time"),
    [
        ("tomorrow at 2pm", "2026-11-22", "14:00"),
        ("tomorrow 2", "2026-11-22", "02:00?"),
        ("sat 5", "2026-11-28", "05:00?"),
        ("5 on saturday", "2026-11-28", "05:00?"),
        ("next friday morning", "2026-11-27", "morning"),
        ("friday evening at 7", "2026-11-27", "19:00"),
        ("tomorrow morning, 9:15", "2026-11-22", "09:15"),
        ("tonight at 8", "2026-11-21", "20:00"),
        ("Tuesday, 24 Nov at 3:30 pm", "2026-11-24", "15:30"),
        ("26/11 at 2", "2026-11-26", "02:00?"),
        ("Nov 28 5pm", "2026-11-28", "17:00"),
        ("2026-11-26 14:30", "2026-11-26", "14:30"),
        ("in two hours", "2026-11-21", "11:30"),
        ("in half an hour", "2026-11-21", "10:00"),
        ("in 90 minutes", "2026-11-21", "11:00"),
        ("in an hour and a half", "2026-11-21", "11:00"),
        ("can I come now?", "2026-11-21", "earliest"),
        ("right now", "2026-11-21", "earliest"),
        ("friday after 4pm", "2026-11-27", "16:00-23:59"),
        ("the 28th between 1 and 3", "2026-11-28", "01:00-03:00?"),
        ("monday\nat   5", "2026-11-23", "05:00?"),
        ("this evening 7:30", "2026-11-21", "19:30"),
        ("saturday night at 11", "2026-11-28", "23:00"),
        ("sunday morning 9-11", "2026-11-22", "09:00-11:00"),
        ("for 2 people on the 24th at 7pm", "2026-11-24", "19:00"),
        ("half an hour later", "2026-11-21", "10:00"),
        ("in two and a half hours", "2026-11-21", "12:00"),
        ("in 1.5 hours", "2026-11-21", "11:00"),
        ("in three quarters of an hour", "2026-11-21", "10:15"),
        ("in a couple of hours", "2026-11-21", "11:30"),
        ("an hour from now", "2026-11-21", "10:30"),
    ],
)
def test_a_day_and_a_time(said: str, day: str, time: str) -> None:
    heard = hear(said)
    assert (days(heard), times(heard)) == ([day], [time])


@pytest.mark.parametrize("said", ["at 2pm", "14:30", "half past four", "noon", "after 5", "in the evening"])
def test_a_time_without_a_day_has_no_day(said: str) -> None:
    assert days(hear(said)) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("5", "05:00?"),
        ("5 please", "05:00?"),
        ("5 30", "05:30?"),
        ("six", "06:00?"),
        ("2-4", "02:00-04:00?"),
        ("any", "00:00-23:59"),
        ("doesn't matter", "00:00-23:59"),
        ("16", "16:00"),
        ("1615", "16:15"),
        ("is 4 free?", "04:00?"),
        ("seven is fine for me", "07:00?"),
        ("let's go for three then", "03:00?"),
        ("the 9 45 one please", "09:45?"),
    ],
)
def test_a_bare_number_answers_the_question_for_a_time(said: str, meant: str) -> None:
    assert times(hear(said, SlotKind.TIME)) == [meant]


@pytest.mark.parametrize(
    "said",
    [
        "2",
        "for 2 people",
        "book for 3",
        "2 services",
        "a 60 minute massage",
        "I'm 25 years old",
        "good morning",
        "good evening!",
        "10 KWD",
        "how long, 45 min?",
        "one of them",
        "thank you and good night",
        "it takes 2 hours?",
        "25:99",
        "7 nights",
        "a table for 4 for 3 nights from Tuesday",
        "at 9876",
        "that's all for now",
        "I'm busy right now",
        "bye for now!",
        "a table for 4 on the 24th",
        "a party of 6 on saturday",
        "a table for 3 next monday",
        "how about one of the gel sets",
        "it is 4.500 KD",
        "it costs 4.30 KD",
        "please cancel my lunch booking",
        "can I move my appointment an hour later",
        "a booking for 5",
        "can you do 2 manicures",
        "they open 24/7",
        "my number is 5 30 22 11",
        "it's been 3 hours",
    ],
)
def test_no_time(said: str) -> None:
    assert times(hear(said)) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2 or 3pm", ["14:00", "15:00"]),
        ("at 10am or at 4pm", ["10:00", "16:00"]),
        ("not 5pm, 6pm", ["18:00"]),
        ("1pm or 2", ["13:00", "14:00"]),
        ("sunday morning or monday after 4", ["morning", "04:00-23:59?"]),
        ("5 or 6 in the evening", ["17:00", "18:00"]),
        ("5pm doesn't work, 6pm?", ["18:00"]),
        ("can't do 3pm but 4pm is fine", ["16:00"]),
        ("at 7 or 7:30", ["07:00?", "07:30?"]),
    ],
)
def test_several_times(said: str, meant: list[str]) -> None:
    assert times(hear(said)) == meant
