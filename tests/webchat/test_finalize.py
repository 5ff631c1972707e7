"""Book Now: one act however often and from wherever it comes, and its five answers."""

import asyncio

import pytest

from tests.handoff.world import URL, books_elsewhere, row
from tests.webchat.talks import BARBER, SALON, to_summary
from tests.webchat.world import Page, served


async def statuses(salon):
    (intent,) = await salon.rows("SELECT status, handling FROM booking_intents")
    bookings = await salon.rows("SELECT status FROM bookings WHERE status <> 'held'")
    return intent["status"], intent["handling"], [each["status"] for each in bookings]


async def test_a_tap_places_the_order_and_answers_with_the_code(salon, page):
    action = await to_summary(page)
    assert (action["type"], action["handling"]) == ("BOOKING_FINALIZE", "internal")
    assert "externalUrl" not in action
    assert await statuses(salon) == ("intent", "internal", [])

    answer = await page.finalize(action)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    (booking,) = await salon.rows("SELECT * FROM bookings")
    (order,) = await salon.orders()
    assert found["status"] == "confirmed"
    assert found["confirmationCode"] == booking["confirmation_code"]
    assert "checkoutUrl" not in found, "paid on arrival"
    assert booking["provider_order_id"] == str(order["order_id"])
    assert await statuses(salon) == ("confirmed", "internal", ["confirmed"])

    history = (await page.call("GET", "/api/widget/messages", headers=page.bearer)).json()
    told = [m for m in history["messages"] if m["direction"] == "out"][-1]
    assert booking["confirmation_code"] in told["assistantMessage"]


async def test_a_double_click_two_tabs_and_a_retry_are_one(salon, page):
    action = await to_summary(page)
    one, two, three = await served(salon, asyncio.gather(*(Page.finalize(page, action) for _ in range(3))))
    again = await page.finalize(action)
    assert {each.json()["status"] for each in (one, two, three, again)} == {"confirmed"}
    assert len({each.json()["confirmationCode"] for each in (one, two, three, again)}) == 1
    assert len(await salon.orders()) == 1
    taps = await salon.rows("SELECT id FROM inbox WHERE source = 'finalize'")
    assert len(taps) == 1


async def test_a_tap_and_a_yes_in_words_at_once_make_one_order(salon, page):
    action = await to_summary(page)
    told, said = await served(salon, asyncio.gather(page.finalize(action), page.send(text="yes please")))
    assert told.json()["status"] == "confirmed"
    assert said
    assert len(await salon.orders()) == 1


async def test_an_order_that_is_to_be_paid_online_answers_with_its_page(salon, page):
    action = await to_summary(page, [SALON[0].replace("pay on arrival", "knet"), *SALON[1:]])
    found = (await page.finalize(action)).json()
    (booking,) = await salon.rows("SELECT payment_url FROM bookings")
    assert (found["status"], found["checkoutUrl"]) == ("confirmed", booking["payment_url"])


async def test_each_way_of_paying_is_a_yes_of_its_own_and_only_one_counts(salon, page):
    await to_summary(page, [SALON[0].replace(", pay on arrival", ""), *SALON[1:]])
    actions = page.messages[max(page.messages)]["actions"]
    assert len(actions) > 1
    answers = await served(salon, asyncio.gather(*(page.finalize(action) for action in actions)))
    assert "confirmed" in {each.json()["status"] for each in answers}
    assert len(await salon.orders()) == 1


async def test_after_a_change_the_old_button_answers_with_the_new_summary(salon, page):
    old = await to_summary(page)
    await page.say("actually at 4pm")
    new = page.action
    assert new["summaryVersion"] != old["summaryVersion"]
    stale = (await page.finalize(old)).json()
    assert stale["status"] == "stale"
    assert stale["summary"]["actions"][0] == new
    assert "4:00" in stale["summary"]["assistantMessage"]
    assert await salon.orders() == []

    assert (await page.finalize(new)).json()["status"] == "confirmed"
    assert (await page.finalize(old)).json()["status"] == "confirmed", "what is booked is booked"
    assert len(await salon.orders()) == 1


async def test_a_summary_that_came_back_may_be_said_yes_to(salon, page):
    """To four and back: its version is the one whose tap was stale a moment ago."""
    first = await to_summary(page)
    await page.say("actually at 4pm")
    assert (await page.finalize(first)).json()["status"] == "stale"
    await page.say("no, back to 2pm")
    assert page.action["summaryVersion"] == first["summaryVersion"]
    assert (await page.finalize(page.action)).json()["status"] == "confirmed"


async def test_a_time_that_was_taken_meanwhile_is_stale_with_other_times(salon, page):
    action = await to_summary(page)
    await salon.fault("nailit", "slot_taken", "AddOrder")
    found = (await page.finalize(action)).json()
    assert found["status"] == "stale"
    assert found["summary"]["choices"], "other times are offered"
    assert await salon.orders() == []


async def test_an_order_whose_answer_is_lost_is_pending_and_stays_so(salon, page):
    action = await to_summary(page)
    await salon.fault("nailit", "accepted_then_reset", "AddOrder")
    found = (await page.finalize(action)).json()
    assert found["status"] == "pending"
    await salon.settle()
    assert (await page.finalize(action)).json()["status"] == "pending"
    assert len(await salon.orders()) <= 1


async def test_a_cancelled_booking_is_not_booked_again_by_its_old_button(salon, page):
    action = await to_summary(page)
    assert (await page.finalize(action)).json()["status"] == "confirmed"
    await salon.pool.execute(
        "UPDATE bookings SET status = 'cancelled', cancelled_at = now(), cancel_reason = 'test'"
    )
    found = (await page.finalize(action)).json()
    assert found["status"] == "stale"
    assert "summary" not in found
    assert len(await salon.orders()) == 1


@pytest.fixture
async def elsewhere(salon):
    """A page of a business whose customers finish elsewhere."""
    await books_elsewhere(salon, utm_campaign="autumn")
    return await Page(salon, workspace="barber-shop").open()


async def test_an_external_action_leads_to_the_booking_page_and_notes_it(salon, elsewhere):
    action = await to_summary(elsewhere, BARBER)
    assert action["handling"] == "external"
    (handoff,) = await salon.rows("SELECT token, status FROM handoffs")
    assert action["externalUrl"].endswith(f"/h/{handoff['token']}")
    assert (handoff["status"], (await statuses(salon))[:2]) == ("new", ("intent", "external"))

    found = (await elsewhere.finalize(action)).json()
    assert found["status"] == "redirected"
    assert found["redirectUrl"].startswith(URL)
    assert "utm_campaign=autumn" in found["redirectUrl"]
    stored = await row(salon, handoff["token"])
    assert (stored["status"], stored["intent_status"]) == ("redirected", "redirected")
    assert stored["timeline"] == ["created", "redirected"]

    again = (await elsewhere.finalize(action)).json()
    assert again["redirectUrl"] == found["redirectUrl"]
    assert (await row(salon, handoff["token"]))["timeline"] == ["created", "redirected"]
    assert await salon.rows("SELECT id FROM bookings") == []


async def test_an_old_external_button_is_stale_too(salon, elsewhere):
    old = await to_summary(elsewhere, BARBER)
    await elsewhere.say("make it a beard trim on tuesday")
    found = (await elsewhere.finalize(old)).json()
    assert found["status"] == "stale"
    assert found["summary"]["actions"][0]["summaryVersion"] != old["summaryVersion"]
    (handoff,) = await salon.rows("SELECT status FROM handoffs")
    assert handoff["status"] == "new"


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "https://user:pw@square.site/book"])
async def test_a_page_that_is_gone_or_unsafe_meanwhile_is_a_fallback(salon, elsewhere, url):
    """Whatever stands in the tables by now: nobody is led there, and an operator hears of it."""
    action = await to_summary(elsewhere, BARBER)
    await salon.pool.execute("ALTER TABLE handoffs DROP CONSTRAINT handoffs_booking_url_check")
    await salon.pool.execute("UPDATE handoffs SET booking_url = $1", url)
    found = (await elsewhere.finalize(action)).json()
    assert found["status"] == "fallback"
    assert found["contact"] == {"phone": "+15550100", "email": "desk@example.com", "website": ""}
    assert "+15550100" in found["message"]
    (error,) = await salon.rows("SELECT kind FROM operator_errors")
    assert error["kind"] == "booking_url"
    (lead,) = await salon.rows("SELECT status FROM leads")
    assert lead["status"] == "qualified", "what is wished is kept"
    assert (await statuses(salon))[0] == "intent"


async def test_without_any_page_the_wish_is_kept_and_the_line_says_how_to_reach_them(salon):
    await books_elsewhere(salon, url="")
    page = await Page(salon, workspace="barber-shop").open()
    text = await page.say(BARBER[0])
    assert "+15550100" in text
    assert not any(message.get("actions") for message in page.messages.values())
    (intent,) = await salon.rows("SELECT id, handling, external_url, summary_version FROM booking_intents")
    assert (intent["handling"], intent["external_url"]) == ("external", None)
    found = (await page.finalize({"bookingIntentId": str(intent["id"]), "summaryVersion": "abc123"})).json()
    assert found["status"] == "fallback"
