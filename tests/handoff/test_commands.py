"""`frontdesk handoffs`: what an operator sees and does."""

from __future__ import annotations

from functools import partial

import pytest

from bot.handoff_reference import sign
from providers.handoff.reading import hex_signature
from tests.handoff.world import BARBER, books_elsewhere, handed_off, json_body, row
from tests.salon import open_salon
from tests.terminal import at_a_terminal, typed
from workers.resources import now

frontdesk = partial(typed, "handoffs")


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path, monkeypatch):
    async with open_salon(salon_dsn, seeded, tmp_path) as opened:
        at_a_terminal(monkeypatch, salon_dsn, base_url=f"http://127.0.0.1:{seeded.web_port}")
        yield opened


async def test_listed_shown_and_completed(salon):
    await books_elsewhere(salon)
    token = await handed_off(salon)
    handoff = str((await row(salon, token))["id"])
    code, said = await frontdesk(BARBER)
    assert code == 0
    for words in ("Ali Test", "Skin fade", "tomorrow at 5 pm", "not opened yet", "square, from whatsapp"):
        assert words in said
    assert "booked" not in said
    assert "No handoffs" in (await frontdesk("list", "--status", "redirected"))[1]
    assert (await frontdesk("complete", handoff, "--as", "Dana"))[1].strip() == "Completed."
    assert "before" in (await frontdesk("complete", handoff))[1]
    assert "completed by Dana" in (await frontdesk("show", handoff))[1]
    found = await row(salon, token)
    assert (found["status"], found["completed_by"]) == ("completed_external", "Dana")
    (lead,) = await salon.rows("SELECT status FROM leads")
    assert lead["status"] == "booked"


async def test_what_is_not_there_is_said(salon):
    assert (await frontdesk("complete", "00000000-0000-4000-8000-000000000000"))[0] == 2
    code, said = await frontdesk("nobody")
    assert code == 2
    assert "barber-shop" in said
    assert (await frontdesk("--status", "lost"))[0] == 2


async def test_a_webhook_is_switched_on(salon):
    await books_elsewhere(salon)
    token = await handed_off(salon, page="calendly")
    assert (await frontdesk("webhook", BARBER, "fresha", given="x\n"))[0] == 2
    code, said = await frontdesk("webhook", BARBER, "calendly", given="made-up-key\n")
    assert code == 0
    address = said.strip().splitlines()[-1]
    body = json_body(
        {
            "event": "invitee.created",
            "payload": {"uri": "i1", "tracking": {"utm_content": sign(salon.resources.box, token)}},
        }
    )
    at = str(int(now().timestamp()))
    signature = f"t={at},v1={hex_signature('made-up-key', at.encode() + b'.' + body)}"
    answer = await salon.http.post(address, content=body, headers={"Calendly-Webhook-Signature": signature})
    assert answer.status_code == 200
    assert (await row(salon, token))["status"] == "completed_external"
