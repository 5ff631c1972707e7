"""OpenAI over its SDK: Chat Completions with a strict JSON schema, and the transcription of voice notes.

The SDK repeats nothing here (`max_retries=0`): what is left of the time limit belongs to the other provider. It is
given the process's own httpx client, whose lifetime is not the SDK's business. Cached tokens are part of
`prompt_tokens`, reasoning tokens of `completion_tokens`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import openai
import orjson

from providers.llm.contract import JsonObject, LlmAnswer, LlmOutcome, LlmRequest, Transcript, Usage

_NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_SUFFIXES: Mapping[str, str] = {
    "audio/ogg": "ogg", "audio/opus": "ogg", "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/mp4": "m4a",
    "audio/m4a": "m4a", "audio/x-m4a": "m4a", "audio/aac": "m4a", "audio/wav": "wav", "audio/x-wav": "wav",
    "audio/webm": "webm", "audio/flac": "flac",
}  # fmt: skip


class OpenAiModel:
    """The ports over /v1/chat/completions and /v1/audio/transcriptions."""

    name = "openai"

    def __init__(self, api_key: str, http: httpx.AsyncClient, *, base_url: str) -> None:
        self._client = openai.AsyncOpenAI(
            api_key=api_key,
            base_url=f"{base_url.rstrip('/')}/v1",
            max_retries=0,
            # The annotation names httpx2; a client of httpx works and is used as it is (docs/llm.md).
            http_client=http,  # type: ignore[arg-type]
        )

    async def complete(self, request: LlmRequest, *, limit: float) -> LlmAnswer:
        try:
            async with asyncio.timeout(limit):
                raw = await self._client.chat.completions.with_raw_response.create(
                    timeout=limit, **_arguments(request)
                )
                body = orjson.loads(raw.content)
        except TimeoutError:
            return LlmAnswer(LlmOutcome.TIMED_OUT, detail=f"No answer within {limit:g} s.")
        except openai.OpenAIError as error:
            return LlmAnswer(outcome_of(error), request_id=_request_id(error), detail=detail_of(error, limit))
        except (ValueError, httpx.HTTPError) as error:
            return LlmAnswer(LlmOutcome.UNREADABLE, detail=f"Not an answer ({type(error).__name__}).")
        # The SDK's own parsing lets any shape through; what counts is checked here.
        if not isinstance(body, dict):
            return LlmAnswer(LlmOutcome.UNREADABLE, detail="The answer is no JSON object.")
        return _answer(body, (raw.request_id or "")[:100])

    async def transcribe(self, audio: bytes, *, mime_type: str, model: str, limit: float) -> Transcript:
        """The note's words in its own language."""
        plain = mime_type.partition(";")[0].strip().lower()
        name = f"note.{_SUFFIXES.get(plain, 'ogg')}"
        try:
            async with asyncio.timeout(limit):
                raw = await self._client.audio.transcriptions.with_raw_response.create(
                    file=(name, audio, plain or "audio/ogg"),
                    model=model,
                    response_format="json",
                    timeout=limit,
                )
                body = orjson.loads(raw.content)
        except TimeoutError:
            return Transcript(LlmOutcome.TIMED_OUT, detail=f"No answer within {limit:g} s.")
        except openai.OpenAIError as error:
            return Transcript(
                outcome_of(error), request_id=_request_id(error), detail=detail_of(error, limit)
            )
        except (ValueError, httpx.HTTPError) as error:
            return Transcript(LlmOutcome.UNREADABLE, detail=f"Not an answer ({type(error).__name__}).")
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str):
            return Transcript(LlmOutcome.UNREADABLE, detail="The answer holds no text.")
        usage = body.get("usage")
        seconds = usage.get("seconds") if isinstance(usage, dict) else None
        return Transcript(
            LlmOutcome.OK,
            text=text,
            usage=usage_of(usage),
            seconds=float(seconds) if isinstance(seconds, int | float) and 0 <= seconds < 36_000 else 0,
            request_id=(raw.request_id or "")[:100],
        )


def _arguments(request: LlmRequest) -> JsonObject:
    arguments: JsonObject = {
        "model": request.model,
        "messages": [
            {"role": "system", "content": request.instructions},
            {"role": "user", "content": request.material},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": request.schema_name, "strict": True, "schema": dict(request.schema)},
        },
        "max_completion_tokens": request.max_output_tokens,
        "store": False,
    }
    if request.effort is not None:
        arguments["reasoning_effort"] = request.effort
    return arguments


def _answer(body: Mapping[str, Any], request_id: str) -> LlmAnswer:
    usage = usage_of(body.get("usage"))

    def ended(outcome: LlmOutcome, detail: str) -> LlmAnswer:
        return LlmAnswer(outcome, usage=usage, request_id=request_id, detail=detail)

    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return ended(LlmOutcome.UNREADABLE, "The answer holds no choice.")
    if message.get("refusal"):
        return ended(LlmOutcome.REFUSED, "The model declined.")
    match choice.get("finish_reason"):
        case "length":
            return ended(LlmOutcome.TOO_LONG, "The answer was cut off.")
        case "content_filter":
            return ended(LlmOutcome.FILTERED, "A content filter held the answer back.")
    try:
        data = orjson.loads(message.get("content") or "")
    except (orjson.JSONDecodeError, TypeError):
        return ended(LlmOutcome.UNREADABLE, "The content is not JSON.")
    if not isinstance(data, dict):
        return ended(LlmOutcome.UNREADABLE, "The content is not a JSON object.")
    return LlmAnswer(LlmOutcome.OK, data=data, usage=usage, request_id=request_id)


def usage_of(raw: object) -> Usage:
    """Cached tokens are part of the input here. Whatever isn't a sensible number counts as none."""
    given: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    nested = given.get("prompt_tokens_details") or given.get("input_tokens_details")
    details: Mapping[str, Any] = nested if isinstance(nested, dict) else {}
    total = _count(given.get("prompt_tokens")) or _count(given.get("input_tokens"))
    cached = min(_count(details.get("cached_tokens")), total)
    written = min(_count(details.get("cache_write_tokens")), total - cached)
    return Usage(
        fresh_input=total - cached - written,
        cached_input=cached,
        cache_write=written,
        output=_count(given.get("completion_tokens")) or _count(given.get("output_tokens")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0


def outcome_of(error: openai.OpenAIError) -> LlmOutcome:
    """What the SDK's exception means for us; an empty account hides behind a 429."""
    code = str(getattr(error, "code", None) or "")
    match error:
        case openai.APITimeoutError():
            return LlmOutcome.TIMED_OUT
        case openai.APIConnectionError():
            return LlmOutcome.UNREACHABLE
        case openai.APIStatusError() if code in _NO_MONEY or error.status_code == 402:
            return LlmOutcome.NO_QUOTA
        case openai.RateLimitError():
            return LlmOutcome.RATE_LIMITED
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return LlmOutcome.UNAUTHORIZED
        case openai.APIStatusError() if error.status_code >= 500:
            return LlmOutcome.OVERLOADED
        case openai.APIStatusError() if code == "context_length_exceeded" or error.status_code == 413:
            return LlmOutcome.TOO_LONG
        case openai.APIStatusError():
            return LlmOutcome.MISCONFIGURED
        case _:
            return LlmOutcome.UNREADABLE


def detail_of(error: openai.OpenAIError, limit: float) -> str:
    """Codes only: a provider's sentence may quote the key or the customer."""
    if isinstance(error, openai.APITimeoutError):
        return f"No answer within {limit:g} s."
    if isinstance(error, openai.APIStatusError):
        return f"HTTP {error.status_code} {error.code or error.type or ''}".strip()[:200]
    return f"{type(error).__name__}."


def _request_id(error: openai.OpenAIError) -> str:
    return str(getattr(error, "request_id", None) or "")[:100]
