"""A customer who asks for a person again and again: they know, and he hears when he may ask again."""

from datetime import timedelta

from db import escalations
from db.tx import tx


async def hand_back(salon):
    """An operator gives the talk back to the bot."""
    workspace_id = salon.workspace_ids["nail-salon"]
    (talk,) = await salon.rows("SELECT id FROM conversations WHERE status <> 'closed'")
    async with tx(salon.pool, workspace_id) as transaction:
        assert await escalations.add_act(transaction, talk["id"], act="hand_back", by="Mona", text="")
    await salon.settle()


async def asked_three_times(salon, phone):
    for _ in range(3):
        assert "team" in await phone.say("can I talk to a human?")
        await hand_back(salon)
        await phone.wait()


async def figures(salon):
    return [
        (await salon.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"]
        for table in ("escalations", "operator_errors")
    ]


async def test_the_fourth_time_within_an_hour_alarms_nobody(salon):
    phone = salon.phone()
    await phone.say("gel manicure at Plaza please")
    await asked_three_times(salon, phone)
    before = await figures(salon)
    answer = await phone.say("can I talk to a human?")
    assert "again" in answer.lower()
    assert ":" in answer, "a time when it is possible again"
    assert "+96550000001" in answer, "and how to reach them directly"
    assert await figures(salon) == before
    (talk,) = await salon.rows("SELECT status FROM conversations")
    assert talk["status"] == "open"
    assert "Plaza" in await phone.say("tomorrow afternoon"), "the booking goes on meanwhile"


async def test_an_hour_later_he_may_ask_again(salon):
    phone = salon.phone()
    await asked_three_times(salon, phone)
    await salon.pool.execute(
        "UPDATE escalations SET opened_at = opened_at - $1::interval", timedelta(minutes=61)
    )
    await phone.say("can I talk to a human?")
    (talk,) = await salon.rows("SELECT status FROM conversations")
    assert talk["status"] == "human"


async def test_how_often_is_a_setting(salon):
    await salon.pool.execute(
        "UPDATE workspaces SET settings = settings || $2, updated_at = clock_timestamp() WHERE id = $1",
        salon.workspace_ids["nail-salon"],
        {"limits": {"escalations_per_hour": 1}},
    )
    phone = salon.phone()
    await phone.say("can I talk to a human?")
    await hand_back(salon)
    await phone.say("can I talk to a human?")
    assert (await figures(salon))[0] == 1
