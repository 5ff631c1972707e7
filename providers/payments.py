"""Links to pages where customers pay, hosted by somebody else. Never a card number, never a checkout of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """One payment of one booking. Frozen: asking again with the same key must say exactly the same."""

    key: str
    """Idempotency key: the same request twice makes one link. At most 255 characters."""
    booking_reference: str
    workspace_reference: str
    title: str
    """What is paid for, as the customer reads it."""
    amount_minor: int
    currency: str
    """ISO code, upper case."""
    success_url: str
    cancel_url: str
    expires_at: datetime
    language: str = "en"
    payment_reference: str = ""
    """Our own id of this attempt: a report that is faster than the answer is known by it."""
    customer_email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PaymentLink:
    id: str
    url: str
    expires_at: datetime


class LinkState(StrEnum):
    OPEN = "open"
    PROCESSING = "processing"
    """Done at the page, the money isn't here yet (a delayed method)."""
    PAID = "paid"
    FAILED = "failed"
    """The delayed payment came to nothing."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What the payment provider says of a link, by webhook or when asked."""

    link_id: str
    state: LinkState
    amount_minor: int | None
    currency: str
    booking_reference: str
    workspace_reference: str
    live: bool
    """False: a test payment. It never pays for a booking of a live account."""
    payment_reference: str = ""
    """As the request had it."""


class PaymentLinks(Protocol):
    """A provider of payment links. Raises `CallFailure` and nothing else for what goes wrong outside."""

    async def create(self, request: LinkRequest) -> PaymentLink:
        """Idempotent by `request.key`: a lost answer is RETRY. PERMANENT: an amount or currency that can't be paid."""
        ...

    async def report(self, link_id: str) -> LinkReport: ...

    async def expire(self, link_id: str) -> None:
        """Ends an open link; one that is paid or ended already stays as it is."""
        ...
