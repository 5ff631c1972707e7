"""The demo salon, whole and in one process: real PostgreSQL, the sandbox and the web process over real HTTP.

Redis is absent on purpose: what must work without it is tested without it. Turns are taken by a dispatcher
whose rounds the test drives (`settle`), so nothing sleeps and nothing runs by itself.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
from aiohttp import web
from pydantic import SecretStr

from bot.channels.contract import ChannelAccount, WebhookRequest
from bot.channels.simulator.acts import Act, SimulatedCustomer, message_id, tapped, typed
from bot.channels.simulator.screen import ShownMessage, read_sent
from bot.channels.simulator.webhooks import webhook
from db import accounts, schedules
from db.secrets import SecretBox
from db.tx import PoolLimits, open_pool
from providers.sandbox.config import SandboxConfig
from providers.sandbox.context import SANDBOX
from providers.sandbox.server import create_app as create_sandbox
from seeds.demo import seed_demo
from tests.listening import free_ports, serving
from tests.tls import TLS
from workers.dispatcher import Dispatcher
from workers.recorder import Recorder
from workers.resources import Resources, now, open_resources
from workers.settings import Settings, Timing
from workers.syncing import perform_run
from workers.web import create_app

KEY = base64.b64encode(b"k" * 32).decode()
ZONE = ZoneInfo("Asia/Kuwait")
NO_REDIS = "unix:///nonexistent/redis.sock"
SYNCED_DAYS = 4


@dataclass(frozen=True, slots=True)
class Seeded:
    """A database with the demo's businesses, synced; cloned for every test."""

    database: str
    web_port: int
    sandbox_port: int
    sandbox_accounts: list[dict[str, Any]] = field(repr=False)

    def sandbox_config(self, **callbacks: Any) -> SandboxConfig:
        return SandboxConfig.model_validate(
            {
                "accounts": self.sandbox_accounts,
                "callbacks": {"first_after_ms": 5, "step_ms": 5, "backoff_ms": 20, **callbacks},
            }
        )


async def seed(dsn: str, database: str, folder: Path, *, days: int = SYNCED_DAYS) -> Seeded:
    """Seeds and syncs once, against a sandbox that is thrown away afterwards. days: of free times."""
    web_port, sandbox_port = free_ports(2)
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    pool = await open_pool(dsn, PoolLimits(), application_name="seed")
    try:
        box = SecretBox([KEY])
        report = await seed_demo(
            pool, box=box, sandbox_url=sandbox_url, public_base_url=f"http://127.0.0.1:{web_port}"
        )
        seeded = Seeded(database, web_port, sandbox_port, report.sandbox_accounts)
        app = create_sandbox(folder, config=seeded.sandbox_config(), now=now)
        async with serving(app, sandbox_port), httpx.AsyncClient(timeout=20, verify=TLS) as http:
            from db import sync_runs

            while run := await sync_runs.claim_run(pool, claim_seconds=60):
                outcome = await perform_run(pool, box, http, run, now=now(), days=days)
                assert outcome.status == "done", outcome
    finally:
        await pool.close()
    return seeded


def settings_for(dsn: str, seeded: Seeded, **timing: Any) -> Settings:
    """As a process would read them; every wait is short."""
    return Settings(
        database_url=SecretStr(dsn),
        redis_url=SecretStr(NO_REDIS),
        public_base_url=f"http://127.0.0.1:{seeded.web_port}",
        port=seeded.web_port,
        frontdesk_secret_keys=SecretStr(KEY),
        timing=Timing(
            **{
                "poll_after_seconds": 0.001,
                "call_timeout_seconds": 3,
                "claim_seconds": 6,
                "unknown_grace_seconds": 0.3,
                "retry_pause_seconds": 0.05,
                "error_pause_seconds": 0.05,
                "payment_poll_seconds": 0.05,
                "progress_after_seconds": 60,
                "settle_seconds": 0,  # one line, one reply; who wants them merged says so
                "reserve_seconds": 0.2,
                "send_hold_seconds": 5,
                "refresh_wait_seconds": 0,  # no catalog process stands by; who wants one says so
                **timing,
            }
        ),
    )


@dataclass(slots=True)
class Phone:
    """A customer's phone on one channel of the salon."""

    salon: Salon
    account: ChannelAccount
    customer: SimulatedCustomer
    seen: int = 0
    messages: list[ShownMessage] = field(default_factory=list)

    async def post(self, act: Act, *, id: str | None = None) -> int:  # noqa: A002
        """The provider's signed webhook over HTTP; returns the status."""
        request = webhook(
            act,
            customer=self.customer,
            account=self.account,
            message_id=id or message_id(self.account.channel, uuid4().hex),
            at=now(),
        )
        return await self.salon.post(request)

    async def say(self, text: str) -> str:
        """Sends a line, lets everything happen, returns all that came back as one text."""
        return await self.act(typed(text))

    async def tap(self, title: str) -> str:
        """Taps the newest shown choice whose title contains the words."""
        for shown in reversed(self.messages):
            for choice in shown.choices:
                if title.lower() in choice.title.lower():
                    return await self.act(tapped(choice))
        titles = [choice.title for shown in self.messages for choice in shown.choices]
        raise AssertionError(f"no choice {title!r} among {titles}")

    async def act(self, act: Act) -> str:
        assert await self.post(act) == 200
        return await self.wait()

    async def wait(self) -> str:
        """Lets everything happen; returns what arrived since."""
        await self.salon.settle()
        fresh = await self.arrived()
        self.messages.extend(fresh)
        return "\n".join(shown.text for shown in fresh)

    async def arrived(self) -> list[ShownMessage]:
        channel = {"whatsapp": "meta", "twilio": "twilio"}[self.account.channel]
        answer = await self.salon.sandbox_get(
            "/_sandbox/messages",
            channel=channel,
            account=self.account.address if channel == "meta" else str(self.account.settings["account_sid"]),
            to=self.customer.phone or self.customer.user_id,
            after=self.seen,
        )
        self.seen = answer["next"]
        shown = [read_sent(self.account.channel, each["payload"]) for each in answer["messages"]]
        return [each for each in shown if each is not None]


@dataclass(slots=True)
class Salon:
    resources: Resources
    dispatcher: Dispatcher
    seeded: Seeded
    sandbox: web.Application
    http: httpx.AsyncClient
    workspace_ids: dict[str, UUID]
    channel_accounts: dict[tuple[str, str], ChannelAccount]

    @property
    def pool(self) -> Any:
        return self.resources.pool

    async def post(self, request: WebhookRequest) -> int:
        answer = await self.http.request(
            request.method, request.url, content=request.body, headers=dict(request.headers)
        )
        return answer.status_code

    def phone(
        self,
        number: str | None = "+96550000123",
        *,
        workspace: str = "nail-salon",
        channel: str = "whatsapp",
        name: str = "",
        user_id: str | None = None,
    ) -> Phone:
        account = self.channel_accounts[workspace, channel]
        return Phone(self, account, SimulatedCustomer(phone=number, user_id=user_id, name=name))

    async def settle(self, rounds: int = 40) -> None:
        """Dispatcher rounds until two in a row found nothing to do."""
        quiet = 0
        for _ in range(rounds):
            done = await self.dispatcher.take_waiting()
            done += await self.dispatcher.perform_leftovers()
            done += await self.dispatcher.settle_unknown()
            quiet = quiet + 1 if not done else 0
            if quiet == 2:
                return
        raise AssertionError(f"never quiet: {await schedules.queue_figures(self.pool)}")

    async def receipts(self) -> None:
        """Waits until the sandbox has told every delivery status."""
        await self.sandbox[SANDBOX].callbacks.idle()

    async def sandbox_get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.http.get(f"http://127.0.0.1:{self.seeded.sandbox_port}{path}", params=query)
        answer.raise_for_status()
        return answer.json()

    async def fault(self, provider: str, kind: str, call: str = "*", **more: Any) -> None:
        """Lets the sandbox misbehave; default: the next call."""
        fault = {"provider": provider, "kind": kind, "call": call, **(more or {"next_n": 1})}
        answer = await self.http.post(
            f"http://127.0.0.1:{self.seeded.sandbox_port}/_sandbox/faults", json={"faults": [fault]}
        )
        assert answer.status_code < 300, answer.text

    async def orders(self) -> list[dict[str, Any]]:
        """The sandbox's own ledger of orders: the only proof that counts."""
        found: list[dict[str, Any]] = (await self.sandbox_get("/_sandbox/orders"))["orders"]
        return found

    async def ledger(self, provider: str) -> list[dict[str, Any]]:
        """Everything the sandbox wrote down about one provider's calls."""
        found: list[dict[str, Any]] = (await self.sandbox_get(f"/_sandbox/ledger/{provider}", after=0))[
            "entries"
        ]
        return found

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(sql, *args)]


def tomorrow() -> datetime:
    return now().astimezone(ZONE) + timedelta(days=1)


@asynccontextmanager
async def open_salon(
    dsn: str, seeded: Seeded, folder: Path, *, more: Mapping[str, Any] | None = None, **timing: Any
) -> AsyncIterator[Salon]:
    """Everything up, on the ports the seeds know. more: further settings by name."""
    settings = settings_for(dsn, seeded, **timing).model_copy(update=more)
    async with AsyncExitStack() as stack:
        sandbox = create_sandbox(folder, config=seeded.sandbox_config(), now=now)
        await stack.enter_async_context(serving(sandbox, seeded.sandbox_port))
        resources = await stack.enter_async_context(open_resources(settings, process="test"))
        recorder = await stack.enter_async_context(Recorder(resources.pool))
        await stack.enter_async_context(serving(create_app(resources, recorder), seeded.web_port))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=20, verify=TLS))
        workspaces = {row.key: row.id for row in await accounts.list_workspaces(resources.pool)}
        opened: dict[tuple[str, str], ChannelAccount] = {}
        for row in await accounts.list_channel_accounts(resources.pool):
            key = next(key for key, each in workspaces.items() if each == row.workspace_id)
            opened[key, row.channel] = await resources.accounts.channel_account(
                row.id, workspace_id=row.workspace_id
            )
        yield Salon(resources, Dispatcher(resources), seeded, sandbox, http, workspaces, opened)
