"""The widget's files as they are served: small, cacheable, with nothing that a lean copy could break."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.web.widget.assets import Assets, lean, load_assets
from tests.listening import LocalServer

ON_A_PAGE = ("widget.js", "embed.js", "dom.js", "launch.css")
"""What somebody's page loads with the widget on it, before anybody clicks (tests/browser/test_widget.py sees that it
is no more)."""
OPENED = (*ON_A_PAGE, "chat.css", "chat.js", "talk.js", "view.js")


@pytest.fixture
async def client():
    app = web.Application()
    app.add_routes(Assets().routes())
    async with TestClient(LocalServer(app)) as client:
        yield client


def test_a_page_with_the_widget_loads_little_and_an_opened_chat_stays_under_30_kilobytes_over_the_wire():
    """Bytes: uncompressed before a click, compressed after it."""
    found = load_assets()
    assert sum(len(found[name].body) for name in ON_A_PAGE) < 12_000
    assert sum(len(found[name].packed) for name in OPENED) < 20_000


def test_comments_and_indentation_go_and_nothing_else_does():
    assert lean("// why\nf(a, b); // kept\n\n  g();\n", ".js") == "f(a, b); // kept\ng();\n"
    assert lean('/* why */\n.a .b { color: red; }\n\n.c::after { content: ""; }\n', ".css") == (
        '.a .b{color:red}\n.c::after{content:""}\n'
    )


def test_no_text_of_a_script_spans_lines():
    """A template literal over lines would lose its indentation."""
    for name, asset in load_assets().items():
        if name.endswith(".js"):
            for number, line in enumerate(asset.body.decode().splitlines(), 1):
                assert line.count("`") % 2 == 0, f"{name}:{number}"


def test_no_script_parses_html_opens_windows_or_reads_cookies():
    for name, asset in load_assets().items():
        if name.endswith(".js"):
            found = re.findall(
                rb"innerHTML|outerHTML|insertAdjacentHTML|document\.write|window\.open|document\.cookie|\beval\(",
                asset.body,
            )
            assert not found, name


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js")
def test_the_lean_copies_are_still_scripts(tmp_path):
    for name, asset in load_assets().items():
        if name.endswith(".js"):
            copy = tmp_path / f"{name}.mjs"
            copy.write_bytes(asset.body)
            done = subprocess.run(["node", "--check", copy], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr


async def test_any_page_may_load_them_and_ask_whether_they_changed(client):
    answer = await client.get("/widget.js")
    assert answer.status == 200
    assert answer.content_type == "text/javascript"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"

    again = await client.get("/widget.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    assert await again.read() == b""


async def test_they_travel_compressed_where_a_browser_takes_that(client):
    packed = await client.get("/widget/chat.css", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/widget/chat.css", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert await packed.read() == await plain.read()
    assert gzip.decompress(load_assets()["chat.css"].packed) == await plain.read()


async def test_only_its_own_files_are_served(client):
    for path in ("/widget/words.py", "/widget/..%2Fwords.py", "/widget/%2e%2e/words.py", "/widget/"):
        assert (await client.get(path)).status == 404
