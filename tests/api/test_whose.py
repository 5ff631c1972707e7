"""Whose records the read API gives, and to whom."""

from __future__ import annotations

from uuid import uuid4

from db import audit
from db.tokens import Role, Scope
from tests.api.conftest import TABLES
from tests.sampled import BARBER, DENTAL


async def test_records_of_another_business_do_not_exist(api):
    for kind in TABLES:
        theirs = await api.stored(kind, DENTAL)
        own = {item["id"] for item in (await api.read(f"/api/admin/{kind}", limit=200))["items"]}
        assert not own & {str(row["id"]) for row in theirs}
        foreign, unknown = str(theirs[0]["id"]), str(uuid4())
        answers = [
            await api.get(
                f"/api/admin/{kind}/{which}", as_=name, workspace=BARBER if name == "agency" else None
            )
            for name in ("agency", "barber")
            for which in (foreign, unknown, "not-an-id", "1")
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1
        assert answers[0].json()["error"]["code"] == "not_found"
        assert (await api.get(f"/api/admin/{kind}/{foreign}", workspace=DENTAL)).status_code == 200


async def test_the_agency_names_its_business_in_the_header_or_the_url(api):
    answer = await api.get("/api/admin/leads")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "workspace_required")
    by_header = await api.read("/api/admin/leads", workspace=BARBER)
    assert (await api.get(f"/api/admin/leads?workspace={BARBER}")).json() == by_header
    by_id = await api.get("/api/admin/leads", workspace=str(api.workspaces[BARBER]))
    assert by_id.json() == by_header
    both = await api.http.get(
        f"{api.base}/api/admin/leads?workspace={DENTAL}",
        headers={"Authorization": f"Bearer {api.tokens['agency']}", "X-Workspace": BARBER},
    )
    assert (both.status_code, both.json()["error"]["field"]) == (400, "workspace")
    unknown = await api.get("/api/admin/leads", workspace="nobody")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown_workspace")


async def test_the_agencys_choice_is_written_down(api):
    for workspace in (BARBER, DENTAL, BARBER):
        await api.read("/api/admin/leads", workspace=workspace)
    await api.get("/api/admin/leads", workspace="nobody")
    await api.read("/api/admin/leads", as_="barber", workspace=None)
    entries = [one for one in await audit.listing(api.pool) if one.action == "workspace.chosen"]
    assert {(one.workspace_key, one.actor.split(" ")[0]) for one in entries} == {
        (key, f"token:{api.tokens['agency'][:11]}") for key in (BARBER, DENTAL)
    }


async def test_a_client_cannot_choose(api):
    own = await api.read("/api/admin/leads", as_="barber", workspace=None)
    assert own == await api.read("/api/admin/leads", as_="agency", workspace=BARBER)
    for same in (BARBER, str(api.workspaces[BARBER])):
        assert (await api.get("/api/admin/leads", as_="barber", workspace=same)).status_code == 200
    for other in (DENTAL, "nobody", str(api.workspaces[DENTAL])):
        answer = await api.get("/api/admin/leads", as_="barber", workspace=other)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    found = await api.read("/api/admin/workspaces", as_="barber", workspace=None)
    assert [one["key"] for one in found["items"]] == [BARBER]
    every = await api.read("/api/admin/workspaces", workspace=None)
    assert {one["key"] for one in every["items"]} == set(api.workspaces)


async def test_without_a_good_token_nothing_is_told(api):
    prefix = await api.token("chatter", Role.CLIENT, BARBER, Scope.CHAT)
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {api.tokens['agency']}"},
                    {"Authorization": "Bearer fd_00000000_" + "x" * 43}, {"Authorization": "Bearer x"}):  # fmt: skip
        answer = await api.http.get(f"{api.base}/api/admin/leads?status=nonsense", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    answer = await api.get("/api/admin/leads", as_="chatter")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert "admin:read" in answer.json()["error"]["message"]
    await api.pool.execute("UPDATE api_tokens SET revoked_at = now() WHERE prefix = $1", prefix)
    assert (await api.get("/api/admin/leads", as_="chatter")).status_code == 401
