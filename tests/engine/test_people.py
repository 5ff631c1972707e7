"""A person in the talk: asked for, taking it, answering, handing back. Over real webhooks and the same effects."""

from datetime import timedelta

from db import escalations
from db.tx import tx


async def listed(salon, **more):
    async with tx(salon.pool, salon.workspace_ids["nail-salon"]) as transaction:
        return await escalations.listing(transaction, **more)


async def operate(salon, act, text="", *, by="Mona", settle=True):
    """What `frontdesk escalations` does."""
    (row,) = await listed(salon, include_closed=True)
    async with tx(salon.pool, salon.workspace_ids["nail-salon"]) as transaction:
        assert await escalations.add_act(transaction, row.conversation_id, act=act, by=by, text=text)
    if settle:
        await salon.settle()


async def conversation(salon):
    (row,) = await salon.rows("SELECT * FROM conversations")
    return row


async def quiet_for(salon, **age):
    """As if the conversation had been with a person for so long."""
    await salon.pool.execute(
        "UPDATE conversations SET human_since = human_since - $1::interval", timedelta(**age)
    )


async def change_settings(salon, **values):
    await salon.pool.execute(
        "UPDATE workspaces SET settings = settings || $2, updated_at = clock_timestamp() WHERE id = $1",
        salon.workspace_ids["nail-salon"],
        values,
    )


async def test_asked_for_a_person(salon):
    phone = salon.phone()
    await phone.say("gel manicure at Plaza please")
    answer = await phone.say("can I talk to a human?")
    assert "team" in answer
    assert "+96550000001" in answer
    (row,) = await listed(salon)
    assert (row.status, row.cause, row.turn, row.times) == ("open", "asked", 2, 1)
    assert row.address == "+96550000123"
    assert "Plaza" in row.summary
    assert (await conversation(salon))["status"] == "human"
    assert await phone.say("hello?") == ""
    stored = await salon.rows("SELECT body FROM messages WHERE direction = 'in' ORDER BY seq")
    assert [each["body"] for each in stored][-1] == "hello?"


async def test_taken_answered_and_handed_back(salon):
    phone = salon.phone()
    await phone.say("gel manicure at Plaza please")
    await phone.say("human")
    await operate(salon, "take")
    (row,) = await listed(salon)
    assert (row.status, row.taken_by) == ("taken", "Mona")
    assert not await salon.rows("SELECT FROM operator_errors WHERE resolved_at IS NULL")
    await operate(salon, "reply", "Hi, this is Mona. How can I help?", settle=False)
    assert await phone.wait() == "Hi, this is Mona. How can I help?"
    said = (
        await salon.rows("SELECT body, payload, delivery_status FROM messages ORDER BY seq DESC LIMIT 1")
    )[0]
    assert said["payload"]["by"] == "Mona"
    await operate(salon, "hand_back")
    (row,) = await listed(salon, include_closed=True)
    assert (row.status, row.closed_by) == ("handed_back", "Mona")
    assert await phone.wait() == ""
    answer = await phone.say("tomorrow afternoon")
    assert "Plaza" in answer
    assert (await conversation(salon))["status"] == "open"


async def test_a_yes_to_a_person_is_none_to_the_bot(salon):
    phone = salon.phone()
    await phone.say("gel manicure at Plaza please")
    await phone.say("human")
    await operate(salon, "reply", "Shall I put you down for 3?")
    await phone.wait()
    await phone.say("yes")
    await operate(salon, "hand_back")
    await phone.say("ok yes")
    assert await salon.orders() == []


async def test_settled_by_a_person_is_not_asked_again(salon):
    phone = salon.phone()
    await phone.say("gel manicure at Plaza please")
    await phone.say("human")
    await operate(salon, "reply", "I've booked you in for tomorrow at 3.")
    await phone.wait()
    await operate(salon, "resolve")
    (row,) = await listed(salon, include_closed=True)
    assert row.status == "resolved"
    answer = await phone.say("thank you so much")
    assert "Gel" not in answer
    assert "?" not in answer


async def test_a_reply_takes_the_conversation(salon):
    phone = salon.phone()
    await phone.say("human")
    await operate(salon, "reply", "Mona here")
    assert (await phone.wait()) == "Mona here"
    (row,) = await listed(salon)
    assert row.status == "taken"


async def test_taking_over_unasked_is_written_down(salon):
    phone = salon.phone()
    await phone.say("hi")
    talk = await conversation(salon)
    async with tx(salon.pool, talk["workspace_id"]) as transaction:
        await escalations.add_act(transaction, talk["id"], act="take", by="Mona")
    await salon.settle()
    (row,) = await listed(salon)
    assert (row.status, row.cause) == ("taken", "taken over")
    assert await phone.say("gel manicure") == ""


async def test_a_person_who_says_nothing_loses_it_to_the_bot(salon):
    phone = salon.phone()
    await phone.say("human")
    await operate(salon, "reply", "one moment")
    await phone.wait()
    await quiet_for(salon, minutes=119)
    assert await phone.say("hello?") == ""
    await operate(salon, "reply", "still here")
    await phone.wait()
    await quiet_for(salon, minutes=119)
    assert await phone.say("hello??") == "", "a person's word begins the quiet time anew"
    await quiet_for(salon, minutes=2)
    assert await phone.say("gel manicure at Plaza") != ""
    (row,) = await listed(salon, include_closed=True)
    assert (row.status, row.closed_by) == ("handed_back", "the quiet time")


async def test_nobody_came(salon):
    phone = salon.phone()
    await phone.say("gel manicure at Plaza")
    await phone.say("human")
    await quiet_for(salon, minutes=121)
    answer = await phone.say("hello?")
    assert "sorry" in answer.lower()
    (row,) = await listed(salon)
    assert row.status == "open", "the team still has the request"


async def test_at_most_three_an_hour(salon):
    phone = salon.phone()
    for _ in range(3):
        assert "team" in await phone.say("human")
        talk = await conversation(salon)
        async with tx(salon.pool, talk["workspace_id"]) as transaction:
            await escalations.add_act(transaction, talk["id"], act="hand_back", by="Mona")
        await salon.settle()
    answer = await phone.say("human")
    assert "+96550000001" in answer
    assert (await conversation(salon))["status"] == "open"
    assert len(await listed(salon, include_closed=True)) == 3
    assert len(await salon.rows("SELECT FROM escalations")) == 3
    await salon.pool.execute("UPDATE escalations SET opened_at = opened_at - interval '61 minutes'")
    await phone.say("human please")
    assert (await conversation(salon))["status"] == "human"


async def test_stop_counts_while_a_person_has_the_talk(salon):
    phone = salon.phone()
    await phone.say("human")
    assert "START" in await phone.say("STOP")
    await operate(salon, "reply", "are you there?", settle=False)
    assert await phone.wait() == "", "who opted out gets no message, not even a person's"
    (sent,) = await salon.rows(
        "SELECT delivery_status, delivery_error FROM messages ORDER BY seq DESC LIMIT 1"
    )
    assert sent["delivery_status"] == "blocked"
    assert "opted out" in sent["delivery_error"]


async def test_a_late_reply_outside_the_window_is_held_back(salon):
    phone = salon.phone()
    await phone.say("human")
    await salon.pool.execute(
        "UPDATE conversations SET last_inbound_at = now() - interval '23 hours 59 minutes'"
    )
    await salon.pool.execute(
        "UPDATE conversations SET last_inbound_at = last_inbound_at - interval '2 minutes'"
    )
    await operate(salon, "reply", "good morning", settle=False)
    assert await phone.wait() == ""
    errors = await salon.rows("SELECT kind FROM operator_errors WHERE resolved_at IS NULL")
    assert {each["kind"] for each in errors} >= {"send_blocked"}


async def test_other_businesses_see_nothing(salon):
    phone = salon.phone()
    await phone.say("human")
    async with tx(salon.pool, salon.workspace_ids["barber-shop"]) as transaction:
        assert await escalations.listing(transaction, include_closed=True) == []
        assert not await escalations.add_act(
            transaction, (await conversation(salon))["id"], act="take", by="Eve"
        )


async def test_a_closed_conversation_takes_no_reply(salon):
    phone = salon.phone()
    await phone.say("human")
    await salon.pool.execute(
        "UPDATE conversations SET status = 'closed', closed_at = now(), human_since = NULL"
    )
    (row,) = await listed(salon)
    async with tx(salon.pool, salon.workspace_ids["nail-salon"]) as transaction:
        assert not await escalations.add_act(
            transaction, row.conversation_id, act="reply", by="Mona", text="hi"
        )
        await escalations.close(transaction, row.conversation_id, status="resolved", by="Mona")
    assert await listed(salon) == []
