"""Everybody says yes at the same moment in the car shop, whose calendar refuses nothing: two bays, few times.

ShopMonkey would write every appointment down, overlapping or not. That each bay is given once is our doing, and
the shop's own calendar is the judge.
"""

from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest

from bot.channels.simulator.acts import typed
from tests.engine.test_slot_race import everybody

KEY = "car-tint"
CHICAGO = ZoneInfo("America/Chicago")
HERE = "65a100000000000000000001"
BAYS = ("bay-1", "bay-2")
HOUR = timedelta(hours=1)


async def last_starts(salon, count):
    """The first so many whole hours, from tomorrow on, in which both bays of Lincoln Park are free."""
    rows = await salon.rows(
        """SELECT s.starts_at, count(*) AS bays FROM slots s
           JOIN locations l ON l.workspace_id = s.workspace_id AND l.id = s.location_id
           JOIN workspaces w ON w.id = s.workspace_id
           WHERE w.key = $1 AND l.external_id = $2
             AND (s.starts_at AT TIME ZONE 'America/Chicago')::date > (now() AT TIME ZONE 'America/Chicago')::date
           GROUP BY s.starts_at ORDER BY s.starts_at""",
        KEY,
        HERE,
    )
    both = {row["starts_at"] for row in rows if row["bays"] == len(BAYS)}
    whole = [start for start in sorted(both) if start.minute == 0 and start + HOUR / 2 in both]
    assert len(whole) > count + 3, "there must be others left to offer"
    return whole[:count]


def wish(start):
    local = start.astimezone(CHICAGO)
    return (
        f"front windows tint at Lincoln Park on {local:%-d %B} at {local:%-I:%M %p}, my name is Sam Test, "
        "pay at the shop"
    )


def slot_of(made):
    """(bay, start, end) of an appointment as the shop's calendar has it."""
    bay = made["note"].rpartition(" ")[2]
    return bay, datetime.fromisoformat(made["startDate"]), datetime.fromisoformat(made["endDate"])


async def race(salon, *, customers, times):
    starts = await last_starts(salon, times // len(BAYS))
    wanted = [start for start in starts for _ in BAYS]
    phones = [salon.phone(f"+1555010{number:04d}", workspace=KEY) for number in range(customers)]
    for first in range(0, customers, times):
        batch = phones[first : first + times]
        await everybody(
            salon, [(phone, typed(wish(start))) for phone, start in zip(batch, wanted, strict=False)]
        )
        await everybody(salon, [(phone, typed("2021 Honda Civic")) for phone in batch])
        held = await salon.rows("SELECT DISTINCT conversation_id FROM bookings WHERE status = 'held'")
        for phone in batch:
            assert "Total" in phone.messages[-1].text, phone.messages[-1].text
        assert len(held) == len(batch), "each has a summary whose time is his"
        await salon.pool.execute(
            "UPDATE bookings SET hold_until = now() - interval '1 second' WHERE status = 'held'"
        )

    await everybody(salon, [(phone, typed("yes")) for phone in phones])

    made = (await salon.sandbox_get("/_sandbox/orders", account=KEY))["appointments"]
    slots = [slot_of(one) for one in made]
    assert Counter(slots) == Counter((bay, start, start + HOUR) for start in starts for bay in BAYS)
    assert not [
        (one, other)
        for one, other in combinations(slots, 2)
        if one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
    ], "no bay twice at once"
    booked = {made_one["customer"]["phoneNumbers"][0]["number"] for made_one in made}
    assert len(booked) == times, "nobody twice"
    bookings = await salon.rows(
        "SELECT provider_order_id, customer_phone FROM bookings WHERE status = 'confirmed'"
    )
    assert {(row["provider_order_id"], row["customer_phone"]) for row in bookings} == {
        (one["id"], one["customer"]["phoneNumbers"][0]["number"]) for one in made
    }, "the shop's calendar and ours agree"
    for phone in phones:
        said = phone.messages[-1]
        assert ("confirmation code" in said.text.lower()) is (phone.customer.phone in booked), said.text
        if phone.customer.phone not in booked:
            offered = {
                choice.id.partition("@")[0] for choice in said.choices if choice.id.startswith("time:")
            }
            assert offered, said
    assert await salon.rows("SELECT * FROM operator_errors") == []


async def test_twenty_customers_and_the_last_four_times_of_the_bays(salon):
    await race(salon, customers=20, times=4)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_two_hundred_customers_and_the_last_twenty_times_of_the_bays(salon):
    await race(salon, customers=200, times=20)
