"""The seeded salon on this worker's servers; a stand of real processes per module."""

import pytest_asyncio

from tests.faults.customer import open_world
from tests.faults.processes import open_stand


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(request, databases, seeded, postgres, redis_server, tmp_path_factory):
    """Processes, servers and customers' phones, the same for all tests of a module (and its own `TIMING`)."""
    redis_server.start()
    redis_server.wipe()
    name = databases.clone(seeded.database)
    folder = tmp_path_factory.mktemp("faults")
    try:
        async with (
            open_stand(
                dsn=databases.server.dsn(name),
                seeded=seeded,
                postgres=postgres,
                redis=redis_server,
                folder=folder,
                **getattr(request.module, "TIMING", {}),
            ) as stand,
            open_world(stand) as world,
        ):
            yield world
    finally:
        databases.drop(name)
