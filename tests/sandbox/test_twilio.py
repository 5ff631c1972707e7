"""Twilio's sandbox: authentication, limits and codes, opt-out, window, content, signed callbacks."""

from __future__ import annotations

from urllib.parse import parse_qsl

import aiohttp
import pytest
from twilio.request_validator import RequestValidator

from providers.sandbox.callbacks import Failure
from providers.sandbox.segments import segments
from providers.sandbox.twilio_callbacks import overrides, sign
from tests.sandbox.conftest import AUTH_TOKEN, CUSTOMER, SID, SMS_NUMBER

SMS = {"To": CUSTOMER, "From": SMS_NUMBER, "Body": "hello"}
WHATSAPP = {"To": f"whatsapp:{CUSTOMER}", "From": f"whatsapp:{SMS_NUMBER}", "Body": "hello"}
SERVICE = "MG" + "0" * 32


async def get(served, path):
    headers = {"Authorization": aiohttp.encode_basic_auth(SID, AUTH_TOKEN)}
    async with served.client.get(f"/2010-04-01/Accounts/{SID}/{path}", headers=headers) as response:
        return response.status, await response.json()


async def post_json(served, path, body):
    headers = {"Authorization": aiohttp.encode_basic_auth(SID, AUTH_TOKEN)}
    async with served.client.post(path, json=body, headers=headers) as response:
        return response.status, await response.json()


async def test_an_sms_is_created_queued(served):
    status, answer = await served.twilio(SMS)
    assert status == 201
    assert answer["sid"].startswith("SM")
    assert len(answer["sid"]) == 34
    assert (answer["status"], answer["to"], answer["from"], answer["body"]) == (
        "queued",
        CUSTOMER,
        SMS_NUMBER,
        "hello",
    )
    assert answer["date_created"] == "Fri, 20 Nov 2026 09:00:00 +0000"
    assert (answer["num_segments"], answer["error_code"], answer["direction"]) == ("1", None, "outbound-api")
    assert answer["uri"] == f"/2010-04-01/Accounts/{SID}/Messages/{answer['sid']}.json"
    await served.settled()


async def test_a_messaging_service_picks_the_sender(served):
    status, answer = await served.twilio({"To": CUSTOMER, "MessagingServiceSid": SERVICE, "Body": "hello"})
    assert (status, answer["status"], answer["from"], answer["num_segments"]) == (201, "accepted", None, "0")
    await served.settled()


async def test_wrong_credentials_are_20003(served):
    status, answer = await served.twilio(SMS, token="wrong")
    assert (status, answer["code"], answer["status"]) == (401, 20003, 401)
    assert set(answer) == {"code", "message", "more_info", "status"}
    async with served.client.post(f"/2010-04-01/Accounts/{SID}/Messages.json", data=SMS) as response:
        assert response.status == 401


async def test_another_accounts_path_is_20404(served):
    status, answer = await served.twilio(SMS, sid="AC" + "1" * 32)
    assert (status, answer["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({**SMS, "Body": "x" * 1601}, 21617),
        ({**SMS, "Body": ""}, 21602),
        ({"To": CUSTOMER, "From": SMS_NUMBER}, 21602),
        ({"From": SMS_NUMBER, "Body": "x"}, 21604),
        ({**SMS, "To": "12345"}, 21211),
        ({**SMS, "To": "+0123456789"}, 21211),
        ({**SMS, "To": "whatsapp:hello"}, 21211),
        ({"To": CUSTOMER, "Body": "x"}, 21603),
        ({**SMS, "From": "+15555550199"}, 21606),
        ({**SMS, "From": "Salon"}, 21212),
        ({**WHATSAPP, "From": SMS_NUMBER}, 63007),
        ({**WHATSAPP, "From": "whatsapp:+15555550199"}, 63007),
        ({"To": CUSTOMER, "MessagingServiceSid": "MG" + "1" * 32, "Body": "x"}, 21701),
        ({**SMS, "MediaUrl": "file:///etc/passwd"}, 21620),
        ({**SMS, "StatusCallback": "not a url"}, 21609),
        ({**SMS, "StatusCallback": "http://my_host/x"}, 21609),
        ({**SMS, "ContentSid": "HX" + "0" * 32}, 21655),
        ({**SMS, "ContentVariables": "{}"}, 21654),
        ({**SMS, "body": "x"}, 20001),
    ],
)
async def test_what_breaks_a_rule_is_refused_with_its_code(served, form, code):
    status, answer = await served.twilio(form)
    assert (status, answer["code"]) == (400, code)
    assert (await served.control("messages?channel=twilio"))["messages"] == []


async def test_1600_characters_are_accepted(served):
    status, answer = await served.twilio({**SMS, "Body": "ب" * 1600})
    assert (status, answer["num_segments"]) == (201, "24")
    await served.settled()


async def test_who_said_stop_is_21610_until_start(served):
    assert (await served.control("twilio/inbound", wrote("stop")))["opt"] == "out"
    status, answer = await served.twilio(SMS)
    assert (status, answer["code"]) == (400, 21610)
    assert (await served.control("twilio/inbound", wrote("Unstop ")))["opt"] == "in"
    assert (await served.twilio(SMS))[0] == 201
    await served.settled()


def wrote(body, customer=CUSTOMER, to=SMS_NUMBER):
    return {"account_sid": SID, "from": customer, "to": to, "body": body}


async def test_stop_within_a_sentence_or_on_whatsapp_is_no_opt_out(served):
    assert (await served.control("twilio/inbound", wrote("please stop")))["opt"] is None
    on_whatsapp = wrote("STOP", WHATSAPP["To"], WHATSAPP["From"])
    assert (await served.control("twilio/inbound", on_whatsapp))["opt"] is None


async def test_the_whatsapp_window_is_63016(start, clock):
    async with start(twilio={"window_errors": "sync"}) as served:
        assert (await served.twilio(WHATSAPP))[1]["code"] == 63016
        await served.twilio_wrote(WHATSAPP["To"], WHATSAPP["From"])
        assert (await served.twilio(WHATSAPP))[0] == 201
        clock.forward(hours=24)
        assert (await served.twilio(WHATSAPP))[1]["code"] == 63016
        assert (await served.twilio(SMS))[0] == 201
        await served.settled()


async def test_by_default_the_closed_window_shows_in_the_callback(served, receiver):
    assert (await served.twilio({**WHATSAPP, "StatusCallback": receiver.url}))[0] == 201
    await served.settled()
    told = [dict(parse_qsl(got.body.decode())) for got in receiver.got]
    assert [one["MessageStatus"] for one in told] == ["queued", "failed"]
    assert told[-1]["ErrorCode"] == "63016"


async def test_an_unreachable_handset_ends_undelivered(start):
    async with start(twilio={"unreachable": [CUSTOMER]}) as served:
        _, created = await served.twilio(SMS)
        await served.settled()
        _, message = await get(served, f"Messages/{created['sid']}.json")
    assert (message["status"], message["error_code"]) == ("undelivered", 30003)


async def test_messages_can_be_looked_up_by_recipient_and_day(served, clock):
    _, first = await served.twilio(SMS)
    clock.forward(days=1)
    _, second = await served.twilio({**SMS, "To": "+96550000124"})
    await served.settled()

    async def sids(query):
        return [one["sid"] for one in (await get(served, f"Messages.json{query}"))[1]["messages"]]

    assert await sids("") == [second["sid"], first["sid"]]
    assert await sids("?To=%2B96550000123") == [first["sid"]]
    assert await sids("?DateSent=2026-11-21") == [second["sid"]]
    assert await sids("?PageSize=1") == [second["sid"]]
    assert (await get(served, "Messages/SM00.json"))[0] == 404


async def test_callbacks_are_signed_over_the_exact_url_without_fragment(served, receiver):
    base = f"{receiver.url}?mid=a%20b%2Fc&x=%C3%A9"
    _, created = await served.twilio({**SMS, "StatusCallback": f"{base}#rc=5&rp=5xx,ct,rt"})
    await served.settled()
    validator = RequestValidator(AUTH_TOKEN)
    told = []
    for got in receiver.got:
        form = dict(parse_qsl(got.body.decode(), keep_blank_values=True))
        assert got.url == base
        assert validator.validate(base, form, got.headers["X-Twilio-Signature"])
        told.append(form["MessageStatus"])
    assert sorted(told) == ["delivered", "queued", "sent"]
    (message,) = (await served.control("messages?channel=twilio"))["messages"]
    assert (message["id"], message["correlation"], message["status"]) == (
        created["sid"],
        "a b/c",
        "delivered",
    )


async def test_whatsapp_messages_are_read_at_the_end(served, receiver):
    await served.twilio_wrote(WHATSAPP["To"], WHATSAPP["From"])
    await served.twilio({**WHATSAPP, "StatusCallback": receiver.url})
    await served.settled()
    last = dict(parse_qsl(receiver.got[-1].body.decode()))
    assert (last["MessageStatus"], last["EventType"], last["ChannelPrefix"]) == ("read", "READ", "whatsapp")


def test_signature_vectors():
    params = {
        "MessageSid": "SM00000000000000000000000000000001",
        "From": "whatsapp:+96550000001",
        "To": "whatsapp:+14155238886",
        "Body": "مرحبا 👋 hi",
        "NumMedia": "0",
        "ProfileName": "Noor",
        "WaId": "96550000001",
    }
    url = "https://bot.example.com/webhooks/twilio/whatsapp?tenant=7"
    assert sign("test_auth_token_123", url, params) == "tfKascKik4x1p83jKaoXHst9JwQ="


@pytest.mark.parametrize(
    ("fragment", "attempts", "retried"),
    [
        ("", 2, {Failure.CONNECT}),
        ("rc=5&rp=5xx,ct,rt", 6, {Failure.CONNECT, Failure.READ, Failure.SERVER_ERROR}),
        ("rc=0", 1, {Failure.CONNECT}),
        ("rc=99&rp=all", 6, set(Failure)),
        ("rc=x&rp=nonsense", 2, set()),
    ],
)
def test_connection_overrides(fragment, attempts, retried):
    assert overrides(fragment) == (attempts, retried)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("ب" * 70, 1), ("ب" * 71, 2), ("ب" * 134, 2), ("ب" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_segments(text, count):
    assert segments(text) == count


async def test_typing_sign(served):
    body = {"channel": "WHATSAPP", "messageId": "SM" + "0" * 32}
    assert await post_json(served, "/v3/Indicators/Typing.json", body) == (200, {"success": True})
    assert (await post_json(served, "/v3/Indicators/Typing.json", {**body, "channel": "SMS"}))[0] == 400
    assert (await post_json(served, "/v3/Indicators/Typing.json", {"channel": "WHATSAPP"}))[0] == 400


def picker(**more):
    items = [{"item": f"Item {n}", "id": str(n)} for n in range(3)]
    content = {"body": "Hello {{1}}", "button": "Choose", "items": items, **more}
    return {"friendly_name": "menu", "language": "en", "types": {"twilio/list-picker": content}}


async def test_a_list_picker_is_created_and_sent(served):
    await served.twilio_wrote(WHATSAPP["To"], WHATSAPP["From"])
    status, content = await post_json(served, "/v1/Content", picker())
    assert (status, content["sid"][:2]) == (201, "HX")
    form = {"To": WHATSAPP["To"], "From": WHATSAPP["From"], "ContentSid": content["sid"]}
    assert (await served.twilio(form))[1]["code"] == 21656
    assert (await served.twilio({**form, "ContentVariables": '{"1": 2}'}))[1]["code"] == 21656
    assert (await served.twilio({**form, "ContentVariables": '{"1": "Sara"}'}))[0] == 201
    sms = {**form, "To": CUSTOMER, "From": SMS_NUMBER, "ContentVariables": '{"1": "Sara"}'}
    assert (await served.twilio(sms))[1]["code"] == 21654
    await served.settled()


@pytest.mark.parametrize(
    "body",
    [
        picker(button="x" * 21),
        picker(body="x" * 1025),
        picker(items=[]),
        picker(items=[{"item": "x" * 25, "id": "1"}]),
        picker(items=[{"item": "x", "id": str(n)} for n in range(11)]),
        {"language": "en", "types": {}},
        {"language": "en", "types": {"twilio/quick-reply": {"body": "x", "actions": [
            {"type": "QUICK_REPLY", "title": f"T{n}", "id": str(n)} for n in range(4)]}}},
    ],
)  # fmt: skip
async def test_content_beyond_the_limits_is_refused(served, body):
    status, answer = await post_json(served, "/v1/Content", body)
    assert (status, answer["status"]) == (400, 400)
