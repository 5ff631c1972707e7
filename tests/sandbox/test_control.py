"""The sandbox's own API: accounts, reports of inbound messages, long polling, a real process killed."""

from __future__ import annotations

import asyncio
import signal
import stat
import sys

import aiohttp
import pytest

from providers.sandbox.config import SandboxConfig, client_token, demo_config
from providers.sandbox.server import serve
from tests.sandbox import nailit_bodies as nb
from tests.sandbox.conftest import CUSTOMER, PHONE_ID, SID, SMS_NUMBER

TEXT = {"messaging_product": "whatsapp", "to": CUSTOMER, "type": "text", "text": {"body": "hello"}}
SMS = {"To": CUSTOMER, "From": SMS_NUMBER, "Body": "hello"}


async def test_health(served):
    health = await served.control("health")
    assert health["status"] == "ok"
    assert health["now"] == "2026-11-20T09:00:00+00:00"
    assert health["ledgers"] == dict.fromkeys(
        ("nailit", "shopmonkey", "meta", "twilio", "openai", "anthropic", "postmark", "stripe"), 0
    )


async def test_accounts_are_listed_without_secrets(served):
    listed = (await served.control("accounts"))["accounts"]
    assert listed == [
        {"kind": "nailit", "id": "salon"},
        {"kind": "nailit", "id": "studio"},
        {"kind": "meta", "id": PHONE_ID},
        {"kind": "twilio", "id": SID},
    ]


async def test_an_added_account_works_at_once_and_after_a_restart(start, tmp_path):
    token = client_token("third")
    async with start() as served:
        await served.control(
            "accounts", {"accounts": [{"kind": "nailit", "key": "third", "security_token": token}]}
        )
        assert (await served.nailit("GetLocations", token=token))["Status"] == 0
    async with start() as served:
        assert (await served.nailit("GetLocations", token=token))["Status"] == 0
    assert stat.S_IMODE((tmp_path / "sandbox" / "accounts.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "account",
    [
        {"kind": "fax"},
        {"kind": "nailit", "key": "x"},
        {"kind": "twilio", "account_sid": "AC1", "auth_token": "x", "numbers": ["+15555550111"]},
        {"kind": "nailit", "key": "x", "security_token": "y", "items": "/nowhere/items.json"},
    ],
)
async def test_a_wrong_account_is_refused(served, account):
    async with served.client.post("/_sandbox/accounts", json={"accounts": [account]}) as response:
        assert response.status == 422
    assert len((await served.control("accounts"))["accounts"]) == 4


async def test_messages_of_one_customer_in_order_after_a_sequence(served):
    for number in ("1", "2", "3"):
        await served.twilio({**SMS, "Body": number})
        await served.twilio({**SMS, "To": "+96550000124"})
    await served.settled()
    path = "messages?channel=twilio&to=%2B96550000123"
    found = await served.control(path)
    assert [one["payload"]["Body"] for one in found["messages"]] == ["1", "2", "3"]
    after = found["messages"][1]["seq"]
    rest = await served.control(f"{path}&after={after}&account={SID}")
    assert [one["payload"]["Body"] for one in rest["messages"]] == ["3"]
    assert (await served.control(f"{path}&account=AC{'9' * 32}"))["messages"] == []
    by_number = await served.control(f"{path}&account=%2B15555550111")
    assert len(by_number["messages"]) == 3


async def test_waiting_ends_with_the_next_message(served):
    await served.meta_wrote()
    start = (await served.control("messages?channel=meta"))["next"]
    waiting = asyncio.create_task(
        served.control(f"messages?channel=meta&to=%2B96550000123&after={start}&wait=20")
    )
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await served.meta(TEXT)
    (message,) = (await waiting)["messages"]
    assert message["payload"]["text"]["body"] == "hello"
    await served.settled()


async def test_waiting_in_vain_answers_nothing(served):
    answer = await served.control("messages?channel=meta&wait=0.05")
    assert answer == {"messages": [], "next": 0}


async def test_status_changes_are_told_when_asked_for(served):
    await served.twilio(SMS)
    await served.settled()
    seen = await served.control("messages?channel=twilio&statuses=1")
    assert [one["status"] for one in seen["statuses"]] == ["queued", "sent", "delivered"]
    later = await served.control(f"messages?channel=twilio&statuses=1&after={seen['next']}&wait=0.01")
    assert (later["messages"], later["statuses"]) == ([], [])


async def test_the_ledger_is_read_from_a_sequence(served):
    await served.twilio_wrote(CUSTOMER, SMS_NUMBER)
    await served.twilio_wrote(CUSTOMER, SMS_NUMBER)
    assert [one["seq"] for one in (await served.control("ledger/twilio?after=1"))["entries"]] == [2]


@pytest.mark.parametrize(
    ("path", "status"),
    [("messages", 400), ("messages?channel=fax", 400), ("messages?channel=meta&after=x", 400),
     ("messages?channel=meta&wait=x", 400), ("ledger/nobody", 404)],
)  # fmt: skip
async def test_wrong_questions(served, path, status):
    async with served.client.get(f"/_sandbox/{path}") as response:
        assert response.status == status


async def test_inbound_for_an_unknown_account_is_404(served):
    meta = {"phone_number_id": "1", "from": CUSTOMER}
    twilio = {"account_sid": "AC1", "from": CUSTOMER, "to": SMS_NUMBER}
    for path, body in (("meta/inbound", meta), ("twilio/inbound", twilio)):
        async with served.client.post(f"/_sandbox/{path}", json=body) as response:
            assert response.status == 404


async def test_serve_listens_says_its_port_and_ends_cleanly(tmp_path, clock):
    port = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(
        serve("127.0.0.1", 0, tmp_path, demo_config(), clock, ready=port.set_result)
    )
    url = f"http://127.0.0.1:{await port}/_sandbox/accounts"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert len((await response.json())["accounts"]) == 6
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_a_configuration_is_plain_json():
    text = demo_config().model_dump_json()
    assert SandboxConfig.model_validate_json(text) == demo_config()


SERVER = """
import asyncio, datetime, pathlib, sys
from providers.sandbox.config import demo_config
from providers.sandbox.server import serve
now = lambda: datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC)
folder, ready = pathlib.Path(sys.argv[1]), lambda port: print(port, flush=True)
asyncio.run(serve("127.0.0.1", 0, folder, demo_config(), now, ready=ready))
"""


async def run_server(folder):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(await asyncio.wait_for(process.stdout.readline(), 30))
    return process, f"http://127.0.0.1:{port}"


async def test_an_answered_order_survives_kill_9(tmp_path):
    headers = {"X-NailItMobile-SecurityToken": client_token("sandbox-nail-salon")}
    person = {
        "Address": "",
        "Email_Id": "",
        "Name": "S",
        "Mobile": CUSTOMER,
        "Login_Type": 1,
        "Image_Name": "",
    }
    process, url = await run_server(tmp_path)
    async with aiohttp.ClientSession(headers=headers) as session:
        await session.post(f"{url}/nailit/Register", json=person)
        async with session.post(f"{url}/nailit/AddOrder", json=nb.add_order(501)) as response:
            assert (await response.json())["OrderId"] == 10001
    process.send_signal(signal.SIGKILL)
    await process.wait()
    process, url = await run_server(tmp_path)
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{url}/nailit/AddOrder", json=nb.add_order(501)) as response:
            assert (await response.json())["Status"] == 102
        async with session.get(f"{url}/_sandbox/orders") as response:
            assert [one["order_id"] for one in (await response.json())["orders"]] == [10001]
    process.kill()
    await process.wait()


async def test_the_index_page_shows_orders_and_messages_escaped(served, registered):
    await served.nailit("AddOrder", nb.add_order(await registered(), Name="<b>Sara</b>"))
    await served.meta_wrote()
    await served.meta({**TEXT, "text": {"body": "<script>hi</script>"}})
    await served.twilio({**SMS, "Body": "by text"})
    await served.settled()
    async with served.client.get("/_sandbox/") as response:
        html = await response.text()
        assert response.status == 200
    assert "Gel Manicure · Monica · Sat 21 Nov 02:00 PM" in html
    assert "by text" in html
    assert "&lt;script&gt;hi" in html
    assert "<script" not in html
    assert "<b>Sara" not in html
