"""Nail It, a salon's point of sale and booking system, in both dialects of its API (docs/providers.md)."""

from __future__ import annotations

import httpx

from providers.contract import ProviderAccount
from providers.http import Retries
from providers.nailit.client import NailItClient
from providers.nailit.dialects import Dialect
from providers.nailit.facade import Facade
from providers.nailit.provider import NailItProvider
from providers.nailit.settings import read_settings
from providers.nailit.v2 import V2

__all__ = ["DIALECTS", "NailItProvider", "create"]

DIALECTS = ("v2", "facade")


def create(account: ProviderAccount, http: httpx.AsyncClient) -> NailItProvider:
    """The adapter for an account.

    Secret: `security_token`, the header's value as the vendor issued it (base64 of the client key).
    Settings: providers/nailit/settings.py. Raises ValueError for what an operator must correct.
    """
    settings, zone = read_settings(account)
    client = NailItClient(
        account=account,
        http=http,
        zone=zone,
        limit=settings.call_timeout_seconds,
        retries=Retries(attempts=settings.read_attempts, first_wait=settings.read_first_wait_seconds),
        arabic="ar" in settings.languages,
    )
    dialect: Dialect
    match account.dialect:
        case "v2":
            dialect = V2(client, look_ahead=settings.staff_look_ahead_days)
        case "facade":
            dialect = Facade(client)
        case other:
            raise ValueError(f"Nail It: unknown dialect {other!r}; known: {', '.join(DIALECTS)}")
    return NailItProvider(client, dialect, settings.payment_types)
