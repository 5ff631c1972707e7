"""Reading calls of both Nail It dialects: tokens, languages, paging, frames, dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sandbox import nailit_bodies as nb
from tests.sandbox.conftest import SALON_TOKEN


def names(answer, key="TimeFrames"):
    return [frame["TimeFrame_Name"] for frame in answer[key]]


@pytest.mark.parametrize("token", [None, "", "wrong", SALON_TOKEN[:-1]])
async def test_a_missing_or_wrong_token_is_http_200_with_a_status(served, token):
    answer = await served.nailit("GetLocations", token=token)
    assert answer["Status"] == 103
    assert "token" in answer["Message"].lower()
    assert "Locations" not in answer


async def test_locations_in_both_dialects_and_languages(served):
    facade, english = await served.nailit("GetLocations"), await served.nailit("GetLocations/E")
    arabic = await served.nailit("GetLocations/A")
    assert facade == english
    assert [one["Location_Name"] for one in english["Locations"]] == ["Plaza", "Zahra", "Marina"]
    assert [one["Location_Name"] for one in arabic["Locations"]] == ["بلازا", "الزهراء", "مارينا"]
    plaza = english["Locations"][0]
    assert (plaza["From_Time"], plaza["To_Time"], plaza["Working_Days"]) == (
        "10:30 AM",
        "09:00 PM",
        "Sunday-Saturday",
    )
    assert isinstance(plaza["Latitude"], str)
    assert set(plaza) == {
        "Location_Id", "Location_Name", "Latitude", "Longitude", "Address", "Website", "Phone",
        "From_Time", "To_Time", "Working_Days",
    }  # fmt: skip


async def test_groups_and_sub_groups(served):
    groups = (await served.nailit("GetGroups/2"))["Groups"]
    hair = next(group for group in groups if group["Name"] == "Hair")
    assert hair["Is_Has_Sub_Category"] is True
    subs = await served.nailit(f"GetSubGroups/A/{hair['Id']}")
    assert "علاجات الشعر" in [group["Name"] for group in subs["Groups"]]
    assert (await served.nailit("GetGroups/1"))["Groups"] == []
    assert (await served.nailit("GetGroups/9"))["Status"] == 104


async def test_register_gets_or_creates_and_its_key_has_stray_spaces(served, registered):
    first, again, other = await registered(), await registered(), await registered("+96550000124")
    assert (first, again, other) == (501, 501, 502)
    body = {
        "Address": "",
        "Email_Id": "",
        "Name": "Sara",
        "Mobile": "+96550000123",
        "Login_Type": 1,
        "Image_Name": "",
    }
    answer = await served.nailit("Register", body)
    assert "App_User_Id" not in answer
    assert any(key != key.strip() for key in answer)
    assert (await served.nailit("Register", {**body, "Mobile": "123"}))["Status"] == 102


async def test_register_device_takes_the_client_key_instead_of_the_header(served):
    body = {"DeviceType": "1", "UniqueDeviceId": "abc", "NotificationToken": "", "ClientKey": SALON_TOKEN}
    assert (await served.nailit("RegisterDevice", body, token=None))["Status"] == 0
    assert (await served.nailit("RegisterDevice", {**body, "ClientKey": "eA=="}, token=None))["Status"] == 103
    assert (await served.nailit("RegisterDevice", {**body, "DeviceType": "3"}, token=None))["Status"] == 104


async def test_items_come_in_pages_of_twenty(served):
    pages = [await served.nailit("GetItemsByDate", nb.items_v2(Page_No=page)) for page in (1, 2, 3, 4)]
    sizes = [len(page["Items"]) for page in pages]
    assert sizes[0] == sizes[1] == 20
    assert sum(sizes) == pages[0]["Total_Items"]
    ids = [item["Item_Id"] for page in pages for item in page["Items"]]
    assert len(set(ids)) == len(ids)
    assert (await served.nailit("GetItemsByDate", nb.items_v2(Page_No=0)))["Status"] == 104


async def test_an_items_shape_in_v2(served):
    answer = await served.nailit("GetItemsByDate", nb.items_v2(Like="gel manicure"))
    (item,) = answer["Items"]
    assert (item["Item_Id"], item["Item_Name"], item["Duration"]) == (102, "Gel Manicure", "60")
    assert (item["Primary_Price"], item["Special_Price"]) == (12.5, 12.5)
    assert "&amp;" in item["Item_Desc"]
    assert set(item) == {
        "Item_Id", "Item_Name", "Item_Desc", "Image_Url", "Primary_Price", "Dis_Percent", "Dis_Amount",
        "Special_Price", "Is_Favorite", "Promotion_Id", "Promotion_Type_Id", "Item_Type_Id", "Available_Qty",
        "Duration", "Parent_Group_Id", "Sub_Group_Id", "Event_Type", "Is_Gift", "Location_Ids", "Media", "Sizes",
    }  # fmt: skip


async def test_items_are_filtered_by_group_location_language_and_kind(served):
    treatments = await served.nailit("GetItemsByDate", nb.items_v2(Group_Id=43, Lang="A"))
    assert {item["Sub_Group_Id"] for item in treatments["Items"]} == {43}
    assert all(item["Item_Name"] != "Keratin Smoothing" for item in treatments["Items"])
    at_marina = await served.nailit("GetItemsByDate", nb.items_v2(Like="Polygel", Location_Ids=[nb.MARINA]))
    assert at_marina["Total_Items"] == 0
    assert (await served.nailit("GetItemsByDate", nb.items_v2(Is_Home_Service=True)))["Total_Items"] == 0
    assert (await served.nailit("GetItemsByDate", nb.items_v2(Location_Ids=[9])))["Status"] == 102
    assert (await served.nailit("GetItemsByDate", nb.items_v2(Lang="F")))["Status"] == 104


async def test_facade_services_carry_prices_as_text(served):
    answer = await served.nailit("GetLocationServices", nb.services_facade(Like="haircut"))
    haircut = answer["Items"][0]
    assert haircut["Primary_Price"] == "8.000"
    assert [size["Price"] for size in haircut["Sizes"]] == ["8.000", "10.000", "12.000"]
    assert (await served.nailit("GetLocationServices", nb.services_facade(Location_Id=9)))["Status"] == 102


async def test_exactly_monica_and_carlen_do_gel_manicure_at_plaza(served):
    v2 = await served.nailit(f"GetServiceStaff1/102/{nb.PLAZA}/E/{nb.TOMORROW_READ}")
    assert [(one["Name"], one["Extra_Time"]) for one in v2["Specialists"]] == [("Monica", 0), ("Carlen", 0)]
    facade = await served.nailit(f"GetLocationStaff/{nb.PLAZA}")
    assert [one["Name"] for one in facade["Specialists"] if 102 in one["Item_Ids"]] == ["Monica", "Carlen"]


async def test_tomorrow_at_two_only_monica_is_there(served):
    body = {"Location_Id": nb.PLAZA, "Item_Id": 102, "Selected_Date": nb.TOMORROW_READ}
    answer = await served.nailit("GetItemsByDate", body)
    frames = {row["Staff_Id"]: names(row) for row in answer["Items"]}
    assert set(frames) == {nb.MONICA, nb.CARLEN}
    assert "02:00 PM" in frames[nb.MONICA]
    assert frames[nb.CARLEN] == [
        "10:30 AM", "11:00 AM", "11:30 AM", "12:00 PM", "12:30 PM",
        *(f"{hour:02d}:{minute} PM" for hour in (4, 5, 6, 7, 8) for minute in ("00", "30")),
    ]  # fmt: skip


async def test_frames_are_consecutive_half_hours_of_the_day(served):
    answer = await served.nailit(f"GetAvailableSlots/E/{nb.MONICA}/{nb.TOMORROW_READ}")
    ids = [frame["TimeFrame_Id"] for frame in answer["TimeFrames"]]
    assert ids == list(range(22, 43))
    assert names(answer)[0] == "10:30 AM"
    assert names(answer)[-1] == "08:30 PM"


async def test_todays_frames_begin_after_now_and_past_days_have_none(served, clock):
    clock.time = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)  # 12:15 in Kuwait
    today = await served.nailit(f"GetAvailableSlots/E/{nb.MONICA}/20-11-2026")
    assert names(today)[0] == "12:30 PM"
    assert (await served.nailit(f"GetAvailableSlots/E/{nb.MONICA}/19-11-2026"))["TimeFrames"] == []
    assert (await served.nailit(f"GetAvailableSlots/E/{nb.MONICA}/21-11-2027"))["TimeFrames"] == []


async def test_a_day_off_has_no_frames_and_no_staff(served):
    sunday = "22-11-2026"
    assert (await served.nailit(f"GetAvailableSlots/E/{nb.LAYAL}/{sunday}"))["TimeFrames"] == []
    staff = await served.nailit(f"GetServiceStaff1/{nb.HAIRCUT}/{nb.PLAZA}/E/{sunday}")
    assert staff["Specialists"] == []


@pytest.mark.parametrize("day", ["2026-11-21", "21-13-2026", "1-1-2026", "21.11.2026", "tomorrow"])
async def test_a_wrong_date_format_answers_102(served, day):
    assert (await served.nailit(f"GetAvailableSlots/E/1/{day}"))["Status"] == 102
    assert (await served.nailit("GetItemsByDate", nb.items_v2(Selected_Date=day)))["Status"] == 102


async def test_payment_types(served):
    answer = await served.nailit("GetPaymentTypesByDevice/E/2/1")
    assert [(one["Type_Id"], one["Type_Code"], one["Type_Name"]) for one in answer["PaymentTypes"]] == [
        (1, "COD", "On Arrival"),
        (2, "KNET", "KNET"),
        (7, "AP", "Apple Pay"),
    ]


async def test_unknown_paths_answer_an_html_page(served):
    async with served.client.get("/nailit/GetEverything") as response:
        assert response.status == 404
        assert response.content_type == "text/html"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"'])
async def test_a_body_that_is_no_object_is_refused(served, body):
    headers = {"X-NailItMobile-SecurityToken": SALON_TOKEN, "Content-Type": "application/json"}
    async with served.client.post("/nailit/AddOrder", data=body, headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["Status"] == 104
