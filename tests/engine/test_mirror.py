"""Bookings of our own calendar are copied to ShopMonkey: once each, after the booking, and never in its way."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.effect_decisions import decide_placed
from bot.effect_mirrors import Act, plan_copy
from db import effects
from db.secrets import SecretBox
from db.tx import tx
from providers.contract import OrderRequest
from seeds.business_file import BookingMirror, load_business_file
from seeds.business_import import ImportRefused, import_business
from seeds.demo_barber import BARBER_FILE
from tests.engine.test_own_calendar import EVERY_MORNING, at, customer, reimport, tomorrow
from tests.salon import KEY

SHOP = "car-tint"
HERE = "65a100000000000000000001"
DANA = "65a200000000000000000001"
LINES = ("I'd like a haircut tomorrow at 10am", "Sam Test", "skip", "yes")


def mirror(salon, **changes):
    [shop] = [one for one in salon.seeded.sandbox_accounts if one.get("key") == SHOP]
    fields = {
        "base_url": f"http://127.0.0.1:{salon.seeded.sandbox_port}/shopmonkey/v3",
        "api_key": shop["api_key"],
        "locations": {"main-street": HERE},
        "staff": {"luis": DANA},
    }
    return BookingMirror.model_validate(fields | changes)


@pytest.fixture
async def barber(salon):
    """The demo's barber shop, which keeps a copy of its day in ShopMonkey."""
    await reimport(salon, EVERY_MORNING, mirror=mirror(salon))
    return salon


async def copies(salon):
    return (await salon.sandbox_get("/_sandbox/orders", account=SHOP))["appointments"]


async def later(salon):
    """Lets the copies be made that wait for the customer's answer to go out first."""
    await salon.pool.execute(
        "UPDATE effects SET due_at = now() WHERE kind = 'mirror_booking' AND status = 'pending'"
    )
    await salon.settle()


async def booked(salon, phone=None):
    phone = phone or customer(salon)
    for line in LINES:
        if "confirmation code" not in await phone.say(line):
            continue
        break
    assert "confirmation code" in phone.messages[-1].text
    return phone


async def follow(salon, act, **changes):
    """As the recording of a change or a cancellation does it."""
    [order] = await salon.rows("SELECT * FROM effects WHERE kind = 'place_order'")
    [send] = await salon.rows("SELECT id FROM effects WHERE kind = 'send' ORDER BY seq DESC LIMIT 1")
    async with tx(salon.pool, order["workspace_id"]) as transaction:
        after = await effects.find(transaction, send["id"])
        wanted = OrderRequest.model_validate(order["request"])
        wanted = wanted.model_copy(
            update={"lines": tuple(line.model_copy(update=changes) for line in wanted.lines)}
        )
        await plan_copy(transaction, after, act, order["booking_id"], wanted if act is Act.CHANGE else None)


async def mirrored(salon):
    rows = await salon.rows("SELECT status, attempts FROM effects WHERE kind = 'mirror_booking' ORDER BY seq")
    return [row["status"] for row in rows]


async def test_a_booking_is_copied_after_the_customer_has_his_answer(barber):
    await booked(barber)
    assert (await copies(barber), await mirrored(barber)) == ([], ["pending"])
    await later(barber)
    [made] = await copies(barber)
    assert (made["name"], made["technicianId"], made["locationId"]) == ("Haircut", DANA, HERE)
    assert datetime.fromisoformat(made["startDate"]) == at(tomorrow(), 10)
    assert datetime.fromisoformat(made["endDate"]) == at(tomorrow(), 10) + timedelta(minutes=30)
    assert made["customer"]["firstName"] == "Sam"
    [booking] = await barber.rows("SELECT * FROM bookings")
    assert f"Frontdesk {booking['id']} 1/1" in made["note"]
    assert booking["provider_order_id"] != made["id"], "what is booked is the own calendar's"
    assert await mirrored(barber) == ["done"]
    assert await barber.rows("SELECT * FROM operator_errors") == []


async def test_a_moved_and_a_cancelled_booking_take_their_copy_along(barber):
    phone = await booked(barber)
    await later(barber)
    [made] = await copies(barber)
    await phone.say("I need to reschedule my booking to tomorrow at 11am")
    await phone.say("yes")
    await later(barber)
    [moved] = await copies(barber)
    assert (moved["id"], datetime.fromisoformat(moved["startDate"])) == (made["id"], at(tomorrow(), 11))
    await phone.say("cancel my booking")
    await phone.say("yes")
    await later(barber)
    assert await copies(barber) == []
    assert await mirrored(barber) == ["done", "done", "done"]
    assert await barber.rows("SELECT * FROM operator_errors") == []


async def test_what_a_person_decides_is_copied_too(barber):
    """The order could not be recorded by itself; an operator said that it stands."""
    await booked(barber)
    [order] = await barber.rows("SELECT id FROM effects WHERE kind = 'place_order'")
    async with barber.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("DELETE FROM effects WHERE kind = 'mirror_booking'")
        await connection.execute("UPDATE effects SET status = 'needs_operator' WHERE kind = 'place_order'")
        await connection.execute(
            "UPDATE bookings SET status = 'pending_provider', needs_operator = true, confirmed_at = NULL,"
            " provider_order_id = NULL, payment_status = 'none'"
        )
    await decide_placed(barber.pool, order["id"], order_id="by-hand-1")
    await later(barber)
    [made] = await copies(barber)
    assert datetime.fromisoformat(made["startDate"]) == at(tomorrow(), 10)


async def follow_again(salon, act):
    """After another effect: each that changes a booking is followed once."""
    [order] = await salon.rows("SELECT * FROM effects WHERE kind = 'place_order'")
    async with tx(salon.pool, order["workspace_id"]) as transaction:
        [send] = await salon.rows("SELECT id FROM effects WHERE kind = 'send' ORDER BY seq LIMIT 1")
        for _ in range(2):
            after = await effects.find(transaction, send["id"])
            await plan_copy(transaction, after, act, order["booking_id"])


async def test_changes_wait_for_the_copy_that_they_change(barber):
    await booked(barber)
    await follow(barber, Act.CHANGE, starts_at=at(tomorrow(), 11))
    await follow_again(barber, Act.CANCEL)
    for _ in range(3):
        await later(barber)
    assert await mirrored(barber) == ["done", "done", "done"]
    assert await copies(barber) == []
    rows = await barber.rows("SELECT attempts FROM effects WHERE kind = 'mirror_booking'")
    assert [row["attempts"] for row in rows] == [1, 1, 1], "to wait for another one is no try"
    kinds = [entry["kind"] for entry in await barber.ledger("shopmonkey") if "appointment" in entry["kind"]]
    assert kinds == ["appointment", "appointment_changed", "appointment_deleted"]


async def test_a_copy_that_never_answers_is_not_removed_for_ever(barber):
    await booked(barber)
    await later(barber)
    await follow(barber, Act.CANCEL)
    async with barber.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE effects SET status = 'unknown', unknown_since = now(), created_at = now() - interval '1 day'"
            " WHERE kind = 'mirror_booking' AND status = 'pending'"
        )
    await barber.resources.effects.reconcile()
    assert await mirrored(barber) == ["done", "needs_operator"]
    [error] = await barber.rows("SELECT summary FROM operator_errors")
    assert "its copy in ShopMonkey still stands" in error["summary"]


async def test_a_shop_that_is_down_is_the_operator_s_affair_and_nobody_else_s(barber):
    await barber.fault("shopmonkey", "html", probability=1)
    phone = await booked(barber)
    for _ in range(8):
        await later(barber)
    said = len(phone.messages)
    [error] = await barber.rows("SELECT kind, summary FROM operator_errors")
    assert error["kind"] == "mirror_failed"
    assert "could not be copied to ShopMonkey" in error["summary"]
    assert "The booking itself is as the customer was told" in error["summary"]
    assert await mirrored(barber) == ["needs_operator"]
    [booking] = await barber.rows("SELECT status, needs_operator FROM bookings")
    assert booking == {"status": "confirmed", "needs_operator": False}
    await phone.wait()
    assert len(phone.messages) == said, "the customer hears nothing of it"
    await barber.http.delete(f"http://127.0.0.1:{barber.seeded.sandbox_port}/_sandbox/faults")
    await follow(barber, Act.CANCEL)
    await later(barber)
    assert await mirrored(barber) == ["needs_operator", "failed"], "there is no copy to cancel"
    assert len(await barber.rows("SELECT * FROM operator_errors")) == 1


async def test_a_lost_answer_makes_no_second_copy(barber):
    await booked(barber)
    await barber.fault("shopmonkey", "accepted_then_reset", "CreateAppointment")
    await later(barber)
    for _ in range(20):
        if await mirrored(barber) == ["done"]:
            break
        await asyncio.sleep(0.1)  # the grace period of an unknown outcome
        await barber.settle()
    assert await mirrored(barber) == ["done"]
    assert len(await copies(barber)) == 1
    assert await barber.rows("SELECT * FROM operator_errors") == []


async def test_without_a_mirror_nothing_is_planned(salon):
    await reimport(salon, EVERY_MORNING)
    await booked(salon)
    assert await mirrored(salon) == []


def test_a_mirror_names_every_location_and_every_person(salon):
    file = load_business_file(BARBER_FILE)
    with pytest.raises(ValueError, match=r"mirror\.locations must name exactly the calendar's own keys"):
        type(file).model_validate(
            file.model_dump() | {"mirror": mirror(salon, locations={"elsewhere": HERE}).model_dump()}
        )


async def test_a_new_mirror_needs_its_key_and_a_known_one_keeps_it(salon):
    file = load_business_file(BARBER_FILE).model_copy(update={"mirror": mirror(salon, api_key="")})
    with pytest.raises(ImportRefused, match="its api_key is missing"):
        await import_business(salon.pool, file, box=SecretBox([KEY]))
    await reimport(salon, EVERY_MORNING, mirror=mirror(salon))
    await reimport(salon, EVERY_MORNING, mirror=mirror(salon, api_key=""))
    await booked(salon)
    await later(salon)
    assert len(await copies(salon)) == 1
