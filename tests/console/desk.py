"""A console in this process: real tables, a browser's client, and everything around it made of values.

Redis and the workers are absent: rates count here, bells and live events are written down.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pyotp
from aiohttp import web
from argon2 import PasswordHasher

from bot.console.app import Console
from bot.console.passwords import Passwords
from bot.console.ports import ConsolePorts
from bot.live import Unwatched
from db import users
from db.accounts import list_workspaces
from db.secrets import SecretBox
from db.tx import Pool, Tx, tx
from db.users import Role
from tests.listening import free_ports, serving
from tests.salon import KEY
from tests.sampled import BARBER
from workers.resources import now

PASSWORD = "four words in a row"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass
class CountingRates:
    """As many places as asked for, for ever; `away`: nobody can count."""

    away: bool = False
    taken: dict[str, int] = field(default_factory=dict)

    async def wait(self, key: str, limit: int = 20, per_seconds: float = 60, *, fail_open: bool) -> float:
        if self.away:
            return 0 if fail_open else 5
        self.taken[key] = self.taken.get(key, 0) + 1
        return 0 if self.taken[key] <= limit else per_seconds


@dataclass
class Bells:
    rung: list[UUID] = field(default_factory=list)

    def ring(self, conversation_ids: Sequence[UUID]) -> None:
        self.rung.extend(conversation_ids)

    def ring_later(self, conversation_ids: Sequence[UUID], seconds: float) -> None:
        self.rung.extend(conversation_ids)


@dataclass
class Desk:
    pool: Pool
    url: str
    rates: CountingRates
    bells: Bells
    clock: list[datetime]
    """Its last entry is what the console takes for now; empty: the real clock."""
    workspaces: dict[str, UUID]

    async def user(
        self, email: str, role: Role = Role.AGENCY, workspace: str | None = None, **more: Any
    ) -> UUID:
        made = await users.create(
            self.pool,
            email=email,
            name=more.get("name", email.partition("@")[0].capitalize()),
            password_hash=CHEAP.hash(more.get("password", PASSWORD)),
            one_time=more.get("one_time", False),
            role=role,
            workspace_id=self.workspaces[workspace] if workspace else None,
        )
        assert made is not None
        return made

    @asynccontextmanager
    async def at(self, workspace: str = BARBER) -> AsyncIterator[Tx]:
        """A transaction of the business."""
        async with tx(self.pool, self.workspaces[workspace]) as transaction:
            yield transaction

    async def rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """What the tables hold of the barber."""
        async with self.at() as transaction:
            return await transaction.fetch(statement, *arguments)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        async with httpx.AsyncClient(base_url=self.url, timeout=20) as client:
            yield Browser(client)

    @asynccontextmanager
    async def signed_in(self, email: str, *, act_as: str | None = None) -> AsyncIterator[Browser]:
        """Somebody with a password and no second factor, acting as a workspace."""
        async with self.browser() as browser:
            answer = await browser.sign_in(email)
            assert answer.status_code == 303, answer.text
            if act_as is not None:
                chosen = await browser.post("/console/workspaces", workspace=act_as)
                assert chosen.status_code == 303, chosen.text
            yield browser


@dataclass
class Browser:
    """Keeps cookies and the token of the last form it saw, follows nothing by itself."""

    client: httpx.AsyncClient
    token: str = ""

    async def get(self, path: str, **query: Any) -> httpx.Response:
        answer = await self.client.get(path, params=query or None)
        self._read(answer)
        return answer

    async def post(self, path: str, /, token: str | None = None, **form: Any) -> httpx.Response:
        answer = await self.client.post(path, data={"csrf": self.token if token is None else token, **form})
        self._read(answer)
        return answer

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """To the page that it ends with, by hand, so that each step's token is read."""
        for _ in range(5):
            if answer.status_code != 303:
                return answer
            answer = await self.get(answer.headers["location"])
        raise AssertionError(f"led around in circles: {answer.headers['location']}")

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        await self.get("/console/sign-in")
        answer = await self.post("/console/sign-in", email=email, password=password)
        if answer.status_code == 303:
            await self.follow(answer)
        return answer

    def _read(self, answer: httpx.Response) -> None:
        if found := _TOKEN.search(answer.text):
            self.token = found[1]


def code_of(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


@asynccontextmanager
async def open_desk(pool: Pool, **more: Any) -> AsyncIterator[Desk]:
    """more: further fields of ConsolePorts."""
    (port,) = free_ports(1)
    url = f"http://localhost:{port}"
    rates, bells, clock = CountingRates(), Bells(), []
    ports = ConsolePorts(
        **{
            "pool": pool,
            "box": SecretBox([KEY]),
            "clock": lambda: clock[-1] if clock else now(),
            "rates": rates,
            "live": Unwatched(),
            "bell": bells,
            "ring_catalog": bells.ring,
            "public_base_url": url,
            "second_factor_may_wait": True,
            **more,
        }
    )
    console = Console(ports, Passwords(CHEAP))
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.add_routes(console.routes())
    app.on_shutdown.append(console.close)
    workspaces = {row.key: row.id for row in await list_workspaces(pool)}
    async with serving(app, port):
        yield Desk(pool, url, rates, bells, clock, workspaces)
