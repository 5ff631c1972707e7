"""What a failed call to a channel comes to: the typed error catalogue's entry and the transport's failures.

The codes themselves stand beside each adapter (whatsapp/errors.py, twilio/errors.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from providers.outcome import CallFailure, Disposition

CALL_TIMEOUT = httpx.Timeout(10.0)
"""Seconds for each phase of a call (connect, write, read, pool); the caller bounds the whole."""

_PERSONAL = re.compile(r"\+?\d[\d\s().-]{5,}\d|\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{6,}\b|\S+@\S+")


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One code of a channel's error table."""

    disposition: Disposition
    sentence: str
    """What the operator reads."""
    name: str = ""
    """The house's own word where it acts on the reason (`outside_window`, `opted_out`), else the code."""
    retry_after: float | None = None
    """Seconds to wait at least."""
    certain: bool = False
    """Known as not processed even when it comes with a 5xx."""


def masked(text: str, limit: int = 200) -> str:
    """A provider's sentence without numbers, ids and addresses of customers."""
    return _PERSONAL.sub("…", text)[:limit]


def transport_failure(error: httpx.HTTPError | httpx.InvalidURL, service: str) -> CallFailure:
    """RETRY where nothing can have been sent, UNKNOWN where the request may have arrived."""
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return CallFailure(Disposition.RETRY, "connection_refused", f"{service} could not be reached.")
        case httpx.PoolTimeout():
            return CallFailure(
                Disposition.RETRY, "no_connection_free", f"No connection to {service} was free."
            )
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return CallFailure(
                Disposition.OPERATOR, "bad_api_address", f"The API address of {service} is wrong."
            )
        case httpx.LocalProtocolError():
            return CallFailure(
                Disposition.OPERATOR,
                "bad_credentials",
                f"The token for {service} holds characters it can't have.",
            )
        case httpx.TimeoutException():
            return CallFailure(Disposition.UNKNOWN, "timeout", f"{service} did not answer in time.")
        case _:
            return CallFailure(
                Disposition.UNKNOWN,
                "connection_reset",
                f"The connection to {service} broke before the answer.",
            )


def unreadable(status: int, service: str) -> CallFailure:
    """An answer without a meaning: only a 429 is known as unprocessed."""
    if status == 429:
        return CallFailure(Disposition.RETRY, "429", f"{service} asks us to slow down.")
    return CallFailure(
        Disposition.UNKNOWN, "unreadable_answer", f"{service} answered {status} with something unreadable."
    )


def failure_of(
    code: str,
    *,
    status: int,
    entry: ErrorEntry | None,
    said: str,
    service: str,
    retry_after: float | None = None,
) -> CallFailure:
    """A readable error answer. `said` is the provider's sentence for a code the table doesn't hold."""
    if entry is None:
        entry = _by_status(status, f"{service} refused it: {masked(said) or 'no reason given'}.")
    disposition = entry.disposition
    if (status >= 500 or status == 408) and not entry.certain:
        disposition = Disposition.UNKNOWN
    wait = max((w for w in (entry.retry_after, retry_after) if w is not None), default=None)
    return CallFailure(
        disposition,
        entry.name or code,
        f"{entry.sentence} ({code})",
        retry_after=wait if disposition is Disposition.RETRY else None,
    )


def _by_status(status: int, sentence: str) -> ErrorEntry:
    match status:
        case 429:
            return ErrorEntry(Disposition.RETRY, sentence)
        case 401 | 403:
            return ErrorEntry(Disposition.OPERATOR, sentence)
        case _ if 400 <= status < 500:
            return ErrorEntry(Disposition.PERMANENT, sentence)
        case _:
            return ErrorEntry(Disposition.UNKNOWN, sentence)


def retry_after_seconds(headers: httpx.Headers) -> float | None:
    """`Retry-After` in seconds, at most an hour; None for a date or nonsense."""
    value = headers.get("retry-after", "")
    return float(min(int(value), 3600)) if value.isascii() and value.isdigit() and len(value) < 9 else None
