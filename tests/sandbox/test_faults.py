"""Every fault mode, and how often it hits."""

from __future__ import annotations

import aiohttp
import pytest

from providers.sandbox.faults import Fault, FaultBook, FaultKind
from tests.sandbox import nailit_bodies as nb
from tests.sandbox.conftest import CUSTOMER, SALON_TOKEN, SMS_NUMBER

TEXT = {"messaging_product": "whatsapp", "to": CUSTOMER, "type": "text", "text": {"body": "hello"}}
SMS = {"To": CUSTOMER, "From": SMS_NUMBER, "Body": "hello"}
HEADERS = {"X-NailItMobile-SecurityToken": SALON_TOKEN}


async def raw(served, body):
    async with served.client.post("/nailit/AddOrder", json=body, headers=HEADERS) as response:
        return response.status, response.content_type, await response.text()


async def orders(served):
    return (await served.control("orders"))["orders"]


@pytest.fixture
async def order(registered):
    return nb.add_order(await registered())


@pytest.mark.parametrize("kind", ["accepted_then_reset", "reset", "blackout"])
async def test_a_reset_drops_the_connection_with_or_without_the_order(served, order, kind):
    await served.fault("nailit", kind, call="AddOrder", next_n=1)
    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        await raw(served, order)
    assert len(await orders(served)) == (1 if kind == "accepted_then_reset" else 0)
    again = await served.nailit("AddOrder", order)
    assert again["Status"] == (102 if kind == "accepted_then_reset" else 0)


async def test_5xx_before_and_after_the_order(served, order):
    await served.fault("nailit", "http_5xx", call="AddOrder", next_n=1, status=502)
    assert (await raw(served, order))[0] == 502
    assert await orders(served) == []
    await served.fault("nailit", "accepted_then_5xx", call="AddOrder", next_n=1)
    assert (await raw(served, order))[0] == 503
    assert len(await orders(served)) == 1


async def test_html_instead_of_json(served, order):
    await served.fault("nailit", "html", call="AddOrder", next_n=1)
    status, kind, text = await raw(served, order)
    assert (status, kind) == (200, "text/html")
    assert text.startswith("<!DOCTYPE html>")
    assert await orders(served) == []


async def test_slot_taken_looks_like_the_real_refusal(served, order):
    await served.fault("nailit", "slot_taken", call="AddOrder", next_n=1)
    pretended = await served.nailit("AddOrder", order)
    assert (await served.nailit("AddOrder", order))["Status"] == 0
    assert await served.nailit("AddOrder", order) == pretended


async def test_empty_lists_and_status_one(served):
    await served.fault("nailit", "empty", call="GetPaymentTypesByDevice", next_n=1)
    await served.fault("nailit", "status_one", call="GetLocations", next_n=1)
    empty = await served.nailit("GetPaymentTypesByDevice/E/2/1")
    assert (empty["Status"], empty["PaymentTypes"]) == (0, [])
    odd = await served.nailit("GetLocations/E")
    assert (odd["Status"], len(odd["Locations"])) == (1, 3)


async def test_slow_answers_outlast_a_clients_patience_and_still_happen(served, order):
    await served.fault("nailit", "accepted_then_slow", call="AddOrder", next_n=1, ms=5000)
    impatient = aiohttp.ClientTimeout(total=0.2)
    with pytest.raises(TimeoutError):
        await served.client.post("/nailit/AddOrder", json=order, headers=HEADERS, timeout=impatient)
    assert len(await orders(served)) == 1


async def test_rate_limits_come_in_each_providers_own_shape(served, order):
    for provider in ("nailit", "meta", "twilio"):
        await served.fault(provider, "rate_limited", next_n=1)
    status, answer = await served.meta(TEXT)
    assert (status, answer["error"]["code"]) == (429, 130429)
    status, answer = await served.twilio(SMS)
    assert (status, answer["code"]) == (429, 20429)
    assert (await raw(served, order))[:2] == (429, "text/html")
    assert await orders(served) == []


async def test_a_send_whose_answer_got_lost_is_in_the_ledger_with_our_id(served, receiver):
    await served.meta_wrote()
    await served.fault("meta", "accepted_then_reset", call="messages", next_n=1)
    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        await served.meta({**TEXT, "biz_opaque_callback_data": "m-7"})
    await served.settled()
    (sent,) = (await served.control("messages?channel=meta"))["messages"]
    assert (sent["correlation"], sent["status"]) == ("m-7", "read")
    assert len(receiver.got) == 3


async def test_a_blackout_lasts_until_it_is_cleared_and_spares_the_others(served):
    await served.fault("meta", "blackout")
    for _ in range(2):
        with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
            await served.meta(TEXT)
    assert (await served.nailit("GetLocations"))["Status"] == 0
    async with served.client.delete("/_sandbox/faults?provider=meta") as response:
        assert response.status == 200
    assert (await served.meta({}))[0] == 400


async def test_faults_from_the_configuration_are_in_force_at_once(start):
    fault = Fault(provider="nailit", call="GetLocations", kind=FaultKind.HTTP_5XX)
    async with start(faults=[fault]) as served:
        async with served.client.get("/nailit/GetLocations", headers=HEADERS) as response:
            assert response.status == 503
        listed = (await served.control("faults"))["faults"]
    assert [(one["kind"], one["hits"]) for one in listed] == [("http_5xx", 1)]


async def test_a_fault_that_makes_no_sense_is_refused(served):
    for fault in (
        {"provider": "nailit", "kind": "explode"},
        {"provider": "nobody", "kind": "reset"},
        {"provider": "meta", "kind": "reset", "probability": 2},
        {"provider": "meta", "kind": "reset", "probability": 0.5, "next_n": 3},
    ):
        async with served.client.post("/_sandbox/faults", json={"faults": [fault]}) as response:
            assert response.status == 422


def drawn(seed, calls=200):
    book = FaultBook([Fault(provider="meta", kind=FaultKind.RESET, probability=0.3)], seed)
    return [bool(book.draw("meta", "messages")) for _ in range(calls)]


def test_probability_is_seeded():
    assert drawn(1) == drawn(1) != drawn(2)
    assert 30 <= sum(drawn(1)) <= 90


def test_slow_adds_up_with_the_first_other_fault():
    kinds = [FaultKind.SLOW, FaultKind.RESET, FaultKind.HTML]
    book = FaultBook([Fault(provider="meta", kind=kind) for kind in kinds], 1)
    assert [fault.kind for fault in book.draw("meta", "messages")] == kinds[:2]


def test_next_n_counts_only_its_own_calls():
    book = FaultBook([Fault(provider="nailit", call="AddOrder", kind=FaultKind.HTML, next_n=2)], 1)
    hits = [len(book.draw("nailit", call)) for call in ("GetLocations", "AddOrder", "AddOrder", "AddOrder")]
    assert hits == [0, 1, 1, 0]


def test_callbacks_use_up_no_ordinary_fault():
    book = FaultBook([Fault(provider="meta", kind=FaultKind.RESET, next_n=1)], 1)
    assert book.draw("meta", "status_callback") == []
    assert len(book.draw("meta", "messages")) == 1
