"""What every booking provider must do, shown of ShopMonkey with bays and with technicians."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

import pytest

from providers.contract import BookingProvider
from providers.outcome import CallFailure, Disposition, NotSupported
from providers.registry import create_provider
from providers.sandbox.config import ShopMonkeyAccount
from providers.sandbox.faults import FaultKind
from tests.contracts.providers.shops import (
    EVERY_HALF_HOUR,
    NOW,
    OPENING,
    TECHNICIANS,
    TODAY,
    TOMORROW,
    open_shop,
)
from tests.providers.shopmonkey.shop import HERE, THERE, line, order

READ_FAULTS = [
    FaultKind.HTML,
    FaultKind.HTTP_5XX,
    FaultKind.RESET,
    FaultKind.RATE_LIMITED,
    FaultKind.EMPTY,
    FaultKind.SUCCESS_FALSE,
]
LOST = [
    (FaultKind.ACCEPTED_THEN_RESET, 1),
    (FaultKind.ACCEPTED_THEN_5XX, 1),
    (FaultKind.ACCEPTED_THEN_SLOW, 1),
    (FaultKind.RESET, 0),
    (FaultKind.HTTP_5XX, 0),
    (FaultKind.HTML, 0),
    (FaultKind.SUCCESS_FALSE, 0),
]


@pytest.fixture(params=["bays", "technicians"])
async def shop(request, tmp_path):
    async with open_shop(tmp_path, technicians=request.param == "technicians") as opened:
        yield opened


async def test_it_is_a_booking_provider_and_answers_a_ping(shop):
    assert isinstance(shop.provider, BookingProvider)
    await shop.provider.ping()


async def test_the_whole_catalog_is_pulled_though_every_page_lies(shop):
    catalog = await shop.provider.pull_catalog(today=TODAY)
    source = shop.sandbox.shops.shop("shop").file
    assert {one.external_id for one in catalog.locations} == {one["id"] for one in source.Locations}
    offered = {one["id"]: one for one in source.Services if one["bookable"]}
    assert {one.external_id for one in catalog.services} == set(offered)
    for one in catalog.services:
        assert set(one.location_external_ids) == set(offered[one.external_id]["locationIds"])
    assert {one.external_id for one in catalog.staff} == set(shop.staff)
    assert [(kind.code, kind.online) for kind in catalog.payment_types] == [("AT_SHOP", False)]
    assert catalog.notes == ()


async def test_references_within_the_catalog_hold(shop):
    catalog = await shop.provider.pull_catalog(today=TODAY)
    places = {one.external_id for one in catalog.locations}
    groups = {one.external_id for one in catalog.groups} | {None}
    assert all(set(one.location_external_ids) <= places for one in catalog.services)
    assert all(one.group_external_id in groups for one in catalog.services)
    assert all(one.location_external_id in places for one in catalog.staff)


async def test_prices_are_cents_and_lengths_are_labour(shop):
    catalog = await shop.provider.pull_catalog(today=TODAY)
    found = {one.names["en"]: (one.price_minor, one.minutes) for one in catalog.services}
    assert found["Full Car Tint Carbon"] == (30000, 150)
    assert found["Paint Protection Front"] == (89900, 240)  # by its lines
    assert found["Tint Removal"] == (15000, 60)  # no labour: the default


async def test_frames_are_the_opening_hours_of_everybody_free(shop):
    assert await shop.free() == dict.fromkeys(shop.staff, EVERY_HALF_HOUR)


async def test_many_appointments_over_lying_pages_are_all_seen(shop):
    for number in range(130):  # more than one page
        await shop.taken(OPENING - timedelta(minutes=number), 10, technicianId=None)
    await shop.taken(OPENING + timedelta(hours=2), 60)
    await shop.taken(OPENING + timedelta(hours=2), 60)
    catalog = await shop.provider.pull_catalog(today=TODAY)
    for _ in range(3):
        free = await shop.free(catalog)
        assert all(EVERY_HALF_HOUR[4] not in starts for starts in free.values())
        assert all(EVERY_HALF_HOUR[6] in starts for starts in free.values())


@pytest.mark.parametrize("kind", READ_FAULTS)
async def test_a_broken_pull_is_a_failure_and_never_a_smaller_catalog(shop, kind):
    calls = ["ListLocations", "ListServices"]
    calls += ["ListUsers"] if shop.staff == TECHNICIANS else []
    for call in calls:
        shop.fault(kind, call, ms=0)
        with pytest.raises(CallFailure) as caught:
            await shop.provider.pull_catalog(today=TODAY)
        assert caught.value.disposition in {Disposition.RETRY, Disposition.OPERATOR}, call
        shop.heal()


@pytest.mark.parametrize("kind", READ_FAULTS)
async def test_broken_appointments_are_never_taken_for_free_time(shop, kind):
    await shop.taken(OPENING, 60)
    catalog = await shop.provider.pull_catalog(today=TODAY)
    shop.fault(kind, "ListAppointments", ms=0)
    with pytest.raises(CallFailure) as caught:
        await shop.provider.pull_frames(catalog=catalog, days=[TOMORROW])
    assert caught.value.disposition is Disposition.RETRY
    with pytest.raises(CallFailure):
        await shop.provider.check_order(shop.order())


async def test_one_hiccup_of_a_read_is_repeated(shop):
    for kind in (FaultKind.HTML, FaultKind.HTTP_5XX, FaultKind.RESET, FaultKind.RATE_LIMITED):
        shop.fault(kind, "ListLocations", next_n=1, ms=0)
        await shop.provider.ping()


async def test_retry_after_is_waited_for_by_a_sync_and_told_by_an_order(shop):
    shop.fault(FaultKind.RATE_LIMITED, "ListServices", next_n=1, ms=1000)
    before = monotonic()
    await shop.provider.pull_catalog(today=TODAY)
    assert monotonic() - before >= 1
    shop.fault(FaultKind.RATE_LIMITED, "ListAppointments", ms=30_000)
    with pytest.raises(CallFailure) as caught:
        await shop.provider.check_order(shop.order())
    assert (caught.value.disposition, caught.value.retry_after) == (Disposition.RETRY, 30)


async def test_an_order_from_check_to_cancellation(shop):
    wanted = shop.order()
    check = await shop.provider.check_order(wanted)
    assert (check.available, check.prices_minor, check.reason) == (True, (12000,), "")
    assert {one.starts_at for one in check.fresh_frames} == set(EVERY_HALF_HOUR)
    placed = await shop.provider.place_order(wanted)
    (made,) = shop.standing()
    assert placed.order_id == made["id"]
    assert placed.payment_url is None
    assert made["name"] == "Front Windows Tint"
    assert (made["locationId"], made["color"]) == (HERE, "blue")
    assert made["technicianId"] == (shop.staff[0] if shop.staff == TECHNICIANS else None)
    assert datetime.fromisoformat(made["startDate"]) == OPENING
    assert datetime.fromisoformat(made["endDate"]) == OPENING + timedelta(hours=1)
    assert made["note"].startswith("vehicle: 2021 Honda Civic\n")
    assert wanted.reference in made["note"]
    assert made["customer"]["phoneNumbers"][0]["number"] == wanted.customer_phone
    assert placed.customer_id == made["customerId"]
    free = await shop.free()
    assert free[shop.staff[0]] == EVERY_HALF_HOUR[2:]
    assert free[shop.staff[1]] == EVERY_HALF_HOUR
    await shop.provider.cancel_order(placed.order_id, reason="asked by the customer")
    await shop.provider.cancel_order(placed.order_id, reason="again: still cancelled, still no error")
    assert shop.standing() == []
    assert len(shop.ledger("appointment_deleted")) == 1
    assert (await shop.provider.check_order(wanted)).available


async def test_a_time_somebody_else_took_is_noticed_here_since_the_shop_refuses_nothing(shop):
    wanted = shop.order()
    await shop.provider.place_order(wanted)
    check = await shop.provider.check_order(wanted)
    assert not check.available
    assert "time not free" in check.reason
    mine = {one.starts_at for one in check.fresh_frames if one.staff_external_id == shop.staff[0]}
    assert mine == set(EVERY_HALF_HOUR[2:])
    await shop.provider.place_order(wanted)  # nothing in ShopMonkey stops it: only the check does
    assert len(shop.standing()) == 2


async def test_walk_ins_without_a_name_take_as_many_as_they_are(shop):
    await shop.taken(OPENING, 60)
    free = await shop.free()
    assert sorted(EVERY_HALF_HOUR[0] in starts for starts in free.values()) == [False, True]
    await shop.taken(OPENING + timedelta(minutes=15), 15)
    free = await shop.free()
    assert [EVERY_HALF_HOUR[0] in starts for starts in free.values()] == [False, False]
    assert sorted(EVERY_HALF_HOUR[1] in starts for starts in free.values()) == [False, True]
    elsewhere = await shop.taken(OPENING + timedelta(hours=4), 60, locationId=THERE)
    assert all(EVERY_HALF_HOUR[8] in starts for starts in (await shop.free()).values()), elsewhere


async def test_a_price_that_changed_and_a_service_that_went_are_noticed(shop):
    (service,) = [one for one in shop.sandbox.shops.shop("shop").file.Services if one["id"].endswith("03")]
    service["fixedPriceCents"] = 14000
    check = await shop.provider.check_order(shop.order())
    assert (check.available, check.prices_minor) == (True, (14000,))
    service["bookable"] = False
    check = await shop.provider.check_order(shop.order())
    assert (check.available, check.prices_minor) == (False, (12000,))
    assert "not offered any more" in check.reason


async def test_several_services_are_as_many_appointments_of_one_order(shop):
    wanted = shop.order(OPENING, OPENING + timedelta(hours=1))
    placed = await shop.provider.place_order(wanted)
    assert placed.order_id.split("+") == [one["id"] for one in shop.standing()]
    assert await shop.provider.find_order(wanted) == placed
    assert len(shop.ledger("customer")) == 1
    await shop.provider.cancel_order(placed.order_id, reason="")
    assert shop.standing() == []


async def test_half_an_order_is_found_as_half_an_order(shop):
    wanted = shop.order(OPENING, OPENING + timedelta(hours=1))
    placed = await shop.provider.place_order(wanted)
    first, second = placed.order_id.split("+")
    await shop.sandbox.shops.delete_appointment("shop", second)
    with pytest.raises(CallFailure) as found:
        await shop.provider.find_order(wanted)
    assert (found.value.disposition, found.value.code) == (Disposition.OPERATOR, "half_an_order")
    assert first in found.value.detail


async def test_half_an_order_that_can_not_be_taken_back_is_unknown(shop):
    wanted = shop.order(OPENING, OPENING + timedelta(hours=1))
    (account,) = shop.sandbox.accounts.of(ShopMonkeyAccount)
    shop.sandbox.accounts.add([account.model_copy(update={"may_delete": False})])
    wanted = wanted.model_copy(
        update={"lines": (wanted.lines[0], wanted.lines[1].model_copy(update={"service_name": ""}))}
    )
    with pytest.raises(CallFailure) as caught:
        await shop.provider.place_order(wanted)  # the second has no name: 400
    assert (caught.value.disposition, caught.value.code) == (Disposition.UNKNOWN, "half_an_order")
    assert len(shop.standing()) == 1


async def test_a_later_line_that_is_refused_leaves_nothing_behind(shop):
    wanted = shop.order(OPENING, OPENING + timedelta(hours=1))
    wanted = wanted.model_copy(
        update={"lines": (wanted.lines[0], wanted.lines[1].model_copy(update={"service_name": ""}))}
    )
    with pytest.raises(CallFailure) as caught:
        await shop.provider.place_order(wanted)
    assert (caught.value.disposition, caught.value.code) == (Disposition.PERMANENT, "http_400")
    assert shop.standing() == []
    assert await shop.provider.find_order(wanted) is None


@pytest.mark.parametrize(("kind", "made"), LOST)
async def test_an_order_whose_answer_got_lost_is_unknown_and_can_be_looked_up(shop, kind, made):
    wanted = shop.order()
    shop.fault(kind, "CreateAppointment", next_n=1, ms=2500)
    with pytest.raises(CallFailure) as caught:
        await shop.facing(kind).place_order(wanted)
    assert caught.value.disposition is Disposition.UNKNOWN
    assert len(shop.standing()) == made
    found = await shop.provider.find_order(wanted)
    assert [found.order_id] == [one["id"] for one in shop.standing()] if made else found is None
    assert await shop.provider.find_order(shop.order(reference="somebody-else-s")) is None


@pytest.mark.parametrize("kind", [kind for kind, made in LOST if made])
async def test_a_customer_whose_answer_got_lost_is_found_again(shop, kind):
    shop.fault(kind, "CreateCustomer", next_n=1, ms=2500)
    placed = await shop.facing(kind).place_order(shop.order())
    (customer,) = shop.ledger("customer")
    assert placed.customer_id == customer["row"]["id"]
    assert len(shop.standing()) == 1


@pytest.mark.parametrize("kind", [kind for kind, made in LOST if not made])
async def test_a_customer_who_was_not_made_orders_nothing_yet(shop, kind):
    shop.fault(kind, "CreateCustomer", next_n=1)
    with pytest.raises(CallFailure) as caught:
        await shop.provider.place_order(shop.order())
    assert (caught.value.disposition, caught.value.code) == (Disposition.RETRY, "customer_unclear")
    assert (shop.standing(), shop.ledger("customer")) == ([], [])
    await shop.provider.place_order(shop.order())
    assert len(shop.ledger("customer")) == len(shop.standing()) == 1


@pytest.mark.parametrize(
    ("phone", "email", "customer"),
    [
        ("+15555550131", "", "65a500000000000000000001"),
        ("+15555550132", "", "65a500000000000000000002"),
        ("+15550100177", "FLAT@example.com", "65a500000000000000000001"),
        ("+15550100177", "nested@example.com", "65a500000000000000000002"),
    ],
)
async def test_a_known_customer_is_found_by_flat_and_nested_contacts(shop, phone, email, customer):
    wanted = shop.order(customer_phone=phone, customer_email=email)
    assert (await shop.provider.place_order(wanted)).customer_id == customer
    assert shop.ledger("customer") == []


async def test_a_throttled_order_was_not_placed_and_may_be_sent_again(shop):
    shop.fault(FaultKind.RATE_LIMITED, "CreateAppointment", next_n=1, ms=7000)
    with pytest.raises(CallFailure) as caught:
        await shop.provider.place_order(shop.order())
    assert (caught.value.disposition, caught.value.retry_after) == (Disposition.RETRY, 7)
    await shop.provider.place_order(shop.order())
    assert len(shop.standing()) == 1


async def test_a_lost_cancellation_can_be_repeated(shop):
    placed = await shop.provider.place_order(shop.order())
    shop.fault(FaultKind.ACCEPTED_THEN_RESET, "DeleteAppointment", next_n=1)
    with pytest.raises(CallFailure) as caught:
        await shop.provider.cancel_order(placed.order_id, reason="")
    assert caught.value.disposition is Disposition.RETRY
    await shop.provider.cancel_order(placed.order_id, reason="")
    assert shop.standing() == []


async def test_a_key_that_may_not_delete_says_so(shop):
    (account,) = shop.sandbox.accounts.of(ShopMonkeyAccount)
    shop.sandbox.accounts.add([account.model_copy(update={"may_delete": False})])
    placed = await shop.provider.place_order(shop.order())
    with pytest.raises(CallFailure) as caught:
        await shop.provider.cancel_order(placed.order_id, reason="")
    assert caught.value.disposition is Disposition.OPERATOR


async def test_nobody_twice_at_one_time_within_an_order(shop):
    both = order(line(OPENING, staff=shop.staff[0]), line(OPENING, staff=shop.staff[0], minutes=30))
    assert not (await shop.provider.check_order(both)).available
    with pytest.raises(CallFailure) as caught:
        await shop.provider.place_order(both)
    assert (caught.value.disposition, caught.value.code) == (Disposition.PERMANENT, "double_booked")
    assert shop.standing() == []


async def test_payment_is_not_the_shops_api_s_affair(shop):
    placed = await shop.provider.place_order(shop.order())
    with pytest.raises(NotSupported):
        await shop.provider.payment_status(placed.order_id, now=NOW)


async def test_a_slow_read_is_a_failure_in_time(shop):
    shop.fault(FaultKind.SLOW, "ListLocations", ms=2500, next_n=1)
    with pytest.raises(CallFailure) as caught:
        await shop.impatient().ping()
    assert (caught.value.disposition, caught.value.code) == (Disposition.RETRY, "timeout")


async def test_a_wrong_key_is_the_operator_s(shop):
    stranger = create_provider(shop.account(secrets={"api_key": "wrong-key"}), shop.http)
    with pytest.raises(CallFailure) as caught:
        await stranger.ping()
    assert caught.value.disposition is Disposition.OPERATOR
    assert "wrong-key" not in str(caught.value)


async def test_nobody_listening_is_known_as_not_processed(shop, unused_tcp_port):
    gone = create_provider(shop.account(base_url=f"http://127.0.0.1:{unused_tcp_port}"), shop.http)
    with pytest.raises(CallFailure) as caught:
        await gone.place_order(shop.order())
    assert caught.value.disposition is Disposition.RETRY


async def test_a_technician_who_left_is_the_operator_s(shop):
    gone = create_provider(
        shop.account(settings={"technicians": [{"id": "65a200000000000000000003", "location_id": HERE}]}),
        shop.http,
    )
    with pytest.raises(CallFailure) as caught:
        await gone.pull_catalog(today=TODAY)
    assert (caught.value.disposition, caught.value.code) == (Disposition.OPERATOR, "bad_technician")
