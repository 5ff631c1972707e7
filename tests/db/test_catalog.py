"""Reading free frames: bookings of ours hide them, indexes serve them, rows of others stay out of sight."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.catalog import FrameQuery
from bot.catalog_view import CatalogCache, CatalogMissing, load_catalog, load_frames
from db import accounts, catalog, catalog_changes
from db.catalog_rows import LocationRow, ServiceRow, StaffRow
from db.ids import new_id
from db.slots import SlotRow, replace_slots
from db.tx import Pool, PoolLimits, Tx, open_pool, tx

SETTINGS = {"timezone": "Asia/Kuwait", "currency": "KWD"}
DAY = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(dsn, PoolLimits(), application_name="test")
    yield opened
    await opened.close()


async def a_workspace(pool: Pool, key: str, *, people: int = 2) -> UUID:
    """A workspace with one location, one service and some people."""
    workspace_id = await accounts.save_workspace(pool, key=key, name=key, settings=SETTINGS)
    async with tx(pool, workspace_id) as connection:
        await catalog_changes.save_locations(
            connection, [LocationRow("1", {"en": "Plaza"}, "", "", None, None, [], 0)]
        )
        await catalog_changes.save_services(
            connection, [ServiceRow("100", {"en": "Gel"}, "", 60, 12_500, None, ["1"], 0)]
        )
        await catalog_changes.save_staff(
            connection,
            [StaffRow(str(one), "1", {"en": f"P{one}"}, 0, ["100"], one) for one in range(people)],
        )
        await catalog_changes.bump_version(connection)
    return workspace_id


async def fill_slots(connection: Tx, *, days: int, from_day: datetime = DAY) -> UUID:
    """Half hours round the clock for everybody; returns the location."""
    people = await catalog_changes.staff_ids(connection)
    half = timedelta(minutes=30)
    rows = [
        SlotRow(location_id, staff_id, from_day + step * half, from_day + (step + 1) * half, str(step % 48))
        for staff_id, location_id in people.values()
        for step in range(48 * days)
    ]
    [location_id] = {row.location_id for row in rows}
    await replace_slots(
        connection,
        location_ids=[location_id],
        starts_at=from_day,
        ends_at=from_day + timedelta(days=days),
        rows=rows,
    )
    return location_id


ADD_CHANNEL_ACCOUNT = """
INSERT INTO channel_accounts (id, workspace_id, bot_id, channel, account_key, address, secrets)
VALUES ($1, current_workspace(), $2, 'web', 'test-web', 'test-web', '')
"""
ADD_CUSTOMER = "INSERT INTO customers (id, workspace_id) VALUES ($1, current_workspace())"
ADD_CONVERSATION = """
INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address)
VALUES ($1, current_workspace(), $2, $3, $4, 'web-1')
"""
ADD_INTENT = """
INSERT INTO booking_intents (id, workspace_id, bot_id, conversation_id, customer_id, booking_type)
VALUES ($1, current_workspace(), $2, $3, $4, 'provider')
"""
ADD_BOOKING = """
INSERT INTO bookings (id, workspace_id, conversation_id, customer_id, intent_id, location_id, status,
  confirmation_code, customer_name, customer_phone, currency, total_minor, starts_at, ends_at, confirmed_at)
SELECT $1, current_workspace(), $2, $3, $4, id, 'confirmed', 'ABCDEF', 'Sara', '+96550000003', 'KWD', 12500,
  $5, $6, now()
FROM locations LIMIT 1
"""
ADD_ITEM = """
INSERT INTO booking_items (id, workspace_id, booking_id, position, service_id, service_name, staff_id,
  starts_at, ends_at, price_minor)
SELECT $1, current_workspace(), $2, 1, id, 'Gel', $3, $4, $5, 12500 FROM services LIMIT 1
"""
ADD_OLD_ITEMS = """
INSERT INTO booking_items (id, workspace_id, booking_id, position, service_id, service_name, staff_id,
  starts_at, ends_at, price_minor)
SELECT gen_random_uuid(), workspace_id, booking_id, n + 1, service_id, 'Gel', staff_id,
  starts_at - n * interval '1 day', ends_at - n * interval '1 day', 1
FROM booking_items, generate_series(1, 1000) AS n WHERE booking_id = $1
"""


async def book(connection: Tx, staff_id: UUID, starts_at: datetime, ends_at: datetime) -> UUID:
    """A confirmed booking of a person with all the rows it hangs on; returns its id."""
    bot_id, _ = await accounts.save_bot(connection, key="reception", name="Reception", form=[])
    account, customer, talk, intent, booking = (new_id() for _ in range(5))
    await connection.execute(ADD_CHANNEL_ACCOUNT, account, bot_id)
    await connection.execute(ADD_CUSTOMER, customer)
    await connection.execute(ADD_CONVERSATION, talk, bot_id, account, customer)
    await connection.execute(ADD_INTENT, intent, bot_id, talk, customer)
    await connection.execute(ADD_BOOKING, booking, talk, customer, intent, starts_at, ends_at)
    await connection.execute(ADD_ITEM, new_id(), booking, staff_id, starts_at, ends_at)
    return booking


async def test_an_active_booking_hides_every_frame_it_touches_until_it_is_cancelled(pool):
    workspace_id = await a_workspace(pool, "nails")
    noon = DAY + timedelta(hours=12)
    async with tx(pool, workspace_id) as connection:
        location_id = await fill_slots(connection, days=1)
        (booked, _), (other, _) = (await catalog_changes.staff_ids(connection)).values()
        booking_id = await book(
            connection, booked, noon + timedelta(minutes=15), noon + timedelta(minutes=75)
        )
        query = FrameQuery(location_id, noon, noon + timedelta(hours=2))
        frames = await load_frames(connection, query)
        free = {
            person: [
                int((one.starts_at - noon).total_seconds()) // 60 for one in frames if one.staff_id == person
            ]
            for person in (booked, other)
        }
        assert free == {booked: [90], other: [0, 30, 60, 90]}
        await connection.execute(
            "UPDATE bookings SET status = 'cancelled', cancelled_at = now() WHERE id = $1", booking_id
        )
        assert len(await load_frames(connection, query)) == 8


async def test_the_span_is_half_open_and_ordered(pool):
    workspace_id = await a_workspace(pool, "nails")
    async with tx(pool, workspace_id) as connection:
        location_id = await fill_slots(connection, days=1)
        frames = await load_frames(connection, FrameQuery(location_id, DAY, DAY + timedelta(hours=1)))
    minutes = [(one.starts_at - DAY).total_seconds() // 60 for one in frames]
    assert minutes == [0, 0, 30, 30]


async def test_retired_people_have_no_frames_and_are_no_part_of_the_catalog(pool):
    workspace_id = await a_workspace(pool, "nails")
    async with tx(pool, workspace_id) as connection:
        location_id = await fill_slots(connection, days=1)
        await catalog_changes.retire_staff(connection, [("0", "1")])
        frames = await load_frames(connection, FrameQuery(location_id, DAY, DAY + timedelta(hours=1)))
        assert len(frames) == 2
        assert [one.external_id for one in (await load_catalog(connection, workspace_id)).staff.values()] == [
            "1"
        ]


async def test_20_000_frames_and_1_000_bookings_are_read_by_index(pool):
    workspace_id = await a_workspace(pool, "nails", people=21)
    async with tx(pool, workspace_id) as connection:
        location_id = await fill_slots(connection, days=20)
        people = [staff_id for staff_id, _ in (await catalog_changes.staff_ids(connection)).values()]
        assert await connection.fetchval("SELECT count(*) FROM slots") == 21 * 48 * 20
        booking_id = await book(connection, people[0], DAY, DAY + timedelta(hours=1))
        await connection.execute(ADD_OLD_ITEMS, booking_id)
    async with pool.acquire() as connection:
        await connection.execute("ANALYZE slots, booking_items, staff")
    async with tx(pool, workspace_id) as connection:
        assert await connection.fetchval("SELECT current_user") == "frontdesk_app"
        start = DAY + timedelta(days=5)
        [(plan,)] = await connection.fetch(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {catalog.FREE_FRAMES}",
            location_id,
            start,
            start + timedelta(days=1),
            None,
            None,
        )
    scans = scans_of(json.loads(plan)[0]["Plan"])
    slots = next(scan for scan in scans if scan["Relation Name"] == "slots")
    assert slots["Node Type"] in {"Index Scan", "Bitmap Heap Scan"}
    condition = slots.get("Index Cond") or slots["Plans"][0]["Index Cond"]
    assert "location_id" in condition
    assert "starts_at >=" in condition
    assert slots["Actual Rows"] * slots.get("Actual Loops", 1) <= 21 * 48
    items = next(scan for scan in scans if scan["Relation Name"] == "booking_items")
    assert items["Actual Rows"] * items.get("Actual Loops", 1) < 100
    assert items.get("Rows Removed by Filter", 0) < 100


def scans_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = [node] if "Relation Name" in node else []
    for below in node.get("Plans", []):
        found += scans_of(below)
    return found


async def test_a_new_version_is_loaded_once_and_the_old_one_forgotten(pool, monkeypatch):
    workspace_id = await a_workspace(pool, "nails")
    cache = CatalogCache()
    first = await cache.get(pool, workspace_id, 1)
    assert await cache.get(pool, workspace_id, 1) is first
    async with tx(pool, workspace_id) as connection:
        await catalog_changes.retire_services(connection, ["100"])
        await catalog_changes.bump_version(connection)
    assert await cache.get(pool, workspace_id, 1) is first
    second = await cache.get(pool, workspace_id, 2)
    assert (second.version, second.services) == (2, {})
    assert await cache.get(pool, workspace_id, 2) is second


async def test_the_cache_keeps_the_last_used_workspaces_only(pool):
    one, two, three = [await a_workspace(pool, key) for key in ("one", "two", "three")]
    cache = CatalogCache(max_workspaces=2)
    kept, dropped = await cache.get(pool, one, 1), await cache.get(pool, two, 1)
    await cache.get(pool, one, 1)
    await cache.get(pool, three, 1)
    assert await cache.get(pool, one, 1) is kept
    assert await cache.get(pool, two, 1) is not dropped


async def test_a_catalog_never_mixes_workspaces(pool):
    one, two = await a_workspace(pool, "one"), await a_workspace(pool, "two")
    cache = CatalogCache()
    mine, theirs = await cache.get(pool, one, 1), await cache.get(pool, two, 1)
    for part in ("locations", "services", "staff"):
        assert set(getattr(mine, part)).isdisjoint(getattr(theirs, part))
    with pytest.raises(CatalogMissing):
        await cache.get(pool, new_id(), 1)


async def test_without_a_workspace_the_application_reads_and_writes_nothing(pool):
    workspace_id = await a_workspace(pool, "nails")
    async with tx(pool, workspace_id) as connection:
        location_id = await fill_slots(connection, days=1)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL ROLE frontdesk_app")
        assert await catalog.load_catalog(connection) is None
        span = {"starts_at": DAY, "ends_at": DAY + timedelta(days=1)}
        assert await catalog.free_frames(connection, location_id=location_id, **span) == []
        stored = await catalog_changes.load_stored(connection)
        assert (stored.locations, stored.services, stored.staff) == ({}, {}, {})
        assert await catalog_changes.staff_ids(connection) == {}
