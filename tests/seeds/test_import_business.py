"""`frontdesk import-business` as a person types it, and importing again."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.catalog import FrameQuery
from bot.catalog_view import load_catalog, load_frames
from bot.workspace import BookingMode, Outbound, WorkspaceSettings
from db import accounts
from db.accounts import Saved
from db.secrets import SecretBox
from db.tx import Pool, tx
from seeds.business_file import Channel, read_business
from seeds.business_import import ImportRefused, import_business
from tests.seeds.test_business_file import GOOD
from workers.cli import app

Command = Callable[..., "asyncio.Future[Result]"]
SMS = Channel(
    channel="twilio",
    account_key="corner-spa-sms",
    address="+15550100177",
    secrets={"auth_token": "a" * 32},
    settings={"account_sid": "AC" + "0" * 32},
)


@pytest.fixture
def frontdesk(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("FRONTDESK_SECRET_KEYS", base64.b64encode(os.urandom(32)).decode())

    def run(*arguments: str) -> asyncio.Future[Result]:
        return asyncio.ensure_future(asyncio.to_thread(CliRunner().invoke, app, list(arguments)))

    return run


@pytest.fixture
def spa(tmp_path: Path) -> Path:
    file = tmp_path / "spa.yaml"
    file.write_text(GOOD, encoding="utf-8")
    return file


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def good(**business):
    file = read_business(GOOD, name="spa.yaml")
    return file.model_copy(update=business)


async def test_a_business_is_bookable_after_one_command(frontdesk: Command, spa: Path, pool: Pool):
    result = await frontdesk("import-business", str(spa))
    assert result.exit_code == 0, result.output
    assert "1 created" in result.output
    workspace = await accounts.find_workspace(pool, "corner-spa")
    assert workspace is not None
    settings = WorkspaceSettings.model_validate(workspace.settings)
    assert (settings.booking_mode, settings.currency) == (BookingMode.INTERNAL, "KWD")
    assert settings.outbound.mode == "closed"
    async with tx(pool, workspace.id) as connection:
        catalog = await load_catalog(connection, workspace.id)
        [place] = catalog.locations
        start = datetime.now(UTC)
        frames = await load_frames(connection, FrameQuery(place, start, start + timedelta(days=7)))
    [service] = catalog.services.values()
    assert (service.price_minor, service.minutes) == (12500, 60)
    assert frames
    [web] = [row for row in await accounts.list_channel_accounts(pool) if row.workspace_id == workspace.id]
    assert (web.channel, web.account_key) == ("web", "corner-spa-web")

    again = await frontdesk("import-business", str(spa))
    assert again.exit_code == 0, again.output
    assert "created" not in again.output
    assert "updated" not in again.output
    assert "0 new, 0 gone" in again.output

    write(spa, GOOD.replace("10:00-18:00", "10:00-14:00"))
    shorter = await frontdesk("import-business", str(spa))
    assert shorter.exit_code == 0, shorter.output
    assert "1 updated" in shorter.output
    assert "0 new, 0 gone" not in shorter.output


async def test_a_wrong_file_changes_nothing(frontdesk: Command, spa: Path, pool: Pool):
    write(spa, GOOD.replace("price: 12.500", "price: -1"))
    for arguments in (("import-business", str(spa)), ("import-business", str(spa), "--check")):
        result = await frontdesk(*arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "frontdesk: spa.yaml: calendar.services[0].price: " in result.stderr
    assert await accounts.list_workspaces(pool) == []


async def test_a_file_can_be_checked_without_any_server(spa: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    result = CliRunner().invoke(app, ["import-business", str(spa), "--check"])
    assert result.exit_code == 0, result.output
    assert "business corner-spa" in result.stdout


async def test_what_an_operator_set_and_what_the_file_leaves_out_stays(pool: Pool, box: SecretBox):
    first = await import_business(pool, good(channels=(SMS,)), box=box)
    assert first.counts["channel accounts"] == {Saved.CREATED: 2}
    workspace = await accounts.find_workspace(pool, "corner-spa")
    assert workspace is not None
    opened = workspace.settings | {"outbound": Outbound(mode="open").model_dump(mode="json")}
    await accounts.save_workspace(pool, key=workspace.key, name=workspace.name, settings=opened)

    quiet = SMS.model_copy(update={"secrets": {}})
    again = await import_business(pool, good(channels=(quiet,)), box=box)
    assert {what: dict(counts) for what, counts in again.counts.items()} == {
        "workspaces": {Saved.UNCHANGED: 1},
        "bots": {Saved.UNCHANGED: 1},
        "channel accounts": {Saved.UNCHANGED: 2},
        "provider accounts": {Saved.UNCHANGED: 1},
    }
    assert again.secrets["corner-spa-sms"] == SMS.secrets
    workspace = await accounts.find_workspace(pool, "corner-spa")
    assert workspace is not None
    assert WorkspaceSettings.model_validate(workspace.settings).outbound.mode == "open"


async def test_what_does_not_go_with_what_is_stored_changes_nothing(pool: Pool, box: SecretBox):
    bare = SMS.model_copy(update={"secrets": {}})
    with pytest.raises(ImportRefused, match="'corner-spa-sms' is new: its secrets auth_token are missing"):
        await import_business(pool, good(channels=(bare,)), box=box)
    assert await accounts.list_workspaces(pool) == []

    await import_business(pool, good(channels=(SMS,)), box=box)
    other = read_business(GOOD.replace("key: corner-spa", "key: other-spa"), name="other.yaml")
    with pytest.raises(ImportRefused, match="belongs to another business"):
        await import_business(pool, other.model_copy(update={"channels": (SMS,)}), box=box)
    stolen = SMS.model_copy(update={"account_key": "other-spa-sms"})
    with pytest.raises(ImportRefused, match="is account 'corner-spa-sms' already"):
        await import_business(pool, other.model_copy(update={"channels": (stolen,)}), box=box)
    assert [row.key for row in await accounts.list_workspaces(pool)] == ["corner-spa"]


async def test_a_business_with_a_booking_system_keeps_it(
    frontdesk: Command, spa: Path, pool: Pool, box: SecretBox
):
    report = await import_business(pool, good(), box=box)
    async with tx(pool, report.workspace_id) as connection:
        await connection.execute("UPDATE provider_accounts SET provider = 'nailit'")
    result = await frontdesk("import-business", str(spa))
    assert result.exit_code == 1
    assert "spa.yaml: 'corner-spa' books through nailit" in result.stderr
