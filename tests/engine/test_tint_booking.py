"""A car shop is booked by chat: the appointment stands in ShopMonkey's sandbox as the shop needs it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

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
    assert made["note"].splitlines()[0] == "vehicle: 2021 Honda Civic"
    assert f"Frontdesk {booking['id']} 1/1 bay-" in made["note"]
    assert (booking["status"], booking["provider_order_id"]) == ("confirmed", made["id"])
    assert booking["confirmation_code"] in answers[-1]
    assert "11:00" in answers[-1]
    assert "450.00 USD" in "\n".join(answers)
    assert await salon.rows("SELECT * FROM operator_errors") == []
