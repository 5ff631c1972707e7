"""In which order a page sees what happens at the same moment: nothing is passed over by a number behind it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.live import Unwatched
from bot.web.chat.desk import PAGE, ChatDesk, Seat
from bot.web.chat.stream import _Line
from db import effects, turns
from db.ids import new_id
from db.tx import tx
from tests.engine.world import cache, said

CLAIM: dict[str, Any] = {"claim_seconds": 30, "hold_seconds": 120, "limit": 32}

WAITS = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database()
"""


@pytest.fixture
def desk(world, receiver):
    return ChatDesk(world.pool, cache(world), receiver, Unwatched(), 1)


@pytest.fixture
def seat(world):
    return Seat(world.workspace_id, world.account.id, "session-1")


async def lease(world, receiver, id_):
    """A turn about one more line of the customer's."""
    await receiver.accept([said(world, f"line {id_}", id=id_)], named=[world.account])
    leased = await turns.lease(
        world.pool, world.rung[-1], seconds=30, max_rows=20, max_crashes=3, max_errors=8
    )
    assert leased is not None
    return leased


def line(direction, text):
    return turns.MessageRow(id=new_id(), direction=direction, kind="text", body=text, payload={})


async def commit(world, transaction, leased, *rows):
    """The turn's commit: messages as given, each of ours with a send that is still to be performed."""
    turn = await turns.store_state(
        transaction, leased, state={}, state_name="x", language="en", status="open", ignore_fence=True
    )
    request = {"body": {}, "address": "session-1", "account_id": str(world.account.id)}
    sends = [
        turns.EffectRow(id=new_id(), kind="send", request=request, message_id=row.id)
        for row in rows
        if row.direction == "out"
    ]
    await turns.finish(transaction, leased, turn, messages=rows, effects=sends, reserve_seconds=0)


async def talked(world, receiver, id_, *rows):
    leased = await lease(world, receiver, id_)
    async with tx(world.pool, world.workspace_id) as transaction:
        await commit(world, transaction, leased, *rows)


async def deliver(world, effect):
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await effects.settle(transaction, effect, status="done", result={})
        await effects.raise_delivery(transaction, effect.message_id, status="accepted", rank=2)


def texts(reading):
    return [message.text or message.assistant_message for message in reading.messages]


async def test_of_two_commits_at_once_the_later_one_has_the_higher_numbers(world, receiver, desk, seat):
    """Whoever has numbers holds the conversation: nobody can have seen higher ones when they become visible."""
    await talked(world, receiver, "m1", line("in", "one"))
    first = await lease(world, receiver, "m2")
    async with tx(world.pool, world.workspace_id) as early:
        await commit(world, early, first, line("in", "two"))

        async def second():
            async with tx(world.pool, world.workspace_id) as late:
                await commit(world, late, first, line("in", "three"))

        waiting = asyncio.create_task(second())
        async with asyncio.timeout(20):
            while not await world.pool.fetchval(WAITS):  # noqa: ASYNC110  (PostgreSQL tells nobody)
                await asyncio.sleep(0)
        seen = await desk.read(seat, after=0)
        assert (texts(seen), seen.after) == (["one"], 1)
        assert not waiting.done()
    await waiting
    seen = await desk.read(seat, after=seen.after)
    assert [(message.seq, message.text) for message in seen.messages] == [(2, "two"), (3, "three")]


async def test_a_reply_that_is_sent_after_a_later_line_was_read_is_not_passed_over(
    world, receiver, desk, seat
):
    await talked(world, receiver, "m1", line("in", "one"), line("out", "the reply"))
    (late,) = await effects.claim(world.pool, **CLAIM)  # by a worker who takes his time
    await talked(world, receiver, "m2", line("in", "two"))
    seen = await desk.read(seat)
    assert (texts(seen), seen.after) == (["one", "two"], 1)
    nothing = await desk.read(seat, after=3)
    assert (texts(nothing), nothing.after) == ([], 3)

    await deliver(world, late)
    seen = await desk.read(seat, after=seen.after)
    assert (texts(seen), seen.after) == (["the reply", "two"], 3)


async def test_an_open_stream_tells_it_once_and_one_that_comes_back_is_told_what_it_may_have_missed(
    world, receiver, desk, seat, monkeypatch
):
    told: list[tuple[str, str]] = []

    async def write(_, data):
        number, _, rest = data.decode().partition("\nevent: message\ndata: ")
        if rest:
            told.append((number, "the reply" if "the reply" in rest else "of the customer"))

    monkeypatch.setattr(_Line, "write", write)
    await talked(world, receiver, "m1", line("in", "one"), line("out", "the reply"))
    (late,) = await effects.claim(world.pool, **CLAIM)
    await talked(world, receiver, "m2", line("in", "two"))
    open_line = _Line(None, 1, 1, 0)
    for _ in range(2):
        await open_line.tell(await desk.read(seat, after=open_line.after))
    assert told == [("id: 1", "of the customer"), ("id: 1", "of the customer")]

    await deliver(world, late)
    await open_line.tell(await desk.read(seat, after=open_line.after))
    assert told[2:] == [("id: 2", "the reply")]
    assert open_line.after == 3

    back = _Line(None, 1, 1, 1)  # it had heard the two lines, and goes by their id
    await back.tell(await desk.read(seat, after=back.after))
    assert told[3:] == [("id: 2", "the reply"), ("id: 3", "of the customer")]


async def test_pages_go_on_behind_a_reply_that_is_still_to_come(world, receiver, desk, seat):
    await talked(world, receiver, "m0", line("out", "the reply"))
    await talked(world, receiver, "m1", *(line("in", f"line {number}") for number in range(PAGE + 5)))
    first = await desk.read(seat, after=0)
    assert (len(first.messages), first.more, first.after) == (PAGE, True, PAGE + 1)
    last = await desk.read(seat, after=first.after)
    assert (len(last.messages), last.more, last.after) == (5, False, 0)


async def test_a_reply_whose_worker_died_over_it_is_shown_by_the_next_one(world, receiver):
    """Nothing outside was called: that the claim ran out leaves no doubt, and no operator has to decide."""
    await talked(world, receiver, "m1", line("in", "one"), line("out", "the reply"))
    (dead,) = await effects.claim(world.pool, **CLAIM)
    await world.pool.execute("UPDATE effects SET claim_until = now() - interval '1 second'")
    (expired,) = await effects.expire_claims(world.pool, limit=10)
    assert expired.status == "pending"
    async with tx(world.pool, world.workspace_id) as transaction:
        assert not await effects.settle(transaction, dead, status="done", result={})
    (again,) = await effects.claim(world.pool, **CLAIM)
    assert again.id == dead.id
