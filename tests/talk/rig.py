"""The demo as `frontdesk chat` and the page find it: sandbox, web process and a dispatcher that runs by itself."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from providers.sandbox.context import SANDBOX
from providers.sandbox.server import create_app as create_sandbox
from tests.listening import serving
from tests.salon import Seeded, settings_for
from workers.dispatcher import Dispatcher
from workers.recorder import Recorder
from workers.resources import Resources, now, open_resources
from workers.settings import Settings
from workers.talk import talk
from workers.web import create_app


@dataclass(slots=True)
class Stage:
    """A running demo."""

    settings: Settings
    resources: Resources
    sandbox: web.Application
    seeded: Seeded
    http: httpx.AsyncClient

    @property
    def base(self) -> str:
        return self.settings.public_base_url

    async def orders(self) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.settings.sandbox_url}/_sandbox/orders")
        return answer.json()["orders"]

    async def fault(self, **fault: Any) -> None:
        answer = await self.http.post(
            f"{self.settings.sandbox_url}/_sandbox/faults", json={"faults": [fault], "replace": True}
        )
        assert answer.status_code == 200, answer.text

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.resources.pool.fetch(sql, *args)]

    async def receipts_told(self) -> None:
        await self.sandbox[SANDBOX].callbacks.idle()


@asynccontextmanager
async def open_stage(
    dsn: str, seeded: Seeded, folder: Path, *, dispatching: bool = True
) -> AsyncIterator[Stage]:
    sandbox_url = f"http://127.0.0.1:{seeded.sandbox_port}"
    settings = settings_for(
        dsn, seeded, dispatcher_interval_seconds=0.01, poll_after_seconds=0.01, live_tick_seconds=0.05
    ).model_copy(update={"simulator_enabled": True, "sandbox_url": sandbox_url})
    async with AsyncExitStack() as stack:
        sandbox = create_sandbox(folder, config=seeded.sandbox_config(), now=now)
        await stack.enter_async_context(serving(sandbox, seeded.sandbox_port))
        resources = await stack.enter_async_context(open_resources(settings, process="test"))
        recorder = await stack.enter_async_context(Recorder(resources.pool, look_seconds=0.02))
        await stack.enter_async_context(serving(create_app(resources, recorder), seeded.web_port))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=20))
        stage = Stage(settings, resources, sandbox, seeded, http)
        if dispatching:
            stopping = asyncio.Event()
            running = asyncio.create_task(Dispatcher(resources).run(stopping))
            stack.push_async_callback(asyncio.wait_for, running, 20)
            stack.callback(stopping.set)
        yield stage
        await stage.receipts_told()


@pytest.fixture
async def stage(salon_dsn: str, seeded: Seeded, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(salon_dsn, seeded, tmp_path) as opened:
        yield opened


async def chat(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *lines: str, surface: str = "whatsapp", **options: Any
) -> bool:
    """`printf … | frontdesk chat`; what it prints goes to the captured output."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    chosen = {"workspace": "nail-salon", "number": "+96550000123", "name": "", "patience": 15.0, **options}
    return await talk(stage.settings, surface=surface, **chosen)
