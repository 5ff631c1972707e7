"""Both providers behind one port: what is sent, what an answer means, and how each failure is called."""

from __future__ import annotations

import json

import httpx
import pytest
import respx

from providers.llm.anthropic import AnthropicModel
from providers.llm.contract import LlmOutcome, LlmRequest, Usage
from providers.llm.openai import OpenAiModel
from providers.llm.registry import create_model, create_transcriber
from providers.sandbox.llm_schemas import ChatRequest, MessagesRequest
from tests.tls import TLS

SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
REQUEST = LlmRequest(
    model="a-model",
    instructions="Instructions.",
    material='{"text": "x"}',
    schema_name="understand",
    schema=SCHEMA,
)
OPENAI, ANTHROPIC = "https://openai.example.com", "https://anthropic.example.com"
CHAT, MESSAGES = f"{OPENAI}/v1/chat/completions", f"{ANTHROPIC}/v1/messages"


@pytest.fixture
async def models():
    async with httpx.AsyncClient(verify=TLS) as http:
        yield {
            "openai": create_model("openai", "key-1", http, base_url=OPENAI),
            "anthropic": create_model("anthropic", "key-2", http, base_url=ANTHROPIC),
        }


def completion(content='{"text": "hello"}', *, finish="stop", refusal=None, usage=None):
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "a-model",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage,
    }  # fmt: skip


def message(block=None, *, stop="tool_use", usage=None):
    block = block or {"type": "tool_use", "id": "t", "name": "understand", "input": {"text": "hello"}}
    return {
        "type": "message",
        "role": "assistant",
        "content": [block],
        "stop_reason": stop,
        "usage": usage or {},
    }


def test_an_unknown_provider_is_refused():
    with pytest.raises(LookupError):
        create_model("parrot", "key", httpx.AsyncClient(verify=TLS), base_url=OPENAI)


@respx.mock
async def test_openai_is_asked_strictly_once_and_without_storing(models):
    route = respx.post(CHAT).respond(
        json=completion(
            usage={
                "prompt_tokens": 1000, "completion_tokens": 40, "total_tokens": 1040,
                "prompt_tokens_details": {"cached_tokens": 600, "cache_write_tokens": 100},
            }
        ),
        headers={"x-request-id": "req-1"},
    )  # fmt: skip
    answer = await models["openai"].complete(REQUEST, limit=2)
    assert answer.outcome is LlmOutcome.OK
    assert answer.data == {"text": "hello"}
    assert answer.usage == Usage(fresh_input=300, cached_input=600, cache_write=100, output=40)
    assert answer.request_id == "req-1"
    request = route.calls.last.request
    assert request.headers["authorization"] == "Bearer key-1"
    body = ChatRequest.model_validate_json(request.content)
    assert body.store is False
    assert body.response_format.json_schema.strict
    assert route.call_count == 1


@respx.mock
async def test_anthropic_is_asked_by_one_forced_strict_tool(models):
    route = respx.post(MESSAGES).respond(
        json=message(
            usage={
                "input_tokens": 300,
                "cache_read_input_tokens": 600,
                "cache_creation_input_tokens": 100,
                "output_tokens": 40,
            }
        ),
        headers={"request-id": "req-2"},
    )
    answer = await models["anthropic"].complete(REQUEST, limit=2)
    assert answer.data == {"text": "hello"}
    assert answer.usage == Usage(fresh_input=300, cached_input=600, cache_write=100, output=40)
    assert answer.request_id == "req-2"
    request = route.calls.last.request
    assert request.headers["x-api-key"] == "key-2"
    assert request.headers["anthropic-version"] == "2023-06-01"
    body = MessagesRequest.model_validate_json(request.content)
    assert body.tools[0].strict
    assert body.system[0].cache_control is not None


@respx.mock
@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (completion(refusal="no"), LlmOutcome.REFUSED),
        (completion(finish="length"), LlmOutcome.TOO_LONG),
        (completion(finish="content_filter"), LlmOutcome.FILTERED),
        (completion("not json"), LlmOutcome.UNREADABLE),
        (completion("[1]"), LlmOutcome.UNREADABLE),
        (completion(None), LlmOutcome.UNREADABLE),
        ({"choices": []}, LlmOutcome.UNREADABLE),
        ({"choices": [{"message": "x"}]}, LlmOutcome.UNREADABLE),
        ([], LlmOutcome.UNREADABLE),
    ],
)
async def test_openais_other_answers(models, given, outcome):
    respx.post(CHAT).respond(json=given)
    answer = await models["openai"].complete(REQUEST, limit=2)
    assert (answer.outcome, answer.data) == (outcome, None)


@respx.mock
@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (message(stop="refusal"), LlmOutcome.REFUSED),
        (message(stop="max_tokens"), LlmOutcome.TOO_LONG),
        (message(stop="model_context_window_exceeded"), LlmOutcome.TOO_LONG),
        (message({"type": "text", "text": "hello"}, stop="end_turn"), LlmOutcome.UNREADABLE),
        (message({"type": "tool_use", "name": "other", "input": {}}), LlmOutcome.UNREADABLE),
        (message({"type": "tool_use", "name": "understand", "input": "x"}), LlmOutcome.UNREADABLE),
        ({"content": None}, LlmOutcome.UNREADABLE),
        ([], LlmOutcome.UNREADABLE),
    ],
)
async def test_anthropics_other_answers(models, given, outcome):
    respx.post(MESSAGES).respond(json=given)
    answer = await models["anthropic"].complete(REQUEST, limit=2)
    assert (answer.outcome, answer.data) == (outcome, None)


def openai_error(code=None):
    return {
        "error": {"message": "key-1 and what the customer wrote", "type": "t", "code": code, "param": None}
    }


@respx.mock
@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "context_length_exceeded", LlmOutcome.TOO_LONG),
        (400, "invalid_json_schema", LlmOutcome.MISCONFIGURED),
        (401, "invalid_api_key", LlmOutcome.UNAUTHORIZED),
        (403, None, LlmOutcome.UNAUTHORIZED),
        (404, "model_not_found", LlmOutcome.MISCONFIGURED),
        (429, "rate_limit_exceeded", LlmOutcome.RATE_LIMITED),
        (429, "insufficient_quota", LlmOutcome.NO_QUOTA),
        (500, None, LlmOutcome.OVERLOADED),
        (503, None, LlmOutcome.OVERLOADED),
    ],
)
async def test_openais_failures(models, status, code, outcome):
    route = respx.post(CHAT).respond(status, json=openai_error(code), headers={"retry-after": "0"})
    answer = await models["openai"].complete(REQUEST, limit=2)
    assert answer.outcome is outcome
    assert route.call_count == 1
    assert "customer" not in answer.detail
    assert "key-1" not in answer.detail + repr(answer)


@respx.mock
@pytest.mark.parametrize(
    ("status", "kind", "outcome"),
    [
        (400, "invalid_request_error", LlmOutcome.MISCONFIGURED),
        (401, "authentication_error", LlmOutcome.UNAUTHORIZED),
        (402, "billing_error", LlmOutcome.NO_QUOTA),
        (403, "permission_error", LlmOutcome.UNAUTHORIZED),
        (404, "not_found_error", LlmOutcome.MISCONFIGURED),
        (413, "request_too_large", LlmOutcome.TOO_LONG),
        (429, "rate_limit_error", LlmOutcome.RATE_LIMITED),
        (500, "api_error", LlmOutcome.OVERLOADED),
        (529, "overloaded_error", LlmOutcome.OVERLOADED),
        (502, "", LlmOutcome.OVERLOADED),
        (418, "", LlmOutcome.MISCONFIGURED),
    ],
)
async def test_anthropics_failures(models, status, kind, outcome):
    error = {"type": "error", "error": {"type": kind, "message": "what the customer wrote"}}
    respx.post(MESSAGES).respond(status, json=error)
    answer = await models["anthropic"].complete(REQUEST, limit=2)
    assert answer.outcome is outcome
    assert "customer" not in answer.detail


@respx.mock
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx.ConnectError("x"), LlmOutcome.UNREACHABLE),
        (httpx.ReadError("x"), LlmOutcome.UNREACHABLE),
        (httpx.ReadTimeout("x"), LlmOutcome.TIMED_OUT),
    ],
)
async def test_a_broken_line(models, provider, error, outcome):
    respx.route().mock(side_effect=error)
    answer = await models[provider].complete(REQUEST, limit=2)
    assert answer.outcome is outcome


@respx.mock
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_html_instead_of_json(models, provider):
    respx.route().respond(200, html="<html>busy</html>")
    answer = await models[provider].complete(REQUEST, limit=2)
    assert answer.outcome is LlmOutcome.UNREADABLE


@respx.mock
async def test_anthropics_answer_has_an_end(models):
    respx.post(MESSAGES).respond(200, content=b" " * (1024 * 1024 + 1))
    assert (await models["anthropic"].complete(REQUEST, limit=2)).outcome is LlmOutcome.UNREADABLE


@respx.mock
@pytest.mark.parametrize(
    "usage", [None, [], "many", {"prompt_tokens": "many", "input_tokens": -1, "output_tokens": True}]
)
async def test_mad_figures_count_as_none(models, usage):
    respx.post(CHAT).respond(json=completion(usage=usage))
    respx.post(MESSAGES).respond(json={**message(), "usage": usage})
    for model in models.values():
        answer = await model.complete(REQUEST, limit=2)
        assert (answer.outcome, answer.usage) == (LlmOutcome.OK, Usage())


@respx.mock
async def test_the_effort_is_passed_on_where_one_is_set(models):
    chat = respx.post(CHAT).respond(json=completion())
    messages = respx.post(MESSAGES).respond(json=message())
    from dataclasses import replace

    thinking = replace(REQUEST, effort="low")
    for model in models.values():
        await model.complete(thinking, limit=2)
    assert json.loads(chat.calls.last.request.content)["reasoning_effort"] == "low"
    assert json.loads(messages.calls.last.request.content)["output_config"] == {"effort": "low"}


@respx.mock
@pytest.mark.parametrize(
    ("status", "body", "outcome", "text"),
    [
        (200, {"text": "hello"}, LlmOutcome.OK, "hello"),
        (200, {"words": 1}, LlmOutcome.UNREADABLE, ""),
        (200, [], LlmOutcome.UNREADABLE, ""),
        (429, openai_error("insufficient_quota"), LlmOutcome.NO_QUOTA, ""),
        (500, openai_error(), LlmOutcome.OVERLOADED, ""),
    ],
)
async def test_a_voice_note_is_written_down(status, body, outcome, text):
    route = respx.post(f"{OPENAI}/v1/audio/transcriptions").respond(status, json=body)
    async with httpx.AsyncClient(verify=TLS) as http:
        scribe = create_transcriber("key-1", http, base_url=OPENAI)
        result = await scribe.transcribe(b"OggS", mime_type="audio/ogg; codecs=opus", model="m", limit=2)
    assert (result.outcome, result.text) == (outcome, text)
    assert route.call_count == 1
    sent = route.calls.last.request.content
    assert b'filename="note.ogg"' in sent
    assert b"audio/ogg" in sent


def test_no_adapter_shows_its_key():
    http = httpx.AsyncClient(verify=TLS)
    for model in (
        OpenAiModel("secret-key", http, base_url=OPENAI),
        AnthropicModel("secret-key", http, base_url=ANTHROPIC),
    ):
        assert "secret-key" not in repr(model)
