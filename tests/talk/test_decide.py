"""`frontdesk errors` and `decide`: a lost order answer, from the customer's yes to the operator's word."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.advice import WHAT_TO_DO
from bot.effect_decisions import NotDecidable, decide_not_placed, decide_placed
from db.schedules import open_work
from tests.talk.rig import chat
from tests.talk.test_chat import BOOKING
from workers.commands import errors as command

NUMBER = "+96550000123"
BOOKINGS = """
SELECT b.status, b.needs_operator, b.provider_order_id, i.status AS intent FROM bookings b
JOIN booking_intents i ON i.id = b.intent_id
"""


async def lost_order(stage, monkeypatch, *, kind="accepted_then_reset") -> UUID:
    """A talk whose order call was hit; returns the effect that waits for a decision."""
    await stage.fault(provider="nailit", call="AddOrder", kind=kind, next_n=1)
    await chat(stage, monkeypatch, *BOOKING)
    (row,) = await stage.rows("SELECT id FROM effects WHERE status = 'needs_operator'")
    return row["id"]


async def settled(stage):
    while await open_work(
        stage.resources.pool, channel="whatsapp", account_key="nail-salon-wa", address=NUMBER
    ):
        pass


def shown(stage, monkeypatch, capsys, found) -> str:
    capsys.readouterr()
    command._show(found)
    return capsys.readouterr().out


async def test_the_operator_reads_what_happened_and_what_to_type(stage, monkeypatch, capsys):
    effect = await lost_order(stage, monkeypatch)

    found = await command._read(stage.resources.pool, "nail-salon", everything=False)
    words = shown(stage, monkeypatch, capsys, found)

    assert "may or may not have been" in words
    assert NUMBER in words
    assert f"frontdesk decide {effect} --placed ORDER_ID" in words
    assert "Gel Manicure" in words
    elsewhere = await command._read(stage.resources.pool, "nail-studio", everything=False)
    assert (elsewhere.errors, elsewhere.waiting) == ([], [])


async def test_placed_confirms_the_booking_and_tells_the_customer(stage, monkeypatch, capsys):
    effect = await lost_order(stage, monkeypatch)
    (order,) = await stage.orders()

    code = await decide_placed(stage.resources.pool, effect, order_id=str(order["order_id"]))
    await settled(stage)

    (booking,) = await stage.rows(BOOKINGS)
    assert booking == {
        "status": "confirmed",
        "needs_operator": False,
        "provider_order_id": str(order["order_id"]),
        "intent": "confirmed",
    }
    last = (await stage.rows("SELECT body FROM messages WHERE direction = 'out' ORDER BY seq DESC LIMIT 1"))[
        0
    ]
    assert code in last["body"]
    assert str(order["order_id"]) in last["body"]
    found = await command._read(stage.resources.pool, None, everything=False)
    assert (found.errors, found.waiting) == ([], [])
    assert "Settled: an operator found order" in shown(
        stage, monkeypatch, capsys, await command._read(stage.resources.pool, None, everything=True)
    )


async def test_not_placed_frees_the_time_tells_the_customer_and_he_can_book_anew(stage, monkeypatch, capsys):
    effect = await lost_order(stage, monkeypatch, kind="reset")

    await decide_not_placed(stage.resources.pool, effect)
    await settled(stage)

    (booking,) = await stage.rows(BOOKINGS)
    assert (booking["status"], booking["intent"]) == ("cancelled", "abandoned")
    assert await stage.rows("SELECT 1 FROM booking_items WHERE active") == []
    assert await chat(stage, monkeypatch, "tomorrow at 5pm", "yes")
    assert "confirmation code" in capsys.readouterr().out.lower()
    assert len(await stage.orders()) == 1
    assert sorted(row["intent"] for row in await stage.rows(BOOKINGS)) == ["abandoned", "confirmed"]


async def test_a_decision_is_taken_once(stage, monkeypatch):
    effect = await lost_order(stage, monkeypatch)
    await decide_placed(stage.resources.pool, effect, order_id="10001")

    with pytest.raises(NotDecidable, match="it is done"):
        await decide_not_placed(stage.resources.pool, effect)


async def test_an_order_id_belongs_to_one_booking(stage, monkeypatch):
    later = [line.replace("2pm", "5pm") for line in BOOKING]
    await chat(stage, monkeypatch, *later, number="+96550000124")
    (order,) = await stage.orders()
    effect = await lost_order(stage, monkeypatch)

    with pytest.raises(asyncpg.UniqueViolationError):
        await decide_placed(stage.resources.pool, effect, order_id=str(order["order_id"]))

    (row,) = await stage.rows("SELECT status FROM effects WHERE id = $1", effect)
    assert row["status"] == "needs_operator"


async def test_what_is_no_open_order_is_refused(stage, monkeypatch):
    await chat(stage, monkeypatch, "Hi")
    (send,) = await stage.rows("SELECT id FROM effects")

    with pytest.raises(NotDecidable, match="no order"):
        await decide_not_placed(stage.resources.pool, send["id"])
    with pytest.raises(NotDecidable, match="there is no effect"):
        await decide_not_placed(stage.resources.pool, uuid4())


async def test_every_kind_of_error_has_an_advice():
    root = Path(command.__file__).parents[2]
    recorded = set()
    for file in [*root.glob("bot/**/*.py"), *root.glob("sync/*.py")]:
        text = file.read_text()
        if "tell_operator(" in text or "errors.record(" in text:
            recorded |= set(re.findall(r'kind="([a-z]+_[a-z_]+)"', text))
        recorded |= set(re.findall(r'\.note\(\s*"([a-z_]+)"', text))
    assert len(recorded) > 10
    assert recorded - {*WHAT_TO_DO} == set()
