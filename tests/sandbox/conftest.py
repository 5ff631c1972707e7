"""A sandbox over real HTTP with a clock the tests move, and helpers to talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from providers.sandbox.config import (
    Account,
    CallbackConfig,
    MetaAccount,
    NailItAccount,
    SandboxConfig,
    TwilioAccount,
    client_token,
)
from providers.sandbox.context import SANDBOX, Sandbox
from providers.sandbox.server import create_app
from tests.listening import LocalServer

SALON_TOKEN = client_token("test-salon")
STUDIO_TOKEN = client_token("test-studio")
PHONE_ID = "100000000000009"
META_TOKEN = "test-meta-token"
APP_SECRET = "app_secret_made_up"
SID = "AC" + "0" * 32
AUTH_TOKEN = "test_auth_token_123"
SMS_NUMBER = "+15555550111"
CUSTOMER = "+96550000123"


class Clock:
    """Friday 2026-11-20 12:00 in Kuwait until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@dataclass
class Received:
    """One callback that reached us."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A web server that takes status callbacks; `answers` are used up first, then 200."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(Received(str(request.url), dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@dataclass
class Served:
    """A running sandbox and a client for it."""

    client: TestClient[web.Request, web.Application]
    sandbox: Sandbox

    async def nailit(self, call: str, body: Any = None, *, token: str | None = SALON_TOKEN) -> dict[str, Any]:
        """The answer of a Nail It call: POST with a body, GET without."""
        headers = {"X-NailItMobile-SecurityToken": token} if token is not None else {}
        method = "GET" if body is None else "POST"
        async with self.client.request(method, f"/nailit/{call}", json=body, headers=headers) as response:
            assert response.status == 200
            return await response.json()

    async def meta(self, body: Any, *, token: str = META_TOKEN, phone_id: str = PHONE_ID) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.client.post(f"/v23.0/{phone_id}/messages", json=body, headers=headers) as response:
            return response.status, await response.json()

    async def twilio(self, form: Any, *, token: str = AUTH_TOKEN, sid: str = SID) -> tuple[int, Any]:
        headers = {"Authorization": aiohttp.encode_basic_auth(SID, token)}
        path = f"/2010-04-01/Accounts/{sid}/Messages.json"
        async with self.client.post(path, data=form, headers=headers) as response:
            return response.status, await response.json()

    async def control(self, path: str, body: Any = None) -> Any:
        method = "GET" if body is None else "POST"
        async with self.client.request(method, f"/_sandbox/{path}", json=body) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def fault(self, provider: str, kind: str, **more: Any) -> None:
        await self.control("faults", {"faults": [{"provider": provider, "kind": kind, **more}]})

    async def meta_wrote(self, customer: str = CUSTOMER, **more: Any) -> None:
        await self.control("meta/inbound", {"phone_number_id": PHONE_ID, "from": customer, **more})

    async def twilio_wrote(self, customer: str, to: str, body: str = "hi") -> None:
        await self.control("twilio/inbound", {"account_sid": SID, "from": customer, "to": to, "body": body})

    async def settled(self) -> None:
        """All status callbacks are delivered or given up."""
        await self.sandbox.callbacks.idle()


Start = Callable[..., Any]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    taken = Receiver()
    app = web.Application()
    app.router.add_post("/hooks/{name}", taken.take)
    async with LocalServer(app) as server:
        taken.url = str(server.make_url("/hooks/status"))
        yield taken


@pytest.fixture
def start(tmp_path: Path, clock: Clock, receiver: Receiver) -> Start:
    """`async with start(...)` runs a sandbox on the test's data folder."""

    @asynccontextmanager
    async def run(
        *,
        salon: dict[str, Any] | None = None,
        meta: dict[str, Any] | None = None,
        twilio: dict[str, Any] | None = None,
        callbacks: dict[str, Any] | None = None,
        **config: Any,
    ) -> AsyncIterator[Served]:
        accounts: list[Account] = [
            NailItAccount(key="salon", security_token=SALON_TOKEN, **(salon or {})),
            NailItAccount(key="studio", security_token=STUDIO_TOKEN),
            MetaAccount(
                phone_number_id=PHONE_ID,
                access_token=META_TOKEN,
                app_secret=APP_SECRET,
                webhook_url=receiver.url,
                **(meta or {}),
            ),
            TwilioAccount(
                account_sid=SID,
                auth_token=AUTH_TOKEN,
                numbers=[SMS_NUMBER],
                messaging_services=["MG" + "0" * 32],
                **(twilio or {}),
            ),
        ]
        fast = CallbackConfig(**{"first_after_ms": 0, "step_ms": 10, "backoff_ms": 1, **(callbacks or {})})
        settings = SandboxConfig(accounts=accounts, callbacks=fast, **config)
        app = create_app(tmp_path / "sandbox", config=settings, now=clock)
        async with TestClient(LocalServer(app)) as client:
            yield Served(client, app[SANDBOX])

    return run


@pytest.fixture
async def served(start: Start) -> AsyncIterator[Served]:
    async with start() as running:
        yield running


@pytest.fixture
def registered(served: Served) -> Callable[..., Awaitable[int]]:
    """Registers a customer and answers the `App_User_Id`."""

    async def register(mobile: str = CUSTOMER, token: str = SALON_TOKEN) -> int:
        body = {
            "Address": "",
            "Email_Id": "sara@example.com",
            "Name": "Sara Test",
            "Mobile": mobile,
            "Login_Type": 1,
            "Image_Name": "",
        }
        answer = await served.nailit("Register", body, token=token)
        return {key.strip(): value for key, value in answer.items()}["App_User_Id"]

    return register
