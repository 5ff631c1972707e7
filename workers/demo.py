"""What `make demo` runs: everything on this machine, and Ctrl-C stops all of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

import asyncpg
import httpx
import typer

from db.accounts import list_provider_accounts
from db.failures import DATABASE_FAILURES
from db.migrate import MigrationError, migrate
from db.secrets import SecretBox, SecretError
from db.sync_runs import request_run
from db.sync_status import last_done_sync
from db.tx import Pool, PoolLimits, open_pool, tx
from seeds.demo import seed_demo
from workers.demo_env import free_port, new_secret_key, read_demo_env, write_demo_env
from workers.demo_token import demo_token
from workers.demo_user import DEMO_EMAIL, one_time_password
from workers.demos import set_up_missing
from workers.embedded import EmbeddedPostgres, EmbeddedRedis
from workers.embedded_process import EmbeddedError, lock_file
from workers.settings import child_environment
from workers.supervisor import ProcessSpec, Supervisor
from workers.templates import Installation, TemplateRefused

_DATABASE = "frontdesk"
_READY_SECONDS = 60.0
_SET_UP_TRIES = 15
_SET_UP_PAUSE_SECONDS = 2.0
_PROCESSES = ("web", "messages", "catalog", "dispatcher")


class DemoError(Exception):
    """The demo can't go on. The message is one plain line."""


@dataclass(frozen=True, slots=True)
class _Ports:
    web: int
    sandbox: int


def run_demo(data_dir: Path, *, web_port: int, sandbox_port: int, llm: bool = False) -> int:
    """Run the demo until a signal ends it. Returns the exit code. llm: with the sandbox's language models.

    Raises:
        DemoError, EmbeddedError: it can't run; one plain line says why.
    """
    with _hold(data_dir):
        return asyncio.run(_Demo(data_dir.absolute(), web_port, sandbox_port, llm=llm).run())


def _hold(data_dir: Path) -> IO[str]:
    """Be the only demo of this folder."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = lock_file(data_dir / "demo.lock")
        pid = "" if handle else (data_dir / "demo.lock").read_text().strip()
    except PermissionError as error:
        raise DemoError(
            f"{error.filename} belongs to another user: start as that user, or remove {data_dir}."
        ) from None
    if handle is None:
        url = read_demo_env(data_dir / "demo.env").get("PUBLIC_BASE_URL", "")
        raise DemoError(f"A demo is running already (process {pid}) {url}. Stop it with Ctrl-C there.")
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


class _Demo:
    def __init__(self, data_dir: Path, web_port: int, sandbox_port: int, *, llm: bool) -> None:
        self._data_dir = data_dir
        self._llm = llm
        self._wanted = _Ports(web_port, sandbox_port)
        self._started = time.monotonic()
        self._supervisor = Supervisor(data_dir / "log", _say)
        self._postgres = EmbeddedPostgres(data_dir / "postgres")
        self._redis = EmbeddedRedis(data_dir / "redis")

    async def run(self) -> int:
        """Start, serve until a signal, stop. Returns the exit code."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_signal() -> None:
            if stop.is_set():
                self._supervisor.kill()
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, on_signal)
        stopping = asyncio.create_task(stop.wait())
        starting = asyncio.create_task(self._start())
        code = 0
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
                await stopping
        except (DemoError, EmbeddedError) as error:
            _say(str(error))
            code = 1
        finally:
            starting.cancel()
            stopping.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
            _say("Stopping ...")
            await self._supervisor.stop()
        _say("Stopped. The data is kept; `make demo` goes on from here.")
        return code

    async def _start(self) -> None:
        _say("Starting PostgreSQL and Redis ...")
        self._supervisor.add_server(self._postgres)
        self._supervisor.add_server(self._redis)
        await _create_database(self._postgres)
        environment = self._settings()
        dsn = environment["DATABASE_URL"]

        try:
            applied = await migrate(dsn)
        except MigrationError as error:
            raise DemoError(f"the database can't be brought up to date: {error}") from None
        if applied:
            _say(f"Database made: {len(applied)} migrations applied.")

        sandbox = environment["SANDBOX_URL"]
        self._add(
            "sandbox", ["workers.cli", "sandbox", "--port", sandbox.rpartition(":")[2],
                        "--data-dir", str(self._data_dir / "sandbox")], environment,
        )  # fmt: skip
        await self._wait_for("the sandbox", lambda: _answers(f"{sandbox}/_sandbox/health"))

        token = await self._seed(environment)
        for name in _PROCESSES:
            self._add(name, [f"workers.{name}"], environment)
        web = environment["PUBLIC_BASE_URL"]
        await self._wait_for("the web process", lambda: _answers(f"{web}/api/health"))
        await self._first_sync(dsn)
        password = await self._operator(dsn)
        self._greet(web, sandbox, token, password)
        await self._set_up_templates(environment)

    async def _seed(self, environment: dict[str, str]) -> str:
        """The demo's businesses in the database, and their accounts in the sandbox. Returns the API's token."""
        pool = await open_pool(
            environment["DATABASE_URL"], PoolLimits(max_size=2), application_name="frontdesk demo"
        )
        try:
            report = await seed_demo(
                pool,
                box=SecretBox(environment["FRONTDESK_SECRET_KEYS"].split(",")),
                sandbox_url=environment["SANDBOX_URL"],
                public_base_url=environment["PUBLIC_BASE_URL"],
            )
            token = await demo_token(pool, self._data_dir / "api-token")
        except SecretError as error:
            raise DemoError(f"{error}. Remove {self._data_dir} to begin anew.") from None
        finally:
            await pool.close()
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            answer = await client.post(
                f"{environment['SANDBOX_URL']}/_sandbox/accounts", json={"accounts": report.sandbox_accounts}
            )
        if answer.is_error:
            raise DemoError(f"the sandbox refused the salons' accounts ({answer.status_code})")
        return token

    async def _set_up_templates(self, environment: dict[str, str]) -> None:
        """The businesses of /demo, after the demo said that it is ready: nobody has to wait for them."""
        for _ in range(_SET_UP_TRIES):
            try:
                made = await _set_up_missing(environment)
            except TemplateRefused as error:
                _say(f"Not all businesses of /demo could be set up: {error}")
                return
            except DATABASE_FAILURES:  # it is being restarted
                await asyncio.sleep(_SET_UP_PAUSE_SECONDS)
            else:
                if made:
                    _say(f"{made} more businesses are set up: {environment['PUBLIC_BASE_URL']}/demo")
                return

    async def _operator(self, dsn: str) -> str | None:
        """A one-time password for the console, until the operator has chosen his own."""
        pool = await open_pool(dsn, PoolLimits(max_size=1), application_name="frontdesk demo")
        try:
            return await one_time_password(pool)
        finally:
            await pool.close()

    async def _first_sync(self, dsn: str) -> None:
        """See that every salon has its catalog, without which a chat has nothing to offer."""
        pool = await open_pool(dsn, PoolLimits(max_size=2), application_name="frontdesk demo")
        try:
            owners = [row.workspace_id for row in await list_provider_accounts(pool) if row.enabled]
            waiting = {workspace for workspace in owners if not await _is_synced(pool, workspace)}
            for workspace in waiting:
                async with tx(pool, workspace) as work:
                    await request_run(work, kind="full", trigger="seed")
            if waiting:
                _say("Fetching the salons' catalogs ...")

            async def synced() -> bool:
                return all([await _is_synced(pool, workspace) for workspace in waiting])

            await self._wait_for("the first catalog sync", synced)
        finally:
            await pool.close()

    def _add(self, name: str, module: list[str], environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", *module]
        self._supervisor.add(ProcessSpec(name, command, child_environment(**environment)))

    def _settings(self) -> dict[str, str]:
        """All settings of the demo's processes, kept in var/demo.env."""
        file = self._data_dir / "demo.env"
        kept = read_demo_env(file)
        web = free_port(self._wanted.web)
        sandbox = free_port(self._wanted.sandbox, taken=frozenset({web}))
        for title, wanted, port in (
            ("web", self._wanted.web, web),
            ("sandbox", self._wanted.sandbox, sandbox),
        ):
            if port != wanted:
                _say(f"Port {wanted} is in use; {title} listens on {port}.")
        sandbox_url = f"http://127.0.0.1:{sandbox}"
        values = {
            "DATABASE_URL": self._postgres.dsn(_DATABASE),
            "REDIS_URL": self._redis.url,
            "ENVIRONMENT": "development",
            "PUBLIC_BASE_URL": f"http://localhost:{web}",
            "HOST": "127.0.0.1",
            "PORT": str(web),
            "FRONTDESK_SECRET_KEYS": kept.get("FRONTDESK_SECRET_KEYS") or new_secret_key(),
            "SANDBOX_URL": sandbox_url,
            "META_GRAPH_BASE_URL": sandbox_url,
            "TWILIO_API_BASE_URL": sandbox_url,
            # Whatever keys the shell holds: the demo's made-up customers are nobody else's business.
            "OPENAI_API_KEY": "sandbox-openai" if self._llm else "",
            "OPENAI_BASE_URL": f"{sandbox_url}/openai",
            "ANTHROPIC_API_KEY": "sandbox-anthropic" if self._llm else "",
            "ANTHROPIC_BASE_URL": f"{sandbox_url}/anthropic",
            # Mails end in the sandbox, where they can be read.
            "POSTMARK_SERVER_TOKEN": "sandbox-postmark",
            "POSTMARK_API_BASE_URL": f"{sandbox_url}/postmark",
            "POSTMARK_WEBHOOK_PASSWORD": "",
            "SMTP_URL": "",
            "MAIL_FROM": "bookings@frontdesk.example.com",
            "SIMULATOR_ENABLED": "1",
            "LOG_FORMAT": "json",
        }
        try:
            write_demo_env(file, values)
        except PermissionError:
            raise DemoError(f"{file} belongs to another user; remove it.") from None
        return values

    async def _wait_for(self, title: str, ready: Callable[[], Awaitable[bool]]) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not await ready():
            if reason := self._supervisor.failing():
                raise DemoError(reason)
            if time.monotonic() > deadline:
                raise DemoError(
                    f"{title} did not answer in {_READY_SECONDS:.0f} s, see {self._data_dir / 'log'}"
                )
            await asyncio.sleep(0.1)

    def _greet(self, web: str, sandbox: str, token: str, password: str | None) -> None:
        took = time.monotonic() - self._started
        _say(
            f"\nReady in {took:.1f} s.\n\n"
            f"  console   {web}/console/\n"
            f"            e-mail {DEMO_EMAIL}, {_password_words(password)}\n"
            f"  phone     {web}/simulator  (a customer's phone in the browser)\n"
            f"  web chat  {web}/demo  (eighteen businesses with a chat on their page)\n"
            f"  sandbox   {sandbox}/_sandbox/  (what the providers received)\n"
            f"  mails     {sandbox}/_sandbox/mails  (to addresses at example.com)\n"
            f"  API       {web}/api/openapi.json\n"
            f"  token     {token}  (the agency's; kept in {self._data_dir / 'api-token'})\n"
            f"  logs      {self._data_dir / 'log'}\n\n"
            "Chat with a salon from another terminal:\n\n"
            "  .venv/bin/frontdesk chat --workspace nail-salon\n\n"
            "Ctrl-C stops everything."
        )


def _password_words(password: str | None) -> str:
    if password is None:
        return f"the password you chose (lost: frontdesk users reset {DEMO_EMAIL})"
    return f"one-time password {password}"


def _say(text: str) -> None:
    typer.echo(text)


async def _set_up_missing(environment: dict[str, str]) -> int:
    """How many. Raises TemplateRefused or one of DATABASE_FAILURES; what was done stays."""
    limits = PoolLimits(max_size=2)
    pool = await open_pool(environment["DATABASE_URL"], limits, application_name="frontdesk demo")
    try:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            return await set_up_missing(
                Installation(
                    pool,
                    SecretBox(environment["FRONTDESK_SECRET_KEYS"].split(",")),
                    http,
                    environment["PUBLIC_BASE_URL"],
                    environment["SANDBOX_URL"],
                )
            )
    finally:
        await pool.close()


async def _create_database(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(server.dsn(), timeout=10)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _DATABASE):
            await connection.execute(f'CREATE DATABASE "{_DATABASE}"')
    finally:
        await connection.close()


async def _is_synced(pool: Pool, workspace_id: UUID) -> bool:
    async with tx(pool, workspace_id) as work:
        return await last_done_sync(work, "full") is not None


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
