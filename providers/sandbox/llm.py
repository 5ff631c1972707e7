"""OpenAI's and Anthropic's APIs on this machine: strict requests in, answers by simple rules out, faults on demand.

Any key that begins with `sandbox-` is accepted; `sandbox-empty...` has no money left. Voice notes of the sandbox are
texts that begin with OggS: their transcript is the text.
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web
from pydantic import ValidationError

from providers.sandbox import llm_brain
from providers.sandbox.context import LLM_FAULT, SANDBOX
from providers.sandbox.faults import FaultKind
from providers.sandbox.llm_schemas import ChatRequest, MessagesRequest

_TOKEN_BYTES = 4


def add_routes(app: web.Application) -> None:
    # `base URL` + /v1, as at the providers themselves.
    app.router.add_post("/openai/v1/chat/completions", chat, name="openai.chat")
    app.router.add_post("/openai/v1/audio/transcriptions", transcribe, name="openai.transcriptions")
    app.router.add_post("/anthropic/v1/messages", messages, name="anthropic.messages")


def error_body(provider: str, status: int, kind: str, code: str | None = None) -> dict[str, Any]:
    """Each provider's own shape of an error."""
    if provider == "anthropic":
        return {"type": "error", "error": {"type": kind, "message": kind}, "request_id": "req_sandbox"}
    return {"error": {"message": f"{status} {kind}", "type": kind, "code": code, "param": None}}


async def chat(request: web.Request) -> web.StreamResponse:
    """POST /v1/chat/completions."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    refused = _refuse_key("openai", token)
    if refused is not None:
        return refused
    try:
        asked = ChatRequest.model_validate_json(await request.read())
    except ValidationError as error:
        return _invalid("openai", error)
    instructions = "\n".join(one.content for one in asked.messages if one.role in {"system", "developer"})
    material = asked.messages[-1].content
    fault = request.get(LLM_FAULT)
    schema = asked.response_format.json_schema.schema_
    content, finish, refusal = _content(fault, material, instructions, schema)
    _note(request, "openai", asked.model, instructions=instructions, material=material, answer=content)
    tokens = len((instructions + material).encode()) // _TOKEN_BYTES
    usage: dict[str, Any] = {
        "prompt_tokens": tokens,
        "completion_tokens": len(content) // _TOKEN_BYTES,
        "total_tokens": tokens + len(content) // _TOKEN_BYTES,
        "prompt_tokens_details": {"cached_tokens": tokens // 2, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
    if fault is FaultKind.WRONG_USAGE:
        usage = {
            "prompt_tokens": "many",
            "completion_tokens": -7,
            "prompt_tokens_details": {"cached_tokens": 10**9},
        }
    return web.json_response(
        {
            "id": "chatcmpl-sandbox",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": asked.model,
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": None if refusal else content,
                        "refusal": refusal,
                    },
                    "logprobs": None,
                    "finish_reason": finish,
                }
            ],
            "usage": usage,
        },
        headers={"x-request-id": "req_sandbox_openai"},
    )


async def messages(request: web.Request) -> web.StreamResponse:
    """POST /v1/messages."""
    refused = _refuse_key("anthropic", request.headers.get("x-api-key", ""))
    if refused is not None:
        return refused
    if request.headers.get("anthropic-version") != "2023-06-01":
        return web.json_response(error_body("anthropic", 400, "invalid_request_error"), status=400)
    try:
        asked = MessagesRequest.model_validate_json(await request.read())
    except ValidationError as error:
        return _invalid("anthropic", error)
    tool = next((one for one in asked.tools if one.name == asked.tool_choice.name), None)
    if tool is None:
        return web.json_response(error_body("anthropic", 400, "invalid_request_error"), status=400)
    instructions = "\n".join(one.text for one in asked.system)
    material = asked.messages[-1].content
    fault = request.get(LLM_FAULT)
    content, finish, refusal = _content(fault, material, instructions, tool.input_schema)
    _note(request, "anthropic", asked.model, instructions=instructions, material=material, answer=content)
    tokens = len((instructions + material).encode()) // _TOKEN_BYTES
    usage: dict[str, Any] = {
        "input_tokens": tokens // 4,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": tokens - tokens // 4,
        "output_tokens": len(content) // _TOKEN_BYTES,
    }
    if fault is FaultKind.WRONG_USAGE:
        usage = {"input_tokens": None, "output_tokens": "lots", "cache_read_input_tokens": -1}
    block: dict[str, Any] = {"type": "text", "text": content}
    if fault is not FaultKind.GARBAGE and not refusal:
        whole = orjson.loads(content) if finish != "length" else {}
        block = {"type": "tool_use", "id": "toolu_sandbox", "name": tool.name, "input": whole}
    reasons = {"stop": "tool_use", "length": "max_tokens"}
    return web.json_response(
        {
            "id": "msg_sandbox",
            "type": "message",
            "role": "assistant",
            "model": asked.model,
            "content": [block],
            "stop_reason": "refusal" if refusal else reasons[finish],
            "stop_sequence": None,
            "usage": usage,
        },
        headers={"request-id": "req_sandbox_anthropic"},
    )


async def transcribe(request: web.Request) -> web.StreamResponse:
    """POST /v1/audio/transcriptions."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    refused = _refuse_key("openai", token)
    if refused is not None:
        return refused
    form = await request.post()
    sound, model = form.get("file"), form.get("model")
    if (
        not isinstance(sound, web.FileField)
        or not isinstance(model, str)
        or form.get("response_format") != "json"
    ):
        return web.json_response(error_body("openai", 400, "invalid_request_error"), status=400)
    raw = sound.file.read()
    if not raw.startswith(b"OggS"):
        return web.json_response(error_body("openai", 400, "invalid_request_error", "audio"), status=400)
    text = raw.removeprefix(b"OggS").decode("utf-8", "replace").strip()
    fault = request.get(LLM_FAULT)
    body: dict[str, Any] = {
        "text": text,
        "usage": {"type": "tokens", "input_tokens": 40, "output_tokens": len(text) // 4, "total_tokens": 99},
    }
    if fault is FaultKind.GARBAGE:
        body = {"words": [text]}
    request.app[SANDBOX].ledgers["openai"].write(
        "transcription", model, {"bytes": len(raw), "name": sound.filename}
    )
    return web.json_response(body, headers={"x-request-id": "req_sandbox_audio"})


def _content(
    fault: object, material: str, instructions: str, schema: dict[str, Any]
) -> tuple[str, str, str | None]:
    """The answer's text, how it ended, and the words of a refusal."""
    match fault:
        case FaultKind.REFUSE:
            return "", "stop", "I can't help with that."
        case FaultKind.GARBAGE:
            return "Sure! Here is what I found: {services: [s1,", "stop", None
        case FaultKind.OVER_LONG:
            return '{"wants": ["' + llm_brain.LONG, "length", None
        case FaultKind.INJECTED:
            found = llm_brain.lies(material, instructions, schema)
        case _:
            found = llm_brain.answer(material, instructions, schema)
    return orjson.dumps(found).decode(), "stop", None


def _refuse_key(provider: str, key: str) -> web.Response | None:
    if key.startswith("sandbox-empty"):
        if provider == "anthropic":
            return web.json_response(error_body(provider, 402, "billing_error"), status=402)
        body = error_body(provider, 429, "insufficient_quota", "insufficient_quota")
        return web.json_response(body, status=429)
    if key.startswith("sandbox-"):
        return None
    kind = "authentication_error" if provider == "anthropic" else "invalid_request_error"
    return web.json_response(error_body(provider, 401, kind, "invalid_api_key"), status=401)


def _invalid(provider: str, error: ValidationError) -> web.Response:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    body = error_body(provider, 400, "invalid_request_error")
    body["error"]["message"] = f"{where}: {first['msg']}"
    return web.json_response(body, status=400)


def _note(
    request: web.Request, provider: str, model: str, *, instructions: str, material: str, answer: str
) -> None:
    """Everything the provider was shown, for tests that look for what it should not have been."""
    shown = {"instructions": instructions, "material": material, "answer": answer[:4000]}
    request.app[SANDBOX].ledgers[provider].write("call", model, shown)
