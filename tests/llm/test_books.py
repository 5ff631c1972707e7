"""Calls in the tables: money counted before it is spent, nobody else's rows, nothing kept for ever; keys, personas."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import asyncpg
import httpx
import pytest

from db import llm, read_llm, schedules
from db.ids import new_id
from db.read_llm import CallFilters
from db.tx import tx
from tests.engine.world import BOX, open_world
from tests.tls import TLS
from workers.llm_keys import KEY_FIELD, LlmKeys, account_field

NOW = datetime.now(UTC)
DAWN = NOW - timedelta(hours=1)


@pytest.fixture
async def worlds(dsn):
    """Two businesses on one database."""
    first = await open_world(dsn)
    second = await open_world(dsn, key="other-salon", pool=first.pool)
    yield first, second
    await first.pool.close()


def call(most=100, **more):
    known = {
        "id": new_id(), "conversation_id": None, "purpose": "understand", "reason": "nothing", "provider": "openai",
        "model": "gpt-6-luna", "variant": "a", "prompt_version": 0, "most_nanos": most, "price_known": True,
    }  # fmt: skip
    return llm.CallRow(**{**known, **more})


def end(outcome="ok", cost=40):
    return llm.CallEnd(outcome, 100, 60, 10, cost, 350, "req-1", "", True)


async def begin(world, row, *, budget=1000):
    async with tx(world.pool, world.workspace_id) as transaction:
        return await llm.begin_call(transaction, row, since=DAWN, budget_nanos=budget)


async def test_the_estimate_counts_until_the_cost_is_known(worlds):
    world, _ = worlds
    first = call(most=700)
    assert await begin(world, first)
    assert not await begin(world, call(most=700))
    async with tx(world.pool, world.workspace_id) as transaction:
        await llm.end_call(transaction, first.id, end(cost=40))
    assert await begin(world, call(most=700))


async def test_forty_at_once_dont_share_the_last_cent(worlds):
    world, _ = worlds
    begun = await asyncio.gather(*(begin(world, call(most=300)) for _ in range(40)))
    assert sum(begun) == 3


async def test_one_business_neither_sees_nor_spends_anothers(worlds):
    first, second = worlds
    assert await begin(first, call(most=1000))
    assert await begin(second, call(most=1000))
    async with tx(second.pool, second.workspace_id) as transaction:
        assert len((await read_llm.listing(transaction, CallFilters())).rows) == 1
        assert await llm.prompts(transaction) == []
        with pytest.raises(LookupError):
            await llm.activate_prompt(transaction, 1)
    async with tx(first.pool, first.workspace_id) as transaction:
        await llm.add_prompt(transaction, "Mine.", note="")
        await llm.save_account(transaction, "openai", b"sealed")
    async with tx(second.pool, second.workspace_id) as transaction:
        assert await llm.active_prompt(transaction) is None
        assert await llm.accounts(transaction) == {}
        assert not await llm.drop_account(transaction, "openai")


async def test_a_call_of_anothers_conversation_is_impossible(worlds):
    world, _ = worlds
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await begin(world, call(conversation_id=new_id()))


async def test_a_settled_call_stays_as_it_is(worlds):
    world, _ = worlds
    row = call()
    await begin(world, row)
    async with tx(world.pool, world.workspace_id) as transaction:
        await llm.end_call(transaction, row.id, end(cost=40))
        await llm.end_call(transaction, row.id, end(outcome="refused", cost=999))
        (stored,) = (await read_llm.listing(transaction, CallFilters())).rows
    assert (stored.outcome, stored.cost_nanos, stored.latency_ms, stored.used) == ("ok", 40, 350, True)


async def test_costs_are_summed_by_the_business_own_day(worlds):
    world, _ = worlds
    for cost in (40, 60):
        row = call()
        await begin(world, row)
        async with tx(world.pool, world.workspace_id) as transaction:
            await llm.end_call(transaction, row.id, end(cost=cost))
    await begin(world, call(variant="b"))
    await world.pool.execute(
        "UPDATE llm_calls SET created_at = $1", datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    )
    async with tx(world.pool, world.workspace_id) as transaction:
        rows = await llm.costs(transaction, since=datetime(2026, 11, 1, tzinfo=UTC), zone="Asia/Kuwait")
    told = {
        (row.day, row.variant): (row.calls, row.answered, row.used, row.cost_nanos, row.median_ms)
        for row in rows
    }
    assert told == {("2026-11-21", "a"): (2, 2, 2, 100, 350), ("2026-11-21", "b"): (1, 0, 0, 100, None)}


async def test_versions_go_up_and_one_speaks(worlds):
    world, _ = worlds
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await llm.add_prompt(transaction, "One.", note="first") == 1
        assert await llm.add_prompt(transaction, "Two.", note="") == 2
        assert await llm.active_prompt(transaction) == (2, "Two.")
        await llm.activate_prompt(transaction, 1)
        assert await llm.active_prompt(transaction) == (1, "One.")
        assert await llm.add_prompt(transaction, "Three.", note="") == 3
        await llm.activate_prompt(transaction, 0)
        assert await llm.active_prompt(transaction) is None
        assert [(one.version, one.active) for one in await llm.prompts(transaction)] == [
            (3, False),
            (2, False),
            (1, False),
        ]


async def test_a_version_that_isnt_there_changes_nothing(worlds):
    world, _ = worlds
    async with tx(world.pool, world.workspace_id) as transaction:
        await llm.add_prompt(transaction, "One.", note="")
    with pytest.raises(LookupError):
        async with tx(world.pool, world.workspace_id) as transaction:
            await llm.activate_prompt(transaction, 9)
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await llm.active_prompt(transaction) == (1, "One.")


async def test_old_calls_go_when_the_business_says_so(worlds):
    first, second = worlds
    for world, days in ((first, 30), (second, 400)):
        await world.pool.execute(
            "UPDATE workspaces SET settings = settings || jsonb_build_object('retention', "
            "jsonb_build_object('llm_calls', $2::int)) WHERE id = $1",
            world.workspace_id,
            days,
        )
        await begin(world, call())
    await first.pool.execute("UPDATE llm_calls SET created_at = now() - interval '60 days'")
    await begin(first, call())
    assert await schedules.delete_old(first.pool, "llm_calls", limit=10) == 1
    left = await first.pool.fetch("SELECT workspace_id FROM llm_calls")
    assert sorted(row["workspace_id"] for row in left) == sorted([first.workspace_id, second.workspace_id])


@pytest.mark.parametrize(
    "change", ["outcome = 'nonsense'", "latency_ms = 3", "cost_nanos = -1", "cached_tokens = 9"]
)
async def test_the_table_refuses_what_cant_be(worlds, change):
    world, _ = worlds
    await begin(world, call())
    with pytest.raises(asyncpg.CheckViolationError):
        await world.pool.execute(f"UPDATE llm_calls SET {change}")


# -- keys --------------------------------------------------------------------------------------------------


def keys_of(world, http, clock=lambda: 0.0):
    return LlmKeys(
        world.pool, BOX, http, keys={"openai": "sandbox-installation"},
        base_urls={"openai": "https://openai.example.com", "anthropic": "https://anthropic.example.com"},
        monotonic=clock,
    )  # fmt: skip


async def test_a_business_own_key_wins_and_is_nobody_elses(worlds):
    first, second = worlds
    for provider in ("openai", "anthropic"):
        sealed = BOX.seal(
            {KEY_FIELD: f"own-{provider}"}, workspace_id=first.workspace_id, field=account_field(provider)
        )
        async with tx(first.pool, first.workspace_id) as transaction:
            await llm.save_account(transaction, provider, sealed)
    async with httpx.AsyncClient(verify=TLS) as http:
        keys = keys_of(first, http)
        mine, others = await keys.models(first.workspace_id), await keys.models(second.workspace_id)
    assert set(mine) == {"openai", "anthropic"}
    assert set(others) == {"openai"}
    assert mine["openai"].line != others["openai"].line
    assert "own-openai" not in repr(mine)


async def test_a_key_that_cant_be_opened_is_no_reason_to_bill_the_installation(worlds):
    first, second = worlds
    foreign = BOX.seal({KEY_FIELD: "own"}, workspace_id=second.workspace_id, field=account_field("openai"))
    async with tx(first.pool, first.workspace_id) as transaction:
        await llm.save_account(transaction, "openai", foreign)
    async with httpx.AsyncClient(verify=TLS) as http:
        assert await keys_of(first, http).models(first.workspace_id) == {}


async def test_a_changed_key_is_seen_within_half_a_minute(worlds):
    world, _ = worlds
    at = [0.0]
    async with httpx.AsyncClient(verify=TLS) as http:
        keys = keys_of(world, http, lambda: at[0])
        before = await keys.models(world.workspace_id)
        sealed = BOX.seal({KEY_FIELD: "own"}, workspace_id=world.workspace_id, field=account_field("openai"))
        async with tx(world.pool, world.workspace_id) as transaction:
            await llm.save_account(transaction, "openai", sealed)
        assert await keys.models(world.workspace_id) is before
        at[0] = 31.0
        assert (await keys.models(world.workspace_id))["openai"].line != before["openai"].line


def test_nano_dollars_for_eyes():
    from workers.commands.llm import dollars

    assert dollars(312_000) == "$0.000312"
    assert Decimal(dollars(10**9)[1:]) == 1
