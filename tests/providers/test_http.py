"""What a failed call means: the same mistake is RETRY for a read and UNKNOWN for a write."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import httpx
import pytest
import respx
from structlog.testing import capture_logs

from providers.http import BODY_LIMIT_BYTES, JsonCall, Retries, call_json, map_bounded, plain_words
from providers.outcome import CallFailure, Disposition
from tests.tls import TLS

URL = "http://provider.example.com/call"
READ = JsonCall(name="Read", method="GET", url=URL, repeatable=True)
WRITE = JsonCall(name="Write", method="POST", url=URL, repeatable=False, body={"a": 1})
QUICK = Retries(attempts=3, first_wait=0.001, longest_wait=0.002)

RETRY, UNKNOWN = Disposition.RETRY, Disposition.UNKNOWN
PERMANENT, OPERATOR = Disposition.PERMANENT, Disposition.OPERATOR


async def failure_of(call: JsonCall, **options) -> CallFailure:
    async with httpx.AsyncClient(verify=TLS) as client:
        with pytest.raises(CallFailure) as caught:
            await call_json(client, call, **options)
    return caught.value


HTML = "<html>404</html>"
ANSWERS = [
    # an answer, what it means for a read, what it means for a write, its code
    (httpx.Response(200, html=HTML), RETRY, UNKNOWN, "html_answer"),
    (httpx.Response(404, html=HTML), RETRY, UNKNOWN, "http_404"),
    (httpx.Response(404, json={}), PERMANENT, PERMANENT, "http_404"),
    (httpx.Response(400, json={}), PERMANENT, PERMANENT, "http_400"),
    (httpx.Response(401, json={}), OPERATOR, OPERATOR, "http_401"),
    (httpx.Response(403, html=HTML), OPERATOR, OPERATOR, "http_403"),
    (httpx.Response(408, json={}), RETRY, UNKNOWN, "http_408"),
    (httpx.Response(429, json={}), RETRY, RETRY, "http_429"),
    (httpx.Response(302, headers={"location": "/Error.aspx"}), RETRY, UNKNOWN, "http_302"),
    (httpx.Response(500, html=HTML), RETRY, UNKNOWN, "http_500"),
    (httpx.Response(503, json={"Status": 0}), RETRY, UNKNOWN, "http_503"),
    (httpx.Response(200, text=""), RETRY, UNKNOWN, "unreadable_answer"),
    (httpx.Response(200, text='{"Status": 0'), RETRY, UNKNOWN, "unreadable_answer"),
    (httpx.Response(200, text='{"price": NaN}'), RETRY, UNKNOWN, "unreadable_answer"),
    (httpx.Response(200, content=b"\xff\xfe\x00"), RETRY, UNKNOWN, "unreadable_answer"),
    (httpx.Response(200, text="[" * 200_000), RETRY, UNKNOWN, "unreadable_answer"),
    (httpx.Response(200, content=b" " * (BODY_LIMIT_BYTES + 1)), RETRY, UNKNOWN, "answer_too_large"),
]


@pytest.mark.parametrize(("answer", "read", "write", "code"), ANSWERS)
@respx.mock
async def test_an_answer_that_is_no_result(answer, read, write, code):
    respx.route(url=URL).mock(return_value=answer)
    for call, expected in ((READ, read), (WRITE, write)):
        failure = await failure_of(call)
        assert (failure.disposition, failure.code) == (expected, code)
        assert failure.detail.startswith(f"{call.name}: ")


ERRORS = [
    (httpx.ConnectError("refused"), RETRY, RETRY, "unreachable"),
    (httpx.ConnectTimeout("slow"), RETRY, RETRY, "unreachable"),
    (httpx.PoolTimeout("busy"), RETRY, RETRY, "unreachable"),
    (httpx.ReadTimeout("slow"), RETRY, UNKNOWN, "timeout"),
    (httpx.WriteTimeout("slow"), RETRY, UNKNOWN, "timeout"),
    (httpx.ReadError("reset"), RETRY, UNKNOWN, "connection_lost"),
    (httpx.WriteError("reset"), RETRY, UNKNOWN, "connection_lost"),
    (httpx.RemoteProtocolError("garbage"), RETRY, UNKNOWN, "connection_lost"),
    (httpx.UnsupportedProtocol("ftp"), OPERATOR, OPERATOR, "bad_url"),
]


@pytest.mark.parametrize(("error", "read", "write", "code"), ERRORS)
@respx.mock
async def test_a_broken_exchange(error, read, write, code):
    respx.route(url=URL).mock(side_effect=error)
    for call, expected in ((READ, read), (WRITE, write)):
        failure = await failure_of(call)
        assert (failure.disposition, failure.code) == (expected, code)


@respx.mock
async def test_the_time_limit_is_for_the_whole_call():
    async def forever(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    respx.route(url=URL).mock(side_effect=forever)
    assert (await failure_of(READ, limit=0.01)).disposition is RETRY
    failure = await failure_of(WRITE, limit=0.01)
    assert (failure.disposition, failure.code) == (UNKNOWN, "timeout")


@respx.mock
async def test_numbers_stay_exact_and_a_byte_order_mark_is_no_trouble():
    respx.get(URL).respond(200, content=b'\xef\xbb\xbf{"price": 12.500}', content_type="text/plain")
    async with httpx.AsyncClient(verify=TLS) as client:
        assert await call_json(client, READ) == {"price": Decimal("12.500")}


@respx.mock
async def test_a_read_is_repeated_until_it_succeeds():
    route = respx.get(URL)
    route.side_effect = [httpx.Response(502), httpx.ReadError("reset"), httpx.Response(200, json=[1])]
    with capture_logs() as logs:
        async with httpx.AsyncClient(verify=TLS) as client:
            assert await call_json(client, READ, retries=QUICK) == [1]
    assert route.call_count == 3
    assert [(line["event"], line["code"]) for line in logs] == [
        ("provider.read_repeated", "http_502"),
        ("provider.read_repeated", "connection_lost"),
    ]


@respx.mock
async def test_repeating_ends_and_a_refusal_is_not_repeated():
    route = respx.get(URL).respond(503)
    await failure_of(READ, retries=QUICK)
    assert route.call_count == 3
    refused = respx.get(URL).respond(401)
    await failure_of(READ, retries=QUICK)
    assert refused.call_count == 4  # one more than the three before


@respx.mock
async def test_a_write_is_made_once_and_can_not_be_asked_to_repeat():
    route = respx.post(URL).respond(503)
    await failure_of(WRITE)
    assert route.call_count == 1
    async with httpx.AsyncClient(verify=TLS) as client:
        with pytest.raises(ValueError, match="never retried"):
            await call_json(client, WRITE, retries=QUICK)
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "Sun, 01 Mar 2026 10:00:30 GMT", "date": "Sun, 01 Mar 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 09:00:00 GMT", "date": "Sun, 01 Mar 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Mar 2026 10:00:30 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "²"}, None),
        ({}, None),
    ],
)
@respx.mock
async def test_retry_after(headers, seconds):
    encoded = {name: value.encode("utf-8") for name, value in headers.items()}
    respx.get(URL).mock(return_value=httpx.Response(429, headers=encoded))
    assert (await failure_of(READ)).retry_after == seconds


@respx.mock
async def test_a_long_retry_after_is_left_to_the_caller():
    route = respx.get(URL).respond(429, headers={"retry-after": "60"})
    failure = await failure_of(READ, retries=QUICK)
    assert route.call_count == 1
    assert failure.retry_after == 60


@respx.mock
async def test_no_secret_and_no_body_in_the_failure_or_the_logs():
    call = JsonCall(
        name="Write",
        method="POST",
        url=URL + "?key=s3cret-url",
        repeatable=True,
        headers={"X-Token": "s3cret-header"},
        body={"Mobile": "s3cret-body"},
    )
    respx.route(url__startswith=URL).mock(return_value=httpx.Response(200, text="s3cret-answer"))
    with capture_logs() as logs:
        failure = await failure_of(call, retries=QUICK)
    seen = f"{failure} {failure.__cause__!r} {call!r} {logs}".replace(repr(call.url), "")
    assert logs
    assert "s3cret" not in seen


async def test_map_bounded_keeps_order_and_the_bound():
    running = most = 0

    async def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return number * 2

    assert await map_bounded(work, range(50), at_once=8) == [number * 2 for number in range(50)]
    assert most == 8
    assert await map_bounded(work, []) == []


async def test_map_bounded_raises_the_failure_itself_and_stops():
    done: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        if number == 3:
            raise CallFailure(RETRY, "x", "x")
        done.append(number)

    with pytest.raises(CallFailure):
        await map_bounded(work, range(1000), at_once=2)
    assert len(done) < 10


def test_plain_words_masks_what_could_be_a_customer():
    said = plain_words("User +965 5000 0123 (sara@example.com)\nnot\x00 found" + "!" * 500)
    assert said.startswith("User *** (***) not found!")
    assert len(said) == 200
