"""What a call to the outside can come to, in one vocabulary for channels and booking providers.

An adapter answers with a value or raises one `CallFailure`. It decides the disposition from the
protocol's facts; the effect ledger (bot/effects.py) decides what follows from it. See
docs/reliability.md, SETTLE.
"""

from __future__ import annotations

from enum import StrEnum


class Disposition(StrEnum):
    """What may be done after a failed call."""

    RETRY = "retry"
    """Known as not processed: refused connection, 429, a documented "try again". Safe to send again."""
    PERMANENT = "permanent"
    """Known as not processed and never will be: this recipient or this request is refused."""
    OPERATOR = "operator"
    """Known as not processed; somebody must change a setting, a token, a template first."""
    UNKNOWN = "unknown"
    """Time-out, reset, 5xx, unreadable answer: it may have happened. Never sent again blindly."""


class CallFailure(Exception):
    """A call to the outside that gave no usable result.

    `code` is the provider's own code or a short word of ours (`timeout`, `connection_reset`).
    `detail` is for the operator: plain words, no secret, no customer data.
    `retry_after` is in seconds where the provider named a time.
    """

    def __init__(
        self,
        disposition: Disposition,
        code: str,
        detail: str,
        *,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{disposition}: {code}: {detail}")
        self.disposition = disposition
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class SlotTaken(CallFailure):
    """The provider refused an order because the time is no longer free. Nothing was placed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(Disposition.PERMANENT, code, detail)


class NotSupported(CallFailure):
    """The adapter or this account can't do what was asked (declared in its capabilities)."""

    def __init__(self, what: str) -> None:
        super().__init__(Disposition.OPERATOR, "not_supported", what)
