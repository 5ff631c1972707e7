"""What happens at the same moment, in the wrong order, or while a connection goes away."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from bot.channels.contract import ChannelAccount
from bot.channels.whatsapp.adapter import WhatsAppChannel
from bot.flows.contract import CustomerMessage
from bot.inbox import NotStored, Receiver
from bot.messages import Inbound, InboundKind, Media, Sender, Surface
from bot.stored_inbound import inbound_from_json
from bot.typing_sign import TypingSigns
from db import bookings, effects, turns
from db.ids import new_id
from db.tx import PoolLimits, open_pool, tx
from tests.engine.test_booking import LINES, talk
from tests.engine.world import said
from workers.queue import MESSAGES_QUEUE, Queue, _Woken, run_worker
from workers.settings import Settings, Timing

LEASE = {"seconds": 30, "max_rows": 20, "max_crashes": 3, "max_errors": 8}


async def store(transaction, leased, **more):
    """The first statement of a turn's commit."""
    return await turns.store_state(
        transaction, leased, state={}, state_name="x", language="en", status="open", **more
    )


# -- connections and transactions --------------------------------------------------------------------------


async def test_nobody_waits_for_a_connection_for_ever(dsn):
    pool = await open_pool(dsn, PoolLimits(max_size=1, acquire_timeout=0.5), application_name="test")
    async with pool.acquire():
        with pytest.raises(TimeoutError):
            await pool.fetchval("SELECT 1")
        with pytest.raises(TimeoutError):
            async with tx(pool, uuid4()):
                pass
    assert await pool.fetchval("SELECT 1") == 1
    await pool.close()


async def test_a_failed_transaction_whose_error_was_kept_quiet_is_not_taken_for_committed(world):
    async def kept_quiet():
        async with tx(world.pool, world.workspace_id) as transaction:
            with pytest.raises(asyncpg.DivisionByZeroError):
                await transaction.execute("SELECT 1 / 0")

    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await kept_quiet()


# -- RECEIVE -----------------------------------------------------------------------------------------------


async def test_a_changed_profile_name_and_a_turn_of_the_same_customer_dont_lock_each_other_out(
    world, receiver
):
    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    leased = await turns.lease(world.pool, world.rung[0], **LEASE)
    renamed = replace(said(world, "hi", id="m2"), sender=Sender(user_id="session-1", profile_name="Sara"))
    async with tx(world.pool, world.workspace_id) as transaction:
        turn = await store(transaction, leased)
        accepting = asyncio.create_task(receiver.accept([renamed], named=[world.account]))
        await until(world.pool.fetchval, "SELECT count(*) FROM pg_locks WHERE NOT granted")
        await turns.patch_customer(
            transaction, leased.customer_id, name="Sara Test", phone=None, email=None, language=None
        )
        await turns.finish(transaction, leased, turn, reserve_seconds=0)
    await accepting
    row = await world.pool.fetchrow("SELECT name, profile_name FROM customers")
    assert tuple(row) == ("Sara Test", "Sara")


async def until(ask, *args):
    """Waits, not long, until the answer isn't empty."""
    async with asyncio.timeout(2):
        while not await ask(*args):  # noqa: ASYNC110  (what is waited for happens in other processes)
            await asyncio.sleep(0.01)


async def test_a_deadlock_is_run_again(world, receiver, monkeypatch):
    from db import inbox

    real, tries = inbox.accept, []

    async def locked_out_once(connection, rows):
        tries.append(len(rows))
        if len(tries) == 1:
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        return await real(connection, rows)

    monkeypatch.setattr(inbox, "accept", locked_out_once)
    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    assert tries == [1, 1]


async def test_a_bad_row_of_a_batch_leaves_the_others_stored_and_rung_for(world, receiver):
    batch = [said(world, "hi", id=id_, session=f"session-{n}") for n, id_ in enumerate(["m1", "", "m3"])]
    for _ in range(2):
        with pytest.raises(NotStored):
            await receiver.accept(batch, named=[world.account])
    stored = await world.pool.fetch("SELECT external_id, conversation_id FROM inbox ORDER BY id")
    assert [row["external_id"] for row in stored] == ["m1", "m3"]
    assert world.rung == [row["conversation_id"] for row in stored]


async def test_a_row_that_cant_even_be_written_out_takes_no_neighbour_with_it(world, receiver):
    odd = replace(said(world, "hi", id="odd", session="session-2"), details={"n": 2**70})
    good = said(world, "hi", id="good")
    results = await asyncio.gather(
        *(receiver.accept([each], named=[world.account]) for each in (odd, good)), return_exceptions=True
    )
    assert isinstance(results[0], NotStored)
    assert results[1] == 0


async def test_a_database_that_hangs_is_not_queued_for_without_end(world, receiver, monkeypatch):
    from bot import inbox as engine

    monkeypatch.setattr(engine, "_STORE_SECONDS", 0.2)
    monkeypatch.setattr(engine, "_MAX_WAITING", 5)
    committed = []
    real = receiver._commit

    async def slow(group):
        committed.extend(row.external_id for pending in group for row in pending.rows)
        await asyncio.sleep(0.5)
        await real(group)

    monkeypatch.setattr(Receiver, "_commit", lambda _self, group: slow(group))
    first = asyncio.create_task(receiver.accept([said(world, "hi", id="first")], named=[world.account]))
    await asyncio.sleep(0.05)
    results = await asyncio.gather(
        *(receiver.accept([said(world, "hi", id=f"m{n}")], named=[world.account]) for n in range(20)),
        first,
        return_exceptions=True,
    )
    assert all(isinstance(result, NotStored) for result in results)
    assert len(receiver._waiting) <= 5
    await receiver._flusher
    assert committed == ["first"]  # nobody waits for the others any more; the provider sends them again


async def test_ids_that_look_like_card_numbers_stay_what_they_are(world, receiver):
    number = "4111111111111111"
    inbound = replace(
        said(world, f"my card {number}", id=number, session=f"KW.{number}"),
        choice_id=f"t1:{number}",
        reply_to=number,
        media=(Media("image/jpeg", number, f"card {number}"),),
    )
    await receiver.accept([inbound], named=[world.account])
    row = await world.pool.fetchrow(
        "SELECT i.payload, i.external_id, c.address FROM inbox i, conversations c"
    )
    stored = inbound_from_json(row["payload"])
    assert (row["external_id"], row["address"]) == (number, f"KW.{number}")
    assert (stored.external_id, stored.sender.user_id) == (number, f"KW.{number}")
    assert (stored.choice_id, stored.reply_to, stored.media[0].reference) == (f"t1:{number}", number, number)
    assert number not in stored.text + stored.media[0].caption


async def test_settings_nobody_can_read_dont_lose_a_message(world, receiver):
    await world.pool.execute("""UPDATE workspaces SET settings = '{"timezone": "Mars/Olympus"}'""")
    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    assert await world.pool.fetchval("SELECT count(*) FROM inbox") == 1


# -- effects -----------------------------------------------------------------------------------------------


@pytest.fixture
async def conversation(world, receiver):
    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    return world.rung[0]


async def planned(world, conversation, *rows):
    leased = await turns.lease(world.pool, conversation, **LEASE)
    async with tx(world.pool, world.workspace_id) as transaction:
        turn = await store(transaction, leased)
        messages = [
            turns.MessageRow(id=row.message_id, direction="out", kind="text", body="x", payload={})
            for row in {row.message_id: row for row in rows if row.message_id}.values()
        ]
        await turns.finish(transaction, leased, turn, messages=messages, effects=rows, reserve_seconds=0)
    return leased


async def test_a_progress_line_that_is_half_out_stays_on_the_books(world, conversation):
    message = new_id()
    parts = [
        turns.EffectRow(id=new_id(), kind="send", request={}, message_id=message, provisional=True)
        for _ in range(2)
    ]
    leased = await planned(world, conversation, *parts)
    (claimed,) = await effects.claim(world.pool, claim_seconds=30, hold_seconds=120, limit=10)
    async with tx(world.pool, world.workspace_id) as transaction:
        await store(transaction, leased)  # of the next turn
    async with tx(world.pool, world.workspace_id) as transaction:
        assert await effects.settle(transaction, claimed, status="done", result={})
    statuses = await world.pool.fetch("SELECT status FROM effects ORDER BY seq")
    assert [row["status"] for row in statuses] == ["done", "cancelled"]


async def test_a_progress_line_nobody_needs_any_more_leaves_nothing(world, conversation):
    row = turns.EffectRow(id=new_id(), kind="send", request={}, message_id=new_id(), provisional=True)
    leased = await planned(world, conversation, row)
    async with tx(world.pool, world.workspace_id) as transaction:
        await store(transaction, leased)  # of the next turn
    assert await world.pool.fetchval("SELECT count(*) FROM messages") == 0


async def test_one_unknown_effect_that_cant_be_decided_keeps_no_other_undecided(salon):
    phone = salon.phone()
    await salon.fault("meta", "reset", next_n=2)  # the typing sign and the reply
    await phone.post(*hello())
    await salon.dispatcher.take_waiting()
    (mine,) = await salon.rows("SELECT id, conversation_id, workspace_id, inbox_id FROM effects")
    # An older one of a kind that can't be reconciled, and one whose account is gone from its request.
    await salon.pool.execute(
        "INSERT INTO effects (id, workspace_id, conversation_id, inbox_id, ordinal, kind, status, idempotency_key,"
        " request, unknown_since) SELECT gen_random_uuid(), $1, $2, $3, n, k, 'unknown', gen_random_uuid()::text,"
        " '{}', now() - interval '1 hour' FROM (VALUES (7, 'send'), (8, 'poll_payment')) AS odd(n, k)",
        mine["workspace_id"],
        mine["conversation_id"],
        mine["inbox_id"],
    )
    await asyncio.sleep(0.4)
    await salon.dispatcher.settle_unknown()
    (row,) = await salon.rows("SELECT status FROM effects WHERE id = $1", mine["id"])
    assert row["status"] == "needs_operator"
    (poll,) = await salon.rows("SELECT status FROM effects WHERE kind = 'poll_payment'")
    assert poll["status"] in ("pending", "in_flight"), "asked again, or just being asked"


def hello():
    from bot.channels.simulator.acts import typed

    return (typed("Hi"),)


@asynccontextmanager
async def failing(owner, name, errors, *, after):
    """The first calls of a function raise: before it does its work, or after (the answer got lost)."""
    real = getattr(owner, name)

    async def broken(*args, **kwargs):
        if not errors:
            return await real(*args, **kwargs)
        error = errors.pop(0)
        if after:
            await real(*args, **kwargs)
        raise error

    setattr(owner, name, broken)
    yield
    setattr(owner, name, real)


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "the answer to COMMIT is lost"])
async def test_an_order_that_was_placed_is_recorded_though_the_connection_broke(salon, after):
    from bot import effect_orders

    phone = salon.phone()
    await talk(phone, LINES[:-1])
    errors = [asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")]
    async with failing(effect_orders, "_record_placed", errors, after=after):
        answer = await phone.say("yes")
    (order,) = await salon.orders()
    assert str(order["order_id"]) in answer
    (effect,) = await salon.rows("SELECT status FROM effects WHERE kind = 'place_order'")
    assert effect["status"] == "done"
    assert await salon.rows("SELECT kind FROM operator_errors") == []


async def test_an_order_whose_booking_was_cancelled_meanwhile_goes_to_the_operator_with_its_number(salon):
    phone = salon.phone()
    await talk(phone, LINES[:-1])
    real = bookings.confirm_booking

    async def too_late(transaction, booking_id, **placed):
        await bookings.cancel_booking(transaction, booking_id, reason="by an operator")
        return await real(transaction, booking_id, **placed)

    bookings.confirm_booking = too_late
    try:
        await phone.say("yes")
    finally:
        bookings.confirm_booking = real
    (order,) = await salon.orders()
    (effect,) = await salon.rows("SELECT status, external_ref FROM effects WHERE kind = 'place_order'")
    assert effect == {"status": "needs_operator", "external_ref": str(order["order_id"])}
    (error,) = await salon.rows("SELECT kind, summary FROM operator_errors")
    assert error["kind"] == "order_not_recordable"
    assert str(order["order_id"]) in error["summary"]


async def test_an_order_that_never_gets_as_far_as_its_call_ends_with_the_operator(salon):
    phone = salon.phone()
    await talk(phone, LINES[:-1])
    await phone.post(*yes())
    await salon.resources.turns.take((await salon.rows("SELECT id FROM conversations"))[0]["id"])
    await salon.pool.execute("UPDATE effects SET attempts = 50 WHERE kind = 'place_order'")
    await asyncio.sleep(0.25)  # until the worker's reservation is over
    await phone.wait()
    assert await salon.orders() == []
    (booking,) = await salon.rows("SELECT needs_operator FROM bookings")
    assert booking["needs_operator"]


def yes():
    from bot.channels.simulator.acts import typed

    return (typed("yes"),)


async def test_a_send_that_never_got_as_far_as_its_call_is_tried_again(salon):
    from bot import effect_sends

    phone = salon.phone()
    errors = [asyncpg.ConnectionDoesNotExistError("gone")]
    async with failing(effect_sends, "_refusal", errors, after=False):
        await phone.say("Hi")
        await asyncio.sleep(0.2)
        await phone.wait()
    assert len(phone.messages) == 1
    assert await salon.rows("SELECT kind FROM operator_errors") == []


async def test_a_siblings_secret_that_cant_be_opened_is_not_everybodys_trouble(salon):
    first, second = (salon.channel_accounts[key, "whatsapp"] for key in ("nail-salon", "nail-studio"))
    await salon.pool.execute(
        "UPDATE channel_accounts SET signing_group = 'one app' WHERE channel = 'whatsapp'"
    )
    await salon.pool.execute(
        "UPDATE channel_accounts SET secrets = '\\x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021'"
        " WHERE id = $1",
        second.id,
    )
    named = [each.id for each in await salon.resources.accounts.named("whatsapp", first.account_key)]
    assert named[0] == first.id
    assert second.id not in named


# -- the typing sign ---------------------------------------------------------------------------------------


class _Slow:
    """A channel whose signs take their time, and that remembers what was asked of it."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds
        self.asked: list[str] = []

    def capabilities(self, surface):
        return WhatsAppChannel().capabilities(surface)

    async def show_typing(self, inbound, *, account, http):
        self.asked.append("typing")
        await asyncio.sleep(self.seconds)

    async def mark_read(self, inbound, *, account, http):
        self.asked.append("read")


def _signs(channel, **more):
    return TypingSigns({"whatsapp": channel}, None, **more)


def _message():
    inbound = Inbound("m1", "1", Sender(phone="+96550000123"), InboundKind.TEXT, Surface.WHATSAPP, "hi")
    return [CustomerMessage(inbound)]


_ACCOUNT = ChannelAccount(uuid4(), uuid4(), uuid4(), "whatsapp", "some-key", "1")


async def test_a_quick_reply_leaves_a_read_receipt_and_waits_for_nothing():
    channel, talk = _Slow(), uuid4()
    signs = _signs(channel, after_seconds=30)
    signs.show(talk, _ACCOUNT, _message())
    async with asyncio.timeout(1):
        await signs.settle(talk)
    await asyncio.sleep(0.01)
    assert channel.asked == ["read"]


async def test_a_slow_turn_shows_the_sign_and_its_reply_waits_for_it_but_not_for_long():
    channel, talk = _Slow(seconds=60), uuid4()
    signs = _signs(channel, after_seconds=0, wait_seconds=0.05)
    signs.show(talk, _ACCOUNT, _message())
    await asyncio.sleep(0.01)
    async with asyncio.timeout(1):
        await signs.settle(talk)
    assert channel.asked == ["typing"]


async def test_a_reply_waits_for_its_own_typing_sign_only():
    channel = _Slow(seconds=60)
    signs = _signs(channel, after_seconds=0, wait_seconds=30)
    signs.show(uuid4(), _ACCOUNT, _message())
    await asyncio.sleep(0.01)
    async with asyncio.timeout(1):
        await signs.settle(uuid4())


# -- the bell ----------------------------------------------------------------------------------------------


async def test_work_goes_on_when_arq_gives_up_its_job():
    """arq cancels jobs when Redis goes away and at SIGTERM; an order must not be cut off in the middle."""
    let_go, done = asyncio.Event(), []

    async def take(identifier: UUID) -> None:
        await let_go.wait()
        done.append(identifier)

    woken = _Woken(take, at_once=4, seconds=10)
    conversation = uuid4()
    job = asyncio.create_task(woken.wake({}, str(conversation)))
    await asyncio.sleep(0.01)
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)
    asyncio.get_running_loop().call_later(0.05, let_go.set)
    await woken.finish(5)
    assert done == [conversation]
    await woken.wake({}, str(conversation))  # after the end nothing new begins
    assert done == [conversation]


async def test_what_never_ends_is_cut_off_in_the_end():
    woken = _Woken(lambda _identifier: asyncio.Event().wait(), at_once=4, seconds=60)
    job = asyncio.create_task(woken.wake({}, str(uuid4())))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(2):
        await woken.finish(0.05)
    await asyncio.gather(job, return_exceptions=True)
    assert not woken._running


async def test_a_redis_that_restarts_and_a_stop_leave_the_work_alone(redis_server, redis_url):
    settings = Settings(
        database_url=SecretStr("postgresql://nobody"),
        redis_url=SecretStr(redis_url),
        timing=Timing(shutdown_seconds=10, redis_timeout_seconds=1),
    )
    started, let_go, ended = asyncio.Event(), asyncio.Event(), []

    async def take(identifier: UUID) -> None:
        started.set()
        try:
            await let_go.wait()
        finally:
            ended.append(let_go.is_set())

    stopping = asyncio.Event()
    worker = asyncio.create_task(run_worker(settings, take, queue=MESSAGES_QUEUE, stopping=stopping))
    queue = Queue(settings)
    queue.start()
    queue.ring([uuid4()])
    async with asyncio.timeout(20):
        await started.wait()
        await asyncio.to_thread(redis_server.stop)
        await asyncio.to_thread(redis_server.start)
        await asyncio.sleep(0.5)
        assert ended == []
        stopping.set()
        asyncio.get_running_loop().call_later(0.3, let_go.set)
        await worker
    assert ended == [True]
    await queue.close()


# -- the dispatcher ----------------------------------------------------------------------------------------


async def test_a_slow_provider_delays_nobody_elses_message(salon):
    """Without Redis the dispatcher takes every turn: one customer's slow order must not stop the others."""
    slow, quick = salon.phone("+96550000123"), salon.phone("+96550000124")
    await talk(slow, LINES[:-1])
    await salon.fault("nailit", "slow", "AddOrder", next_n=1, ms=2500)
    stopping = asyncio.Event()
    dispatching = asyncio.create_task(salon.dispatcher.run(stopping))
    await slow.post(*yes())
    await until(salon.rows, "SELECT FROM effects WHERE kind = 'place_order' AND called_at IS NOT NULL")
    await quick.post(*hello())
    await until(quick.arrived)
    assert await salon.orders() == []
    stopping.set()  # and what is under way may end
    async with asyncio.timeout(10):
        await dispatching
    (effect,) = await salon.rows("SELECT status FROM effects WHERE kind = 'place_order'")
    assert effect["status"] == "done"


async def test_a_turn_that_broke_with_its_connection_is_an_error_and_no_crash(salon, monkeypatch):
    """Three crashes put a message aside for good: a database that goes away is none of the message's making."""
    from bot.flows import router

    phone = salon.phone()
    await phone.post(*hello())
    (row,) = await salon.rows("SELECT conversation_id FROM inbox")

    def gone(*_):
        raise asyncpg.ConnectionDoesNotExistError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(router, "step", gone)
        async with failing(turns, "fail", [asyncpg.ConnectionDoesNotExistError("gone")], after=False):
            assert not await salon.resources.turns.take(row["conversation_id"])
    (row,) = await salon.rows("SELECT i.attempts, i.errors, c.lease_until FROM inbox i, conversations c")
    assert row == {"attempts": 1, "errors": 1, "lease_until": None}
    await asyncio.sleep(0.1)
    await phone.wait()
    assert len(phone.messages) == 1
