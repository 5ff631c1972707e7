"""A mail as the business sends it, and what sending it comes to. Adapters raise `CallFailure` and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An .ics beside the text. `method` stands in the MIME type as well and must be the calendar's own."""

    content: bytes = field(repr=False)
    method: Literal["REQUEST", "CANCEL"] = "REQUEST"
    filename: str = "invite.ics"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address, frozen before it is sent."""

    sender: str
    """Address, with a name if wanted: `Nail Salon <bookings@example.com>`."""
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    message_id: str = ""
    """Without angle brackets; ours, so that a repeat is recognised where the protocol allows it."""
    reply_to: str = ""
    calendar: CalendarPart | None = None
    tag: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Comes back with bounces: ids of ours, nothing personal."""


@dataclass(frozen=True, slots=True)
class SentMail:
    id: str
    """The service's own id: what bounces name."""


class Mailer(Protocol):
    async def send(self, mail: Mail) -> SentMail:
        """Never repeats by itself: neither protocol can prove that a mail went out once.

        CallFailure RETRY: surely not sent; PERMANENT: this address or mail is refused; OPERATOR: sender, token or
        credit; UNKNOWN: it may have gone out.
        """
        ...


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    """TLS from the first byte (port 465). Else STARTTLS, which is demanded unless `plain`."""
    plain: bool = False
    """No encryption at all: for a server on the same machine."""
