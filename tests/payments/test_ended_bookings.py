"""Links of bookings that are cancelled or moved, and money that comes all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import payment_settings
from bot.payment_reports import mark_paid, mark_unpaid
from db.tx import tx
from tests.payments.world import STUDIO, Studio
from workers.resources import now


async def cancelled(phone) -> str:
    await phone.say("cancel my booking")
    return await phone.say("yes")


async def test_cancelling_closes_the_link_here_and_at_the_provider(studio: Studio):
    phone, _ = await studio.booked()
    assert "cancelled" in (await cancelled(phone)).lower()
    await studio.look()
    assert [one["status"] for one in await studio.payments()] == ["cancelled"]
    assert [one["status"] for one in await studio.sessions()] == ["expired"]
    assert await phone.wait() == "", "a link that was closed with its booking is no news"
    assert await studio.errors() == []
    assert "http" not in await phone.say("send me the payment link")


async def test_a_payment_after_the_cancellation_is_for_a_person(studio: Studio):
    phone, _ = await studio.booked()
    await studio.salon.fault("stripe", "http_5xx", "expire", probability=1)
    await cancelled(phone)
    for _ in range(9):
        await studio.look()
    assert await studio.errors() == ["payment_link_not_closed"]
    await studio.at_the_page("pay")
    assert await phone.wait() == "", "nobody is told that a cancelled booking is paid"
    assert await studio.errors() == ["paid_after_cancel", "payment_link_not_closed"]
    [booking], [payment] = await studio.bookings(), await studio.payments()
    assert (booking["status"], booking["paid_at"]) == ("cancelled", None)
    assert payment["status"] == "paid", "the money is there, and written down"


async def test_who_pays_while_his_link_is_being_closed_is_found_without_a_webhook(patient: Studio):
    patient.deaf()
    phone, _ = await patient.booked()
    await patient.salon.fault("stripe", "http_5xx", "expire", next_n=1)
    await cancelled(phone)
    await patient.at_the_page("pay")
    await patient.look()
    assert await patient.errors() == ["paid_after_cancel"]


@pytest.mark.parametrize("paid", [False, True], ids=["unpaid", "paid"])
async def test_moving_a_booking_moves_its_payment_along(studio: Studio, paid):
    phone, _ = await studio.booked()
    if paid:
        await studio.at_the_page("pay")
        await phone.wait()
    await phone.say("move my booking to tomorrow at 5pm")
    answer = await phone.say("yes")
    await studio.look()
    sessions = await studio.sessions()
    [booking] = [one for one in await studio.bookings() if one["status"] == "confirmed"]
    assert booking["starts_at"].hour == 14, "5 PM in Kuwait"
    if paid:
        assert [one["status"] for one in sessions] == ["complete"]
        assert booking["payment_status"] == "deposit_paid"
    else:
        assert [one["status"] for one in sessions] == ["expired", "open"]
        assert sessions[1]["url"] in answer
        assert [one["status"] for one in await studio.payments()] == ["cancelled", "open"]
        assert booking["payment_url"] == sessions[1]["url"]


async def test_a_paid_booking_that_is_cancelled_is_settled_by_a_person(studio: Studio):
    phone, _ = await studio.booked()
    await studio.at_the_page("pay")
    await phone.wait()
    asked = await phone.say("cancel my booking")
    assert "paid" in asked.lower()
    await phone.say("yes")
    [error] = await studio.salon.rows("SELECT kind, details FROM operator_errors")
    assert error["kind"] == "refund_due"
    assert error["details"]["paid_minor"] == 5_000


async def test_two_links_paid_for_one_booking(studio: Studio):
    """The first could not be closed, the second was made: both are paid, and a person refunds one."""
    phone, _ = await studio.booked()
    await studio.salon.pool.execute("UPDATE payments SET expires_at = now() + interval '1 minute'")
    await studio.salon.fault("stripe", "http_5xx", "expire", probability=1)
    assert "http" in await phone.say("send me the payment link again")
    assert len(await studio.sessions()) == 2
    await studio.at_the_page("pay", session=0)
    assert "5.000 KWD" in await phone.wait()
    await studio.at_the_page("pay", session=1)
    assert await phone.wait() == ""
    assert "paid_twice" in await studio.errors()
    [booking] = await studio.bookings()
    assert booking["payment_status"] == "deposit_paid"
    assert [one["status"] for one in await studio.payments()] == ["paid", "paid"]


@pytest.mark.parametrize("there_too", [False, True], ids=["only here", "there too"])
async def test_a_page_whose_payment_a_person_has_seen_is_closed(studio: Studio, there_too):
    """He paid in cash. Who pays at the page as well, before it is closed, is not forgotten."""
    await studio.booked()
    [payment] = await studio.payments()
    async with tx(studio.salon.pool, studio.salon.workspace_ids[STUDIO]) as transaction:
        await mark_paid(transaction, payment["id"], by="Dana", at=now())
    if there_too:
        await studio.at_the_page("pay")
    await studio.look()
    assert [one["status"] for one in await studio.sessions()] == ["complete" if there_too else "expired"]
    assert [one["status"] for one in await studio.payments()] == ["paid"]
    assert await studio.errors() == (["paid_twice"] if there_too else [])


async def test_money_that_is_on_its_way_for_weeks_is_for_a_person(studio: Studio):
    studio.deaf()
    await studio.booked()
    await studio.at_the_page("late")
    await studio.look()
    await studio.salon.pool.execute(
        "UPDATE effects SET created_at = now() - interval '15 days' WHERE kind = 'poll_payment'"
    )
    await studio.look()
    assert await studio.errors() == ["payment_not_known"]
    [payment] = await studio.payments()
    assert payment["status"] == "processing"
    async with tx(studio.salon.pool, studio.salon.workspace_ids[STUDIO]) as transaction:
        assert (await mark_unpaid(transaction, payment["id"])).outcome == "cancelled"
    assert [one["status"] for one in await studio.payments()] == ["failed"]
    assert await studio.errors() == []


async def test_so_shortly_before_the_visit_it_is_paid_at_the_place(studio: Studio):
    """No link that outlives the visit's beginning is made, offered anew, or told of."""
    phone, _ = await studio.booked()
    [payment], [booking] = await studio.payments(), await studio.bookings()
    assert payment["expires_at"] <= booking["starts_at"]
    await _begins_in(studio, minutes=40)
    await studio.at_the_page("expire")
    told = await phone.wait()
    assert "run out" in told.lower()
    assert "at our place" in told
    assert not phone.messages[-1].choices, "there is no time for another one"
    assert "at our place" in await phone.say("please send me the payment link again")
    assert len(await studio.sessions()) == 1
    [booking] = await studio.bookings()
    assert (booking["status"], booking["payment_status"]) == ("confirmed", "at_business")


async def test_who_books_at_the_last_moment_is_told_to_pay_at_the_place(studio: Studio, monkeypatch):
    """A link was announced with the confirmation: why none follows is said."""
    monkeypatch.setattr(payment_settings, "SHORTEST_LINK", timedelta(days=30))
    phone, _ = await studio.booked()
    said = " ".join([message.text for message in phone.messages] + [await phone.wait()])
    assert "at our place" in said
    assert await studio.sessions() == []
    [booking] = await studio.bookings()
    assert (booking["status"], booking["payment_status"]) == ("confirmed", "at_business")


async def test_a_link_that_ends_as_the_visit_begins_is_no_news(studio: Studio):
    phone, _ = await studio.booked()
    await _begins_in(studio, minutes=0)
    await studio.at_the_page("expire")
    assert await phone.wait() == ""
    assert [one["status"] for one in await studio.payments()] == ["expired"]
    assert [one["payment_status"] for one in await studio.bookings()] == ["at_business"]


async def _begins_in(studio: Studio, *, minutes: int) -> None:
    await studio.salon.pool.execute(
        "UPDATE bookings SET starts_at = now() + make_interval(mins => $1), ends_at = now() + interval '2 hours'",
        minutes,
    )
