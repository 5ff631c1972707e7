"""The booking policy: who finishes a booking. One pure function, used everywhere.

Calls, tours and the like stay with us in every mode. Bookings follow the workspace's mode. An
external page must be an https URL on a real host; else there is no URL and the reason says why.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from bot.workspace import BookingMode

ALWAYS_INTERNAL = frozenset(
    {"PHONE_CALL", "TOUR", "CONSULTATION", "DISCOVERY_CALL", "INFO_CALL", "CALLBACK", "ESTIMATE"}
)
BY_MODE = frozenset({"SERVICE_BOOKING", "APPOINTMENT", "RESERVATION", "PAID_SERVICE"})
MAX_URL = 2048
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_RESERVED_ENDINGS = (".localhost", ".local", ".internal", ".invalid", ".onion", ".arpa")


class Handling(StrEnum):
    INTERNAL = "internal"
    EXTERNAL = "external"
    PROVIDER = "provider"
    """Placed through the provider's API; the customer sees `internal`."""


@dataclass(frozen=True, slots=True)
class PolicyInput:
    """What of a workspace decides. `service_url`: the URL that the service carries itself, if any."""

    booking_mode: BookingMode
    external_url: str = ""
    service_url: str = ""


@dataclass(frozen=True, slots=True)
class BookingHandling:
    handling: Handling
    external_url: str | None
    """Only for external, and only if it is safe to lead a customer there."""
    reason: str

    @property
    def seen_by_customer(self) -> Handling:
        return Handling.EXTERNAL if self.handling is Handling.EXTERNAL else Handling.INTERNAL


def resolve_booking_handling(workspace: PolicyInput, booking_type: str) -> BookingHandling:
    """Deterministic. Raises ValueError for a booking type that nobody declared."""
    if booking_type in ALWAYS_INTERNAL:
        return BookingHandling(Handling.INTERNAL, None, f"{booking_type} is always handled here")
    if booking_type not in BY_MODE:
        raise ValueError(f"unknown booking type {booking_type!r}")
    match workspace.booking_mode:
        case BookingMode.INTERNAL:
            return BookingHandling(Handling.INTERNAL, None, "the workspace keeps its own calendar")
        case BookingMode.PROVIDER:
            return BookingHandling(Handling.PROVIDER, None, "the workspace's booking system takes the order")
        case BookingMode.EXTERNAL:
            return _external(workspace)


def _external(workspace: PolicyInput) -> BookingHandling:
    """The service's own URL before the workspace's; an unsafe one is no URL, and never silently replaced."""
    for source, url in (("service", workspace.service_url), ("workspace", workspace.external_url)):
        if not url.strip():
            continue
        problem = url_problem(url)
        if problem is None:
            return BookingHandling(Handling.EXTERNAL, url.strip(), f"the {source}'s booking page")
        return BookingHandling(Handling.EXTERNAL, None, f"the {source}'s booking URL {problem}")
    return BookingHandling(Handling.EXTERNAL, None, "no booking URL is set")


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


def default_booking_mode(*, has_hours_or_roster: bool, has_booking_system: bool) -> BookingMode:
    """What a new workspace starts with."""
    if has_hours_or_roster:
        return BookingMode.INTERNAL
    return BookingMode.PROVIDER if has_booking_system else BookingMode.EXTERNAL
