"""What every booking provider must do, whatever its server does to it."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest

from providers.contract import BookingProvider, PaymentState
from providers.outcome import CallFailure, Disposition, NotSupported, SlotTaken
from providers.registry import create_provider
from providers.sandbox.config import NailItAccount
from providers.sandbox.faults import FaultKind
from tests.contracts.providers.conftest import NOW, TODAY, bookable, order_for

CATALOG_FAULTS = [
    FaultKind.HTML,
    FaultKind.HTTP_5XX,
    FaultKind.RESET,
    FaultKind.RATE_LIMITED,
    FaultKind.EMPTY,
]


async def test_it_is_a_booking_provider_and_answers_a_ping(salon):
    assert isinstance(salon.provider, BookingProvider)
    await salon.provider.ping()


async def test_the_whole_catalog_is_pulled(salon):
    catalog = await salon.provider.pull_catalog(today=TODAY)
    source = salon.sandbox.salons.catalog("salon")
    assert {int(one.external_id) for one in catalog.locations} == {
        one.Location_Id for one in source.Locations
    }
    assert {int(one.external_id) for one in catalog.groups} == {one.Id for one in source.Groups}
    assert {int(one.external_id) for one in catalog.services} == {one.Item_Id for one in source.Items}
    assert {int(one.external_id) for one in catalog.staff} == {one.Id for one in source.Specialists}
    assert [kind.code for kind in catalog.payment_types] == ["COD", "KNET", "AP"]
    assert catalog.notes == ()


async def test_who_can_do_what_is_what_the_server_says(salon):
    catalog = await salon.provider.pull_catalog(today=TODAY)
    source = salon.sandbox.salons.catalog("salon")
    for person in catalog.staff:
        theirs = source.specialist(int(person.external_id))
        expected = {str(item.Item_Id) for item in source.Items if source.can_do(theirs, item)}
        assert set(person.service_external_ids) == expected, person.names
        assert person.extra_minutes == theirs.Extra_Time


async def test_references_within_the_catalog_hold(salon):
    catalog = await salon.provider.pull_catalog(today=TODAY)
    places = {one.external_id for one in catalog.locations}
    groups = {one.external_id for one in catalog.groups} | {None}
    services = {one.external_id for one in catalog.services}
    assert all(set(one.location_external_ids) <= places for one in catalog.services)
    assert all(one.group_external_id in groups for one in catalog.services)
    assert all(one.parent_external_id in groups for one in catalog.groups)
    assert all(one.location_external_id in places for one in catalog.staff)
    assert all(set(one.service_external_ids) <= services for one in catalog.staff)
    assert all({"en", "ar"} <= set(one.names) for one in (*catalog.services, *catalog.locations))
    assert not any("<" in one.description or "&amp;" in one.description for one in catalog.services)


async def test_frames_are_everybody_s_free_half_hours(salon):
    catalog = await salon.provider.pull_catalog(today=TODAY)
    days = [TODAY + timedelta(days=ahead) for ahead in range(3)]
    frames = await salon.provider.pull_frames(catalog=catalog, days=days)
    seen: dict[tuple[int, date], set[int]] = {
        (int(one.staff_external_id), one.starts_at.astimezone(salon.sandbox.zone).date()): set()
        for one in frames
    }
    for one in frames:
        day = one.starts_at.astimezone(salon.sandbox.zone).date()
        seen[int(one.staff_external_id), day].add(int(one.external_id))
    for person in catalog.staff:
        for day in days:
            key = (int(person.external_id), day)
            free = salon.sandbox.salons.free_frames("salon", *key, salon.sandbox.local_now(), 60)
            assert seen.get(key, set()) == set(free), key
    assert len(frames) == len({(one.staff_external_id, one.starts_at) for one in frames})


@pytest.mark.parametrize("kind", CATALOG_FAULTS)
async def test_a_broken_pull_is_a_failure_and_never_a_smaller_catalog(salon, kind):
    calls = {"GetLocations", "GetGroups", "GetPaymentTypesByDevice"}
    calls |= (
        {"GetLocationServices", "GetLocationStaff"} if salon.order_call == "AddOrder" else {"GetItemsByDate"}
    )
    for call in sorted(calls):
        salon.fault(kind, call)
        with pytest.raises(CallFailure) as caught:
            await salon.provider.pull_catalog(today=TODAY)
        assert caught.value.disposition in {Disposition.RETRY, Disposition.OPERATOR}, call
        salon.heal()


async def test_one_hiccup_of_a_read_is_repeated(salon):
    for kind in (FaultKind.HTML, FaultKind.HTTP_5XX, FaultKind.RESET, FaultKind.RATE_LIMITED):
        salon.fault(kind, "GetLocations", next_n=1)
        await salon.provider.ping()


async def test_status_one_beside_valid_data_is_accepted(salon):
    for call in ("GetLocations", "GetGroups", "GetPaymentTypesByDevice", "Register", salon.order_call):
        salon.fault(FaultKind.STATUS_ONE, call)
    catalog = await salon.provider.pull_catalog(today=TODAY)
    assert len(catalog.locations) == 3
    _, service, frames = await bookable(salon)
    placed = await salon.provider.place_order(order_for(service, frames))
    assert placed.order_id == str(salon.ledger("order")[0]["order_id"])


async def test_an_order_from_check_to_payment(salon):
    _, service, frames = await bookable(salon)
    order = order_for(service, frames)
    check = await salon.provider.check_order(order)
    assert (check.available, check.prices_minor) == (True, (12500,))
    assert {frame.external_id for frame in frames} <= {frame.external_id for frame in check.fresh_frames}

    placed = await salon.provider.place_order(order)
    (entry,) = salon.ledger("order")
    (line,) = entry["lines"]
    assert placed.order_id == str(entry["order_id"])
    assert (entry["mobile"], entry["net"], entry["location_id"]) == ("+96550000123", "12.500", 1)
    assert (line["item_id"], line["staff_id"], line["day"]) == (
        102,
        int(frames[0].staff_external_id),
        "2026-03-02",
    )
    assert tuple(map(str, line["frames"])) == order.lines[0].frame_external_ids
    assert placed.payment_url == f"{salon.base_url}/knet.aspx?orderId={placed.order_id}"

    pending = await salon.provider.payment_status(placed.order_id, now=NOW)
    assert (pending.state, pending.pay_until) == (PaymentState.PENDING, NOW + timedelta(minutes=30))
    async with httpx.AsyncClient() as browser:
        await browser.post(placed.payment_url, data={"action": "pay"})
    paid = await salon.provider.payment_status(placed.order_id, now=NOW)
    assert (paid.state, paid.amount_minor, paid.paid_at) == (PaymentState.PAID, 12500, NOW)
    assert paid.reference


async def test_an_unpaid_order_expires(salon):
    _, service, frames = await bookable(salon)
    placed = await salon.provider.place_order(order_for(service, frames))
    late = await salon.provider.payment_status(placed.order_id, now=NOW + timedelta(minutes=31))
    assert late.state is PaymentState.EXPIRED


async def test_an_order_paid_on_arrival_has_no_link(salon):
    _, service, frames = await bookable(salon)
    placed = await salon.provider.place_order(order_for(service, frames, payment_type="1"))
    assert placed.payment_url is None


@pytest.mark.parametrize(("service_id", "size"), [("401", "4012"), ("203", None)])
async def test_sizes_and_special_prices_are_what_the_server_charges(salon, service_id, size):
    _, service, frames = await bookable(salon, service_id)
    order = order_for(service, frames, size=size)
    assert (await salon.provider.check_order(order)).prices_minor == (order.total_minor,)
    await salon.provider.place_order(order)
    (entry,) = salon.ledger("order")
    assert entry["net"] == f"{order.total_minor / 1000:.3f}"
    assert entry["lines"][0]["size_id"] == (int(size) if size else None)


async def test_two_services_in_one_order(salon):
    _, service, frames = await bookable(salon)
    first, second = order_for(service, frames), order_for(service, frames[4:])
    both = first.model_copy(update={"lines": first.lines + second.lines})
    assert (await salon.provider.check_order(both)).available
    await salon.provider.place_order(both)
    (entry,) = salon.ledger("order")
    assert entry["net"] == "25.000"
    assert len(entry["lines"]) == 2


async def test_a_time_somebody_else_took(salon):
    _, service, frames = await bookable(salon)
    order = order_for(service, frames)
    await salon.provider.place_order(order)
    check = await salon.provider.check_order(order)
    assert not check.available
    assert not {frame.starts_at for frame in frames[:2]} & {
        frame.starts_at
        for frame in check.fresh_frames
        if frame.staff_external_id == order.lines[0].staff_external_id
    }
    with pytest.raises(SlotTaken):
        await salon.provider.place_order(order)
    assert len(salon.ledger("order")) == 1


async def test_a_slot_taken_between_check_and_order(salon):
    _, service, frames = await bookable(salon)
    salon.fault(FaultKind.SLOT_TAKEN, salon.order_call, next_n=1)
    with pytest.raises(SlotTaken):
        await salon.provider.place_order(order_for(service, frames))
    assert salon.ledger("order") == []


async def test_a_price_that_changed_is_noticed_and_never_ordered(salon):
    _, service, frames = await bookable(salon)
    order = order_for(service, frames)
    stale = order.model_copy(update={"lines": (order.lines[0].model_copy(update={"price_minor": 9000}),)})
    check = await salon.provider.check_order(stale)
    assert (check.available, check.prices_minor) == (True, (12500,))
    with pytest.raises(CallFailure) as caught:
        await salon.provider.place_order(stale)
    assert caught.value.disposition is Disposition.PERMANENT
    assert salon.ledger("order") == []


@pytest.mark.parametrize(
    ("kind", "orders"),
    [
        (FaultKind.ACCEPTED_THEN_RESET, 1),
        (FaultKind.ACCEPTED_THEN_5XX, 1),
        (FaultKind.ACCEPTED_THEN_SLOW, 1),
        (FaultKind.RESET, 0),
        (FaultKind.HTTP_5XX, 0),
        (FaultKind.HTML, 0),
    ],
)
async def test_an_order_whose_answer_got_lost_is_unknown_and_never_a_second_one(salon, kind, orders):
    _, service, frames = await bookable(salon)
    salon.fault(kind, salon.order_call, next_n=1, ms=1500)
    with pytest.raises(CallFailure) as caught:
        await salon.impatient().place_order(order_for(service, frames))
    assert caught.value.disposition is Disposition.UNKNOWN
    assert len(salon.ledger("order")) == orders
    assert salon.sandbox.faults.as_json()[0]["hits"] == 1


async def test_a_throttled_order_was_not_placed_and_may_be_sent_again(salon):
    _, service, frames = await bookable(salon)
    salon.fault(FaultKind.RATE_LIMITED, salon.order_call, next_n=1)
    order = order_for(service, frames)
    with pytest.raises(CallFailure) as caught:
        await salon.provider.place_order(order)
    assert caught.value.disposition is Disposition.RETRY
    await salon.provider.place_order(order)
    assert len(salon.ledger("order")) == 1


async def test_a_lost_registration_can_be_repeated(salon):
    _, service, frames = await bookable(salon)
    order = order_for(service, frames)
    salon.fault(FaultKind.ACCEPTED_THEN_RESET, "Register", next_n=1)
    with pytest.raises(CallFailure) as caught:
        await salon.provider.place_order(order)
    assert caught.value.disposition is Disposition.RETRY
    assert salon.ledger("order") == []
    await salon.provider.place_order(order)
    assert len(salon.ledger("register")) == len(salon.ledger("order")) == 1


async def test_a_slow_read_is_a_failure_in_time(salon):
    salon.fault(FaultKind.SLOW, "GetLocations", ms=800, next_n=1)
    with pytest.raises(CallFailure) as caught:
        await salon.impatient().ping()
    assert (caught.value.disposition, caught.value.code) == (Disposition.RETRY, "timeout")


async def test_a_bad_mobile_is_refused_and_is_no_taken_slot(salon):
    _, service, frames = await bookable(salon)
    order = order_for(service, frames).model_copy(update={"customer_phone": "50000123"})
    with pytest.raises(CallFailure) as caught:
        await salon.provider.place_order(order)
    assert caught.value.disposition is Disposition.PERMANENT
    assert not isinstance(caught.value, SlotTaken)
    assert salon.ledger("order") == []


async def test_cancelling_as_declared(salon):
    _, service, frames = await bookable(salon)
    order = order_for(service, frames)
    placed = await salon.provider.place_order(order)
    if salon.provider.capabilities.cancel_order:
        await salon.provider.cancel_order(placed.order_id, reason="asked by the customer")
        await salon.provider.cancel_order(placed.order_id, reason="again: still cancelled, still no error")
        assert len(salon.ledger("cancel")) == 1
        assert (await salon.provider.check_order(order)).available
    else:
        with pytest.raises(NotSupported):
            await salon.provider.cancel_order(placed.order_id, reason="asked by the customer")
        assert salon.ledger("cancel") == []


async def test_an_account_that_can_not_cancel_says_so(salon):
    (account,) = salon.sandbox.accounts.of(NailItAccount)
    salon.sandbox.accounts.add([account.model_copy(update={"cancel_supported": False})])
    _, service, frames = await bookable(salon)
    placed = await salon.provider.place_order(order_for(service, frames))
    with pytest.raises(NotSupported):
        await salon.provider.cancel_order(placed.order_id, reason="asked by the customer")


async def test_a_wrong_token_is_the_operator_s(salon):
    async with httpx.AsyncClient() as http:
        stranger = create_provider(salon.account(secrets={"security_token": "d3Jvbmc="}), http)
        with pytest.raises(CallFailure) as caught:
            await stranger.ping()
    assert caught.value.disposition is Disposition.OPERATOR
    assert "d3Jvbmc=" not in str(caught.value)


async def test_nobody_listening_is_known_as_not_processed(salon, unused_tcp_port):
    _, service, frames = await bookable(salon)
    async with httpx.AsyncClient() as http:
        gone = create_provider(salon.account(base_url=f"http://127.0.0.1:{unused_tcp_port}"), http)
        with pytest.raises(CallFailure) as caught:
            await gone.place_order(order_for(service, frames))
    assert caught.value.disposition is Disposition.RETRY
