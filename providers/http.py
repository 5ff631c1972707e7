"""One JSON call over httpx, and what a failed one means.

Lives here: the time limit, the size limit, the content-type check, the mapping of httpx's errors and
HTTP's statuses to a `Disposition`, bounded retries for reads. Doesn't live here: what a provider says
inside its body.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import NoReturn, TypeVar

import httpx
import structlog
import tenacity

from providers.outcome import CallFailure, Disposition

log = structlog.get_logger(__name__)

CALL_LIMIT_SECONDS = 10.0
"""Whole call: connect, send, wait, read (docs/reliability.md, CALL)."""

CONNECT_LIMIT_SECONDS = 5.0
"""Shorter than the whole: a connection that never came up is known as not processed."""

BODY_LIMIT_BYTES = 8 * 1024 * 1024
"""More than any catalog page; keeps a provider that has gone mad from filling our memory."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a read is repeated. Waits are seconds, doubling, with jitter."""

    attempts: int = 3
    first_wait: float = 0.2
    longest_wait: float = 2.0


ONCE = Retries(attempts=1)


@dataclass(frozen=True, slots=True)
class JsonCall:
    """A request. `name` is what operators and logs see; the URL, headers and body never are.

    `repeatable` says that making the call twice does no harm: every GET, and the odd POST that only
    reads or gets-or-creates. For such a call a lost answer is RETRY; for any other it is UNKNOWN.
    """

    name: str
    method: str
    url: str
    repeatable: bool
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object | None = field(default=None, repr=False)
    """Sent as JSON."""
    form: Mapping[str, str] | None = field(default=None, repr=False)
    """Sent as a form, instead of `body`."""
    explain: Callable[[object], str] | None = field(default=None, repr=False)
    """Reads the provider's own code out of a refusal's JSON; "" where it has none."""
    heard: Callable[[Mapping[str, str]], None] | None = field(default=None, repr=False)
    """Told the headers of every answer, whatever its status: where a provider says how much may still be asked."""


async def call_json(
    client: httpx.AsyncClient,
    call: JsonCall,
    *,
    limit: float = CALL_LIMIT_SECONDS,
    retries: Retries = ONCE,
) -> object:
    """The parsed JSON answer. Numbers with a fraction arrive as `Decimal`, so a price stays exact.

    Raises `CallFailure` and nothing else for what goes wrong outside. `retries` beyond one attempt are
    for repeatable calls only (ValueError otherwise: that would be a second order).
    """
    if retries.attempts > 1 and not call.repeatable:
        raise ValueError(f"{call.name}: a call that isn't repeatable is never retried")
    retrying = tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(retries.attempts),
        wait=_wait(retries),
        retry=tenacity.retry_if_exception(lambda error: _worth_repeating(error, retries)),
        before_sleep=_log_repeat(call),
        reraise=True,
    )
    answer: object = await retrying(_once, client, call, limit)
    return answer


async def map_bounded(work: Callable[[T], Awaitable[R]], items: Sequence[T], *, at_once: int = 8) -> list[R]:
    """`work` over all items, at most `at_once` at a time, results in order.

    The first failure cancels the rest and is raised as itself, not as a group.
    """
    results: dict[int, R] = {}
    waiting = iter(enumerate(items))

    async def worker() -> None:
        for index, item in waiting:
            results[index] = await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(items))):
                group.create_task(worker())
    except* CallFailure as failures:
        raise _first(failures) from None
    return [results[index] for index in range(len(items))]


_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|\+?\d[\d\s-]{5,}\d")


def plain_words(text: str, *, longest: int = 200) -> str:
    """A provider's message, for an operator: one line, cut, long numbers and e-mails masked."""
    one_line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _PERSONAL.sub("***", one_line)[:longest]


async def _once(client: httpx.AsyncClient, call: JsonCall, limit: float) -> object:
    try:
        async with asyncio.timeout(limit):
            return await _exchange(client, call, limit)
    except TimeoutError:
        _fail_unclear(call, "timeout", f"no complete answer within {limit:g} s")
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise CallFailure(
            Disposition.RETRY, "unreachable", f"{call.name}: no connection ({type(error).__name__})"
        ) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise CallFailure(
            Disposition.OPERATOR, "bad_url", f"{call.name}: the configured base URL can't be called"
        ) from error
    except httpx.TimeoutException as error:
        _fail_unclear(call, "timeout", "the connection went silent", error)
    except httpx.HTTPError as error:
        _fail_unclear(call, "connection_lost", f"the connection broke ({type(error).__name__})", error)


async def _exchange(client: httpx.AsyncClient, call: JsonCall, limit: float) -> object:
    timeout = httpx.Timeout(limit, connect=min(CONNECT_LIMIT_SECONDS, limit))
    async with client.stream(
        call.method,
        call.url,
        headers={"Accept": "application/json", **call.headers},
        json=call.body,
        data=call.form,
        timeout=timeout,
        follow_redirects=False,
    ) as response:
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > BODY_LIMIT_BYTES:
                _fail_unclear(call, "answer_too_large", f"more than {BODY_LIMIT_BYTES} bytes")
    if call.heard is not None:
        call.heard(response.headers)
    _refuse_status(call, response, bytes(body))
    return _parse(call, response, bytes(body))


def _refuse_status(call: JsonCall, response: httpx.Response, body: bytes) -> None:
    """Anything but 2xx, by what the status says about whether the request was processed."""
    status = response.status_code
    if 200 <= status < 300:
        return
    code, said = f"http_{status}", f"{call.name}: HTTP {status}"
    if status in {401, 403}:
        raise CallFailure(Disposition.OPERATOR, code, f"{said}: the account's token was refused")
    if status == 429:
        raise CallFailure(
            Disposition.RETRY, code, f"{said}: too many requests", retry_after=_retry_after(response)
        )
    # A 408 says "too slow" of a request that may have arrived whole; a redirect or an HTML page under a
    # 4xx is a web server's error page, which may come after the work was done.
    if 400 <= status < 500 and status != 408 and not _is_html(response):
        why = _explained(call, body)
        reason = f" ({why})" if why else ""
        raise CallFailure(Disposition.PERMANENT, why or code, f"{said}: the request was refused{reason}")
    _fail_unclear(call, code, f"HTTP {status}")


def _explained(call: JsonCall, body: bytes) -> str:
    """The provider's code of a refusal, as far as it gives one; its words may quote a customer."""
    if call.explain is None:
        return ""
    try:
        return plain_words(call.explain(json.loads(body)), longest=60)
    except (ValueError, RecursionError):
        return ""


def _parse(call: JsonCall, response: httpx.Response, body: bytes) -> object:
    if response.status_code == 204:
        return None  # done, and nothing to say about it
    if _is_html(response):
        _fail_unclear(call, "html_answer", "an HTML page came back instead of JSON")
    try:
        answer: object = json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # The parser's own words would quote the body: not passed on.
        _fail_unclear(call, "unreadable_answer", "the answer is not JSON")
    return answer


def _fail_unclear(call: JsonCall, code: str, detail: str, cause: Exception | None = None) -> NoReturn:
    """It may have happened: harmless to repeat for a repeatable call, never for another."""
    disposition = Disposition.RETRY if call.repeatable else Disposition.UNKNOWN
    raise CallFailure(disposition, code, f"{call.name}: {detail}") from cause


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _is_html(response: httpx.Response) -> bool:
    return "html" in response.headers.get("content-type", "").lower()


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds of a Retry-After header: a number, or a date counted from the answer's own Date header."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(response.headers.get("date", ""))).total_seconds())
    except (ValueError, TypeError):
        return None


def _worth_repeating(error: BaseException, retries: Retries) -> bool:
    """A failure that repeating may cure, unless the provider asked for more patience than we have."""
    return (
        isinstance(error, CallFailure)
        and error.disposition is Disposition.RETRY
        and (error.retry_after or 0) <= retries.longest_wait
    )


def _wait(retries: Retries) -> Callable[[tenacity.RetryCallState], float]:
    growing = tenacity.wait_exponential_jitter(
        multiplier=retries.first_wait, max=retries.longest_wait, jitter=retries.first_wait
    )

    def seconds(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        named = error.retry_after if isinstance(error, CallFailure) else None
        return max(growing(state), named or 0.0)

    return seconds


def _log_repeat(call: JsonCall) -> Callable[[tenacity.RetryCallState], None]:
    def write(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        code = error.code if isinstance(error, CallFailure) else type(error).__name__
        log.info("provider.read_repeated", call=call.name, attempt=state.attempt_number, code=code)

    return write


def _first(failures: BaseExceptionGroup[CallFailure]) -> CallFailure:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
