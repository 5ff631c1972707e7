"""The product as it runs in earnest: its processes as children, its servers behind fault proxies.

Every process does what `python -m workers.…` or `frontdesk sandbox` does, started by this module and started again
when it dies; only its imports are inherited (tests/faults/nursery.py). Failpoints and switched-off guards belong to
one start only: what comes back after a kill is sound.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiohttp
import asyncpg
import psutil

from tests.faults.nursery import Child, Nursery, open_nursery
from tests.faults.proxy import Address, Proxy
from tests.listening import free_ports
from tests.salon import KEY, Seeded
from workers.embedded import EmbeddedPostgres, EmbeddedRedis

ROOT = Path(__file__).resolve().parents[2]

COMMANDS = {"web": "workers.web", "messages": "workers.messages", "dispatcher": "workers.dispatcher"}
SANDBOX = "sandbox"
PROCESSES = (*COMMANDS, SANDBOX)
_STARTED = {name: f"{name}.started" for name in COMMANDS}
_RESTART_PAUSE = 0.1
_READY_SECONDS = 40

TIMING: dict[str, float] = {
    "LEASE_SECONDS": 3,
    "TURN_BUDGET_SECONDS": 2.5,
    "POLL_AFTER_SECONDS": 0.4,
    "DISPATCHER_INTERVAL_SECONDS": 0.2,
    "ERROR_PAUSE_SECONDS": 0.2,
    "RESERVE_SECONDS": 0.8,
    "RETRY_PAUSE_SECONDS": 0.2,
    "CLAIM_SECONDS": 3.5,
    "CALL_TIMEOUT_SECONDS": 2,
    "UNKNOWN_GRACE_SECONDS": 2.5,
    "SEND_HOLD_SECONDS": 60,
    "PAYMENT_POLL_SECONDS": 1,
    "PROGRESS_AFTER_SECONDS": 30,
    "WATCHDOG_SECONDS": 0,
    "JOB_TIMEOUT_SECONDS": 12,
    "REDIS_TIMEOUT_SECONDS": 0.5,
    "ACQUIRE_TIMEOUT_SECONDS": 3,
    "COMMAND_TIMEOUT_SECONDS": 3,
    "STATEMENT_TIMEOUT_SECONDS": 2.5,
    "LOCK_TIMEOUT_SECONDS": 2,
    "IDLE_IN_TRANSACTION_SECONDS": 3,
    "REFRESH_WAIT_SECONDS": 0,
}
"""A tenth of production's, in seconds. The grace stays longer than a delivery receipt needs to come back."""


@dataclass(slots=True)
class Process:
    """One process kept alive. `armed` holds failpoints and guards for the next start only."""

    name: str
    nursery: Nursery
    module: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    armed: str = ""
    overrides: dict[str, str] = field(default_factory=dict)
    """More environment for the next start only."""
    child: Child | None = None
    starts: int = 0
    ends: list[int] = field(default_factory=list)
    """Exit codes, -9 for a kill, in order."""
    _keeper: asyncio.Task[None] | None = None
    _wanted: bool = True
    _ready_before: int = 0

    def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def stop(self) -> None:
        self._wanted = False
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        child = self.child
        if child is not None and child.returncode is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGKILL)
            await child.wait()

    async def restart(self, armed: str = "", **timing: float) -> None:
        """A fresh start, with these failpoints, guards and time constants; returns when it is ready to work."""
        self.armed = armed
        self.overrides = {f"FRONTDESK_{name}": f"{value:g}" for name, value in timing.items()}
        before = self.starts
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        await until(lambda: self.starts > before, f"{self.name} is started again")
        await self.ready()

    def signal(self, number: signal.Signals) -> bool:
        """False: there is nobody at the moment."""
        child = self.child
        if child is None or child.returncode is not None:
            return False
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)
            return True
        return False

    def frozen(self) -> bool:
        """Stopped by SIGSTOP."""
        child = self.child
        if child is None or child.returncode is not None:
            return False
        try:
            return psutil.Process(child.pid).status() == psutil.STATUS_STOPPED
        except psutil.NoSuchProcess:
            return False

    def said(self, words: str) -> int:
        """How often the words stand in its log, over all its lives."""
        return self.log.read_text(errors="replace").count(words) if self.log.exists() else 0

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""

    async def ready(self) -> None:
        """Returns when the present life has said that it started."""
        if self.name in _STARTED:
            try:
                await until(lambda: self.said(_STARTED[self.name]) > self._ready_before, f"{self.name} is up")
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self.last_words()}") from None

    async def _keep(self) -> None:
        while self._wanted:
            if self.name in _STARTED:
                self._ready_before = self.said(_STARTED[self.name])
            environment = {**self.environment, **self.overrides, "FRONTDESK_FAILPOINTS": self.armed}
            self.armed, self.overrides = "", {}
            self.child = await self.nursery.start(self.module, self.arguments, environment, self.log)
            self.starts += 1
            self.ends.append(await self.child.wait())
            await asyncio.sleep(_RESTART_PAUSE)


@dataclass(slots=True)
class Stand:
    """Everything up: what a test or the monkey takes hold of."""

    processes: dict[str, Process]
    databases: dict[str, Proxy]
    """Per process: what stands between it and PostgreSQL."""
    redis: Proxy
    sandbox_proxy: Proxy
    redis_server: EmbeddedRedis
    postgres: EmbeddedPostgres
    dsn: str
    """Past the proxies, for the harness itself."""
    seeded: Seeded
    folder: Path
    sandbox_port: int
    http: aiohttp.ClientSession

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.seeded.web_port}"

    @property
    def ledgers(self) -> Path:
        """The sandbox's folder; its files outlive any process."""
        return self.folder / "sandbox"

    def proxies(self) -> list[Proxy]:
        return [*self.databases.values(), self.redis, self.sandbox_proxy]

    async def ready(self) -> None:
        for process in self.processes.values():
            await process.ready()
        await until_answers(self.http, f"{self.sandbox_url}/_sandbox/health")
        await until_answers(self.http, f"{self.web_url}/api/health/live")

    async def terminate_sessions(self) -> int:
        """Ends every database session of the processes, as an administrator or a failover does."""
        connection = await asyncpg.connect(self.dsn)
        try:
            ended = await connection.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name LIKE 'frontdesk %'"
            )
        finally:
            await connection.close()
        return len(ended)

    async def misbehave(
        self, *faults: dict[str, Any], replace: bool = False, seed: int | None = None
    ) -> None:
        """Tells the sandbox how to go wrong (providers/sandbox/README.md, Faults)."""
        body = {"faults": list(faults), "replace": replace, "seed": seed}
        async with self.http.post(f"{self.sandbox_url}/_sandbox/faults", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def heal(self) -> None:
        """Ends every fault: proxies, frozen processes, Redis, the sandbox's manners."""
        for proxy in self.proxies():
            proxy.heal()
        for process in self.processes.values():
            process.signal(signal.SIGCONT)
        if not self.postgres.alive():
            self.postgres.start()
        self.redis_server.start()
        await self.ready()
        await self.misbehave(replace=True)


async def until(done: Callable[[], bool], what: str, seconds: float = _READY_SECONDS) -> None:
    """Waits until `done()`. Raises AssertionError with the words after the time."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.03)


async def until_answers(http: aiohttp.ClientSession, url: str, seconds: float = _READY_SECONDS) -> None:
    """Waits until somebody answers this address at all."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with http.get(url):
                return
        assert time.monotonic() < deadline, f"nobody answers {url} within {seconds:g} s"
        await asyncio.sleep(0.05)


def _postgres_socket(dsn: str) -> tuple[Path, str]:
    parts = urlsplit(dsn)
    folder = unquote(parse_qs(parts.query)["host"][0])
    return Path(folder) / ".s.PGSQL.5432", parts.path.lstrip("/")


def _redis_socket(url: str) -> Path:
    return Path(unquote(urlsplit(url).path))


@asynccontextmanager
async def open_stand(
    *,
    dsn: str,
    seeded: Seeded,
    postgres: EmbeddedPostgres,
    redis: EmbeddedRedis,
    folder: Path,
    **timing: float,
) -> AsyncIterator[Stand]:
    """Starts everything on ports of its own (and the two the seeds know); ends all of it on leaving.

    timing: overrides of TIMING, names without the prefix.
    """
    sandbox_port, redis_port, *database_ports = free_ports(2 + len(COMMANDS))
    socket, database = _postgres_socket(dsn)
    async with AsyncExitStack() as stack:
        databases = {
            name: Proxy(Address(socket=socket), port)
            for name, port in zip(COMMANDS, database_ports, strict=True)
        }
        redis_proxy = Proxy(Address(socket=_redis_socket(redis.url)), redis_port)
        sandbox_proxy = Proxy(Address(port=sandbox_port), seeded.sandbox_port)
        for proxy in (*databases.values(), redis_proxy, sandbox_proxy):
            await proxy.start()
            stack.push_async_callback(proxy.stop)
        (folder / "sandbox").mkdir(parents=True, exist_ok=True)
        config = folder / "sandbox.json"
        callbacks = {"first_after_ms": 20, "step_ms": 30, "backoff_ms": 150, "attempts": 8}
        config.write_text(json.dumps(seeded.sandbox_config(**callbacks).model_dump(mode="json")))
        common = {
            name: value for name in ("PATH", "HOME", "LANG", "TMPDIR") if (value := os.environ.get(name))
        } | {
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{seeded.web_port}",
            "PORT": str(seeded.web_port),
            "FRONTDESK_SECRET_KEYS": KEY,
            "LOG_FORMAT": "json",
            **{f"FRONTDESK_{name}": f"{value:g}" for name, value in {**TIMING, **timing}.items()},
        }
        processes: dict[str, Process] = {}
        nursery = await stack.enter_async_context(open_nursery(folder / "nursery.log"))
        for name, module in COMMANDS.items():
            dsn_of = f"postgresql://postgres@127.0.0.1:{databases[name].port}/{database}?sslmode=disable"
            processes[name] = Process(
                name, nursery, module, (), {**common, "DATABASE_URL": dsn_of}, folder / f"{name}.log"
            )
        processes[SANDBOX] = Process(
            SANDBOX,
            nursery,
            "workers.cli",
            (
                *("sandbox", "--port", str(sandbox_port)),
                *("--data-dir", str(folder / "sandbox"), "--config", str(config)),
            ),
            dict(common),
            folder / "sandbox.log",
        )
        http = await stack.enter_async_context(
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=10), connector=aiohttp.TCPConnector(limit=0)
            )
        )
        for process in processes.values():
            stack.push_async_callback(process.stop)
            process.start()
        stand = Stand(
            processes=processes,
            databases=databases,
            redis=redis_proxy,
            sandbox_proxy=sandbox_proxy,
            redis_server=redis,
            postgres=postgres,
            dsn=dsn,
            seeded=seeded,
            folder=folder,
            sandbox_port=sandbox_port,
            http=http,
        )
        await until(lambda: all(process.starts for process in processes.values()), "all is started")
        await stand.ready()
        yield stand
