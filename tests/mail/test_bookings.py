"""A booking made, moved and cancelled in the chat: what the customer and the business read of it."""

from __future__ import annotations

from datetime import UTC, timedelta

from tests.engine.test_desk import act
from tests.engine.test_own_calendar import EVERY_MORNING, reimport
from tests.mail.conftest import SARA, told_code
from tests.salon import ZONE, now, tomorrow

SALON_LINES = (
    "Hi",
    "I want a gel manicure at Plaza tomorrow at 2pm",
    "anyone",
    "Sara Test",
    SARA,
    "pay on arrival",
    "yes",
)
BARBER_LINES = ("I'd like a haircut tomorrow at 10am", "Sam Test", "sam@example.com", "yes")
DESK = "hello@nail-salon.example.com"


async def booked_at_the_salon(office, **phone):
    customer = office.salon.phone(**phone)
    await told_code(customer, *SALON_LINES)
    return customer


async def code_of(office):
    return (await office.salon.rows("SELECT confirmation_code FROM bookings WHERE status = 'confirmed'"))[0][
        "confirmation_code"
    ]


async def test_a_booking_is_mailed_to_the_customer_and_to_the_business(office):
    await booked_at_the_salon(office)
    assert await office.mails() == [], "the answer in the chat goes first"
    customer, business = await office.deliver()
    code = await code_of(office)
    assert (customer.to, business.to) == (SARA, DESK)
    assert customer.raw["From"] == "Nail Salon <bookings@frontdesk.example.com>"
    assert (customer.raw["ReplyTo"], business.raw["ReplyTo"]) == (DESK, SARA)
    assert customer.subject.startswith("Your booking at Nail Salon is confirmed: ")
    for shown in (customer.text, customer.html):
        for wanted in (code, "Gel Manicure", "2:00 PM", "12.500 KWD", "Plaza", "You pay at the place", DESK):
            assert wanted in shown, wanted
        assert f"{tomorrow().day} {tomorrow():%B %Y}" in shown
    assert "google.com/maps" in customer.html
    assert "Sara Test" in business.text
    assert "+96550000123" in business.text
    assert "google.com/maps" not in business.text
    assert [state for state, _ in await office.states()] == ["done", "done"]
    assert await office.errors() == []


async def test_the_calendar_entry_is_the_visit(office):
    await booked_at_the_salon(office)
    customer, business = await office.deliver()
    event = customer.event
    [booking] = await office.salon.rows("SELECT * FROM bookings")
    assert str(event["UID"]) == str(booking["id"]) == str(business.event["UID"])
    assert (int(event["SEQUENCE"]), booking["calendar_sequence"]) == (0, 0)
    assert event["DTSTART"].dt == booking["starts_at"]
    assert event["DTSTART"].dt.tzinfo.key == ZONE.key
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    assert str(event["SUMMARY"]) == "Gel Manicure at Nail Salon"
    assert str(business.event["SUMMARY"]) == "Sara Test: Gel Manicure"
    assert "Plaza" in str(event["LOCATION"])
    assert customer.calendar["METHOD"] == "REQUEST"
    assert abs(event["DTSTAMP"].dt - now().astimezone(UTC)) < timedelta(minutes=5)


async def test_moved_and_cancelled_it_is_the_same_visit(office):
    """The barber's own calendar moves a booking in place."""
    await reimport(office.salon, EVERY_MORNING)
    phone = office.salon.phone("+15550100101", workspace="barber-shop")
    await told_code(phone, *BARBER_LINES)
    await office.deliver()
    await phone.say("I need to reschedule my booking to tomorrow at 11am")
    await phone.say("yes")
    await office.deliver()
    await phone.say("cancel my booking")
    await phone.say("yes")
    await office.deliver()
    made, moved, cancelled = await office.mails("sam@example.com")
    events = [one.event for one in (made, moved, cancelled)]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [int(event["SEQUENCE"]) for event in events] == [0, 1, 2]
    assert [str(one.calendar["METHOD"]) for one in (made, moved, cancelled)] == [
        "REQUEST",
        "REQUEST",
        "CANCEL",
    ]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert events[1]["DTSTART"].dt - events[0]["DTSTART"].dt == timedelta(hours=1)
    assert "has moved" in moved.subject
    assert "10:00 AM" in moved.text
    assert "11:00 AM" in moved.text
    assert "is cancelled" in cancelled.subject
    assert "google.com/maps" not in cancelled.text
    assert len(await office.mails("hello@barber-shop.example.com")) == 3
    assert await office.errors() == []


async def test_a_new_order_in_the_place_of_an_old_one_keeps_the_visit(office):
    """Nail It can't move an order: the new one is placed, the old one cancelled."""
    phone = await booked_at_the_salon(office)
    await office.deliver()
    await phone.say("move my appointment to 5pm")
    await phone.say("yes")
    assert "moved" in phone.messages[-1].text.lower(), phone.messages[-1].text
    await office.deliver()
    made, moved = await office.mails(SARA)
    assert str(made.event["UID"]) == str(moved.event["UID"])
    assert (int(made.event["SEQUENCE"]), int(moved.event["SEQUENCE"])) == (0, 1)
    assert moved.calendar["METHOD"] == "REQUEST"
    assert (await code_of(office)) in moved.text
    await phone.say("cancel my booking")
    await phone.say("yes")
    await office.deliver()
    cancelled = (await office.mails(SARA))[-1]
    assert str(cancelled.event["UID"]) == str(made.event["UID"])
    assert int(cancelled.event["SEQUENCE"]) == 2
    assert cancelled.calendar["METHOD"] == "CANCEL"


async def test_who_writes_arabic_reads_arabic(office):
    phone = office.salon.phone()
    for line in (
        "السلام عليكم",
        "ابي مانيكير جل في بلازا بكرا الساعة 2 العصر",
        "أي أحد",
        "سارة",
        SARA,
        "عند الوصول",
        "نعم",
    ):
        await phone.say(line)
    customer, business = await office.deliver()
    assert 'dir="rtl"' in customer.html
    assert 'lang="ar"' in customer.html
    assert customer.subject.startswith("تم تأكيد حجزك في")
    code = await code_of(office)
    assert f"رمز التأكيد: {code}" in customer.text
    assert "12.500 KWD" in customer.text
    assert 'dir="ltr"' in business.html
    assert business.subject.startswith("New booking: سارة")


async def test_an_open_payment_is_a_link(office):
    phone = office.salon.phone()
    lines = [line if line != "pay on arrival" else "KNET" for line in SALON_LINES]
    await told_code(phone, *lines)
    customer, business = await office.deliver()
    [booking] = await office.salon.rows("SELECT payment_url FROM bookings")
    assert booking["payment_url"] in customer.text
    assert "Pay 12.500 KWD online" in customer.html
    assert booking["payment_url"] not in business.text


async def test_names_are_no_markup_and_no_headers(office):
    await office.settings("nail-salon", mail={"sender_name": 'Nails, "Best" <b>'})
    phone = office.salon.phone()
    await told_code(phone, *SALON_LINES)
    await office.salon.pool.execute(
        "UPDATE effects SET status = 'cancelled', settled_at = now() WHERE kind = 'send_mail'"
    )
    from bot.effect_mails import plan_mails
    from bot.mail_settings import News
    from db import effects
    from db.tx import tx

    await office.salon.pool.execute(
        "UPDATE bookings SET customer_name = $1", "Eve\n<script>alert(1)</script>"
    )
    [send] = await office.salon.rows(
        "SELECT id, workspace_id FROM effects WHERE kind = 'send' ORDER BY seq LIMIT 1"
    )
    async with tx(office.salon.pool, send["workspace_id"]) as transaction:
        after = await effects.find(transaction, send["id"])
        [booking] = await office.salon.rows("SELECT id FROM bookings")
        await plan_mails(transaction, after, booking["id"], News.CONFIRMED)
    _, business = await office.deliver()
    assert "<script>" not in business.html
    assert "\n" not in business.subject
    assert business.raw["From"] == '"Nails, \\"Best\\" <b>" <bookings@frontdesk.example.com>'


async def test_settings_say_who_is_told_of_what(office):
    told = {"to_customer": ["cancelled"], "notify": "owner@example.com", "to_business": ["confirmed"]}
    await office.settings("nail-salon", mail=told)
    phone = await booked_at_the_salon(office)
    assert [one.to for one in await office.deliver()] == ["owner@example.com"]
    await phone.say("cancel my booking")
    await phone.say("yes")
    assert [one.to for one in await office.deliver()] == [SARA, "owner@example.com"]


async def test_without_an_address_only_the_business_is_told(office):
    phone = office.salon.phone()
    lines = [line if line != SARA else "skip" for line in SALON_LINES]
    await told_code(phone, *lines)
    assert [one.to for one in await office.deliver()] == [DESK]


async def test_cancelled_by_the_business_it_says_so_and_why(office):
    phone = await booked_at_the_salon(office)
    await office.deliver()
    [booking] = await office.salon.rows("SELECT * FROM bookings")
    await act(office.salon, booking, "cancel_booking", text="Our <b>dryer</b> broke")
    await phone.wait()
    await office.deliver()
    by_reader = {address: (await office.mails(address))[-1] for address in (SARA, DESK)}
    assert "we had to cancel this booking" in by_reader[SARA].text
    assert "Reason: Our <b>dryer</b> broke" in by_reader[SARA].text
    assert "Reason: Our &lt;b&gt;dryer&lt;/b&gt; broke" in by_reader[SARA].html
    assert by_reader[SARA].calendar["METHOD"] == "CANCEL"
    assert "Your team cancelled the booking of Sara Test" in by_reader[DESK].text
    assert await office.errors() == []
