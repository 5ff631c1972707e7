"""The doctor says in plain words what is there and what is missing."""

from __future__ import annotations

import base64
import os
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from bot.accounts import sealed_channel_account, sealed_provider_account
from bot.channels.contract import ChannelAccount
from db.accounts import save_bot, save_channel_account, save_provider_account, save_workspace
from db.secrets import SecretBox
from db.tx import PoolLimits, open_pool, tx
from providers.contract import ProviderAccount
from workers import settings as settings_module
from workers.checkup import examine
from workers.cli import app
from workers.findings import State
from workers.settings import Settings

KEY = base64.b64encode(bytes(range(32))).decode()


def settings(dsn, redis_url, **more):
    values = {
        "database_url": dsn,
        "redis_url": redis_url,
        "public_base_url": "https://frontdesk.example.com",
        "frontdesk_secret_keys": KEY,
    }
    return Settings(**(values | more))


def by_title(findings):
    return {f"{item.section}/{item.title}": item for item in findings}


async def seed(dsn):
    box = SecretBox([KEY])
    pool = await open_pool(dsn, PoolLimits(), application_name="test")
    try:
        workspace = await save_workspace(
            pool, key="nail-salon", name="Nail Salon", settings={"timezone": "Asia/Kuwait", "currency": "KWD"}
        )
        async with tx(pool, workspace) as work:
            bot, _ = await save_bot(work, key="front", name="Front", form=[])
            for channel, address in (("whatsapp", "100000000000001"), ("twilio", "+15555550111")):
                account = ChannelAccount(
                    id=uuid4(),
                    workspace_id=workspace,
                    bot_id=bot,
                    channel=channel,
                    account_key=f"salon-{channel}",
                    address=address,
                    secrets={"app_secret": "s", "auth_token": "t"},
                    settings={},
                    api_base_url="",
                    callback_url="",
                )
                await save_channel_account(work, sealed_channel_account(account, box))
            provider = ProviderAccount(
                provider="nailit",
                dialect="facade",
                base_url="https://nailit.example.com",
                timezone="Asia/Kuwait",
                currency="KWD",
                secrets={"client_key": "k"},
                settings={},
            )
            await save_provider_account(
                work, sealed_provider_account(provider, box, account_id=uuid4(), workspace_id=workspace)
            )
            return workspace
    finally:
        await pool.close()


async def test_a_configured_installation_misses_nothing(dsn, redis_url):
    workspace = await seed(dsn)
    pool = await open_pool(dsn, PoolLimits(), application_name="test")
    async with tx(pool, workspace) as work:
        await work.execute(
            "INSERT INTO sync_runs (id, workspace_id, kind, trigger, status, finished_at)"
            " VALUES ($1, $2, 'full', 'seed', 'done', '2026-11-20 21:15Z')",
            uuid4(),
            workspace,
        )
    await pool.close()
    findings = await examine(settings(dsn, redis_url))
    rows = by_title(findings)
    assert [item for item in findings if item.state is State.MISSING] == []
    assert rows["Servers/Migrations"].text == "all applied"
    assert rows["nail-salon/whatsapp 100000000000001"].text == (
        "webhook https://frontdesk.example.com/webhooks/whatsapp/salon-whatsapp"
    )
    assert rows["nail-salon/twilio +15555550111"].text == (
        "webhook https://frontdesk.example.com/webhooks/twilio/salon-twilio#rc=5&rp=5xx,ct,rt"
    )
    assert rows["nail-salon/nailit facade"].text.endswith("last synced 2026-11-20 21:15 UTC")
    assert rows["nail-salon/Outbound"].state is State.NOTE
    assert "closed" in rows["nail-salon/Outbound"].text


@pytest.mark.parametrize(
    ("secrets", "state"), [({"webhook_secret": "whsec_x"}, State.OK), ({"api_key": "k"}, State.NOTE)]
)
async def test_where_a_booking_system_sends_its_own_webhooks(dsn, redis_url, secrets, state):
    workspace, account_id = await seed(dsn), uuid4()
    pool = await open_pool(dsn, PoolLimits(), application_name="test")
    shop = ProviderAccount(
        provider="shopmonkey",
        dialect="",
        base_url="https://shop.example.com/v3",
        timezone="America/Chicago",
        currency="USD",
        secrets=secrets,
    )
    async with tx(pool, workspace) as work:
        await work.execute("UPDATE provider_accounts SET enabled = false")
        row = sealed_provider_account(shop, SecretBox([KEY]), account_id=account_id, workspace_id=workspace)
        await save_provider_account(work, row)
    await pool.close()
    found = by_title(await examine(settings(dsn, redis_url)))["nail-salon/shopmonkey webhook"]
    url = f"https://frontdesk.example.com/webhooks/provider/shopmonkey/{account_id}"
    assert (found.state, found.text.endswith(url)) == (state, True)
    assert ("webhook_secret" in found.text) is (state is State.NOTE)


async def test_secrets_that_another_key_sealed_are_missing(dsn, redis_url):
    await seed(dsn)
    other = base64.b64encode(bytes(32)).decode()
    rows = by_title(await examine(settings(dsn, redis_url, frontdesk_secret_keys=other)))
    for title in ("whatsapp 100000000000001", "twilio +15555550111", "nailit facade"):
        assert rows[f"nail-salon/{title}"].state is State.MISSING
        assert "can't be opened" in rows[f"nail-salon/{title}"].text


async def test_an_empty_database_wants_migrations(empty_dsn, redis_url):
    rows = by_title(await examine(settings(empty_dsn, redis_url)))
    assert rows["Servers/Migrations"].state is State.MISSING
    assert "frontdesk migrate" in rows["Servers/Migrations"].text


async def test_unreachable_servers_are_named(tmp_path):
    rows = by_title(
        await examine(
            settings(f"postgresql://postgres@/x?host={tmp_path}", f"unix://{tmp_path}/nothing.sock?db=0")
        )
    )
    assert rows["Servers/Database"].state is State.MISSING
    assert rows["Servers/Redis"].state is State.MISSING


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"frontdesk_secret_keys": None}, "Settings/Secret keys"),
        ({"environment": "production", "public_base_url": "http://a.example.com"}, "Settings/Public address"),
        ({"environment": "production", "simulator_enabled": True}, "Settings/Simulator"),
        ({"environment": "production", "frontdesk_failpoints": "x=kill"}, "Settings/Failpoints"),
    ],
)
async def test_what_production_must_not_have(dsn, redis_url, change, title):
    assert by_title(await examine(settings(dsn, redis_url, **change)))[title].state is State.MISSING


def test_the_command_prints_rows_and_exits_1_when_something_is_missing(monkeypatch, dsn, redis_url):
    for name in list(os.environ):
        if name.startswith("FRONTDESK_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(settings_module, "DEMO_ENV_FILE", settings_module.PROJECT_ROOT / "no-such-file")
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", redis_url)
    result = CliRunner().invoke(app, ["doctor", "--plain"])
    assert result.exit_code == 1
    assert "missing\tSettings\tSecret keys" in result.output
    assert "1 required thing is missing." in result.output
    monkeypatch.setenv("FRONTDESK_SECRET_KEYS", KEY)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    assert "PostgreSQL 18" in result.output
