"""The seeded salon on this worker's servers; a stand of real processes per module."""

import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import Databases, run_async
from tests.faults.customer import open_world
from tests.faults.processes import open_stand
from tests.salon import Seeded, seed
from workers.embedded import EmbeddedPostgres, EmbeddedRedis


@dataclass(frozen=True, slots=True)
class Servers:
    """What a stand runs on."""

    postgres: EmbeddedPostgres
    databases: Databases
    redis: EmbeddedRedis
    seeded: Seeded

    @asynccontextmanager
    async def world(self, folder, **timing):
        """Processes and customers' phones on a fresh copy of the seeded database."""
        self.redis.start()
        self.redis.wipe()
        name = self.databases.clone(self.seeded.database)
        try:
            async with (
                open_stand(
                    dsn=self.databases.server.dsn(name),
                    seeded=self.seeded,
                    postgres=self.postgres,
                    redis=self.redis,
                    folder=folder,
                    **timing,
                ) as stand,
                open_world(stand) as world,
            ):
                yield world
        finally:
            self.databases.drop(name)


@pytest.fixture(scope="session")
def servers(postgres, databases, redis_server):
    name = databases.create(migrated=True)
    with tempfile.TemporaryDirectory() as folder:
        seeded = run_async(seed(databases.server.dsn(name), name, Path(folder)))
    return Servers(postgres, databases, redis_server, seeded)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(request, servers, tmp_path_factory):
    """A world that all tests of a module share, with the module's own `TIMING` if it has one."""
    timing = getattr(request.module, "TIMING", {})
    async with servers.world(tmp_path_factory.mktemp("faults"), **timing) as world:
        yield world
