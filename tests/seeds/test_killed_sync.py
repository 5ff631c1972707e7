"""The catalog process itself, without Redis, killed in the middle of its commit and started again."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from pathlib import Path

import httpx
import pytest

from db import sync_runs
from db.secrets import SecretBox
from db.tx import Pool, tx
from seeds.demo import seed_demo
from tests.listening import LocalServer
from workers.settings import child_environment

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("locations", "services", "staff", "slots", "staff_services")


async def start(environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workers.catalog", cwd=ROOT, env=child_environment(**environment)
    )


async def counts(pool: Pool) -> dict[str, int]:
    return {table: await pool.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}


@pytest.mark.faults
async def test_a_sync_killed_before_its_commit_leaves_nothing_and_is_done_by_the_next_process(
    pool: Pool, dsn: str, sandbox: LocalServer
):
    key = base64.b64encode(os.urandom(32)).decode()
    base = str(sandbox.make_url("")).rstrip("/")
    report = await seed_demo(
        pool, box=SecretBox([key]), sandbox_url=base, public_base_url="http://localhost:1"
    )
    async with httpx.AsyncClient() as http:
        told = await http.post(f"{base}/_sandbox/accounts", json={"accounts": report.sandbox_accounts})
        assert told.status_code == 200
    environment = {
        "DATABASE_URL": dsn,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "FRONTDESK_SECRET_KEYS": key,
        "FRONTDESK_FAILPOINTS": "sync.before_commit=kill",
        "FRONTDESK_WATCHDOG_SECONDS": "0",
    }
    process = await start(environment)
    async with asyncio.timeout(60):
        assert await process.wait() == -9
    assert set((await counts(pool)).values()) == {0}
    held = {row["id"] for row in await pool.fetch("SELECT id FROM sync_runs WHERE status = 'running'")}
    assert held
    while run := await sync_runs.claim_run(pool, claim_seconds=60):
        assert run.id not in held  # its claim still holds

    await pool.execute("UPDATE sync_runs SET claim_until = now() - interval '1 s' WHERE status = 'running'")
    process = await start({**environment, "FRONTDESK_FAILPOINTS": ""})
    try:
        async with asyncio.timeout(60):
            while await pool.fetchval("SELECT count(*) FROM sync_runs WHERE status = 'done'") < len(
                report.sync_runs
            ):
                assert process.returncode is None
                await asyncio.sleep(0.05)
    finally:
        process.terminate()
        async with asyncio.timeout(30):
            assert await process.wait() == 0
    for row in await pool.fetch("SELECT id FROM workspaces"):
        async with tx(pool, row["id"]) as connection:
            [run] = await sync_runs.recent_runs(connection)
            assert (run.trigger, run.status) == ("seed", "done")
            assert await connection.fetchval("SELECT catalog_version FROM workspaces") == 1
            assert await connection.fetchval("SELECT count(*) FROM locations") > 0
