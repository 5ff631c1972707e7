"""A burst of lines gets one answer: the wait lives in the tables, and the clock is moved there, not slept through."""

from datetime import timedelta

import pytest

from bot.channels.simulator.acts import typed
from tests.salon import open_salon


@pytest.fixture
async def patient(salon_dsn, seeded, tmp_path):
    """The salon, where unfinished lines wait for ten minutes: nothing happens before the test says so."""
    async with open_salon(
        salon_dsn, seeded, tmp_path, settle_seconds=600, settle_longest_seconds=900
    ) as salon:
        yield salon


async def later(salon, **time):
    """As if so much time had passed since the lines that wait."""
    passed = timedelta(**time)
    await salon.pool.execute(
        "UPDATE inbox SET received_at = received_at - $1::interval WHERE status = 'waiting'", passed
    )
    await salon.pool.execute("UPDATE conversations SET settle_until = settle_until - $1::interval", passed)


async def waiting(salon):
    return (await salon.rows("SELECT count(*) AS n FROM inbox WHERE status = 'waiting'"))[0]["n"]


async def turns(salon):
    return (await salon.rows("SELECT sum(turn) AS n FROM conversations"))[0]["n"]


async def test_a_burst_gets_one_answer(patient):
    phone = patient.phone()
    for line in ("hi", "I want to book", "gel manicure"):
        assert await phone.say(line) == ""
    assert await waiting(patient) == 3
    await later(patient, seconds=601)
    answer = await phone.wait()
    assert "Gel Manicure" in answer
    assert (await waiting(patient), await turns(patient)) == (0, 1)
    assert len(phone.messages) == 1
    said = await patient.rows("SELECT body FROM messages WHERE direction = 'in' ORDER BY seq")
    assert [each["body"] for each in said] == ["hi", "I want to book", "gel manicure"]


async def test_each_line_begins_the_wait_anew_up_to_the_longest(patient):
    phone = patient.phone()
    await phone.say("hi")
    await later(patient, seconds=500)
    await phone.say("I want to book")
    await later(patient, seconds=300)
    assert await phone.wait() == ""
    await later(patient, seconds=101)
    assert await phone.wait() != "", "900 s after the first"


async def test_what_is_complete_ends_the_wait_for_all(patient):
    phone = patient.phone()
    assert await phone.say("hi") == ""
    answer = await phone.say("how much is a gel manicure?")
    assert "KWD" in answer
    assert (await waiting(patient), await turns(patient)) == (0, 1)


async def test_a_tap_and_a_stop_never_wait(patient):
    phone = patient.phone()
    assert await phone.say("hi") == ""
    assert await phone.say("STOP") != ""
    assert await waiting(patient) == 0


async def test_waiting_counts_as_no_attempt(patient):
    phone = patient.phone()
    await phone.say("hi")
    for _ in range(5):
        await later(patient, seconds=100)
        await patient.pool.execute("UPDATE conversations SET settle_until = NULL")
        await patient.settle()
    (row,) = await patient.rows("SELECT attempts, errors, status FROM inbox")
    assert (row["attempts"], row["errors"], row["status"]) == (0, 0, "waiting")
    (talk,) = await patient.rows("SELECT lease_until, settle_until FROM conversations")
    assert talk["lease_until"] is None
    assert talk["settle_until"] is not None


async def test_a_line_that_came_while_it_was_decided_is_taken_at_once(patient):
    """The wait is not begun over a message that the turn didn't see."""
    await patient.phone().say("hi")
    (talk,) = await patient.rows("SELECT id, fence FROM conversations")
    (row,) = await patient.rows("SELECT id FROM inbox")
    await patient.pool.execute("UPDATE conversations SET settle_until = NULL")
    assert await patient.phone().post(typed("are you open?")) == 200
    begun = await patient.pool.fetchval(
        "SELECT settle_turn($1, $2, $3, 600)", talk["id"], talk["fence"], [row["id"]]
    )
    assert begun is False
    (after,) = await patient.rows("SELECT settle_until FROM conversations")
    assert after["settle_until"] is None


async def test_somebody_elses_lease_is_left_alone(patient):
    await patient.phone().say("hi")
    (talk,) = await patient.rows("SELECT id, fence FROM conversations")
    (row,) = await patient.rows("SELECT id, attempts FROM inbox")
    begun = await patient.pool.fetchval(
        "SELECT settle_turn($1, $2, $3, 600)", talk["id"], talk["fence"] - 1, [row["id"]]
    )
    assert begun is False
    assert (await patient.rows("SELECT attempts FROM inbox"))[0]["attempts"] == row["attempts"]


async def test_without_a_window_nothing_waits(salon):
    phone = salon.phone()
    assert await phone.say("hi") != ""
    assert await turns(salon) == 1
