"""Which workspace one acts as, and how one gets to see it."""

from __future__ import annotations

from bot.console.invitations import invite
from db import users
from db.users import Role
from tests.console.desk import PASSWORD
from tests.console.two_businesses import pool
from tests.sampled import BARBER, DENTAL

__all__ = ["pool"]

# -- acting as ---------------------------------------------------------------------------------------------------


async def test_an_agency_user_acts_as_one_workspace_at_a_time_and_the_choice_is_written_down(desk):
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com", act_as=BARBER) as browser:
        other = await browser.get(f"/console/w/{DENTAL}/leads")
        assert other.status_code == 404
        assert f"Act as {DENTAL}" in other.text
        there = await browser.post("/console/workspaces", workspace=DENTAL, next=f"/console/w/{DENTAL}/leads")
        assert there.headers["location"] == f"/console/w/{DENTAL}/leads"
        assert (await browser.get(f"/console/w/{DENTAL}/leads")).status_code == 200
        assert (await browser.get(f"/console/w/{BARBER}/leads")).status_code == 404
    entries = await desk.pool.fetch(
        "SELECT w.key, a.actor FROM audit_entries a JOIN workspaces w ON w.id = a.workspace_id "
        "WHERE a.action = 'workspace.chosen' ORDER BY a.at"
    )
    assert [tuple(row) for row in entries] == [
        (BARBER, "user:ann@example.com"), (DENTAL, "user:ann@example.com")
    ]  # fmt: skip


async def test_a_client_is_led_to_his_own_business_and_sees_no_other(desk):
    await desk.user("carl@example.com", Role.CLIENT, BARBER)
    async with desk.signed_in("carl@example.com") as browser:
        page = await browser.follow(await browser.get("/console/"))
        assert page.url.path == f"/console/w/{BARBER}/"
        choice = await browser.get("/console/workspaces")
        assert DENTAL not in choice.text
        assert (await browser.get(f"/console/w/{DENTAL}/")).status_code == 404


# -- invitations -------------------------------------------------------------------------------------------------


async def invited(desk, email="new@example.com", role=Role.CLIENT, workspace=BARBER) -> str:
    link = await invite(
        desk.pool,
        email=email,
        role=role,
        workspace_id=desk.workspaces[workspace] if workspace else None,
        actor="user:ann@example.com",
        public_base_url=desk.url,
    )
    return link.partition("#")[2]


async def test_an_invitation_makes_an_account_once(desk):
    code = await invited(desk)
    async with desk.browser() as browser:
        await browser.get("/console/invitation")
        given = {"code": code, "name": "Nora New", "password": "a horse in the rain"}
        assert (
            await browser.post("/console/invitation", **{**given, "password": "short"})
        ).status_code == 422
        page = await browser.follow(await browser.post("/console/invitation", **given))
        assert page.url.path == f"/console/w/{BARBER}/"
        assert "Nora New" in page.text
    async with desk.browser() as other:
        await other.get("/console/invitation")
        again = await other.post("/console/invitation", **given)
        assert "used, withdrawn or is too old" in again.text
    assert (
        await desk.pool.fetchval("SELECT count(*) FROM invitations WHERE code_hash = $1", code.encode()) == 0
    )


async def test_an_invitation_widens_an_account_only_for_whoever_knows_its_password(desk):
    await desk.user("carl@example.com", Role.CLIENT, BARBER)
    code = await invited(desk, "carl@example.com", workspace=DENTAL)
    async with desk.browser() as browser:
        await browser.get("/console/invitation")
        refused = await browser.post(
            "/console/invitation", code=code, name="Mallory", password="a horse in the rain"
        )
        assert "enter its password" in refused.text
        assert (await browser.post("/console/invitation", code=code, password=PASSWORD)).status_code == 303
    carl = await users.find(desk.pool, email="carl@example.com")
    assert {one.key for one in await users.workspaces_of(desk.pool, carl.id)} == {BARBER, DENTAL}
    assert carl.name == "Carl"


async def test_an_old_or_withdrawn_invitation_is_worth_nothing(desk):
    old = await invited(desk)
    await desk.pool.execute("UPDATE invitations SET expires_at = now()")
    newer = await invited(desk)
    assert old != newer
    async with desk.browser() as browser:
        await browser.get("/console/invitation")
        given = {"name": "Nora", "password": "a horse in the rain"}
        assert (await browser.post("/console/invitation", code=old, **given)).status_code == 422
        (open_one,) = await users.invitations(desk.pool, desk.workspaces[BARBER])
        assert not await users.withdraw(desk.pool, open_one.id, desk.workspaces[DENTAL])
        assert await users.withdraw(desk.pool, open_one.id, desk.workspaces[BARBER])
        assert (await browser.post("/console/invitation", code=newer, **given)).status_code == 422
