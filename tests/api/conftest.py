"""Three demo businesses with their sample talks, behind the real web process; and tokens for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from db import accounts, tokens
from db.tokens import Role, Scope
from db.tx import Pool
from tests.listening import free_ports, serving
from tests.salon import Seeded, settings_for
from tests.sampled import BARBER
from tests.tls import TLS
from workers.recorder import Recorder
from workers.resources import Resources, open_resources
from workers.web import create_app

TABLES = {
    "leads": "leads",
    "intents": "booking_intents",
    "bookings": "bookings",
    "handoffs": "handoffs",
    "conversations": "conversations",
}
"""The kinds that the read API has records of."""


@dataclass(slots=True)
class Api:
    """The web process, a client, and tokens by name: agency, barber (a client's)."""

    resources: Resources
    base: str
    http: httpx.AsyncClient
    tokens: dict[str, str]
    workspaces: dict[str, UUID]

    @property
    def pool(self) -> Pool:
        return self.resources.pool

    async def stored(self, kind: str, workspace: str = BARBER) -> list[dict[str, Any]]:
        """What the table holds of one business."""
        return await self.rows(
            f"SELECT * FROM {TABLES[kind]} WHERE workspace_id = $1", self.workspaces[workspace]
        )

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(sql, *args)]

    async def get(
        self, path: str, *, as_: str | None = "agency", workspace: str | None = None, **query: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[as_]}"} if as_ else {}
        if workspace:
            headers["X-Workspace"] = workspace
        return await self.http.get(f"{self.base}{path}", params=query or None, headers=headers)

    async def read(
        self, path: str, *, as_: str = "agency", workspace: str | None = BARBER, **query: Any
    ) -> Any:
        """The JSON of an answer that must be 200."""
        answer = await self.get(path, as_=as_, workspace=workspace, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, *, as_: str | None = "agency", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[as_]}"} if as_ else {}
        return await self.http.post(f"{self.base}{path}", json=body, headers=headers, **more)

    async def token(
        self, name: str, role: Role = Role.AGENCY, workspace: str | None = None, *scopes: Scope
    ) -> str:
        """Makes a token and keeps it under its name."""
        made = await tokens.create(
            self.pool,
            name=name,
            role=role,
            workspace_id=self.workspaces[workspace] if workspace else None,
            scopes=scopes or (Scope.ADMIN_READ,),
            created_by="test",
        )
        self.tokens[name] = made.token
        return made.prefix


@pytest.fixture
async def api(demo_dsn: str) -> AsyncIterator[Api]:
    web_port, sandbox_port = free_ports(2)
    settings = settings_for(demo_dsn, Seeded("", web_port, sandbox_port, []))
    async with (
        open_resources(settings, process="test") as resources,
        Recorder(resources.pool) as recorder,
        serving(create_app(resources, recorder), web_port),
        httpx.AsyncClient(timeout=20, verify=TLS) as http,
    ):
        keys = {row.key: row.id for row in await accounts.list_workspaces(resources.pool)}
        opened = Api(resources, f"http://127.0.0.1:{web_port}", http, {}, keys)
        await opened.token("agency", Role.AGENCY, None, Scope.ADMIN_READ, Scope.ADMIN_DEMO)
        await opened.token("barber", Role.CLIENT, BARBER)
        yield opened
