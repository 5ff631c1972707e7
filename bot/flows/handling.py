"""Who finishes the open wish, by the policy: this bot, or the business's own page. And whether it is a call."""

from __future__ import annotations

from bot.flows.state import Wish
from bot.flows.talk import Talk
from bot.policy import BY_MODE, BookingHandling, Handling, PolicyInput, resolve_booking_handling

BOOKING_TYPE = "SERVICE_BOOKING"
"""As long as nothing is chosen."""
CALLS = frozenset({"PHONE_CALL", "CALLBACK", "INFO_CALL", "DISCOVERY_CALL"})
"""Booking types for which the business rings the customer."""


def booking_type(talk: Talk) -> str:
    """Of the open wish. Among several services one that follows the business's mode decides for all."""
    kinds = [service.booking_type for service in talk.services()]
    return next((kind for kind in kinds if kind in BY_MODE), kinds[0] if kinds else BOOKING_TYPE)


def is_call(talk: Talk, wish: Wish | None = None) -> bool:
    """Whether what is wished for, now or in an earlier wish, is a call and nothing else."""
    known = talk.catalog.services
    items = (talk.wish if wish is None else wish).items
    kinds = {known[item.service_id].booking_type for item in items if item.service_id in known}
    return bool(kinds) and kinds <= CALLS


def finishes_elsewhere(talk: Talk) -> bool:
    """On the business's own page, which has the times and takes the money: neither is asked here."""
    return handling_of(talk).handling is Handling.EXTERNAL


def handling_of(talk: Talk) -> BookingHandling:
    """Who finishes the open wish, by the policy. The first service that has a page of its own decides on the page."""
    settings = talk.context.settings
    by_mode = [service for service in talk.services() if service.booking_type in BY_MODE]
    pages = [settings.external.service_urls.get(service.external_id, "") for service in by_mode]
    return resolve_booking_handling(
        PolicyInput(
            booking_mode=settings.booking_mode,
            external_url=settings.external.url,
            service_url=next((page for page in pages if page), ""),
        ),
        booking_type(talk),
    )
