"""Own calendar: the business has no booking system, Frontdesk keeps its hours and rosters (docs/own-calendar.md)."""

from __future__ import annotations

import httpx

from providers.contract import ProviderAccount
from providers.own_calendar.account import read_settings
from providers.own_calendar.provider import OwnCalendarProvider

__all__ = ["OwnCalendarProvider", "create"]


def create(account: ProviderAccount, http: httpx.AsyncClient) -> OwnCalendarProvider:  # noqa: ARG001
    """The adapter for an account; it calls nobody. No secret, no address: all it knows is in the settings.

    Settings: providers/own_calendar/settings.py under `calendar`. Raises ValueError, naming the field, for
    what an operator must correct.
    """
    settings, zone = read_settings(account)
    return OwnCalendarProvider(settings, zone=zone, currency=account.currency)
