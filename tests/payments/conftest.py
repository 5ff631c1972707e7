from __future__ import annotations

import pytest

from tests.payments.world import Studio
from tests.salon import open_salon


@pytest.fixture
async def studio(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        yield Studio(salon)
