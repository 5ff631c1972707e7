"""Checking and placing an order: what each answer proves."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

from providers.outcome import CallFailure, Disposition, SlotTaken
from tests.providers.nailit_answers import BASE, FRAMES, ITEM, ok, order, provider

ORDER_CALL = {"v2": "SaveOrder", "facade": "AddOrder"}
FRAMES_CALL = {"v2": "GetAvailableSlots", "facade": "GetItemsByDate"}
ITEMS_CALL = {"v2": "GetItemsByDate", "facade": "GetLocationServices"}
HTML = httpx.Response(200, html="<html></html>")


def free(salon, dialect, frames):
    salon[FRAMES_CALL[dialect]] = ok(
        TimeFrames=frames, Items=[{"Item_Id": 102, "Staff_Id": 3, "TimeFrames": frames}]
    )


async def order_failure(nailit, request=None) -> CallFailure:
    with pytest.raises(CallFailure) as caught:
        await nailit.place_order(request or order())
    return caught.value


def sent(salon, call):
    (request,) = [request for name, request in salon.calls if name == call]
    return json.loads(request.content)


SENT = {
    "v2": {
        "Gross_Amount": 12.5,
        "Payment_Type_Id": 2,
        "Order_Type": 2,
        "UserId": 501,
        "FirstName": "Sara Test",
        "Mobile": "+96550000123",
        "Email": "sara@example.com",
        "Discount_Amount": 0,
        "Net_Amount": 12.5,
        "POS_Location_Id": 1,
        "ChannelId": 4,
        "OrderDetails": [
            {
                "Prod_Id": 102,
                "Prod_Name": "Gel Manicure",
                "Qty": 1,
                "Rate": 12.5,
                "Amount": 12.5,
                "Size_Id": 7,
                "Size_Name": "Long",
                "Promotion_Id": 0,
                "Promo_Code": "",
                "Discount_Amount": 0,
                "Net_Amount": 12.5,
                "Staff_Id": 3,
                "TimeFrame_Ids": [29, 30],
                "Appointment_Date": "01/03/2026",
            }
        ],
    },
    "facade": {
        "App_User_Id": 501,
        "Channel_Id": 4,
        "Location_Id": 1,
        "Payment_Type_Id": 2,
        "Mobile": "+96550000123",
        "Name": "Sara Test",
        "Email_Id": "sara@example.com",
        "Gross_Amount": 12.5,
        "Discount_Amount": 0,
        "Net_Amount": 12.5,
        "Services": [
            {
                "Item_Id": 102,
                "Qty": 1,
                "Price": 12.5,
                "Staff_Id": 3,
                "TimeFrame_Ids": [29, 30],
                "Appointment_Date": "01/03/2026",
            }
        ],
    },
}


async def test_the_order_as_it_is_sent(salon, nailit, dialect):
    await nailit.place_order(order(line={"size_external_id": "7", "size_name": "Long"}))
    assert sent(salon, ORDER_CALL[dialect]) == SENT[dialect]
    assert [name for name, _ in salon.calls] == ["Register", ORDER_CALL[dialect]]


async def test_an_order_in_the_small_hours_has_the_salon_s_date(salon, nailit, dialect):
    night = datetime(2026, 2, 28, 22, 0, tzinfo=UTC)  # 01:00 on the first of March in Kuwait
    await nailit.place_order(order(line={"starts_at": night}))
    assert '"01/03/2026"' in json.dumps(sent(salon, ORDER_CALL[dialect]))


# -- what the answer proves -------------------------------------------------------------------------

PLACED = [
    {"Status": 0, "Message": "Success", "OrderId": 10001, "CustomerId": 7001},
    {"Status": 1, "Message": "Success", "OrderId": 10001, "CustomerId": 7001},
    {" Status ": "0", " OrderId ": "10001", "CustomerId": "7001"},
    {"OrderId": 10001, "CustomerId": 7001},
]


@pytest.mark.parametrize("answer", PLACED)
async def test_an_order_number_is_an_order(salon, nailit, dialect, answer):
    salon[ORDER_CALL[dialect]] = answer
    placed = await nailit.place_order(order())
    assert (placed.order_id, placed.customer_id) == ("10001", "7001")
    assert placed.payment_url == f"{BASE}/knet.aspx?orderId=10001"


UNCLEAR = [
    {"Status": 0, "Message": "Success"},
    {"Status": 0, "OrderId": 0},
    {"Status": 0, "OrderId": None},
    {"Status": 0, "OrderId": -5},
    {"Status": 0, "OrderId": "soon"},
    {"Status": 1, "Message": "error"},
    {"Status": 102, "OrderId": 10001},
    {},
    [],
    httpx.Response(200, text="null"),
    HTML,
    httpx.Response(200, text="OK"),
    httpx.Response(500, text="oops"),
    httpx.Response(404, html="<html></html>"),
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("cut"),
]


@pytest.mark.parametrize("answer", UNCLEAR, ids=str)
async def test_an_answer_that_proves_nothing_is_unknown_and_sent_once(salon, nailit, dialect, answer):
    salon[ORDER_CALL[dialect]] = answer
    failure = await order_failure(nailit)
    assert failure.disposition is Disposition.UNKNOWN
    assert salon.count(ORDER_CALL[dialect]) == 1


KNOWN = [
    ({"Status": 104, "Message": "Invalid request: Net_Amount"}, Disposition.PERMANENT, "status_104"),
    ({"Status": 103, "Message": "Invalid security token"}, Disposition.OPERATOR, "status_103"),
    ({"Status": 102, "Message": "mobile must be like +965"}, Disposition.PERMANENT, "status_102"),
    (httpx.Response(401), Disposition.OPERATOR, "http_401"),
    (httpx.Response(429), Disposition.RETRY, "http_429"),
    (httpx.ConnectError("refused"), Disposition.RETRY, "unreachable"),
]


@pytest.mark.parametrize("known", KNOWN, ids=str)
async def test_refusals_are_known(salon, nailit, dialect, known):
    answer, disposition, code = known
    salon[ORDER_CALL[dialect]] = answer
    failure = await order_failure(nailit)
    assert (failure.disposition, failure.code) == (disposition, code)
    assert not isinstance(failure, SlotTaken)
    assert salon.count(ORDER_CALL[dialect]) == 1


async def test_102_that_says_the_slot_is_taken(salon, nailit, dialect):
    salon[ORDER_CALL[dialect]] = {"Status": 102, "Message": "Services not available: slot is already taken"}
    assert isinstance(await order_failure(nailit), SlotTaken)
    assert salon.count(FRAMES_CALL[dialect]) == 0


@pytest.mark.parametrize("message", ["Services not available", "", "Slot not available on this date"])
async def test_102_without_clear_words_is_looked_into(salon, nailit, dialect, message):
    salon[ORDER_CALL[dialect]] = {"Status": 102, "Message": message}
    failure = await order_failure(nailit)
    assert not isinstance(failure, SlotTaken)  # the time is still free: it was something else
    assert failure.disposition is Disposition.PERMANENT
    free(salon, dialect, FRAMES[1:])
    assert isinstance(await order_failure(nailit), SlotTaken)
    salon[FRAMES_CALL[dialect]] = HTML
    failure = await order_failure(nailit)
    assert not isinstance(failure, SlotTaken)
    assert "html_answer" in failure.detail


# -- before the order -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "disposition"),
    [
        (httpx.ReadTimeout("slow"), Disposition.RETRY),
        (httpx.Response(503), Disposition.RETRY),
        (HTML, Disposition.RETRY),
        ({"Status": 1, "Message": "try again"}, Disposition.RETRY),
        ({"Status": 102, "Message": "mobile must be like +965"}, Disposition.PERMANENT),
        ({"Status": 0, "App_User_Id": 0}, Disposition.OPERATOR),
        (httpx.Response(401), Disposition.OPERATOR),
    ],
    ids=str,
)
async def test_a_failed_registration_orders_nothing(salon, nailit, dialect, answer, disposition):
    salon["Register"] = answer
    assert (await order_failure(nailit)).disposition is disposition
    assert salon.count("Register") == 1
    assert salon.count(ORDER_CALL[dialect]) == 0


@pytest.mark.parametrize(
    "frames", [("29",), ("29", "31"), ("30", "29"), ("29", "30", "31"), ("29", "x"), ("29", "29")]
)
async def test_frames_that_do_not_fit_are_never_ordered(salon, nailit, frames):
    failure = await order_failure(nailit, order(line={"frame_external_ids": frames}))
    assert (failure.disposition, failure.code) == (Disposition.PERMANENT, "bad_frames")
    assert salon.calls == []


async def test_an_order_without_frames_gets_those_that_are_free(salon, nailit, dialect):
    request = order(line={"frame_external_ids": ()})
    await nailit.place_order(request)
    assert '"TimeFrame_Ids": [29, 30]' in json.dumps(sent(salon, ORDER_CALL[dialect]))
    free(salon, dialect, FRAMES[:1])
    assert isinstance(await order_failure(nailit, request), SlotTaken)
    assert salon.count(ORDER_CALL[dialect]) == 1


async def test_one_person_twice_at_one_time_is_refused(salon, nailit):
    once = order()
    twice = once.model_copy(update={"lines": once.lines * 2})
    assert (await order_failure(nailit, twice)).code == "double_booked"
    check = await nailit.check_order(twice)
    assert (check.available, check.prices_minor) == (False, (12500, 12500))
    assert salon.calls == []


@pytest.mark.parametrize(
    "changes",
    [
        {"location_external_id": "x"},
        {"line": {"service_external_id": "0"}},
        {"line": {"staff_external_id": "1/../2"}},
        {"line": {"size_external_id": "-1"}},
    ],
)
async def test_ids_that_are_none(salon, nailit, dialect, changes):
    request = order(**changes)
    if dialect == "facade" and "size_external_id" in changes.get("line", {}):
        placed = await nailit.place_order(request)  # AddOrder has no field for a size
        assert placed.order_id == "10001"
        return
    assert (await order_failure(nailit, request)).code == "bad_id"
    assert salon.count(ORDER_CALL[dialect]) == 0


# -- payment links ----------------------------------------------------------------------------------


async def test_an_order_paid_on_arrival_has_no_link(salon, nailit):
    assert (await nailit.place_order(order(payment_type_external_id="1"))).payment_url is None


async def test_the_facade_s_own_link_is_used_if_it_is_one(salon, nailit, dialect):
    for link, expected in (
        ("https://pay.example.com/10001", "https://pay.example.com/10001"),
        ("javascript:alert(1)", f"{BASE}/knet.aspx?orderId=10001"),
        ("", f"{BASE}/knet.aspx?orderId=10001"),
        (None, f"{BASE}/knet.aspx?orderId=10001"),
    ):
        salon[ORDER_CALL[dialect]] = ok(OrderId=10001, CustomerId=7001, paymentLink=link)
        assert (await nailit.place_order(order())).payment_url == expected


async def test_an_unknown_payment_type_is_looked_up_before_the_order(salon, nailit, dialect):
    request = order(payment_type_external_id="9")
    assert (await order_failure(nailit, request)).code == "bad_payment_type"
    salon["GetPaymentTypesByDevice"] = ok(
        PaymentTypes=[{"Type_Id": 9, "Type_Name": "Wallet", "Type_Code": "W", "Is_Enabled": True}]
    )
    assert (await nailit.place_order(request)).payment_url is not None
    salon["GetPaymentTypesByDevice"] = HTML
    assert (await order_failure(nailit, request)).disposition is Disposition.RETRY
    assert salon.count(ORDER_CALL[dialect]) == 1


async def test_the_account_s_own_payment_types_decide_first(salon, http, dialect):
    cash = {"id": 2, "code": "DESK", "names": {"en": "At the desk"}, "online": False}
    nailit = provider(http, dialect, settings={"payment_types": [cash]})
    assert (await nailit.place_order(order())).payment_url is None


# -- the check before ordering ----------------------------------------------------------------------


async def test_a_check_that_finds_everything_as_it_was(salon, nailit):
    check = await nailit.check_order(order())
    assert (check.available, check.prices_minor, check.reason) == (True, (12500,), "")
    assert [frame.external_id for frame in check.fresh_frames] == ["29", "30", "31"]


async def test_a_check_that_finds_another_price(salon, nailit, dialect):
    salon[ITEMS_CALL[dialect]] = _items([ITEM | {"Special_Price": "10.000"}])
    check = await nailit.check_order(order())
    assert (check.available, check.prices_minor) == (True, (10000,))


async def test_a_check_of_a_size(salon, nailit, dialect):
    sizes = [{"Size_Id": 7, "Size_Name": "Long", "Price": "15.000"}]
    salon[ITEMS_CALL[dialect]] = _items([ITEM | {"Sizes": sizes}])
    known, gone = ({"size_external_id": size} for size in ("7", "8"))
    assert (await nailit.check_order(order(line=known))).prices_minor == (15000,)
    check = await nailit.check_order(order(line=gone))
    assert (check.available, check.prices_minor) == (False, (12500,))


def _items(items):
    """The item list under its call's name; the facade's frames have the same call's name as v2's items."""
    return ok(Total_Items=len(items), Items=items)


@pytest.mark.parametrize("left", [FRAMES[:1], FRAMES[1:], [FRAMES[0], FRAMES[2]], []])
async def test_a_check_that_finds_the_time_gone(salon, nailit, dialect, left):
    free(salon, dialect, left)
    check = await nailit.check_order(order())
    assert (check.available, check.prices_minor) == (False, (12500,))
    assert check.reason == "Gel Manicure: time not free"
    assert len(check.fresh_frames) == len(left)


async def test_a_check_that_finds_other_frame_ids_at_the_time(salon, nailit, dialect):
    free(salon, dialect, [frame | {"TimeFrame_Id": frame["TimeFrame_Id"] + 1} for frame in FRAMES])
    assert not (await nailit.check_order(order())).available


async def test_a_check_that_finds_the_service_gone(salon, nailit, dialect):
    salon[ITEMS_CALL[dialect]] = _items([ITEM | {"Item_Id": 999}])
    check = await nailit.check_order(order())
    assert check.reason == "Gel Manicure: not offered any more"
    assert not check.available


async def test_a_service_whose_name_changed_is_found_without_its_name(salon, nailit, dialect):
    def answer(request: httpx.Request):
        return _items([] if json.loads(request.content)["Like"] else [ITEM])

    salon[ITEMS_CALL[dialect]] = answer
    assert (await nailit.check_order(order())).available


async def test_a_refused_check_is_not_available_and_a_broken_one_is_a_failure(salon, nailit, dialect):
    salon[FRAMES_CALL[dialect]] = {"Status": 102, "Message": "Services not available"}
    check = await nailit.check_order(order())
    assert not check.available
    assert "Services not available" in check.reason
    salon[FRAMES_CALL[dialect]] = HTML
    with pytest.raises(CallFailure, match="HTML"):
        await nailit.check_order(order())


# -- frames that only look right --------------------------------------------------------------------


async def test_frames_whose_ids_are_not_neighbours_are_not_ordered(salon, nailit, dialect):
    free(salon, dialect, [FRAMES[0], FRAMES[1] | {"TimeFrame_Id": 40}])
    assert isinstance(await order_failure(nailit, order(line={"frame_external_ids": ()})), SlotTaken)
    assert salon.count(ORDER_CALL[dialect]) == 0


@pytest.mark.parametrize("dialect", ["v2"])
async def test_a_service_that_moved_to_another_location_is_gone(salon, nailit, dialect):
    salon[ITEMS_CALL[dialect]] = _items([ITEM | {"Location_Ids": [2]}])
    check = await nailit.check_order(order())
    assert (check.available, check.reason) == (False, "Gel Manicure: not offered any more")
