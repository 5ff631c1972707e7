"""`frontdesk qa` as a person types it: what it says, what it writes, and how it exits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from db import tokens
from tests.listening import free_ports
from tests.salon import KEY, NO_REDIS
from tests.smoke.conftest import House
from workers.cli import app

pytestmark = pytest.mark.asyncio(loop_scope="package")

Command = Callable[..., Any]


@pytest.fixture
def frontdesk(house: House, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in a thread, so that the server in this loop can answer it."""
    monkeypatch.setenv("DATABASE_URL", house.salon.resources.settings.dsn)
    monkeypatch.setenv("REDIS_URL", NO_REDIS)
    monkeypatch.setenv("PUBLIC_BASE_URL", house.url)
    monkeypatch.setenv("SANDBOX_URL", f"http://127.0.0.1:{house.salon.seeded.sandbox_port}")
    monkeypatch.setenv("FRONTDESK_SECRET_KEYS", KEY)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, ["qa", *arguments]))

    return run


async def _open_tokens(house: House) -> set[str]:
    return {one.prefix for one in await tokens.listing(house.salon.pool) if one.revoked_at is None}


async def test_one_template(frontdesk: Command, house: House, tmp_path: Path):
    before = await _open_tokens(house)
    done = await frontdesk("--template", "barber", "--reports", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert "PASS barber external" in done.stdout
    assert "1 templates" in done.stdout
    for name in ("TEMPLATES_QA.md", "EXTERNAL_BOOKING_HANDOFF_QA.md"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "`barber`" in text
        assert "`gym`" not in text, "only what was looked at"
        for secret in ("127.0.0.1", str(tmp_path), "fd_ref="):
            assert secret not in text
    assert await _open_tokens(house) == before, "no token outlives its run"


async def test_a_failure_is_a_line_and_exit_code_1(frontdesk: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PUBLIC_BASE_URL", f"http://127.0.0.1:{free_ports(1)[0]}")
    done = await frontdesk("--template", "gym", "--no-report")
    assert done.exit_code == 1
    assert "FAIL gym seeded: expected POST /api/admin/demo/seed: an answer; came ConnectError" in done.stderr
    assert " PASS, " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--template", "bakery"), "there is no template 'bakery'"),
        (("--template", "gym", "--reset", "barber"), "--reset barber: not among the templates"),
    ],
)
async def test_what_can_not_be_asked_is_said(frontdesk: Command, arguments: tuple[str, ...], why: str):
    done = await frontdesk(*arguments)
    assert done.exit_code == 2
    assert why in done.stderr


async def test_not_in_production(frontdesk: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ENVIRONMENT", "production")
    done = await frontdesk("--template", "gym")
    assert done.exit_code == 2
    assert "no place in production" in done.stderr
