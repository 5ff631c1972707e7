"""The demo businesses on real servers for the bench: PostgreSQL with every commit on disk, Redis, our processes.

Seeded and synced once; each benchmark gets a clone of the database, so that none inherits another's rows.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import psutil
from aiohttp import web
from pydantic import SecretStr

from bench.wire import request_bytes
from bot.accounts import open_channel_account
from bot.channels.contract import ChannelAccount
from bot.channels.simulator.acts import SimulatedCustomer, message_id, typed
from bot.channels.simulator.webhooks import webhook
from db import accounts, sync_runs
from db.migrate import migrate
from db.secrets import SecretBox
from db.tx import PoolLimits, open_pool
from providers.sandbox.config import SandboxConfig
from providers.sandbox.server import create_app as create_sandbox
from seeds.demo import seed_demo
from workers.demo_env import free_port
from workers.embedded import EmbeddedPostgres, EmbeddedRedis
from workers.lifeline import dies_with_parent
from workers.resources import now
from workers.settings import PROJECT_ROOT, Settings, Timing, child_environment
from workers.syncing import perform_run

WORKSPACE = "nail-salon"
_KEY = base64.b64encode(b"b" * 32).decode()
_SYNCED_DAYS = 7
_READY_SECONDS = 30.0
_TEMPLATE = "bench_template"


@dataclass(slots=True)
class Process:
    """One of our processes, or a peer, with the watchdog's child."""

    popen: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """User and system time of the process and its living children since they started."""
        return _cpu_seconds(self.popen.pid)

    def memory_mb(self) -> float:
        """Resident memory of the heaviest of them: the child that works."""
        parent = psutil.Process(self.popen.pid)
        return max(each.memory_info().rss for each in [parent, *parent.children(recursive=True)]) / 1e6


@dataclass(slots=True)
class World:
    """What the benchmarks work with."""

    folder: Path
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis
    web_port: int
    api_port: int
    """Where the accounts' send APIs are looked for."""
    channels: dict[str, ChannelAccount] = field(default_factory=dict)
    """Of WORKSPACE, by channel."""
    workspaces: dict[str, UUID] = field(default_factory=dict)
    _databases: int = 0
    _started: int = 0

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a fresh copy of the seeded database; Redis is emptied, its bells were for another."""
        self.redis.wipe()
        self._databases += 1
        name = f"bench_{self._databases}"
        self.admin(f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}"')
        try:
            yield self.postgres.dsn(name)
        finally:
            self.admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def settings(self, dsn: str, **timing: Any) -> Settings:
        return Settings(
            database_url=SecretStr(dsn),
            redis_url=SecretStr(self.redis.url),
            public_base_url=f"http://127.0.0.1:{self.web_port}",
            port=self.web_port,
            frontdesk_secret_keys=SecretStr(_KEY),
            timing=Timing(**timing),
        )

    @contextmanager
    def process(self, name: str, dsn: str) -> Iterator[Process]:
        """`python -m workers.<name>` as a Procfile starts it, its log in the bench's folder."""
        environment = {
            "DATABASE_URL": dsn,
            "REDIS_URL": self.redis.url,
            "ENVIRONMENT": "development",
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{self.web_port}",
            "HOST": "127.0.0.1",
            "PORT": str(self.web_port),
            "FRONTDESK_SECRET_KEYS": _KEY,
            "LOG_FORMAT": "json",
            "FRONTDESK_SETTLE_SECONDS": "0",  # what waits for a customer's next line is no work
        }
        with self._spawn(f"workers.{name}", [], environment) as (popen, log):
            self._wait_for(log, f"{name}.started")
            yield Process(popen)

    @contextmanager
    def peer(self, name: str, port: int, send_api: str = "") -> Iterator[Process]:
        with self._spawn("bench.peers", [name, str(port), send_api], {}) as (popen, _):
            wait_for_port(port, "/api/health")
            yield Process(popen)

    def webhooks(
        self, channel: str, count: int, *, seed: str, customers: int, text: str = "Hi"
    ) -> list[bytes]:
        """Signed webhooks with distinct ids, of so many customers in turn."""
        return [
            self.webhook(channel, number % customers, seed=f"{seed}-{number}", text=text)
            for number in range(count)
        ]

    def webhook(self, channel: str, customer: int, *, seed: str, text: str) -> bytes:
        account = self.channels[channel]
        return request_bytes(
            webhook(
                typed(text),
                customer=SimulatedCustomer(phone=phone_of(customer), user_id=None, name="Test"),
                account=account,
                message_id=message_id(channel, seed),
                at=now(),
            )
        )

    def postgres_cpu(self) -> float:
        """CPU seconds of the server's living processes."""
        return _cpu_seconds(self.postgres.pid or 0)

    def redis_cpu(self) -> float:
        return _cpu_seconds(self.redis.pid or 0)

    def admin(self, statement: str) -> None:
        async def execute() -> None:
            connection = await asyncpg.connect(self.postgres.dsn())
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(execute())

    @contextmanager
    def _spawn(
        self, module: str, args: list[str], environment: dict[str, str]
    ) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
        self._started += 1
        file = self.folder / f"{self._started}-{module}.log"
        with file.open("wb") as log:
            popen = subprocess.Popen(
                [sys.executable, "-m", module, *args],
                cwd=PROJECT_ROOT,
                env=child_environment(**environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  (no threads yet)
            )
        try:
            yield popen, file
        finally:
            popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                popen.wait(10)
            popen.kill()
            popen.wait()

    def _wait_for(self, log: Path, words: str) -> None:
        """A process without a port says in its log that it is up. Raises TimeoutError."""
        deadline = time.monotonic() + _READY_SECONDS
        while words not in log.read_text():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{words} never came: {log.read_text()[-2000:]}")
            time.sleep(0.05)


def phone_of(customer: int) -> str:
    """Made up, of the range that the project's examples use."""
    return f"+9655000{customer:04d}"


def wait_for_port(port: int, path: str) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing answers on port {port}") from None
            time.sleep(0.05)


def _cpu_seconds(pid: int) -> float:
    total = 0.0
    process = psutil.Process(pid)
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            used = each.cpu_times()
            total += used.user + used.system
    return total


@contextmanager
def open_world() -> Iterator[World]:
    """Servers up, both demo businesses seeded and synced."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        postgres = EmbeddedPostgres(folder / "postgres")
        redis = EmbeddedRedis(folder / "redis")
        postgres.start()
        try:
            redis.start()
            web_port = free_port(18_080)
            world = World(folder, postgres, redis, web_port, free_port(18_081, taken=frozenset({web_port})))
            world.admin(f'CREATE DATABASE "{_TEMPLATE}"')
            asyncio.run(_seed(world))
            yield world
        finally:
            redis.stop()
            postgres.stop()


async def _seed(world: World) -> None:
    dsn = world.postgres.dsn(_TEMPLATE)
    await migrate(dsn)
    box = SecretBox([_KEY])
    base = f"http://127.0.0.1:{world.web_port}"
    pool = await open_pool(dsn, PoolLimits(), application_name="bench seed")
    try:
        report = await seed_demo(
            pool, box=box, sandbox_url=f"http://127.0.0.1:{world.api_port}", public_base_url=base
        )
        config = SandboxConfig.model_validate({"accounts": report.sandbox_accounts})
        sandbox = create_sandbox(world.folder, config=config, now=now)
        async with _serving(sandbox, world.api_port), httpx.AsyncClient(timeout=20) as http:
            while run := await sync_runs.claim_run(pool, claim_seconds=60):
                outcome = await perform_run(pool, box, http, run, now=now(), days=_SYNCED_DAYS)
                if outcome.error:
                    raise RuntimeError(outcome.error)
        world.workspaces = {row.key: row.id for row in await accounts.list_workspaces(pool)}
        for row in await accounts.list_channel_accounts(pool):
            if row.workspace_id == world.workspaces[WORKSPACE]:
                opened = open_channel_account(row, box, public_base_url=base)
                world.channels[row.channel] = opened
    finally:
        await pool.close()


@asynccontextmanager
async def _serving(app: web.Application, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
        yield
    finally:
        await runner.cleanup()
