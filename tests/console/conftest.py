"""A console over three demo businesses with thirty days of sample talks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from db.tx import Pool, PoolLimits, open_pool
from tests.console.desk import Desk, open_desk
from tests.sampled import demo_database, demo_dsn

__all__ = ["demo_database", "demo_dsn"]


@pytest.fixture
async def pool(demo_dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(demo_dsn, PoolLimits(), application_name="console test")
    yield opened
    await opened.close()


@pytest.fixture
async def desk(pool: Pool) -> AsyncIterator[Desk]:
    async with open_desk(pool) as opened:
        yield opened
