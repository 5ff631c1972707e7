"""What an operator edited: kept by every sync, shown to customers, dropped when asked; prices have one owner."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from uuid import UUID

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.accounts import sealed_provider_account
from bot.catalog import Catalog, Service
from bot.catalog_view import load_catalog
from db import accounts, catalog_changes, catalog_edits
from db.ids import new_id
from db.name_edits import Named, replace_names
from db.secrets import SecretBox
from db.tx import tx
from providers.contract import ProviderAccount
from sync.run import SyncStatus
from tests.sync.conftest import FakeProvider, Syncer, small_catalog
from workers.cli import app

KEY = base64.b64encode(b"k" * 32).decode()


async def connect(sync: Syncer, provider: str) -> None:
    """The business gets its booking system; only its name matters here."""
    account = ProviderAccount(provider, "", "https://example.com", "Asia/Kuwait", "KWD")
    row = sealed_provider_account(
        account, SecretBox([KEY]), account_id=new_id(), workspace_id=sync.workspace_id
    )
    async with tx(sync.pool, sync.workspace_id) as connection:
        await accounts.save_provider_account(connection, row)


async def seen(sync: Syncer) -> Catalog:
    async with tx(sync.pool, sync.workspace_id) as connection:
        return await load_catalog(connection, sync.workspace_id)


async def service(sync: Syncer, external_id: str = "100") -> Service:
    found = await seen(sync)
    return next(one for one in found.services.values() if one.external_id == external_id)


async def edit(sync: Syncer, service_id: UUID, **fields: object) -> None:
    async with tx(sync.pool, sync.workspace_id) as connection:
        await catalog_edits.save_service_edit(connection, service_id, **fields)  # type: ignore[arg-type]
        await catalog_changes.bump_version(connection)


async def test_edits_outlive_syncs_and_the_source_goes_on_beneath(sync):
    await connect(sync, "own_calendar")
    await sync(FakeProvider())
    gel = await service(sync)
    await edit(sync, gel.id, price_minor=15_000, minutes=75, names={"ar": "جل ناعم"}, aliases=["gelish"])

    catalog = small_catalog()
    dearer = replace(catalog.services[0], price_minor=13_000, minutes=65, description="Softer gel")
    moved = FakeProvider(replace(catalog, services=(dearer, *catalog.services[1:])))
    assert (await sync(moved)).counts["services"]["changed"] == 1
    assert (await sync(moved)).counts["services"]["changed"] == 0

    edited = await service(sync)
    assert (edited.price_minor, edited.minutes, edited.aliases) == (15_000, 75, ("gelish",))
    assert edited.names == {"en": "Gel Manicure", "ar": "جل ناعم"}
    assert (edited.description, edited.own_terms) == ("Softer gel", True)
    async with tx(sync.pool, sync.workspace_id) as connection:
        await catalog_edits.drop_edits(connection, gel.id)
    dropped = await service(sync)
    assert (dropped.price_minor, dropped.minutes, dropped.aliases) == (13_000, 65, ())
    assert (dropped.names["ar"], dropped.own_terms) == ("جل", False)


async def test_names_of_places_and_people_outlive_syncs_too(sync):
    await sync(FakeProvider())
    before = await seen(sync)
    place, person = next(iter(before.locations.values())), next(iter(before.staff.values()))
    async with tx(sync.pool, sync.workspace_id) as connection:
        await replace_names(connection, Named.PLACE, place.id, names={"ar": "البلازا"}, aliases=["the mall"])
        await replace_names(connection, Named.PERSON, person.id, names={}, aliases=["boss"])
        await catalog_changes.bump_version(connection)
    catalog = small_catalog()
    moved = [replace(one, names={"en": f"New {one.names['en']}"}) for one in catalog.locations]
    renamed = [replace(one, names={"en": f"New {one.names['en']}"}) for one in catalog.staff]
    after_that = FakeProvider(replace(catalog, locations=tuple(moved), staff=tuple(renamed)))
    assert (await sync(after_that)).status is SyncStatus.DONE
    after = await seen(sync)
    assert after.locations[place.id].names == {"en": f"New {place.names['en']}", "ar": "البلازا"}
    assert "the mall" in after.locations[place.id].aliases
    assert after.staff[person.id].names["en"] == f"New {person.names['en']}"
    assert after.staff[person.id].aliases[-1] == "boss"
    assert "boss" not in [
        alias for one in after.staff.values() if one.id != person.id for alias in one.aliases
    ]


async def test_a_service_that_was_gone_comes_back_with_its_edits(sync):
    await connect(sync, "own_calendar")
    everything = FakeProvider()
    await sync(everything)
    await edit(sync, (await service(sync)).id, minutes=90)
    await sync(everything.without(services=["100"]), forced=True)
    assert "100" not in {one.external_id for one in (await seen(sync)).services.values()}
    assert (await sync(everything)).status is SyncStatus.DONE
    assert (await service(sync)).minutes == 90


async def test_a_hidden_service_is_not_offered_until_it_is_shown_again(sync):
    await sync(FakeProvider())
    gel = await service(sync)
    await edit(sync, gel.id, hidden=True)
    await edit(sync, gel.id, minutes=70)  # another edit leaves it hidden
    assert gel.id not in (await seen(sync)).services
    await edit(sync, gel.id, hidden=False)
    assert (await seen(sync)).services[gel.id].minutes == 70


@pytest.mark.parametrize("provider", ["nailit", "shopmonkey"])
async def test_a_booking_system_of_others_keeps_its_price_and_its_least_time(sync, provider):
    """A business that moved there from its own calendar: each order would be refused at a price of ours."""
    await connect(sync, provider)
    await sync(FakeProvider())
    gel, cut = await service(sync), await service(sync, "101")
    await edit(sync, gel.id, price_minor=1, minutes=75, aliases=["gelish"])
    await edit(sync, cut.id, minutes=30)
    async with tx(sync.pool, sync.workspace_id) as connection:
        await catalog_edits.save_size_edit(connection, cut.sizes[0].id, price_minor=1)
    gel, cut = await service(sync), await service(sync, "101")
    assert (gel.price_minor, gel.minutes, gel.aliases, gel.own_terms) == (12_500, 75, ("gelish",), False)
    assert (cut.minutes, cut.sizes[0].price_minor, cut.own_terms) == (45, 8_000, False)


async def test_one_businesss_edits_are_not_anothers(sync):
    await sync(FakeProvider())
    other_id = await accounts.save_workspace(
        sync.pool, key="other", name="Other", settings={"timezone": "Asia/Kuwait", "currency": "KWD"}
    )
    other = Syncer(sync.pool, other_id)
    await other(FakeProvider())
    await edit(sync, (await service(sync)).id, minutes=90)
    assert (await service(other)).minutes == 60
    assert await other.rows("SELECT 1 FROM service_edits") == []


@pytest.fixture
def frontdesk(dsn, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("FRONTDESK_SECRET_KEYS", KEY)
    monkeypatch.setenv("COLUMNS", "200")

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["catalog", "nails", *arguments])

    return run


async def test_the_command_lists_edits_and_drops(sync, frontdesk):
    await connect(sync, "own_calendar")
    await sync(FakeProvider())
    version = await sync.version()
    listed = await frontdesk()
    assert listed.exit_code == 0, listed.output
    assert "12.500" in listed.stdout
    assert "Long" in listed.stdout

    done = await frontdesk(
        "--service", "gel", "--set-price", "14.250", "--set-minutes", "75", "--add-alias", " Gelish "
    )
    assert done.exit_code == 0, done.output
    assert "14.250 (was 12.500)" in done.stdout
    assert "75 (was 60)" in done.stdout
    assert await sync.version() == version + 1
    gel = await service(sync)
    assert (gel.price_minor, gel.minutes, gel.aliases) == (14_250, 75, ("gelish",))

    sized = await frontdesk("--service", "Haircut", "--size", "long", "--set-price", "12")
    assert "12.000 (was 11.000)" in sized.stdout
    assert [size.price_minor for size in (await service(sync, "101")).sizes] == [8_000, 12_000]

    named = await frontdesk("--service", "gel", "--set-name", "en=Soft Gel", "--hide")
    assert "Soft Gel (was Gel Manicure) (hidden)" in named.stdout
    back = await frontdesk("--service", "soft gel", "--drop-edits")
    assert back.exit_code == 0, back.output
    assert "was" not in back.stdout
    assert (await service(sync)).price_minor == 12_500


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--service", "gel", "--set-price", "1"), "prices are decided by Nail It"),
        (("--service", "gel", "--set-minutes", "45"), "Nail It takes 60 minutes"),
        (("--service", "nothing", "--set-minutes", "45"), "no service 'nothing'"),
        (("--service", "a", "--set-minutes", "45"), "may be one of 3 services"),
        (("--service", "gel", "--set-name", "fr=Gel"), "write en=NAME or ar=NAME"),
        (("--set-minutes", "45"), "say which service"),
    ],
)
async def test_what_can_not_be_is_said_and_nothing_is_written(sync, frontdesk, arguments, said):
    await connect(sync, "nailit")
    await sync(FakeProvider())
    refused = await frontdesk(*arguments)
    assert refused.exit_code != 0
    assert said in refused.output
    assert await sync.rows("SELECT 1 FROM service_edits") == []
    assert await sync.version() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--service", "gel", "--set-price", "1.2345"), "KWD has 3 decimals"),
        (("--service", "gel", "--set-price", "-1"), "is no price"),
        (("--service", "gel", "--set-price", "cheap"), "is no price"),
        (("--service", "haircut", "--set-price", "9"), "say which: --size NAME (Short, Long)"),
        (("--service", "haircut", "--size", "huge", "--set-price", "9"), "no size 'huge'"),
    ],
)
async def test_a_price_that_can_not_be_is_said_so(sync, frontdesk, arguments, said):
    await connect(sync, "own_calendar")
    await sync(FakeProvider())
    refused = await frontdesk(*arguments)
    assert refused.exit_code == 1
    assert said in refused.output
    assert await sync.version() == 1
