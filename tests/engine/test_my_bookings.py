"""What a customer may know of bookings: his own from anywhere, another's only with its code and contact."""

import pytest

from tests.engine.managing import BARBER, FACADE, V2, booked, confirmed, errors
from tests.salon import now

STRANGER = "+96550000199"


async def code_of(salon):
    (booking,) = await confirmed(salon)
    return booking["confirmation_code"]


async def tries(salon):
    return await salon.rows("SELECT code, booking_id, workspace_id FROM booking_proofs ORDER BY created_at")


async def test_a_lost_link_comes_again_from_the_database(salon):
    phone = salon.phone(FACADE.number, workspace=FACADE.workspace)
    for line in ("gel manicure at Plaza tomorrow at 2pm with Monica, knet", "Sara Test", "skip", "yes"):
        if not await confirmed(salon):
            await phone.say(line)
    (booking,) = await confirmed(salon)
    assert booking["payment_status"] == "pending"
    await salon.pool.execute("UPDATE conversations SET state = NULL")
    await phone.say("what time is my booking?")
    shown = phone.messages[-1]
    links = [link.url for link in shown.links] + shown.text.split()
    assert booking["payment_url"] in links


async def test_the_same_customer_on_another_channel(salon):
    """A phone number is one customer, on WhatsApp and by SMS."""
    await booked(salon, FACADE)
    sms = salon.phone(FACADE.number, workspace=FACADE.workspace, channel="twilio")
    assert "2:00 PM" in await sms.say("when is my appointment?")
    await sms.say("please cancel my appointment")
    await sms.say("yes")
    assert await FACADE.standing(salon) == []


async def test_code_and_phone_open_it_and_the_right_customer_keeps_it(salon):
    await booked(salon, FACADE)
    code = await code_of(salon)
    other = salon.phone(STRANGER, workspace=FACADE.workspace)
    assert "2:00" not in await other.say("I want to move my booking")
    assert "2:00" not in await other.say(f"the code is {code}")
    shown = await other.say("it was booked with +965 5000 0123")
    assert "Gel Manicure" in shown
    for line in ("tomorrow at 5pm", "yes"):
        await other.say(line)
    assert await FACADE.standing(salon) == [FACADE.at(17)]
    (booking,) = await confirmed(salon)
    assert booking["confirmation_code"] == code
    customers = await salon.rows("SELECT id, phone, name FROM customers ORDER BY created_at")
    assert booking["customer_id"] == customers[0]["id"]
    assert customers[1]["phone"] == STRANGER
    assert customers[1]["name"] is None
    assert [one["booking_id"] is not None for one in await tries(salon)] == [True]


@pytest.mark.parametrize("wrong", ["code", "phone"])
async def test_a_wrong_pair_says_the_same(salon, wrong):
    await booked(salon, FACADE)
    code = "ZZZZZ2" if wrong == "code" else await code_of(salon)
    number = "+965 5000 0123" if wrong == "code" else "+965 5000 0777"
    other = salon.phone(STRANGER, workspace=FACADE.workspace)
    await other.say("cancel my booking")
    answer = await other.say(f"code {code}, phone {number}")
    assert "find a booking with that code" in answer or "don't lead me" in answer
    assert "Gel" not in answer
    await other.say("yes")
    assert await FACADE.standing(salon) == [FACADE.at(14)]


async def test_guessing_is_limited_and_counted_in_the_database(salon):
    await booked(salon, FACADE)
    code = await code_of(salon)
    other = salon.phone(STRANGER, workspace=FACADE.workspace)
    await other.say("cancel my booking")
    for number in range(5):
        await other.say(f"code {code}, phone +965 5000 077{number}")
    assert len(await tries(salon)) == 5
    answer = await other.say(f"code {code}, phone +965 5000 0123")
    assert "Gel" not in answer
    assert [one["booking_id"] for one in await tries(salon)] == [None] * 6
    await salon.pool.execute("UPDATE booking_proofs SET created_at = now() - interval '2 hours'")
    assert "Gel" in await other.say(f"code {code}, phone +965 5000 0123")


async def test_many_numbers_that_guess_at_one_code_are_limited_too(salon):
    await booked(salon, FACADE)
    code = await code_of(salon)
    for number in range(10):
        guesser = salon.phone(f"+9655000018{number}", workspace=FACADE.workspace)
        await guesser.say("cancel my booking")
        await guesser.say(f"code {code}, phone +965 5000 0777")
    honest = salon.phone(STRANGER, workspace=FACADE.workspace)
    await honest.say("cancel my booking")
    assert "Gel" not in await honest.say(f"code {code}, phone +965 5000 0123")


async def test_another_business_never_finds_it(salon):
    await booked(salon, FACADE)
    code = await code_of(salon)
    elsewhere = salon.phone(FACADE.number, workspace=V2.workspace)
    assert "2:00" not in await elsewhere.say("what time is my booking?")
    answer = await elsewhere.say(f"code {code}, phone +965 5000 0123")
    assert "Gel" not in answer
    ((one),) = await tries(salon)
    assert one["booking_id"] is None


async def test_a_proof_ends_after_an_hour(salon):
    await booked(salon, FACADE)
    code = await code_of(salon)
    other = salon.phone(STRANGER, workspace=FACADE.workspace)
    await other.say(f"what time is my booking {code}? It was made with +965 5000 0123")
    assert "2:00 PM" in await other.say("what time is my booking?")
    await salon.pool.execute("UPDATE booking_proofs SET created_at = now() - interval '61 minutes'")
    assert "2:00" not in await other.say("what time is my booking?")


async def test_the_usual_comes_from_the_database(salon):
    phone = await booked(salon, BARBER)
    await salon.pool.execute(
        """UPDATE booking_items SET starts_at = starts_at - interval '14 days', ends_at = ends_at - interval '14 days';
           UPDATE bookings SET starts_at = starts_at - interval '14 days', ends_at = ends_at - interval '14 days';
           UPDATE conversations SET last_inbound_at = now() - interval '25 hours'"""
    )
    assert "usual" in (await phone.say("Hi")).lower()
    assert "Haircut" in await phone.say("yes please")
    summary = await phone.say("tomorrow at 3pm")
    assert "Sam Test" in summary
    await phone.say("yes")
    assert len(await confirmed(salon)) == 2
    assert await errors(salon) == []


async def test_a_visit_that_is_over_can_t_be_cancelled(salon):
    phone = await booked(salon, BARBER)
    await salon.pool.execute(
        """UPDATE booking_items SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour';
           UPDATE bookings SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'"""
    )
    await phone.say("cancel my booking")
    await phone.say("yes")
    assert len(await confirmed(salon)) == 1
    assert await salon.rows("SELECT 1 FROM effects WHERE kind = 'cancel_order'") == []


async def test_one_that_has_begun_goes_to_the_team(salon):
    phone = await booked(salon, BARBER)
    await salon.pool.execute(
        "UPDATE bookings SET starts_at = $1::timestamptz, ends_at = $1::timestamptz + interval '1 hour'",
        now(),
    )
    await phone.say("cancel my booking")
    assert await errors(salon) == ["booking_change_wanted"]
    assert len(await confirmed(salon)) == 1
