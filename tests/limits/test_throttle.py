"""More than the limit within a minute: stored, acknowledged, answered once, and merged into what comes next."""

from datetime import timedelta

import pytest

from bot.channels.simulator.acts import typed

LIMIT = 5


@pytest.fixture
async def limited(salon):
    await salon.pool.execute(
        "UPDATE workspaces SET settings = settings || $2, updated_at = clock_timestamp() WHERE id = $1",
        salon.workspace_ids["nail-salon"],
        {"limits": {"messages_per_minute": LIMIT}},
    )
    return salon


async def flood(phone, lines):
    """Sends without waiting for answers, as somebody does who hammers."""
    for line in lines:
        assert await phone.post(typed(line)) == 200


async def a_minute_later(salon):
    passed = timedelta(seconds=61)
    await salon.pool.execute(
        "UPDATE inbox SET due_at = due_at - $1::interval, received_at = received_at - $1::interval"
        " WHERE status = 'waiting'",
        passed,
    )
    await salon.pool.execute("UPDATE conversations SET burst_from = burst_from - $1::interval", passed)


async def kept(salon):
    return await salon.rows(
        "SELECT payload ->> 'text' AS text, throttled, status FROM inbox WHERE kind = 'customer_message' ORDER BY id"
    )


async def test_over_the_limit_is_kept_and_said_once_and_heard_later(limited):
    phone = limited.phone()
    await flood(phone, ["hi"] * LIMIT)
    await phone.wait()
    await flood(phone, ["gel manicure", "at Plaza", "tomorrow at 2pm"])
    answer = await phone.wait()
    assert "a lot at once" in answer
    assert len(phone.messages) == 2, "one reply before, one line about waiting"
    assert [row["throttled"] for row in await kept(limited)] == [False] * LIMIT + [True] * 3
    await flood(phone, ["please"])
    assert await phone.wait() == "", "said once a minute"

    await a_minute_later(limited)
    answer = await phone.wait()
    assert "Gel Manicure" in answer
    assert "Plaza" in answer
    assert len(phone.messages) == 3, "one answer to everything"
    assert {row["status"] for row in await kept(limited)} == {"done"}
    shown = await limited.rows("SELECT body, payload FROM messages WHERE direction = 'in' ORDER BY seq")
    assert [row["body"] for row in shown] == ["hi"] * 5 + [
        "gel manicure",
        "at Plaza",
        "tomorrow at 2pm",
        "please",
    ]
    assert [bool(row["payload"].get("throttled")) for row in shown] == [False] * 5 + [True] * 4


async def test_the_next_minute_counts_anew(limited):
    phone = limited.phone()
    await flood(phone, ["hi"] * (LIMIT + 1))
    await phone.wait()
    await a_minute_later(limited)
    await phone.wait()
    assert await phone.say("gel manicure at Plaza") != ""
    assert not (await kept(limited))[-1]["throttled"]


async def test_the_next_message_after_the_minute_takes_along_what_waited(limited):
    phone = limited.phone()
    await flood(phone, ["hi"] * LIMIT)
    await phone.wait()
    await flood(phone, ["gel manicure"])
    await phone.wait()
    await a_minute_later(limited)
    answer = await phone.say("at Plaza")
    assert "Gel Manicure" in answer
    assert "Plaza" in answer


async def test_an_operator_does_not_wait_behind_what_is_held_back(limited):
    from db import escalations
    from db.tx import tx

    phone = limited.phone()
    await flood(phone, ["hi"] * (LIMIT + 2))
    await phone.wait()
    (talk,) = await limited.rows("SELECT id FROM conversations")
    async with tx(limited.pool, limited.workspace_ids["nail-salon"]) as transaction:
        assert await escalations.add_act(transaction, talk["id"], act="reply", by="Mona", text="Mona here")
    assert await phone.wait() == "Mona here"


async def test_a_person_reads_at_his_own_pace(limited):
    phone = limited.phone()
    await phone.say("can I talk to a human?")
    await flood(phone, ["hello?"] * (LIMIT + 3))
    assert await phone.wait() == ""
    assert not any(row["throttled"] for row in await kept(limited))


async def test_copies_of_one_message_are_not_counted(limited):
    phone = limited.phone()
    for _ in range(LIMIT * 2):
        assert await phone.post(typed("hi"), id="wamid.the-same") == 200
    await phone.wait()
    assert [row["throttled"] for row in await kept(limited)] == [False]


async def test_another_customer_is_not_slowed_down(limited):
    loud, quiet = limited.phone(), limited.phone("+96550000124")
    await flood(loud, ["hi"] * (LIMIT + 2))
    assert await quiet.say("gel manicure at Plaza") != ""
    assert not (await kept(limited))[-1]["throttled"]


async def test_in_arabic(limited):
    phone = limited.phone()
    await phone.say("مرحبا")
    await flood(phone, ["مرحبا"] * LIMIT)
    assert "لحظة" in await phone.wait()
