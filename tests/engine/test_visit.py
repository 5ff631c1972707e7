"""A visit of several services, from the customer's line to the sandbox's ledger, and back as alternatives."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.salon import ZONE, tomorrow

PLAZA, MONICA, LAYAL = 1, 1, 4
GEL_MANICURE, CLASSIC_PEDICURE, HAIR_MASK = 102, 201, 431
HALF = timedelta(minutes=30)


@pytest.fixture
def day():
    """Tomorrow, or the day after where the hairdresser has tomorrow off (Sundays)."""
    first = tomorrow()
    return first if first.weekday() != 6 else first + timedelta(days=1)


@pytest.fixture
def said(day):
    """The day as a customer calls it."""
    return "tomorrow" if day.date() == tomorrow().date() else f"on {day:%A}"


def frames_of(order):
    """(person, instant) of every half hour that an order takes up in the ledger."""
    return [
        (
            line["staff_id"],
            datetime.fromisoformat(line["day"]).replace(tzinfo=ZONE) + (frame["TimeFrame_Id"] - 1) * HALF,
        )
        for line in order["lines"]
        for frame in line["frames"]
    ]


async def finish(phone, *, name="Sara Test"):
    for line in (name, "skip"):
        answer = await phone.say(line)
    assert "Total" in answer
    return await phone.say("pay on arrival")


async def visit(salon, number, said, *, at="afternoon", more=""):
    """The three services by a line and two taps, up to the free times."""
    phone = salon.phone(number)
    answer = await phone.say(f"gel manicure, pedicure and a hair treatment {said} {at} at Plaza {more}")
    assert "pedicure" in answer
    answer = await phone.tap("Classic Pedicure")
    assert "hair treatment" in answer
    return phone, await phone.tap("Hydrating Hair Mask")


def offered(phone):
    """The instants of the last shown times."""
    ids = [choice.id for choice in phone.messages[-1].choices if choice.id.startswith("time:")]
    return [datetime.strptime(one.split("@")[0], "time:%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC) for one in ids]


async def free_of(salon, person, day, orders):
    """Half hours of a day that the provider gave out for a person, less those in the ledger."""
    rows = await salon.rows(
        """SELECT s.starts_at FROM slots s JOIN staff p ON p.workspace_id = s.workspace_id AND p.id = s.staff_id
           JOIN workspaces w ON w.id = s.workspace_id
           WHERE w.key = 'nail-salon' AND p.external_id = $1 AND (s.starts_at AT TIME ZONE 'Asia/Kuwait')::date = $2""",
        str(person),
        day.date(),
    )
    taken = {when for order in orders for who, when in frames_of(order) if who == person}
    return {row["starts_at"] for row in rows} - taken


async def test_three_services_back_to_back_and_two_customers_dont_collide(salon, day, said):
    phone, answer = await visit(salon, "+96550000123", said)
    assert "Gel Manicure · Classic Pedicure · Hydrating Hair Mask" in answer
    times = offered(phone)
    assert times
    assert all(12 <= one.astimezone(ZONE).hour < 17 for one in times)
    await phone.tap(phone.messages[-1].choices[2].title)
    assert "confirmation code" in (await finish(phone)).lower()
    (order,) = await salon.orders()
    assert [line["item_id"] for line in order["lines"]] == [GEL_MANICURE, CLASSIC_PEDICURE, HAIR_MASK]
    assert {line["day"] for line in order["lines"]} == {str(day.date())}
    starts = sorted(when for _, when in frames_of(order))
    assert starts[0] == times[2]
    assert all(after - before == HALF for before, after in pairwise(starts)), "back to back"

    other, _ = await visit(salon, "+96550000124", said)
    mine = set(frames_of(order))
    await other.tap(other.messages[-1].choices[0].title)
    assert "confirmation code" in (await finish(other, name="Mona Test")).lower()
    orders = await salon.orders()
    (theirs,) = [set(frames_of(one)) for one in orders if one["customer_name"] == "Mona Test"]
    assert not mine & theirs
    overlapping = await salon.rows(
        """SELECT FROM booking_items a JOIN booking_items b ON a.staff_id = b.staff_id AND a.id < b.id
           WHERE a.active AND b.active AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"""
    )
    assert overlapping == []


async def test_who_asks_for_monica_gets_her_for_what_she_does(salon, said):
    phone, answer = await visit(salon, "+96550000123", said, at="at 2pm", more="with Monica")
    assert "Monica is free for Gel Manicure and Classic Pedicure at 2:00" in answer
    assert "Hydrating Hair Mask would be with Layal" in answer
    await finish(phone)
    (order,) = await salon.orders()
    assert [line["staff_id"] for line in order["lines"]] == [MONICA, MONICA, LAYAL]
    assert [frame["TimeFrame_Id"] for line in order["lines"] for frame in line["frames"]] == [
        29,
        30,
        31,
        32,
        33,
    ]


async def test_a_full_time_gets_the_nearest_that_the_ledger_leaves(salon, day, said):
    first = salon.phone("+96550000123")
    await first.say(f"gel manicure {said} at 2pm at Plaza with Monica")
    await finish(first)
    second = salon.phone("+96550000124")
    answer = await second.say(f"gel manicure {said} at 2pm at Plaza with Monica")
    assert "Monica isn't free" in answer
    orders = await salon.orders()
    assert len(orders) == 1
    free = await free_of(salon, MONICA, day, orders)
    asked = day.replace(hour=14, minute=0, second=0, microsecond=0)
    fits = sorted(
        (start for start in free if start + HALF in free), key=lambda start: (abs(start - asked), start)
    )
    following = min(start for start in fits if start > asked)
    expected = fits[:3] if following in fits[:3] else [*fits[:2], following]
    assert offered(second) == expected
    clock = following.astimezone(ZONE).strftime("%-I:%M")
    assert clock in answer, "when she is next free is said"
    await second.tap(second.messages[-1].choices[0].title)
    await finish(second, name="Mona Test")
    taken = [frame for order in await salon.orders() for frame in frames_of(order)]
    assert len(taken) == len(set(taken)) == 4
