"""The booking policy: who finishes a booking. One pure function, used everywhere.

Calls, tours and the like stay with us in every mode. Bookings follow the workspace's mode. An
external page must be an https URL on a real host; else there is no URL and the reason says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.booking_urls import url_problem
from bot.workspace import BookingMode

ALWAYS_INTERNAL = frozenset(
    {"PHONE_CALL", "TOUR", "CONSULTATION", "DISCOVERY_CALL", "INFO_CALL", "CALLBACK", "ESTIMATE"}
)
BY_MODE = frozenset({"SERVICE_BOOKING", "APPOINTMENT", "RESERVATION", "PAID_SERVICE"})


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


def default_booking_mode(*, has_hours_or_roster: bool, has_booking_system: bool) -> BookingMode:
    """What a new workspace starts with."""
    if has_hours_or_roster:
        return BookingMode.INTERNAL
    return BookingMode.PROVIDER if has_booking_system else BookingMode.EXTERNAL
