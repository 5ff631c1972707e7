"""What every booking provider must do, shown of the own calendar. It has no server, so nothing can fail on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from providers.contract import BookingProvider
from providers.outcome import CallFailure, Disposition, NotSupported, SlotTaken
from providers.registry import create_provider
from tests.providers.own_calendar.shop import account, provider
from tests.providers.own_calendar.test_provider import TODAY, TUESDAY_TEN, line, order

DAYS = [TODAY + timedelta(days=ahead) for ahead in range(14)]


@pytest.fixture
def shop():
    return provider()


async def test_it_is_a_booking_provider_and_answers_a_ping(shop):
    assert isinstance(shop, BookingProvider)
    await shop.ping()


async def test_references_within_the_catalog_hold(shop):
    catalog = await shop.pull_catalog(today=TODAY)
    places = {one.external_id for one in catalog.locations}
    groups = {one.external_id for one in catalog.groups} | {None}
    services = {one.external_id: one for one in catalog.services}
    assert all(set(one.location_external_ids) <= places for one in catalog.services)
    assert all(one.group_external_id in groups for one in catalog.services)
    assert all(one.location_external_id in places for one in catalog.staff)
    for person in catalog.staff:
        for key in person.service_external_ids:
            assert person.location_external_id in services[key].location_external_ids
    assert catalog.notes == ()


async def test_frames_are_free_times_of_people_in_the_catalog_each_once(shop):
    catalog = await shop.pull_catalog(today=TODAY)
    frames = await shop.pull_frames(catalog=catalog, days=DAYS)
    people = {(one.external_id, one.location_external_id) for one in catalog.staff}
    assert {(one.staff_external_id, one.location_external_id) for one in frames} == people
    assert len(frames) == len({(one.staff_external_id, one.starts_at) for one in frames})
    for who in {one.staff_external_id for one in frames}:
        mine = sorted((one for one in frames if one.staff_external_id == who), key=lambda one: one.starts_at)
        assert all(one.ends_at <= two.starts_at for one, two in pairwise(mine))
    fewer = await shop.pull_frames(catalog=catalog, days=DAYS[:1])
    assert fewer == [one for one in frames if one in fewer]


async def test_people_who_left_the_catalog_have_no_frames(shop):
    catalog = await shop.pull_catalog(today=TODAY)
    without = replace(catalog, staff=tuple(one for one in catalog.staff if one.external_id != "luis"))
    frames = await shop.pull_frames(catalog=without, days=DAYS)
    assert "luis" not in {one.staff_external_id for one in frames}


async def test_every_frame_can_be_ordered_if_the_service_fits_and_only_then(shop):
    """What a check says agrees with what the frames say, for every start of a fortnight."""
    catalog = await shop.pull_catalog(today=TODAY)
    frames = {
        one.starts_at
        for one in await shop.pull_frames(catalog=catalog, days=DAYS)
        if one.staff_external_id == "luis"
    }
    quarter = timedelta(minutes=15)
    start = datetime(2026, 11, 20, 5, tzinfo=UTC)
    for number in range(14 * 96):
        at = start + number * quarter
        check = await shop.check_order(order(line(starts_at=at)))
        assert check.available == ({at, at + quarter} <= frames), at


async def test_an_order_from_check_to_end(shop):
    check = await shop.check_order(order())
    assert (check.available, check.prices_minor) == (True, (3500,))
    placed = await shop.place_order(order())
    assert placed.order_id
    assert placed.payment_url is None


async def test_two_services_in_one_order(shop):
    both = order(line(), line(service_external_id="color", size_external_id="long", price_minor=11050, minutes=75,
                              starts_at=TUESDAY_TEN + timedelta(minutes=30)))  # fmt: skip
    check = await shop.check_order(both)
    assert (check.available, check.prices_minor) == (True, (3500, 11050)), check.reason
    assert (await shop.place_order(both)).order_id


async def test_the_same_order_again_is_the_same_order(shop):
    assert shop.capabilities.idempotent_order
    first = await shop.place_order(order())
    assert await shop.place_order(order()) == first
    other = order(reference="01936f3e-8a3b-7c1d-9d0e-3f2a1b4c5d6f")
    assert (await shop.place_order(other)).order_id != first.order_id


async def test_a_lost_order_is_found_by_our_reference(shop):
    assert shop.capabilities.lookup_order
    assert await shop.find_order(order()) == await shop.place_order(order())


async def test_a_time_that_is_no_working_time_is_a_taken_slot(shop):
    closed = order(line(starts_at=TUESDAY_TEN + timedelta(days=2)))
    assert not (await shop.check_order(closed)).available
    with pytest.raises(SlotTaken):
        await shop.place_order(closed)


async def test_cancelling_as_declared(shop):
    assert shop.capabilities.cancel_order
    placed = await shop.place_order(order())
    await shop.cancel_order(placed.order_id, reason="asked by the customer")
    await shop.cancel_order(placed.order_id, reason="again: still cancelled, still no error")


async def test_payments_as_declared(shop):
    assert not shop.capabilities.payment_links
    with pytest.raises(NotSupported) as caught:
        await shop.payment_status("OC-1", now=TUESDAY_TEN)
    assert isinstance(caught.value, CallFailure)
    assert caught.value.disposition is Disposition.OPERATOR


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "nothing was imported yet"),
        ({"calendar": {"locations": []}}, "setting calendar.services: Field required"),
        ({"calendar": {"locations": [], "services": []}}, "setting calendar.locations: at least one"),
    ],
)
def test_settings_that_can_not_work(settings, said):
    with pytest.raises(ValueError, match=said):
        create_provider(replace(account(), settings=settings), None)


def test_an_unknown_zone_and_settings_of_others():
    with pytest.raises(ValueError, match="unknown time zone 'New York'"):
        provider(timezone="New York")
    kept = account()
    beside = replace(kept, settings={**kept.settings, "console_note": "call Sam"})
    assert create_provider(beside, None).name == "own_calendar"
