"""Everybody says yes at the same moment, to the same few times. The ledger decides who was booked.

All of them have a summary in front of them whose hold ran out, so nothing but the yes itself decides.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.channels.simulator.acts import typed
from tests.salon import ZONE

HALF = timedelta(minutes=30)


@dataclass(frozen=True)
class Scene:
    """A business whose orders land in a ledger that the test can read."""

    workspace: str
    place: str
    service: str
    frames: int
    """Half hours that the service takes."""
    staff: dict[str, str]
    """Names by the provider's id."""


SCENES = [
    pytest.param(
        Scene("nail-salon", "Plaza", "gel manicure", 2, {"1": "Monica", "2": "Carlen"}), id="nailit-facade"
    ),
    pytest.param(
        Scene("nail-studio", "Plaza", "gel manicure", 2, {"1": "Monica", "2": "Carlen"}), id="nailit-v2"
    ),
]


async def last_times(salon, scene, count):
    """(provider's id of the person, start) of so many times that don't touch each other, from tomorrow on."""
    rows = await salon.rows(
        """SELECT p.external_id AS staff, array_agg(s.starts_at ORDER BY s.starts_at) AS starts
           FROM slots s JOIN staff p ON p.workspace_id = s.workspace_id AND p.id = s.staff_id
           JOIN workspaces w ON w.id = s.workspace_id
           WHERE w.key = $1 AND p.external_id = ANY($2)
             AND (s.starts_at AT TIME ZONE 'Asia/Kuwait')::date > (now() AT TIME ZONE 'Asia/Kuwait')::date
           GROUP BY p.external_id""",
        scene.workspace,
        list(scene.staff),
    )
    found = []
    for row in rows:
        free, position = row["starts"], 0
        while position + scene.frames <= len(free):
            start = free[position]
            if free[position + scene.frames - 1] == start + (scene.frames - 1) * HALF:
                found.append((row["staff"], start))
                position += scene.frames
            else:
                position += 1
    found.sort(key=lambda one: (one[1], one[0]))
    assert len(found) >= count
    return found[:count]


async def everybody(salon, acts):
    """All webhooks at once, then everything that follows."""
    statuses = await asyncio.gather(*(phone.post(act) for phone, act in acts))
    assert set(statuses) == {200}
    await salon.settle()
    for phone, _ in acts:
        phone.messages.extend(await phone.arrived())


def wish(scene, staff, start):
    local = start.astimezone(ZONE)
    return (
        f"{scene.service} on {local:%-d %B} at {local:%-I:%M %p} at {scene.place} with {scene.staff[staff]}, "
        "my name is Sara Test, pay on arrival"
    )


def taken_in(orders):
    return [
        (
            str(line["staff_id"]),
            datetime.fromisoformat(line["day"]).replace(tzinfo=ZONE) + (f["TimeFrame_Id"] - 1) * HALF,
        )
        for order in orders
        for line in order["lines"]
        for f in line["frames"]
    ]


async def race(salon, scene, *, customers, times):
    wanted = await last_times(salon, scene, times)
    phones = [salon.phone(f"+9655001{number:04d}", workspace=scene.workspace) for number in range(customers)]
    for first in range(0, customers, times):
        batch = list(zip(phones[first : first + times], wanted, strict=False))
        await everybody(salon, [(phone, typed(wish(scene, *time))) for phone, time in batch])
        for phone, _ in batch:
            assert "Total" in phone.messages[-1].text, phone.messages[-1].text
        await salon.pool.execute(
            "UPDATE bookings SET hold_until = now() - interval '1 second' WHERE status = 'held'"
        )

    await everybody(salon, [(phone, typed("yes")) for phone in phones])

    orders = [order for order in await salon.orders() if order["account"] == scene.workspace]
    taken = taken_in(orders)
    expected = {(staff, start + n * HALF) for staff, start in wanted for n in range(scene.frames)}
    assert len(orders) == times, "exactly the free ones"
    assert len(taken) == len(set(taken)), "no half hour twice"
    assert set(taken) == expected
    assert len({order["mobile"] for order in orders}) == times, "nobody twice"
    overlapping = await salon.rows(
        """SELECT FROM booking_items a JOIN booking_items b ON a.staff_id = b.staff_id AND a.id < b.id
           WHERE a.active AND b.active AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"""
    )
    assert overlapping == []
    (confirmed,) = await salon.rows("SELECT count(*) AS n FROM bookings WHERE status = 'confirmed'")
    assert confirmed["n"] == times

    booked = {order["mobile"] for order in orders}
    for phone in phones:
        said = phone.messages[-1]
        assert ("confirmation code" in said.text.lower()) is (phone.customer.phone in booked), said.text
        if phone.customer.phone in booked:
            continue
        assert "othing is booked" in said.text, said.text
        offered = [choice.id for choice in said.choices if choice.id.startswith("time:")]
        assert len(offered) == 3, said
    assert await salon.rows("SELECT * FROM operator_errors") == []


@pytest.mark.parametrize("scene", SCENES)
async def test_twenty_customers_and_the_last_four_times(salon, scene):
    await race(salon, scene, customers=20, times=4)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("scene", SCENES)
async def test_two_hundred_customers_and_the_last_twenty_times(salon, scene):
    await race(salon, scene, customers=200, times=20)
