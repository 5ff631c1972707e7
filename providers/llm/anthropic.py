"""Anthropic's Messages API over plain REST: one forced tool whose input is the answer.

Facts: docs/llm.md. `tools` with `strict` and a forced `tool_choice` is the form that every current model takes;
the answer is the `input` of the `tool_use` block. Tokens read from or written to the cache come on top of
`input_tokens`. The instructions carry a cache mark: they are the same for all calls of a business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from providers.llm.contract import JsonObject, LlmAnswer, LlmOutcome, LlmRequest, Usage

API_VERSION = "2023-06-01"
_BODY_LIMIT_BYTES = 1024 * 1024

_BY_TYPE: Mapping[str, LlmOutcome] = {
    "authentication_error": LlmOutcome.UNAUTHORIZED,
    "permission_error": LlmOutcome.UNAUTHORIZED,
    "billing_error": LlmOutcome.NO_QUOTA,
    "not_found_error": LlmOutcome.MISCONFIGURED,
    "invalid_request_error": LlmOutcome.MISCONFIGURED,
    "request_too_large": LlmOutcome.TOO_LONG,
    "rate_limit_error": LlmOutcome.RATE_LIMITED,
    "overloaded_error": LlmOutcome.OVERLOADED,
    "api_error": LlmOutcome.OVERLOADED,
}
_BY_STATUS: Mapping[int, LlmOutcome] = {
    401: LlmOutcome.UNAUTHORIZED,
    402: LlmOutcome.NO_QUOTA,
    403: LlmOutcome.UNAUTHORIZED,
    413: LlmOutcome.TOO_LONG,
    429: LlmOutcome.RATE_LIMITED,
}


class AnthropicModel:
    """The port over POST /v1/messages. Stateless; the HTTP client is the process's own."""

    name = "anthropic"

    def __init__(self, api_key: str, http: httpx.AsyncClient, *, base_url: str) -> None:
        self._headers = {"x-api-key": api_key, "anthropic-version": API_VERSION}
        self._http = http
        self._url = f"{base_url.rstrip('/')}/v1/messages"

    async def complete(self, request: LlmRequest, *, limit: float) -> LlmAnswer:
        try:
            async with asyncio.timeout(limit):
                return await self._exchange(request, limit)
        except (TimeoutError, httpx.TimeoutException):
            return LlmAnswer(LlmOutcome.TIMED_OUT, detail=f"No answer within {limit:g} s.")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return LlmAnswer(LlmOutcome.UNREACHABLE, detail=f"No connection ({type(error).__name__}).")

    async def _exchange(self, request: LlmRequest, limit: float) -> LlmAnswer:
        content = orjson.dumps(_body(request))
        headers = {**self._headers, "content-type": "application/json"}
        async with self._http.stream(
            "POST", self._url, content=content, headers=headers, timeout=limit, follow_redirects=False
        ) as response:
            raw = bytearray()
            async for piece in response.aiter_bytes():
                raw += piece
                if len(raw) > _BODY_LIMIT_BYTES:
                    return LlmAnswer(LlmOutcome.UNREADABLE, detail="The answer is far too large.")
        request_id = response.headers.get("request-id", "")[:100]
        try:
            body = orjson.loads(bytes(raw))
        except orjson.JSONDecodeError:
            body = None
        if response.status_code != httpx.codes.OK:
            return _failure(response.status_code, body, request_id)
        if not isinstance(body, dict):
            return LlmAnswer(LlmOutcome.UNREADABLE, request_id=request_id, detail="The answer is not JSON.")
        return _answer(body, request, request_id)


def _body(request: LlmRequest) -> JsonObject:
    body: JsonObject = {
        "model": request.model,
        "max_tokens": request.max_output_tokens,
        "system": [
            {"type": "text", "text": request.instructions, "cache_control": {"type": "ephemeral"}},
        ],
        "messages": [{"role": "user", "content": request.material}],
        "tools": [
            {
                "name": request.schema_name,
                "description": "The one way to answer.",
                "input_schema": dict(request.schema),
                "strict": True,
            }
        ],
        "tool_choice": {"type": "tool", "name": request.schema_name},
    }
    if request.effort is not None:
        body["output_config"] = {"effort": request.effort}
    return body


def _answer(body: Mapping[str, Any], request: LlmRequest, request_id: str) -> LlmAnswer:
    usage = usage_of(body.get("usage"))

    def ended(outcome: LlmOutcome, detail: str) -> LlmAnswer:
        return LlmAnswer(outcome, usage=usage, request_id=request_id, detail=detail)

    match body.get("stop_reason"):
        case "refusal":
            return ended(LlmOutcome.REFUSED, "The model declined.")
        case "max_tokens" | "model_context_window_exceeded":
            # A tool input that was cut off may still parse, with half of it missing.
            return ended(LlmOutcome.TOO_LONG, "The answer was cut off.")
    content = body.get("content")
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict) and block.get("type") == "tool_use":
            data = block.get("input")
            if block.get("name") == request.schema_name and isinstance(data, dict):
                return LlmAnswer(LlmOutcome.OK, data=data, usage=usage, request_id=request_id)
    return ended(LlmOutcome.UNREADABLE, "The answer holds no tool call.")


def usage_of(raw: object) -> Usage:
    """`input_tokens` excludes the cache here; whatever isn't a number counts as none."""
    given: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    return Usage(
        fresh_input=_count(given.get("input_tokens")),
        cached_input=_count(given.get("cache_read_input_tokens")),
        cache_write=_count(given.get("cache_creation_input_tokens")),
        output=_count(given.get("output_tokens")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0


def _failure(status: int, body: object, request_id: str) -> LlmAnswer:
    error = body.get("error") if isinstance(body, dict) else None
    kind = str(error.get("type", "")) if isinstance(error, dict) else ""
    outcome = _BY_TYPE.get(kind) or _BY_STATUS.get(status)
    if outcome is None:
        outcome = LlmOutcome.OVERLOADED if status >= 500 else LlmOutcome.MISCONFIGURED
    return LlmAnswer(outcome, request_id=request_id, detail=f"HTTP {status} {kind}".strip()[:200])
