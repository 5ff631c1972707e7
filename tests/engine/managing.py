"""Businesses of every booking system, for tests of what customers do with their bookings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from db import failpoints
from tests.engine.test_own_calendar import EVERY_MORNING, reimport
from tests.salon import Phone, Salon, now

Standing = Callable[[Salon], Awaitable[list[datetime]]]


@dataclass(frozen=True)
class Scene:
    """A business, how one books there, and what its booking system can do with an order."""

    workspace: str
    number: str
    lines: tuple[str, ...]
    """What a customer says to be booked tomorrow at the first hour."""
    zone: ZoneInfo
    standing: Standing
    """Starts of the orders that stand in the booking system (or, without one, in our tables)."""
    cancels: bool = True
    moves: str = "in_place"
    """in_place, new_then_cancel or by_hand."""
    first: int = 14
    later: int = 17
    """The hours that are booked and moved to."""

    @property
    def before(self) -> str:
        """The first hour as it is shown."""
        return clock(self.first)

    @property
    def after(self) -> str:
        return clock(self.later)

    @property
    def move(self) -> str:
        """The line that asks for the later hour."""
        return f"move my appointment to {clock(self.later).replace(':00 ', '').lower()}"

    def at(self, hour: int, *, days: int = 1) -> datetime:
        day = now().astimezone(self.zone).date() + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, tzinfo=self.zone)


def clock(hour: int) -> str:
    """`2:00 PM`"""
    return f"{(hour - 1) % 12 + 1}:00 {'AM' if hour < 12 else 'PM'}"


async def _nailit(salon: Salon) -> list[datetime]:
    orders = [order for order in await salon.orders() if "ancel" not in order["status"]]
    starts = []
    for order in orders:
        line = order["lines"][0]
        first = line["frames"][0]["TimeFrame_Id"]
        day = datetime.fromisoformat(line["day"])
        starts.append(day.replace(tzinfo=ZoneInfo("Asia/Kuwait")) + timedelta(minutes=30 * (first - 1)))
    return sorted(starts)


async def _appointments(salon: Salon) -> list[datetime]:
    made = (await salon.sandbox_get("/_sandbox/orders", account="car-tint"))["appointments"]
    return sorted(datetime.fromisoformat(one["startDate"]) for one in made)


async def _our_tables(salon: Salon) -> list[datetime]:
    rows = await salon.rows(
        """SELECT i.starts_at FROM booking_items i JOIN bookings b ON b.id = i.booking_id
           WHERE i.active AND b.status = 'confirmed' ORDER BY 1"""
    )
    return [row["starts_at"] for row in rows]


NAILS = ("gel manicure at Plaza tomorrow at 2pm with Monica, pay on arrival", "Sara Test", "skip", "yes")
FACADE = Scene("nail-salon", "+96550000123", NAILS, ZoneInfo("Asia/Kuwait"), _nailit, moves="new_then_cancel")
V2 = Scene(
    "nail-studio", "+96550000123", NAILS, ZoneInfo("Asia/Kuwait"), _nailit, cancels=False, moves="by_hand"
)
TINT = Scene(
    "car-tint",
    "+15550100150",
    (
        "I want a windshield strip at Lincoln Park tomorrow at 10am",
        "2021 Honda Civic",
        "Sam Test",
        "sam@example.com",
        "pay at the shop",
        "yes",
    ),
    ZoneInfo("America/Chicago"),
    _appointments,
    first=10,
    later=13,
)
BARBER = Scene(
    "barber-shop",
    "+15550100101",
    ("haircut tomorrow at 2pm with Luis", "Sam Test", "skip", "yes"),
    ZoneInfo("America/New_York"),
    _our_tables,
)
EVERY_DAY = EVERY_MORNING | {
    "locations": [{"key": "main-street", "name": "Main Street", "hours": {"every_day": "09:00-20:00"}}],
    "staff": [
        {
            "key": "luis",
            "name": "Luis",
            "services": "all",
            "roster": {"main-street": {"every_day": "09:00-20:00"}},
        }
    ],
}
SCENES = [
    pytest.param(FACADE, id="nailit-facade"),
    pytest.param(V2, id="nailit-v2"),
    pytest.param(TINT, id="shopmonkey"),
    pytest.param(BARBER, id="own-calendar"),
]
ABLE = [SCENES[0], SCENES[2], SCENES[3]]
"""Those whose system can cancel."""


async def booked(
    salon: Salon, scene: Scene, *, number: str | None = None, channel: str = "whatsapp"
) -> Phone:
    """A customer with a booking tomorrow at the scene's first hour."""
    if scene is BARBER and not await confirmed(salon):
        await reimport(salon, EVERY_DAY)
    phone = salon.phone(number or scene.number, workspace=scene.workspace, channel=channel)
    before = len(await confirmed(salon))
    for line in scene.lines:
        if len(await confirmed(salon)) > before:
            break
        await phone.say(line)
    assert len(await confirmed(salon)) == before + 1, [shown.text for shown in phone.messages]
    return phone


async def confirmed(salon: Salon) -> list[dict[str, Any]]:
    return await salon.rows("SELECT * FROM bookings WHERE status = 'confirmed' ORDER BY starts_at")


async def errors(salon: Salon) -> list[str]:
    rows = await salon.rows("SELECT kind FROM operator_errors WHERE resolved_at IS NULL ORDER BY kind")
    return [row["kind"] for row in rows]


async def dying(salon: Salon, phone: Phone, failpoint: str, act: Awaitable[object]) -> None:
    """The process that works on the effect dies there; another one finds what it left behind."""
    failpoints.arm(f"{failpoint}=raise:1")
    try:
        await act
    finally:
        failpoints.arm("")
    await recovered(salon, phone)


async def recovered(salon: Salon, phone: Phone) -> None:
    """Claims of the dead run out, unknown outcomes are reconciled, answers are heard."""
    await salon.pool.execute(
        "UPDATE effects SET claim_until = now() - interval '1 s' WHERE status = 'in_flight' AND kind <> 'send'"
    )
    for _ in range(30):
        await phone.wait()
        open_work = await salon.rows(
            "SELECT id FROM effects WHERE kind IN ('cancel_order', 'change_order') "
            "AND status IN ('pending', 'in_flight', 'unknown')"
        )
        if not open_work:
            break
        await asyncio.sleep(0.05)
    await phone.wait()
