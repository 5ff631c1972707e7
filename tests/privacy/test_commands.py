"""`frontdesk customers` and `frontdesk settings`, as an operator types them."""

import json
import stat

import pytest

from db import audit
from tests.engine.world import cache
from tests.privacy import canary
from tests.terminal import at_a_terminal
from tests.terminal import typed as frontdesk
from workers import accounts_cache


@pytest.fixture(autouse=True)
def terminal(dsn, monkeypatch):
    at_a_terminal(monkeypatch, dsn)


async def entries(world):
    return [(one.action, one.subject, one.detail) for one in await audit.listing(world.pool)]


async def test_found_exported_and_erased(world, tmp_path):
    ids = await canary.leave_traces(world)
    code, said = await frontdesk("customers", "find", "test-salon", canary.PHONE)
    assert code == 0
    assert ids["customer"] in said

    file = tmp_path / "sara.json"
    code, said = await frontdesk("customers", "export", "test-salon", canary.MAIL, "--to", str(file))
    assert code == 0, said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    held = json.loads(file.read_text())["held"]
    assert held["messages"][0]["body"] == f"Hello {canary.WORD}"
    assert (await frontdesk("customers", "export", "test-salon", canary.MAIL, "--to", str(file)))[0] == 2
    code, said = await frontdesk("customers", "export", "test-salon", canary.PHONE, "--readable")
    assert f"we: Hello {canary.WORD}" in said
    assert canary.MAIL in said

    assert (await frontdesk("customers", "erase", "test-salon", canary.PHONE, given="n\n"))[0] == 1
    assert await canary.where_she_is(world.pool)
    code, said = await frontdesk("customers", "erase", "test-salon", canary.PHONE, "--yes")
    assert code == 0, said
    assert "1 bookings stay as figures" in said
    assert await canary.where_she_is(world.pool) == set()
    assert "Nobody" in (await frontdesk("customers", "find", "test-salon", canary.PHONE))[1]
    assert (await frontdesk("customers", "erase", "test-salon", canary.PHONE, "--yes"))[0] == 2

    actions = {action: subject for action, subject, _ in await entries(world)}
    assert actions["customer.erased"] == actions["customer.exported"] == ids["customer"]


async def test_open_work_is_named_and_nothing_goes(world):
    ids = await canary.leave_traces(world)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE bookings SET status = 'pending_provider', cancelled_at = NULL")
    before = await canary.where_she_is(world.pool)
    code, said = await frontdesk("customers", "erase", "test-salon", ids["customer"], "--yes")
    assert code == 1
    assert "1 order" in said
    assert await canary.where_she_is(world.pool) == before
    assert await entries(world) == []


async def test_a_setting_is_read_changed_and_noted(world):
    assert (await frontdesk("settings", "get", "test-salon", "timezone"))[1].strip() == '"Asia/Kuwait"'
    code, said = await frontdesk("settings", "set", "test-salon", "contact.phone", "+96550000001")
    assert code == 0, said
    assert 'contact.phone: "" -> "+96550000001"' in said
    assert (await frontdesk("settings", "get", "test-salon", "contact.phone"))[1].strip() == '"+96550000001"'
    code, said = await frontdesk("settings", "set", "test-salon", "quiet_hours.begins", "22:30")
    assert code == 0, said
    assert (
        json.loads((await frontdesk("settings", "show", "test-salon"))[1])["quiet_hours"]["begins"]
        == "22:30:00"
    )
    assert "already" in (await frontdesk("settings", "set", "test-salon", "quiet_hours.begins", "22:30"))[1]
    await frontdesk("settings", "set", "test-salon", "quiet_hours.begins", "null")
    assert "21:00" in (await frontdesk("settings", "get", "test-salon", "quiet_hours.begins"))[1]
    noted = [detail["changes"] for action, _, detail in await entries(world) if action == "settings.changed"]
    assert noted[-1] == {"contact.phone": ["", "+96550000001"]}
    assert len(noted) == 3


async def test_what_makes_no_sense_is_said_by_field_and_changes_nothing(world):
    before = await world.pool.fetchval("SELECT settings FROM workspaces")
    code, said = await frontdesk("settings", "set", "test-salon", "external.url", "javascript:alert(1)")
    assert code == 2
    assert "external.url: the booking URL" in said
    assert await world.pool.fetchval("SELECT settings FROM workspaces") == before
    assert await entries(world) == []


async def test_check_tells_what_lets_customers_down(world):
    code, said = await frontdesk("settings", "check", "test-salon")
    assert code == 1
    assert "none is connected" in said
    await world.pool.execute('UPDATE workspaces SET settings = settings || \'{"timezone": "Mars/Base"}\'')
    code, said = await frontdesk("settings", "check")
    assert code == 1
    assert "unknown time zone" in said
    assert (await frontdesk("settings", "check", "nobody"))[0] == 2


async def test_every_path_is_listed(world):
    code, said = await frontdesk("settings", "paths")
    assert code == 0
    for path in ("external.completions.enabled", "quiet_hours.begins", "retention.payloads", "outbound.mode"):
        assert path in said


async def test_a_change_reaches_every_process(world, monkeypatch):
    """Turns see it at once, by the version that comes with their lease; the rest within the cache's few seconds."""
    clock = 1000.0
    monkeypatch.setattr(accounts_cache.time, "monotonic", lambda: clock)
    processes = [cache(world), cache(world)]

    async def phones(settings_at):
        profiles = [
            await one.profile(world.bot_id, workspace_id=world.workspace_id, settings_at=settings_at)
            for one in processes
        ]
        return [each.settings.contact.phone for each in profiles]

    async def version():
        return str(await world.pool.fetchval("SELECT updated_at FROM workspaces"))

    before = await version()
    assert await phones(before) == await phones(None) == ["", ""]
    code, said = await frontdesk("settings", "set", "test-salon", "contact.phone", "+96550000001")
    assert code == 0, said
    assert await version() != before
    assert await phones(await version()) == ["+96550000001"] * 2
    assert await phones(None) == ["+96550000001"] * 2, "who saw the new version has no use for the old one"
    await frontdesk("settings", "set", "test-salon", "contact.phone", "+96550000002")
    clock += 6
    assert await phones(None) == ["+96550000002"] * 2
