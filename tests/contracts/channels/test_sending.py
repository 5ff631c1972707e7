"""One call, one outcome: sent with an id, or a CallFailure that says what may be done."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from bot.channels.contract import Sent
from bot.messages import Inbound, InboundKind, JsonObject, Outbound, Sender, Surface
from providers.outcome import CallFailure, Disposition
from tests.contracts.channels.accounts import ACCOUNT_SID, SMS, TOKEN, TWILIO_WHATSAPP, WEB, WHATSAPP, Subject

RETRY, PERMANENT, OPERATOR, UNKNOWN = Disposition
META_URL = "https://graph.facebook.com/v23.0/106540352242922/messages"
TWILIO_URL = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"


@dataclass(frozen=True)
class Wire:
    """How a provider answers over HTTP."""

    subject: Subject
    url: str
    accepted: httpx.Response
    accepted_id: str

    def refusal(self, code: int, message: str = "refused") -> JsonObject:
        if self.subject is WHATSAPP:
            return {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}}
        return {"code": code, "message": message, "more_info": "https://example.com", "status": 400}

    def __str__(self) -> str:
        return str(self.subject)


META = Wire(
    WHATSAPP,
    META_URL,
    httpx.Response(
        200, json={"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": "wamid.sent"}]}
    ),
    "wamid.sent",
)
TWILIO = Wire(
    SMS,
    TWILIO_URL,
    httpx.Response(201, json={"sid": "SMsent", "status": "queued", "error_code": None}),
    "SMsent",
)
WIRES = pytest.mark.parametrize("wire", [META, TWILIO], ids=str)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


async def send(subject: Subject, http: httpx.AsyncClient, text: str = "Hi") -> Sent:
    to = Sender(phone="+96550000123")
    (request,) = subject.channel.render(Outbound(text), to=to, surface=subject.surface)
    return await subject.channel.send(request, account=subject.account, correlation_id="effect-1", http=http)


async def failure(wire: Wire, http: httpx.AsyncClient) -> CallFailure:
    """The failure of one send, after exactly one call."""
    with pytest.raises(CallFailure) as caught:
        await send(wire.subject, http)
    return caught.value


@WIRES
async def test_an_accepted_message_has_the_providers_id(wire: Wire, http: httpx.AsyncClient):
    with respx.mock:
        route = respx.post(wire.url).mock(return_value=wire.accepted)
        assert await send(wire.subject, http) == Sent(wire.accepted_id)
    assert route.call_count == 1


async def test_meta_gets_the_bearer_token_and_our_id(http: httpx.AsyncClient):
    with respx.mock:
        route = respx.post(META_URL).mock(return_value=META.accepted)
        await send(WHATSAPP, http)
    request = route.calls.last.request
    assert request.headers["authorization"] == "Bearer EAAmadeup"
    assert request.extensions["timeout"] == {"connect": 10.0, "read": 10.0, "write": 10.0, "pool": 10.0}
    assert json.loads(request.content) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+96550000123",
        "type": "text",
        "text": {"body": "Hi", "preview_url": False},
        "biz_opaque_callback_data": "effect-1",
    }


@pytest.mark.parametrize("version", ["v24.0", "24.0"])
async def test_meta_version_and_host_are_settings(http: httpx.AsyncClient, version: str):
    account = replace(
        WHATSAPP.account, settings={"graph_version": version}, api_base_url="http://127.0.0.1:8100/"
    )
    with respx.mock:
        route = respx.post("http://127.0.0.1:8100/v24.0/106540352242922/messages").mock(
            return_value=META.accepted
        )
        await send(replace(WHATSAPP, account=account), http)
    assert route.called


async def test_twilio_gets_basic_auth_and_a_callback_with_our_id(http: httpx.AsyncClient):
    with respx.mock:
        route = respx.post(TWILIO_URL).mock(return_value=TWILIO.accepted)
        await send(SMS, http, "Hi, مرحبا 👋")
    request = route.calls.last.request
    assert (
        request.headers["authorization"]
        == "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{TOKEN}".encode()).decode()
    )
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.extensions["timeout"] == {"connect": 10.0, "read": 10.0, "write": 10.0, "pool": 10.0}
    assert parse_qs(request.content.decode()) == {
        "To": ["+96550000123"],
        "From": ["+15550100"],
        "Body": ["Hi, مرحبا 👋"],
        "StatusCallback": ["https://bot.example.com/webhooks/twilio/k1?mid=effect-1"],
    }


async def test_twilio_host_and_messaging_service_are_settings(http: httpx.AsyncClient):
    account = replace(
        SMS.account,
        api_base_url="http://127.0.0.1:8100",
        callback_url="",
        settings={"account_sid": ACCOUNT_SID, "messaging_service_sid": "MG1"},
    )
    with respx.mock:
        route = respx.post(TWILIO_URL.replace("https://api.twilio.com", "http://127.0.0.1:8100")).mock(
            return_value=TWILIO.accepted
        )
        await send(replace(SMS, account=account), http)
    form = parse_qs(route.calls.last.request.content.decode())
    assert form == {"To": ["+96550000123"], "MessagingServiceSid": ["MG1"], "Body": ["Hi"]}


async def test_twilio_whatsapp_is_addressed_with_its_prefix(http: httpx.AsyncClient):
    with respx.mock:
        route = respx.post(TWILIO_URL).mock(return_value=TWILIO.accepted)
        await send(TWILIO_WHATSAPP, http)
    form = parse_qs(route.calls.last.request.content.decode())
    assert (form["To"], form["From"]) == (["whatsapp:+96550000123"], ["whatsapp:+15550100"])


async def test_web_calls_nobody(http: httpx.AsyncClient):
    with respx.mock:
        assert await send(WEB, http) == Sent("effect-1")
        assert not respx.calls


CODES: list[tuple[Wire, int, int, Disposition, str, float | None]] = [
    (META, 401, 190, OPERATOR, "190", None),
    (META, 401, 0, OPERATOR, "0", None),
    (META, 403, 10, OPERATOR, "10", None),
    (META, 403, 230, OPERATOR, "230", None),
    (META, 400, 4, RETRY, "4", 60),
    (META, 400, 80007, RETRY, "80007", 120),
    (META, 400, 130429, RETRY, "130429", 2),
    (META, 429, 130429, RETRY, "130429", 2),
    (META, 500, 130429, RETRY, "130429", 2),
    (META, 400, 131056, RETRY, "131056", 6),
    (META, 400, 131047, PERMANENT, "outside_window", None),
    (META, 400, 131026, PERMANENT, "undeliverable", None),
    (META, 400, 131049, PERMANENT, "withheld", None),
    (META, 400, 131009, PERMANENT, "131009", None),
    (META, 400, 100, PERMANENT, "100", None),
    (META, 400, 131030, OPERATOR, "131030", None),
    (META, 403, 131031, OPERATOR, "131031", None),
    (META, 404, 132001, OPERATOR, "132001", None),
    (META, 400, 131062, PERMANENT, "131062", None),
    (META, 500, 131000, UNKNOWN, "131000", None),
    (META, 503, 131016, UNKNOWN, "131016", None),
    (META, 503, 2, UNKNOWN, "2", None),
    (META, 400, 135000, RETRY, "135000", 5),
    (META, 500, 131057, RETRY, "131057", 60),
    (META, 400, 999999, PERMANENT, "999999", None),
    (META, 403, 999999, OPERATOR, "999999", None),
    (META, 429, 999999, RETRY, "999999", None),
    (META, 500, 999999, UNKNOWN, "999999", None),
    (META, 200, 131009, PERMANENT, "131009", None),
    (TWILIO, 401, 20003, OPERATOR, "20003", None),
    (TWILIO, 404, 20404, OPERATOR, "20404", None),
    (TWILIO, 429, 20429, RETRY, "20429", 2),
    (TWILIO, 400, 21211, PERMANENT, "invalid_recipient", None),
    (TWILIO, 400, 21408, OPERATOR, "21408", None),
    (TWILIO, 400, 21606, OPERATOR, "21606", None),
    (TWILIO, 400, 21610, PERMANENT, "opted_out", None),
    (TWILIO, 400, 21611, RETRY, "21611", 120),
    (TWILIO, 400, 21614, PERMANENT, "undeliverable", None),
    (TWILIO, 400, 21617, PERMANENT, "21617", None),
    (TWILIO, 400, 63016, PERMANENT, "outside_window", None),
    (TWILIO, 400, 63033, PERMANENT, "opted_out", None),
    (TWILIO, 500, 20500, UNKNOWN, "20500", None),
    (TWILIO, 503, 20503, UNKNOWN, "20503", None),
    (TWILIO, 400, 99999, PERMANENT, "99999", None),
    (TWILIO, 401, 99999, OPERATOR, "99999", None),
    (TWILIO, 502, 99999, UNKNOWN, "99999", None),
]


@pytest.mark.parametrize(
    ("wire", "status", "code", "disposition", "name", "retry_after"),
    CODES,
    ids=[f"{w}-{s}-{c}" for w, s, c, *_ in CODES],
)
async def test_each_error_code_says_what_may_be_done(
    http: httpx.AsyncClient, *, wire: Wire, status: int, code: int, disposition, name, retry_after
):
    with respx.mock:
        route = respx.post(wire.url).mock(return_value=httpx.Response(status, json=wire.refusal(code)))
        failed = await failure(wire, http)
    assert (failed.disposition, failed.code, failed.retry_after) == (disposition, name, retry_after)
    assert str(code) in failed.detail
    assert len(failed.detail) > 20
    assert route.call_count == 1


async def test_twilios_problem_details_are_read_too(http: httpx.AsyncClient):
    problem = {"type": "https://example.com/p", "title": "Opted out", "status": 400, "code": 21610}
    with respx.mock:
        respx.post(TWILIO_URL).mock(return_value=httpx.Response(400, json=problem))
        assert (await failure(TWILIO, http)).code == "opted_out"


@WIRES
async def test_the_provider_may_name_a_longer_wait(wire: Wire, http: httpx.AsyncClient):
    code = 131056 if wire is META else 20429
    refusal = httpx.Response(429, json=wire.refusal(code), headers={"Retry-After": "90"})
    with respx.mock:
        respx.post(wire.url).mock(return_value=refusal)
        assert (await failure(wire, http)).retry_after == 90


@WIRES
async def test_a_customers_data_never_stands_in_the_detail(wire: Wire, http: httpx.AsyncClient):
    said = "Number +965 5000 0123 of KW.13491208655302741918 (sara@example.com) was refused"
    with respx.mock:
        respx.post(wire.url).mock(return_value=httpx.Response(400, json=wire.refusal(987654, said)))
        failed = await failure(wire, http)
    assert "refused" in failed.detail
    for secret in ("5000", "1349", "sara", TOKEN, "EAAmadeup"):
        assert secret not in failed.detail


TRANSPORT = [
    (httpx.ConnectError("refused"), RETRY, "connection_refused"),
    (httpx.ConnectTimeout("slow"), RETRY, "connection_refused"),
    (httpx.PoolTimeout("full"), RETRY, "no_connection_free"),
    (httpx.ReadTimeout("slow"), UNKNOWN, "timeout"),
    (httpx.WriteTimeout("slow"), UNKNOWN, "timeout"),
    (httpx.ReadError("reset"), UNKNOWN, "connection_reset"),
    (httpx.WriteError("reset"), UNKNOWN, "connection_reset"),
    (httpx.RemoteProtocolError("cut"), UNKNOWN, "connection_reset"),
    (httpx.ProxyError("proxy"), UNKNOWN, "connection_reset"),
    (httpx.UnsupportedProtocol("ftp"), OPERATOR, "bad_api_address"),
    (httpx.InvalidURL("nonsense"), OPERATOR, "bad_api_address"),
    (httpx.LocalProtocolError("header"), OPERATOR, "bad_credentials"),
]


@WIRES
@pytest.mark.parametrize(
    ("error", "disposition", "code"), TRANSPORT, ids=[type(e).__name__ for e, _, _ in TRANSPORT]
)
async def test_a_broken_connection_is_unknown_once_something_may_have_arrived(
    wire: Wire, http: httpx.AsyncClient, error: Exception, disposition: Disposition, code: str
):
    with respx.mock:
        route = respx.post(wire.url).mock(side_effect=error)
        failed = await failure(wire, http)
    assert (failed.disposition, failed.code) == (disposition, code)
    assert route.call_count == 1


UNREADABLE = [
    httpx.Response(200, text="<html>"),
    httpx.Response(201, text=""),
    httpx.Response(200, json=[]),
    httpx.Response(200, json={}),
    httpx.Response(200, json={"messages": []}),
    httpx.Response(200, json={"messages": [{"id": ""}], "sid": None}),
    httpx.Response(302, headers={"Location": "https://example.com"}),
    httpx.Response(500, text="<html>"),
    httpx.Response(502, json={"oops": 1}),
    httpx.Response(400, text="<html>"),
]


@WIRES
@pytest.mark.parametrize("answer", UNREADABLE, ids=[f"{r.status_code}-{r.text[:20]}" for r in UNREADABLE])
async def test_an_unreadable_answer_is_unknown(wire: Wire, http: httpx.AsyncClient, answer: httpx.Response):
    with respx.mock:
        route = respx.post(wire.url).mock(return_value=answer)
        failed = await failure(wire, http)
    assert (failed.disposition, failed.code) == (UNKNOWN, "unreadable_answer")
    assert route.call_count == 1


@WIRES
async def test_an_unreadable_429_may_be_sent_again(wire: Wire, http: httpx.AsyncClient):
    with respx.mock:
        respx.post(wire.url).mock(return_value=httpx.Response(429, text="<html>"))
        assert (await failure(wire, http)).disposition is RETRY


@WIRES
async def test_without_credentials_the_operator_is_asked(wire: Wire, http: httpx.AsyncClient):
    bare = replace(wire, subject=replace(wire.subject, account=replace(wire.subject.account, secrets={})))
    with respx.mock:
        failed = await failure(bare, http)
        assert not respx.calls
    assert (failed.disposition, failed.code) == (OPERATOR, "not_configured")


@pytest.mark.parametrize("token", ["tökén", "two\nlines"])
async def test_a_token_no_header_can_hold_is_the_operators(http: httpx.AsyncClient, token: str):
    account = replace(WHATSAPP.account, secrets={"access_token": token})
    failed = await failure(replace(META, subject=replace(WHATSAPP, account=account)), http)
    assert (failed.disposition, failed.code) == (OPERATOR, "bad_credentials")


@WIRES
async def test_the_callers_time_limit_ends_the_call(wire: Wire, http: httpx.AsyncClient):
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    with respx.mock:
        respx.post(wire.url).mock(side_effect=never)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await send(wire.subject, http)


def inbound(surface: Surface, external_id: str) -> Inbound:
    return Inbound(external_id, "", Sender(phone="+96550000123"), InboundKind.TEXT, surface, "Hi")


async def test_whatsapp_marks_read_and_shows_typing(http: httpx.AsyncClient):
    with respx.mock:
        route = respx.post(META_URL).mock(return_value=httpx.Response(200, json={"success": True}))
        await WHATSAPP.channel.show_typing(
            inbound(Surface.WHATSAPP, "wamid.in"), account=WHATSAPP.account, http=http
        )
    assert json.loads(route.calls.last.request.content) == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.in",
        "typing_indicator": {"type": "text"},
    }


async def test_whatsapp_marks_read_without_typing(http: httpx.AsyncClient):
    with respx.mock:
        route = respx.post(META_URL).mock(return_value=httpx.Response(200, json={"success": True}))
        await WHATSAPP.channel.mark_read(
            inbound(Surface.WHATSAPP, "wamid.in"), account=WHATSAPP.account, http=http
        )
    assert json.loads(route.calls.last.request.content) == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.in",
    }


async def test_twilio_shows_typing_on_whatsapp_only(http: httpx.AsyncClient):
    url = "https://messaging.twilio.com/v3/Indicators/Typing.json"
    account = TWILIO_WHATSAPP.account
    with respx.mock:
        route = respx.post(url).mock(return_value=httpx.Response(200, json={"success": True}))
        await SMS.channel.show_typing(inbound(Surface.SMS, "SMin"), account=SMS.account, http=http)
        assert not route.called
        await TWILIO_WHATSAPP.channel.show_typing(
            inbound(Surface.WHATSAPP, "SMin"), account=account, http=http
        )
    assert json.loads(route.calls.last.request.content) == {"channel": "WHATSAPP", "messageId": "SMin"}


async def test_a_failed_typing_sign_is_a_call_failure(http: httpx.AsyncClient):
    with respx.mock:
        respx.post(META_URL).mock(side_effect=httpx.ReadTimeout("slow"))
        respx.post("https://messaging.twilio.com/v3/Indicators/Typing.json").mock(
            return_value=httpx.Response(404, json={"code": 20404, "message": "not found"})
        )
        for subject in (WHATSAPP, TWILIO_WHATSAPP):
            with pytest.raises(CallFailure):
                await subject.channel.show_typing(
                    inbound(Surface.WHATSAPP, "SMin"), account=subject.account, http=http
                )
