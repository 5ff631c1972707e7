"""Two at once: a double click, a click during a turn, giving up while somebody is at it."""

from __future__ import annotations

import asyncio

import pytest

from db import effect_plans, handoffs
from db.ids import new_id
from db.tx import tx
from tests.handoff.world import URL, books_elsewhere, handed_off, row
from tests.salon import open_salon


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as opened:
        await books_elsewhere(opened)
        yield opened


async def lead_of(salon, found) -> None:
    await salon.pool.execute(
        "INSERT INTO leads (id, workspace_id, bot_id, conversation_id, customer_id, source) "
        "VALUES ($1, $2, $3, $4, $5, 'web') ON CONFLICT DO NOTHING",
        new_id(), found["workspace_id"], found["bot_id"], found["conversation_id"], found["customer_id"],
    )  # fmt: skip


async def waits_for_a_lock(salon) -> None:
    """Until some session of ours waits for another's transaction."""
    async with asyncio.timeout(10):
        while not await salon.pool.fetchval(  # noqa: ASYNC110 - PostgreSQL tells nobody
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ):
            await asyncio.sleep(0)


async def test_two_clicks_at_once_are_one_event(salon):
    token = await handed_off(salon)
    found = await row(salon, token)

    async def click() -> None:
        async with tx(salon.pool, found["workspace_id"]) as transaction:
            await handoffs.mark_redirected(transaction, found["id"], url=URL, ip_hash=None)

    async with tx(salon.pool, found["workspace_id"]) as first:
        await handoffs.mark_redirected(first, found["id"], url=URL, ip_hash=None)
        second = asyncio.create_task(click())
        await waits_for_a_lock(salon)
    await second
    assert (await row(salon, token))["timeline"] == ["created", "redirected"]


async def test_a_click_waits_for_the_turn_and_the_turn_never_for_the_click(salon):
    """A turn has the lead and goes on to the wish and the handoff; the click must hold neither of them meanwhile."""
    token = await handed_off(salon)
    found = await row(salon, token)
    await lead_of(salon, found)

    async def click() -> None:
        async with tx(salon.pool, found["workspace_id"]) as transaction:
            await handoffs.mark_redirected(transaction, found["id"], url=URL, ip_hash=None)

    async with tx(salon.pool, found["workspace_id"]) as turn:
        await turn.execute(
            "UPDATE leads SET updated_at = now() WHERE conversation_id = $1", found["conversation_id"]
        )
        clicking = asyncio.create_task(click())
        await waits_for_a_lock(salon)
        await turn.execute("UPDATE booking_intents SET updated_at = now() WHERE id = $1", found["intent_id"])
        await turn.execute("UPDATE handoffs SET notes = 'x' WHERE id = $1", found["id"])
    await clicking
    assert (await row(salon, token))["status"] == "redirected"


@pytest.mark.parametrize("held", ["leads", "booking_intents", "handoffs"])
async def test_giving_up_waits_for_nobody(salon, held):
    token = await handed_off(salon)
    found = await row(salon, token)
    await lead_of(salon, found)
    await salon.pool.execute(
        "UPDATE handoffs SET created_at = now() - interval '2 days' WHERE id = $1", found["id"]
    )
    await salon.pool.execute(
        "UPDATE booking_intents SET updated_at = now() - interval '20 days' WHERE id = $1", found["intent_id"]
    )
    column = {"leads": "conversation_id", "booking_intents": "id", "handoffs": "id"}[held]
    value = {"leads": "conversation_id", "booking_intents": "intent_id", "handoffs": "id"}[held]
    async with tx(salon.pool, found["workspace_id"]) as turn:
        await turn.execute(f"SELECT FROM {held} WHERE {column} = $1 FOR UPDATE", found[value])
        async with asyncio.timeout(10):
            assert await handoffs.abandon(salon.pool) == 0
            if held != "handoffs":
                assert await handoffs.abandon_intents(salon.pool) == 0
    assert (await row(salon, token))["status"] == "new"
    assert await handoffs.abandon(salon.pool) == 1
    found = await row(salon, token)
    assert (found["status"], found["intent_status"]) == ("abandoned", "abandoned")
    assert found["timeline"] == ["created", "abandoned"]


async def test_what_follows_from_one_turn_at_the_same_instant_is_all_kept(salon):
    token = await handed_off(salon)
    found = await row(salon, token)
    [after] = await salon.rows(
        "SELECT id FROM effects WHERE conversation_id = $1 ORDER BY seq LIMIT 1", found["conversation_id"]
    )

    async def plan(transaction, name: str) -> bool:
        return await effect_plans.plan_after(
            transaction,
            after["id"],
            kind="send_mail",
            key=f"mail-after:{name}",
            request={"role": name},
            booking_id=None,
        )

    async def second() -> bool:
        async with tx(salon.pool, found["workspace_id"]) as transaction:
            return await plan(transaction, "second")

    async with tx(salon.pool, found["workspace_id"]) as transaction:
        assert await plan(transaction, "first")
        waiting = asyncio.create_task(second())
        await waits_for_a_lock(salon)
    assert await waiting
    async with tx(salon.pool, found["workspace_id"]) as transaction:
        assert not await plan(transaction, "first"), "the same one is planned once"
    rows = await salon.rows("SELECT ordinal FROM effects WHERE kind = 'send_mail' ORDER BY ordinal")
    assert len({one["ordinal"] for one in rows}) == len(rows) == 2
