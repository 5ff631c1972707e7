"""Every route of the web process × another business's ids, tokens and sessions: refused, nothing changed, not a word.

The list of routes is the router's own: who adds one without saying how it is attacked (tests/security/attacks.py)
fails here. The console's pages of a workspace have their own enumeration (tests/console/test_routes.py), which this
one holds to be complete.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.console.app import INSIDE
from db import accounts, tokens, users
from db.tokens import Role, Scope
from tests.console.desk import CHEAP, PASSWORD, Browser
from tests.console.test_routes import ROUTES as CONSOLE_ROUTES
from tests.listening import free_ports, serving
from tests.neighbour import MARK, PERSON, fingerprint, marked
from tests.salon import Seeded, settings_for
from tests.sampled import BARBER, DENTAL
from tests.security.attacks import AGENCY, CONSOLE, NOBODY, ROUTES, SESSION, TOKEN, Attack, Open
from workers.recorder import Recorder
from workers.resources import open_resources
from workers.web import create_app

IDS = {
    "workspace": "SELECT $1::uuid",
    "workspace_key": "SELECT key FROM workspaces WHERE id = $1",
    "bot": "SELECT id FROM bots WHERE workspace_id = $1 LIMIT 1",
    "lead": "SELECT id FROM leads WHERE workspace_id = $1 LIMIT 1",
    "intent": "SELECT id FROM booking_intents WHERE workspace_id = $1 LIMIT 1",
    "booking": "SELECT id FROM bookings WHERE workspace_id = $1 LIMIT 1",
    "handoff": "SELECT id FROM handoffs WHERE workspace_id = $1 LIMIT 1",
    "handoff_token": "SELECT token FROM handoffs WHERE workspace_id = $1 LIMIT 1",
    "conversation": "SELECT id FROM conversations WHERE workspace_id = $1 LIMIT 1",
    "account_key": "SELECT account_key FROM channel_accounts WHERE workspace_id = $1 LIMIT 1",
    "provider_account": "SELECT id FROM provider_accounts WHERE workspace_id = $1 LIMIT 1",
    "template": "SELECT key FROM templates WHERE workspace_id = $1",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Server": "frontdesk",
}


class Unlimited:
    """Nobody is told to wait: a refusal must have its own reason."""

    async def wait(self, key: str, limit: int = 20, per_seconds: float = 60, *, fail_open: bool) -> float:
        return 0


def names_of(app: web.Application) -> set[str]:
    found = set()
    for route in app.router.routes():
        assert route.resource is not None
        if route.method != "HEAD":  # aiohttp's own, beside every GET
            found.add(f"{route.method} {route.resource.canonical}")
    return found


@dataclass
class World:
    pool: Any
    app: web.Application
    clients: dict[str, httpx.AsyncClient]
    words: dict[str, str]
    neighbour: UUID
    own: UUID

    async def knock(self, method: str, attack: Attack) -> httpx.Response:
        return await self.clients[attack.who].request(
            method,
            self.filled(attack.path),
            json=self.filled(attack.json),
            data=self.filled(attack.form),
            headers=self.filled(attack.headers),
        )

    def filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.filled(each) for name, each in value.items()}
        if isinstance(value, str):
            return re.sub(r"{(\w+)}", lambda name: self.words[name[1]], value)
        return value


@pytest.fixture
async def world(demo_dsn: str) -> AsyncIterator[World]:
    """The real web process with everything switched on, a marked neighbour, and strangers of five kinds."""
    web_port, sandbox_port = free_ports(2)
    settings = settings_for(
        demo_dsn, Seeded("", web_port, sandbox_port, []), chat_wait_seconds=0.01
    ).model_copy(
        update={
            "metrics_token": SecretStr("sixteen characters"),
            "simulator_enabled": True,
            "sandbox_url": f"http://127.0.0.1:{sandbox_port}",
        }
    )
    base = f"http://127.0.0.1:{web_port}"
    async with AsyncExitStack() as stack:
        resources = await stack.enter_async_context(open_resources(settings, process="test"))
        resources.rates = Unlimited()
        pool = resources.pool
        keys = {row.key: row.id for row in await accounts.list_workspaces(pool)}
        await marked(pool, keys[DENTAL])
        words = {}
        for name, query in IDS.items():
            for prefix, key in (("", DENTAL), ("my_", BARBER)):
                found = await pool.fetchval(query, keys[key])
                assert found is not None, f"the demo has no row for {prefix}{name}"
                words[prefix + name] = str(found)
        app = create_app(resources, await stack.enter_async_context(Recorder(pool)))
        await stack.enter_async_context(serving(app, web_port))

        async def client(**headers: str) -> httpx.AsyncClient:
            return await stack.enter_async_context(
                httpx.AsyncClient(base_url=base, timeout=20, headers=headers, trust_env=False)
            )

        clients = {NOBODY: await client()}
        for who, role, mine in ((TOKEN, Role.CLIENT, keys[BARBER]), (AGENCY, Role.AGENCY, None)):
            made = await tokens.create(
                pool, name=who, role=role, workspace_id=mine,
                scopes=(Scope.ADMIN_READ, Scope.CHAT), created_by="test",
            )  # fmt: skip
            clients[who] = await client(Authorization=f"Bearer {made.token}")
        clients[AGENCY].headers["X-Workspace"] = BARBER
        opened = await clients[NOBODY].post(
            "/api/widget/sessions", json={"workspaceId": words["my_workspace"], "botId": words["my_bot"]}
        )
        assert opened.status_code < 300, opened.text
        words["session"] = opened.json()["sessionId"]
        clients[SESSION] = await client(Authorization=f"Bearer {words['session']}")
        await users.create(
            pool, email="carl@example.com", name="Carl", password_hash=CHEAP.hash(PASSWORD), one_time=False,
            role=users.Role.CLIENT, workspace_id=keys[BARBER],
        )  # fmt: skip
        clients[CONSOLE] = await client()
        browser = Browser(clients[CONSOLE])
        assert (await browser.sign_in("carl@example.com")).status_code == 303
        await browser.get("/console/profile")
        words["csrf"] = browser.token
        yield World(pool, app, clients, words, keys[DENTAL], keys[BARBER])


def assert_secure(answer: httpx.Response, name: str) -> None:
    """What every answer carries, an error too."""
    assert (
        "default-src" in answer.headers["Content-Security-Policy"]
        or "sandbox" in (answer.headers["Content-Security-Policy"])
    ), name
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"], name
    assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin", "strict-origin"}, name
    for header, value in HEADERS.items():
        assert answer.headers[header] == value, (name, header)
    for cookie in answer.headers.get_list("Set-Cookie"):
        lower = cookie.lower()
        assert "httponly" in lower, (name, cookie)
        assert "samesite=" in lower, (name, cookie)


async def rows_of_both(world: World) -> list[dict[str, str]]:
    own = await fingerprint(world.pool, world.own)
    del own["api_tokens"]  # each notes when it was used
    return [await fingerprint(world.pool, world.neighbour), own]


def test_the_table_names_nothing_twice_and_only_what_can_be_filled():
    known = {*IDS, *(f"my_{name}" for name in IDS), "session", "csrf"}
    for name, found in ROUTES.items():
        attacks = found if isinstance(found, tuple) else (found,)
        assert attacks, name
        for attack in attacks:
            said = (
                repr(attack.path)
                if isinstance(attack, Open)
                else repr((attack.path, attack.json, attack.form))
            )
            assert set(re.findall(r"{(\w+)}", said)) <= known, name
        if isinstance(found, tuple):
            assert any(200 not in attack.status for attack in found), f"nobody is refused at {name}"


async def test_every_route_is_closed_to_the_neighbour(world):
    """One world for all of it: a start costs more than the calls. What one may read changes nothing either."""
    inside = {f"{one.method} {INSIDE}{one.path}" for one in CONSOLE_ROUTES}
    names = names_of(world.app)
    assert inside <= names
    outside = names - inside
    assert outside - ROUTES.keys() == set(), "say in tests/security/attacks.py how these are attacked"
    assert ROUTES.keys() - outside == set(), "attacks on routes that are gone"

    before = await rows_of_both(world)
    wrong = []
    for name in sorted(outside):
        method, _, _ = name.partition(" ")
        found = ROUTES[name]
        if isinstance(found, Open):
            attacks = (Attack(NOBODY, found.path, frozenset({found.status})),)
            secret = PERSON if found.business else MARK
        else:
            attacks, secret = found, MARK
        for attack in attacks:
            answer = await world.knock(method, attack)
            if answer.status_code not in attack.status:
                wrong.append(f"{name} as {attack.who}: {answer.status_code} {answer.text[:120]}")
            if secret.lower() in answer.text.lower():
                wrong.append(f"{name} as {attack.who}: a foreign word")
            assert_secure(answer, name)
    assert not wrong, "\n".join(wrong)
    assert await rows_of_both(world) == before
