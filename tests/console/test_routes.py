"""Every route of the console × another workspace's ids × roles: refused, nothing changed, not a foreign word.

The list of routes is the router's own: whoever adds one without saying how to call it (tests/console/routes) fails
here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.console.app import INSIDE, Console
from bot.console.invitations import invite
from bot.console.page import Stream
from bot.console.registry import sections
from db.users import Role
from tests.console.routes import everywhere, merged
from tests.neighbour import MARK, fingerprint, marked
from tests.sampled import BARBER, DENTAL

_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    agency: bool
    stream: bool

    @property
    def parameters(self) -> list[str]:
        return _PARAMETER.findall(self.path)

    def at(self, workspace: str, ids: dict[str, str]) -> str:
        return f"/console/w/{workspace}" + _PARAMETER.sub(lambda found: ids[found[1]], self.path)


ROUTES = [
    Route(route.method, route.path, section.agency or route.agency, isinstance(route, Stream))
    for section in sections()
    for route in section.routes
]
IDS, FORMS, EVERYWHERE = merged("IDS"), merged("FORMS"), everywhere()


def test_every_route_has_its_fixture():
    posts = {route.path for route in ROUTES if route.method == "POST"}
    assert {name for route in ROUTES for name in route.parameters} <= IDS.keys()
    assert posts <= FORMS.keys()
    assert FORMS.keys() <= posts, "a form of a route that is gone"
    assert {route.method for route in ROUTES} <= {"GET", "POST"}
    assert {route.path for route in ROUTES if route.agency} >= EVERYWHERE, "what concerns all is the agency's"


def test_the_router_has_no_route_that_the_sections_dont_have():
    console = Console(None)  # only its list of routes is read
    plain = [route for route in console.routes() if isinstance(route, web.RouteDef)]
    inside = [route for route in plain if route.path.startswith(INSIDE)]
    assert {(route.method, route.path.removeprefix(INSIDE)) for route in inside} == {
        (route.method, route.path) for route in ROUTES
    }
    assert len(inside) == len(ROUTES), "one address twice"


@pytest.fixture
async def world(desk):
    """Two businesses, one of them foreign and marked; the ids of its rows; people of three kinds."""
    theirs, mine = desk.workspaces[DENTAL], desk.workspaces[BARBER]
    await marked(desk.pool, theirs)
    for workspace, name in ((DENTAL, MARK.lower()), (BARBER, "bob")):
        await desk.user(f"{name}@example.com", Role.CLIENT, workspace, name=name.capitalize())
        await invite(
            desk.pool,
            email=f"{name}.too@example.com",
            role=Role.CLIENT,
            workspace_id=desk.workspaces[workspace],
            actor="test",
            public_base_url=desk.url,
        )
    ids = {}
    for name, query in IDS.items():
        found = await desk.pool.fetchval(query, theirs)
        assert found is not None, f"the demo has no row for {name}: {query}"
        assert found != await desk.pool.fetchval(query, mine), f"{name} is not a workspace's own"
        ids[name] = str(found)
    await desk.user("ann@example.com")
    await desk.user("carl@example.com", Role.CLIENT, BARBER)
    return desk, ids


async def _call(browser, route: Route, path: str):
    if route.method == "POST":
        return await browser.post(path, **FORMS[route.path])
    return await browser.get(path)


async def test_another_workspaces_ids_are_unknown_here(world):
    desk, ids = world
    before = await fingerprint(desk.pool, desk.workspaces[DENTAL])
    for email, act_as in (("ann@example.com", BARBER), ("carl@example.com", None)):
        async with desk.signed_in(email, act_as=act_as) as browser:
            await browser.get(f"/console/w/{BARBER}/")
            for route in ROUTES:
                if not route.parameters or (route.path in EVERYWHERE and act_as):
                    continue
                answer = await _call(browser, route, route.at(BARBER, ids))
                assert answer.status_code in {403, 404}, (email, route, answer.status_code)
                assert MARK.lower() not in answer.text.lower(), (email, route)
    assert await fingerprint(desk.pool, desk.workspaces[DENTAL]) == before


async def test_another_workspaces_pages_are_closed(world):
    """The agency acts as one workspace at a time, a client has only his own: the address of another is 404."""
    desk, ids = world
    before = await fingerprint(desk.pool, desk.workspaces[DENTAL])
    for email, act_as in (("ann@example.com", BARBER), ("carl@example.com", None)):
        async with desk.signed_in(email, act_as=act_as) as browser:
            await browser.get(f"/console/w/{BARBER}/")
            for route in ROUTES:
                answer = await _call(browser, route, route.at(DENTAL, ids))
                assert answer.status_code in {403, 404}, (email, route, answer.status_code)
                assert MARK.lower() not in answer.text.lower(), (email, route)
            refused = await browser.post("/console/workspaces", workspace=DENTAL)
            assert refused.status_code == (303 if act_as else 404)
    assert await fingerprint(desk.pool, desk.workspaces[DENTAL]) == before


async def test_nobody_sees_anything_without_signing_in(world):
    desk, ids = world
    before = await fingerprint(desk.pool, desk.workspaces[DENTAL])
    async with desk.browser() as browser:
        await browser.get("/console/sign-in")
        for route in ROUTES:
            answer = await _call(browser, route, route.at(DENTAL, ids))
            assert answer.status_code == 303, (route, answer.status_code)
            assert answer.headers["location"].startswith("/console/sign-in")
            assert MARK.lower() not in answer.text.lower()
    assert await fingerprint(desk.pool, desk.workspaces[DENTAL]) == before


async def test_what_is_the_agencys_is_closed_to_clients(world):
    desk, _ = world
    mine = {
        name: str(await desk.pool.fetchval(query, desk.workspaces[BARBER])) for name, query in IDS.items()
    }
    async with desk.signed_in("carl@example.com") as browser:
        page = await browser.get(f"/console/w/{BARBER}/")
        for route in (one for one in ROUTES if one.agency):
            answer = await _call(browser, route, route.at(BARBER, mine))
            assert answer.status_code == 403, (route, answer.status_code)
            if route.method == "GET" and not route.parameters:
                assert f'href="{route.at(BARBER, mine)}"' not in page.text


async def test_every_page_of_ones_own_opens_and_changes_nothing(world):
    """And none of them shows a word of the neighbour."""
    desk, _ = world
    mine = {
        name: str(await desk.pool.fetchval(query, desk.workspaces[BARBER])) for name, query in IDS.items()
    }
    async with desk.signed_in("ann@example.com", act_as=BARBER) as browser:
        before = await fingerprint(desk.pool, desk.workspaces[BARBER])
        for route in ROUTES:
            if route.method == "GET" and not route.stream:
                answer = await browser.get(route.at(BARBER, mine))
                assert answer.status_code == 200, (route, answer.status_code, answer.text[-500:])
                assert MARK.lower() not in answer.text.lower(), route
        assert await fingerprint(desk.pool, desk.workspaces[BARBER]) == before


async def test_a_post_without_its_token_does_nothing(world):
    desk, _ = world
    mine = {
        name: str(await desk.pool.fetchval(query, desk.workspaces[BARBER])) for name, query in IDS.items()
    }
    async with desk.signed_in("ann@example.com", act_as=BARBER) as browser:
        before = await fingerprint(desk.pool, desk.workspaces[BARBER])
        for route in (one for one in ROUTES if one.method == "POST"):
            for token in ("", "0" * 64):
                answer = await browser.post(route.at(BARBER, mine), token=token, **FORMS[route.path])
                assert answer.status_code == 403, (route, answer.status_code)
        assert await fingerprint(desk.pool, desk.workspaces[BARBER]) == before
