"""Pulling a catalog and frames: the vendor's habits are forgiven, holes and drift never are."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from providers.outcome import CallFailure, Disposition
from tests.providers.nailit_answers import FRAMES, ITEM, LOCATION, PERSON, TODAY, TOKEN, ok, provider

ITEMS_CALL = {"v2": "GetItemsByDate", "facade": "GetLocationServices"}
STAFF_CALL = {"v2": "GetServiceStaff1", "facade": "GetLocationStaff"}
HTML = httpx.Response(200, html="<html><body>404</body></html>")
CATALOG_CALLS = ["GetLocations", "GetGroups", "items", "staff", "GetPaymentTypesByDevice"]


def call_of(name: str, dialect: str) -> str:
    return {"items": ITEMS_CALL, "staff": STAFF_CALL}.get(name, {}).get(dialect, name)


async def pull_failure(nailit) -> CallFailure:
    with pytest.raises(CallFailure) as caught:
        await nailit.pull_catalog(today=TODAY)
    return caught.value


async def test_the_small_salon(salon, nailit):
    catalog = await nailit.pull_catalog(today=TODAY)
    (location,), (group,), (service,), (person,) = (
        catalog.locations,
        catalog.groups,
        catalog.services,
        catalog.staff,
    )
    assert location.names == {"en": "Plaza", "ar": "Plaza"}
    assert [hours.weekday for hours in location.hours] == [0, 1, 2, 3, 5, 6]
    assert (service.minutes, service.price_minor) == (60, 12500)
    assert service.description == "Long-lasting & glossy"
    assert (service.group_external_id, group.external_id) == ("10", "10")
    assert service.location_external_ids == ("1",)
    assert person.service_external_ids == ("102",)
    assert [(kind.code, kind.online) for kind in catalog.payment_types] == [("COD", False), ("KNET", True)]
    assert catalog.notes == ()
    assert {request.headers["X-NailItMobile-SecurityToken"] for _, request in salon.calls} == {TOKEN}


async def test_the_vendor_s_habits_are_forgiven(salon, nailit, dialect):
    odd = {f" {key} ": value for key, value in ITEM.items()} | {"Brand_New_Field": {"x": 1}}
    odd[" Item_Id "] = "102"
    odd[" Primary_Price "] = " 12.500 "
    odd[" Special_Price "] = ""
    odd[" Item_Desc "] = None
    odd[" Sizes "] = [{"Size_Id": "7", "Size_Name": "Long", "Price": 15}]
    salon[ITEMS_CALL[dialect]] = {"Status": "1", "Message": None, "Total_Items": "1", "Items": [odd]}
    (service,) = (await nailit.pull_catalog(today=TODAY)).services
    assert (service.external_id, service.price_minor, service.description) == ("102", 12500, "")
    assert [(size.external_id, size.price_minor) for size in service.sizes] == [("7", 15000)]


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (("12.500", "10.000"), 10000),
        (("12.500", "0.000"), 12500),
        (("12.500", None), 12500),
        ((12, 15), 12000),
    ],
)
async def test_a_special_price_counts_if_it_is_lower(salon, nailit, dialect, prices, expected):
    item = ITEM | dict(zip(("Primary_Price", "Special_Price"), prices, strict=True))
    salon[ITEMS_CALL[dialect]] = ok(Total_Items=1, Items=[item])
    (service,) = (await nailit.pull_catalog(today=TODAY)).services
    assert service.price_minor == expected


@pytest.mark.parametrize("name", CATALOG_CALLS)
async def test_an_html_page_is_never_zero_rows(salon, nailit, dialect, name):
    call = call_of(name, dialect)
    salon[call] = HTML
    failure = await pull_failure(nailit)
    assert (failure.disposition, failure.code) == (Disposition.RETRY, "html_answer")
    assert call in failure.detail


@pytest.mark.parametrize("name", CATALOG_CALLS)
async def test_an_empty_list_is_an_error(salon, nailit, dialect, name):
    call = call_of(name, dialect)
    salon[call] = {
        key: ([] if isinstance(value, list) else 0 if key == "Total_Items" else value)
        for key, value in salon.answers[call].items()
    }
    assert (await pull_failure(nailit)).code in {"empty_answer", "no_payment_types", "empty_catalog"}


@pytest.mark.parametrize("name", CATALOG_CALLS)
async def test_a_missing_list_is_drift_and_names_call_and_field(salon, nailit, dialect, name):
    call = call_of(name, dialect)
    salon[call] = {key: value for key, value in salon.answers[call].items() if not isinstance(value, list)}
    failure = await pull_failure(nailit)
    assert (failure.disposition, failure.code) == (Disposition.OPERATOR, "schema_drift")
    assert failure.detail.startswith(f"{call}: field ")


async def test_drift_deep_inside_names_the_field_and_not_the_value(salon, nailit, dialect):
    salon[ITEMS_CALL[dialect]] = ok(Total_Items=1, Items=[ITEM | {"Primary_Price": "call +96550000123"}])
    failure = await pull_failure(nailit)
    assert failure.detail.startswith(f"{ITEMS_CALL[dialect]}: field items.0.primary_price: ")
    assert "50000123" not in str(failure)


@pytest.mark.parametrize(
    ("answer", "disposition", "code"),
    [
        ({"Status": 1, "Message": "error"}, Disposition.RETRY, "status_1"),
        ({"Status": 1, "Message": "", "Locations": []}, Disposition.RETRY, "empty_answer"),
        ({"Status": 102, "Message": "Services not available"}, Disposition.PERMANENT, "status_102"),
        ({"Status": 5, "Message": "Invalid security token"}, Disposition.OPERATOR, "status_5"),
        ({"Locations": []}, Disposition.RETRY, "empty_answer"),
        ([], Disposition.RETRY, "schema_drift"),
        ("text", Disposition.RETRY, "schema_drift"),
    ],
)
async def test_refusals_in_the_body(salon, nailit, answer, disposition, code):
    salon["GetLocations"] = httpx.Response(200, json=answer)
    with pytest.raises(CallFailure) as caught:
        await nailit.ping()
    assert (caught.value.disposition, caught.value.code) == (disposition, code)


def pages_of(total: int, pages: dict[int, list[int]]):
    def answer(request: httpx.Request):
        ids = pages.get(json.loads(request.content)["Page_No"], [])
        return ok(Total_Items=total, Items=[ITEM | {"Item_Id": number} for number in ids])

    return answer


async def test_all_pages_are_read(salon, nailit, dialect):
    salon[ITEMS_CALL[dialect]] = pages_of(5, {1: [1, 2], 2: [3, 4], 3: [5]})
    assert len((await nailit.pull_catalog(today=TODAY)).services) == 5


@pytest.mark.parametrize(
    ("total", "pages"),
    [
        (5, {1: [1, 2], 2: [3, 4]}),  # the last page came back empty
        (5, {1: [], 2: [1, 2]}),  # so did the first
        (4, {1: [1, 2], 2: [1, 2]}),  # the page number was ignored
        (2, {1: [1, 2, 3]}),  # more than announced
        (4, {1: [1, 2], 2: [3, 4, 5]}),
    ],
)
async def test_pages_that_disagree_with_the_total(salon, nailit, dialect, total, pages):
    salon[ITEMS_CALL[dialect]] = pages_of(total, pages)
    assert (await pull_failure(nailit)).code == "incomplete_pages"


async def test_a_total_that_changes_between_pages(salon, nailit, dialect):
    def answer(request: httpx.Request):
        page = json.loads(request.content)["Page_No"]
        return ok(Total_Items=2 + page, Items=[ITEM | {"Item_Id": page}])

    salon[ITEMS_CALL[dialect]] = answer
    assert (await pull_failure(nailit)).code == "incomplete_pages"


async def test_sub_groups_and_the_group_of_a_service(salon, nailit, dialect):
    salon["GetGroups"] = ok(Groups=[{"Id": 10, "Name": "Manicure", "Is_Has_Sub_Category": True}])
    salon[ITEMS_CALL[dialect]] = ok(
        Total_Items=3,
        Items=[
            ITEM | {"Sub_Group_Id": 11},
            ITEM | {"Item_Id": 103, "Sub_Group_Id": 99},
            ITEM | {"Item_Id": 104, "Parent_Group_Id": 98},
        ],
    )
    catalog = await nailit.pull_catalog(today=TODAY)
    assert [(group.external_id, group.parent_external_id) for group in catalog.groups] == [
        ("10", None),
        ("11", "10"),
    ]
    assert [service.group_external_id for service in catalog.services] == ["11", "10", None]


async def test_names_come_in_both_languages(salon, nailit, dialect):
    def answer(request: httpx.Request):
        arabic = json.loads(request.content)["Lang"] == "A"
        return ok(Total_Items=1, Items=[ITEM | {"Item_Name": "مانيكير جل"} if arabic else ITEM])

    salon[ITEMS_CALL[dialect]] = answer
    (service,) = (await nailit.pull_catalog(today=TODAY)).services
    assert service.names == {"en": "Gel Manicure", "ar": "مانيكير جل"}


async def test_english_only(salon, http, dialect):
    catalog = await provider(http, dialect, settings={"languages": ["en"]}).pull_catalog(today=TODAY)
    assert catalog.locations[0].names == {"en": "Plaza"}
    assert not any("/A" in request.url.path for _, request in salon.calls)


async def test_what_nobody_could_book_is_left_out_with_a_note(salon, nailit, dialect):
    items = [
        ITEM,
        ITEM | {"Item_Id": 103, "Duration": "0"},
        ITEM | {"Item_Id": 104, "Item_Name": " "},
    ]
    salon[ITEMS_CALL[dialect]] = ok(Total_Items=3, Items=items)
    catalog = await nailit.pull_catalog(today=TODAY)
    assert [service.external_id for service in catalog.services] == ["102"]
    assert [note.split(":")[0] for note in catalog.notes] == ["service 103", "service 104"]


async def test_hours_nobody_can_read_are_a_note(salon, nailit):
    salon["GetLocations"] = ok(
        Locations=[LOCATION | {"Working_Days": "ask us", "Latitude": "", "Phone": None}]
    )
    catalog = await nailit.pull_catalog(today=TODAY)
    assert (catalog.locations[0].hours, catalog.locations[0].latitude) == ((), None)
    assert catalog.notes == ("location 1: opening hours can't be read and were left out",)


CASH = {"id": 1, "code": "COD", "names": {"en": "On arrival"}, "online": False}


async def test_empty_payment_types_fall_back_to_the_account_s_own(salon, http, dialect):
    salon["GetPaymentTypesByDevice"] = ok(PaymentTypes=[])
    nailit = provider(http, dialect, settings={"payment_types": [CASH]})
    catalog = await nailit.pull_catalog(today=TODAY)
    assert [(kind.external_id, kind.code) for kind in catalog.payment_types] == [("1", "COD")]
    assert "payment types came back empty" in catalog.notes[0]


async def test_empty_payment_types_without_a_fallback_need_an_operator(salon, nailit):
    salon["GetPaymentTypesByDevice"] = ok(PaymentTypes=[])
    failure = await pull_failure(nailit)
    assert (failure.disposition, failure.code) == (Disposition.OPERATOR, "no_payment_types")


async def test_a_switched_off_payment_type_is_not_offered(salon, nailit):
    types = [
        {"Type_Id": 1, "Type_Name": "On Arrival", "Type_Code": "COD", "Is_Enabled": True},
        {"Type_Id": 7, "Type_Name": "Apple Pay", "Type_Code": "AP", "Is_Enabled": False},
    ]
    salon["GetPaymentTypesByDevice"] = ok(PaymentTypes=types)
    catalog = await nailit.pull_catalog(today=TODAY)
    assert [kind.code for kind in catalog.payment_types] == ["COD"]


async def test_frames_are_utc_half_hours(salon, nailit):
    catalog = await nailit.pull_catalog(today=TODAY)
    frames = await nailit.pull_frames(catalog=catalog, days=[TODAY])
    assert [frame.external_id for frame in frames] == ["29", "30", "31"]
    assert frames[0].starts_at == datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
    assert all(frame.ends_at - frame.starts_at == timedelta(minutes=30) for frame in frames)
    assert {frame.staff_external_id for frame in frames} == {"3"}


async def test_a_day_the_location_is_closed_is_not_asked_for(salon, nailit):
    catalog = await nailit.pull_catalog(today=TODAY)
    friday = date(2026, 3, 6)
    before = len(salon.calls)
    assert await nailit.pull_frames(catalog=catalog, days=[friday]) == []
    assert len(salon.calls) == before


async def test_a_full_day_is_an_answer_and_a_broken_one_is_not(salon, nailit, dialect):
    call = "GetAvailableSlots" if dialect == "v2" else "GetItemsByDate"
    catalog = await nailit.pull_catalog(today=TODAY)
    salon[call] = ok(TimeFrames=[], Items=[])
    assert await nailit.pull_frames(catalog=catalog, days=[TODAY]) == []
    broken = [HTML, ok(), {"Status": 1, "TimeFrames": [], "Items": []}, {"Status": 102, "Message": "no"}]
    for answer in broken:
        salon[call] = answer
        with pytest.raises(CallFailure):
            await nailit.pull_frames(catalog=catalog, days=[TODAY])


async def test_a_frame_without_a_time_is_drift(salon, nailit, dialect):
    frames = [FRAMES[0] | {"TimeFrame_Name": "soon"}]
    call = "GetAvailableSlots" if dialect == "v2" else "GetItemsByDate"
    catalog = await nailit.pull_catalog(today=TODAY)
    salon[call] = ok(TimeFrames=frames, Items=[{"Item_Id": 102, "Staff_Id": 3, "TimeFrames": frames}])
    with pytest.raises(CallFailure, match=f"{call}: field time_frame_name"):
        await nailit.pull_frames(catalog=catalog, days=[TODAY])


async def test_a_person_at_two_locations_stays_at_the_first(salon, nailit, dialect):
    places = [LOCATION, LOCATION | {"Location_Id": 2, "Location_Name": "Zahra"}]
    salon["GetLocations"] = ok(Locations=places)
    salon[ITEMS_CALL[dialect]] = ok(Total_Items=1, Items=[ITEM | {"Location_Ids": [1, 2]}])
    salon[STAFF_CALL[dialect]] = ok(Specialists=[PERSON])
    catalog = await nailit.pull_catalog(today=TODAY)
    assert [person.location_external_id for person in catalog.staff] == ["1"]
    assert catalog.notes == ("staff 3: also at location 2; only 1 is used",)
    assert catalog.services[0].location_external_ids == ("1", "2")


@pytest.mark.parametrize("dialect", ["facade"])
async def test_frames_of_people_outside_the_catalog_are_left_out(salon, nailit):
    catalog = await nailit.pull_catalog(today=TODAY)
    salon["GetItemsByDate"] = ok(
        Items=[{"Item_Id": 102, "Staff_Id": person, "TimeFrames": FRAMES} for person in (3, 99)]
    )
    frames = await nailit.pull_frames(catalog=catalog, days=[TODAY])
    assert {frame.staff_external_id for frame in frames} == {"3"}


@pytest.mark.parametrize("dialect", ["facade"])
async def test_the_facade_s_frames_take_as_few_calls_as_show_everybody(salon, nailit):
    items = [
        ITEM | {"Item_Id": number, "Duration": str(minutes)}
        for number, minutes in ((1, 90), (2, 30), (3, 60))
    ]
    people = [PERSON | {"Id": 3, "Item_Ids": [1, 2]}, PERSON | {"Id": 4, "Item_Ids": [1, 2, 3]}]
    salon["GetLocationServices"] = ok(Total_Items=3, Items=items)
    salon["GetLocationStaff"] = ok(Specialists=people)
    catalog = await nailit.pull_catalog(today=TODAY)
    await nailit.pull_frames(catalog=catalog, days=[TODAY])
    asked = [
        json.loads(request.content)["Item_Id"] for name, request in salon.calls if name == "GetItemsByDate"
    ]
    assert asked == [2]
