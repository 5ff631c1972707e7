"""The demo's seeds: complete, repeatable, and good enough for a real sync in both dialects."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.accounts import open_channel_account
from bot.catalog import FrameQuery
from bot.catalog_view import load_catalog, load_frames
from bot.workspace import FormField, WorkspaceSettings, standard_form
from db import accounts, errors, sync_runs
from db.accounts import Saved
from db.secrets import SecretBox, SecretError
from db.tx import tx
from providers.sandbox.control import AccountsBody
from seeds.demo import BUSINESSES, seed_demo
from sync.run import SyncStatus
from tests.seeds.conftest import NOW
from workers.syncing import perform_run

SANDBOX_URL = "http://127.0.0.1:8090"
PUBLIC_URL = "http://localhost:8080"
KINDS = {"workspaces": 5, "bots": 5, "channel accounts": 15, "provider accounts": 5}


async def seed(pool, box, sandbox_url=SANDBOX_URL, public_base_url=PUBLIC_URL):
    return await seed_demo(pool, box=box, sandbox_url=sandbox_url, public_base_url=public_base_url)


async def test_seeding_makes_two_businesses_that_can_be_written_to(pool, box):
    report = await seed(pool, box)
    assert {what: dict(counts) for what, counts in report.counts.items()} == {
        what: {Saved.CREATED: count} for what, count in KINDS.items()
    }
    rows = {row.key: row for row in await accounts.list_workspaces(pool)}
    for business in BUSINESSES:
        row = rows[business.key]
        settings = WorkspaceSettings.model_validate(row.settings)
        assert (row.key, settings.timezone, settings.currency) == (business.key, "Asia/Kuwait", "KWD")
        assert settings.outbound.permits("+96550000123")
        [found] = await accounts.find_channel_accounts(pool, "whatsapp", f"{business.key}-wa")
        account = open_channel_account(found, box, public_base_url=PUBLIC_URL)
        assert set(account.secrets) == {"app_secret", "access_token", "verify_token"}
        assert account.api_base_url == SANDBOX_URL
        assert account.callback_url == f"{PUBLIC_URL}/webhooks/whatsapp/{business.key}-wa"
        async with tx(pool, row.id) as connection:
            profile = await accounts.bot_profile(connection, account.bot_id)
        assert profile is not None
        assert tuple(FormField.model_validate(one) for one in profile.form) == standard_form()


async def test_seeding_again_changes_nothing_and_keeps_the_secrets(pool, box):
    first = await seed(pool, box)
    again = await seed(pool, box)
    assert {what: dict(counts) for what, counts in again.counts.items()} == {
        what: {Saved.UNCHANGED: count} for what, count in KINDS.items()
    }
    assert again.sandbox_accounts == first.sandbox_accounts
    assert len(first.sync_runs) == KINDS["workspaces"]
    assert again.total(Saved.CREATED) == 0
    assert len(await accounts.list_channel_accounts(pool)) == KINDS["channel accounts"]


async def test_a_first_sync_is_asked_for_until_one_was_made(pool, box):
    first = await seed(pool, box)
    for _ in first.sync_runs:
        run = await sync_runs.claim_run(pool, claim_seconds=60)
        assert run is not None
        assert (run.kind, run.trigger) == ("full", "seed")
    assert (await seed(pool, box)).sync_runs == []


async def test_another_port_of_the_sandbox_is_taken_over(pool, box):
    first = await seed(pool, box)
    moved = await seed(pool, box, "http://127.0.0.1:8091", "http://localhost:8081")
    assert moved.counts["channel accounts"] == {Saved.UPDATED: 10, Saved.UNCHANGED: 5}
    assert moved.counts["provider accounts"] == {Saved.UPDATED: 3, Saved.UNCHANGED: 2}
    secrets = [[{**one, "webhook_url": None} for one in report.sandbox_accounts] for report in (first, moved)]
    assert secrets[0] == secrets[1]
    assert moved.sandbox_accounts[1]["webhook_url"] == "http://localhost:8081/webhooks/whatsapp/nail-salon-wa"


async def test_secrets_that_the_keys_dont_open_are_no_reason_to_make_new_ones(pool, box):
    await seed(pool, box)
    with pytest.raises(SecretError):
        await seed(pool, SecretBox([os.urandom(32)]))


async def test_the_two_businesses_share_no_secret(pool, box):
    report = await seed(pool, box)
    values = [
        one[name]
        for one in report.sandbox_accounts
        for name in ("security_token", "api_key", "access_token", "app_secret", "auth_token", "account_sid")
        if name in one
    ]
    assert len(values) == len(set(values)) == 23
    assert values[0] not in repr(report)


async def test_the_sandbox_takes_its_accounts(pool, box):
    report = await seed(pool, box)
    kinds = [one.kind for one in AccountsBody(accounts=report.sandbox_accounts).accounts]
    assert kinds == [*["nailit", "meta", "twilio"] * 2, "shopmonkey", *["meta", "twilio"] * 3, "stripe"]


@pytest.mark.parametrize("key", ["nail-salon", "nail-studio"])
async def test_a_seeded_business_syncs_from_the_sandbox(pool, box, sandbox, key):
    base = str(sandbox.make_url("")).rstrip("/")
    report = await seed(pool, box, base)
    workspace = await accounts.find_workspace(pool, key)
    assert workspace is not None
    outcomes = []
    async with httpx.AsyncClient() as http:
        told = await http.post(f"{base}/_sandbox/accounts", json={"accounts": report.sandbox_accounts})
        assert told.status_code == 200, told.text
        for _ in range(2):
            async with tx(pool, workspace.id) as connection:
                run = await sync_runs.start_run(connection, kind="full", trigger="operator", claim_seconds=60)
            assert run is not None
            outcomes.append(await perform_run(pool, box, http, run, now=NOW, days=2))
    first, second = outcomes
    assert first.status is SyncStatus.DONE, first.error
    assert second.status is SyncStatus.DONE, second.error
    assert first.counts["locations"]["created"] == 3
    assert first.counts["services"]["created"] > 20
    assert first.counts["slots"]["created"] > 200
    changed = {
        name: numbers
        for name, numbers in second.counts.items()
        if isinstance(numbers, dict) and any(numbers.values())
    }
    assert changed == {}
    async with tx(pool, workspace.id) as connection:
        catalog = await load_catalog(connection, workspace.id)
        query = FrameQuery(next(iter(catalog.locations)), NOW, NOW + timedelta(days=1))
        frames = await load_frames(connection, query)
    assert {place.names["en"] for place in catalog.locations.values()} == {"Plaza", "Zahra", "Marina"}
    assert all(service.location_ids and service.minutes for service in catalog.services.values())
    assert any("ar" in service.names for service in catalog.services.values())
    assert all(person.service_ids for person in catalog.staff.values())
    assert frames
    assert all(query.starts_at <= frame.starts_at < query.ends_at for frame in frames)
    assert await errors.listing(pool) == []


async def test_a_booking_system_that_refuses_the_token_is_told_in_plain_words(pool, box, sandbox):
    """The sandbox doesn't know the accounts: nobody posted them."""
    await seed(pool, box, str(sandbox.make_url("")).rstrip("/"))
    run = await sync_runs.claim_run(pool, claim_seconds=60)
    assert run is not None
    async with httpx.AsyncClient() as http:
        outcome = await perform_run(pool, box, http, run, now=datetime.now(UTC))
    assert outcome.status is SyncStatus.FAILED
    [found] = await errors.listing(pool)
    assert (found.kind, found.workspace_key) == ("sync_failed", "nail-salon")
    assert found.summary.startswith("The booking system can't be read")


async def test_the_car_shop_syncs_from_the_sandbox(pool, box, sandbox):
    base = str(sandbox.make_url("")).rstrip("/")
    report = await seed(pool, box, base)
    workspace = await accounts.find_workspace(pool, "car-tint")
    assert workspace is not None
    outcomes = []
    async with httpx.AsyncClient() as http:
        told = await http.post(f"{base}/_sandbox/accounts", json={"accounts": report.sandbox_accounts})
        assert told.status_code == 200, told.text
        for kind in ("full", "full", "slots"):
            async with tx(pool, workspace.id) as connection:
                run = await sync_runs.start_run(connection, kind=kind, trigger="operator", claim_seconds=60)
            assert run is not None
            outcomes.append(await perform_run(pool, box, http, run, now=NOW, days=2))
    assert [one.status for one in outcomes] == [SyncStatus.DONE] * 3, [one.error for one in outcomes]
    first, second, third = (one.counts for one in outcomes)
    assert first["locations"]["created"] == 2
    assert first["services"]["created"] == 6
    # Friday 20 and Saturday 14 half hours, two bays at two places
    assert first["slots"]["created"] == (20 + 14) * 2 * 2
    for again in (second, third):
        assert not any(any(numbers.values()) for numbers in again.values() if isinstance(numbers, dict)), (
            again
        )
    async with tx(pool, workspace.id) as connection:
        catalog = await load_catalog(connection, workspace.id)
    assert catalog.currency == "USD"
    prices = {one.names["en"]: (one.price_minor, one.minutes) for one in catalog.services.values()}
    assert prices["Full Car Tint Ceramic"] == (45000, 180)
    assert prices["Paint Protection Front"] == (89900, 240)
    assert "Shop Supplies" not in prices
    assert await errors.listing(pool) == []
