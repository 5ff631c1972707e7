"""The seeded salon: made once per worker, cloned for every test."""

import tempfile
from pathlib import Path

import pytest

from tests.conftest import run_async
from tests.salon import open_salon, seed


@pytest.fixture(scope="session")
def seeded(databases):
    name = databases.create(migrated=True)
    with tempfile.TemporaryDirectory() as folder:
        yield run_async(seed(databases.server.dsn(name), name, Path(folder)))


@pytest.fixture
def salon_dsn(databases, seeded):
    name = databases.clone(seeded.database)
    yield databases.server.dsn(name)
    databases.drop(name)


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        yield salon
