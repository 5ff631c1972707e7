"""The salon with its web chat: pages look often, so that nobody waits for Redis, which isn't there."""

import pytest

from tests.salon import open_salon
from tests.webchat.world import Page


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path, live_tick_seconds=0.02, chat_wait_seconds=20) as salon:
        yield salon


@pytest.fixture
async def page(salon):
    return await Page(salon).open()
