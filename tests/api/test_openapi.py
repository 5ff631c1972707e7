"""The OpenAPI document is right and complete, and the server does what it says, whatever it is sent."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.web.openapi import SESSION, TOKEN, api_routes, document
from tests.api.conftest import Api
from tests.sampled import BARBER
from workers.recorder import Recorder
from workers.web import create_app

ROOT = Path(__file__).parents[2]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NOT_OURS = "/api/webhooks/"
"""Routes whose requests and answers are defined by whoever calls them."""
EXAMPLES = 6
"""Of what is right, and as many of what is wrong, for every operation."""


async def test_every_route_under_api_is_described(api):
    app = create_app(api.resources, Recorder(api.pool))
    nameless = [
        f"{route.method} {route.path}"
        for route in api_routes(app)
        if route.described is None and not route.path.startswith(NOT_OURS)
    ]
    assert nameless == [], "describe these handlers (bot/web/openapi.py says how)"
    paths = document(app)["paths"]
    listed = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    assert listed == {
        (route.method, route.path) for route in api_routes(app) if not route.path.startswith(NOT_OURS)
    }
    assert ("GET", "/api/admin/leads/{id}") in listed
    assert ("POST", "/api/admin/demo/seed") in listed


async def test_the_document_is_served_and_valid(api):
    answer = await api.get("/api/openapi.json", as_=None)
    assert answer.status_code == 200
    found = answer.json()
    schemathesis.openapi.from_dict(found).validate()
    assert found["openapi"] == "3.1.0"
    leads = found["paths"]["/api/admin/leads"]["get"]
    assert leads["security"] == [{"token": []}]
    parameters = {(one["in"], one["name"]): one for one in leads["parameters"]}
    assert parameters["query", "limit"]["schema"] == {
        "default": 50, "maximum": 200, "minimum": 1, "type": "integer"
    }  # fmt: skip
    assert parameters["query", "status"]["schema"]["enum"][0] == "incomplete"
    assert not any(one["required"] for one in parameters.values())
    assert {"200", "400", "401", "403", "404", "429", "503"} <= set(leads["responses"])
    names = [operation["operationId"] for path in found["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


async def test_the_page_of_the_docs_names_every_route_and_code(api):
    page = (ROOT / "docs" / "api.md").read_text()
    paths = [
        path for path in document(create_app(api.resources, Recorder(api.pool)))["paths"] if "/admin/" in path
    ]
    assert len(paths) > 15
    assert [path for path in paths if f"{path}`" not in page] == []
    code = "".join(
        (ROOT / "bot" / "web" / name).read_text() for name in ("api.py", "admin/access.py", "admin/demo.py")
    )
    codes = set(re.findall(r"ApiError\(\s*\d{3},\s*\"(\w+)\"", code))
    assert len(codes) > 10
    assert [each for each in sorted(codes) if f"`{each}`" not in page] == []


async def test_records_are_as_the_document_says(api):
    """What made-up ids never reach: every list and every record that there is."""
    schema = schemathesis.openapi.from_dict((await api.get("/api/openapi.json", as_=None)).json())
    first = {
        kind: (await api.read(f"/api/admin/{kind}", limit=1))["items"][0]["id"]
        for kind in ("leads", "intents", "bookings", "handoffs", "conversations")
    }

    def check() -> int:
        checked = 0
        for path in schema:
            kind = path.removeprefix("/api/admin/").removesuffix("/{id}")
            if kind not in first:
                continue
            operation = schema[path]["GET"]
            case = operation.Case(path_parameters={"id": first[kind]} if path.endswith("{id}") else {})
            answer = case.call(base_url=api.base, headers=headers(api, "agency", workspace=BARBER), params={})
            assert answer.status_code == 200, answer.text
            case.validate_response(answer, checks=CHECKS)
            checked += 1
        return checked

    assert await asyncio.to_thread(check) == 2 * len(first)


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value
)
async def test_the_server_answers_made_up_requests_as_the_document_says(api, mode):
    schema = schemathesis.openapi.from_dict((await api.get("/api/openapi.json", as_=None)).json())

    def drive() -> int:
        sent = 0
        with requests.Session() as session:
            session.trust_env = False
            for operation in (result.ok() for result in schema.get_all_operations()):
                sent += try_out(api, session, operation, mode)
        return sent

    assert await asyncio.to_thread(drive) > 40


def try_out(api: Api, session: requests.Session, operation: Any, mode: GenerationMode) -> int:
    """Sends made-up requests to one operation, deterministically; how many."""
    sent = 0
    cases = operation.as_strategy(generation_mode=mode)
    if (
        mode is GenerationMode.NEGATIVE
        and not any(True for _ in operation.iter_parameters())
        and not operation.body
    ):
        return 0  # nothing about it can be wrong

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Case) -> None:
        nonlocal sent
        aim_well(case)
        answer = case.call(base_url=api.base, session=session, headers=headers_for(api, case))
        case.validate_response(answer, checks=CHECKS)
        sent += 1

    run()
    return sent


def aim_well(case: Case) -> None:
    """Made-up businesses would all be unknown: the token's own is asked for, so that what follows is tried."""
    if isinstance(case.query, dict):
        case.query.pop("workspace", None)
    for name in [name for name in case.headers or {} if name.lower() in {"x-workspace", "authorization"}]:
        del case.headers[name]


def headers_for(api: Api, case: Case) -> dict[str, str]:
    schemes = {name for one in case.operation.definition.raw.get("security", []) for name in one}
    if TOKEN in schemes:
        return headers(api, "agency" if "/demo/" in case.path else "barber")
    if SESSION in schemes:
        return {"Authorization": "Bearer made-up"}
    return {}


def headers(api: Api, name: str, *, workspace: str | None = None) -> dict[str, str]:
    found = {"Authorization": f"Bearer {api.tokens[name]}"}
    return found if workspace is None else {**found, "X-Workspace": workspace}
