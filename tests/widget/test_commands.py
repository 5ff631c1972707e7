"""`frontdesk links`: making, listing and revoking them."""

from __future__ import annotations

from functools import partial

import pytest

from bot.magic_links import LinkRefused, MagicLinks
from tests.salon import open_salon
from tests.terminal import at_a_terminal, typed
from workers.resources import now

NOWHERE = "00000000-0000-4000-8000-000000000000"

frontdesk = partial(typed, "links")


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path, monkeypatch):
    async with open_salon(salon_dsn, seeded, tmp_path) as opened:
        at_a_terminal(monkeypatch, salon_dsn, base_url=f"http://127.0.0.1:{seeded.web_port}")
        yield opened


async def test_a_link_is_made_used_listed_and_revoked(salon):
    await salon.phone("+96550000123", name="Sara Test").say("hello")
    (talk,) = await salon.rows("SELECT id FROM conversations")
    assert "No links." in (await frontdesk())[1]

    code, said = await frontdesk("create", str(talk["id"]), "--days", "3", "--as", "Dana")
    assert code == 0
    url = next(line for line in said.splitlines() if "/c#" in line)
    resources = salon.resources
    links = MagicLinks(resources.pool, resources.box, resources.rates, "https://x.example.com", now)
    opened = await links.open(url.partition("/c#")[2])
    assert (opened.expires_at - now()).days == 2

    listed = (await frontdesk("list", "nail-salon"))[1]
    for words in (str(opened.id), str(talk["id"]), "by Dana", "valid"):
        assert words in listed
    assert url.partition("#")[2] not in listed

    assert (await frontdesk("revoke", str(talk["id"]), "--as", "Dana"))[1].strip() == "Revoked."
    with pytest.raises(LinkRefused, match="revoked"):
        await links.open(url.partition("/c#")[2])
    assert "revoked by Dana" in (await frontdesk())[1]
    assert (await frontdesk("revoke", str(opened.id)))[0] == 2


async def test_what_is_not_there_is_said(salon):
    for command in ("create", "revoke"):
        code, said = await frontdesk(command, NOWHERE)
        assert code == 2
        assert NOWHERE in said
