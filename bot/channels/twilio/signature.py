"""X-Twilio-Signature, by plain hmac; the tests hold it against the twilio package's RequestValidator.

The signed string is the public URL (query as sent, no fragment) and, for a form, each distinct name in order
with each of its distinct values in order. JSON bodies are signed through `bodySHA256` in the URL's query.
Source: twilio.com/docs/usage/webhooks/webhooks-security; twilio 9.13 request_validator.py. No time stamp is
signed: a replay is caught by the message's sid.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import parse_qs, parse_qsl, urlsplit

HEADER = "x-twilio-signature"
SETTINGS_HEADER = "x-twilio-webhooks-signature-settings"
_MAX_FIELDS = 1000

Pairs = list[tuple[str, str]]


def form_pairs(raw: bytes | str) -> Pairs:
    """The decoded names and values of a form or query in their order, empty ones kept, nothing trimmed.

    Raises ValueError for bytes that aren't UTF-8 and for more than 1,000 fields.
    """
    return list(_form_pairs(raw))


@lru_cache(maxsize=1)  # a webhook's form is read twice in a row: for its signature and for its message
def _form_pairs(raw: bytes | str) -> tuple[tuple[str, str], ...]:
    encoded = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    return tuple(parse_qsl(encoded, keep_blank_values=True, max_num_fields=_MAX_FIELDS))


def compute(url: str, pairs: Iterable[tuple[str, str]], key: str, *, sha256: bool = False) -> str:
    """The header's value for exactly this URL and these form fields."""
    return _digest(url + _signed_fields(pairs), key, sha256=sha256)


def _signed_fields(pairs: Iterable[tuple[str, str]]) -> str:
    """What is signed of a form, behind the URL."""
    return "".join(name + value for name, value in sorted(set(pairs)))


def _digest(signed: str, key: str, *, sha256: bool) -> str:
    digest = hmac.new(
        key.encode(), signed.encode("utf-8", "replace"), hashlib.sha256 if sha256 else hashlib.sha1
    )
    return base64.b64encode(digest.digest()).decode()


def body_hash(body: bytes) -> str:
    """What Twilio appends to a JSON webhook's URL as `bodySHA256`."""
    return hashlib.sha256(body).hexdigest()


def is_signed(
    *, method: str, url: str, headers: Mapping[str, str], body: bytes, auth_token: str, sha256_key: str = ""
) -> bool:
    """True for a signature over this URL, with or without its port, and this body. Constant time.

    HMAC-SHA256 with the shared key where the settings header says so, else HMAC-SHA1 with the auth token.
    A key that isn't configured: False.
    """
    algorithm = _algorithm(headers.get(SETTINGS_HEADER, ""))
    key = {"HMAC_SHA1": auth_token, "HMAC_SHA256": sha256_key}.get(algorithm, "")
    offered = headers.get(HEADER, "").encode("utf-8", "replace")
    if not key or not offered:
        return False
    url = url.partition("#")[0]
    try:
        pairs = signed_pairs(method, url, headers, body)
    except ValueError:
        return False
    if pairs is None:
        return False
    fields = _signed_fields(pairs)
    matches = [
        hmac.compare_digest(
            _digest(variant + fields, key, sha256=algorithm == "HMAC_SHA256").encode(), offered
        )
        for variant in _port_variants(url)
    ]
    return any(matches)


def _algorithm(settings: str) -> str:
    """From `key=<id>,algorithm=HMAC_SHA256`; without one it is HMAC_SHA1."""
    for part in settings.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def signed_pairs(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Pairs | None:
    """The fields that belong to the signed string; None where the body isn't covered by the signature."""
    if method == "GET":
        return [] if not body else None
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type in {"", "application/x-www-form-urlencoded"}:
        return form_pairs(body)
    hashes = parse_qs(urlsplit(url).query).get("bodySHA256", [])
    if len(hashes) == 1 and hmac.compare_digest(hashes[0].encode(), body_hash(body).encode()):
        return []
    return None


def _port_variants(url: str) -> list[str]:
    """Twilio signs the URL sometimes with and sometimes without its port."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return [url]
    if not host:
        return [url]
    if port is None:
        default = 443 if parts.scheme == "https" else 80
        return [url, url.replace(parts.netloc, f"{parts.netloc}:{default}", 1)]
    bare = parts.netloc.rpartition(":")[0]
    return [url, url.replace(parts.netloc, bare, 1)]
