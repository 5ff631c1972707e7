"""POST /api/admin/demo/seed and /reset: counts that are right, clear refusals, and nobody else's rows touched."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from db import audit, templates
from db.tokens import Role, Scope
from tests.listening import free_ports, serving
from tests.sampled import BARBER, DENTAL
from workers.recorder import Recorder
from workers.settings import Environment
from workers.web import create_app

SEED, RESET = "/api/admin/demo/seed", "/api/admin/demo/reset"
BODY = {"templateKey": "barber"}


async def counted(api, workspace):
    """Rows of the workspace in every table that a reset empties."""
    found = {}
    for table in templates.EMPTIED_TABLES:
        rows = await api.rows(
            f"SELECT count(*) AS n FROM {table} WHERE workspace_id = $1", api.workspaces[workspace]
        )
        found[table] = rows[0]["n"]
    return found


def error_of(answer):
    return answer.json()["error"]


async def test_a_second_seeding_changes_nothing_and_says_so(api):
    before = await counted(api, BARBER)
    answer = await api.post(SEED, BODY)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["templateKey"], found["workspaceKey"]) == ("barber", BARBER)
    assert found["workspaceId"] == str(api.workspaces[BARBER])
    assert found["totals"]["created"] == found["totals"]["deleted"] == found["totals"]["updated"] == 0
    assert found["totals"]["skipped"] == sum(each["skipped"] for each in found["counts"].values()) > 50
    assert await counted(api, BARBER) == before
    [row] = await api.rows("SELECT last_seeded_at FROM templates WHERE key = 'barber'")
    assert datetime.fromisoformat(found["lastSeededAt"]) == row["last_seeded_at"]


async def test_a_reset_makes_one_business_as_new_and_leaves_the_others(api):
    dental = await counted(api, DENTAL)
    before = await counted(api, BARBER)
    await api.pool.execute(
        "UPDATE leads SET notes = 'of a visitor' WHERE workspace_id = $1", api.workspaces[BARBER]
    )
    found = (await api.post(RESET, BODY)).json()
    assert {what: each["deleted"] for what, each in found["counts"].items() if each["deleted"]} == {
        table: count for table, count in before.items() if count
    }
    for table in ("leads", "conversations", "handoffs"):
        assert found["counts"][table]["created"] == before[table]
    assert await counted(api, BARBER) == before
    assert await counted(api, DENTAL) == dental
    notes = await api.rows(
        "SELECT id FROM leads WHERE workspace_id = $1 AND notes = 'of a visitor'", api.workspaces[BARBER]
    )
    assert notes == []
    entries = await audit.listing(api.pool, workspace_id=api.workspaces[BARBER])
    assert (entries[0].action, entries[0].subject) == ("demo.reset", "barber")
    assert entries[0].detail == found["totals"]


async def test_a_template_that_was_never_seeded_becomes_a_business(api):
    listed = {one["templateKey"]: one for one in (await api.read("/api/admin/demo/templates"))["items"]}
    assert len(listed) == 18
    assert listed["gym"]["lastSeededAt"] is None
    assert listed["gym"]["workspaceId"] is None
    found = (await api.post(SEED, {"templateKey": "gym"})).json()
    assert found["totals"]["created"] > 50
    listed = {one["templateKey"]: one for one in (await api.read("/api/admin/demo/templates"))["items"]}
    assert listed["gym"]["workspaceId"] == found["workspaceId"]
    assert listed["gym"]["counts"] == found["counts"]
    leads = await api.read("/api/admin/leads", workspace=found["workspaceKey"])
    assert leads["counts"]["total"] == found["counts"]["leads"]["created"]


async def test_bad_requests_are_refused_clearly(api):
    unknown = await api.post(SEED, {"templateKey": "space-station"})
    assert (unknown.status_code, error_of(unknown)["code"]) == (404, "unknown_template")
    assert error_of(unknown)["field"] == "templateKey"
    assert "barber" in error_of(unknown)["message"]
    for body, field in (({}, "templateKey"), ({"templateKey": 7}, "templateKey"), ({"templateKey": ""}, "templateKey"),
                        ({**BODY, "force": True}, "force")):  # fmt: skip
        answer = await api.post(SEED, body)
        assert (answer.status_code, error_of(answer)["field"]) == (400, field)
    sandbox = await api.post(SEED, {"templateKey": "nail-salon"})
    assert (sandbox.status_code, error_of(sandbox)["code"]) == (409, "refused")
    assert "SANDBOX_URL" in error_of(sandbox)["message"]


async def test_only_the_agency_with_the_right_scope_may(api):
    await api.token("reader", Role.AGENCY, None, Scope.ADMIN_READ)
    for name, status in (("reader", 403), ("barber", 403), (None, 401)):
        for path in (SEED, RESET):
            assert (await api.post(path, BODY, as_=name)).status_code == status
    assert (await api.get("/api/admin/demo/templates", as_="reader")).status_code == 403


async def test_while_somebody_else_seeds_it_is_said_when_to_try_again(api):
    async with templates.only_one(api.pool) as alone:
        assert alone
        answer = await api.post(SEED, BODY)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "busy")
    assert answer.headers["Retry-After"] == str(error_of(answer)["retryAfterSeconds"])
    assert (await api.post(SEED, BODY)).status_code == 200


async def test_a_real_business_of_the_same_key_is_left_alone(api):
    await api.pool.execute("DELETE FROM templates WHERE key = 'barber'")
    before = await counted(api, BARBER)
    for path in (SEED, RESET):
        answer = await api.post(path, BODY)
        assert (answer.status_code, error_of(answer)["code"]) == (409, "refused")
        assert "left alone" in error_of(answer)["message"]
    assert await counted(api, BARBER) == before


async def test_a_failure_names_the_row_and_changes_nothing_of_the_talks(api):
    await api.pool.execute("ALTER TABLE leads ADD CONSTRAINT no_web CHECK (source <> 'web') NOT VALID")
    before = await counted(api, DENTAL)
    answer = await api.post(RESET, BODY)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "refused")
    assert re.search(r"leads [0-9a-f-]{36}: no_web", error_of(answer)["message"]), error_of(answer)
    assert await counted(api, DENTAL) == before
    await api.pool.execute("ALTER TABLE leads DROP CONSTRAINT no_web")
    assert (await api.post(SEED, BODY)).json()["counts"]["leads"]["created"] > 10


async def test_in_production_there_are_no_demo_businesses(api):
    settings = api.resources.settings.model_copy(update={"environment": Environment.PRODUCTION})
    resources = replace(api.resources, settings=settings)
    [port] = free_ports(1)
    async with Recorder(api.pool) as recorder, serving(create_app(resources, recorder), port):
        answer = await api.http.post(
            f"http://127.0.0.1:{port}{RESET}",
            json=BODY,
            headers={"Authorization": f"Bearer {api.tokens['agency']}"},
        )
    assert (answer.status_code, error_of(answer)["code"]) == (403, "demo_off")
