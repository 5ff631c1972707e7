"""What a business sets about its mails, and which address may get one."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

_ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class News(StrEnum):
    """What became of a booking, as far as a mail is worth it."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CANCELLED = "cancelled"


EVERYTHING = tuple(News)


def _is_address(value: str) -> str:
    if value and not (_ADDRESS.fullmatch(value) and len(value) <= 254):
        raise ValueError(f"{value!r} is no e-mail address")
    return value


def _is_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must be one line")
    return value


def _are_domains(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        if not _DOMAIN.fullmatch(one):
            raise ValueError(f"{one!r} is no domain")
    return value


Address = Annotated[str, AfterValidator(_is_address)]


class MailSettings(BaseModel):
    """Mails about bookings. They go out only where the installation has a mail service (docs/mail.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sender: Address = ""
    """An address that the mail service may send from. Empty: the installation's MAIL_FROM."""
    sender_name: Annotated[str, AfterValidator(_is_line)] = ""
    """Empty: the business's name."""
    reply_to: Address = ""
    """Empty: the contact's e-mail."""
    notify: Address = ""
    """Where the business itself is told. Empty: the contact's e-mail."""
    to_customer: tuple[News, ...] = EVERYTHING
    to_business: tuple[News, ...] = EVERYTHING
    only_domains: Annotated[tuple[str, ...], AfterValidator(_are_domains)] = ()
    """Not empty: no mail leaves to any other domain, whatever else permits it. Hosts below them are included."""

    def reaches(self, address: str) -> bool:
        """Whether its domain may get mail at all."""
        host = address.rpartition("@")[2].lower()
        return not self.only_domains or any(
            host == domain or host.endswith(f".{domain}") for domain in self.only_domains
        )


def is_mail_address(text: str) -> bool:
    """One plain address: nothing that could name a second one, or a header."""
    return bool(_ADDRESS.fullmatch(text)) and len(text) <= 254
