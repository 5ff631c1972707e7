"""A console over the seeded demo businesses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from db.tx import Pool, PoolLimits, open_pool
from tests.console.desk import Desk, open_desk


@pytest.fixture
async def pool(salon_dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(salon_dsn, PoolLimits(), application_name="console test")
    yield opened
    await opened.close()


@pytest.fixture
async def desk(pool: Pool) -> AsyncIterator[Desk]:
    async with open_desk(pool) as opened:
        yield opened
