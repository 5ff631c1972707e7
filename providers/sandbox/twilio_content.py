"""Twilio's content templates: documented limits of text, quick replies, list pickers, calls to action."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

_VARIABLE = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


class ContentError(Exception):
    """The content or its variables break a documented rule."""


def _text(limit: int) -> Any:
    return StringConstraints(strict=True, min_length=1, max_length=limit)


Body = Annotated[str, _text(1024)]
Title = Annotated[str, _text(20)]
Id = Annotated[str, _text(200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextContent(_Part):
    body: Annotated[str, _text(1600)]


class QuickReplyAction(_Part):
    type: Literal["QUICK_REPLY"]
    title: Title
    id: Id


class QuickReply(_Part):
    """Three actions: more need an approved template, which the sandbox doesn't play."""

    body: Body
    actions: Annotated[list[QuickReplyAction], Field(min_length=1, max_length=3)]


class ListItem(_Part):
    item: Annotated[str, _text(24)]
    id: Id
    description: Annotated[str, _text(72)] | None = None


class ListPicker(_Part):
    body: Body
    button: Title
    items: Annotated[list[ListItem], Field(min_length=1, max_length=10)]


class UrlAction(_Part):
    type: Literal["URL"]
    title: Title
    url: Annotated[str, StringConstraints(pattern=r"^(https?://|\{\{)")]


class CallToAction(_Part):
    body: Body
    actions: Annotated[list[UrlAction], Field(min_length=1, max_length=2)]


class Types(_Part):
    text: TextContent | None = Field(default=None, alias="twilio/text")
    quick_reply: QuickReply | None = Field(default=None, alias="twilio/quick-reply")
    list_picker: ListPicker | None = Field(default=None, alias="twilio/list-picker")
    call_to_action: CallToAction | None = Field(default=None, alias="twilio/call-to-action")

    @model_validator(mode="after")
    def _something(self) -> Types:
        if not self.model_fields_set:
            raise ValueError("at least one content type is required")
        return self


class Content(_Part):
    friendly_name: str = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]
    variables: dict[str, str] = Field(default_factory=dict)
    types: Types


def parse_content(raw: bytes) -> dict[str, Any]:
    """The body of `POST /v1/Content`, checked. Raises `ContentError`."""
    try:
        content = Content.model_validate(orjson.loads(raw))
    except orjson.JSONDecodeError as error:
        raise ContentError(f"the body is not JSON: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error
    return content.model_dump(by_alias=True, exclude_none=True)


def check_variables(content: dict[str, Any], given: str | None) -> dict[str, str]:
    """`ContentVariables` (a JSON object of strings) against what the content names. Raises `ContentError`."""
    try:
        values = json.loads(given) if given else {}
    except json.JSONDecodeError as error:
        raise ContentError("ContentVariables is not JSON") from error
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ContentError("ContentVariables must be an object of strings")
    known = {**content["variables"], **values}
    named = set(_VARIABLE.findall(json.dumps(content["types"])))
    if missing := sorted(named - set(known)):
        raise ContentError(f"ContentVariables lacks {', '.join(missing)}")
    return known
