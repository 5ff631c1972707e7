"""Frames lie in working time, whatever the hours, the day and the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.own_calendar.shop import calendar, provider

ZONES = [
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kuwait",
    "Europe/London",
    "Pacific/Chatham",
]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


async def frames(shop, day, *, staff=None):
    catalog = await shop.pull_catalog(today=day)
    found = await shop.pull_frames(catalog=catalog, days=[day])
    return [frame for frame in found if staff is None or frame.staff_external_id == staff]


def walls(found, zone="America/New_York"):
    return [f"{frame.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for frame in found]


async def test_roster_within_opening_hours_without_breaks():
    luis = walls(await frames(provider(), date(2026, 11, 24), staff="luis"))
    assert (luis[0], luis[-1], len(luis)) == ("09:00", "15:45", (7 * 4) - 2)
    assert not {"12:00", "12:15"} & set(luis)
    amy = walls(await frames(provider(), date(2026, 11, 24), staff="amy"))
    assert (amy[0], amy[-1]) == ("10:00", "17:45")


async def test_the_place_s_own_break_is_everybody_s():
    amy = walls(await frames(provider(), date(2026, 11, 27), staff="amy"))
    assert amy == [f"{h}:{m:02}" for h in (10, 11, 13) for m in (0, 15, 30, 45)]


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2026, 11, 26), 0),  # Thanksgiving
        (date(2026, 11, 29), 0),  # a Sunday
        (date(2026, 12, 1), 0),  # his day off
        (date(2026, 12, 24), 12),  # 9 to 12
        (date(2026, 12, 25), 12),  # the same exception's second day, his roster within it
        (date(2026, 12, 26), 26),
    ],
)
async def test_exceptional_days(day, count):
    assert len(await frames(provider(), day, staff="luis")) == count


async def test_every_place_of_a_resource_has_its_own_frames_past_midnight():
    friday = await frames(provider(), date(2026, 11, 27), staff="table-2")
    saturday = await frames(provider(), date(2026, 11, 28), staff="table-2")
    sunday = await frames(provider(), date(2026, 11, 29), staff="table-2")
    assert (len(friday), len(saturday), len(sunday)) == (16, 8 + 16, 8)
    assert friday[-1].ends_at == saturday[0].starts_at
    assert walls(sunday)[-1] == "01:45"
    for unit in ("table-1", "table-3"):
        other = await frames(provider(), date(2026, 11, 27), staff=unit)
        assert [frame.starts_at for frame in other] == [frame.starts_at for frame in friday]


async def test_a_closed_night_is_closed_past_midnight_too():
    settings = calendar()
    settings["locations"][1]["exceptions"] = [{"date": "2026-11-27", "hours": "closed"}]
    saturday = walls(await frames(provider(settings), date(2026, 11, 28), staff="table-1"))
    assert saturday[0] == "20:00"


async def test_somebody_at_two_locations_is_at_one_at_a_time():
    settings = calendar()
    settings["staff"][0]["roster"] = {
        "main": {"every_day": "09:00-12:00"},
        "night": {"friday": "20:00-24:00"},
    }
    settings["staff"][0]["exceptions"] = [{"date": "2026-11-27", "hours": "09:00-10:00", "location": "main"}]
    settings["staff"][0]["services"] = "all"
    found = await frames(provider(settings), date(2026, 11, 27), staff="luis")
    assert {frame.location_external_id for frame in found} == {"main"}
    assert walls(found) == ["09:00", "09:15", "09:30", "09:45"]
    week_before = await frames(provider(settings), date(2026, 11, 20), staff="luis")
    assert {frame.location_external_id for frame in week_before} == {"main", "night"}


def all_night(step=30):
    settings = calendar(step_minutes=step, resources=[])
    settings["locations"] = [{"key": "main", "name": "Main", "hours": {"every_day": "00:00-24:00"}}]
    settings["services"] = [{"key": "haircut", "name": "Haircut", "minutes": 30, "price": 1}]
    settings["staff"] = [
        {"key": "luis", "name": "Luis", "services": "all",
         "roster": {"main": {"every_day": "00:00-24:00"}}}
    ]  # fmt: skip
    return settings


async def test_the_hour_that_spring_skips_does_not_exist():
    found = await frames(provider(all_night()), date(2026, 3, 8))
    assert len(found) == 46
    assert not {"02:00", "02:30"} & set(walls(found))
    assert all(one.ends_at <= two.starts_at for one, two in pairwise(found))
    assert all(one.ends_at == two.starts_at for one, two in pairwise(found))


async def test_the_hour_that_autumn_repeats_is_offered_once():
    found = await frames(provider(all_night()), date(2026, 11, 1))
    assert len(found) == 48
    assert walls(found).count("01:30") == 1
    gaps = [two.starts_at - one.ends_at for one, two in pairwise(found) if two.starts_at != one.ends_at]
    assert gaps == [timedelta(hours=1)]


@pytest.mark.parametrize(
    ("zone", "first"),
    [("Asia/Kolkata", (3, 30)), ("Asia/Kathmandu", (3, 15)), ("America/St_Johns", (12, 30))],
)
async def test_half_and_quarter_hour_zones(zone, first):
    found = await frames(provider(timezone=zone), date(2026, 11, 24), staff="luis")
    assert (found[0].starts_at.hour, found[0].starts_at.minute) == first
    assert walls(found, zone)[0] == "09:00"


# -- by property ---------------------------------------------------------------------------------------

STEPS = st.sampled_from([5, 10, 15, 30])


def spans(step, *, most=2):
    """Up to `most` spans of a day on the grid that don't touch each other."""
    marks = st.lists(st.integers(0, 24 * 60 // step), min_size=0, max_size=2 * most, unique=True).map(sorted)

    def text(minute):
        return f"{minute // 60:02}:{minute % 60:02}"

    return marks.map(
        lambda found: [
            f"{text(a * step)}-{text(b * step)}" for a, b in zip(found[::2], found[1::2], strict=False)
        ]
    )


@st.composite
def shops(draw):
    step = draw(STEPS)

    def week(most=2):
        return {name: draw(spans(step, most=most)) for name in WEEKDAYS}

    day = draw(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    if draw(st.booleans()):  # days on which clocks change somewhere
        day = draw(st.sampled_from([date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4),
                                    date(2026, 3, 29), date(2026, 10, 25), date(2026, 9, 27)]))  # fmt: skip
    hours = week()
    if not any(hours.values()):
        hours["monday"] = ["09:00-17:00"]
    roster = week()
    if not any(roster.values()):
        roster["monday"] = ["09:00-17:00"]
    place = {"key": "main", "name": "Main", "hours": hours, "breaks": week(1)}
    person = {"key": "luis", "name": "Luis", "services": "all", "roster": {"main": roster}, "breaks": week(1)}
    if draw(st.booleans()):
        place["exceptions"] = [{"date": day.isoformat(), "hours": draw(spans(step))}]
    if draw(st.booleans()):
        person["exceptions"] = [{"date": day.isoformat(), "hours": draw(spans(step))}]
    settings = {
        "step_minutes": step,
        "locations": [place],
        "services": [{"key": "haircut", "name": "Haircut", "minutes": 30, "price": 1}],
        "staff": [person],
    }
    return settings, day, draw(st.sampled_from(ZONES))


def covers(texts, wall):
    clock = f"{wall:%H:%M}"
    return any(text[:5] <= clock < text[6:] for text in texts)


def working(settings, wall):
    """The same question asked minute by minute and as plainly as possible."""
    name = WEEKDAYS[wall.weekday()]
    [place], [person] = settings["locations"], settings["staff"]

    def hours(row, usual):
        special = [
            one["hours"] for one in row.get("exceptions", ()) if one["date"] == wall.date().isoformat()
        ]
        return special[0] if special else usual[name]

    return (
        covers(hours(place, place["hours"]), wall)
        and covers(hours(person, person["roster"]["main"]), wall)
        and not covers(place["breaks"][name], wall)
        and not covers(person["breaks"][name], wall)
    )


@settings(max_examples=150, deadline=None)
@given(shops())
def test_frames_are_exactly_the_working_time_by_the_wall_clock(shop):
    settings, day, zone_name = shop
    zone, step = ZoneInfo(zone_name), settings["step_minutes"]
    found = run(frames(provider(settings, timezone=zone_name), day))
    for frame in found:
        assert frame.starts_at.tzinfo is UTC
        assert frame.ends_at - frame.starts_at == timedelta(minutes=step)
        for minute in range(step):
            wall = (frame.starts_at + timedelta(minutes=minute)).astimezone(zone)
            assert wall.date() == day
            assert working(settings, wall), wall
    assert all(one.ends_at <= two.starts_at for one, two in pairwise(found))
    expected = set()
    for number in range(0, 24 * 60, step):
        wall = datetime.combine(day, time(number // 60, number % 60), zone)
        real = wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
        if real and all(working(settings, wall + timedelta(minutes=n)) for n in range(step)):
            expected.add(wall.astimezone(UTC))
    assert {frame.starts_at for frame in found} == expected


def run(work):
    """The adapter never really waits, so no event loop is needed to hear its answer."""
    try:
        work.send(None)
    except StopIteration as answer:
        return answer.value
    raise AssertionError("the own calendar waited for something")


async def test_the_catalog_says_which_days_have_other_hours():
    """Longer, closed, and the morning after a night; a day whose exception is the week's own hours is none."""
    settings = calendar()
    settings["locations"][0] |= {
        "hours": {"every_day": "09:00-18:00"},
        "exceptions": [
            {"date": "2026-12-24", "hours": "09:00-22:00"},
            {"date": "2026-12-25", "until": "2026-12-26", "hours": "closed"},
            {"date": "2026-12-28", "hours": "09:00-18:00"},
            {"date": "2026-12-31", "hours": "18:00-02:00"},
        ],
    }
    catalog = await provider(settings).pull_catalog(today=date(2026, 11, 21))
    found = {entry.day: entry.spans for entry in catalog.locations[0].exceptions}
    assert found == {
        date(2026, 12, 24): ((time(9), time(22)),),
        date(2026, 12, 25): (),
        date(2026, 12, 26): (),
        date(2026, 12, 31): ((time(18), time.max),),
        date(2027, 1, 1): ((time(0), time(2)), (time(9), time(18))),
    }
