"""API tokens: made once and shown once, good for what they say, ended at once; the command that handles them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from db import accounts, audit, tokens
from db.tokens import Role, Scope
from db.tx import Pool, PoolLimits, open_pool, tx
from workers.cli import app
from workers.demo_token import demo_token

NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(dsn, PoolLimits(), application_name="test")
    yield opened
    await opened.close()


async def make(pool, **more):
    given = {"name": "reports", "role": Role.AGENCY, "workspace_id": None, "scopes": [Scope.ADMIN_READ]}
    return await tokens.create(pool, created_by="test", **{**given, **more})


async def test_a_token_finds_its_owner_and_is_stored_nowhere(pool):
    made = await make(pool, scopes=[Scope.ADMIN_READ, Scope.CHAT], expires_at=NEXT_YEAR)
    owner = await tokens.find(pool, made.token)
    assert owner is not None
    assert (owner.prefix, owner.role, owner.workspace_id) == (made.prefix, Role.AGENCY, None)
    assert owner.scopes == {Scope.ADMIN_READ, Scope.CHAT}
    assert made.token not in repr(made)
    stored = await pool.fetchval("SELECT row_to_json(t)::text FROM api_tokens t")
    secret = made.token.removeprefix(made.prefix + "_")
    assert secret not in stored
    assert len(secret) == 43


async def test_only_the_whole_and_right_token_opens(pool):
    made = await make(pool)
    changed = made.token[:-1] + ("A" if made.token[-1] != "A" else "B")
    for wrong in (changed, made.prefix, made.token + "x", "", f"{made.prefix}_", made.token.upper()):
        assert await tokens.find(pool, wrong) is None


async def test_a_revoked_or_expired_token_opens_nothing(pool):
    gone = await make(pool)
    assert await tokens.revoke(pool, gone.prefix)
    assert await tokens.find(pool, gone.token) is None
    assert not await tokens.revoke(pool, gone.prefix)
    late = await make(pool, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert await tokens.find(pool, late.token) is None


async def test_last_use_is_written_to_the_minute(pool):
    made = await make(pool)
    owner = await tokens.find(pool, made.token)
    await tokens.note_use(pool, owner.id)
    first = (await tokens.listing(pool))[0].last_used_at
    assert first is not None
    await tokens.note_use(pool, owner.id)
    assert (await tokens.listing(pool))[0].last_used_at == first
    await pool.execute("UPDATE api_tokens SET last_used_at = now() - interval '2 minutes'")
    await tokens.note_use(pool, owner.id)
    assert (await tokens.listing(pool))[0].last_used_at >= first


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": Role.CLIENT},
        {"scopes": []},
        {"workspace_id": "own"},
        {"role": Role.CLIENT, "workspace_id": "own", "scopes": [Scope.ADMIN_DEMO]},
    ],
)
async def test_what_makes_no_sense_is_refused(pool, wrong):
    if "workspace_id" in wrong:
        own = await accounts.save_workspace(pool, key="nails", name="Nails", settings={"timezone": "UTC"})
        wrong = {**wrong, "workspace_id": own}
    with pytest.raises(ValueError, match=r"token|agency"):
        await make(pool, **wrong)


async def test_the_application_can_neither_read_tokens_nor_change_what_was_done(pool):
    own = await accounts.save_workspace(pool, key="nails", name="Nails", settings={"timezone": "UTC"})
    await audit.record(pool, workspace_id=own, actor="user:a@example.com", action="lead.closed", subject="x")
    for forbidden in (
        "SELECT * FROM api_tokens",
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET actor = 'somebody else'",
        "INSERT INTO audit_entries (id, actor, action) VALUES (gen_random_uuid(), 'a', 'b.c')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tx(pool, own) as connection:
                await connection.execute(forbidden)
    async with tx(pool, own) as connection:
        assert await connection.fetchval("SELECT action FROM audit_entries") == "lead.closed"


async def test_entries_are_read_by_workspace_newest_first(pool):
    one = await accounts.save_workspace(pool, key="one", name="One", settings={"timezone": "UTC"})
    two = await accounts.save_workspace(pool, key="two", name="Two", settings={"timezone": "UTC"})
    for workspace, action in ((one, "a.first"), (two, "b.other"), (None, "c.installation"), (one, "d.last")):
        await audit.record(pool, workspace_id=workspace, actor="command:ann", action=action, detail={"n": 1})
    assert [row.action for row in await audit.listing(pool, workspace_id=one)] == ["d.last", "a.first"]
    every = await audit.listing(pool)
    assert [(row.workspace_key, row.action) for row in every] == [
        ("one", "d.last"), (None, "c.installation"), ("two", "b.other"), ("one", "a.first")
    ]  # fmt: skip
    assert every[0].detail == {"n": 1}


async def test_a_choice_leaves_one_entry_an_hour(pool):
    own = await accounts.save_workspace(pool, key="nails", name="Nails", settings={"timezone": "UTC"})
    for actor in ("token:a", "token:a", "token:b"):
        entered = await audit.enter_workspace(pool, actor=actor, named="nails")
        assert entered is not None
        assert entered.id == own
    assert (await audit.enter_workspace(pool, actor="token:a", named=str(own).upper())).key == "nails"
    assert await audit.enter_workspace(pool, actor="token:a", named="nobody") is None
    chosen = [(row.actor, row.action) for row in await audit.listing(pool)]
    assert sorted(chosen) == [("token:a", "workspace.chosen"), ("token:b", "workspace.chosen")]
    await pool.execute("UPDATE audit_entries SET at = at - interval '61 minutes'")
    await audit.enter_workspace(pool, actor="token:a", named="nails")
    assert len(await audit.listing(pool)) == 3


async def test_the_demo_keeps_its_token_as_long_as_it_is_good(pool, tmp_path: Path):
    file = tmp_path / "api-token"
    first = await demo_token(pool, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert await demo_token(pool, file) == first
    owner = await tokens.find(pool, first)
    assert owner.scopes == {Scope.ADMIN_READ, Scope.ADMIN_DEMO}
    await tokens.revoke(pool, owner.prefix)
    second = await demo_token(pool, file)
    assert second != first
    assert file.read_text().strip() == second
    assert not (tmp_path / "api-token.new").exists()


# -- the command ---------------------------------------------------------------------------------------------


@pytest.fixture
def command(dsn: str, monkeypatch, tmp_path):
    for name, value in {
        "DATABASE_URL": dsn,
        "REDIS_URL": "unix:///nonexistent/redis.sock",
        "PUBLIC_BASE_URL": "http://localhost:8080",
        "COLUMNS": "160",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(app, ["tokens", *arguments])

    return run


def on_pool(dsn, work):
    async def run():
        pool = await open_pool(dsn, PoolLimits(max_size=1), application_name="test")
        try:
            return await work(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


def test_the_command_makes_lists_and_ends_tokens(command, dsn):
    on_pool(
        dsn,
        lambda pool: accounts.save_workspace(pool, key="nails", name="N", settings={"timezone": "UTC"}),
    )
    made = command(
        "create", "monthly report", "-w", "nails", "--scope", "admin:read", "--scope", "chat", "--days", "30"
    )
    assert made.exit_code == 0, made.output
    token = made.stdout.strip()
    owner = on_pool(dsn, lambda pool: tokens.find(pool, token))
    assert (owner.role, owner.scopes) == (Role.CLIENT, {Scope.ADMIN_READ, Scope.CHAT})
    listed = command()
    assert owner.prefix in listed.output
    assert "monthly report" in listed.output
    assert "good until" in listed.output
    assert token not in listed.output
    assert command("revoke", owner.prefix).output.strip() == "Revoked."
    assert on_pool(dsn, lambda pool: tokens.find(pool, token)) is None
    assert "revoked" in command("list").output
    actions = [row.action for row in on_pool(dsn, audit.listing)]
    assert actions == ["token.revoked", "token.created"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create", "x", "--scope", "everything"], "unknown scope 'everything'"),
        (["create", "x", "--days", "0"], "--days is from 1"),
        (["create", "x" * 121], "a name has 1 to 120 characters"),
        (["create", "x", "-w", "nobody"], "there is no workspace 'nobody'"),
        (["create", "x", "-w", "nobody", "--scope", "admin:demo"], "is the agency's"),
        (["revoke", "fd_00000000"], "no token that is still good begins with"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(command, arguments, said):
    result = command(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
