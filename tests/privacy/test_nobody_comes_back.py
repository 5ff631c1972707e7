"""What still arrives after a person was erased: again, late, or while it happens."""

import asyncio
from uuid import UUID

import pytest

from bot.handoff_reference import sign
from bot.handoffs import Handoffs
from bot.inbox import NotStored
from bot.mail_reports import take_report
from bot.messages import DeliveryReceipt, DeliveryStatus
from db import privacy, turns
from db.tx import tx
from providers.handoff.contract import Completion, Outcome
from providers.mail.postmark import MailFate, MailReport
from tests.engine.world import BOX, said
from tests.privacy import canary

LEASE = {"seconds": 30, "max_rows": 20, "max_crashes": 3, "max_errors": 8}


async def writes(world, receiver, text="hi", *, id="m1"):  # noqa: A002
    """One line, as if it had been answered. Returns the customer's id."""
    await receiver.accept([said(world, text, id=id, session="session-of-sara")], named=[world.account])
    await world.pool.execute("UPDATE inbox SET status = 'done', done_at = now() WHERE status = 'waiting'")
    return await world.pool.fetchval("SELECT max(customer_id::text)::uuid FROM customer_identities")


async def erase(world, customer_id):
    async with tx(world.pool, world.workspace_id) as transaction:
        return await privacy.erase(transaction, UUID(str(customer_id)))


async def counts(world):
    return await world.pool.fetchrow(
        "SELECT (SELECT count(*) FROM customers) AS customers, (SELECT count(*) FROM inbox) AS inbox,"
        " (SELECT count(*) FROM conversations) AS talks"
    )


async def test_an_old_message_delivered_again_is_a_repeat(world, receiver):
    await erase(world, await writes(world, receiver))
    world.rung.clear()
    await receiver.accept([said(world, "hi", id="m1", session="session-of-sara")], named=[world.account])
    assert tuple(await counts(world)) == (0, 0, 0)
    assert world.rung == []
    stored = await world.pool.fetch("SELECT message_hash FROM erased_messages")
    assert len(stored) == 1
    assert "m1" not in stored[0]["message_hash"]


async def test_the_same_person_writing_again_is_a_new_customer(world, receiver):
    before = await writes(world, receiver)
    await erase(world, before)
    after = await writes(world, receiver, "hello", id="m2")
    assert after != before
    assert tuple(await counts(world)) == (1, 1, 1)
    # And a copy of the old one doesn't find its way into the new talk.
    await writes(world, receiver, id="m1")
    assert await world.pool.fetchval("SELECT count(*) FROM inbox") == 1


async def test_an_opt_out_outlives_the_person(world, receiver):
    customer = await writes(world, receiver)
    await world.pool.execute("UPDATE customers SET opted_out_at = now() - interval '1 day'")
    await erase(world, customer)
    await writes(world, receiver, "hello", id="m2")
    assert await world.pool.fetchval("SELECT opted_out_at < now() - interval '1 hour' FROM customers")
    await receiver.accept([said(world, "hi", id="m3", session="somebody-else")], named=[world.account])
    assert await world.pool.fetchval("SELECT count(*) FROM customers WHERE opted_out_at IS NULL") == 1


async def test_a_late_receipt_finds_nothing(world, receiver):
    ids = await canary.leave_traces(world)
    await erase(world, ids["customer"])
    receipt = DeliveryReceipt(
        external_id="wamid.1", correlation_id=ids["effect"], status=DeliveryStatus.DELIVERED
    )
    assert await receiver.receipts([receipt], named=[world.account]) == []
    assert await canary.where_she_is(world.pool) == set()


@pytest.mark.parametrize("booked", [True, False])
async def test_a_late_answer_of_an_order_wakes_nobody(world, booked):
    """However it got there: in an erased talk nothing is said any more, and nothing of it is kept."""
    ids = await canary.leave_traces(world, booked=booked)
    await erase(world, ids["customer"])
    if not booked:
        assert await world.pool.fetchval("SELECT count(*) FROM conversations") == 0
        return
    await world.pool.execute(
        "INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload)"
        " VALUES ($1, $2, 'effect', 'effect', 'late', 'effect_answer', $3)",
        world.workspace_id,
        UUID(ids["talk"]),
        {"outcome": "order_placed", "to": canary.WORD},
    )
    assert await turns.lease(world.pool, UUID(ids["talk"]), **LEASE) is None
    assert await world.pool.fetchval("SELECT status FROM inbox") == "done"
    assert await canary.where_she_is(world.pool) == set()


async def test_a_late_report_of_a_booking_page_is_of_no_handoff(world):
    ids = await canary.leave_traces(world, booked=False)
    token = await world.pool.fetchval("SELECT token FROM handoffs")
    handoffs = Handoffs(world.pool, BOX)
    await erase(world, ids["customer"])
    completion = Completion(Outcome.BOOKED, "b-2", sign(BOX, token))
    assert await handoffs.completed(world.workspace_id, "square", completion) == "no_handoff"
    assert await canary.where_she_is(world.pool) == set()


async def test_a_late_bounce_is_of_no_mail(world):
    ids = await canary.leave_traces(world)
    await erase(world, ids["customer"])
    report = MailReport(
        MailFate.UNDELIVERABLE,
        "mail-1",
        canary.MAIL,
        {"workspace": str(world.workspace_id), "effect": ids["effect"]},
    )
    assert await take_report(world.pool, report) is False
    assert await canary.where_she_is(world.pool) == set()


async def test_a_message_that_arrives_while_it_happens_comes_again_as_somebody_new(world, receiver):
    customer = await writes(world, receiver)
    async with tx(world.pool, world.workspace_id) as transaction:
        await privacy.erase(transaction, customer)
        arriving = asyncio.create_task(
            receiver.accept([said(world, "hello", id="m2", session="session-of-sara")], named=[world.account])
        )
        while not await world.pool.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):  # noqa: ASYNC110
            await asyncio.sleep(0)  # only the server knows that it waits
    with pytest.raises(NotStored):  # 503: the channel sends it again
        await arriving
    assert tuple(await counts(world)) == (0, 0, 0)
    assert await writes(world, receiver, "hello", id="m2") != customer
    assert tuple(await counts(world)) == (1, 1, 1)
