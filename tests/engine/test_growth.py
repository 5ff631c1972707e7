"""The hot statements read what they need and no table from end to end, however much lies there.

Counted by PostgreSQL itself inside one transaction, so that what happens within a function counts too: rows read
by sequential scans, and rows fetched by index.
"""

import asyncio
from contextlib import asynccontextmanager

import asyncpg
import pytest

from db import effects, inbox, metrics, schedules, turns
from db.ids import new_id
from tests.conftest import run_async
from tests.engine.world import open_world

TALKS = 5_000
EACH = 10
"""Rows of inbox, messages and effects in every talk."""
BIG = [
    "conversations",
    "customers",
    "customer_identities",
    "inbox",
    "messages",
    "effects",
    "leads",
    "bookings",
]

FILL = f"""
SET session_replication_role = replica;
INSERT INTO customers (id, workspace_id, phone)
  SELECT gen_random_uuid(), $1, '+9655' || lpad(n::text, 7, '0') FROM generate_series(1, {TALKS}) n;
INSERT INTO customer_identities (workspace_id, channel, identity, customer_id)
  SELECT $1, 'phone', phone, id FROM customers;
INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address)
  SELECT gen_random_uuid(), $1, $2, $3, id, phone FROM customers;
INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload, status, done_at)
  SELECT $1, c.id, 'web', 'key', c.id || '-' || n, 'customer_message', '{{}}', 'done', now()
  FROM generate_series(1, {EACH}) n, conversations c;
INSERT INTO messages (id, workspace_id, conversation_id, seq, direction, inbox_id, turn, delivery_status)
  SELECT gen_random_uuid(), $1, conversation_id, row_number() OVER (PARTITION BY conversation_id), 'out', id, 1, 'read'
  FROM inbox;
INSERT INTO effects (id, workspace_id, conversation_id, inbox_id, ordinal, kind, status, idempotency_key, request,
                     message_id, external_ref, result, settled_at)
  SELECT gen_random_uuid(), $1, conversation_id, inbox_id, 0, 'send', 'done', gen_random_uuid()::text, '{{}}', id,
         'ref-' || row_number() OVER (), '{{}}', now()
  FROM messages;
SET session_replication_role = DEFAULT;
"""


@pytest.fixture(scope="module")
def grown(databases):
    """A business after a hundred thousand messages; nobody writes to it but in transactions that are given up."""
    name = databases.create(migrated=True)
    dsn = databases.server.dsn(name)
    yield dsn, run_async(_fill(dsn))
    databases.drop(name)


async def _fill(dsn):
    world = await open_world(dsn)
    await world.pool.close()
    connection = await asyncpg.connect(dsn)
    try:
        script = FILL
        for number, value in enumerate((world.workspace_id, world.bot_id, world.account.id), start=1):
            script = script.replace(f"${number}", f"'{value}'::uuid")
        await connection.execute(script)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return world


@pytest.fixture
async def talk(grown):
    """A transaction as the application's role in the grown business, and one of its conversations."""
    dsn, world = grown
    from db.tx import PoolLimits, open_pool

    pool = await open_pool(dsn, PoolLimits(max_size=1), application_name="growth")
    async with pool.acquire() as connection:
        await connection.execute(
            f"BEGIN; SET LOCAL ROLE frontdesk_app; SET LOCAL frontdesk.workspace_id = '{world.workspace_id}'"
        )
        conversation = await connection.fetchval(
            "SELECT id FROM conversations ORDER BY id OFFSET 4711 LIMIT 1"
        )
        yield connection, world, conversation
        await connection.execute("ROLLBACK")
    await pool.close()


@asynccontextmanager
async def reads_little(connection, *, fetched=300):
    """What happens inside reads no big table from end to end and fetches few rows."""

    async def figures():
        rows = await connection.fetch(
            "SELECT relname, coalesce(seq_tup_read, 0) AS scanned, coalesce(idx_tup_fetch, 0) AS fetched"
            " FROM pg_stat_xact_user_tables WHERE relname = ANY ($1)",
            BIG,
        )
        return {row["relname"]: (row["scanned"], row["fetched"]) for row in rows}

    before = await figures()
    yield
    after = await figures()
    grown = {
        name: (scanned - before[name][0], found - before[name][1]) for name, (scanned, found) in after.items()
    }
    assert {name: scanned for name, (scanned, _) in grown.items() if scanned} == {}
    assert {name: found for name, (_, found) in grown.items() if found > fetched} == {}


async def wait_in(connection, world, conversation, count=3):
    rows = [
        inbox.InboundRow(
            workspace_id=world.workspace_id,
            bot_id=world.bot_id,
            channel_account_id=world.account.id,
            channel="web",
            account="key",
            external_id=f"new-{number}",
            phone=await connection.fetchval("SELECT address FROM conversations WHERE id = $1", conversation),
            user_id=None,
            address="a",
            profile_name="Sara",
            idle_hours=24,
            payload={},
        )
        for number in range(count)
    ]
    return await inbox.accept(connection, rows)


LEASE = {"seconds": 30, "max_rows": 20, "max_crashes": 3, "max_errors": 8}


async def plan(connection, world, conversation, *, kind="send", count=3):
    await wait_in(connection, world, conversation)
    leased = await turns.lease(connection, conversation, **LEASE)
    planned = [turns.EffectRow(id=new_id(), kind=kind, request={}) for _ in range(count)]
    await turns.finish(connection, leased, 1, effects=planned, reserve_seconds=0)
    return leased


async def test_accepting_and_its_repeats(talk):
    connection, world, conversation = talk
    async with reads_little(connection):
        first = await wait_in(connection, world, conversation)
    assert {each.conversation_id for each in first} == {conversation}
    async with reads_little(connection):
        assert all(each.duplicate for each in await wait_in(connection, world, conversation))


async def test_a_turn_from_its_lease_to_its_commit(talk):
    connection, world, conversation = talk
    await wait_in(connection, world, conversation)
    async with reads_little(connection):
        assert await turns.waiting(connection, older_seconds=-1, limit=10) == [conversation]
        leased = await turns.lease(connection, conversation, **LEASE)
        assert await turns.renew(connection, leased, seconds=30)
        await turns.store_state(connection, leased, state={}, state_name="x", language="en", status="open")
        row = turns.MessageRow(new_id(), "out", "text", "Hi", {}, leased.items[-1].id)
        planned = [turns.EffectRow(id=new_id(), kind="send", request={}, message_id=row.id)]
        await turns.finish(connection, leased, 1, messages=[row], effects=planned, reserve_seconds=5)
        assert await turns.is_done(connection, [item.id for item in leased.items])


async def test_figures_for_the_metrics(talk):
    """Asked for every quarter of a minute, over all businesses: only what is open and what is fresh is read."""
    connection, _, _ = talk
    async with reads_little(connection):
        assert (await metrics.metric_figures(connection, seconds=0))["inbox_waiting"] == 0
        assert await metrics.calls_outside(connection, seconds=0) == []
        await metrics.outside_set_up(connection)


@pytest.mark.parametrize("mine", [True, False], ids=["its worker", "a dispatcher"])
async def test_claiming_and_settling(talk, mine):
    connection, world, conversation = talk
    await plan(connection, world, conversation)
    async with reads_little(connection):
        (claimed,) = await effects.claim(
            connection,
            claim_seconds=30,
            hold_seconds=120,
            limit=32,
            conversation_id=conversation if mine else None,
        )
        assert await effects.settle(connection, claimed, status="done", external_ref="new", result={})
        await effects.target(connection, conversation)


async def test_a_worker_claims_its_own_and_does_not_look_at_what_others_left(talk):
    connection, world, conversation = talk
    await plan(connection, world, conversation)
    await connection.execute(
        "UPDATE effects SET status = 'pending', due_at = now() - interval '1 hour' WHERE id IN ("
        " SELECT id FROM effects WHERE status = 'unknown' LIMIT 0)"
    )
    await connection.execute("RESET ROLE; SET LOCAL session_replication_role = replica")
    await connection.execute(
        "UPDATE effects SET status = 'pending', settled_at = NULL, result = NULL,"
        " due_at = now() - interval '1 hour' WHERE conversation_id <> $1",
        conversation,
    )
    await connection.execute("SET LOCAL session_replication_role = DEFAULT; SET LOCAL ROLE frontdesk_app")
    async with reads_little(connection):
        (claimed,) = await effects.claim(
            connection, claim_seconds=30, hold_seconds=120, limit=32, conversation_id=conversation
        )
    assert claimed.conversation_id == conversation


async def test_the_dispatchers_looks(talk):
    connection, world, conversation = talk
    await plan(connection, world, conversation)
    async with reads_little(connection):
        assert await effects.expire_claims(connection, limit=32) == []
        assert await effects.unknown(connection, grace_seconds=60, limit=32) == []
        assert (await schedules.queue_figures(connection))["effects_pending"] == 3


async def test_receipts_by_either_id(talk):
    connection, world, _ = talk
    effect = await connection.fetchrow("SELECT id, external_ref FROM effects ORDER BY id OFFSET 777 LIMIT 1")
    rows = [
        inbox.ReceiptRow("unknown", None, "read", 6, None),
        inbox.ReceiptRow("any", effect["id"], "read", 6, None),
        inbox.ReceiptRow(effect["external_ref"], None, "read", 6, None),
    ]
    async with reads_little(connection):
        applied = await inbox.apply_receipts(connection, rows, account_ids=[world.account.id])
    assert {each.effect_id for each in applied} == {effect["id"]}
    assert len(applied) == 2


async def test_deleting_old_talks_reads_only_them(talk):
    connection, _, conversation = talk
    async with reads_little(connection):
        await connection.execute("DELETE FROM conversations WHERE id = $1", conversation)
    assert (
        await connection.fetchval("SELECT count(*) FROM inbox WHERE conversation_id = $1", conversation) == 0
    )


async def test_a_backlog_does_not_make_the_poller_slow(talk):
    """Every talk of the business waits: a look must stay far below the statement time-out."""
    connection, _, _ = talk
    await connection.execute("RESET ROLE; SET LOCAL session_replication_role = replica")
    await connection.execute("UPDATE inbox SET status = 'waiting', done_at = NULL")
    await connection.execute("SET LOCAL session_replication_role = DEFAULT; SET LOCAL ROLE frontdesk_app")
    async with asyncio.timeout(5):
        assert len(await turns.waiting(connection, older_seconds=-1, limit=64)) == 64
