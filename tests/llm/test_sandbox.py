"""The sandbox's models refuse what the real ones refuse; nothing of a customer's shows in logs."""

from __future__ import annotations

import pytest

from providers.sandbox.llm_schemas import strict_problem
from tests.llm.test_adapters import REQUEST
from tests.llm.test_turns import OBSCURE

STRICT = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


def nested(depth):
    schema = STRICT
    for _ in range(depth):
        schema = {
            "type": "object",
            "properties": {"a": schema},
            "required": ["a"],
            "additionalProperties": False,
        }
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        None,
        {"type": "array", "items": STRICT},
        {**STRICT, "anyOf": [STRICT]},
        {**STRICT, "additionalProperties": True},
        {**STRICT, "required": []},
        {**STRICT, "properties": {"a": {"type": "string", "enum": []}}},
        {**STRICT, "properties": {"a": {"allOf": []}}},
        {**STRICT, "properties": {"a": {"anyOf": [{"type": "object", "properties": {}}]}}},
        {**STRICT, "properties": {"a": {"type": "string", "enum": [str(n) for n in range(1001)]}}},
        nested(12),
    ],
)
def test_a_schema_outside_the_strict_subset_is_refused(schema):
    assert strict_problem(schema) is not None


def test_one_inside_is_not():
    assert strict_problem(STRICT) is None
    assert strict_problem(nested(5)) is None


def chat_body(**changes):
    body = {
        "model": "gpt-6-luna",
        "messages": [{"role": "system", "content": "x"}, {"role": "user", "content": '{"text": "hello"}'}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "understand", "strict": True, "schema": STRICT},
        },
        "max_completion_tokens": 100,
    }
    return {**body, **changes}


@pytest.mark.parametrize(
    ("changes", "key", "status"),
    [
        ({}, "sandbox-x", 200),
        ({}, "real-key", 401),
        ({}, "sandbox-empty", 429),
        ({"max_tokens": 5}, "sandbox-x", 400),
        ({"max_completion_tokens": 0}, "sandbox-x", 400),
        ({"messages": []}, "sandbox-x", 400),
        ({"response_format": {"type": "json_object"}}, "sandbox-x", 400),
    ],
)
async def test_openais_requests_are_checked(salon, changes, key, status):
    answer = await salon.http.post(
        f"http://127.0.0.1:{salon.seeded.sandbox_port}/openai/v1/chat/completions",
        json=chat_body(**changes),
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == status, answer.text


async def test_anthropics_requests_are_checked(salon):
    from providers.llm.anthropic import _body

    url = f"http://127.0.0.1:{salon.seeded.sandbox_port}/anthropic/v1/messages"
    headers = {"x-api-key": "sandbox-x", "anthropic-version": "2023-06-01"}
    good = _body(REQUEST)
    for body, given, status in (
        (good, headers, 200),
        (good, {**headers, "anthropic-version": "2020-01-01"}, 400),
        (good, {"anthropic-version": "2023-06-01"}, 401),
        ({**good, "tool_choice": {"type": "tool", "name": "other"}}, headers, 400),
        ({key: value for key, value in good.items() if key != "max_tokens"}, headers, 400),
    ):
        answer = await salon.http.post(url, json=body, headers=given)
        assert answer.status_code == status, answer.text


async def test_no_line_of_a_customer_stands_in_the_logs(salon, capfd):
    phone = salon.phone("+96550000155", name="Canary Name")
    await phone.say(f"{OBSCURE} canarybird")
    for provider in ("openai", "anthropic"):
        await salon.fault(provider, "http_5xx", probability=1)
    await salon.phone("+96550000156", name="Canary Name").say(f"{OBSCURE} canarybird")
    logged = "".join(capfd.readouterr())
    assert "llm.called" in logged
    for secret in ("canarybird", "rescue", "50000155", "Canary Name", "sandbox-openai", "receptionist"):
        assert secret not in logged
