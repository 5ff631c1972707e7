"""Every booking provider against a server that speaks its protocol, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.contract import (
    BookingProvider,
    CatalogRecord,
    FrameRecord,
    OrderLine,
    OrderRequest,
    ProviderAccount,
    ServiceRecord,
)
from providers.registry import create_provider
from providers.sandbox.config import NailItAccount, SandboxConfig, client_token
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.faults import Fault, FaultKind
from providers.sandbox.server import create_app
from tests.listening import LocalServer
from tests.tls import TLS

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)  # a Sunday, 09:00 in Kuwait
TODAY = date(2026, 3, 1)
DIALECTS = {"nailit-v2": "v2", "nailit-facade": "facade"}
IMPATIENT_SECONDS = 0.5

_CATALOGS: dict[str, CatalogRecord] = {}
"""Pulled once per dialect for the tests that only need something to order."""


@dataclass(slots=True)
class Salon:
    """One account of the sandbox, its adapter, and what the server itself wrote down."""

    sandbox: Sandbox
    provider: BookingProvider
    http: httpx.AsyncClient
    order_call: str
    clock: dict[str, datetime]
    base_url: str
    account: Callable[..., ProviderAccount]

    def fault(self, kind: FaultKind, call: str, **options: Any) -> None:
        self.sandbox.faults.add([Fault(provider="nailit", call=call, kind=kind, **options)])

    def impatient(self) -> BookingProvider:
        """The same account with a short time limit, for tests in which the server is slow."""
        settings = {"call_timeout_seconds": IMPATIENT_SECONDS, "read_attempts": 1}
        return create_provider(self.account(settings=settings), self.http)

    def heal(self) -> None:
        self.sandbox.faults.clear()

    def ledger(self, kind: str) -> list[dict[str, Any]]:
        return [entry.data for entry in self.sandbox.ledgers["nailit"].entries if entry.kind == kind]


@pytest.fixture(params=sorted(DIALECTS))
async def salon(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Salon]:
    dialect = DIALECTS[request.param]
    token = client_token("contract")
    clock = {"now": NOW}
    config = SandboxConfig(accounts=[NailItAccount(key="salon", security_token=token)])
    app = create_app(tmp_path, config=config, now=lambda: clock["now"])
    async with LocalServer(app) as server, httpx.AsyncClient(verify=TLS) as http:
        base_url = str(server.make_url("/nailit"))

        def account(**changes: Any) -> ProviderAccount:
            fields: dict[str, Any] = {
                "provider": "nailit",
                "dialect": dialect,
                "base_url": base_url,
                "timezone": "Asia/Kuwait",
                "currency": "KWD",
                "secrets": {"security_token": token},
                "settings": {"read_attempts": 2, "read_first_wait_seconds": 0.001},
            }
            return ProviderAccount(**(fields | changes))

        yield Salon(
            sandbox=app[SANDBOX],
            provider=create_provider(account(), http),
            http=http,
            order_call="SaveOrder" if dialect == "v2" else "AddOrder",
            clock=clock,
            base_url=base_url,
            account=account,
        )


def order_for(
    service: ServiceRecord, frames: list[FrameRecord], *, size: str | None = None, payment_type: str = "2"
) -> OrderRequest:
    """An order of one service in the first gap of the frames' first person that is long enough."""
    needed = -(-service.minutes // 30)
    for first in range(len(frames) - needed + 1):
        gap = frames[first : first + needed]
        if all(one.ends_at == two.starts_at for one, two in pairwise(gap)):
            break
    else:
        raise AssertionError("no gap is long enough")
    sizes = {one.external_id: one for one in service.sizes}
    line = OrderLine(
        service_external_id=service.external_id,
        service_name=service.names["en"],
        size_external_id=size,
        size_name=sizes[size].names["en"] if size else "",
        staff_external_id=gap[0].staff_external_id,
        starts_at=gap[0].starts_at,
        minutes=service.minutes,
        frame_external_ids=tuple(frame.external_id for frame in gap),
        price_minor=sizes[size].price_minor if size else service.price_minor,
    )
    return OrderRequest(
        reference="booking-1",
        location_external_id=gap[0].location_external_id,
        customer_name="Sara Test",
        customer_phone="+96550000123",
        customer_email="sara@example.com",
        payment_type_external_id=payment_type,
        currency="KWD",
        lines=(line,),
    )


async def bookable(
    salon: Salon, service_id: str = "102", day: date = TODAY + timedelta(days=1)
) -> tuple[CatalogRecord, ServiceRecord, list[FrameRecord]]:
    """The catalog, a service of it, and the free frames of the first person who performs it that day."""
    catalog = _CATALOGS.get(salon.order_call) or await salon.provider.pull_catalog(today=TODAY)
    _CATALOGS[salon.order_call] = catalog
    service = next(one for one in catalog.services if one.external_id == service_id)
    performers = [
        person.external_id
        for person in catalog.staff
        if person.extra_minutes == 0
        and (person.service_external_ids is None or service_id in person.service_external_ids)
    ]
    frames = await salon.provider.pull_frames(catalog=catalog, days=[day])
    mine = [frame for frame in frames if frame.staff_external_id == performers[0]]
    return catalog, service, sorted(mine, key=lambda frame: frame.starts_at)
