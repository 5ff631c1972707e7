"""The salon with language models: the sandbox's, reached with made-up keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from db import accounts
from tests.salon import Salon, open_salon

OpenWithModels = Callable[..., AbstractAsyncContextManager[Salon]]


@pytest.fixture
def open_with_models(salon_dsn, seeded, tmp_path) -> OpenWithModels:
    """Opens the salon with models; keys: by provider, None leaves one out."""

    @asynccontextmanager
    async def opened(
        *, openai: str | None = "sandbox-openai", anthropic: str | None = "sandbox-anthropic", **timing: Any
    ) -> AsyncIterator[Salon]:
        address = f"http://127.0.0.1:{seeded.sandbox_port}"
        more = {
            "openai_api_key": SecretStr(openai) if openai else None,
            "anthropic_api_key": SecretStr(anthropic) if anthropic else None,
            "openai_base_url": f"{address}/openai",
            "anthropic_base_url": f"{address}/anthropic",
        }
        async with open_salon(salon_dsn, seeded, tmp_path / "sandbox", more=more, **timing) as salon:
            yield salon

    return opened


@pytest.fixture
async def salon(open_with_models) -> AsyncIterator[Salon]:
    async with open_with_models() as salon:
        yield salon


async def set_llm(salon: Salon, workspace: str = "nail-salon", **changes: Any) -> None:
    """An operator changes the business's settings for language models."""
    row = await accounts.find_workspace(salon.pool, workspace)
    assert row is not None
    llm = {**row.settings.get("llm", {}), **changes}
    await salon.pool.execute(
        "UPDATE workspaces SET settings = jsonb_set(settings, '{llm}', $2), updated_at = now() WHERE id = $1",
        row.id,
        llm,
    )


async def calls(salon: Salon) -> list[dict[str, Any]]:
    """The books, oldest first."""
    return await salon.rows("SELECT * FROM llm_calls ORDER BY created_at, id")
