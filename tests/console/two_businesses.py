"""Two businesses without anything in them: for whom signing in is about, and made in no time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from db.accounts import save_workspace
from db.tx import Pool, PoolLimits, open_pool
from tests.sampled import BARBER, DENTAL


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(dsn, PoolLimits(), application_name="console test")
    for key in (BARBER, DENTAL):
        await save_workspace(
            opened, key=key, name=key, settings={"timezone": "America/New_York", "currency": "USD"}
        )
    yield opened
    await opened.close()
