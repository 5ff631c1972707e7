"""Workspaces, bots and accounts: saved once, changed in place, invisible to other workspaces."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from bot.accounts import (
    open_channel_account,
    open_provider_account,
    sealed_channel_account,
    sealed_provider_account,
)
from bot.channels.contract import ChannelAccount
from bot.workspace import WorkspaceSettings
from db import accounts
from db.accounts import Saved
from db.ids import new_id
from db.secrets import SecretBox, SecretError
from db.tx import Pool, PoolLimits, open_pool, tx
from providers.contract import ProviderAccount

SETTINGS = {"timezone": "Asia/Kuwait", "currency": "KWD"}
BOX = SecretBox([base64.b64encode(bytes(32)).decode()])


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = await open_pool(dsn, PoolLimits(), application_name="test")
    yield opened
    await opened.close()


async def workspace_with_bot(pool: Pool, key: str) -> tuple[UUID, UUID]:
    workspace_id = await accounts.save_workspace(pool, key=key, name=key.title(), settings=SETTINGS)
    async with tx(pool, workspace_id) as connection:
        bot_id, saved = await accounts.save_bot(connection, key="reception", name="Reception", form=[])
    assert saved is Saved.CREATED
    return workspace_id, bot_id


def whatsapp(workspace_id: UUID, bot_id: UUID, key: str, address: str, app_secret: str) -> ChannelAccount:
    return ChannelAccount(
        id=new_id(),
        workspace_id=workspace_id,
        bot_id=bot_id,
        channel="whatsapp",
        account_key=key,
        address=address,
        secrets={"app_secret": app_secret, "access_token": "token-1"},
        settings={"graph_version": "v23.0"},
    )


async def test_saving_a_workspace_twice_keeps_its_id_and_takes_the_new_settings(pool):
    first = await accounts.save_workspace(pool, key="nails", name="Nails", settings=SETTINGS)
    again = await accounts.save_workspace(
        pool, key="nails", name="Nails & Co", settings={**SETTINGS, "region": "KW"}
    )
    assert again == first
    [row] = await accounts.list_workspaces(pool)
    assert (row.name, row.settings["region"], row.catalog_version) == ("Nails & Co", "KW", 0)
    assert await accounts.find_workspace(pool, "nails") == row
    assert await accounts.find_workspace(pool, "other") is None


async def test_saving_a_bot_tells_what_it_did(pool):
    workspace_id, bot_id = await workspace_with_bot(pool, "nails")
    async with tx(pool, workspace_id) as connection:
        same = await accounts.save_bot(connection, key="reception", name="Reception", form=[])
        form = [{"key": "name", "kind": "name"}]
        changed = await accounts.save_bot(connection, key="reception", name="Reception", form=form)
        profile = await accounts.bot_profile(connection, bot_id)
    assert same == (bot_id, Saved.UNCHANGED)
    assert changed == (bot_id, Saved.UPDATED)
    assert profile is not None
    assert (profile.workspace_key, profile.settings, profile.form) == ("nails", SETTINGS, form)


async def test_a_channel_account_comes_back_with_its_secrets_and_callback_url(pool):
    workspace_id, bot_id = await workspace_with_bot(pool, "nails")
    account = whatsapp(workspace_id, bot_id, "nails-wa", "100000000000101", "app-secret")
    row = sealed_channel_account(account, BOX)
    async with tx(pool, workspace_id) as connection:
        assert await accounts.save_channel_account(connection, row) is Saved.CREATED
        assert await accounts.save_channel_account(connection, row) is Saved.UNCHANGED
        assert await accounts.save_channel_account(connection, replace(row, settings={})) is Saved.UPDATED
    [found] = await accounts.find_channel_accounts(pool, "whatsapp", "nails-wa")
    assert b"app-secret" not in found.secrets
    opened = open_channel_account(
        found, BOX, public_base_url="https://desk.example.com/", api_base_urls={"whatsapp": "http://meta"}
    )
    assert opened == replace(
        account,
        settings={},
        api_base_url="http://meta",
        callback_url="https://desk.example.com/webhooks/whatsapp/nails-wa",
    )


async def test_secrets_dont_open_in_another_account(pool):
    workspace_id, bot_id = await workspace_with_bot(pool, "nails")
    row = sealed_channel_account(whatsapp(workspace_id, bot_id, "nails-wa", "1", "s"), BOX)
    with pytest.raises(SecretError):
        open_channel_account(replace(row, id=new_id()), BOX, public_base_url="https://desk.example.com")


async def test_a_webhook_key_finds_its_account_first_and_then_those_of_the_same_app(pool):
    one, one_bot = await workspace_with_bot(pool, "one")
    two, two_bot = await workspace_with_bot(pool, "two")
    rows = [
        sealed_channel_account(whatsapp(one, one_bot, "one-wa", "101", "shared"), BOX),
        sealed_channel_account(whatsapp(two, two_bot, "two-wa", "102", "shared"), BOX),
        sealed_channel_account(whatsapp(two, two_bot, "lone-wa", "103", "its own"), BOX),
        sealed_channel_account(
            replace(whatsapp(two, two_bot, "off-wa", "104", "shared"), enabled=False), BOX
        ),
    ]
    for row in rows:
        async with tx(pool, row.workspace_id) as connection:
            await accounts.save_channel_account(connection, row)
    for key, expected in {
        "two-wa": ["two-wa", "one-wa"],
        "lone-wa": ["lone-wa"],
        "off-wa": [],
        "?": [],
    }.items():
        found = await accounts.find_channel_accounts(pool, "whatsapp", key)
        assert [row.account_key for row in found] == expected
    assert len(await accounts.list_channel_accounts(pool)) == 4


async def test_an_account_key_or_address_belongs_to_one_account(pool):
    one, one_bot = await workspace_with_bot(pool, "one")
    two, two_bot = await workspace_with_bot(pool, "two")
    async with tx(pool, one) as connection:
        taken = sealed_channel_account(whatsapp(one, one_bot, "the-key", "101", "a"), BOX)
        await accounts.save_channel_account(connection, taken)
    for key, address in (("the-key", "102"), ("another-key", "101")):
        row = sealed_channel_account(whatsapp(two, two_bot, key, address, "b"), BOX)
        with pytest.raises(asyncpg.UniqueViolationError):
            async with tx(pool, two) as connection:
                await accounts.save_channel_account(connection, row)


async def test_another_workspaces_account_cannot_be_changed_by_its_id(pool):
    one, one_bot = await workspace_with_bot(pool, "one")
    two, two_bot = await workspace_with_bot(pool, "two")
    row = sealed_channel_account(whatsapp(one, one_bot, "the-key", "101", "a"), BOX)
    async with tx(pool, one) as connection:
        await accounts.save_channel_account(connection, row)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with tx(pool, two) as connection:
            await accounts.save_channel_account(connection, replace(row, bot_id=two_bot, enabled=False))


async def test_a_provider_account_takes_zone_and_currency_from_its_workspace(pool):
    workspace_id, _ = await workspace_with_bot(pool, "nails")
    account = ProviderAccount(
        provider="nailit",
        dialect="v2",
        base_url="http://127.0.0.1:1/nailit",
        timezone="Asia/Kuwait",
        currency="KWD",
        secrets={"security_token": "t"},
        settings={"read_attempts": 2},
    )
    row = sealed_provider_account(account, BOX, account_id=new_id(), workspace_id=workspace_id)
    async with tx(pool, workspace_id) as connection:
        assert await accounts.provider_account_of(connection) is None
        assert await accounts.save_provider_account(connection, row) is Saved.CREATED
        assert await accounts.save_provider_account(connection, row) is Saved.UNCHANGED
        found = await accounts.provider_account_of(connection)
    assert found == row
    assert await accounts.list_provider_accounts(pool) == [row]
    assert open_provider_account(found, BOX, WorkspaceSettings.model_validate(SETTINGS)) == account
    other = sealed_provider_account(account, BOX, account_id=new_id(), workspace_id=workspace_id)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with tx(pool, workspace_id) as connection:
            await accounts.save_provider_account(connection, other)


async def test_another_workspaces_rows_are_invisible(pool):
    one, one_bot = await workspace_with_bot(pool, "one")
    two, _ = await workspace_with_bot(pool, "two")
    async with tx(pool, two) as connection:
        assert await accounts.bot_profile(connection, one_bot) is None
        assert await connection.fetchval("SELECT count(*) FROM bots") == 1
    assert (await accounts.list_workspaces(pool))[0].id == one


async def test_without_a_workspace_the_application_sees_nothing(pool):
    workspace_id, bot_id = await workspace_with_bot(pool, "nails")
    async with tx(pool, workspace_id) as connection:
        row = sealed_channel_account(whatsapp(workspace_id, bot_id, "nails-wa", "1", "s"), BOX)
        await accounts.save_channel_account(connection, row)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL ROLE frontdesk_app")
        for table in ("workspaces", "bots", "channel_accounts", "provider_accounts"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
        assert await accounts.bot_profile(connection, bot_id) is None


def test_rows_dont_show_their_secrets():
    row = sealed_channel_account(whatsapp(new_id(), new_id(), "nails-wa", "1", "s"), BOX)
    assert "secrets" not in repr(row)
