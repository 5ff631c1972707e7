"""A payment link's whole life in a chat: made after the booking, paid, failed, run out, asked for again."""

from __future__ import annotations

import pytest

from db import failpoints
from db.tx import tx
from tests.payments.world import STUDIO


async def test_a_booking_is_confirmed_with_its_link_and_paid_once(studio):
    phone, answer = await studio.booked()
    [session] = await studio.sessions()
    assert session["amount_total"] == 5_000, "a fifth of 25.000 KWD"
    assert session["currency"] == "kwd"
    assert "deposit of 5.000 KWD" in answer
    assert session["url"] in answer
    [booking] = await studio.bookings()
    assert (booking["status"], booking["payment_status"]) == ("confirmed", "pending")
    [payment] = await studio.payments()
    assert payment["status"] == "open"
    assert (payment["url"], payment["amount_minor"], payment["purpose"]) == (session["url"], 5_000, "deposit")
    await studio.at_the_page("pay")
    told = await phone.wait()
    assert "5.000 KWD" in told
    assert "20.000 KWD" in told, "what is left to pay"
    [booking] = await studio.bookings()
    [payment] = await studio.payments()
    assert (booking["payment_status"], payment["status"], payment["paid_by"]) == (
        "deposit_paid",
        "paid",
        "webhook",
    )
    assert booking["paid_at"] == payment["paid_at"] is not None
    assert await studio.events() == ["payment_paid"]
    assert await studio.errors() == []
    assert "deposit" in (await phone.say("my booking")).lower()


async def test_the_whole_price_is_paid_and_told_as_paid(studio):
    await studio.settings(payment={"provider": "stripe"})
    phone, answer = await studio.booked()
    assert "25.000 KWD with the link" in answer or "link for 25.000 KWD" in answer
    await studio.at_the_page("pay")
    assert "25.000 KWD" in await phone.wait()
    [booking] = await studio.bookings()
    assert booking["payment_status"] == "paid"


@pytest.mark.parametrize("what", ["twice", "pay"])
async def test_being_told_twice_changes_nothing(studio, what):
    phone, _ = await studio.booked()
    await studio.at_the_page(what)
    await studio.at_the_page("again")
    told = await phone.wait()
    assert told.count("5.000 KWD. Thank you") + told.count("deposit of 5.000 KWD has arrived") == 1
    outcomes = await studio.events()
    assert (outcomes.count("payment_paid"), set(outcomes)) == (1, {"payment_paid", "known_paid"})
    assert await studio.errors() == []
    assert [one["status"] for one in await studio.payments()] == ["paid"]


async def test_a_slow_payment_fails_late_and_another_link_is_a_tap_away(studio):
    phone, _ = await studio.booked()
    await studio.at_the_page("late")
    told = await phone.wait()
    assert "processed" in told or "on its way" in told
    assert [one["status"] for one in await studio.payments()] == ["processing"]
    assert "pay again" in await phone.say("send me the link again"), "no, not while one is on its way"
    await studio.at_the_page("fail")
    told = await phone.wait()
    assert "booking stands" in told
    [booking] = await studio.bookings()
    assert (booking["status"], booking["payment_status"]) == ("confirmed", "expired")
    again = await phone.tap("new link")
    assert len(await studio.sessions()) == 2
    assert (await studio.sessions())[1]["url"] in again
    await studio.at_the_page("pay")
    await phone.wait()
    assert [one["status"] for one in await studio.payments()] == ["failed", "paid"]
    assert await studio.errors() == []


async def test_a_slow_payment_arrives(studio):
    phone, _ = await studio.booked()
    await studio.at_the_page("late")
    await studio.at_the_page("arrive")
    assert "5.000 KWD" in await phone.wait()
    assert [one["status"] for one in await studio.payments()] == ["paid"]


async def test_a_link_that_ran_out_is_said_and_made_anew_when_it_is_asked_for(studio):
    phone, first = await studio.booked(studio.customer(channel="twilio"))
    assert "http" in first
    await studio.at_the_page("expire")
    assert "booking stands" in (await phone.wait()).lower()
    answer = await phone.say("please send me the payment link again")
    sessions = await studio.sessions()
    assert [one["status"] for one in sessions] == ["expired", "open"]
    assert sessions[1]["url"] in answer
    assert sessions[1]["url"] in await phone.say("sorry, the link once more please"), "the one that is open"
    assert len(await studio.sessions()) == 2
    assert [one["status"] for one in await studio.payments()] == ["expired", "open"]


async def test_in_arabic(studio):
    phone = studio.customer("+96550000124")
    for line in ("مرحبا، أبي مساج استرخاء مع مايا باچر الساعة 3 العصر", "سارة", "تخطي", "نعم"):
        answer = await phone.say(line)
        if await studio.bookings():
            break
    assert "العربون" in answer
    [session] = await studio.sessions()
    assert session["title"] == "عربون - مساج استرخاء"
    assert session["success_url"].endswith("/pay/ok?lang=ar")
    await studio.at_the_page("expire")
    await phone.wait()
    assert (await studio.sessions())[0]["url"] is None
    assert "http" in await phone.say("ارسل لي رابط الدفع مرة ثانية")
    assert len(await studio.sessions()) == 2


@pytest.mark.parametrize("fault", ["accepted_then_reset", "accepted_then_5xx", "rate_limited", "http_5xx"])
async def test_a_lost_answer_makes_no_second_link(studio, fault):
    await studio.salon.fault("stripe", fault, "create", next_n=2, ms=0)
    phone, answer = await studio.booked()
    for _ in range(4):
        await studio.look()
        answer += await phone.wait()
    [session] = await studio.sessions()
    assert answer.count(session["url"]) == 1
    assert [(one["status"], one["attempt"]) for one in await studio.payments()] == [("open", 1)]
    assert await studio.errors() == []


async def test_a_process_that_dies_around_the_call_makes_no_second_link(studio):
    for point in ("link.before_call", "link.after_call"):
        failpoints.arm(f"{point}=raise:1")
        number, hour = {"link.before_call": ("+96550000131", 3), "link.after_call": ("+96550000132", 5)}[
            point
        ]
        wanted = f"relaxing massage with Maya tomorrow at {hour}pm"
        try:
            phone = studio.customer(number)
            for line in (wanted, "Sara Test", "skip", "yes"):
                await phone.say(line)
        finally:
            failpoints.arm("")
    await studio.salon.pool.execute(
        "UPDATE effects SET claim_until = now() - interval '1 s' WHERE status = 'in_flight'"
    )
    for _ in range(3):
        await studio.salon.settle()
        await studio.look()
    sessions = await studio.sessions()
    assert len(sessions) == 2
    assert {one["client_reference_id"] for one in sessions} == {
        str(one["id"]) for one in await studio.bookings()
    }
    assert [one["status"] for one in await studio.payments()] == ["open", "open"]


async def test_a_payment_page_that_is_down_keeps_no_booking_back(studio):
    await studio.salon.fault("stripe", "http_5xx", "create", probability=1)
    phone, answer = await studio.booked()
    assert "confirm" in answer.lower()
    assert "payment link" in answer, "it follows"
    for _ in range(10):
        await studio.look()
    assert "Massage Studio" in await phone.wait()
    [booking] = await studio.bookings()
    assert (booking["status"], booking["payment_status"]) == ("confirmed", "at_business")
    assert await studio.errors() == ["payment_link_failed"]
    assert [one["status"] for one in await studio.payments()] == ["failed"]


async def test_without_webhooks_a_payment_is_noticed_by_asking(studio):
    studio.deaf()
    phone, _ = await studio.booked()
    await studio.look()
    assert [one["status"] for one in await studio.payments()] == ["open"]
    await studio.at_the_page("pay")
    await studio.look()
    assert "5.000 KWD" in await phone.wait()
    [payment] = await studio.payments()
    assert (payment["status"], payment["paid_by"]) == ("paid", "poll")
    waiting = await studio.salon.rows(
        "SELECT id FROM effects WHERE kind = 'poll_payment' AND status = 'pending'"
    )
    assert waiting == []


async def test_a_static_address_is_told_and_an_operator_says_that_it_was_paid(studio):
    from bot.payment_reports import mark_paid
    from workers.resources import now

    url = "https://pay.example.com/massage"
    await studio.settings(payment={"provider": "static", "url": url})
    phone, answer = await studio.booked()
    assert "25.000 KWD" in answer
    assert [link.url for link in phone.messages[-1].links] == [url]
    assert await studio.sessions() == [], "nobody is called"
    [payment] = await studio.payments()
    assert (payment["status"], payment["link_id"]) == ("open", None)
    assert payment["expires_at"] == (await studio.bookings())[0]["starts_at"]
    async with tx(studio.salon.pool, studio.salon.workspace_ids[STUDIO]) as transaction:
        await mark_paid(transaction, payment["id"], by="Dana", at=now())
    assert "25.000 KWD" in await phone.wait()
    [payment] = await studio.payments()
    assert (payment["status"], payment["paid_by"]) == ("paid", "Dana")
