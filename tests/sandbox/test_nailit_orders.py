"""Orders at the sandboxed Nail It: strict bodies, prices, frames, no double booking, cancelling."""

from __future__ import annotations

import asyncio

import pytest

from tests.sandbox import nailit_bodies as nb
from tests.sandbox.conftest import STUDIO_TOKEN

TAKEN = {"Status": 102, "Message": "Services not available: slot is already taken"}


async def test_facade_order_is_placed_and_stands_in_the_ledger(served, registered):
    user = await registered()
    answer = await served.nailit("AddOrder", nb.add_order(user))
    assert answer == {"Status": 0, "Message": "Success", "OrderId": 10001, "CustomerId": 7001}
    ledger = await served.control("ledger/nailit")
    entry = ledger["entries"][-1]
    assert (entry["kind"], entry["account"], entry["data"]["order_id"]) == ("order", "salon", 10001)
    assert entry["data"]["request"]["Services"][0]["Appointment_Date"] == "21/11/2026"
    (order,) = (await served.control("orders"))["orders"]
    (line,) = order["lines"]
    assert (line["item_name"], line["staff_name"], line["price"], line["day"]) == (
        "Gel Manicure",
        "Monica",
        "12.500",
        "2026-11-21",
    )
    assert [frame["TimeFrame_Name"] for frame in line["frames"]] == ["02:00 PM", "02:30 PM"]


async def test_v2_order_is_placed_and_its_frames_are_gone(served, registered):
    user = await registered()
    answer = await served.nailit("SaveOrder", nb.save_order(user))
    assert (answer["Status"], answer["OrderId"], answer["CustomerId"]) == (0, 10001, 7001)
    assert "paymentLink" not in answer
    slots = await served.nailit(f"GetAvailableSlots/E/{nb.MONICA}/{nb.TOMORROW_READ}")
    names = [frame["TimeFrame_Name"] for frame in slots["TimeFrames"]]
    assert "02:00 PM" not in names
    assert "02:30 PM" not in names
    assert {"01:30 PM", "03:00 PM"} <= set(names)


async def test_the_same_slot_is_never_given_twice(served, registered):
    user = await registered()
    answers = await asyncio.gather(*(served.nailit("AddOrder", nb.add_order(user)) for _ in range(8)))
    assert sorted(answer["Status"] for answer in answers) == [0] + [102] * 7
    assert await served.nailit("SaveOrder", nb.save_order(user)) == TAKEN
    assert len((await served.control("orders"))["orders"]) == 1


async def test_a_partly_taken_slot_is_refused(served, registered):
    user = await registered()
    await served.nailit("AddOrder", nb.add_order(user))
    overlapping = nb.line_facade(TimeFrame_Ids=[30, 31])
    assert await served.nailit("AddOrder", nb.add_order(user, overlapping)) == TAKEN


async def test_two_services_of_one_order_can_not_share_a_frame(served, registered):
    user = await registered()
    both = nb.line_facade(), nb.line_facade(Item_Id=nb.CLASSIC_MANICURE, Price="7.000")
    answer = await served.nailit("AddOrder", nb.add_order(user, *both))
    assert answer["Status"] == 102
    assert (await served.control("orders"))["orders"] == []


async def test_salons_do_not_share_slots_but_order_numbers_run_on(served, registered):
    first = await served.nailit("AddOrder", nb.add_order(await registered()))
    user = await registered(token=STUDIO_TOKEN)
    second = await served.nailit("AddOrder", nb.add_order(user), token=STUDIO_TOKEN)
    assert (first["OrderId"], second["OrderId"]) == (10001, 10002)
    other = await served.nailit("GetOrderPaymentDetail/10001", token=STUDIO_TOKEN)
    assert other["Status"] == 104


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Staff_Id": nb.JOY}, "does not do item"),
        ({"Staff_Id": nb.GRACE}, "does not work at location"),
        ({"Staff_Id": 99}, "no staff 99"),
        ({"Item_Id": 999}, "no item 999"),
        ({"Appointment_Date": "21-11-2026"}, "dd/MM/yyyy"),
        ({"Appointment_Date": "2026/11/21"}, "dd/MM/yyyy"),
        ({"Appointment_Date": "31/11/2026"}, "dd/MM/yyyy"),
        ({"Appointment_Date": "19/11/2026"}, "already taken"),
        ({"TimeFrame_Ids": [29]}, "needs 2 frames"),
        ({"TimeFrame_Ids": [29, 31]}, "consecutive"),
        ({"TimeFrame_Ids": [30, 29]}, "consecutive"),
        ({"TimeFrame_Ids": [1, 2]}, "already taken"),
        ({"Staff_Id": nb.CARLEN}, "already taken"),
    ],
)
async def test_what_can_not_be_done_answers_102(served, registered, change, reason):
    answer = await served.nailit("AddOrder", nb.add_order(await registered(), nb.line_facade(**change)))
    assert answer["Status"] == 102
    assert reason in answer["Message"]
    assert (await served.control("orders"))["orders"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Gross_Amount": 12}, "Gross_Amount"),
        ({"Net_Amount": 12.4}, "Net_Amount"),
        ({"Discount_Amount": 1}, "Discount_Amount"),
        ({"Channel_Id": 3}, "Channel_Id"),
        ({"App_User_Id": 1}, "not registered"),
        ({"App_User_Id": "501"}, "App_User_Id"),
        ({"Payment_Type_Id": 3}, "payment type 3"),
        ({"Name": " "}, "Name"),
        ({"Email_Id": "sara"}, "Email_Id"),
        ({"Services": []}, "Services"),
        ({"Extra": 1}, "Extra"),
    ],
)
async def test_a_wrong_facade_order_is_refused_by_field(served, registered, change, field):
    answer = await served.nailit("AddOrder", nb.add_order(await registered(), **change))
    assert answer["Status"] == 104
    assert field in answer["Message"]


@pytest.mark.parametrize("price", ["12.000", "0", "12.5001", "free"])
async def test_a_price_that_is_not_the_catalogs_is_refused(served, registered, price):
    body = nb.add_order(await registered())
    body["Services"][0]["Price"] = price
    answer = await served.nailit("AddOrder", body)
    assert answer["Status"] == 104


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Amount": 12}, "Amount"),
        ({"Net_Amount": 11}, "Net_Amount"),
        ({"Size_Id": 4011}, "has no sizes"),
        ({"Prod_Name": ""}, "Prod_Name"),
        ({"Promotion_Id": 5}, "Promotion_Id"),
        ({"Rate": 11, "Amount": 11, "Net_Amount": 11}, "is not its price"),
    ],
)
async def test_a_wrong_v2_line_is_refused_by_field(served, registered, change, field):
    answer = await served.nailit("SaveOrder", nb.save_order(await registered(), nb.line_v2(**change)))
    assert answer["Status"] == 104
    assert field in answer["Message"]


@pytest.mark.parametrize("mobile", ["96550000123", "+9655000012", "50000123", "+965 50000123", ""])
async def test_a_badly_formed_mobile_answers_102(served, registered, mobile):
    user = await registered()
    assert (await served.nailit("AddOrder", nb.add_order(user, Mobile=mobile)))["Status"] == 102
    assert (await served.nailit("SaveOrder", nb.save_order(user, Mobile=mobile)))["Status"] == 102


async def test_a_sized_service_costs_what_its_size_costs(served, registered):
    user = await registered()
    line = nb.line_v2(Prod_Id=nb.HAIRCUT, Prod_Name="Haircut", Staff_Id=nb.LAYAL)
    long_hair = {"Rate": 12, "Amount": 12, "Net_Amount": 12}
    wrong = await served.nailit("SaveOrder", nb.save_order(user, {**line, **long_hair, "Size_Id": 4011}))
    none = await served.nailit("SaveOrder", nb.save_order(user, {**line, **long_hair}))
    right = await served.nailit("SaveOrder", nb.save_order(user, {**line, **long_hair, "Size_Id": 4013}))
    assert (wrong["Status"], none["Status"], right["Status"]) == (104, 104, 0)


async def test_a_discounted_service_is_taken_at_either_way_of_writing_it(served, registered):
    user = await registered()
    line = nb.line_v2(
        Prod_Id=nb.SPA_PEDICURE,
        Prod_Name="Spa Pedicure",
        Rate=15,
        Amount=15,
        Discount_Amount=2.25,
        Net_Amount=12.75,
        TimeFrame_Ids=[23, 24, 25],
    )
    special = nb.line_facade(Item_Id=nb.SPA_PEDICURE, Price="12.750", TimeFrame_Ids=[26, 27, 28])
    full = nb.line_facade(Item_Id=nb.SPA_PEDICURE, Price="15.000", TimeFrame_Ids=[29, 30, 31])
    answers = [
        await served.nailit("SaveOrder", nb.save_order(user, line)),
        await served.nailit("AddOrder", nb.add_order(user, special)),
        await served.nailit("AddOrder", nb.add_order(user, full, Discount_Amount=2.25, Net_Amount=12.75)),
    ]
    assert [answer["Status"] for answer in answers] == [0, 0, 0]


async def test_extra_time_asks_for_another_frame(served, registered):
    user = await registered()
    french = {"Item_Id": 103, "Price": "9.000", "Staff_Id": nb.JOY}
    short = await served.nailit("AddOrder", nb.add_order(user, nb.line_facade(**french)))
    enough = nb.line_facade(**french, TimeFrame_Ids=[29, 30, 31])
    assert short["Status"] == 102
    assert "needs 3 frames" in short["Message"]
    assert (await served.nailit("AddOrder", nb.add_order(user, enough)))["Status"] == 0


async def test_cancelling_frees_the_frames_once(served, registered):
    user = await registered()
    order_id = (await served.nailit("AddOrder", nb.add_order(user)))["OrderId"]
    cancel = {"OrderId": order_id, "Reason": "changed her mind"}
    assert (await served.nailit("CancelOrder", cancel))["Status"] == 0
    assert (await served.nailit("AddOrder", nb.add_order(user)))["Status"] == 0
    assert (await served.nailit("CancelOrder", cancel))["Status"] == 104
    assert (await served.nailit("AddOrder", nb.add_order(user))) == TAKEN


async def test_an_account_without_cancelling_says_so(start):
    async with start(salon={"cancel_supported": False}) as served:
        answer = await served.nailit("CancelOrder", {"OrderId": 10001, "Reason": ""})
    assert answer == {"Status": 105, "Message": "not supported"}
