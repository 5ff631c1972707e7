"""Which pages may show a business's web chat."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_LOCAL = frozenset({"localhost", "127.0.0.1"})


def _is_origin(value: str) -> str:
    """As browsers write it in `Origin`: `https://www.example.com`, with a port only where it isn't the usual one."""
    try:
        parts = urlsplit(value)
        plain = f"{parts.scheme}://{parts.netloc}" == value and bool(parts.hostname)
        usual = parts.port != {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        plain = usual = False
    if not plain or "@" in value or value != value.lower() or not value.isascii() or not usual:
        raise ValueError(f"{value!r} is no origin; write it as https://www.example.com, without a path")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise ValueError(f"{value!r} must be https")
    return value


class WebChat(BaseModel):
    """Settings of the chat on web pages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origins: Annotated[
        tuple[Annotated[str, Field(max_length=200), AfterValidator(_is_origin)], ...], Field(max_length=50)
    ] = ()
    """Pages of the business that may show the chat, by their origin. Empty: only our own pages may."""
