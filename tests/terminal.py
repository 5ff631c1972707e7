"""Commands as a person types them, in this process."""

from __future__ import annotations

import asyncio

import pytest
from typer.testing import CliRunner

from tests.salon import KEY, NO_REDIS
from workers.cli import app


def at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, dsn: str, *, base_url: str = "http://localhost:8080"
) -> None:
    """The environment of a wide terminal at this database. Redis is away: no command may need it."""
    for name, value in {
        "DATABASE_URL": dsn,
        "REDIS_URL": NO_REDIS,
        "PUBLIC_BASE_URL": base_url,
        "FRONTDESK_SECRET_KEYS": KEY,
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)


async def typed(*arguments: str, given: str | None = None) -> tuple[int, str]:
    """Exit code and all that was printed. given: what is typed into it. In a thread, for it has a loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), input=given)
    return result.exit_code, result.output
