"""The salon, running in this process."""

import pytest

from tests.salon import open_salon


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        yield salon
