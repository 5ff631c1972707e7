"""One server for all of it: the demo's database, every process's work in this one, and the checks' own client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.salon import Salon, open_salon
from workers.dispatcher import Dispatcher
from workers.qa.client import Dashboard, Server
from workers.qa.operator import DatabaseOperator, SandboxOrders, operating
from workers.qa.run import Place
from workers.resources import now

INTERVAL_SECONDS = 0.03


@dataclass
class House:
    """A running Frontdesk and an operator of it."""

    salon: Salon
    operator: DatabaseOperator
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.salon.seeded.web_port}"

    @asynccontextmanager
    async def place(self, transport: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[Place]:
        """What a run is led against. transport: for a server that answers something else."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30, transport=transport) as http:
            server = Server(http)
            yield Place(
                server=server,
                dashboard=Dashboard(server, self.token),
                clock=now,
                operator=self.operator,
                orders=SandboxOrders(self.salon.http, f"http://127.0.0.1:{self.salon.seeded.sandbox_port}"),
                version="the code under test",
            )


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def house(
    databases: Any, seeded: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    name = databases.clone(seeded.database)
    sandbox = f"http://127.0.0.1:{seeded.sandbox_port}"
    folder: Path = tmp_path_factory.mktemp("smoke")
    try:
        async with open_salon(
            databases.server.dsn(name),
            seeded,
            folder,
            more={"sandbox_url": sandbox},
            dispatcher_interval_seconds=INTERVAL_SECONDS,
            live_tick_seconds=INTERVAL_SECONDS,
        ) as salon:
            stopping = asyncio.Event()
            dispatching = asyncio.create_task(Dispatcher(salon.resources).run(stopping))
            async with operating(salon.pool, salon.resources.box, now()) as operator:
                yield House(salon, operator, await operator.agency_token())
            stopping.set()
            await dispatching
    finally:
        databases.drop(name)
