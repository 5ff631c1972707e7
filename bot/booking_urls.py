"""Which addresses a customer may be led to: https on a real host, nothing that only looks like it."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import urlsplit

MAX_URL = 2048
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_RESERVED_ENDINGS = (".localhost", ".local", ".internal", ".invalid", ".onion", ".arpa")


def url_problem(url: str) -> str | None:
    """Why a URL must not be opened for a customer, in words that follow "the booking URL"; None if safe."""
    text = url.strip()
    if len(text) > MAX_URL:
        return "is too long"
    if any(unicodedata.category(character)[0] in "CZ" for character in text) or "\\" in text:
        return "holds spaces or control characters"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "can't be read"
    if parts.scheme != "https":
        return "isn't https"
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return "carries credentials"
    if port not in {None, 443}:
        return "names a port of its own"
    return _host_problem(parts.hostname or "")


def _host_problem(host: str) -> str | None:
    if not host:
        return "has no host"
    if not host.isascii():
        return "has look-alike characters in its host"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass  # a name, as it should be
    else:
        return "has an address instead of a host name"
    labels = host.rstrip(".").split(".")
    if (
        len(labels) < 2
        or host.endswith(_RESERVED_ENDINGS)
        or not all(_LABEL.fullmatch(one) for one in labels)
    ):
        return "isn't on a real host"
    if labels[-1].isdigit() or any(label.startswith("xn--") for label in labels):
        return "has look-alike characters in its host"
    return None
