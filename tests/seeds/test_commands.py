"""`frontdesk seed` and `frontdesk sync` as a person types them."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from db import accounts, sync_runs
from db.tx import Pool, tx
from seeds.demo import BUSINESSES
from seeds.demo_barber import BARBER
from tests.listening import LocalServer
from workers.cli import app

Command = Callable[..., "asyncio.Future[Result]"]


@pytest.fixture
def frontdesk(dsn: str, sandbox: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in a thread, so that the sandbox in this loop can answer it."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("SANDBOX_URL", str(sandbox.make_url("")).rstrip("/"))
    monkeypatch.setenv("FRONTDESK_SECRET_KEYS", base64.b64encode(os.urandom(32)).decode())
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> asyncio.Future[Result]:
        return asyncio.ensure_future(asyncio.to_thread(CliRunner().invoke, app, list(arguments)))

    return run


async def test_a_seeded_business_is_synced_by_hand(frontdesk: Command, pool: Pool):
    seeded = await frontdesk("seed", "--demo")
    assert seeded.exit_code == 0, seeded.output
    assert "created" in seeded.output
    again = (await frontdesk("seed", "--demo")).output
    assert "unchanged" in again
    assert "created" not in again

    synced = await frontdesk("sync", "nail-studio", "--days", "1")
    assert synced.exit_code == 0, synced.output
    lines = {line.split()[0]: line for line in synced.stdout.splitlines() if line.strip()}
    assert "3 created" in lines["locations"]
    assert "created" in lines["slots"]

    again = await frontdesk("sync", "nail-studio", "--only", "slots", "--days", "1")
    assert again.exit_code == 0, again.output
    assert "nothing to do" in next(line for line in again.stdout.splitlines() if "slots" in line)
    assert "services" not in again.stdout
    workspace = await accounts.find_workspace(pool, "nail-studio")
    assert workspace is not None
    async with tx(pool, workspace.id) as connection:
        runs = await sync_runs.recent_runs(connection)
    assert [(run.kind, run.trigger, run.status) for run in runs] == [
        ("slots", "operator", "done"),
        ("full", "operator", "done"),
    ]


async def test_what_cannot_be_synced_is_one_plain_line_and_exit_code_1(frontdesk: Command, pool: Pool):
    unknown = await frontdesk("sync", "no-such-business")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "there is no business 'no-such-business'" in unknown.stderr
    await frontdesk("seed", "--demo")
    run = await sync_runs.claim_run(pool, claim_seconds=60)
    assert run is not None
    busy = await frontdesk("sync", "nail-salon")
    assert busy.exit_code == 1
    assert "another process" in busy.stderr


async def test_a_business_without_a_booking_system_says_so(frontdesk: Command, pool: Pool):
    settings = {"timezone": "Asia/Kuwait", "currency": "KWD"}
    await accounts.save_workspace(pool, key="alone", name="Alone", settings=settings)
    result = await frontdesk("sync", "alone")
    assert result.exit_code == 1
    assert "no booking system is connected" in result.stderr


async def test_the_demos_businesses_stay_out_of_production(
    frontdesk: Command, pool: Pool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ENVIRONMENT", "production")
    assert (await frontdesk("seed", "--demo")).exit_code == 2
    assert await accounts.list_workspaces(pool) == []


async def test_a_sandbox_that_is_away_is_said_after_the_rows_are_made(
    frontdesk: Command, sandbox: LocalServer, pool: Pool
):
    await sandbox.close()
    result = await frontdesk("seed", "--demo")
    assert result.exit_code == 1
    assert "can't be reached" in result.stderr
    made = {row.key for row in await accounts.list_workspaces(pool)}
    assert made >= {*(business.key for business in BUSINESSES), BARBER.key, "car-tint"}


async def test_templates_are_listed_seeded_and_reset_by_hand(frontdesk: Command, pool: Pool):
    listed = await frontdesk("templates")
    assert listed.exit_code == 0, listed.output
    row = next(line for line in listed.stdout.splitlines() if line.startswith("barber "))
    for part in (
        "fade-street-barbers",
        "reception",
        "external: SERVICE_BOOKING",
        "internal: CALLBACK",
        "square.site",
    ):
        assert part in row
    assert len(listed.stdout.splitlines()) == 19
    assert "18 templates are right" in (await frontdesk("templates", "--check")).stdout

    seeded = await frontdesk("seed", "barber")
    assert seeded.exit_code == 0, seeded.output
    assert "0 updated, 0 skipped, 0 deleted" in seeded.stdout.splitlines()[0]
    again = (await frontdesk("seed", "barber")).stdout
    assert "0 created" in again.splitlines()[0]
    reset = await frontdesk("reset", "barber")
    assert reset.exit_code == 0, reset.output
    assert "deleted" in next(line for line in reset.stdout.splitlines() if "conversations" in line)
    assert [row.key for row in await accounts.list_workspaces(pool)] == ["fade-street-barbers"]


async def test_what_is_not_a_template_is_said(
    frontdesk: Command, pool: Pool, monkeypatch: pytest.MonkeyPatch
):
    for arguments in (("seed", "bakery"), ("reset", "bakery")):
        unknown = await frontdesk(*arguments)
        assert (unknown.exit_code, unknown.stdout) == (1, "")
        assert "there is no template 'bakery'" in unknown.stderr
    for arguments in (("seed",), ("seed", "barber", "--all"), ("seed", "--demo", "--all")):
        assert (await frontdesk(*arguments)).exit_code == 2
    monkeypatch.setenv("ENVIRONMENT", "production")
    refused = await frontdesk("seed", "--all")
    assert refused.exit_code == 2
    assert "no place in production" in refused.stderr
    assert await accounts.list_workspaces(pool) == []
