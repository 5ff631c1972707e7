"""One action shape everywhere: reply or link button on WhatsApp, "1" or a short link by SMS, a button on the web."""

import asyncio
from uuid import uuid4

import pytest

from bot.channels.simulator.acts import message_id, tapped, typed
from tests.handoff.world import books_elsewhere
from tests.salon import open_salon
from tests.webchat.talks import BARBER, SALON
from tests.webchat.test_leads import token
from tests.webchat.world import Page

SHAPE = {"type", "handling", "bookingIntentId", "label", "summaryVersion"}


@pytest.fixture
async def world(salon_dsn, seeded, tmp_path):
    async with open_salon(
        salon_dsn, seeded, tmp_path, live_tick_seconds=0.02, chat_wait_seconds=20
    ) as opened:
        yield opened


async def stored_action(salon):
    """The action of the newest message that has one, and its intent as it stands beside it."""
    found = await salon.rows(
        "SELECT m.payload -> 'actions' -> 0 AS action, i.status, i.handling, i.summary_version, i.workspace_id "
        "FROM messages m JOIN booking_intents i ON i.id::text = m.payload -> 'actions' -> 0 ->> 'bookingIntentId' "
        "WHERE m.payload ? 'actions' ORDER BY m.turn DESC LIMIT 1"
    )
    assert found, "an action never leaves without its intent"
    return found[0]


async def summary_of(phone, lines):
    for line in lines:
        await phone.say(line)
    return phone.messages[-1]


@pytest.mark.parametrize("channel", ["whatsapp", "twilio"])
async def test_book_now_by_message_is_the_same_action_and_one_order(world, channel):
    phone = world.phone(channel=channel)
    shown = await summary_of(phone, [SALON[0], "Sara Test", SALON[3]])
    stored = await stored_action(world)
    action = stored["action"]
    assert set(action) == SHAPE
    assert (action["handling"], stored["handling"], stored["status"]) == ("internal", "internal", "intent")
    assert action["summaryVersion"] == stored["summary_version"]
    book = shown.choices[0]
    if channel == "whatsapp":
        assert book.id == f"finalize:{action['bookingIntentId']}:{action['summaryVersion']}"
        act = tapped(book)
    else:
        assert "1. Book now" in shown.text
        act = typed("1")
    first, second = f"tap-{uuid4().hex}", f"tap-{uuid4().hex}"
    ids = [message_id(phone.account.channel, one) for one in (first, second)]
    assert await asyncio.gather(*(phone.post(act, id=one) for one in (*ids, *ids))) == [200] * 4
    text = await phone.wait()
    (booking,) = await world.rows("SELECT * FROM bookings WHERE status <> 'held'")
    assert booking["confirmation_code"] in text
    assert len(await world.orders()) == 1


@pytest.mark.parametrize("channel", ["whatsapp", "twilio"])
async def test_an_external_action_by_message_is_a_link_to_our_page(world, channel):
    await books_elsewhere(world, workspace="nail-salon")
    phone = world.phone(channel=channel)
    await summary_of(phone, ["I want a gel manicure at Plaza tomorrow at 2pm", "Sara Test"])
    stored = await stored_action(world)
    action = stored["action"]
    (handoff,) = await world.rows("SELECT token FROM handoffs")
    link = f"http://127.0.0.1:{world.seeded.web_port}/h/{handoff['token']}"
    assert set(action) == SHAPE | {"externalUrl"}
    assert (action["handling"], stored["handling"], action["externalUrl"]) == ("external", "external", link)
    assert action["summaryVersion"] == stored["summary_version"]
    sent = await world.sandbox_get(
        "/_sandbox/messages",
        channel="meta" if channel == "whatsapp" else "twilio",
        account=phone.account.address
        if channel == "whatsapp"
        else str(phone.account.settings["account_sid"]),
        to=phone.customer.phone,
        after=0,
    )
    assert link in str(sent["messages"][-1]["payload"])
    assert not any(choice.id.startswith("finalize:") for one in phone.messages for choice in one.choices)


async def test_a_program_finalizes_what_was_agreed_by_message_and_opens_no_window(world):
    """The customer said nothing on WhatsApp: what may be sent there is as before."""
    phone = world.phone()
    await summary_of(phone, [SALON[0], "Sara Test", SALON[3]])
    action = (await stored_action(world))["action"]
    await world.pool.execute("UPDATE conversations SET last_inbound_at = now() - interval '3 hours'")
    (before,) = await world.rows("SELECT last_inbound_at FROM conversations")
    program = Page(world, headers={"Authorization": f"Bearer {await token(world)}"})
    answer = await program.finalize(action, headers=program.headers)
    assert answer.json()["status"] == "confirmed", answer.text
    assert await world.rows("SELECT last_inbound_at FROM conversations") == [before]
    foreign = {"Authorization": f"Bearer {await token(world, workspace='barber-shop')}"}
    assert (await program.finalize(action, headers=foreign)).status_code == 404


async def test_in_the_own_calendar_as_well(world):
    page = await Page(world, workspace="barber-shop").open()
    found = await page.send(text=BARBER[0].replace(" on monday at 11am", ""))
    while not found["messages"][-1]["actions"]:  # a day, then a time: whatever is free when this runs
        choice = found["messages"][-1]["choices"][0]
        found = await page.send(choice={"id": choice["id"], "title": choice["title"]})
    action = page.action
    assert action["handling"] == "internal"
    found = (await page.finalize(action)).json()
    (booking,) = await world.rows("SELECT * FROM bookings WHERE status <> 'held'")
    assert (found["status"], found["confirmationCode"]) == ("confirmed", booking["confirmation_code"])
