"""The own calendar's catalog and orders. Its frames: test_frames.py."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from providers.contract import OpeningHours, OrderLine, OrderRequest
from providers.outcome import CallFailure, Disposition, NotSupported, SlotTaken
from tests.providers.own_calendar.shop import calendar, provider

TUESDAY_TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 in New York
TODAY = date(2026, 11, 20)


def line(**changes):
    fields = {
        "service_external_id": "haircut",
        "service_name": "Haircut",
        "staff_external_id": "luis",
        "starts_at": TUESDAY_TEN,
        "minutes": 30,
        "price_minor": 3500,
    }
    return OrderLine(**(fields | changes))


def order(*lines, **changes):
    fields = {
        "reference": "01936f3e-8a3b-7c1d-9d0e-3f2a1b4c5d6e",
        "location_external_id": "main",
        "customer_name": "Sam Test",
        "customer_phone": "+15550100123",
        "payment_type_external_id": "at-business",
        "currency": "USD",
        "lines": lines or (line(),),
    }
    return OrderRequest(**(fields | changes))


async def test_the_catalog_is_what_the_settings_say():
    catalog = await provider().pull_catalog(today=TODAY)
    assert [one.external_id for one in catalog.locations] == ["main", "night"]
    assert catalog.locations[0].names["ar"] == "الشارع الرئيسي"
    assert catalog.locations[0].hours[0] == OpeningHours(0, time(9), time(18))
    assert {hours.weekday for hours in catalog.locations[0].hours} == set(range(6))
    night = [(hours.weekday, hours.opens, hours.closes) for hours in catalog.locations[1].hours]
    assert night == [
        (4, time(20), time.max),
        (5, time(0), time(2)),
        (5, time(20), time.max),
        (6, time(0), time(2)),
    ]
    services = {one.external_id: one for one in catalog.services}
    assert (services["haircut"].price_minor, services["haircut"].minutes) == (3500, 30)
    assert services["haircut"].location_external_ids == ("main",)
    assert services["haircut"].group_external_id == "cuts"
    assert [size.price_minor for size in services["color"].sizes] == [8000, 11050]
    staff = {(one.external_id, one.location_external_id): one for one in catalog.staff}
    assert set(staff) == {
        ("luis", "main"),
        ("amy", "main"),
        ("table-1", "night"),
        ("table-2", "night"),
        ("table-3", "night"),
    }
    assert staff["amy", "main"].service_external_ids == ("haircut",)
    assert staff["table-2", "night"].names == {"en": "Table 2"}
    assert [(kind.external_id, kind.online) for kind in catalog.payment_types] == [("at-business", False)]


async def test_a_service_s_length_leaves_room_for_its_buffers():
    settings = calendar()
    settings["services"][0]["buffer_before_minutes"] = 10
    services = {
        one.external_id: one.minutes for one in (await provider(settings).pull_catalog(today=TODAY)).services
    }
    # Whatever Luis does next may be a haircut, which he prepares for ten minutes.
    assert services == {"haircut": 30 + 10, "color": 60 + 15 + 10, "table": 90}


@pytest.mark.parametrize(("currency", "minor"), [("KWD", 12500), ("USD", 1250), ("JPY", 12)])
async def test_prices_are_in_the_currency_s_smallest_unit(currency, minor):
    settings = calendar()
    settings["services"][0]["price"] = 12 if currency == "JPY" else 12.5
    settings["services"][1] |= {"price": 1, "sizes": []}
    catalog = await provider(settings, currency=currency).pull_catalog(today=TODAY)
    assert catalog.services[0].price_minor == minor


async def test_an_order_from_check_to_cancellation():
    shop = provider()
    check = await shop.check_order(order())
    assert (check.available, check.prices_minor, check.reason) == (True, (3500,), "")
    assert TUESDAY_TEN in {frame.starts_at for frame in check.fresh_frames}
    placed = await shop.place_order(order())
    assert placed.order_id == "OC-3F2A1B4C5D6E"
    assert placed.payment_url is None
    assert await shop.place_order(order()) == placed == await shop.find_order(order())
    await shop.cancel_order(placed.order_id, reason="asked by the customer")
    with pytest.raises(CallFailure) as caught:
        await shop.cancel_order("1234", reason="not ours")
    assert caught.value.disposition is Disposition.PERMANENT
    with pytest.raises(NotSupported):
        await shop.payment_status(placed.order_id, now=TUESDAY_TEN)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"starts_at": TUESDAY_TEN.replace(hour=13)}, "outside working time"),  # 8:00, before opening
        ({"starts_at": TUESDAY_TEN.replace(hour=16, minute=45)}, "outside working time"),  # into his break
        ({"starts_at": TUESDAY_TEN.replace(hour=20, minute=45)}, "outside working time"),  # past his roster
        ({"starts_at": TUESDAY_TEN.replace(minute=7)}, "outside working time"),  # off the grid
        ({"starts_at": TUESDAY_TEN + timedelta(days=2)}, "outside working time"),  # Thanksgiving
        ({"starts_at": TUESDAY_TEN + timedelta(days=7)}, "outside working time"),  # his day off
        ({"minutes": 45}, "it takes another time now"),
        ({"staff_external_id": "bob"}, "that person doesn't do it any more"),
        ({"service_external_id": "color", "staff_external_id": "amy", "minutes": 90}, "doesn't do it"),
        ({"service_external_id": "shave"}, "not offered any more"),
        ({"service_external_id": "table"}, "not offered any more"),  # at another location
        ({"size_external_id": "long"}, "not offered any more"),
    ],
)
async def test_an_order_that_does_not_fit_any_more(changes, reason):
    shop = provider()
    check = await shop.check_order(order(line(**changes)))
    assert not check.available
    assert reason in check.reason
    with pytest.raises(SlotTaken):
        await shop.place_order(order(line(**changes)))


async def test_nobody_twice_at_one_time_within_an_order():
    check = await provider().check_order(order(line(), line(starts_at=TUESDAY_TEN + timedelta(minutes=15))))
    assert not check.available
    after = order(line(), line(starts_at=TUESDAY_TEN + timedelta(minutes=30)))
    assert (await provider().check_order(after)).available


async def test_a_price_that_changed_is_noticed_and_never_ordered():
    stale = order(line(price_minor=3000))
    check = await provider().check_order(stale)
    assert (check.available, check.prices_minor) == (True, (3500,))
    with pytest.raises(CallFailure) as caught:
        await provider().place_order(stale)
    assert caught.value.code == "price_changed"
    assert not isinstance(caught.value, SlotTaken)


async def test_another_currency_or_payment_type_is_not_ordered():
    assert not (await provider().check_order(order(currency="EUR"))).available
    with pytest.raises(CallFailure) as caught:
        await provider().place_order(order(payment_type_external_id="crypto"))
    assert caught.value.code == "bad_payment_type"


async def test_an_operators_own_price_and_length_hold():
    edited = order(line(price_minor=3000, minutes=45, own_terms=True))
    check = await provider().check_order(edited)
    assert (check.available, check.prices_minor) == (True, (3000,))
    assert (await provider().place_order(edited)).order_id
    late = line(starts_at=TUESDAY_TEN.replace(hour=13), own_terms=True)
    assert not (await provider().check_order(order(late))).available
