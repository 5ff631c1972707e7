"""Meta's sandbox: token, limits and codes, the 24-hour window, signed statuses."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from providers.sandbox.meta import sign
from tests.sandbox.conftest import APP_SECRET, CUSTOMER, META_TOKEN, PHONE_ID

TO = CUSTOMER.removeprefix("+")


def message(kind="text", content=None, **more):
    base = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": CUSTOMER}
    return {**base, "type": kind, kind: content or {"body": "hello"}, **more}


def buttons(*replies, text="Choose", **more):
    shown = [{"type": "reply", "reply": {"id": key, "title": title}} for key, title in replies]
    return message(
        "interactive", {"type": "button", "body": {"text": text}, "action": {"buttons": shown}, **more}
    )


def row(number, **more):
    return {"id": f"r{number}", "title": f"Row {number}", **more}


def menu(*sections, button="Choose", text="Choose one", **more):
    action = {"button": button, "sections": list(sections)}
    return message("interactive", {"type": "list", "body": {"text": text}, "action": action, **more})


def link(url="https://example.com/pay", text="Pay now"):
    parameters = {"display_text": text, "url": url}
    action = {"name": "cta_url", "parameters": parameters}
    return message("interactive", {"type": "cta_url", "body": {"text": "Your order"}, "action": action})


@pytest.fixture
async def open_window(served):
    await served.meta_wrote()
    return served


async def test_a_text_is_accepted_in_the_documented_shape(open_window):
    status, answer = await open_window.meta(message(biz_opaque_callback_data="m-1"))
    assert status == 200
    (sent,) = answer["messages"]
    assert sent["id"].startswith("wamid.")
    assert answer == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": CUSTOMER, "wa_id": TO}],
        "messages": [{"id": sent["id"]}],
    }
    await open_window.settled()
    entry = next(
        one for one in (await open_window.control("ledger/meta"))["entries"] if one["kind"] == "message"
    )
    assert (entry["account"], entry["correlation"], entry["data"]["id"]) == (PHONE_ID, "m-1", sent["id"])


async def test_versions_with_and_without_a_minor_number_work(open_window):
    for version in ("v23.0", "v23", "v24.0"):
        headers = {"Authorization": f"Bearer {META_TOKEN}"}
        path = f"/{version}/{PHONE_ID}/messages"
        async with open_window.client.post(path, json=message(), headers=headers) as response:
            assert response.status == 200
    await open_window.settled()


@pytest.mark.parametrize("token", ["", "wrong", META_TOKEN + "x"])
async def test_a_wrong_token_is_190(served, token):
    status, answer = await served.meta(message(), token=token)
    assert (status, answer["error"]["code"], answer["error"]["type"]) == (401, 190, "OAuthException")


async def test_another_numbers_id_is_100_33(served):
    status, answer = await served.meta(message(), phone_id="999")
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)


@pytest.mark.parametrize(
    "body",
    [
        message(content={"body": "x" * 4096, "preview_url": True}),
        message(content={"body": "😀" * 4096}),
        buttons(("a", "x" * 20)),
        buttons(("a" * 256, "One"), ("b", "Two"), ("c", "Three"), text="x" * 1024, footer={"text": "f" * 60}),
        buttons(("a", "One"), header={"type": "text", "text": "h" * 60}),
        menu({"rows": [row(n, description="d" * 72) for n in range(10)]}, button="b" * 20),
        menu({"title": "A", "rows": [row(1)]}, {"title": "B" * 24, "rows": [row(2, title="t" * 24)]}),
        link(text="x" * 20),
        message("interactive", {"type": "location_request_message", "body": {"text": "Where?"},
                                "action": {"name": "send_location"}}),
        message("image", {"link": "https://example.com/a.jpg", "caption": "c" * 1024}),
        message("reaction", {"message_id": "wamid.x", "emoji": "👍"}),
        message("template", {"name": "hello_world", "language": {"code": "en_US"}}),
        message(context={"message_id": "wamid.x"}),
    ],
)  # fmt: skip
async def test_what_is_within_the_limits_is_accepted(open_window, body):
    status, answer = await open_window.meta(body)
    assert status == 200, answer
    await open_window.settled()


@pytest.mark.parametrize(
    ("body", "code", "details"),
    [
        (message(content={"body": "x" * 4097}), 100, "text.body"),
        (message(content={"body": ""}), 100, "text.body"),
        (message(content={"body": " \n"}), 100, "text.body"),
        (message(content={"text": "hello"}), 131008, "text.body"),
        (message(content={"body": "hi", "colour": "red"}), 100, "text.colour"),
        (message(messaging_product="sms"), 100, "messaging_product"),
        (message(to="12ab"), 100, "to"),
        (message(extra=1), 100, "extra"),
        (message(biz_opaque_callback_data="x" * 513), 100, "biz_opaque_callback_data"),
        (message(kind="poll"), 100, "type must be one of"),
        (buttons(("a", "x" * 21)), 131009, "reply.title"),
        (buttons(("a", "")), 131009, "reply.title"),
        (buttons(("a" * 257, "One")), 131009, "reply.id"),
        (buttons(), 131009, "buttons"),
        (buttons(*((f"b{n}", f"Title {n}") for n in range(4))), 131009, "buttons"),
        (buttons(("a", "One"), ("a", "Two")), 131009, "Duplicated button ids"),
        (buttons(("a", "One"), ("b", "One")), 131009, "Duplicated button titles"),
        (buttons(("a", "One"), text="x" * 1025), 131009, "body.text"),
        (buttons(("a", "One"), footer={"text": "x" * 61}), 131009, "footer.text"),
        (buttons(("a", "One"), header={"type": "text", "text": "x" * 61}), 131009, "header.text.text"),
        (menu({"rows": [row(n) for n in range(11)]}), 131009, "Total row count exceed"),
        (menu(*({"title": f"S{n}", "rows": [row(n)]} for n in range(11))), 131009, "sections"),
        (menu({"title": "A", "rows": [row(1)]}, {"rows": [row(2)]}), 131009, "Section title is required"),
        (menu({"rows": [row(1), row(1)]}), 131009, "Duplicated row ids"),
        (menu({"rows": []}), 131009, "rows"),
        (menu({"rows": [row(1, title="x" * 25)]}), 131009, "title"),
        (menu({"rows": [row(1, description="x" * 73)]}), 131009, "description"),
        (menu({"rows": [row(1, id="x" * 201)]}), 131009, "id"),
        (menu({"title": "x" * 25, "rows": [row(1)]}), 131009, "title"),
        (menu({"rows": [row(1)]}, button="x" * 21), 131009, "action.button"),
        (menu({"rows": [row(1)]}, header={"type": "image", "image": {"id": "1"}}), 131009, "header"),
        (link(text="x" * 21), 131009, "display_text"),
        (link(url="javascript:alert(1)"), 131009, "url"),
        (message("interactive", {"type": "button", "action": {}}), 131008, "interactive"),
        (message("image", {"id": "1", "link": "https://example.com/a.jpg"}), 100, "either id or link"),
    ],
)
async def test_what_breaks_a_limit_is_refused_with_its_code(open_window, body, code, details):
    status, answer = await open_window.meta(body)
    assert (status, answer["error"]["code"]) == (400, code)
    assert details in answer["error"]["error_data"]["details"]
    assert (await open_window.control("messages?channel=meta"))["messages"] == []


async def test_somebody_must_be_written_to(open_window):
    nobody = message()
    del nobody["to"]
    status, answer = await open_window.meta(nobody)
    assert (status, answer["error"]["code"]) == (400, 100)
    own = await open_window.meta(message(to="+15555550101"))
    assert own[1]["error"]["code"] == 131021


async def test_a_user_without_a_number_is_reached_by_his_user_id(served):
    await served.meta_wrote("KW.12345")
    body = message(recipient="KW.12345")
    del body["to"]
    status, answer = await served.meta(body)
    assert status == 200
    assert answer["contacts"] == [{"input": "KW.12345", "user_id": "KW.12345"}]
    await served.settled()
    (sent,) = (await served.control("messages?channel=meta&to=KW.12345"))["messages"]
    assert sent["status"] == "read"


async def test_read_receipt_and_typing_sign(served):
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.in"}
    assert await served.meta(body) == (200, {"success": True})
    assert await served.meta({**body, "typing_indicator": {"type": "text"}}) == (200, {"success": True})
    reads = [one["data"] for one in (await served.control("ledger/meta"))["entries"]]
    assert reads == [{"message_id": "wamid.in", "typing": False}, {"message_id": "wamid.in", "typing": True}]
    assert (await served.meta({**body, "status": "seen"}))[0] == 400


async def test_after_24_hours_a_message_is_accepted_and_then_fails(open_window, clock, receiver):
    clock.forward(hours=23, minutes=59)
    await open_window.meta(message())
    clock.forward(minutes=1)
    status, answer = await open_window.meta(message())
    assert status == 200
    await open_window.settled()
    first, second = (await open_window.control("messages?channel=meta"))["messages"]
    assert (first["status"], second["status"]) == ("read", "failed")
    assert second["error"]["code"] == 131047
    (failed,) = [one for one in statuses(receiver) if one["status"] == "failed"]
    assert failed["id"] == answer["messages"][0]["id"]
    assert failed["errors"][0]["code"] == 131047
    await open_window.meta(message("template", {"name": "again", "language": {"code": "en"}}))
    await open_window.settled()
    assert (await open_window.control("messages?channel=meta"))["messages"][-1]["status"] == "read"


async def test_the_window_can_be_told_at_once_or_left_open(start):
    async with start(meta={"window_errors": "sync"}) as served:
        status, answer = await served.meta(message())
        assert (status, answer["error"]["code"]) == (400, 131047)
    async with start(meta={"window_errors": "sync", "unknown_customers": "open"}) as served:
        assert (await served.meta(message()))[0] == 200
        await served.settled()
    async with start(meta={"window_errors": "off"}) as served:
        assert (await served.meta(message()))[0] == 200
        await served.settled()


async def test_an_unreachable_number_fails_later(start):
    async with start(meta={"unreachable": [CUSTOMER], "unknown_customers": "open"}) as served:
        assert (await served.meta(message()))[0] == 200
        await served.settled()
        (sent,) = (await served.control("messages?channel=meta"))["messages"]
    assert (sent["status"], sent["error"]["code"]) == ("failed", 131026)


async def test_the_pair_limit_is_131056(start, clock):
    async with start(meta={"pair_limit": 2, "unknown_customers": "open"}) as served:
        codes = [(await served.meta(message()))[0] for _ in range(2)]
        status, answer = await served.meta(message())
        assert (codes, status, answer["error"]["code"]) == ([200, 200], 400, 131056)
        clock.forward(seconds=6)
        assert (await served.meta(message()))[0] == 200
        await served.settled()


def statuses(receiver):
    return [json.loads(got.body)["entry"][0]["changes"][0]["value"]["statuses"][0] for got in receiver.got]


def test_signature_vector():
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    assert sign("app_secret_made_up", body) == (
        "sha256=16dca7462c417ede99079e0777ba0e7b5970c49a54e7132f7b5221aba5599672"
    )


async def test_statuses_are_signed_and_echo_our_id(open_window, receiver):
    _, answer = await open_window.meta(message(biz_opaque_callback_data="m-مرحبا"))
    await open_window.settled()
    for got in receiver.got:
        expected = hmac.new(APP_SECRET.encode(), got.body, hashlib.sha256).hexdigest()
        assert got.headers["X-Hub-Signature-256"] == f"sha256={expected}"
        assert got.body.isascii()
    told = sorted(statuses(receiver), key=lambda one: ["sent", "delivered", "read"].index(one["status"]))
    assert [one["status"] for one in told] == ["sent", "delivered", "read"]
    for one in told:
        assert one["id"] == answer["messages"][0]["id"]
        assert one["recipient_id"] == TO
        assert one["biz_opaque_callback_data"] == "m-مرحبا"
        assert one["timestamp"] == "1795165200"
    value = json.loads(receiver.got[0].body)["entry"][0]["changes"][0]["value"]
    assert value["metadata"]["phone_number_id"] == PHONE_ID
    assert value["contacts"][0]["wa_id"] == TO
