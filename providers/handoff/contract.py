"""What Frontdesk knows of a booking page that it hands customers off to: its link and its completion webhook.

A page is data (`Page`): which query parameters it reads, where it carries our reference, whether it may be
framed. Only pages that sign what they report have a `Completions`; of the others an operator marks a handoff
as completed by hand. Facts: the vendors' documentation, as of 2026-11; what isn't documented isn't claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prefill:
    """What the customer told us already. Empty: unknown."""

    name: str = ""
    email: str = ""
    phone: str = ""
    """E.164."""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Tracking:
    """Where the customer came from, and which handoff this is."""

    reference: str
    """Signed; the page gives it back with the booking where it can (bot/handoff_reference.py)."""
    source: str = "frontdesk"
    medium: str = "web"
    campaign: str = ""
    parameter: str = "fd_ref"
    """Query parameter of the reference on pages without a field of their own for it."""


class Outcome(StrEnum):
    """What a completion webhook says of a booking on the page."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    MOVED = "moved"
    """Its time changed; it stands."""
    OTHER = "other"
    """Nothing that concerns a handoff: acknowledged, not used."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A verified webhook, read. Holds nothing of the customer but our own reference."""

    outcome: Outcome
    booking_id: str
    """The page's own id of the booking: what repeats are recognised by, together with the outcome."""
    reference: str | None
    """Ours, if the page carried it; not yet checked. None: at most a suggestion to an operator."""
    incomplete: bool = False
    """The webhook names only ids: ask the page for the reference (Acuity: `acuity_reference`)."""
    event: str = ""
    """The page's own name of what happened."""


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A webhook as it came. Header names in lower case."""

    url: str
    """As registered with the page: built from the configured public base URL, never from the request."""
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class BadSignature(Exception):
    """The webhook is not from the page: missing, malformed, old or wrong signature."""


class UnreadableCompletion(Exception):
    """Signed, but not what the page documents."""


class Completions(Protocol):
    """How a page reports bookings."""

    def read(self, request: CompletionRequest, *, secret: str, now: float) -> Completion:
        """Verifies, then parses. `now`: seconds since the epoch, for signatures that age.

        Raises BadSignature and UnreadableCompletion, nothing else. Unknown fields are left alone.
        """
        ...
