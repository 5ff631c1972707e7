"""Whose address a request has where proxies stand before us."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from hypothesis import given
from hypothesis import strategies as st

from bot.proxies import counted_as, networks, sender
from bot.web.proxies import behind
from tests.handoff.world import books_elsewhere, handed_off, row
from tests.listening import LocalServer
from tests.salon import open_salon

HOUSE = Path(__file__).parents[2]

OURS = networks("192.0.2.0/25, 192.0.2.207,2001:db8::/32")


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("192.0.2.2", [], "192.0.2.2"),
        ("192.0.2.2", ["198.51.100.4"], "198.51.100.4"),
        ("192.0.2.2", ["198.51.100.4, 192.0.2.207"], "198.51.100.4"),
        ("192.0.2.2", ["203.0.113.1, 198.51.100.4"], "198.51.100.4"),
        ("192.0.2.2", ["203.0.113.1", "198.51.100.4, 192.0.2.3"], "198.51.100.4"),
        ("203.0.113.5", ["198.51.100.4"], "203.0.113.5"),
        ("192.0.2.2", ["unknown"], "192.0.2.2"),
        ("192.0.2.2", ["198.51.100.4, nonsense"], "192.0.2.2"),
        ("::ffff:192.0.2.2", ["198.51.100.4"], "198.51.100.4"),
        ("2001:db8::1", ["2001:db9::9"], "2001:db9::9"),
        (None, ["198.51.100.4"], None),
    ],
)
def test_only_known_proxies_are_believed(peer, forwarded, expected):
    assert sender(peer, forwarded, OURS) == expected


@given(st.lists(st.text(max_size=40), max_size=4))
def test_a_stranger_never_chooses_his_address(forwarded):
    assert sender("203.0.113.5", forwarded, OURS) == "203.0.113.5"


@given(st.lists(st.text(max_size=40), max_size=4))
def test_what_a_customer_writes_before_a_proxy_s_word_changes_nothing(written):
    assert sender("192.0.2.2", [*written, "198.51.100.4"], OURS) == "198.51.100.4"


def test_what_is_no_network_is_refused():
    assert networks("") == ()
    for text in ("192.0.2.1/24", "proxy.example.com", "192.0.2.0/99"):
        with pytest.raises(ValueError, match=r"\S"):
            networks(text)


async def test_every_handler_sees_the_sender():
    async def who(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.remote} {request.match_info['name']} {await request.text()}")

    for trusted, expected in ((networks("127.0.0.1"), "198.51.100.4"), ((), "127.0.0.1")):
        app = web.Application(middlewares=[behind(trusted)])
        app.router.add_post("/{name}", who)
        async with TestClient(LocalServer(app)) as client:
            answer = await client.post(
                "/x", data="body", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
            )
            assert await answer.text() == f"{expected} x body"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.4", "198.51.100.4"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:198.51.100.4", "::ffff:198.51.100.4"),
        ("::1", "::1"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_household_is_counted_once(address, expected):
    assert counted_as(address) == expected


def test_nothing_else_looks_at_who_connects():
    looking = ("x-forwarded", "forwarded-for", "x-real-ip", "peername", "get_extra_info")
    found = {
        str(path.relative_to(HOUSE))
        for folder in ("bot", "workers")
        for path in (HOUSE / folder).rglob("*.py")
        if any(word in path.read_text(encoding="utf-8").lower() for word in looking)
    }
    assert found == {
        "bot/proxies.py",
        "bot/web/proxies.py",
        "bot/web/webhooks.py",  # says that it doesn't
        "workers/settings.py",  # explains the setting
    }


@pytest.mark.parametrize(("trusted", "places"), [("", 1), ("127.0.0.1", 2)])
async def test_a_hand_off_remembers_the_customer_and_no_made_up_one(
    salon_dsn, seeded, tmp_path, trusted, places
):
    """Two clicks by one proxy, each with another claim before the proxy's own word."""
    async with open_salon(salon_dsn, seeded, tmp_path, more={"trusted_proxies": trusted}) as salon:
        await books_elsewhere(salon)
        token = await handed_off(salon)
        url = f"http://127.0.0.1:{salon.seeded.web_port}/h/{token}"
        hashes = set()
        for claimed, customer in (("203.0.113.1", "198.51.100.4"), ("203.0.113.2", "198.51.100.4"),
                                  ("203.0.113.2", "198.51.100.5")):  # fmt: skip
            headers = {"X-Forwarded-For": f"{claimed}, {customer}"}
            assert (await salon.http.post(url, headers=headers, follow_redirects=False)).status_code == 303
            hashes.add((await row(salon, token))["ip_hash"])
    assert len(hashes) == places
