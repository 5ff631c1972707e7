"""A car shop of the sandbox, its adapter, and what the server itself wrote down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from providers.contract import BookingProvider, CatalogRecord, OrderRequest, ProviderAccount
from providers.registry import create_provider
from providers.sandbox.config import SandboxConfig, ShopMonkeyAccount
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.faults import Fault, FaultKind
from providers.sandbox.server import create_app
from tests.listening import LocalServer
from tests.providers.shopmonkey.shop import HERE, SETTINGS, line, order
from tests.tls import TLS

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday, 06:00 in Chicago
TODAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 3)
OPENING = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
"""Tuesday 08:00 in Chicago."""
TECHNICIANS = ["65a200000000000000000001", "65a200000000000000000002"]
IMPATIENT_SECONDS = 1.5
EVERY_HALF_HOUR = [OPENING + timedelta(minutes=30 * step) for step in range(20)]


@dataclass(slots=True)
class Shop:
    sandbox: Sandbox
    provider: BookingProvider
    http: httpx.AsyncClient
    base_url: str
    staff: list[str]
    account: Callable[..., ProviderAccount]

    def fault(self, kind: FaultKind, call: str, **options: Any) -> None:
        self.sandbox.faults.add([Fault(provider="shopmonkey", call=call, kind=kind, **options)])

    def heal(self) -> None:
        self.sandbox.faults.clear()

    def facing(self, kind: FaultKind) -> BookingProvider:
        """The provider; with a short time limit where the server is slow."""
        return self.impatient() if kind is FaultKind.ACCEPTED_THEN_SLOW else self.provider

    def impatient(self) -> BookingProvider:
        """The same account with a short time limit."""
        settings = {"call_timeout_seconds": IMPATIENT_SECONDS, "read_attempts": 1}
        return create_provider(self.account(settings=settings), self.http)

    def ledger(self, kind: str) -> list[dict[str, Any]]:
        return [entry.data for entry in self.sandbox.ledgers["shopmonkey"].entries if entry.kind == kind]

    def standing(self) -> list[dict[str, Any]]:
        """The appointments as the shop sees them now."""
        return self.sandbox.shops.all_appointments("shop")

    async def taken(self, start: datetime, minutes: int, **fields: Any) -> dict[str, Any]:
        """Somebody at the shop wrote this into the calendar himself."""
        row = {
            "locationId": HERE,
            "name": "Walk-in",
            "color": "red",
            "startDate": start.isoformat(),
            "endDate": (start + timedelta(minutes=minutes)).isoformat(),
            **fields,
        }
        return await self.sandbox.shops.add_appointment("shop", row, {}, NOW)

    def order(self, *starts: datetime, **changes: Any) -> OrderRequest:
        """One hour from each start, with the first of the staff."""
        return order(*(line(start, staff=self.staff[0]) for start in starts or [OPENING]), **changes)

    async def free(
        self, catalog: CatalogRecord | None = None, day: date = TOMORROW
    ) -> dict[str, list[datetime]]:
        """Free starts of the day at the first location, per person."""
        catalog = catalog or await self.provider.pull_catalog(today=TODAY)
        starts: dict[str, list[datetime]] = {person: [] for person in self.staff}
        for frame in await self.provider.pull_frames(catalog=catalog, days=[day]):
            if frame.location_external_id == HERE:
                starts[frame.staff_external_id].append(frame.starts_at)
        return {person: sorted(found) for person, found in starts.items()}


@asynccontextmanager
async def open_shop(folder: Path, *, technicians: bool = False, **account_fields: Any) -> AsyncIterator[Shop]:
    staff_settings = {"technicians": [{"id": one, "location_id": HERE} for one in TECHNICIANS]}
    config = SandboxConfig(accounts=[ShopMonkeyAccount(key="shop", api_key="contract", **account_fields)])
    app = create_app(folder, config=config, now=lambda: NOW)
    async with LocalServer(app) as server, httpx.AsyncClient(verify=TLS) as http:
        base_url = str(server.make_url("/shopmonkey/v3"))

        def account(**changes: Any) -> ProviderAccount:
            settings = SETTINGS | (staff_settings if technicians else {}) | changes.pop("settings", {})
            fields: dict[str, Any] = {
                "provider": "shopmonkey",
                "dialect": "",
                "base_url": base_url,
                "timezone": "America/Chicago",
                "currency": "USD",
                "secrets": {"api_key": "contract"},
                "settings": settings,
            }
            return ProviderAccount(**(fields | changes))

        yield Shop(
            sandbox=app[SANDBOX],
            provider=create_provider(account(), http),
            http=http,
            base_url=base_url,
            staff=TECHNICIANS if technicians else ["bay-1", "bay-2"],
            account=account,
        )
