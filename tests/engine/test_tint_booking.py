"""A car shop is booked by chat: the appointment stands in ShopMonkey's sandbox as the shop needs it."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.channels.simulator.acts import typed
from providers.sandbox.context import SANDBOX
from workers.resources import now

CHICAGO = ZoneInfo("America/Chicago")
LINES = [
    "Hi",
    "I want a full car tint ceramic at Lincoln Park tomorrow at 11am",
    "2021 Honda Civic",
    "Sam Test",
    "sam@example.com",
    "pay at the shop",
    "yes",
]


def tomorrow_at(hour):
    day = now().astimezone(CHICAGO).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHICAGO)


async def say_until_booked(salon, phone, lines=LINES):
    return [await phone.say(line) for line in lines if not await appointments(salon)]


async def appointments(salon):
    return (await salon.sandbox_get("/_sandbox/orders", account="car-tint"))["appointments"]


@pytest.mark.parametrize("channel", ["whatsapp", "twilio"])
async def test_a_tint_appointment_lands_in_the_shop(salon, channel):
    phone = salon.phone("+15550100150", workspace="car-tint", channel=channel)
    answers = await say_until_booked(salon, phone)
    (made,) = await appointments(salon)
    assert made["name"] == "Full Car Tint Ceramic"
    assert datetime.fromisoformat(made["startDate"]) == tomorrow_at(11)
    assert datetime.fromisoformat(made["endDate"]) == tomorrow_at(14)
    assert made["locationId"] == "65a100000000000000000001"
    customer = made["customer"]
    assert f"{customer['firstName']} {customer['lastName']}" == "Sam Test"
    assert customer["phoneNumbers"][0]["number"] == "+15550100150"
    assert customer["emails"][0]["email"] == "sam@example.com"
    (booking,) = await salon.rows("SELECT * FROM bookings")
    assert made["note"].splitlines()[0] == "Vehicle: 2021 Honda Civic"
    assert f"Frontdesk {booking['id']} 1/1 bay-" in made["note"]
    assert (booking["status"], booking["provider_order_id"]) == ("confirmed", made["id"])
    assert booking["confirmation_code"] in answers[-1]
    assert "11:00" in answers[-1]
    said = "\n".join(answers)
    assert "450.00 USD" in said
    assert said.count("Which car is it?") == 1
    shown = [said, *(str(message.card) for message in phone.messages)]
    titles = [choice.title + choice.description for message in phone.messages for choice in message.choices]
    assert not [one for one in (*shown, *titles) if "bay" in one.lower()], "which bay is the shop's affair"
    assert [row["staff_name"] for row in await salon.rows("SELECT staff_name FROM booking_items")] == [""]
    assert await salon.rows("SELECT * FROM operator_errors") == []


async def test_an_order_whose_answer_got_lost_is_found_by_our_line_in_its_note(salon):
    phone = salon.phone("+15550100150", workspace="car-tint")
    for line in LINES[:-2]:
        await phone.say(line)
    await salon.fault("shopmonkey", "accepted_then_reset", "CreateAppointment")
    for line in LINES[-2:]:
        await phone.say(line)
    for _ in range(20):
        (booking,) = await salon.rows("SELECT * FROM bookings")
        if booking["status"] == "confirmed":
            break
        await asyncio.sleep(0.1)
        await phone.wait()
    (made,) = await appointments(salon)
    assert (booking["status"], booking["provider_order_id"]) == ("confirmed", made["id"])
    assert booking["confirmation_code"] in "\n".join(shown.text for shown in phone.messages)
    assert await salon.rows("SELECT * FROM operator_errors") == []


async def test_walk_ins_of_the_last_minute_are_noticed_before_the_order(salon):
    """ShopMonkey refuses no overlap: what the shop's own staff wrote down meanwhile must be seen by the check."""
    phone = salon.phone("+15550100150", workspace="car-tint")
    for line in LINES[:-1]:
        await phone.say(line)
    assert await appointments(salon) == []
    shops = salon.sandbox[SANDBOX].shops
    walk_in = {
        "locationId": "65a100000000000000000001",
        "name": "Walk-in",
        "startDate": tomorrow_at(12).isoformat(),
        "endDate": tomorrow_at(13).isoformat(),
    }
    for _ in range(2):  # both bays
        await shops.add_appointment("car-tint", walk_in, {}, now())
    answer = await phone.say("yes")
    assert len(await appointments(salon)) == 2
    assert "confirmed" not in answer.lower()
    (booking,) = await salon.rows("SELECT status FROM bookings")
    assert booking["status"] == "cancelled"
    offered = " ".join(choice.title for shown in phone.messages[-1:] for choice in shown.choices) + answer
    assert "1:00" in offered, offered


async def test_a_third_car_at_one_time_finds_no_bay(salon):
    for number in range(2):
        await say_until_booked_by(salon, salon.phone(f"+1555010016{number}", workspace="car-tint"), number)
    third = salon.phone("+15550100162", workspace="car-tint")
    await third.say("I want a front windows tint at Lincoln Park tomorrow at 11am")
    made = await appointments(salon)
    assert len(made) == 2
    assert {one["startDate"] for one in made} == {made[0]["startDate"]}
    assert len({one["note"].rpartition(" ")[2] for one in made}) == 2  # one bay each
    titles = [choice.title for shown in third.messages for choice in shown.choices]
    assert not any("11:00" in title for title in titles), titles
    assert any("10:00" in title or "2:00" in title for title in titles), titles


async def say_until_booked_by(salon, phone, already):
    for line in LINES:
        if len(await appointments(salon)) == already:
            await phone.say(line)


async def test_half_an_order_is_told_to_the_operator_with_what_stands(salon):
    phone = salon.phone("+15550100150", workspace="car-tint")
    await phone.say("Hi")
    await phone.say("I want a windshield strip and a front windows tint at Lincoln Park tomorrow at 11am")
    for line in LINES[2:-1]:
        await phone.say(line)
    # With the first answer the call ends: the second appointment is never asked for.
    await salon.fault("shopmonkey", "accepted_then_reset", "CreateAppointment")
    await phone.say("yes")
    for _ in range(20):
        if found := await salon.rows("SELECT kind, summary FROM operator_errors"):
            break
        await asyncio.sleep(0.1)
        await phone.wait()
    (made,) = await appointments(salon)
    assert found[0]["kind"] == "order_outcome_unknown"
    assert made["id"] in found[0]["summary"]
    assert "of 2 appointments" in found[0]["summary"]


async def test_four_customers_at_once_for_two_bays(salon):
    phones = [salon.phone(f"+1555010017{number}", workspace="car-tint") for number in range(4)]
    for phone in phones:
        for line in LINES[:-1]:
            await phone.say(line)
    assert await appointments(salon) == []
    assert await asyncio.gather(*(phone.post(typed("yes")) for phone in phones)) == [200] * 4
    await salon.settle()
    made = await appointments(salon)
    at_eleven = [one for one in made if datetime.fromisoformat(one["startDate"]) == tomorrow_at(11)]
    assert len(made) == len(at_eleven) == 2
    assert len({one["note"].rpartition(" ")[2] for one in made}) == 2
    statuses = [row["status"] for row in await salon.rows("SELECT status FROM bookings")]
    assert statuses.count("confirmed") == 2


async def test_it_moves_and_is_cancelled_in_the_shop_s_own_calendar(salon):
    phone = salon.phone("+15550100150", workspace="car-tint")
    await say_until_booked(salon, phone)
    (made,) = await appointments(salon)
    await phone.say("I need to reschedule my booking to tomorrow at 1pm")
    await phone.say("yes")
    (moved,) = await appointments(salon)
    assert (moved["id"], datetime.fromisoformat(moved["startDate"])) == (made["id"], tomorrow_at(13))
    assert moved["note"].splitlines()[0] == "Vehicle: 2021 Honda Civic"
    await phone.say("cancel my booking")
    await phone.say("yes")
    assert await appointments(salon) == []
    (booking,) = await salon.rows("SELECT status FROM bookings")
    assert booking["status"] == "cancelled"
    assert await salon.rows("SELECT * FROM operator_errors") == []
