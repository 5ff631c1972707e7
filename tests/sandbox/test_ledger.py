"""The ledger outlives the process: orders, messages and windows stand after a restart."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from providers.sandbox.errors import AccountsError, LedgerError
from providers.sandbox.ledger import Ledger
from tests.sandbox import nailit_bodies as nb
from tests.sandbox.conftest import CUSTOMER

TEXT = {"messaging_product": "whatsapp", "to": CUSTOMER, "type": "text", "text": {"body": "hello"}}


def now() -> datetime:
    return datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "one.jsonl"


def test_an_unfinished_last_line_never_happened(path, caplog):
    ledger = Ledger(path, now)
    ledger.write("order", "salon", {"n": 1})
    ledger.close()
    with path.open("ab") as file:
        file.write(b'{"seq":2,"at":"2026')
    again = Ledger(path, now)
    assert [entry.data for entry in again.entries] == [{"n": 1}]
    assert "unfinished last line" in caplog.text
    again.write("order", "salon", {"n": 2})
    again.close()
    assert len(path.read_bytes().splitlines()) == 2


def test_a_damaged_line_is_refused_with_its_number(path):
    path.write_bytes(b'{"seq":1}\n')
    with pytest.raises(LedgerError, match="line 1"):
        Ledger(path, now)


def test_a_gap_is_refused(path):
    ledger = Ledger(path, now)
    for n in range(3):
        ledger.write("order", "salon", {"n": n})
    ledger.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(LedgerError, match="line 2 carries sequence 3"):
        Ledger(path, now)


def test_two_sandboxes_can_not_share_a_ledger(path):
    first = Ledger(path, now)
    with pytest.raises(LedgerError, match="in use"):
        Ledger(path, now)
    first.close()
    Ledger(path, now).close()


async def test_entries_written_together_share_a_sync(path, monkeypatch):
    synced = []
    monkeypatch.setattr("providers.sandbox.ledger.os.fsync", synced.append)
    ledger = Ledger(path, now)

    async def append(n: int) -> None:
        await ledger.durable(ledger.write("order", "salon", {"n": n}))

    await asyncio.gather(*(append(n) for n in range(50)))
    assert 1 <= len(synced) <= 2
    ledger.close()


async def test_orders_stand_after_a_restart(start, clock):
    async with start() as served:
        body = {
            "Address": "",
            "Email_Id": "",
            "Name": "S",
            "Mobile": CUSTOMER,
            "Login_Type": 1,
            "Image_Name": "",
        }
        await served.nailit("Register", body)
        assert (await served.nailit("AddOrder", nb.add_order(501, Payment_Type_Id=2)))["OrderId"] == 10001
        async with served.client.post("/nailit/knet.aspx?orderId=10001", data={"action": "pay"}) as response:
            assert response.status == 200
        before = await served.control("orders")
    async with start() as served:
        assert await served.control("orders") == before
        assert (await served.nailit("GetOrderPaymentDetail/10001"))["KNetResult"] == "CAPTURED"
        assert (await served.nailit("AddOrder", nb.add_order(501)))["Status"] == 102
        later = nb.line_facade(TimeFrame_Ids=[31, 32])
        assert (await served.nailit("AddOrder", nb.add_order(501, later)))["OrderId"] == 10002


async def test_a_dropped_answer_is_in_the_ledger_after_a_restart(start):
    async with start() as served:
        body = {
            "Address": "",
            "Email_Id": "",
            "Name": "S",
            "Mobile": CUSTOMER,
            "Login_Type": 1,
            "Image_Name": "",
        }
        await served.nailit("Register", body)
        await served.fault("nailit", "accepted_then_reset", call="AddOrder", next_n=1)
        with pytest.raises(OSError):  # noqa: PT011 - any kind of lost connection
            await served.nailit("AddOrder", nb.add_order(501))
    async with start() as served:
        (order,) = (await served.control("orders"))["orders"]
        assert order["order_id"] == 10001


async def test_windows_and_opt_outs_stand_after_a_restart(start):
    sms = {"To": CUSTOMER, "From": "+15555550111", "Body": "hello"}
    async with start() as served:
        await served.meta_wrote()
        await served.twilio_wrote(CUSTOMER, "+15555550111", "Stop")
    async with start(meta={"window_errors": "sync"}) as served:
        assert (await served.meta(TEXT))[0] == 200
        assert (await served.twilio(sms))[1]["code"] == 21610
        await served.settled()


async def test_statuses_left_untold_are_told_after_a_restart(start, receiver):
    async with start(callbacks={"first_after_ms": 60_000}) as served:
        await served.meta_wrote()
        await served.meta(TEXT)
    assert receiver.got == []
    async with start() as served:
        await served.settled()
        (message,) = (await served.control("messages?channel=meta"))["messages"]
    assert message["status"] == "read"
    assert len(receiver.got) == 3


async def test_damaged_accounts_are_named_without_their_secrets(start, tmp_path):
    folder = tmp_path / "sandbox"
    folder.mkdir()
    (folder / "accounts.json").write_text('[{"kind": "nailit", "security_token": "very-secret"}]')
    with pytest.raises(AccountsError, match=r"accounts\.json can't be read") as caught:
        async with start():
            pass
    assert "very-secret" not in str(caught.value)
