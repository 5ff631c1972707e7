"""No visit crosses closing time or a break, on any day of any zone; and none that fits is missed.

The oracle knows nothing of spans: it looks at the wall clock of the place, minute by minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalog import Catalog, Frame, FrameQuery, Hours, Location
from bot.flows import hours
from bot.flows.search import Search
from bot.flows.state import State
from bot.flows.talk import Talk
from bot.scheduling import Need, Plan
from tests.chats import salon
from tests.chats.chat import Chat

HALF = timedelta(minutes=30)
PEOPLE = tuple(UUID(int=n) for n in (1, 2, 3))
DAYS = [
    ("Asia/Kuwait", date(2026, 11, 21)),
    ("Asia/Kolkata", date(2026, 11, 21)),
    ("Asia/Kathmandu", date(2026, 11, 21)),
    ("America/St_Johns", date(2026, 3, 8)),  # an hour is skipped
    ("America/St_Johns", date(2026, 11, 1)),  # an hour comes twice
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # half an hour is skipped
    ("Australia/Lord_Howe", date(2026, 4, 5)),
]


@dataclass
class Given:
    """Frames as some calendar gave them out, opening hours or not."""

    frames: Sequence[Frame]
    stale: bool = False

    def free(self, query: FrameQuery) -> Sequence[Frame]:
        return [f for f in self.frames if query.starts_at <= f.starts_at < query.ends_at]


def place_of(spans: Sequence[tuple[int, int]], weekday: int) -> Location:
    """Open in these half hours of the day; 48 is midnight."""

    def clock(half: int) -> time:
        return time(half // 2 % 24, half % 2 * 30)

    opened = tuple(Hours(weekday, clock(opens), clock(closes)) for opens, closes in spans)
    return replace(salon.catalog().locations[salon.uid("Plaza")], hours=opened)


def search_on(
    zone: str, day: date, place: Location, frames: Sequence[Frame], needs: Sequence[Need]
) -> Search:
    now = datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC) - timedelta(days=1)
    catalog: Catalog = salon.catalog(locations={place.id: place})
    chat = Chat(catalog=catalog, settings=salon.settings(timezone=zone, lead_minutes=0), now=now)
    context = replace(chat.context(), frames=Given(frames))
    return Search(Talk(State(), context), place, tuple(needs))


def given_frames(zone: str, day: date, place: Location, free: Sequence[tuple[int, int]]) -> list[Frame]:
    """(person, half hour since local midnight, counted in real time)."""
    midnight = datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
    return [
        Frame(PEOPLE[person], place.id, midnight + half * HALF, midnight + (half + 1) * HALF)
        for person, half in free
    ]


def is_open(moment: datetime, zone: str, place: Location) -> bool:
    """By the clock on the wall."""
    wall = moment.astimezone(ZoneInfo(zone))
    midnight = time(0)
    return any(
        one.weekday == wall.weekday()
        and one.opens <= wall.time()
        and (wall.time() < one.closes or one.closes == midnight)
        for one in place.hours
    )


def open_throughout(start: datetime, end: datetime, zone: str, place: Location) -> bool:
    minutes = int((end - start) / timedelta(minutes=1))
    return all(is_open(start + timedelta(minutes=n), zone, place) for n in range(minutes))


def brute_starts(zone: str, place: Location, frames: Sequence[Frame], needs: Sequence[Need]) -> set[datetime]:
    """Starts at which somebody could do one after the other without a gap."""
    usable = {
        (f.staff_id, f.starts_at) for f in frames if open_throughout(f.starts_at, f.ends_at, zone, place)
    }
    starts = set()
    for start in {moment for _, moment in usable}:
        for people in product(*(tuple(need.minutes) for need in needs)):
            at, fits = start, True
            for need, who in zip(needs, people, strict=True):
                count = -(-need.minutes[who] // 30)
                fits = fits and all((who, at + n * HALF) in usable for n in range(count))
                at += count * HALF
            if fits:
                starts.add(start)
    return starts


spans = st.lists(st.integers(0, 48), min_size=2, max_size=4, unique=True).map(
    lambda cuts: list(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)
day_spans = st.lists(st.integers(12, 48), min_size=2, max_size=4, unique=True).map(
    lambda cuts: list(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)
free = st.lists(
    st.tuples(st.integers(0, 2), st.one_of(st.integers(0, 49), st.integers(14, 30))), max_size=60, unique=True
)
lengths = st.lists(st.sampled_from([30, 60, 90]), min_size=1, max_size=2)


def found_on(look: Search, day: date) -> list[Plan]:
    return look.on(day, person=None, limit=500)


def needs_of(minutes: Sequence[int]) -> list[Need]:
    return [Need(UUID(int=100 + n), dict.fromkeys(PEOPLE, length)) for n, length in enumerate(minutes)]


@settings(max_examples=200, deadline=None)
@given(where=st.sampled_from(DAYS), opened=spans, given_out=free, minutes=lengths)
def test_nothing_crosses_closing_time_or_a_break(
    where: tuple[str, date],
    opened: list[tuple[int, int]],
    given_out: list[tuple[int, int]],
    minutes: list[int],
) -> None:
    zone, day = where
    place = place_of(opened, day.weekday())
    frames = given_frames(zone, day, place, given_out)
    look = search_on(zone, day, place, frames, needs_of(minutes))
    for plan in found_on(look, day):
        for part in plan.parts:
            assert open_throughout(part.starts_at, part.ends_at, zone, place)
            assert part.ends_at - part.starts_at == timedelta(minutes=minutes[plan.parts.index(part)])
            assert set(part.frames) <= set(frames)
        used = [(frame.staff_id, frame.starts_at) for part in plan.parts for frame in part.frames]
        assert len(used) == len(set(used))


@settings(max_examples=200, deadline=None)
@given(where=st.sampled_from(DAYS), opened=day_spans, given_out=free, minutes=lengths)
def test_everything_that_fits_is_found(
    where: tuple[str, date],
    opened: list[tuple[int, int]],
    given_out: list[tuple[int, int]],
    minutes: list[int],
) -> None:
    """By day: at night the hour that comes twice is open once only."""
    zone, day = where
    place = place_of(opened, day.weekday())
    frames = given_frames(zone, day, place, given_out)
    needs = needs_of(minutes)
    local = {
        start
        for start in brute_starts(zone, place, frames, needs)
        if start.astimezone(ZoneInfo(zone)).date() == day
    }
    look = search_on(zone, day, place, frames, needs)
    assert {plan.starts_at for plan in found_on(look, day)} == local


def test_an_hour_into_closing_time_is_not_offered() -> None:
    """The calendar would let her work until ten; the place closes at nine."""
    zone, day = "Asia/Kuwait", date(2026, 11, 21)
    place = place_of([(21, 26), (32, 42)], day.weekday())
    frames = given_frames(zone, day, place, [(0, half) for half in range(21, 44)])
    look = search_on(zone, day, place, frames, needs_of([60]))
    starts = sorted(plan.starts_at.astimezone(ZoneInfo(zone)).time() for plan in found_on(look, day))
    assert starts[0] == time(10, 30)
    assert time(12, 0) in starts
    assert time(12, 30) not in starts, "half an hour into the break"
    assert starts[-1] == time(20, 0)


def test_open_past_midnight() -> None:
    zone = ZoneInfo("Asia/Kuwait")
    day = date(2026, 11, 21)
    place = replace(place_of([], 0), hours=(Hours(day.weekday(), time(18), time(2)),))
    assert hours.open_spans(place, day, zone) == [
        (datetime(2026, 11, 21, 15, tzinfo=UTC), datetime(2026, 11, 21, 23, tzinfo=UTC))
    ]
    assert hours.open_spans(place, day + timedelta(days=1), zone) == hours.open_spans(place, day, zone)
