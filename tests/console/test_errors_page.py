"""Errors in the console: what needs a person, and what a person says about a lost order."""

from __future__ import annotations

from uuid import UUID

import pytest

from db import errors
from tests.console.desk import open_desk
from tests.talk.rig import stage
from tests.talk.test_decide import BOOKINGS, lost_order, settled

__all__ = ["stage"]

HERE = "/console/w/nail-salon"


@pytest.fixture
async def desk(stage):
    async with open_desk(stage.resources.pool) as opened:
        await opened.user("ann@example.com")
        yield opened


async def test_a_lost_order_is_decided_about_once_and_the_customer_is_told(stage, desk, monkeypatch):
    effect = await lost_order(stage, monkeypatch)
    async with desk.signed_in("ann@example.com", act_as="nail-salon") as ann:
        page = (await ann.get(f"{HERE}/errors")).text
        assert "Does this order stand in the booking system?" in page
        assert "Gel Manicure" in page
        assert "Look for it in the booking system" in page
        assert "frontdesk" not in page.split("<main")[1]
        await ann.post(f"{HERE}/decisions/{effect}", stands="yes", order_id="", back=f"{HERE}/errors")
        assert "Which order?" in (await ann.get(f"{HERE}/errors")).text
        await ann.post(f"{HERE}/decisions/{effect}", stands="yes", order_id="70001", back=f"{HERE}/errors")
        page = (await ann.get(f"{HERE}/errors")).text
        assert "order 70001 stands" in page
        assert "Does this order stand" not in page
        await ann.post(f"{HERE}/decisions/{effect}", stands="no", back=f"{HERE}/errors")
        assert "doesn&#39;t wait for a decision" in (await ann.get(f"{HERE}/errors")).text
    (booking,) = await stage.rows(BOOKINGS)
    assert (booking["status"], booking["provider_order_id"]) == ("confirmed", "70001")
    assert len(desk.bells.rung) == 1
    await settled(stage)
    last = await stage.rows(
        "SELECT body FROM messages WHERE direction = 'out' ORDER BY created_at DESC LIMIT 1"
    )
    assert "70001" in last[0]["body"] or "confirmed" in last[0]["body"].lower()


async def test_an_error_is_settled_once_and_only_here(stage, desk):
    here, there = desk.workspaces["nail-salon"], desk.workspaces["nail-studio"]
    for workspace, summary in ((here, "Mail <b>came</b> back"), (there, "Of somebody else")):
        await errors.record(
            desk.pool, workspace_id=workspace, kind="mail_failed", fingerprint="x", summary=summary
        )
    rows = {row["workspace_id"]: row["id"] for row in await stage.rows("SELECT * FROM operator_errors")}
    async with desk.signed_in("ann@example.com", act_as="nail-salon") as ann:
        page = (await ann.get(f"{HERE}/errors")).text
        assert "Mail &lt;b&gt;came&lt;/b&gt; back" in page
        assert "Of somebody else" not in page
        foreign: UUID = rows[there]
        assert (await ann.post(f"{HERE}/errors/{foreign}/settle")).status_code == 404
        await ann.get(f"{HERE}/errors")
        await ann.post(f"{HERE}/errors/{rows[here]}/settle", back=f"{HERE}/errors")
        assert "Nothing needs a person" in (await ann.get(f"{HERE}/errors")).text
        await ann.post(f"{HERE}/errors/{rows[here]}/settle", back=f"{HERE}/errors")
        assert "It was settled before." in (await ann.get(f"{HERE}/errors")).text
        page = (await ann.get(f"{HERE}/errors", status="resolved")).text
        assert "settled by Ann" in page
    left = await stage.rows("SELECT workspace_id FROM operator_errors WHERE resolved_at IS NULL")
    assert [row["workspace_id"] for row in left] == [there]
