"""Paid, expired or waiting; and cancelling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from providers.contract import PaymentState
from providers.outcome import CallFailure, Disposition, NotSupported
from tests.providers.nailit_answers import ok

HTML = httpx.Response(200, html="<html></html>")

DETAIL = {
    "OrderId": 10001,
    "PaymentId": 0,
    "PayDate": "",
    "PayAmount": "12.500",
    "PayType": "KNET",
    "KNetResult": "",
    "KNetReference": None,
    "Order_Status_Id": 2,
    "OrderStatus": "Processing Payment",
    "PayNowExpireDate": "01/03/2026 10:30",
}
NOW = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
PAY_UNTIL = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
PAID = {"PayDate": "01/03/2026 10:05", "PaymentId": 55, "KNetReference": "REF1"}


async def test_waiting_for_a_payment_until_it_expires(salon, nailit):
    salon["GetOrderPaymentDetail"] = ok(**DETAIL)
    status = await nailit.payment_status("10001", now=NOW)
    assert (status.state, status.pay_until, status.amount_minor) == (PaymentState.PENDING, PAY_UNTIL, 12500)
    assert (status.paid_at, status.reference) == (None, "")
    late = await nailit.payment_status("10001", now=PAY_UNTIL + timedelta(seconds=1))
    assert late.state is PaymentState.EXPIRED


@pytest.mark.parametrize(
    "sign", [{"KNetResult": "CAPTURED"}, {"OrderStatus": "Order Paid"}, {"Order_Status_Id": "3"}]
)
async def test_each_sign_of_a_payment_counts_even_after_the_deadline(salon, nailit, sign):
    salon["GetOrderPaymentDetail"] = ok(**(DETAIL | PAID | sign))
    status = await nailit.payment_status("10001", now=PAY_UNTIL + timedelta(days=1))
    assert status.state is PaymentState.PAID
    assert status.paid_at == datetime(2026, 3, 1, 7, 5, tzinfo=UTC)
    assert (status.amount_minor, status.method, status.reference) == (12500, "KNET", "REF1")


async def test_a_declined_payment_is_not_paid(salon, nailit):
    salon["GetOrderPaymentDetail"] = ok(**(DETAIL | {"KNetResult": "NOT CAPTURED"}))
    assert (await nailit.payment_status("10001", now=NOW)).state is PaymentState.PENDING


async def test_unreadable_stamps_hide_no_payment_but_fail_while_waiting(salon, nailit):
    bad = {"PayDate": "yesterday", "PayNowExpireDate": "later"}
    salon["GetOrderPaymentDetail"] = ok(**(DETAIL | bad | {"OrderStatus": "Order Paid"}))
    status = await nailit.payment_status("10001", now=NOW)
    assert (status.state, status.paid_at) == (PaymentState.PAID, None)
    salon["GetOrderPaymentDetail"] = ok(**(DETAIL | bad))
    with pytest.raises(CallFailure, match="pay_now_expire_date"):
        await nailit.payment_status("10001", now=NOW)


async def test_a_detail_of_another_order_is_no_answer(salon, nailit):
    salon["GetOrderPaymentDetail"] = ok(**(DETAIL | {"OrderId": 10002, "OrderStatus": "Order Paid"}))
    with pytest.raises(CallFailure, match="another order"):
        await nailit.payment_status("10001", now=NOW)


CANCELLED = [
    (ok(), None),
    ({"Status": 104, "Message": "order 10001 is already cancelled"}, None),
    ({"Status": 105, "Message": "not supported"}, Disposition.OPERATOR),
    ({"Status": 104, "Message": "Order not found"}, Disposition.PERMANENT),
    ({"Status": 1, "Message": ""}, Disposition.UNKNOWN),
    ({}, Disposition.UNKNOWN),
    (httpx.ReadTimeout("slow"), Disposition.UNKNOWN),
    (HTML, Disposition.UNKNOWN),
    (httpx.ConnectError("refused"), Disposition.RETRY),
]


@pytest.mark.parametrize("dialect", ["facade"])
@pytest.mark.parametrize(("answer", "disposition"), CANCELLED, ids=str)
async def test_cancelling(salon, nailit, answer, disposition):
    salon["CancelOrder"] = answer
    if disposition is None:
        await nailit.cancel_order("10001", reason="asked")
    else:
        with pytest.raises(CallFailure) as caught:
            await nailit.cancel_order("10001", reason="asked")
        assert caught.value.disposition is disposition
        assert isinstance(caught.value, NotSupported) is (disposition is Disposition.OPERATOR)
    assert salon.count("CancelOrder") == 1


@pytest.mark.parametrize("dialect", ["v2"])
async def test_v2_can_not_cancel_and_says_so(salon, nailit):
    with pytest.raises(NotSupported):
        await nailit.cancel_order("10001", reason="asked")
    assert salon.calls == []
