"""Which booking systems there are: one explicit table, nothing registers itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx

from providers import nailit, own_calendar, shopmonkey
from providers.contract import BookingProvider, ProviderAccount

PROVIDERS: Mapping[str, Callable[[ProviderAccount, httpx.AsyncClient], BookingProvider]] = {
    "nailit": nailit.create,
    "shopmonkey": shopmonkey.create,
    "own_calendar": own_calendar.create,
}

TITLES = {"nailit": "Nail It", "shopmonkey": "ShopMonkey", "own_calendar": "the own calendar"}
"""What people call them."""

LOCAL_TERMS = frozenset({"own_calendar"})
"""Systems that are nobody's but ours: an operator's own prices and durations hold there."""


def create_provider(account: ProviderAccount, http: httpx.AsyncClient) -> BookingProvider:
    """The adapter for an account. Raises ValueError, in an operator's words, for an unknown provider
    or for settings the adapter can't work with."""
    try:
        create = PROVIDERS[account.provider]
    except KeyError:
        known = ", ".join(sorted(PROVIDERS))
        raise ValueError(f"unknown booking provider {account.provider!r}; known: {known}") from None
    return create(account, http)
