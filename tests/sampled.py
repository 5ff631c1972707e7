"""Three demo businesses with their thirty days of sample talks, seeded once per worker and cloned for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from db.secrets import SecretBox
from db.tx import Pool, PoolLimits, open_pool
from tests.conftest import Databases, run_async
from tests.salon import KEY
from workers.resources import now
from workers.templates import Installation, chosen, seed_templates

TEMPLATES = ["barber", "dental-clinic", "law-firm"]
BARBER = "fade-street-barbers"
DENTAL = "bright-harbor-dental"


async def _seed(dsn: str) -> None:
    pool = await open_pool(dsn, PoolLimits(), application_name="seed")
    try:
        async with httpx.AsyncClient() as http:
            place = Installation(pool, SecretBox([KEY]), http, "http://localhost:8080")
            await seed_templates(place, chosen(TEMPLATES), moment=now())
    finally:
        await pool.close()


@pytest.fixture(scope="session")
def demo_database(databases: Databases) -> str:
    """Seeded once per worker; clone it."""
    databases.server.start()
    name = databases.create(migrated=True)
    run_async(_seed(databases.server.dsn(name)))
    return name


@pytest.fixture
def demo_dsn(databases: Databases, demo_database: str) -> Iterator[str]:
    databases.server.start()
    name = databases.clone(demo_database)
    yield databases.server.dsn(name)
    databases.drop(name)


@pytest.fixture
async def sampled_pool(demo_dsn: str) -> AsyncIterator[Pool]:
    """A clone of them."""
    opened = await open_pool(demo_dsn, PoolLimits(), application_name="test")
    yield opened
    await opened.close()
