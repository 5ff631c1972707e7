"""What Postmark accepts of `POST /email`, written from its documentation and not from our adapter."""

from __future__ import annotations

import base64
import binascii
import re
from email.utils import getaddresses
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_STRICT = ConfigDict(extra="forbid", strict=True)
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
MOST_RECIPIENTS = 50


def addresses(text: str) -> list[str]:
    """The bare addresses of a header; empty if one of them is none."""
    found = [address for _, address in getaddresses([text])]
    return found if found and all(_ADDRESS.fullmatch(one) for one in found) else []


def _addressed(value: str) -> str:
    if value and not addresses(value):
        raise ValueError("is not a valid address")
    return value


def _is_base64(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64") from error
    return value


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise ValueError("must be one line")
    return value


Addresses = Annotated[str, AfterValidator(_addressed)]
Line = Annotated[str, AfterValidator(_one_line)]


class Header(BaseModel):
    model_config = _STRICT

    Name: Annotated[Line, Field(min_length=1)]
    Value: Line


class Attachment(BaseModel):
    model_config = _STRICT

    Name: Annotated[Line, Field(min_length=1)]
    Content: Annotated[str, AfterValidator(_is_base64)]
    ContentType: Annotated[Line, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+")]
    ContentID: str | None = None


class Email(BaseModel):
    model_config = _STRICT

    From: Annotated[Addresses, Field(min_length=3)]
    To: Annotated[Addresses, Field(min_length=3)]
    Cc: Addresses = ""
    Bcc: Addresses = ""
    Subject: Annotated[Line, Field(max_length=2000)] = ""
    HtmlBody: str = ""
    TextBody: str = ""
    ReplyTo: Addresses = ""
    Headers: list[Header] = Field(default_factory=list)
    Attachments: list[Attachment] = Field(default_factory=list)
    Tag: Annotated[str, Field(max_length=1000)] = ""
    Metadata: dict[Annotated[str, Field(max_length=20)], Annotated[str, Field(max_length=80)]] = Field(
        default_factory=dict, max_length=10
    )
    TrackOpens: bool = False
    TrackLinks: Literal["None", "HtmlAndText", "HtmlOnly", "TextOnly"] = "None"
    MessageStream: str = "outbound"

    @model_validator(mode="after")
    def _whole(self) -> Email:
        if not self.HtmlBody and not self.TextBody:
            raise ValueError("Provide either email TextBody or HtmlBody or both.")
        count = sum(len(addresses(one)) for one in (self.To, self.Cc, self.Bcc) if one)
        if count > MOST_RECIPIENTS:
            raise ValueError("too many recipients")
        return self
