"""RECEIVE: durable before 200, once per external id, whatever the database or the text is like."""

import asyncio

import asyncpg
import pytest

from bot.inbox import NotStored, Receiver
from bot.messages import DeliveryReceipt, DeliveryStatus
from bot.stored_inbound import mask_cards
from tests.engine.world import NothingSeen, cache, open_world, said


async def rows(world):
    return await world.pool.fetch("SELECT * FROM inbox ORDER BY id")


async def test_a_message_is_stored_and_its_conversation_is_rung(world, receiver):
    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    stored = await rows(world)
    assert [row["external_id"] for row in stored] == ["m1"]
    assert world.rung == [stored[0]["conversation_id"]]


async def test_a_repeat_changes_nothing_and_wakes_nobody(world, receiver):
    for _ in range(3):
        await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    assert len(await rows(world)) == 1
    assert len(world.rung) == 1


async def test_fifty_copies_at_once_make_one_row(world, receiver):
    await asyncio.gather(
        *(receiver.accept([said(world, "hi", id="m1")], named=[world.account]) for _ in range(50))
    )
    assert len(await rows(world)) == 1
    assert await world.pool.fetchval("SELECT count(*) FROM customers") == 1
    assert await world.pool.fetchval("SELECT count(*) FROM conversations") == 1


async def test_two_processes_that_meet_a_new_customer_at_once_make_one_customer(world):
    receivers = [Receiver(world.pool, cache(world), world, NothingSeen()) for _ in range(6)]
    await asyncio.gather(
        *(
            each.accept([said(world, "hi", id=f"m{number}")], named=[world.account])
            for number, each in enumerate(receivers)
        )
    )
    assert len(await rows(world)) == 6
    assert await world.pool.fetchval("SELECT count(*) FROM customers") == 1
    assert await world.pool.fetchval("SELECT count(*) FROM conversations WHERE status <> 'closed'") == 1


async def test_messages_of_one_webhook_keep_their_order(world, receiver):
    await receiver.accept([said(world, str(n), id=f"m{n}") for n in range(20)], named=[world.account])
    assert [row["external_id"] for row in await rows(world)] == [f"m{n}" for n in range(20)]


@pytest.mark.parametrize(
    "text", ["", "\x00", "a\x00b", "\ud83d", "🙂" * 50, "مرحبا \u202e", "x" * 20_000], ids=range(7)
)
async def test_any_text_can_be_stored(world, receiver, text):
    await receiver.accept([said(world, text, id="m1")], named=[world.account])
    (row,) = await rows(world)
    assert len(row["payload"]["text"]) <= 10_000


async def test_a_card_number_never_reaches_a_table(world, receiver):
    await receiver.accept([said(world, "my card is 4111 1111 1111 1111 ok", id="m1")], named=[world.account])
    (row,) = await rows(world)
    assert row["payload"]["text"] == "my card is •••• 1111 ok"


@pytest.mark.parametrize("text", ["+96550000123", "order 10001", "4111 1111 1111 1112", "2026-11-21 14:00"])
def test_what_is_no_card_number_stays(text):
    assert mask_cards(text) == text


async def test_a_database_that_refuses_means_not_stored(world, receiver):
    await world.pool.execute("ALTER TABLE inbox RENAME TO inbox_gone")
    with pytest.raises(NotStored):
        await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    await world.pool.execute("ALTER TABLE inbox_gone RENAME TO inbox")
    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    assert len(await rows(world)) == 1


async def test_one_bad_row_does_not_take_its_neighbours_with_it(world, receiver):
    good = receiver.accept([said(world, "hi", id="good")], named=[world.account])
    bad = receiver.accept([said(world, "hi", id="", session="session-2")], named=[world.account])
    results = await asyncio.gather(good, bad, return_exceptions=True)
    assert results[0] == 0
    assert isinstance(results[1], NotStored)
    assert [row["external_id"] for row in await rows(world)] == ["good"]


async def test_a_message_for_an_address_nobody_has_is_kept_and_reported(world, receiver):
    from dataclasses import replace

    stray = replace(said(world, "hi", id="m1"), to_address="somebody-else")
    await receiver.accept([stray, said(world, "hello", id="m2")], named=[world.account])
    assert [row["external_id"] for row in await rows(world)] == ["m2"]
    assert await world.pool.fetchval("SELECT count(*) FROM unrouted_webhooks") == 1
    assert await world.pool.fetchval("SELECT kind FROM operator_errors") == "unrouted_webhook"


async def test_a_foreign_account_of_the_same_address_is_not_reachable(world, receiver, dsn):
    other = await open_world(dsn, key="other-salon", pool=world.pool)
    await receiver.accept([said(other, "hi", id="m1")], named=[world.account])
    assert await rows(world) == []
    assert await world.pool.fetchval("SELECT count(*) FROM unrouted_webhooks") == 1


async def test_an_idle_conversation_is_closed_and_a_new_one_opens(world, receiver):
    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    await world.pool.execute("UPDATE inbox SET status = 'done', done_at = now()")
    await world.pool.execute("UPDATE conversations SET last_inbound_at = now() - interval '25 hours'")
    await receiver.accept([said(world, "hi again", id="m2")], named=[world.account])
    statuses = await world.pool.fetch("SELECT status FROM conversations ORDER BY created_at")
    assert [row["status"] for row in statuses] == ["closed", "open"]
    assert await world.pool.fetchval("SELECT count(*) FROM customers") == 1


async def test_receipts_of_unknown_messages_are_ignored(world, receiver):
    receipt = DeliveryReceipt("wamid.unknown", DeliveryStatus.READ)
    assert await receiver.receipts([receipt], named=[world.account]) == []


async def test_remembered_ids_answer_a_repeat_without_the_database(world):
    class EverythingSeen(NothingSeen):
        async def all_seen(self, keys):
            return True

    receiver = Receiver(world.pool, cache(world), world, EverythingSeen())
    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    assert await rows(world) == []


async def test_another_workspaces_rows_are_invisible_to_the_application(world, receiver, dsn):
    from db.tx import tx

    await receiver.accept([said(world, "hi", id="m1")], named=[world.account])
    other = await open_world(dsn, key="other-salon", pool=world.pool)
    tables = [
        row["relname"]
        for row in await world.pool.fetch(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
            "AND a.attname = 'workspace_id' AND c.relrowsecurity"
        )
    ]
    assert len(tables) > 20
    async with tx(world.pool, other.workspace_id) as transaction:
        for table in tables:
            foreign = await transaction.fetchval(
                f"SELECT count(*) FROM {table} WHERE workspace_id <> $1", other.workspace_id
            )
            assert foreign == 0, table
    async with world.pool.acquire() as connection:
        await connection.execute("BEGIN; SET LOCAL ROLE frontdesk_app")
        assert await connection.fetchval("SELECT count(*) FROM inbox") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO bots (id, workspace_id, key, name) VALUES (gen_random_uuid(), $1, 'xx', 'x')",
                world.workspace_id,
            )
        await connection.execute("ROLLBACK")
