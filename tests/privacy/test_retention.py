"""Housekeeping by the database's clock: what is old goes, what is open never does, each business by its own days."""

from datetime import timedelta
from uuid import UUID

import pytest

from db import schedules
from tests.engine.world import open_world
from tests.privacy import canary
from workers import schedule


async def closed(world, *, days, booked=True, visit_days=None):
    """A talk that was closed so many days ago, with a trace in every table. Its ids."""
    ids = await canary.leave_traces(world, booked=booked)
    await world.pool.execute(
        "UPDATE conversations SET status = 'closed', closed_at = now() - $1::interval WHERE id = $2",
        timedelta(days=days),
        UUID(ids["talk"]),
    )
    await world.pool.execute(
        "UPDATE bookings SET starts_at = now() - $1::interval - interval '1 hour', ends_at = now() - $1::interval",
        timedelta(days=days if visit_days is None else visit_days),
    )
    await world.pool.execute(
        "UPDATE operator_errors SET resolved_at = now() - $1::interval, resolution = 'done'",
        timedelta(days=days),
    )
    await world.pool.execute("UPDATE llm_calls SET created_at = now() - $1::interval", timedelta(days=days))
    await world.pool.execute("UPDATE customers SET updated_at = now() - $1::interval, opted_out_at = NULL",
                             timedelta(days=days))  # fmt: skip
    return ids


async def housekeep(world):
    return {kind: await schedules.delete_old(world.pool, kind, limit=100) for kind in schedules.RETENTION}


async def count(world, table, where="true"):
    return await world.pool.fetchval(f"SELECT count(*) FROM {table} WHERE {where}")


@pytest.mark.parametrize(("days", "gone"), [(29, False), (31, True)])
async def test_payloads_go_after_thirty_days(world, days, gone):
    await closed(world, days=days)
    await housekeep(world)
    assert await count(world, "inbox", "payload = '{}'") == gone
    assert await count(world, "effects", "request = '{}' AND result = '{}'") == gone
    assert await count(world, "messages", "body <> '' AND trace <> '[]'") == 1, "what was said stays"
    assert (await housekeep(world))["payloads"] == 0, "once"


@pytest.mark.parametrize(("days", "gone"), [(89, False), (91, True)])
async def test_traces_and_errors_go_after_ninety(world, days, gone):
    await closed(world, days=days)
    await housekeep(world)
    assert await count(world, "messages", "trace = '[]'") == gone
    assert await count(world, "operator_errors") == (not gone)


async def test_a_talk_goes_as_a_whole_and_its_customer_with_it(world):
    await closed(world, days=366, booked=False)
    await housekeep(world)
    for table in (
        "conversations",
        "messages",
        "inbox",
        "effects",
        "leads",
        "handoffs",
        "llm_calls",
        "customers",
    ):
        assert await count(world, table) == 0, table


async def test_a_talk_whose_booking_is_kept_is_emptied(world):
    await closed(world, days=366)
    await housekeep(world)
    for table in ("messages", "inbox", "effects", "escalations"):
        assert await count(world, table) == 0, table
    assert await count(world, "bookings", "total_minor = 12500") == 1
    assert await count(world, "conversations", "emptied_at IS NOT NULL AND state IS NULL") == 1
    assert await count(world, "customers") == 1
    assert (await housekeep(world))["conversations"] == 0, "once"


async def test_the_shell_goes_with_the_last_booking(world):
    await closed(world, days=366)
    await housekeep(world)
    await world.pool.execute("UPDATE bookings SET starts_at = now() - interval '1096 days 1 hour', "
                             "ends_at = now() - interval '1096 days'")  # fmt: skip
    await housekeep(world)
    assert await count(world, "bookings") == await count(world, "conversations") == 0
    assert await count(world, "customers") == 0


async def test_so_does_an_erased_ones(world):
    from db import privacy
    from db.tx import tx

    ids = await closed(world, days=10, visit_days=1100)
    async with tx(world.pool, world.workspace_id) as transaction:
        await privacy.erase(transaction, ids["customer"])
    await housekeep(world)
    assert await count(world, "bookings") == await count(world, "payments") == 0


async def test_each_business_by_its_own_days(world):
    other = await open_world(None, key="other", pool=world.pool)
    await world.pool.execute(
        'UPDATE workspaces SET settings = settings || \'{"retention": {"conversations": 10, "bookings": 20}}\''
        " WHERE id = $1",
        world.workspace_id,
    )
    await closed(world, days=21)
    await plain_talks(other, days=21)
    await housekeep(world)
    left = await world.pool.fetch("SELECT workspace_id FROM conversations")
    assert [row["workspace_id"] for row in left] == [other.workspace_id]


async def plain_talks(world, *, days, many=1):
    """Closed so many days ago, with nothing in them."""
    await world.pool.execute(
        "INSERT INTO customers (id, workspace_id) SELECT gen_random_uuid(), $1 FROM generate_series(1, $2::int)",
        world.workspace_id,
        many,
    )
    await world.pool.execute(
        "INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address, status,"
        " closed_at) SELECT gen_random_uuid(), $1, $2, $3, id, 'x', 'closed', now() - $4::interval FROM customers"
        " WHERE workspace_id = $1",
        world.workspace_id,
        world.bot_id,
        world.account.id,
        timedelta(days=days),
    )


OPEN = {
    "a message waits": "UPDATE inbox SET status = 'waiting', done_at = NULL",
    "an outcome is unknown": "UPDATE effects SET status = 'unknown', unknown_since = now(), settled_at = NULL",
    "an operator decides": "UPDATE effects SET status = 'needs_operator'",
    "somebody waits for a person": "UPDATE escalations SET status = 'open', closed_at = NULL",
    "a booking is undecided": "UPDATE bookings SET needs_operator = true",
    "an order is under way": "UPDATE bookings SET status = 'pending_provider', cancelled_at = NULL",
    "the visit is to come": "UPDATE bookings SET status = 'confirmed', cancelled_at = NULL,"
    " ends_at = now() + interval '1 day'",
    "money is looked at": "UPDATE payments SET status = 'review', paid_at = NULL, paid_by = NULL, settled_at = NULL",
    "it is still open": "UPDATE conversations SET status = 'open', closed_at = NULL",
}


@pytest.mark.parametrize("what", OPEN)
async def test_what_is_open_never_goes(world, what):
    await closed(world, days=3000)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(OPEN[what])
    before = {
        table: await count(world, table) for table in ("conversations", "messages", "inbox", "bookings")
    }
    done = await housekeep(world)
    assert {table: await count(world, table) for table in before} == before
    assert done["payloads"] == done["traces"] == done["conversations"] == 0
    assert await count(world, "inbox", "payload = '{}'") == 0


async def test_who_did_what_and_reports_of_nobody_go_by_their_own_days(world):
    ids = await canary.leave_traces(world)
    await world.pool.execute(
        "INSERT INTO audit_entries (id, workspace_id, actor, action, at)"
        " SELECT gen_random_uuid(), w, 'user:mona@example.com', 'lead.closed', now() - make_interval(days => d)"
        " FROM unnest(ARRAY[$1::uuid, NULL]) AS w, unnest(ARRAY[729, 731]) AS d",
        world.workspace_id,
    )
    await world.pool.execute(
        "INSERT INTO payment_events (workspace_id, provider, event_id, kind, outcome, at)"
        " SELECT $1, 'stripe', 'of nobody ' || d, 'completed', 'not_ours', now() - make_interval(days => d)"
        " FROM unnest(ARRAY[89, 91]) AS d",
        world.workspace_id,
    )
    await world.pool.execute(
        "INSERT INTO external_completions (workspace_id, page, booking_id, outcome, at)"
        " SELECT $1, 'square', 'of nobody ' || d, 'booked', now() - make_interval(days => d)"
        " FROM unnest(ARRAY[89, 91]) AS d",
        world.workspace_id,
    )
    for table in ("payment_events", "external_completions"):
        await world.pool.execute(
            f"UPDATE {table} SET at = now() - interval '3 years' WHERE at > now() - interval '1 hour'"
        )
    done = await housekeep(world)
    assert (done["audit"], done["reports"]) == (2, 1)
    assert await count(world, "audit_entries") == 2
    for table, owner in (("payment_events", "payment"), ("external_completions", "handoff")):
        assert await count(world, table) == 2
        assert await count(world, table, f"{owner}_id = '{ids[owner]}'") == 1, "it goes with what it is of"
    await world.pool.execute(
        'UPDATE workspaces SET settings = settings || \'{"retention": {"audit": 30, "reports": 10}}\''
    )
    assert (await housekeep(world))["audit"] == 1, "the installation's own isn't this business's to say"
    assert await count(world, "payment_events") == await count(world, "external_completions") == 1


async def test_in_batches_and_past_what_somebody_else_holds(world):
    await plain_talks(world, days=366, many=3)
    async with world.pool.acquire() as holder, holder.transaction():
        await holder.execute("SELECT FROM conversations ORDER BY id LIMIT 1 FOR UPDATE")
        assert await schedules.delete_old(world.pool, "conversations", limit=1) == 1
        assert await schedules.delete_old(world.pool, "conversations", limit=100) == 1
    assert await schedules.delete_old(world.pool, "conversations", limit=100) == 1


async def test_what_belongs_to_nobody_goes_too(world):
    await canary.leave_traces(world, booked=False)
    await world.pool.execute("UPDATE unrouted_webhooks SET received_at = now() - interval '31 days'")
    await world.pool.execute(
        "INSERT INTO erased_messages (workspace_id, message_hash, at) VALUES ($1, repeat('a', 64), now()),"
        " ($1, repeat('b', 64), now() - interval '31 days')",
        world.workspace_id,
    )
    await housekeep(world)
    assert await count(world, "unrouted_webhooks") == 0
    assert await world.pool.fetchval("SELECT message_hash FROM erased_messages") == "a" * 64


async def test_the_schedule_runs_every_kind(world, monkeypatch):
    seen = []

    async def delete_old(_pool, kind, *, limit):
        seen.append((kind, limit))
        return limit if len(seen) == 1 else 0  # the first kind has more than one batch

    monkeypatch.setattr(schedules, "delete_old", delete_old)
    resources = type("Resources", (), {"pool": world.pool})()
    await schedule._run(resources, schedules.Job(schedule.JobName.DELETE_OLD, None))
    kinds = [kind for kind, _ in seen]
    assert kinds == ["payloads", *schedules.RETENTION]
