"""A shop at a made-up address, for tests that answer its calls with respx."""

from __future__ import annotations

from typing import Any

import httpx

from providers.contract import OrderLine, OrderRequest, ProviderAccount
from providers.shopmonkey import ShopMonkeyProvider, create

BASE = "https://shop.example.com/v3"
KEY = "made-up-key"
HERE, THERE = "65a100000000000000000001", "65a100000000000000000002"
SETTINGS: dict[str, Any] = {
    "hours": {"mon": [["08:00", "12:00"], ["13:00", "18:00"]], "tue": [["08:00", "18:00"]]},
    "bays": 2,
    "read_first_wait_seconds": 0.001,
}


def account(**changes: Any) -> ProviderAccount:
    settings = SETTINGS | changes.pop("settings", {})
    fields: dict[str, Any] = {
        "provider": "shopmonkey",
        "dialect": "",
        "base_url": BASE,
        "timezone": "America/Chicago",
        "currency": "USD",
        "secrets": {"api_key": KEY},
        "settings": settings,
    }
    return ProviderAccount(**(fields | changes))


def provider(http: httpx.AsyncClient, **settings: Any) -> ShopMonkeyProvider:
    return create(account(settings=settings), http)


def line(starts_at: Any, *, staff: str = "bay-1", minutes: int = 60, **changes: Any) -> OrderLine:
    fields: dict[str, Any] = {
        "service_external_id": "65a300000000000000000003",
        "service_name": "Front Windows Tint",
        "staff_external_id": staff,
        "starts_at": starts_at,
        "minutes": minutes,
        "price_minor": 12000,
    }
    return OrderLine(**(fields | changes))


def order(*lines: OrderLine, **changes: Any) -> OrderRequest:
    fields: dict[str, Any] = {
        "reference": "0199aaaa-0000-7000-8000-000000000001",
        "location_external_id": HERE,
        "customer_name": "Sam Test",
        "customer_phone": "+15550100150",
        "customer_email": "sam@example.com",
        "payment_type_external_id": "at_shop",
        "currency": "USD",
        "lines": lines,
        "notes": "vehicle: 2021 Honda Civic",
    }
    return OrderRequest(**(fields | changes))
