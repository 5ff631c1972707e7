"""A business without a booking system: booked in our own calendar, never twice, whatever the customers do at once."""

from __future__ import annotations

import asyncio
import copy
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.channels.simulator.acts import tapped, typed
from db import failpoints, sync_runs
from db.secrets import SecretBox
from db.tx import tx
from providers.own_calendar.settings import CalendarSettings
from seeds.business_file import load_business_file
from seeds.business_import import import_business
from seeds.demo_barber import BARBER, BARBER_FILE
from tests.salon import KEY, now
from tests.tls import TLS
from workers.syncing import perform_run

NEW_YORK = ZoneInfo("America/New_York")
EVERY_MORNING = {
    "locations": [{"key": "main-street", "name": "Main Street", "hours": {"every_day": "09:00-18:00"}}],
    "services": [{"key": "haircut", "name": "Haircut", "minutes": 30, "price": 35}],
    "staff": [
        {"key": "luis", "name": "Luis", "services": "all", "breaks": {"every_day": "10:30-11:00"},
         "roster": {"main-street": {"every_day": "10:00-12:00"}}}
    ],
}  # fmt: skip
"""One barber, three half hours a day."""


@pytest.fixture
async def barber(salon):
    """The demo's barber shop with a calendar that is the same on every day these tests may run."""
    await reimport(salon, EVERY_MORNING)
    return salon


async def reimport(salon, calendar, **more):
    file = load_business_file(BARBER_FILE)
    file = file.model_copy(update={"calendar": CalendarSettings.model_validate(calendar), **more})
    box = SecretBox([KEY])
    report = await import_business(salon.pool, file, box=box)
    async with tx(salon.pool, report.workspace_id) as connection:
        run = await sync_runs.start_run(
            connection, kind="full", trigger="operator", forced=True, claim_seconds=60
        )
    async with httpx.AsyncClient(verify=TLS) as http:
        outcome = await perform_run(salon.pool, box, http, run, now=now(), days=4)
    assert outcome.status == "done", outcome.error
    return report


def tomorrow() -> date:
    return (now().astimezone(NEW_YORK) + timedelta(days=1)).date()


def at(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK)


async def taken(salon):
    """(who, start, end) of everything that stands in our calendar."""
    return [
        (row["staff_name"], row["starts_at"], row["ends_at"])
        for row in await salon.rows(
            """SELECT i.staff_name, i.starts_at, i.ends_at FROM booking_items i
               JOIN bookings b ON b.id = i.booking_id JOIN workspaces w ON w.id = i.workspace_id
               WHERE i.active AND b.status = 'confirmed' AND w.key = 'barber-shop'
               ORDER BY i.staff_name, i.starts_at"""
        )
    ]


def customer(salon, number=1, **more):
    return salon.phone(f"+155501001{number:02}", workspace=BARBER.key, **more)


@pytest.mark.parametrize("channel", ["whatsapp", "twilio"])
async def test_a_customer_is_booked_in_our_own_calendar(barber, channel):
    phone = customer(barber, channel=channel)
    await phone.say("Hi")
    asked = await phone.say("I'd like a haircut tomorrow at 10am")
    assert "10:00 AM" in asked, asked
    for line in ("Sam Test", "skip", "yes"):
        answer = await phone.say(line)
    [booking] = await barber.rows("SELECT * FROM bookings")
    assert booking["status"] == "confirmed"
    assert booking["payment_status"] == "at_business"
    assert booking["provider_order_id"] == f"OC-{booking['id'].hex[-12:].upper()}"
    assert booking["confirmation_code"] in answer
    assert booking["provider_order_id"] not in answer, "the code is the one number that a customer needs"
    assert "35.00 USD" in answer
    assert "10:00 AM" in answer
    assert await taken(barber) == [("Luis", at(tomorrow(), 10), at(tomorrow(), 10, 30))]
    assert await barber.orders() == []
    assert await barber.rows("SELECT * FROM operator_errors") == []


async def test_a_break_and_the_roster_s_end_are_never_offered(barber):
    phone = customer(barber)
    await phone.say("I'd like a haircut tomorrow at 10:30am")
    offered = " ".join(choice.title for shown in phone.messages for choice in shown.choices)
    assert "10:30" not in offered
    assert "12:00" not in offered
    for clock in ("10:00", "11:00", "11:30"):
        assert clock in offered


async def test_hours_that_changed_since_the_offer_are_noticed_at_the_yes(barber):
    phone = customer(barber)
    for line in ("I'd like a haircut tomorrow at 10am", "Sam Test", "skip"):
        await phone.say(line)
    later = EVERY_MORNING | {
        "staff": [EVERY_MORNING["staff"][0] | {"roster": {"main-street": {"every_day": "11:00-12:00"}}}]
    }
    await reimport_settings_only(barber, later)
    answer = await phone.say("yes")
    assert "confirmed" not in answer.lower()
    assert await taken(barber) == []
    [booking] = await barber.rows("SELECT status FROM bookings WHERE status <> 'held'")
    assert booking["status"] == "cancelled"
    day = f"{tomorrow():%a} {tomorrow().day} "
    titles = [choice.title for choice in phone.messages[-1].choices if day in choice.title]
    assert any("11:00" in title for title in titles)
    assert not any("10:00" in title for title in titles)


async def reimport_settings_only(salon, calendar):
    """The file is imported, but no sync has told the tables yet."""
    file = load_business_file(BARBER_FILE)
    file = file.model_copy(update={"calendar": CalendarSettings.model_validate(calendar)})
    await import_business(salon.pool, file, box=SecretBox([KEY]))


async def test_a_price_that_changed_since_the_summary_is_asked_again(barber):
    phone = customer(barber)
    for line in ("I'd like a haircut tomorrow at 10am", "Sam Test", "skip"):
        await phone.say(line)
    dearer = EVERY_MORNING | {"services": [EVERY_MORNING["services"][0] | {"price": 40}]}
    await reimport_settings_only(barber, dearer)
    answer = await phone.say("yes")
    assert "40.00 USD" in answer
    assert await taken(barber) == []


async def test_many_customers_race_for_the_last_times_of_a_day(barber):
    """Six want ten o'clock, at once; the day has three times. Nobody gets a time that another has."""
    phones = [customer(barber, number) for number in range(1, 7)]
    await everybody(barber, [(phone, typed("I'd like a haircut tomorrow at 10am")) for phone in phones])
    refused = set()
    for _ in range(15):
        acts = []
        for number, phone in enumerate(phones):
            act = next_act(phone)
            if act is not None:
                acts.append((phone, act))
            if phone.messages and "10:00" not in str(phone.messages[-1].text) and act is not None:
                refused.add(number)
        if not acts:
            break
        await everybody(barber, acts)
    else:
        raise AssertionError([phone.messages[-1].text for phone in phones])
    booked = await taken(barber)
    assert len(booked) == len(phones)
    assert all(one[2] <= two[1] for one, two in pairwise(booked) if one[0] == two[0])
    day = [start for _, start, _ in booked if start.astimezone(NEW_YORK).date() == tomorrow()]
    assert day == [at(tomorrow(), 10), at(tomorrow(), 11), at(tomorrow(), 11, 30)]
    codes = {row["confirmation_code"] for row in await barber.rows("SELECT confirmation_code FROM bookings")}
    for phone in phones:
        confirmed = [shown.text for shown in phone.messages if "confirmation code" in shown.text.lower()]
        assert len(confirmed) == 1
        assert any(code in confirmed[0] for code in codes)
    assert len(refused) >= 3
    assert await barber.rows("SELECT * FROM operator_errors") == []


async def everybody(salon, acts):
    """All webhooks at once, then everything that follows."""
    statuses = await asyncio.gather(*(phone.post(act) for phone, act in acts))
    assert set(statuses) == {200}
    await salon.settle()
    for phone, _ in acts:
        phone.messages.extend(await phone.arrived())


def next_act(phone, only=""):
    """What a customer does next who takes whatever time he can get, with `only` in its title; None: he is
    booked, or gives up."""
    shown = phone.messages[-1]
    if "confirmation code" in shown.text.lower():
        return None
    for choice in shown.choices:
        if "book now" in choice.title.lower():
            return typed("yes")
    times = [choice for choice in shown.choices if ":" in choice.title]
    if times:
        wanted = [choice for choice in times if only in choice.title]
        return tapped(wanted[0]) if wanted else None
    assert "name" in shown.text.lower(), shown.text
    return typed("Sam Test")


async def test_an_order_that_died_with_its_process_is_still_booked(barber):
    """Nothing is called for an order of ours, so one without an outcome can be looked up: its time is taken."""
    phone = customer(barber)
    for line in ("I'd like a haircut tomorrow at 10am", "Sam Test", "skip"):
        await phone.say(line)
    failpoints.arm("effect.before_order=raise:1")
    try:
        await phone.say("yes")
    finally:
        failpoints.arm("")
    await barber.pool.execute(
        "UPDATE effects SET claim_until = now() - interval '1 s' WHERE kind = 'place_order' AND status = 'in_flight'"
    )
    await phone.wait()
    await asyncio.sleep(0.4)  # the grace period of an unknown outcome
    await phone.wait()
    assert "confirmation code" in phone.messages[-1].text.lower()
    [effect] = await barber.rows("SELECT status, attempts FROM effects WHERE kind = 'place_order'")
    assert effect == {"status": "done", "attempts": 1}
    assert len(await taken(barber)) == 1
    assert await barber.rows("SELECT * FROM operator_errors") == []


def exceptionally(day: date, hours: str) -> dict:
    """The barber's day with other hours, for the place and for Luis."""
    days = [{"date": day.isoformat(), "hours": hours}]
    calendar = copy.deepcopy(EVERY_MORNING)
    calendar["locations"][0]["exceptions"] = days
    calendar["staff"][0]["exceptions"] = days
    return calendar


async def test_a_long_evening_by_exception_is_offered_and_booked(salon):
    await reimport(salon, exceptionally(tomorrow(), "09:00-22:00"))
    phone = customer(salon)
    asked = await phone.say("I'd like a haircut tomorrow at 8pm")
    assert "8:00 PM" in asked, asked
    for line in ("Sam Test", "skip", "yes"):
        if not await taken(salon):
            await phone.say(line)
    assert await taken(salon) == [("Luis", at(tomorrow(), 20), at(tomorrow(), 20, 30))]
    assert "9:00 AM - 10:00 PM" in await phone.say("when are you open tomorrow?")


async def test_a_weekday_that_is_closed_is_open_by_exception_and_the_other_way_round(salon):
    calendar = exceptionally(tomorrow(), "09:00-12:00")
    week = {"monday": "09:00-10:00"} if tomorrow().weekday() else {"tuesday": "09:00-10:00"}
    calendar["locations"][0]["hours"] = week
    await reimport(salon, calendar)
    answer = await customer(salon).say("I'd like a haircut tomorrow at 11am")
    assert "11:00 AM" in answer, answer
    await reimport(salon, exceptionally(tomorrow(), "closed"))
    answer = await customer(salon, number=2).say("I'd like a haircut tomorrow at 11am")
    assert "11:00 AM" not in answer, answer


TWENTY_TIMES = EVERY_MORNING | {
    "locations": [{"key": "main-street", "name": "Main Street", "hours": {"every_day": "08:00-22:00"}}],
    "staff": [
        {"key": "luis", "name": "Luis", "services": "all", "roster": {"main-street": {"every_day": "10:00-20:00"}}}
    ],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_two_hundred_customers_race_for_the_last_twenty_times(salon):
    """All write at once; who doesn't get his time takes another of that day while there is one, else gives up."""
    await reimport(salon, TWENTY_TIMES)
    clocks = [f"{10 + n // 2}:{n % 2 * 30:02}" for n in range(20)]
    phones = [salon.phone(f"+1555010{number:04}", workspace=BARBER.key) for number in range(200)]
    day = f"{tomorrow():%a} {tomorrow().day} "
    await everybody(
        salon,
        [
            (phone, typed(f"I'd like a haircut tomorrow at {clocks[n % 20]}"))
            for n, phone in enumerate(phones)
        ],
    )
    for _ in range(25):
        acts = [(phone, act) for phone in phones if (act := next_act(phone, only=day)) is not None]
        if not acts:
            break
        await everybody(salon, acts)
    else:
        raise AssertionError("some never came to an end")
    booked = [start for _, start, _ in await taken(salon)]
    assert booked == [at(tomorrow(), 10) + timedelta(minutes=30 * n) for n in range(20)]
    happy = [phone for phone in phones if "confirmation code" in phone.messages[-1].text.lower()]
    assert len(happy) == 20
    for phone in phones:
        assert phone in happy or phone.messages[-1].choices, phone.messages[-1].text
    assert await salon.rows("SELECT * FROM operator_errors") == []
