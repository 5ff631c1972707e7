"""The OpenAPI document, made from the routes themselves: served at /api/openapi.json.

How a route of yours gets into it: describe its handler (a function or a method), and nothing else is to be done.

    @described("Free times of a service", tag="chat", query=TimesQuery, answer=Times, security=SESSION, errors=(409,))
    async def times(self, request: web.Request) -> web.Response:
        wanted = read_query(request, TimesQuery)
        ...
        return respond(Times(...))

The decorator changes nothing about the handler. Path parameters are found in the route; what of them is no free text
is told in `path`. Which errors follow from the rest is known: 400 with a query or a body, 401 and 403 with a token,
404 with a parameter in the path, 408, 413 and 415 with a body, 429 and 503 always. `errors` names further ones.
tests/api fails for a route under /api that has no description (but for webhooks, whose shape others define), and
drives every described one with made-up requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from bot.version import VERSION
from bot.web.api import PREFIX, ApiAnswer, ApiInput, respond

TOKEN = "token"  # noqa: S105  (the name of a scheme)
"""Security: a program's token, `Authorization: Bearer fd_...`."""
SESSION = "session"
"""Security: a chat's session, `Authorization: Bearer <sessionId>`."""

_ATTRIBUTE = "__described__"
_COMPONENTS = "#/components/schemas/{model}"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SECURITY: Mapping[str, dict[str, str]] = {
    TOKEN: {"type": "http", "scheme": "bearer", "description": "Made by `frontdesk tokens create`."},
    SESSION: {
        "type": "http",
        "scheme": "bearer",
        "description": "The `sessionId` of POST /api/widget/sessions.",
    },
}


class ApiErrorTold(ApiAnswer):
    """What went wrong. `code` is for programs, `message` for people."""

    code: str
    message: str
    field: str | None = None
    retry_after_seconds: int | None = None


class ApiErrorAnswer(ApiAnswer):
    """The shape of every error."""

    error: ApiErrorTold


@dataclass(frozen=True, slots=True)
class Described:
    """What a handler says of itself."""

    summary: str
    tag: str
    answer: type[BaseModel] | None
    status: int
    media_type: str
    query: type[ApiInput] | None
    body: type[ApiInput] | None
    security: str | tuple[str, ...]
    headers: Mapping[str, str]
    path: Mapping[str, Mapping[str, Any]]
    errors: tuple[int, ...]
    unavailable: type[BaseModel] | None = None


UUID_PARAMETER: Mapping[str, Any] = {"type": "string", "format": "uuid"}
Handler = TypeVar("Handler", bound=Callable[..., Any])


def described(
    summary: str,
    *,
    tag: str,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    media_type: str = "application/json",
    query: type[ApiInput] | None = None,
    body: type[ApiInput] | None = None,
    security: str | tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
    path: Mapping[str, Mapping[str, Any]] | None = None,
    errors: tuple[int, ...] = (),
    unavailable: type[BaseModel] | None = None,
) -> Callable[[Handler], Handler]:
    """Describes a handler of a route under /api.

    answer: the model of what is answered with `status`; None: it is no JSON of ours, `media_type` says what it is.
    security: TOKEN, SESSION, several: one of them will do. headers: optional ones that it reads, with what they say.
    path: JSON schemas of path parameters that are no free text. unavailable: the model of a 503 with another shape.
    """

    def describe(handler: Handler) -> Handler:
        told = Described(
            summary=summary, tag=tag, answer=answer, status=status, media_type=media_type, query=query, body=body,
            security=security, headers=dict(headers or {}), path=dict(path or {}), errors=errors,
            unavailable=unavailable,
        )  # fmt: skip
        setattr(handler, _ATTRIBUTE, told)
        return handler

    return describe


def description_of(handler: Callable[..., Any]) -> Described | None:
    told = getattr(handler, _ATTRIBUTE, None)
    return told if isinstance(told, Described) else None


@dataclass(frozen=True, slots=True)
class ApiRoute:
    method: str
    path: str
    described: Described | None


def api_routes(app: web.Application) -> Iterator[ApiRoute]:
    """Every route under /api, in the order of registration."""
    for route in app.router.routes():
        resource = route.resource
        if resource is None or not resource.canonical.startswith(PREFIX) or route.method not in _METHODS:
            continue
        yield ApiRoute(route.method, resource.canonical, description_of(route.handler))


@dataclass(slots=True)
class OpenApi:
    """Serves the document of the application that it is a part of."""

    _document: dict[str, Any] | None = field(default=None)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/openapi.json", self.show)]

    @described("This document", tag="about", media_type="application/json")
    async def show(self, request: web.Request) -> web.Response:
        if self._document is None:
            self._document = document(request.app)
        return respond(self._document, headers={"Cache-Control": "no-cache"})


def document(app: web.Application) -> dict[str, Any]:
    """OpenAPI 3.1 of every described route."""
    routes = [(route, route.described) for route in api_routes(app) if route.described is not None]
    schemas = _Schemas([told for _, told in routes])
    paths: dict[str, dict[str, Any]] = {}
    for route, told in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, told, schemas)
    used = sorted({name for _, told in routes for name in _names(told.security)})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Frontdesk",
            "version": VERSION,
            "description": "Answers a service business's customers and gets them booked. Times are ISO 8601 with "
            "their zone, money is in the currency's smallest unit.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": {
                "Error": {
                    "description": "What went wrong",
                    "content": {"application/json": {"schema": schemas.of(ApiErrorAnswer)}},
                }
            },
            "securitySchemes": {name: dict(_SECURITY[name]) for name in used},
        },
    }


def _names(security: str | tuple[str, ...]) -> tuple[str, ...]:
    return (security,) if isinstance(security, str) else security


class _Schemas:
    """JSON schemas of all models, each once."""

    def __init__(self, routes: list[Described]) -> None:
        answers: dict[type[BaseModel], None] = {ApiErrorAnswer: None}
        inputs: dict[type[BaseModel], None] = {}
        for told in routes:
            for model in (told.answer, told.unavailable):
                if model is not None:
                    answers[model] = None
            for given in (told.query, told.body):
                if given is not None:
                    inputs[given] = None
        found, definitions = models_json_schema(
            [*((model, "serialization") for model in answers), *((model, "validation") for model in inputs)],
            by_alias=True,
            ref_template=_COMPONENTS,
            schema_generator=GenerateJsonSchema,
        )
        self._refs = {model: schema for (model, _), schema in found.items()}
        self.components: dict[str, Any] = definitions.get("$defs", {})
        for model in [told.query for told in routes if told.query is not None]:
            self.components.pop(self._name(model), None)

    def of(self, model: type[BaseModel]) -> dict[str, Any]:
        return dict(self._refs[model])

    def _name(self, model: type[BaseModel]) -> str:
        return str(self._refs[model].get("$ref", "")).rpartition("/")[2]


def _operation(route: ApiRoute, told: Described, schemas: _Schemas) -> dict[str, Any]:
    security = _names(told.security)
    found: dict[str, Any] = {
        "summary": told.summary,
        "tags": [told.tag],
        "operationId": _operation_id(route),
        "parameters": [*_path_parameters(route, told), *_query_parameters(told), *_header_parameters(told)],
        "responses": _responses(route, told, schemas),
        "security": [{name: []} for name in security],
    }
    if told.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas.of(told.body)}},
        }
    return found


def _operation_id(route: ApiRoute) -> str:
    words = route.path.removeprefix(PREFIX).replace("{", "by-").replace("}", "").replace(".", "-").split("/")
    return "-".join([route.method.lower(), *words])


def _parameters_in(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{") and part.endswith("}")]


def _path_parameters(route: ApiRoute, told: Described) -> Iterator[dict[str, Any]]:
    for name in _parameters_in(route.path):
        schema = dict(told.path.get(name, {"type": "string", "minLength": 1}))
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(told: Described) -> Iterator[dict[str, Any]]:
    if told.query is None:
        return
    schema = told.query.model_json_schema(by_alias=True, ref_template=_COMPONENTS)
    required = set(schema.get("required", ()))
    for name, given in schema.get("properties", {}).items():
        parameter = {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _without_null(given),
        }
        if about := parameter["schema"].pop("description", ""):
            parameter["description"] = about
        yield parameter


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A URL can't say null: leaving the name out says it."""
    plain = {key: value for key, value in schema.items() if key != "title"}
    others = [one for one in plain.get("anyOf", ()) if one.get("type") != "null"]
    if len(others) == 1:
        del plain["anyOf"]
        plain |= others[0]
    elif others:
        plain["anyOf"] = others
    if plain.get("default", ...) is None:
        del plain["default"]
    return plain


def _header_parameters(told: Described) -> Iterator[dict[str, Any]]:
    for name, about in told.headers.items():
        yield {
            "name": name, "in": "header", "required": False, "description": about,
            "schema": {"type": "string", "minLength": 1, "maxLength": 100},
        }  # fmt: skip


def _responses(route: ApiRoute, told: Described, schemas: _Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {told.media_type: {}}
    if told.answer is not None:
        content = {told.media_type: {"schema": schemas.of(told.answer)}}
    found: dict[str, Any] = {str(told.status): {"description": told.summary, "content": content}}
    for status in sorted(_statuses(route, told)):
        found[str(status)] = {"$ref": "#/components/responses/Error"}
    if told.unavailable is not None:
        found["503"] = {
            "description": HTTPStatus.SERVICE_UNAVAILABLE.phrase,
            "content": {"application/json": {"schema": schemas.of(told.unavailable)}},
        }
    return found


def _statuses(route: ApiRoute, told: Described) -> set[int]:
    found = {*told.errors, 429, 503}
    if told.query is not None or told.body is not None:
        found.add(400)
    if told.body is not None:
        found |= {408, 413, 415}
    if told.security:
        found |= {401, 403}
    if _parameters_in(route.path):
        found.add(404)
    return found
