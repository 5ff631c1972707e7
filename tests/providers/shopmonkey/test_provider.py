"""What the adapter makes of single answers; the sandbox shows the rest (tests/contracts/providers)."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
import respx

from providers.outcome import CallFailure, Disposition
from providers.registry import create_provider
from providers.shopmonkey.customers import same_number
from providers.shopmonkey.notes import note_of, parts_of
from tests.providers.shopmonkey.shop import BASE, HERE, KEY, account, line, order, provider

NINE = datetime(2026, 3, 3, 15, tzinfo=UTC)


def rows(*found, **meta):
    return httpx.Response(200, json={"success": True, "data": list(found), "meta": meta})


def place(row_id):
    return {"id": row_id, "name": f"Place {row_id}"}


def service(**fields):
    return {
        "id": "s1",
        "name": "Tint",
        "bookable": True,
        "pricing": "FixedPrice",
        "fixedPriceCents": 12000,
        **fields,
    }


@pytest.fixture
def shop(respx_mock):
    """Customers are known, services are as they are; what a test doesn't answer is an error."""
    found = rows({"id": "c1", "phone": "+15550100150"})
    respx_mock.post(f"{BASE}/customer/phone_number/search").mock(return_value=found)
    respx_mock.post(f"{BASE}/customer/email/search").mock(return_value=rows())
    return respx_mock


async def caught(awaitable):
    with pytest.raises(CallFailure) as failure:
        await awaitable
    return failure.value


# -- lists ----------------------------------------------------------------------------------------


@respx.mock
async def test_a_list_is_swept_until_it_holds_and_united_by_id(http):
    answers = [rows(place("a")), rows(place("b")), rows(place("a")), rows(place("b")), rows(place("a"))]
    respx.get(f"{BASE}/location").mock(side_effect=answers)
    respx.get(f"{BASE}/canned_service").mock(return_value=rows(service()))
    catalog = await provider(http).pull_catalog(today=date(2026, 3, 2))
    assert [one.external_id for one in catalog.locations] == ["a", "b"]


@respx.mock
async def test_a_list_that_never_has_as_many_rows_as_it_announces_fails(http):
    respx.get(f"{BASE}/location").mock(return_value=rows(place("a"), total=2))
    failure = await caught(provider(http).pull_catalog(today=date(2026, 3, 2)))
    assert (failure.disposition, failure.code) == (Disposition.RETRY, "unstable_list")
    respx.get(f"{BASE}/canned_service").mock(return_value=rows(service()))
    believing = provider(http, heed_totals=False)
    assert len((await believing.pull_catalog(today=date(2026, 3, 2))).locations) == 1


@respx.mock
async def test_a_list_that_always_brings_something_new_fails(http):
    count = iter(range(1000))
    respx.get(f"{BASE}/location").mock(side_effect=lambda _: rows(place(str(next(count)))))
    failure = await caught(provider(http).pull_catalog(today=date(2026, 3, 2)))
    assert failure.code == "unstable_list"


@respx.mock
async def test_filters_have_bare_operators_and_the_key_travels_in_its_header(http):
    route = respx.get(f"{BASE}/appointment").mock(return_value=rows())
    respx.get(f"{BASE}/canned_service/65a300000000000000000003").mock(
        return_value=httpx.Response(200, json={"success": True, "data": service()})
    )
    await provider(http).check_order(order(line(NINE)))
    asked = route.calls[0].request
    where = json.loads(asked.url.params["where"])
    assert set(where) == {"startDate", "endDate"}
    assert all(not operator.startswith("$") for rule in where.values() for operator in rule)
    assert (asked.url.params["limit"], asked.url.params["skip"]) == ("100", "0")
    assert asked.headers["authorization"] == f"Bearer {KEY}"


async def test_no_more_than_five_calls_are_open_at_once():
    places = [place(f"p{number}") for number in range(12)]
    open_now, most = 0, 0

    async def answer(request):
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        for _ in range(3):
            await asyncio.sleep(0)
        open_now -= 1
        return rows(*places) if request.url.path.endswith("/location") else rows(service())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        catalog = await provider(http).pull_catalog(today=date(2026, 3, 2))
    assert len(catalog.services[0].location_external_ids) == 12
    assert most == 5


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "message", "dispositions"),
    [
        ("API-40300", "permission denied", (Disposition.OPERATOR, Disposition.OPERATOR)),
        ("X", "Invalid API key", (Disposition.OPERATOR, Disposition.OPERATOR)),
        ("API-42900", "", (Disposition.RETRY, Disposition.RETRY)),
        ("API-50000", "", (Disposition.RETRY, Disposition.UNKNOWN)),
        ("", "internal error", (Disposition.RETRY, Disposition.UNKNOWN)),
        ("API-40000", "startDate: wrong", (Disposition.PERMANENT, Disposition.PERMANENT)),
        ("", "", (Disposition.PERMANENT, Disposition.PERMANENT)),
    ],
)
async def test_success_false_on_200_is_an_error(http, shop, code, message, dispositions):
    read, write = dispositions
    refused = httpx.Response(200, json={"success": False, "code": code, "message": message, "data": None})
    shop.get(f"{BASE}/location").mock(return_value=refused)
    shop.post(f"{BASE}/appointment").mock(return_value=refused)
    assert (await caught(provider(http, read_attempts=1).ping())).disposition is read
    failure = await caught(provider(http).place_order(order(line(NINE))))
    assert failure.disposition is write


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"success": True, "data": {}}),
        httpx.Response(200, json={"success": True}),
        httpx.Response(200, json=[]),
        httpx.Response(204),
        httpx.Response(200, text="OK"),
        httpx.Response(503, json={"success": False}),
    ],
)
async def test_an_order_without_a_readable_id_is_unknown(http, shop, answer):
    shop.post(f"{BASE}/appointment").mock(return_value=answer)
    failure = await caught(provider(http).place_order(order(line(NINE))))
    assert failure.disposition is Disposition.UNKNOWN


async def test_schema_drift_names_the_field_and_not_the_value(http, respx_mock):
    respx_mock.get(f"{BASE}/location").mock(return_value=rows({"id": 7, "name": "secret name"}))
    failure = await caught(provider(http).ping())
    assert (failure.disposition, failure.code) == (Disposition.OPERATOR, "schema_drift")
    assert "0.id" in failure.detail
    assert "secret" not in failure.detail


# -- orders of several lines ----------------------------------------------------------------------


def three():
    return order(*(line(NINE + timedelta(hours=hour)) for hour in range(3)))


def made(row_id):
    return httpx.Response(200, json={"success": True, "data": {"id": row_id}})


async def test_a_later_line_that_surely_failed_takes_the_earlier_ones_back(http, shop):
    throttled = httpx.Response(429, headers={"Retry-After": "9"}, json={"success": False})
    shop.post(f"{BASE}/appointment").mock(side_effect=[made("a1"), made("a2"), throttled])
    deleted = shop.delete(url__regex=rf"{BASE}/appointment/a[12]").mock(return_value=httpx.Response(204))
    failure = await caught(provider(http).place_order(three()))
    assert (failure.disposition, failure.retry_after) == (Disposition.RETRY, 9)
    assert [str(call.request.url).rpartition("/")[2] for call in deleted.calls] == ["a1", "a2"]
    assert all(call.request.content == b"{}" for call in deleted.calls)


async def test_a_later_line_whose_answer_is_lost_deletes_nothing(http, shop):
    shop.post(f"{BASE}/appointment").mock(side_effect=[made("a1"), httpx.ReadTimeout("slow")])
    failure = await caught(provider(http).place_order(three()))
    assert failure.disposition is Disposition.UNKNOWN
    assert not [call for call in shop.calls if call.request.method == "DELETE"]


async def test_a_deletion_that_can_not_be_proved_makes_the_order_unknown(http, shop):
    refused = httpx.Response(400, json={"success": False})
    shop.post(f"{BASE}/appointment").mock(side_effect=[made("a1"), refused])
    shop.delete(f"{BASE}/appointment/a1").mock(side_effect=httpx.ReadTimeout("slow"))
    failure = await caught(provider(http).place_order(three()))
    assert (failure.disposition, failure.code) == (Disposition.UNKNOWN, "half_an_order")


# -- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "same"),
    [
        ("+15550100150", True),
        ("+1 (555) 010-0150", True),
        ("555-010-0150", True),
        ("15550100150", True),
        ("+25550100150", False),
        ("0100150", False),
        ("150", False),
        ("", False),
    ],
)
def test_phone_numbers_as_a_shop_writes_them(stored, same):
    assert same_number("+15550100150", stored) is same


def test_a_customer_s_words_can_not_imitate_our_line():
    wanted = order(line(NINE), notes="vehicle: x\nFrontdesk forged 1/1 bay-1\ncolor: Frontdesk forged 1/1")
    note = note_of(wanted, 1, bay="bay-2")
    assert note.splitlines() == [
        "vehicle: x",
        "color: Frontdesk forged 1/1",
        f"Frontdesk {wanted.reference} 1/1 bay-2",
    ]


def test_a_reference_is_found_whole_and_by_its_number_at_its_time():
    from providers.shopmonkey.answers import Appointment

    def row(row_id, note, starts_at=NINE):
        return Appointment(id=row_id, startDate=starts_at, endDate=starts_at + timedelta(hours=1), note=note)

    ten = NINE + timedelta(hours=1)
    found = [
        row("a", "x\nFrontdesk r1 1/2 bay-1"),
        row("b", "Frontdesk r1 2/2", ten),
        row("c", "Frontdesk r10 1/1"),
        row("d", "Frontdesk r1 3/3"),
    ]
    both = (line(NINE), line(ten))
    assert parts_of(order(*both, reference="r1"), found) == {1: ["a"], 2: ["b"]}
    assert parts_of(order(*both, reference="r"), found) == {}
    later = (line(NINE), line(ten + timedelta(minutes=30)))
    assert parts_of(order(*later, reference="r1"), found) == {1: ["a"]}


async def test_what_can_not_be_offered_is_left_out_with_a_note(http, respx_mock):
    priceless = service(id="s2", fixedPriceCents=None)
    respx_mock.get(f"{BASE}/location").mock(
        return_value=rows({**place(HERE), "timezone": "America/New_York"})
    )
    respx_mock.get(f"{BASE}/canned_service").mock(
        return_value=rows(service(), priceless, service(id="s3", bookable=False))
    )
    catalog = await provider(http).pull_catalog(today=date(2026, 3, 2))
    assert [one.external_id for one in catalog.services] == ["s1"]
    assert len(catalog.notes) == 2
    assert "America/New_York" in catalog.notes[0]
    assert "s2" in catalog.notes[1]


async def test_the_operator_s_lengths_win(http, respx_mock):
    respx_mock.get(f"{BASE}/location").mock(return_value=rows(place(HERE)))
    respx_mock.get(f"{BASE}/canned_service").mock(
        return_value=rows(
            service(labors=[{"hours": 1.25}, {"hours": None}]), service(id="s2"), service(id="s3")
        )
    )
    shop = provider(http, default_minutes=45, service_minutes={"s3": 90})
    catalog = await shop.pull_catalog(today=date(2026, 3, 2))
    assert {one.external_id: one.minutes for one in catalog.services} == {"s1": 75, "s2": 45, "s3": 90}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dialect": "v4"}, "one dialect only"),
        ({"base_url": "shop.example.com"}, "base URL must begin with"),
        ({"timezone": "Chicago"}, "unknown time zone 'Chicago'"),
        ({"secrets": {}}, "'api_key' is missing"),
        ({"secrets": {"api_key": "a\nb"}}, "isn't a header value"),
        ({"settings": {"hours": {}}}, "setting hours: "),
        ({"settings": {"hours": {"mon": [["18:00", "08:00"]]}}}, "must end after it begins"),
        ({"settings": {"hours": {"mon": [["08:00", "12:00"], ["11:00", "14:00"]]}}}, "must not overlap"),
        ({"settings": {"hours": {"someday": []}}}, "setting hours.someday"),
        ({"settings": {"bays": 0}}, "setting bays: "),
        ({"settings": {"frame_minutes": 25}}, "setting frame_minutes: "),
        ({"settings": {"location_zones": {HERE: "Nowhere"}}}, "unknown time zone 'Nowhere'"),
        ({"settings": {"technicians": ["t1", {"id": "t1"}]}}, "somebody is named twice"),
    ],
)
async def test_settings_that_can_not_work(http, changes, said):
    with pytest.raises(ValueError, match=said):
        create_provider(account(**changes), http)
