"""LEASE, CLAIM, CRASH: who may work on what, and what a death leaves behind. On the tables alone."""

import asyncio
from typing import Any

import asyncpg
import pytest

from bot.inbox import Receiver
from db import effects, turns
from db.ids import new_id
from db.tx import tx
from tests.engine.world import NothingSeen, cache, open_world, said

LEASE: dict[str, Any] = {"seconds": 30, "max_rows": 20, "max_crashes": 3, "max_errors": 8}
CLAIM: dict[str, Any] = {"claim_seconds": 30, "hold_seconds": 120, "limit": 32}


@pytest.fixture
async def world(dsn):
    world = await open_world(dsn)
    receiver = Receiver(world.pool, cache(world), world, NothingSeen())
    await receiver.accept([said(world, "hi", id="m1"), said(world, "book", id="m2")], named=[world.account])
    yield world
    await world.pool.close()


@pytest.fixture
def conversation(world):
    return world.rung[0]


async def expire_lease(world):
    await world.pool.execute("UPDATE conversations SET lease_until = now() - interval '1 second'")


async def plan(world, conversation, *rows, reserve=0.0):
    """Takes a lease and commits a turn that does nothing but plan these effects."""
    leased = await turns.lease(world.pool, conversation, **LEASE)
    async with tx(world.pool, world.workspace_id) as transaction:
        turn = await turns.store_state(
            transaction, leased, state={}, state_name="x", language="en", status="open"
        )
        await turns.finish(transaction, leased, turn, effects=rows, reserve_seconds=reserve)
    return leased


def send(**more):
    return turns.EffectRow(id=new_id(), kind="send", request={"body": {}}, **more)


async def status(world):
    return [row["status"] for row in await world.pool.fetch("SELECT status FROM effects ORDER BY seq")]


async def test_a_lease_is_exclusive_and_hands_out_everything_that_waits(world, conversation):
    first, second = await asyncio.gather(
        turns.lease(world.pool, conversation, **LEASE), turns.lease(world.pool, conversation, **LEASE)
    )
    leased = first or second
    assert (first is None) != (second is None)
    assert [item.external_id for item in leased.items] == ["m1", "m2"]


async def test_nothing_due_means_no_lease(world, conversation):
    await plan(world, conversation)
    assert await turns.lease(world.pool, conversation, **LEASE) is None


async def test_the_old_owner_writes_nothing_after_its_lease_went_to_another(world, conversation):
    old = await turns.lease(world.pool, conversation, **LEASE)
    await expire_lease(world)
    new = await turns.lease(world.pool, conversation, **LEASE)
    assert new.fence > old.fence
    with pytest.raises(turns.FenceLost):
        async with tx(world.pool, world.workspace_id) as transaction:
            await turns.store_state(
                transaction, old, state={"who": "old"}, state_name="x", language="en", status="open"
            )
    assert not await turns.renew(world.pool, old, seconds=30)
    assert await turns.renew(world.pool, new, seconds=30)


async def test_after_a_crash_the_head_is_tried_alone_and_quarantined_in_the_end(world, conversation):
    sizes = []
    for _ in range(4):
        leased = await turns.lease(world.pool, conversation, **LEASE)
        sizes.append([item.external_id for item in leased.items])
        await expire_lease(world)
    # The batch once, then the suspect alone; after three crashes it is put aside and the next goes on.
    assert sizes == [["m1", "m2"], ["m1"], ["m1"], ["m2"]]
    assert await world.pool.fetchval("SELECT status FROM inbox WHERE external_id = 'm1'") == "quarantined"
    assert await world.pool.fetchval("SELECT kind FROM operator_errors") == "message_quarantined"


async def test_an_error_is_not_a_crash(world, conversation):
    for failed in range(8):
        assert await turns.waiting(world.pool, older_seconds=0, limit=1) == (
            [conversation] if not failed else []
        )
        await world.pool.execute("UPDATE inbox SET due_at = now() WHERE status = 'waiting'")
        leased = await turns.lease(world.pool, conversation, **LEASE)
        assert leased.items[0].external_id == "m1"
        assert await turns.fail(world.pool, leased, error="boom", pause_seconds=60)
    await world.pool.execute("UPDATE inbox SET due_at = now() WHERE status = 'waiting'")
    leased = await turns.lease(world.pool, conversation, **LEASE)
    assert [item.external_id for item in leased.items] == ["m2"]


async def test_waiting_finds_only_what_nobody_works_on(world, conversation):
    assert await turns.waiting(world.pool, older_seconds=0, limit=10) == [conversation]
    assert await turns.waiting(world.pool, older_seconds=60, limit=10) == []
    await turns.lease(world.pool, conversation, **LEASE)
    assert await turns.waiting(world.pool, older_seconds=0, limit=10) == []


async def test_a_turn_can_plan_its_effects_only_once(world, conversation):
    await world.pool.execute("DELETE FROM inbox WHERE external_id = 'm2'")
    await plan(world, conversation, send())
    await world.pool.execute(
        "ALTER TABLE inbox DISABLE TRIGGER USER; UPDATE inbox SET status = 'waiting', done_at = NULL"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await plan(world, conversation, send())


async def test_sends_of_a_conversation_go_one_after_the_other(world, conversation):
    await plan(world, conversation, send(), send(), send())
    order = []
    for _ in range(3):
        (claimed,) = await effects.claim(world.pool, **CLAIM)
        order.append(claimed.id)
        assert await effects.claim(world.pool, **CLAIM) == []
        async with tx(world.pool, world.workspace_id) as transaction:
            assert await effects.settle(transaction, claimed, status="done", result={})
    planned = [row["id"] for row in await world.pool.fetch("SELECT id FROM effects ORDER BY seq")]
    assert order == planned


async def test_an_unknown_send_holds_the_next_back_but_not_for_ever(world, conversation):
    await plan(world, conversation, send(), send())
    (first,) = await effects.claim(world.pool, **CLAIM)
    async with tx(world.pool, world.workspace_id) as transaction:
        await effects.settle(transaction, first, status="unknown", code="timeout")
    assert await effects.claim(world.pool, **CLAIM) == []
    await world.pool.execute("UPDATE effects SET created_at = now() - interval '3 minutes'")
    assert len(await effects.claim(world.pool, **CLAIM)) == 1


async def test_an_order_does_not_hold_back_the_line_that_explains_it(world, conversation):
    order = turns.EffectRow(id=new_id(), kind="poll_payment", request={"order_id": "1"})
    await plan(world, conversation, order, send())
    assert {effect.kind for effect in await effects.claim(world.pool, **CLAIM)} == {"poll_payment", "send"}


async def test_reserved_effects_are_their_workers_alone_for_a_while(world, conversation):
    await plan(world, conversation, send(), reserve=60)
    assert await effects.claim(world.pool, **CLAIM) == []
    assert len(await effects.claim(world.pool, **CLAIM, conversation_id=conversation)) == 1


async def test_two_dispatchers_never_claim_the_same(world, conversation):
    await plan(
        world,
        conversation,
        *(turns.EffectRow(id=new_id(), kind="poll_payment", request={}) for _ in range(20)),
    )
    both = await asyncio.gather(*(effects.claim(world.pool, **{**CLAIM, "limit": 15}) for _ in range(4)))
    claimed = [effect.id for batch in both for effect in batch]
    assert len(claimed) == len(set(claimed)) == 20


async def test_a_claim_that_ran_out_is_unknown_once_the_call_began_and_free_before(world, conversation):
    order = turns.EffectRow(id=new_id(), kind="place_order", request={})
    await plan(world, conversation, send(), order)
    claimed = {effect.kind: effect for effect in await effects.claim(world.pool, **CLAIM)}
    await world.pool.execute("UPDATE effects SET claim_until = now() - interval '1 second'")
    expired = {claim.kind: claim.status for claim in await effects.expire_claims(world.pool, limit=10)}
    # A send is called right after its claim: nobody knows. The order was still being double-checked.
    assert expired == {"send": "unknown", "place_order": "pending"}
    (again,) = [e for e in await effects.claim(world.pool, **CLAIM) if e.kind == "place_order"]
    assert not await effects.begin_call(world.pool, claimed["place_order"], claim_seconds=30)
    assert await effects.begin_call(world.pool, again, claim_seconds=30)
    assert not await effects.begin_call(world.pool, again, claim_seconds=30)
    await world.pool.execute(
        "UPDATE effects SET claim_until = now() - interval '1 second' WHERE status = 'in_flight'"
    )
    (late,) = await effects.expire_claims(world.pool, limit=10)
    assert (late.kind, late.status) == ("place_order", "unknown")


async def test_a_late_answer_cannot_settle_what_was_taken_away(world, conversation):
    await plan(world, conversation, send())
    (claimed,) = await effects.claim(world.pool, **CLAIM)
    await world.pool.execute("UPDATE effects SET claim_until = now() - interval '1 second'")
    await effects.expire_claims(world.pool, limit=10)
    async with tx(world.pool, world.workspace_id) as transaction:
        assert not await effects.settle(transaction, claimed, status="done", result={})
    assert await status(world) == ["unknown"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE effects SET status = 'needs_operator', settled_at = now()",
        (
            "UPDATE effects SET status = 'done', result = '{}', settled_at = now(); "
            "UPDATE effects SET status = 'pending', settled_at = NULL"
        ),
        (
            "UPDATE conversations SET status = 'closed', closed_at = now(); "
            "UPDATE conversations SET status = 'open', closed_at = NULL"
        ),
        "UPDATE inbox SET status = 'waiting', done_at = NULL",
    ],
)
async def test_an_illegal_step_is_refused_by_the_table(world, conversation, sql):
    await plan(world, conversation, send())
    with pytest.raises(asyncpg.CheckViolationError, match="may not go from"):
        await world.pool.execute(sql)
