"""From a talk to the booking page: the whole way over real HTTP."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.handoff_reference import verify
from tests.handoff.world import URL, books_elsewhere, row
from tests.salon import open_salon


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as opened:
        yield opened


async def test_a_customer_is_led_from_the_chat_to_the_booking_page(salon):
    await books_elsewhere(salon, utm_campaign="autumn")
    phone = salon.phone("+15550123", workspace="barber-shop", name="Ali Test")
    said = await phone.say("a skin fade tomorrow afternoon with anyone, I'm Ali Test")
    for _ in range(3):
        if "on Square" in said:
            break
        said = await phone.tap(phone.messages[-1].choices[0].title)
    assert "on Square" in said
    (found,) = await salon.rows("SELECT token, status, service, customer_name, source FROM handoffs")
    assert (found["status"], found["customer_name"], found["source"]) == ("new", "Ali Test", "whatsapp")
    assert "Skin Fade" in found["service"]
    address = f"http://127.0.0.1:{salon.seeded.web_port}/h/{found['token']}"
    assert address in (await _last_payload(phone))

    answer = await salon.http.post(address, follow_redirects=False)
    sent = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert answer.headers["Location"].startswith(URL)
    assert (sent["utm_medium"], sent["utm_campaign"]) == ("whatsapp", "autumn")
    assert verify(salon.resources.box, sent["fd_ref"]) == found["token"]
    stored = await row(salon, found["token"])
    assert (stored["status"], stored["intent_status"]) == ("redirected", "redirected")
    (lead,) = await salon.rows("SELECT status FROM leads")
    assert lead["status"] == "redirected"
    assert await salon.rows("SELECT id FROM bookings WHERE status <> 'held'") == []

    assert "booked" in await phone.say("yes"), "a yes books nothing here, and the talk goes on"
    assert await phone.say("how much is a beard trim?")
    stored = await row(salon, found["token"])
    assert (stored["status"], stored["intent_status"]) == ("redirected", "redirected")


async def _last_payload(phone) -> str:
    answer = await phone.salon.sandbox_get(
        "/_sandbox/messages", channel="meta", account=phone.account.address, to=phone.customer.phone, after=0
    )
    return str(answer["messages"])


async def test_the_page_names_the_service_in_the_language_of_the_talk(salon):
    await books_elsewhere(salon, workspace="nail-salon")
    said = await salon.phone().say("أبي مانيكير جل بكرة الساعة 5 العصر في بلازا مع أي أحد، أنا سارة تجربة")
    assert "Square" in said
    (found,) = await salon.rows("SELECT token, service FROM handoffs")
    assert found["service"] == "مانيكير جل"
    page = await salon.http.get(f"http://127.0.0.1:{salon.seeded.web_port}/h/{found['token']}")
    assert "<bdi>مانيكير جل</bdi>" in page.text
