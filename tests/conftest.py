"""Servers, databases and guards for every test.

| fixture | gives |
|---|---|
| `dsn` | a fresh migrated database for this test alone (cloned from a template, about 40 ms) |
| `empty_dsn` | a fresh database without any table |
| `redis_url` | this worker's Redis, empty |
| `seeded`, `salon_dsn` | the demo businesses, seeded and synced once; a copy for this test |
| `samples`, `demo_dsn`, `sampled_pool` | three demo businesses with thirty days of talks, seeded once; a copy, open |
| `world`, `receiver` | one business with one line and nothing else; what stores its webhooks |
| `pg15_dsn` | as `dsn`, on Debian's PostgreSQL 15, the oldest server we promise |
| `postgres`, `redis_server` | the server objects, for tests that crash them |

No test may reach another machine. With FRONTDESK_REQUIRE_ALL set nothing may be skipped either.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
import structlog

from db.tx import Pool, PoolLimits, open_pool
from workers.embedded import EmbeddedPostgres, EmbeddedRedis

DEBIAN_PG15 = Path("/usr/lib/postgresql/15/bin")
_MEMORY = Path("/dev/shm")  # noqa: S108
_ENOUGH_BYTES = 4 << 30
REQUIRE_ALL = bool(os.environ.get("FRONTDESK_REQUIRE_ALL"))

T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from sync code, away from the test's own event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()


class Databases:
    """Databases of one server: a migrated template made once, and clones of it."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._template: str | None = None

    def create(self, *, migrated: bool) -> str:
        """Make a database and return its name."""
        return self.clone(self._migrated_template() if migrated else "template0")

    def clone(self, source: str) -> str:
        """Copy a database that nobody is connected to and return the copy's name."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        if self.server.alive():
            self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _migrated_template(self) -> str:
        if self._template is None:
            from db.migrate import migrate

            self._admin("CREATE DATABASE migrated_template TEMPLATE template0")
            run_async(migrate(self.server.dsn("migrated_template")))
            self._template = "migrated_template"
        return self._template

    def _admin(self, statement: str) -> None:
        async def execute() -> None:
            connection = await asyncpg.connect(self.server.dsn())
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        run_async(execute())


@contextmanager
def folder_for_servers() -> Iterator[Path]:
    """A folder that PostgreSQL's account can enter when root runs the tests.

    Not pytest's own: every pytest that starts closes that to other accounts, while servers run in it.
    """
    where = _MEMORY if _roomy(_MEMORY) else None
    _sweep(_MEMORY)
    with tempfile.TemporaryDirectory(
        prefix=f"frontdesk-test-{os.getpid()}-", ignore_cleanup_errors=True, dir=where
    ) as name:
        yield Path(name)


def _sweep(folder: Path) -> None:
    """What a killed run left there would take memory until the machine restarts."""
    for left in folder.glob("frontdesk-test-*-*"):
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)


def _roomy(folder: Path) -> bool:
    """A database is a thousand files: made in memory it costs a twentieth of what a disk takes for it."""
    return folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= _ENOUGH_BYTES


@pytest.fixture(scope="session")
def servers_dir() -> Iterator[Path]:
    """Where this worker's servers keep their data."""
    with folder_for_servers() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres(servers_dir: Path) -> Iterator[EmbeddedPostgres]:
    """This worker's PostgreSQL, without fsync."""
    server = EmbeddedPostgres(servers_dir / "postgres", fsync=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Databases:
    """Makes and drops databases on `postgres`."""
    return Databases(postgres)


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """A migrated database of this test's own."""
    databases.server.start()  # a test before may have crashed it
    name = databases.create(migrated=True)
    yield databases.server.dsn(name)
    databases.drop(name)


@pytest.fixture
def empty_dsn(databases: Databases) -> Iterator[str]:
    """A database of this test's own without any table."""
    databases.server.start()
    name = databases.create(migrated=False)
    yield databases.server.dsn(name)
    databases.drop(name)


@pytest.fixture(scope="session")
def pg15_databases(servers_dir: Path) -> Iterator[Databases]:
    """The same on Debian's PostgreSQL 15."""
    if not (DEBIAN_PG15 / "postgres").exists():
        pytest.skip("PostgreSQL 15 is not installed (Debian package postgresql-15)")
    server = EmbeddedPostgres(servers_dir / "postgres15", fsync=False, binaries=DEBIAN_PG15)
    server.start()
    yield Databases(server)
    server.stop()


@pytest.fixture
def pg15_dsn(pg15_databases: Databases) -> Iterator[str]:
    """A migrated database on PostgreSQL 15."""
    name = pg15_databases.create(migrated=True)
    yield pg15_databases.server.dsn(name)
    pg15_databases.drop(name)


@pytest.fixture(scope="session")
def redis_server(servers_dir: Path) -> Iterator[EmbeddedRedis]:
    """This worker's Redis, which forgets everything when it restarts."""
    server = EmbeddedRedis(servers_dir / "redis", keep=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: EmbeddedRedis) -> str:
    """The address of an empty Redis."""
    redis_server.start()
    redis_server.wipe()
    return redis_server.url


@pytest.fixture(scope="session")
def seeded(databases: Databases) -> Iterator[Any]:
    """A database with the demo's businesses, synced once per worker (tests.salon.Seeded); clone it."""
    from tests.salon import seed

    name = databases.create(migrated=True)
    with tempfile.TemporaryDirectory() as folder:
        yield run_async(seed(databases.server.dsn(name), name, Path(folder)))


@pytest.fixture
def salon_dsn(databases: Databases, seeded: Any) -> Iterator[str]:
    """A seeded and synced database of this test's own."""
    databases.server.start()
    name = databases.clone(seeded.database)
    yield databases.server.dsn(name)
    databases.drop(name)


@pytest.fixture(scope="session")
def samples(databases: Databases) -> str:
    """The name of a database with the businesses of tests.sampled, seeded once per worker; clone it."""
    from tests.sampled import seed_samples

    databases.server.start()
    name = databases.create(migrated=True)
    run_async(seed_samples(databases.server.dsn(name)))
    return name


@pytest.fixture
def demo_dsn(databases: Databases, samples: str) -> Iterator[str]:
    """Those businesses in a database of this test's own."""
    databases.server.start()
    name = databases.clone(samples)
    yield databases.server.dsn(name)
    databases.drop(name)


@pytest.fixture
async def sampled_pool(demo_dsn: str) -> AsyncIterator[Pool]:
    """The same, open."""
    opened = await open_pool(demo_dsn, PoolLimits(), application_name="test")
    yield opened
    await opened.close()


@pytest.fixture
async def world(dsn: str) -> AsyncIterator[Any]:
    """One business with one line, nothing else, in a database of this test's own (tests.engine.world.World)."""
    from tests.engine.world import open_world

    opened = await open_world(dsn)
    yield opened
    await opened.pool.close()


@pytest.fixture
def receiver(world: Any) -> Any:
    """What stores its webhooks (bot.inbox.Receiver)."""
    from bot.inbox import Receiver
    from tests.engine.world import NothingSeen, cache

    return Receiver(world.pool, cache(world), world, NothingSeen())


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Logs as lines. structlog's own default draws every local variable of a traceback: seconds of a busy loop each."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="%H:%M:%S.%f", utc=False),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )


# -- guards ------------------------------------------------------------------------------------------------

_reached_out: list[str] = []


def _is_local(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name).is_loopback or name in {"0.0.0.0", "::"}  # noqa: S104
    except ValueError:
        return False


def _refuse_other_machines(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: sees every connect and look-up of Python's socket module, under whatever library."""
    if event == "socket.connect":
        address = args[1]
        if isinstance(address, tuple) and not _is_local(address[0]):
            _reached_out.append(str(address[0]))
            raise ConnectionRefusedError(f"a test tried to reach {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_local(args[0]):
        _reached_out.append(str(args[0]))
        raise ConnectionRefusedError(f"a test tried to look up {args[0]}")


sys.addaudithook(_refuse_other_machines)


@pytest.fixture(autouse=True)
def reached_out() -> Iterator[list[str]]:
    """The foreign hosts this test tried to reach; it fails if any is left in the list."""
    _reached_out.clear()
    yield _reached_out
    assert not _reached_out, f"this test tried to reach {sorted(set(_reached_out))}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked slow, unless -m asks for it."""
    if "slow" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("slow")])
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that share something dear share a worker (tests/together.py)."""
    from tests.together import scheduler

    return scheduler(config, log)


def _no_skips(report: Any) -> None:
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"would be skipped, but FRONTDESK_REQUIRE_ALL is set: {reason}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Turn a skip into a failure where everything is required."""
    outcome = yield
    _no_skips(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """The same for a whole module that skips itself."""
    outcome = yield
    _no_skips(outcome.get_result())
