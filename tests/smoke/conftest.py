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
from pydantic import SecretStr

from tests.salon import Salon, open_salon
from tests.tls import TLS
from workers.dispatcher import Dispatcher
from workers.embedded import EmbeddedRedis
from workers.qa.client import Dashboard, Server
from workers.qa.expect import expected_templates
from workers.qa.neighbours import neighbours
from workers.qa.operator import DatabaseOperator, SandboxOrders, operating
from workers.qa.result import Run
from workers.qa.run import Place, run_checks
from workers.queue import MESSAGES_QUEUE, run_worker
from workers.resources import now, take_turns

RESET = "barber"
"""The template that the run makes as new at its end."""
CUSTOMERS = 18
"""Addresses that customers come from: with one for each template nobody waits for the chat's limits."""


@dataclass
class House:
    """A running Frontdesk and an operator of it."""

    salon: Salon
    operator: DatabaseOperator
    token: str
    redis: EmbeddedRedis

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.salon.seeded.web_port}"

    @asynccontextmanager
    async def place(self, transport: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[Place]:
        """What a run is led against. transport: for a server that answers something else."""
        async with (
            httpx.AsyncClient(base_url=self.url, timeout=30, transport=transport, verify=TLS) as http,
            neighbours(self.url, 0 if transport else CUSTOMERS) as customers,
        ):
            server = Server(http)
            yield Place(
                server=server,
                customers=customers,
                dashboard=Dashboard(server, self.token),
                clock=now,
                operator=self.operator,
                orders=SandboxOrders(self.salon.http, f"http://127.0.0.1:{self.salon.seeded.sandbox_port}"),
                version="the code under test",
            )


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def house(
    databases: Any, redis_server: EmbeddedRedis, seeded: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """As in production Redis wakes the worker that takes a turn, and the request that waits for its answer."""
    redis_server.start()
    name = databases.clone(seeded.database)
    sandbox = f"http://127.0.0.1:{seeded.sandbox_port}"
    folder: Path = tmp_path_factory.mktemp("smoke")
    try:
        async with open_salon(
            databases.server.dsn(name),
            seeded,
            folder,
            more={
                "sandbox_url": sandbox,
                "simulator_enabled": True,  # a demo, as `frontdesk qa` finds it
                "redis_url": SecretStr(redis_server.url),
            },
            dispatcher_interval_seconds=0.5,
            live_tick_seconds=2,
            arq_poll_ms=30,
        ) as salon:
            stopping = asyncio.Event()
            resources = salon.resources
            async with asyncio.TaskGroup() as processes:
                processes.create_task(Dispatcher(resources).run(stopping))
                processes.create_task(
                    run_worker(
                        resources.settings,
                        lambda conversation_id: take_turns(resources, conversation_id),
                        queue=MESSAGES_QUEUE,
                        stopping=stopping,
                    )
                )
                async with operating(salon.pool, resources.box, now()) as operator:
                    yield House(salon, operator, await operator.agency_token(), redis_server)
                stopping.set()
    finally:
        databases.drop(name)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def run(house: House) -> Run:
    """All checks over all templates, once for everybody who looks at what it found and what it left."""
    async with house.place() as place:
        return await run_checks(place, expected_templates(), reset=RESET)
