"""Whose address a request has where proxies stand before us."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.proxies import networks, sender
from bot.web.proxies import behind

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
        async with TestClient(TestServer(app)) as client:
            answer = await client.post(
                "/x", data="body", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
            )
            assert await answer.text() == f"{expected} x body"
