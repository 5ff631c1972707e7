"""The demo's businesses on a fresh database, and a sandbox that knows them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.secrets import SecretBox
from db.tx import Pool, PoolLimits, open_pool
from providers.sandbox.config import SandboxConfig
from providers.sandbox.server import create_app
from tests.listening import LocalServer

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""Friday noon in Kuwait."""


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(dsn, PoolLimits(), application_name="test")
    yield opened
    await opened.close()


@pytest.fixture
def box() -> SecretBox:
    return SecretBox([os.urandom(32)])


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[LocalServer]:
    """A sandbox without any account."""
    server = LocalServer(create_app(tmp_path / "sandbox", config=SandboxConfig(), now=lambda: NOW))
    await server.start_server()
    yield server
    await server.close()
