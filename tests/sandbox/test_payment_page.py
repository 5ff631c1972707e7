"""The payment page and what the payment detail says before, after and too late."""

from __future__ import annotations

import pytest

from tests.sandbox import nailit_bodies as nb


@pytest.fixture
async def link(served, registered):
    """The payment link of a KNET order."""
    answer = await served.nailit("AddOrder", nb.add_order(await registered(), Payment_Type_Id=2))
    return answer["paymentLink"]


async def page(served, link, action=None):
    path = link[link.index("/nailit") :]
    data = {"action": action} if action else None
    method = "POST" if action else "GET"
    async with served.client.request(method, path, data=data) as response:
        return response.status, await response.text()


async def detail(served):
    return await served.nailit("GetOrderPaymentDetail/10001")


async def test_the_link_names_this_server_and_order(served, link):
    assert link == str(served.client.make_url("/nailit/knet.aspx?orderId=10001"))


async def test_paying_flips_the_detail_to_captured(served, link):
    before = await detail(served)
    assert (before["KNetResult"], before["OrderStatus"], before["Order_Status_Id"]) == (
        "",
        "Processing Payment",
        2,
    )
    assert before["PayNowExpireDate"] == "20/11/2026 12:30"
    status, html = await page(served, link, "pay")
    assert status == 200
    assert "Paid. Thank you" in html
    after = await detail(served)
    assert (after["KNetResult"], after["OrderStatus"], after["Order_Status_Id"]) == (
        "CAPTURED",
        "Order Paid",
        3,
    )
    assert (after["PayAmount"], after["PayType"], after["PayDate"]) == (12.5, "KNET", "20/11/2026 12:00")
    assert after["Booking_Datetime"] == "21/11/2026 02:00 PM"
    assert after["Services"] == [
        {
            "Service_Id": 102,
            "Service_Name": "Gel Manicure",
            "Service_Date": "21/11/2026",
            "Service_Time_Slots": "02:00 PM,02:30 PM",
            "Price": 12.5,
            "Qty": 1,
            "Staff_Name": "Monica",
        }
    ]


async def test_looking_at_the_page_changes_nothing(served, link):
    status, html = await page(served, link)
    assert status == 200
    assert "12.500" in html
    assert "Pay 12.500 KWD" in html
    assert (await detail(served))["KNetResult"] == ""


async def test_a_declined_payment_can_be_tried_again(served, link):
    _, html = await page(served, link, "decline")
    assert "declined" in html
    declined = await detail(served)
    assert (declined["KNetResult"], declined["OrderStatus"]) == ("NOT CAPTURED", "New Order")
    await page(served, link, "pay")
    assert (await detail(served))["KNetResult"] == "CAPTURED"


async def test_a_paid_order_stays_paid(served, link):
    await page(served, link, "pay")
    await page(served, link, "decline")
    assert (await detail(served))["KNetResult"] == "CAPTURED"
    kinds = [entry["kind"] for entry in (await served.control("ledger/nailit"))["entries"]]
    assert kinds.count("payment") == 1


async def test_after_the_deadline_nothing_is_captured(served, link, clock):
    clock.forward(minutes=29, seconds=59)
    assert "Pay 12.500" in (await page(served, link))[1]
    clock.forward(seconds=1)
    _, html = await page(served, link, "pay")
    assert "expired" in html
    assert (await detail(served))["KNetResult"] == ""


async def test_an_order_paid_on_arrival_has_nothing_to_pay(served, registered):
    answer = await served.nailit("AddOrder", nb.add_order(await registered()))
    assert "paymentLink" not in answer
    _, html = await page(served, "/nailit/knet.aspx?orderId=10001", "pay")
    assert "paid on arrival" in html
    assert (await detail(served))["OrderStatus"] == "New Order"


@pytest.mark.parametrize("order_id", ["10002", "x", "", "-1"])
async def test_unknown_orders_are_not_found(served, link, order_id):
    status, html = await page(served, f"/nailit/knet.aspx?orderId={order_id}")
    assert status == 404
    assert "no such order" in html


async def test_the_page_runs_no_script_and_escapes_names(served, registered):
    user = await registered()
    await served.nailit("AddOrder", nb.add_order(user, Payment_Type_Id=7, Name="<script>alert(1)</script>"))
    async with served.client.get("/nailit/knet.aspx?orderId=10001") as response:
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "<script" not in await response.text()
    async with served.client.get("/nailit/payment.css") as response:
        assert response.content_type == "text/css"
