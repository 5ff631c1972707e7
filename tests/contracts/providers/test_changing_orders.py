"""Moving a placed order to other times and people: what each booking system does, and what a lost answer leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from providers.outcome import CallFailure, Disposition, NotSupported, SlotTaken
from providers.own_calendar.provider import order_id
from providers.sandbox.faults import FaultKind
from providers.sandbox.shopmonkey import ShopMonkeyError
from tests.contracts.providers.conftest import bookable, order_for
from tests.contracts.providers.shops import EVERY_HALF_HOUR, OPENING, TECHNICIANS, open_shop
from tests.providers.own_calendar.shop import provider as own_calendar
from tests.providers.own_calendar.test_provider import TUESDAY_TEN
from tests.providers.own_calendar.test_provider import line as own_line
from tests.providers.own_calendar.test_provider import order as own_order
from tests.providers.shopmonkey.shop import line, order

LOST = [
    (FaultKind.ACCEPTED_THEN_RESET, True),
    (FaultKind.ACCEPTED_THEN_5XX, True),
    (FaultKind.ACCEPTED_THEN_SLOW, True),
    (FaultKind.RESET, False),
    (FaultKind.HTTP_5XX, False),
    (FaultKind.HTML, False),
    (FaultKind.SUCCESS_FALSE, False),
]
HOUR = timedelta(hours=1)
NOON = OPENING + 4 * HOUR


@pytest.fixture(params=["bays", "technicians"])
async def shop(request, tmp_path):
    async with open_shop(tmp_path, technicians=request.param == "technicians") as opened:
        yield opened


def moved(shop, *starts, staff=0):
    return order(*(line(start, staff=shop.staff[staff]) for start in starts))


def seen(shop):
    """(start, end, technician) of what stands in the shop's calendar."""
    return [
        (
            datetime.fromisoformat(one["startDate"]),
            datetime.fromisoformat(one["endDate"]),
            one["technicianId"],
        )
        for one in shop.standing()
    ]


# -- ShopMonkey ------------------------------------------------------------------------------------------------


async def test_an_order_moves_to_another_time_and_person_and_stays_the_same_order(shop):
    assert shop.provider.capabilities.change_order
    placed = await shop.provider.place_order(shop.order())
    wanted = moved(shop, NOON, staff=1)
    check = await shop.provider.check_change(placed.order_id, wanted)
    assert (check.available, check.prices_minor) == (True, (12000,))
    assert await shop.provider.change_order(placed.order_id, wanted) == placed
    who = shop.staff[1] if shop.staff == TECHNICIANS else None
    assert seen(shop) == [(NOON, NOON + HOUR, who)]
    [made] = shop.standing()
    assert made["note"].splitlines()[0] == "vehicle: 2021 Honda Civic"
    assert len(made["note"].splitlines()) == 2
    assert (made["name"], made["color"], made["customerId"]) == (
        "Front Windows Tint",
        "blue",
        placed.customer_id,
    )
    assert await shop.provider.find_order(wanted) == placed
    assert await shop.provider.find_order(shop.order()) is None, "no longer where it was"
    free = await shop.free()
    assert free[shop.staff[0]] == EVERY_HALF_HOUR
    assert NOON not in free[shop.staff[1]]


async def test_its_own_time_is_not_in_its_way(shop):
    placed = await shop.provider.place_order(shop.order())
    later = moved(shop, OPENING + HOUR / 2)
    assert not (await shop.provider.check_order(later)).available
    assert (await shop.provider.check_change(placed.order_id, later)).available
    await shop.taken(OPENING + HOUR, 60, technicianId=shop.staff[0])
    await shop.taken(OPENING + HOUR, 60, technicianId=shop.staff[1])
    check = await shop.provider.check_change(placed.order_id, later)
    assert not check.available
    assert "time not free" in check.reason


async def test_what_the_shop_wrote_into_the_note_stays(shop):
    placed = await shop.provider.place_order(shop.order())
    [made] = shop.standing()
    note = f"{made['note']}\nCustomer brings own film"
    await shop.sandbox.shops.change_appointment(
        "shop", made["id"], {"note": note, "vehicleId": "v1"}, OPENING
    )
    await shop.provider.change_order(placed.order_id, moved(shop, NOON))
    [made] = shop.standing()
    assert "Customer brings own film" in made["note"]
    assert made["vehicleId"] == "v1"
    assert await shop.provider.find_order(moved(shop, NOON)) == placed


@pytest.mark.parametrize(("kind", "done"), LOST)
async def test_a_change_whose_answer_got_lost_is_unknown_and_can_be_looked_up(shop, kind, done):
    placed = await shop.provider.place_order(shop.order())
    wanted = moved(shop, NOON, staff=1)
    shop.fault(kind, "ChangeAppointment", next_n=1, ms=2500)
    with pytest.raises(CallFailure) as caught:
        await shop.facing(kind).change_order(placed.order_id, wanted)
    assert caught.value.disposition is Disposition.UNKNOWN
    assert await shop.provider.find_order(wanted) == (placed if done else None)
    assert await shop.provider.find_order(shop.order()) == (None if done else placed)
    assert len(shop.standing()) == 1


async def test_another_person_at_the_same_time_is_told_apart_after_a_lost_answer(shop):
    placed = await shop.provider.place_order(shop.order())
    wanted = moved(shop, OPENING, staff=1)
    shop.fault(FaultKind.RESET, "ChangeAppointment", next_n=1)
    with pytest.raises(CallFailure):
        await shop.provider.change_order(placed.order_id, wanted)
    assert await shop.provider.find_order(wanted) is None
    await shop.provider.change_order(placed.order_id, wanted)
    assert await shop.provider.find_order(wanted) == placed


async def test_half_a_change_is_found_as_half_a_change(shop):
    placed = await shop.provider.place_order(shop.order(OPENING, OPENING + HOUR))
    wanted = moved(shop, NOON, NOON + HOUR)
    shop.fault(FaultKind.ACCEPTED_THEN_RESET, "ChangeAppointment", next_n=1)
    with pytest.raises(CallFailure) as caught:
        await shop.provider.change_order(placed.order_id, wanted)
    assert caught.value.disposition is Disposition.UNKNOWN
    with pytest.raises(CallFailure) as found:
        await shop.provider.find_order(wanted)
    assert (found.value.disposition, found.value.code) == (Disposition.OPERATOR, "half_an_order")
    assert placed.order_id.split("+")[0] in found.value.detail


async def test_a_later_line_that_is_refused_moves_the_earlier_ones_back(shop):
    placed = await shop.provider.place_order(shop.order(OPENING, OPENING + HOUR))
    before = seen(shop)
    second = placed.order_id.split("+")[1]
    wanted = moved(shop, NOON, NOON + HOUR)
    shop.fault(FaultKind.RATE_LIMITED, "ChangeAppointment", next_n=1, ms=7000)
    with pytest.raises(CallFailure) as caught:  # the first is throttled: nothing to move back
        await shop.provider.change_order(placed.order_id, wanted)
    assert (caught.value.disposition, caught.value.retry_after) == (Disposition.RETRY, 7)
    assert seen(shop) == before
    real = shop.sandbox.shops.change_appointment

    async def refuses_the_second(account, row_id, changes, at):
        if row_id == second:
            shop.sandbox.shops.shop(account).appointments.pop(second)
            raise ShopMonkeyError(404, "API-40400", "not found")
        return await real(account, row_id, changes, at)

    shop.sandbox.shops.change_appointment = refuses_the_second
    with pytest.raises(CallFailure) as caught:
        await shop.provider.change_order(placed.order_id, wanted)
    assert (caught.value.disposition, caught.value.code) == (Disposition.PERMANENT, "order_gone")
    assert seen(shop) == before[:1]


async def test_an_order_that_is_gone_or_has_other_lines_is_said_so(shop):
    placed = await shop.provider.place_order(shop.order())
    with pytest.raises(CallFailure) as caught:
        await shop.provider.change_order(placed.order_id, moved(shop, NOON, NOON + HOUR))
    assert (caught.value.disposition, caught.value.code) == (Disposition.PERMANENT, "other_lines")
    await shop.provider.cancel_order(placed.order_id, reason="")
    with pytest.raises(CallFailure) as caught:
        await shop.provider.change_order(placed.order_id, moved(shop, NOON))
    assert (caught.value.disposition, caught.value.code) == (Disposition.PERMANENT, "order_gone")
    assert shop.standing() == []


async def test_a_change_that_can_not_be_read_first_changed_nothing(shop):
    placed = await shop.provider.place_order(shop.order())
    before = seen(shop)
    for kind in (FaultKind.HTML, FaultKind.RESET, FaultKind.HTTP_5XX):
        shop.fault(kind, "GetAppointment")
        with pytest.raises(CallFailure) as caught:
            await shop.provider.change_order(placed.order_id, moved(shop, NOON))
        assert caught.value.disposition is Disposition.RETRY
        shop.heal()
    assert seen(shop) == before


# -- the own calendar ------------------------------------------------------------------------------------------


async def test_in_a_calendar_of_our_own_nothing_is_called():
    calendar = own_calendar()
    assert calendar.capabilities.change_order
    placed = await calendar.place_order(own_order())
    later = own_order(own_line(starts_at=TUESDAY_TEN + HOUR))
    assert (await calendar.check_change(placed.order_id, later)).available
    assert await calendar.change_order(placed.order_id, later) == placed
    assert await calendar.find_order(later) == placed


async def test_its_hours_and_its_own_orders_bound_a_change_too():
    calendar = own_calendar()
    placed = await calendar.place_order(own_order())
    closed = own_order(own_line(starts_at=TUESDAY_TEN + timedelta(days=2)))
    assert not (await calendar.check_change(placed.order_id, closed)).available
    with pytest.raises(SlotTaken):
        await calendar.change_order(placed.order_id, closed)
    for foreign in ("66b000000000000000000001", order_id("another booking")):
        with pytest.raises(CallFailure) as caught:
            await calendar.change_order(foreign, own_order())
        assert (caught.value.disposition, caught.value.code) == (Disposition.PERMANENT, "order_gone")


# -- Nail It ---------------------------------------------------------------------------------------------------


async def test_nail_it_can_not_and_calls_nobody(salon):
    assert not salon.provider.capabilities.change_order
    _, service, frames = await bookable(salon)
    wanted = order_for(service, frames)
    placed = await salon.provider.place_order(wanted)
    before = len(salon.sandbox.ledgers["nailit"].entries)
    for refused in (salon.provider.check_change, salon.provider.change_order):
        with pytest.raises(NotSupported) as caught:
            await refused(placed.order_id, wanted)
        assert caught.value.disposition is Disposition.OPERATOR
        assert "salon's own system" in caught.value.detail
    assert len(salon.sandbox.ledgers["nailit"].entries) == before


async def test_cancelling_at_nail_it_as_each_dialect_can(salon):
    _, service, frames = await bookable(salon)
    placed = await salon.provider.place_order(order_for(service, frames))
    if not salon.provider.capabilities.cancel_order:
        with pytest.raises(NotSupported):
            await salon.provider.cancel_order(placed.order_id, reason="")
        return
    salon.fault(FaultKind.ACCEPTED_THEN_RESET, "CancelOrder", next_n=1)
    with pytest.raises(CallFailure) as caught:
        await salon.provider.cancel_order(placed.order_id, reason="asked by the customer")
    assert caught.value.disposition is Disposition.UNKNOWN, "nobody can look it up there"
    await salon.provider.cancel_order(placed.order_id, reason="again")
