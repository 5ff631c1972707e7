"""The long run, by its own command: a thousand conversations per seed, and PostgreSQL crashes as well.

make faults-long                                    # one seed
FAULTS_SEEDS=1,2,3 FAULTS_CONVERSATIONS=300 make faults-long
"""

import os
import tempfile
from pathlib import Path

import pytest

from tests.conftest import Databases, folder_for_servers, run_async
from tests.faults.conftest import Servers
from tests.faults.run import monkey_run
from tests.salon import seed
from workers.embedded import EmbeddedPostgres, EmbeddedRedis

pytestmark = [pytest.mark.faults, pytest.mark.slow]

SEEDS = [int(seed) for seed in os.environ.get("FAULTS_SEEDS", "11").split(",")]
CONVERSATIONS = int(os.environ.get("FAULTS_CONVERSATIONS", "1000"))
PAUSE_SECONDS = float(os.environ.get("FAULTS_PAUSE", "1"))
DAYS = 13


@pytest.fixture(scope="module")
def own_servers():
    """Servers that write through to the disk, as PostgreSQL must before it may be crashed."""
    with folder_for_servers() as folder:
        postgres = EmbeddedPostgres(folder / "postgres")
        redis = EmbeddedRedis(folder / "redis", keep=False)
        postgres.start()
        redis.start()
        try:
            databases = Databases(postgres)
            name = databases.create(migrated=True)
            with tempfile.TemporaryDirectory() as ledger:
                seeded = run_async(seed(postgres.dsn(name), name, Path(ledger), days=DAYS))
            yield Servers(postgres, databases, redis, seeded)
        finally:
            redis.stop()
            postgres.stop()


@pytest.mark.timeout(0)
@pytest.mark.parametrize("seed_of_run", SEEDS)
async def test_long(own_servers, seed_of_run, tmp_path, capsys):
    async with own_servers.world(tmp_path) as world:
        result = await monkey_run(
            world,
            seed=seed_of_run,
            conversations=CONVERSATIONS,
            days=DAYS,
            pause_seconds=PAUSE_SECONDS,
            crash_postgres=True,
            deadline_seconds=3600,
        )
    with capsys.disabled():
        print(f"\n{result}")
    assert result.outcomes.total() == CONVERSATIONS
