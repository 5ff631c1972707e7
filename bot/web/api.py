"""What every route under /api has in common: how it reads JSON, how it answers, and what an error looks like.

Every error is one shape, whatever went wrong:

    {"error": {"code": "not_found", "message": "There is no such lead.", "field": "from", "retryAfterSeconds": 12}}

`code` is for programs and stays as it is; `message` is a sentence for people; `field` (camelCase, dotted) and
`retryAfterSeconds` (with the header `Retry-After`) only where they apply. A handler raises `ApiError`; the middleware
`api_errors` makes the answer of it, and of everything else that can be raised on the way. JSON keys are camelCase,
times ISO 8601 with their zone, money in minor units with its currency.

Models of what is sent in derive from `ApiInput`, models of answers from `ApiAnswer`.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import orjson
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from bot.web.bodies import read_body
from db.failures import ROW_REFUSED, UNREACHABLE

log = structlog.get_logger(__name__)

PREFIX = "/api/"
BODY_LIMIT = 64 * 1024
"""Bytes that a request may carry when its route says nothing else."""
DATABASE_RETRY_SECONDS = 2.0

_CODES: Mapping[int, str] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    409: "conflict",
    410: "gone",
    413: "too_large",
    415: "unsupported_media_type",
    422: "unprocessable",
    429: "too_many_requests",
    500: "internal",
    502: "bad_gateway",
    503: "unavailable",
}
_input_models: set[str] = set()


class _ApiModel(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, defer_build=True
    )  # built when first used: a process starts before anybody asks


class ApiInput(_ApiModel):
    """What a caller sends. Fields nobody knows are refused: a typing mistake must not be lost in silence."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        _input_models.add(cls.__name__)


class ApiAnswer(_ApiModel):
    """What a caller gets."""


class ApiError(Exception):
    """An answer that is an error. `message` is read by people: no secrets, no customer's text.

    field: what of the request is wrong, as the caller names it. retry_after: seconds.
    headers: further ones, as `WWW-Authenticate`.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        retry_after: float | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.retry_after = retry_after
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        told: dict[str, Any] = {"code": self.code, "message": self.message}
        headers = dict(self.headers)
        if self.field is not None:
            told["field"] = self.field
        if self.retry_after is not None:
            seconds = max(1, math.ceil(self.retry_after))
            told["retryAfterSeconds"] = seconds
            headers["Retry-After"] = str(seconds)
        return respond({"error": told}, status=self.status, headers=headers)


def not_found(what: str) -> ApiError:
    """what: "such lead" says "There is no such lead."."""
    return ApiError(404, "not_found", f"There is no {what}.")


def too_many(wait_seconds: float) -> ApiError:
    return ApiError(429, "too_many_requests", "Too many requests; try again later.", retry_after=wait_seconds)


def respond(
    content: BaseModel | Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """JSON, never kept by anybody on the way: answers hold people's data."""
    plain = content.model_dump(mode="json", by_alias=True) if isinstance(content, BaseModel) else content
    return web.Response(
        body=orjson.dumps(plain),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


Input = TypeVar("Input", bound=ApiInput)


async def read_json(request: web.Request, model: type[Input], limit: int = BODY_LIMIT) -> Input:
    """The body as `model`. Raises ApiError: 400, 408, 413 or 415. limit: bytes."""
    if request.content_type != "application/json":
        raise ApiError(415, "unsupported_media_type", "Send JSON, with Content-Type: application/json.")
    body = await read_body(request, limit=limit)
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ApiError(400, "not_json", f"The body is not JSON: {error.msg}.") from error
    if not isinstance(found, dict):
        raise ApiError(400, "invalid", "The body must be a JSON object.")
    return checked(model, found)


def read_query(request: web.Request, model: type[Input]) -> Input:
    """What stands behind the question mark, as `model`. Raises ApiError 400, also for a name given twice."""
    found: dict[str, str] = {}
    for name, value in request.query.items():
        if name in found:
            raise ApiError(400, "invalid", f"{name} is given twice.", field=name)
        found[name] = value
    return checked(model, found)


def checked(model: type[Input], values: Mapping[str, Any]) -> Input:
    """`values` as `model`. Raises ApiError 400 that names the first field that is wrong."""
    _refuse_nul(values, ())
    try:
        return model.model_validate(dict(values), by_alias=True, by_name=False)
    except ValidationError as error:
        raise _of_input(error) from error


def _refuse_nul(value: object, path: tuple[str, ...]) -> None:
    """PostgreSQL can't store the character, so nothing that holds it gets further."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise ApiError(
                400, "invalid", "It contains a character that text can't have.", field=".".join(path)
            )
    elif isinstance(value, Mapping):
        for key, each in value.items():
            _refuse_nul(each, (*path, str(key)))
    elif isinstance(value, list):
        for position, each in enumerate(value):
            _refuse_nul(each, (*path, str(position)))


def _of_input(error: ValidationError) -> ApiError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or None
    message = first["msg"].removeprefix("Value error, ")
    return ApiError(400, "invalid", f"{field}: {message}" if field else message, field=field)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def api_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever is raised under /api becomes the one shape. Other paths are left alone."""
    if not request.path.startswith(PREFIX):
        return await handler(request)
    try:
        return await handler(request)
    except Exception as error:
        if request.writer.output_size > 0 or (isinstance(error, web.HTTPException) and error.status < 400):
            raise  # an answer is under way (a stream), or it is one
        return _answer_to(request, error)


def _answer_to(request: web.Request, error: Exception) -> web.Response:
    match error:
        case ApiError():
            return error.response()
        case web.HTTPException():
            return _of_http(error)
        case ValidationError() if (
            error.title in _input_models
        ):  # else not what came in, but what we have is wrong
            return _of_input(error).response()
    if isinstance(error, UNREACHABLE) and not isinstance(error, ROW_REFUSED):
        log.warning("api.unavailable", route=_route(request), reason=type(error).__name__)
        return ApiError(
            503, "unavailable", "Please try again in a moment.", retry_after=DATABASE_RETRY_SECONDS
        ).response()
    return _internal(request, error)


def _internal(request: web.Request, error: Exception) -> web.Response:
    log.error("api.failed", route=_route(request), exc_info=error)
    return ApiError(500, "internal", "Something went wrong on our side.").response()


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


def _of_http(error: web.HTTPException) -> web.Response:
    status = error.status
    kept = {name: error.headers[name] for name in ("Allow", "WWW-Authenticate") if name in error.headers}
    wait = error.headers.get("Retry-After", "")
    text = (error.text or "").strip()
    if not text or text == f"{status}: {error.reason}":
        text = error.reason or "refused"
    message = text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
    code = _CODES.get(status, "refused" if status < 500 else "internal")
    retry_after = float(wait) if wait.isdecimal() else None
    return ApiError(status, code, message, retry_after=retry_after, headers=kept).response()
