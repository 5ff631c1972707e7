"""Status callbacks come again until they are accepted, within bounds, and out of order if asked to."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from tests.sandbox.conftest import CUSTOMER, SMS_NUMBER

TEXT = {"messaging_product": "whatsapp", "to": CUSTOMER, "type": "text", "text": {"body": "hello"}}
SMS = {"To": CUSTOMER, "From": SMS_NUMBER, "Body": "hello"}


def meta_order(receiver):
    bodies = [json.loads(got.body) for got in receiver.got]
    return [body["entry"][0]["changes"][0]["value"]["statuses"][0]["status"] for body in bodies]


async def settled_callbacks(served, provider):
    entries = (await served.control(f"ledger/{provider}"))["entries"]
    return [entry["data"] for entry in entries if entry["kind"] == "callback"]


async def test_meta_repeats_until_200(start, receiver):
    receiver.answers = [500, 404, 202, 200]
    async with start(callbacks={"read_receipts": False, "step_ms": 200}) as served:
        await served.meta_wrote()
        await served.meta(TEXT)
        await served.settled()
        first, second = await settled_callbacks(served, "meta")
    assert (first["status"], first["ok"], first["attempts"], first["http"]) == ("sent", True, 4, 200)
    assert (second["status"], second["attempts"]) == ("delivered", 1)
    assert len({got.headers["X-Hub-Signature-256"] for got in receiver.got[:4]}) == 1


async def test_meta_gives_up_after_its_attempts(start, receiver):
    receiver.answers = [503] * 6
    async with start(callbacks={"read_receipts": False, "attempts": 3}) as served:
        await served.meta_wrote()
        await served.meta(TEXT)
        await served.settled()
        callbacks = await settled_callbacks(served, "meta")
    assert {one["ok"] for one in callbacks} == {False}
    assert len(receiver.got) == 6


async def test_twilio_does_not_repeat_a_5xx_by_default(served, receiver):
    receiver.answers = [500]
    await served.twilio({**SMS, "StatusCallback": receiver.url})
    await served.settled()
    callbacks = await settled_callbacks(served, "twilio")
    assert sorted(one["http"] for one in callbacks) == [200, 200, 500]
    assert len(receiver.got) == 3


async def test_twilio_repeats_what_the_fragment_asks_for_under_one_token(served, receiver):
    receiver.answers = [500, 503]
    await served.twilio({**SMS, "StatusCallback": f"{receiver.url}#rc=5&rp=5xx,ct,rt"})
    await served.settled()
    assert {one["ok"] for one in await settled_callbacks(served, "twilio")} == {True}
    assert len(receiver.got) == 5
    assert len({got.headers["I-Twilio-Idempotency-Token"] for got in receiver.got}) == 3


async def test_a_closed_port_is_given_up_and_written_down(served):
    await served.twilio({**SMS, "StatusCallback": "http://127.0.0.1:1/nobody"})
    await served.settled()
    callbacks = await settled_callbacks(served, "twilio")
    assert [(one["ok"], one["http"], one["attempts"]) for one in callbacks] == [(False, None, 2)] * 3


async def test_statuses_can_be_shuffled_and_repeated(start, receiver):
    async with start(callbacks={"unordered": True, "repeat": 2, "seed": 3, "step_ms": 30}) as served:
        await served.meta_wrote()
        await served.meta(TEXT)
        await served.settled()
        (sent,) = (await served.control("messages?channel=meta"))["messages"]
    order = meta_order(receiver)
    assert sorted(order) == ["delivered", "delivered", "read", "read", "sent", "sent"]
    assert order != ["sent", "sent", "delivered", "delivered", "read", "read"]
    assert sent["status"] == "read"


async def test_a_dropped_callback_is_never_sent(served, receiver):
    await served.fault("twilio", "drop_callback", next_n=1)
    await served.twilio({**SMS, "StatusCallback": receiver.url})
    await served.settled()
    told = [dict(parse_qsl(got.body.decode()))["MessageStatus"] for got in receiver.got]
    assert sorted(told) == ["delivered", "sent"]
    assert [one["attempts"] for one in await settled_callbacks(served, "twilio")].count(0) == 1
