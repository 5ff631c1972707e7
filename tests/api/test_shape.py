"""Every error under /api is one shape, and JSON is read in one way; bad input is named, never guessed at."""

from __future__ import annotations

import asyncio
import gzip

import asyncpg
import httpx
import pytest
from aiohttp import web
from pydantic import Field

from bot.web.api import (
    ApiAnswer,
    ApiError,
    ApiInput,
    api_errors,
    checked,
    not_found,
    read_json,
    read_query,
    respond,
    too_many,
)
from tests.listening import LocalServer


class Line(ApiInput):
    text: str = Field(max_length=5)


class Order(ApiInput):
    guest_name: str
    how_many: int = Field(ge=1)
    lines: list[Line] = Field(default_factory=list)


class Stored(ApiAnswer):
    guest_name: str


RAISED = {
    "api": ApiError(409, "busy", "Not now.", retry_after=0.2),
    "missing": not_found("such lead"),
    "often": too_many(11.2),
    "http": web.HTTPForbidden(text="bad password"),
    "http_plain": web.HTTPGone(),
    "http_later": web.HTTPServiceUnavailable(text="try again", headers={"Retry-After": "2"}),
    "lost": asyncpg.ConnectionDoesNotExistError("secret dsn"),
    "refused": ConnectionRefusedError("secret host"),
    "late": TimeoutError(),
    "row": asyncpg.CheckViolationError("+15550100 violates"),
    "bug": KeyError("customer's text"),
}


async def order(request: web.Request) -> web.Response:
    found = await read_json(request, Order, limit=300)
    return respond(Stored(guest_name=found.guest_name), status=201)


async def query(request: web.Request) -> web.Response:
    return respond(read_query(request, Order))


async def fail(request: web.Request) -> web.Response:
    raise RAISED[request.match_info["what"]]


async def ours(_request: web.Request) -> web.Response:
    Stored.model_validate({})
    raise AssertionError


async def theirs(_request: web.Request) -> web.Response:
    Order.model_validate({"guestName": "Ann"})
    raise AssertionError


async def moved(_request: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/elsewhere")


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"first")
    raise ApiError(409, "busy", "Not now.")


@pytest.fixture
async def site():
    app = web.Application(middlewares=[api_errors])
    app.add_routes(
        [
            web.post("/api/order", order),
            web.get("/api/query", query),
            web.get("/api/fail/{what}", fail),
            web.get("/plain/{what}", fail),
            web.get("/api/ours", ours),
            web.get("/api/theirs", theirs),
            web.get("/api/moved", moved),
            web.get("/api/stream", stream),
        ]
    )
    server = LocalServer(app)
    await server.start_server()
    async with httpx.AsyncClient(base_url=str(server.make_url("")), timeout=10) as http:
        yield http
    await server.close()


def error_of(answer):
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json()) == {"error"}
    return answer.json()["error"]


@pytest.mark.parametrize(
    ("what", "status", "told", "retry_after"),
    [
        ("api", 409, ("busy", "Not now."), 1),
        ("missing", 404, ("not_found", "There is no such lead."), None),
        ("often", 429, ("too_many_requests", "Too many requests; try again later."), 12),
        ("http", 403, ("forbidden", "Bad password."), None),
        ("http_plain", 410, ("gone", "Gone."), None),
        ("http_later", 503, ("unavailable", "Try again."), 2),
        ("lost", 503, ("unavailable", "Please try again in a moment."), 2),
        ("refused", 503, ("unavailable", "Please try again in a moment."), 2),
        ("late", 503, ("unavailable", "Please try again in a moment."), 2),
        ("row", 500, ("internal", "Something went wrong on our side."), None),
        ("bug", 500, ("internal", "Something went wrong on our side."), None),
    ],
)
async def test_whatever_is_raised_becomes_the_one_shape(site, what, status, told, retry_after):
    answer = await site.get(f"/api/fail/{what}")
    assert answer.status_code == status
    error = error_of(answer)
    assert (error["code"], error["message"]) == told
    assert error.get("retryAfterSeconds") == retry_after
    assert answer.headers.get("Retry-After") == (str(retry_after) if retry_after else None)


async def test_other_pages_keep_their_own_errors(site):
    answer = await site.get("/plain/http")
    assert (answer.status_code, answer.text) == (403, "bad password")


async def test_unknown_routes_and_methods(site):
    assert error_of(await site.get("/api/nowhere"))["code"] == "not_found"
    answer = await site.delete("/api/order")
    assert error_of(answer)["code"] == "method_not_allowed"
    assert answer.headers["Allow"] == "POST"
    assert (await site.get("/api/moved")).status_code == 303


async def test_an_answer_that_is_under_way_is_broken_off_not_mixed_with_another(site):
    """Raw, for a client would hide what follows the first part."""
    reader, writer = await asyncio.open_connection(site.base_url.host, site.base_url.port)
    writer.write(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    received = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert received.endswith(b"first\r\n")
    assert received.count(b"HTTP/1.1") == 1


async def test_a_wrong_answer_of_ours_is_our_fault_and_wrong_input_is_not(site):
    assert error_of(await site.get("/api/ours"))["code"] == "internal"
    answer = await site.get("/api/theirs")
    assert (answer.status_code, error_of(answer)["field"]) == (400, "howMany")


async def test_json_is_read_in_camel_case_and_answered_so(site):
    answer = await site.post(
        "/api/order", json={"guestName": "Ann", "howMany": 2, "lines": [{"text": "hello"}]}
    )
    assert (answer.status_code, answer.json()) == (201, {"guestName": "Ann"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"guestName": "Ann"}, "howMany"),
        ({"guestName": "Ann", "howMany": 0}, "howMany"),
        ({"guest_name": "Ann", "howMany": 1}, "guestName"),
        ({"guestName": "Ann", "howMany": 1, "lines": [{"text": "ok"}, {"text": "too long"}]}, "lines.1.text"),
        ({"guestName": "Ann", "howMany": 1, "how_many": 1}, "how_many"),
        ({"guestName": "A\x00n", "howMany": 1}, "guestName"),
        ({"guestName": "Ann", "howMany": 1, "lines": [{"text": "\x00"}]}, "lines.0.text"),
    ],
)
async def test_the_field_that_is_wrong_is_named(site, body, field):
    answer = await site.post("/api/order", json=body)
    error = error_of(answer)
    assert (answer.status_code, error["code"], error["field"]) == (400, "invalid", field)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "not_json"),
        (b"[1]", 400, "invalid"),
        (b"", 400, "not_json"),
        (b'{"guestName": "\xff"}', 400, "not_json"),
        (b'{"guestName": "\\ud800", "howMany": 1}', 400, "not_json"),
        (b'{"guestName": "' + b"x" * 400 + b'"}', 413, "too_large"),
    ],
)
async def test_what_is_no_json_object_is_refused(site, content, status, code):
    answer = await site.post("/api/order", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


async def test_only_json_is_read(site):
    answer = await site.post("/api/order", data={"guestName": "Ann"})
    assert (answer.status_code, error_of(answer)["code"]) == (415, "unsupported_media_type")
    answer = await site.post(
        "/api/order",
        content=gzip.compress(b"{}"),
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert (answer.status_code, error_of(answer)["code"]) == (415, "unsupported_media_type")


async def test_a_name_given_twice_is_refused_in_a_url(site):
    answer = await site.get("/api/query?guestName=Ann&howMany=1&howMany=2")
    error = error_of(answer)
    assert (answer.status_code, error["field"]) == (400, "howMany")
    assert (await site.get("/api/query?guestName=Ann&howMany=2")).json()["howMany"] == 2


def test_lone_surrogates_never_reach_the_tables():
    with pytest.raises(ApiError, match="character"):
        checked(Order, {"guestName": "\ud800", "howMany": 1})
