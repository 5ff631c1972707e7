"""Free times that grew old are pulled anew just when a conversation needs them; if that can't be, it is said."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from db import sync_runs
from db.tx import tx
from tests.salon import open_salon
from workers.catalog import Catalog

ASK = "I want a gel manicure at Plaza tomorrow at 2pm"
WORD = "when you confirm"


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    """Turns wait for fresh times, as they do outside of tests."""
    async with open_salon(salon_dsn, seeded, tmp_path, refresh_wait_seconds=5) as salon:
        yield salon


@asynccontextmanager
async def catalog_process(salon):
    stopping = asyncio.Event()
    task = asyncio.create_task(Catalog(salon.resources, poll_seconds=0.05).run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


async def grow_old(salon):
    """As if nobody had synced since yesterday."""
    await salon.pool.execute("UPDATE slots SET valid_until = now() - interval '1 second'")
    await salon.pool.execute(
        "UPDATE sync_runs SET requested_at = requested_at - interval '1 day',"
        " started_at = started_at - interval '1 day', finished_at = finished_at - interval '1 day'"
    )


async def runs(salon):
    rows = await salon.rows("SELECT kind, status FROM sync_runs WHERE trigger = 'conversation'")
    return [(row["kind"], row["status"]) for row in rows]


async def test_fresh_times_ask_nobody(salon):
    assert WORD not in await salon.phone().say(ASK)
    assert await runs(salon) == []


async def test_many_who_ask_at_once_make_one_run_and_see_its_times(salon):
    """Somebody booked the time at the salon's own desk since the last sync."""
    await grow_old(salon)
    phones = [salon.phone(f"+9655000013{number}") for number in range(6)]
    reads_before = len(await salon.ledger("nailit"))
    async with catalog_process(salon):
        answers = await asyncio.gather(*(phone.say(ASK) for phone in phones))
    assert all(answers), answers
    assert not any(WORD in answer for answer in answers), answers
    assert await runs(salon) == [("slots", "done")]
    assert len(await salon.ledger("nailit")) >= reads_before
    # Fresh again: the next customer waits for nothing.
    assert await salon.phone("+96550000140").say(ASK)
    assert len(await runs(salon)) == 1


async def test_what_changed_since_is_seen_by_the_customer_who_asks(salon):
    """The tables know nothing of tomorrow; the booking system does."""
    await grow_old(salon)
    await salon.pool.execute("DELETE FROM slots")
    async with catalog_process(salon):
        phone = salon.phone()
        await phone.say(ASK)
    answers = [await phone.say(line) for line in ("anyone", "Sara Test", "skip", "pay on arrival")]
    assert len(await salon.orders()) == 1, answers


async def test_a_stopped_provider_leaves_the_old_times_with_a_word_said_once(salon):
    await grow_old(salon)
    await salon.fault("nailit", "blackout", probability=1)
    phone = salon.phone()
    async with catalog_process(salon):
        first = await phone.say("I want a gel manicure at Plaza tomorrow")
        assert WORD in first
        titles = [choice.title for shown in phone.messages for choice in shown.choices]
        assert any(":" in title for title in titles), titles
        second = await phone.say("at 2pm")
        assert second
        assert WORD not in second
        # Within the minute nobody waits for it again, and nothing is asked of it.
        other = salon.phone("+96550000124")
        async with asyncio.timeout(4):
            assert WORD in await other.say(ASK)
    assert await runs(salon) in ([("slots", "failed")], [("slots", "running")], [("slots", "requested")])
    answer = await http_delete_faults(salon)
    assert answer < 300
    answers = [await phone.say(line) for line in ("anyone", "Sara Test", "skip", "pay on arrival")]
    assert len(await salon.orders()) == 1, answers


async def http_delete_faults(salon):
    url = f"http://127.0.0.1:{salon.seeded.sandbox_port}/_sandbox/faults"
    return (await salon.http.delete(url)).status_code


async def test_an_old_nothing_is_not_told_as_a_fact(salon):
    await grow_old(salon)
    await salon.pool.execute("DELETE FROM slots")
    workspace_id = salon.workspace_ids["nail-salon"]
    async with tx(salon.pool, workspace_id) as connection:
        run = await sync_runs.start_run(connection, kind="slots", trigger="schedule", claim_seconds=60)
        assert await sync_runs.finish_run(connection, run.id, status="failed", counts={}, error="down")
    answer = await salon.phone().say(ASK)
    assert "right now" in answer or "at the moment" in answer
    assert "no free time" not in answer
    assert await runs(salon) == []


async def test_arabic_says_so_too(salon):
    await grow_old(salon)
    await salon.fault("nailit", "blackout", probability=1)
    async with catalog_process(salon):
        answer = await salon.phone().say("ابغى gel manicure بكرا الساعة 2 في بلازا")
    assert "لما تأكد" in answer


async def test_without_a_catalog_process_a_turn_still_ends_in_time(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path, refresh_wait_seconds=0.3) as salon:
        await grow_old(salon)
        async with asyncio.timeout(5):
            assert WORD in await salon.phone().say(ASK)
        assert await runs(salon) == [("slots", "requested")]
