"""What OpenAI and Anthropic accept of a request, written from their documentation and not from our adapters."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

_STRICT = ConfigDict(extra="forbid", strict=True)
_KEYWORDS = frozenset(
    {
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "description",
        "title", "$defs", "$ref", "format", "pattern", "minimum", "maximum", "minItems", "maxItems",
    }
)  # fmt: skip
_MOST_PROPERTIES = 5000
_DEEPEST = 10
_MOST_ENUM_VALUES = 1000


def strict_problem(schema: object) -> str | None:
    """Why a schema is not in the strict subset that both providers take; None: it is."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return "the root must be an object"
    if "anyOf" in schema:
        return "the root must not be anyOf"
    counts = {"properties": 0, "enum": 0}
    problem = _problem(schema, "", 1, counts)
    if problem is None and counts["properties"] > _MOST_PROPERTIES:
        problem = "too many properties"
    if problem is None and counts["enum"] > _MOST_ENUM_VALUES:
        problem = "too many enum values"
    return problem


def _problem(schema: object, where: str, depth: int, counts: dict[str, int]) -> str | None:
    if not isinstance(schema, dict):
        return f"{where}: not a schema"
    if depth > _DEEPEST:
        return f"{where}: nested too deeply"
    unknown = schema.keys() - _KEYWORDS
    if unknown:
        return f"{where}: {', '.join(sorted(unknown))} is not permitted"
    if "enum" in schema:
        values = schema["enum"]
        if not isinstance(values, list) or not values:
            return f"{where}: enum must not be empty"
        counts["enum"] += len(values)
    inner: list[tuple[str, object]] = []
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        counts["properties"] += len(properties)
        if schema.get("additionalProperties") is not False:
            return f"{where}: additionalProperties must be false"
        if sorted(schema.get("required", [])) != sorted(properties):
            return f"{where}: required must name every property"
        inner += [(f"{where}.{name}", each) for name, each in properties.items()]
    elif schema.get("type") == "array":
        inner.append((f"{where}[]", schema.get("items")))
    inner += [(f"{where}|{at}", each) for at, each in enumerate(schema.get("anyOf", ()))]
    problems = (_problem(each, name, depth + 1, counts) for name, each in inner)
    return next((one for one in problems if one is not None), None)


def _checked(schema: dict[str, Any]) -> dict[str, Any]:
    problem = strict_problem(schema)
    if problem is not None:
        raise ValueError(f"Invalid schema: {problem}")
    return schema


# -- OpenAI ------------------------------------------------------------------------------------------------


class OpenAiMessage(BaseModel):
    model_config = _STRICT

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, Field(min_length=1)]


class OpenAiSchema(BaseModel):
    model_config = _STRICT

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    strict: Literal[True]
    schema_: dict[str, Any] = Field(alias="schema")

    _strict_subset = field_validator("schema_")(_checked)


class OpenAiFormat(BaseModel):
    model_config = _STRICT

    type: Literal["json_schema"]
    json_schema: OpenAiSchema


class ChatRequest(BaseModel):
    """POST /v1/chat/completions, as far as anybody here uses it."""

    model_config = _STRICT

    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[OpenAiMessage], Field(min_length=1)]
    response_format: OpenAiFormat
    max_completion_tokens: Annotated[int, Field(ge=1)]
    reasoning_effort: Literal["minimal", "low", "medium", "high"] | None = None
    store: bool = False


# -- Anthropic ---------------------------------------------------------------------------------------------


class CacheControl(BaseModel):
    model_config = _STRICT

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


class TextBlock(BaseModel):
    model_config = _STRICT

    type: Literal["text"]
    text: Annotated[str, Field(min_length=1)]
    cache_control: CacheControl | None = None


class AnthropicMessage(BaseModel):
    model_config = _STRICT

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(min_length=1)]


class Tool(BaseModel):
    model_config = _STRICT

    name: str
    description: str = ""
    input_schema: dict[str, Any]
    strict: bool = False

    _strict_subset = field_validator("input_schema")(_checked)

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value):
            raise ValueError("a tool's name is at most 64 of A-Z a-z 0-9 _ -")
        return value


class ToolChoice(BaseModel):
    model_config = _STRICT

    type: Literal["tool"]
    name: str


class OutputConfig(BaseModel):
    model_config = _STRICT

    effort: Literal["low", "medium", "high", "xhigh", "max"]


class MessagesRequest(BaseModel):
    """POST /v1/messages with one forced tool."""

    model_config = _STRICT

    model: Annotated[str, Field(min_length=1)]
    max_tokens: Annotated[int, Field(ge=1)]
    system: list[TextBlock]
    messages: Annotated[list[AnthropicMessage], Field(min_length=1)]
    tools: Annotated[list[Tool], Field(min_length=1)]
    tool_choice: ToolChoice
    output_config: OutputConfig | None = None
