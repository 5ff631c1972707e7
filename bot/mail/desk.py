"""What the installation sends mails with."""

from __future__ import annotations

from dataclasses import dataclass

from providers.mail.contract import Mailer


@dataclass(frozen=True, slots=True)
class MailDesk:
    """One per process, where a mail service is configured."""

    mailer: Mailer
    sender: str
    """Address of mails whose business has none of its own."""
    host: str
    """Right side of our Message-IDs."""
