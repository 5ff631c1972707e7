from __future__ import annotations

import pytest

from tests.payments.world import Studio
from tests.salon import open_salon


@pytest.fixture
async def studio(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        yield Studio(salon)


@pytest.fixture
async def patient(salon_dsn, seeded, tmp_path):
    """A studio whose second tries come when the test says so, however slow the machine is."""
    async with open_salon(salon_dsn, seeded, tmp_path, retry_pause_seconds=600) as salon:
        yield Studio(salon)
