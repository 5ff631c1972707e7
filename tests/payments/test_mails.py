"""The confirmation waits for the link that it carries, and is never lost with it."""

from __future__ import annotations

import pytest

from tests.mail.conftest import Office, mail_settings
from tests.payments.world import WANTED, Studio
from tests.salon import open_salon


@pytest.fixture
async def office(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path, more=mail_settings(seeded)) as salon:
        yield Office(salon)


async def booked(office):
    phone = office.salon.phone("+96550000123", workspace="massage-studio")
    for line in (WANTED, "Sara Test", "sara@example.com", "yes"):
        await phone.say(line)
        if await Studio(office.salon).bookings():
            break
    return phone


async def test_the_confirmation_carries_the_link_of_the_deposit(office):
    await booked(office)
    [session] = await Studio(office.salon).sessions()
    customer, business = await office.deliver()
    assert "Pay the deposit of 5.000" in customer.text
    assert session["url"] in customer.text
    assert session["url"] in customer.html
    assert "5.000" in business.text
    assert session["url"] not in business.text
    await Studio(office.salon).at_the_page("pay")
    await office.salon.settle()
    assert len(await office.deliver()) == 2, "the chat tells that it was paid"


async def test_without_a_link_the_confirmation_goes_out_all_the_same(office):
    await office.salon.fault("stripe", "http_5xx", "create", probability=1)
    await booked(office)
    assert await office.mails() == []
    for _ in range(10):
        await Studio(office.salon).look()
    customer, _ = await office.deliver()
    assert "You pay at the place" in customer.text


async def test_a_move_after_the_deposit_says_what_is_left(office):
    phone = await booked(office)
    await Studio(office.salon).at_the_page("pay")
    await phone.wait()
    await phone.say("move my booking to tomorrow at 5pm")
    await phone.say("yes")
    mails = [mail for mail in await office.deliver() if not mail.to_business]
    assert "Deposit paid: 5.000" in mails[-1].text
    assert "20.000" in mails[-1].text
