"""Both dashboards, the agency's and a client's, in a real browser: for every template they show what the run made.

Signing in, roles and everything that is done in the console have tests of their own (tests/console, tests/browser).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from db import audit
from db.accounts import find_workspace
from db.users import Role
from seeds.template_file import shipped_templates
from tests.browser.conftest import chromium
from tests.smoke.conftest import RESET, House
from tests.smoke.dashboards import Looker, Shown, browsing, lines_of, marks_of
from workers.qa.checks import Outcome
from workers.qa.expect import Expected, expected_templates
from workers.qa.listed import CHECKS
from workers.qa.result import Run, Traces
from workers.qa.run import look, traces_of
from workers.qa.visit import Row, Visit

pytestmark = [
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.timeout(400),
    pytest.mark.browser,
]

TEMPLATES = {one.key: one for one in expected_templates()}
KEYS = list(shipped_templates())
AGENCY = "agency@example.com"


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def traces(house: House, run: Run) -> dict[str, Traces]:
    """By template. What the run left at the one that it reset is gone: its customers come once more."""
    async with house.place() as place:
        visit = Visit(
            TEMPLATES[RESET], [], place.server, place.dashboard, place.clock, house.operator, place.orders
        )
        for check in CHECKS:
            if check.key in {"config", "partial", "routes", "internal", "external"}:
                found = await look(check, visit)
                assert found.outcome is Outcome.PASS, found.line
    return {**run.traces, RESET: traces_of(visit)}


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def agency(house: House, browser: Browser) -> Looker:
    """Signed in once; he chooses one business after the other."""
    looker = await browsing(browser, Role.AGENCY, house.url)
    await looker.become(house.salon.pool, AGENCY)
    return looker


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def client(house: House, browser: Browser) -> Looker:
    """One browser for all of them, in which one signs in after the other."""
    return await browsing(browser, Role.CLIENT, house.url)


async def as_they_are_now(house: House, one: Expected, left: Traces) -> Traces:
    """The run went on: a lead may know more by now, and a hand-off be completed."""
    async with house.place() as place:

        async def again(kind: str, row: Row | None) -> Row | None:
            if row is None:
                return None
            return await place.dashboard.find(kind, one.workspace_key, lambda each: each["id"] == row["id"])

        return replace(
            left,
            lead=await again("leads", left.lead),
            booking=await again("bookings", left.booking),
            handoff=await again("handoffs", left.handoff),
        )


@pytest.mark.parametrize("key", KEYS)
async def test_both_show_what_the_run_made_and_nobody_else_s(
    house: House, traces: dict[str, Traces], agency: Looker, client: Looker, key: str
):
    one = TEMPLATES[key]
    mine = await as_they_are_now(house, one, traces[key])
    assert (mine.booking is None, mine.handoff is None) == (one.internal is None, one.external is None)
    other = KEYS[(KEYS.index(key) + 1) % len(KEYS)]
    marks = set.union(*(marks_of(left) for name, left in traces.items() if name != key))
    wanted = list(lines_of(mine))
    workspace = await find_workspace(house.salon.pool, one.workspace_key)
    assert workspace is not None
    await client.become(house.salon.pool, f"client@{key}.example.com", workspace.id)

    agency.missing.clear()
    client.missing.clear()
    await agency.acts_as(one.workspace_key, f"/console/w/{one.workspace_key}/{wanted[0].list}")
    for who in (agency, client):
        for line in wanted:
            await who.sees(one.workspace_key, line)
            await who.sees_nothing_of(marks)
    if mine.handoff is not None:
        await agency.sees_where_it_led(one.workspace_key, str(mine.handoff["id"]), mine.redirect)
    theirs = traces[other].lead
    assert theirs is not None
    for owner in (TEMPLATES[other].workspace_key, one.workspace_key):
        await client.is_refused(f"/console/w/{owner}/leads/{theirs['id']}", marks_of(traces[other]))

    assert [f"{key}: {line}" for line in (*agency.missing, *client.missing)] == []
    entries = await audit.listing(house.salon.pool, workspace_id=workspace.id, limit=50)
    assert ("workspace.chosen", f"user:{AGENCY}") in {(entry.action, entry.actor) for entry in entries}


async def test_what_a_page_lacks_is_told(house: House, traces: dict[str, Traces], client: Looker):
    """The looks themselves: a line that isn't there, a text that the line hasn't, a stranger's mark, no refusal."""
    barber, gym = (TEMPLATES[key].workspace_key for key in ("barber", "gym"))
    workspace = await find_workspace(house.salon.pool, barber)
    assert workspace is not None
    await client.become(house.salon.pool, "doubt@example.com", workspace.id)
    client.missing.clear()
    lead, theirs = traces["barber"].lead, traces["gym"].lead
    assert lead is not None
    assert theirs is not None
    await client.sees(barber, Shown("leads", str(theirs["id"]), ("Sara Test",)))
    await client.sees(barber, Shown("leads", str(lead["id"]), ("Somebody",)))
    await client.sees(gym, Shown("leads", str(theirs["id"]), ("Sara Test",)))
    await client.is_refused(f"/console/w/{barber}/leads/{lead['id']}", {str(lead["email"])})
    told = client.missing
    assert [line.partition(": ")[0] for line in told] == [
        f"client /console/w/{owner}/leads{rest}"
        for owner, rest in (
            (barber, ""),
            (barber, ""),
            (gym, ""),
            (barber, f"/{lead['id']}"),
            (barber, f"/{lead['id']}"),
        )
    ]
    assert str(theirs["id"]) in told[0]
    assert "'Somebody' in the line 'Sara Test" in told[1]
    assert "missing the page: 404" in told[2]
    assert "missing a 404, it was 200" in told[3]
    assert "of another business" in told[4]
