"""A console over three demo businesses with thirty days of sample talks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from db.tx import Pool
from tests.console.desk import Browser, Desk, open_desk
from tests.sampled import BARBER


@pytest.fixture
async def pool(sampled_pool: Pool) -> Pool:
    return sampled_pool


@pytest.fixture
async def desk(pool: Pool) -> AsyncIterator[Desk]:
    async with open_desk(pool) as opened:
        yield opened


@pytest.fixture
async def ann(desk: Desk) -> AsyncIterator[Browser]:
    """Somebody of the agency's, acting as the barber."""
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com", act_as=BARBER) as browser:
        yield browser
