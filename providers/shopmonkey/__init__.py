"""ShopMonkey v3, the system of car shops: services, customers, appointments (docs/providers.md)."""

from __future__ import annotations

import asyncio

import httpx

from providers.contract import ProviderAccount
from providers.http import Retries
from providers.shopmonkey.client import ShopMonkeyClient
from providers.shopmonkey.provider import ShopMonkeyProvider
from providers.shopmonkey.settings import read_settings

__all__ = ["ShopMonkeyProvider", "create"]

AT_ONCE = 5
"""Calls a key may have open together, as clients that work do it; the rate limit itself isn't published."""


def create(account: ProviderAccount, http: httpx.AsyncClient) -> ShopMonkeyProvider:
    """The adapter for an account.

    Secret: `api_key` (in the shop: Settings > Integration > API Keys). Settings:
    providers/shopmonkey/settings.py. Raises ValueError for what an operator must correct.
    """
    settings, zone = read_settings(account)
    client = ShopMonkeyClient(
        account=account,
        http=http,
        limit=settings.call_timeout_seconds,
        retries=Retries(
            attempts=settings.read_attempts,
            first_wait=settings.read_first_wait_seconds,
            longest_wait=settings.read_longest_wait_seconds,
        ),
        gate=asyncio.Semaphore(AT_ONCE),
    )
    return ShopMonkeyProvider(client, settings, zone)
