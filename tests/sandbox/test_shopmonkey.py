"""The sandboxed ShopMonkey behaves as the vendor's server was seen to behave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from aiohttp import ClientSession

from providers.sandbox.config import SandboxConfig, ShopMonkeyAccount
from providers.sandbox.errors import CatalogError
from providers.sandbox.server import create_app
from tests.listening import LocalServer
from tests.sandbox.conftest import Clock

HERE = "65a100000000000000000001"
CUSTOMER = "65a500000000000000000001"


@dataclass
class Shop:
    server: LocalServer
    session: ClientSession
    key: str = "test-key"

    async def call(self, method: str, path: str, *, body: Any = None, **query: Any) -> tuple[int, Any]:
        texts = {name: one if isinstance(one, str) else json.dumps(one) for name, one in query.items()}
        url = self.server.make_url(path if path.startswith("/_") else f"/shopmonkey/v3/{path}")
        headers = {"Authorization": f"Bearer {self.key}"}
        async with self.session.request(method, url, params=texts, json=body, headers=headers) as answer:
            return answer.status, None if answer.status == 204 else await answer.json()

    async def appointment(self, hour: int = 15, **changes: Any) -> dict[str, Any]:
        body = {
            "customerId": CUSTOMER,
            "locationId": HERE,
            "name": "Tint",
            "color": "blue",
            "startDate": f"2026-11-23T{hour:02}:00:00Z",
            "endDate": f"2026-11-23T{hour:02}:30:00Z",
            **changes,
        }
        status, answer = await self.call("POST", "appointment", body=body)
        assert status == 200, answer
        return answer["data"]


@pytest.fixture
async def start(tmp_path):
    """Opens a sandbox with one shop, again on the same folder if asked again."""
    opened: list[Shop] = []

    async def close():
        for one in opened:
            await one.session.close()
            await one.server.close()
        opened.clear()

    async def open_one(**account):
        await close()
        config = SandboxConfig(accounts=[ShopMonkeyAccount(key="shop", api_key="test-key", **account)])
        server = LocalServer(create_app(tmp_path, config=config, now=Clock()))
        await server.start_server()
        opened.append(Shop(server, ClientSession()))
        return opened[0]

    yield open_one
    await close()


@pytest.fixture
async def shop(start):
    return await start()


async def ids(shop, **query):
    _, answer = await shop.call("GET", "appointment", **query)
    return [row["id"] for row in answer["data"]], answer["meta"]


async def test_envelopes_and_the_key(shop):
    status, answer = await shop.call("GET", "user", limit="1")
    assert (status, answer["success"], answer["meta"]) == (200, True, {"total": 3, "hasMore": True})
    shop.key = "wrong"
    status, answer = await shop.call("GET", "user")
    assert (status, answer["success"], answer["code"]) == (401, False, "API-40100")


async def test_pages_lie_and_the_limit_is_capped_in_silence(shop):
    made = {(await shop.appointment())["id"] for _ in range(130)}
    first, meta = await ids(shop, limit="500")
    second, _ = await ids(shop, limit="500", skip="100")
    assert meta == {"total": 130, "hasMore": True}
    assert 60 < len(first) <= 100
    assert set(first) | set(second) < made
    assert first != (await ids(shop, limit="500"))[0]
    union = set()
    for _ in range(20):
        for skip in ("0", "100"):
            union |= set((await ids(shop, skip=skip, orderBy={"id": "asc"}))[0])
    assert union == made


async def test_lies_can_be_switched_off(start):
    shop = await start(lists_lie=False)
    made = [(await shop.appointment())["id"] for _ in range(3)]
    assert (await ids(shop))[0] == sorted(made)


async def test_bare_operators_filter_and_others_are_ignored_in_silence(start):
    shop = await start(lists_lie=False)
    early, late = (await shop.appointment(9))["id"], (await shop.appointment(17))["id"]
    noon = "2026-11-23T12:00:00.000Z"
    assert (await ids(shop, where={"startDate": {"gte": noon}}))[0] == [late]
    assert (await ids(shop, where={"startDate": {"lt": noon}, "locationId": HERE}))[0] == [early]
    assert len((await ids(shop, where={"startDate": {"$gte": noon}}))[0]) == 2
    assert (await ids(shop, where={"locationId": "nowhere"}))[0] == []
    assert (await shop.call("GET", "appointment", where="not json"))[0] == 400


async def test_overlapping_appointments_are_fine_with_it(shop):
    one, other = await shop.appointment(), await shop.appointment()
    assert one["startDate"] == other["startDate"]
    assert one["id"] != other["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"color": None},
        {"customerId": "nobody"},
        {"locationId": "nowhere"},
        {"technicianId": "nobody"},
        {"startDate": "2026-11-23 15:00"},
        {"endDate": "2026-11-23T15:00:00Z"},
    ],
)
async def test_what_an_appointment_needs(shop, changes):
    with pytest.raises(AssertionError, match="API-4000"):
        await shop.appointment(**changes)
    _, answer = await shop.call("GET", "/_sandbox/orders")
    assert answer["appointments"] == []


async def test_fields_it_does_not_know_are_dropped(shop):
    assert "mood" not in await shop.appointment(mood="good")


async def test_changing_and_deleting(shop):
    made = await shop.appointment()
    path = f"appointment/{made['id']}"
    status, changed = await shop.call("PUT", path, body={"note": "vehicle: made up"})
    assert (status, changed["data"]["note"], changed["data"]["name"]) == (200, "vehicle: made up", "Tint")
    assert (await shop.call("GET", path))[1]["data"]["note"] == "vehicle: made up"
    url = shop.server.make_url(f"/shopmonkey/v3/{path}")
    headers = {"Authorization": "Bearer test-key", "Content-Type": "application/json"}
    async with shop.session.delete(url, headers=headers) as bare:
        assert bare.status == 400  # a JSON content type without a JSON body
    assert await shop.call("DELETE", path, body={}) == (204, None)
    assert (await shop.call("DELETE", path, body={}))[0] == 404


async def test_a_key_without_the_permission_deletes_nothing(start):
    shop = await start(may_delete=False)
    made = await shop.appointment()
    assert (await shop.call("DELETE", f"appointment/{made['id']}", body={}))[0] == 403
    assert (await shop.call("GET", f"appointment/{made['id']}"))[0] == 200


async def test_customers_are_found_by_number_and_address(shop):
    body = {
        "firstName": "Sam",
        "phoneNumbers": [{"number": "+15550100150"}],
        "emails": [{"email": "S@example.com"}],
    }
    _, made = await shop.call("POST", "customer", body=body)
    for path, asked in (
        ("phone_number", {"phoneNumbers": [{"number": "(555) 010-0150"}]}),
        ("email", {"emails": [{"email": "s@example.com"}]}),
    ):
        _, found = await shop.call("POST", f"customer/{path}/search", body=asked)
        assert [one["id"] for one in found["data"]] == [made["data"]["id"]]
    _, flat = await shop.call(
        "POST", "customer/phone_number/search", body={"phoneNumbers": [{"number": "+15555550131"}]}
    )
    assert [one["id"] for one in flat["data"]] == [CUSTOMER]
    assert (await shop.call("POST", "customer/email/search", body={"emails": ["s@example.com"]}))[0] == 400


async def test_everything_is_there_after_a_restart(start):
    shop = await start()
    kept, gone = await shop.appointment(9), await shop.appointment(10)
    await shop.call("DELETE", f"appointment/{gone['id']}", body={})
    await shop.call("PUT", f"appointment/{kept['id']}", body={"color": "red"})
    shop = await start()
    _, answer = await shop.call("GET", "/_sandbox/orders", account="shop")
    (row,) = answer["appointments"]
    assert (row["id"], row["color"], row["customer"]["id"]) == (kept["id"], "red", CUSTOMER)
    assert (await shop.appointment(11))["id"] not in {kept["id"], gone["id"]}
    _, ledger = await shop.call("GET", "/_sandbox/ledger/shopmonkey")
    assert [one["kind"] for one in ledger["entries"]] == [
        "appointment",
        "appointment",
        "appointment_deleted",
        "appointment_changed",
        "appointment",
    ]
    assert datetime.fromisoformat(row["startDate"]).hour == 9


async def test_faults_in_its_own_shape(shop):
    faults = [
        {"provider": "shopmonkey", "call": "ListUsers", "kind": "rate_limited", "ms": 4000, "next_n": 1},
        {"provider": "shopmonkey", "call": "ListUsers", "kind": "success_false", "next_n": 1},
        {"provider": "shopmonkey", "call": "ListUsers", "kind": "http_5xx", "next_n": 1},
    ]
    await shop.call("POST", "/_sandbox/faults", body={"faults": faults})
    headers = {"Authorization": "Bearer test-key"}
    async with shop.session.get(shop.server.make_url("/shopmonkey/v3/user"), headers=headers) as limited:
        assert (limited.status, limited.headers["Retry-After"]) == (429, "4")
        assert limited.headers["X-RateLimit-Remaining-Minute"] == "0"
    assert [((await shop.call("GET", "user"))[0]) for _ in range(3)] == [200, 503, 200]


async def test_the_page_shows_appointments(shop):
    await shop.appointment(note="vehicle: <b>made up</b>")
    async with shop.session.get(shop.server.make_url("/_sandbox/")) as page:
        text = await page.text()
    assert "Flat Contact" in text
    assert "vehicle: &lt;b&gt;made up" in text


async def test_a_shop_file_that_is_wrong_is_named(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text('{"Locations": []}')
    with pytest.raises(CatalogError, match=r"broken\.json: Users"):
        create_app(
            tmp_path / "other",
            config=SandboxConfig(accounts=[ShopMonkeyAccount(key="x", api_key="x", shop=broken)]),
            now=Clock(),
        )
