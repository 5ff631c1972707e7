"""The mail sink: strict in what it takes, and safe to look at."""

from __future__ import annotations

import base64

import pytest

TOKEN = {"X-Postmark-Server-Token": "sandbox-test", "Accept": "application/json"}
MAIL = {
    "From": "Nail Salon <bookings@example.com>",
    "To": "sara@example.com",
    "Subject": "<b>Hi</b>",
    "TextBody": "plain <i>text</i>",
    "HtmlBody": "<p>Hello</p><script>alert(1)</script>",
    "Attachments": [
        {
            "Name": 'in"vite\u2028.ics',
            "Content": base64.b64encode(b"BEGIN:VCALENDAR").decode(),
            "ContentType": "text/calendar; charset=utf-8; method=REQUEST",
        }
    ],
}


async def send(served, mail, headers=TOKEN):
    async with served.client.post("/postmark/email", json=mail, headers=headers) as response:
        return response.status, await response.json()


async def test_a_mail_is_taken_and_kept(served):
    status, answer = await send(served, MAIL)
    assert (status, answer["ErrorCode"], answer["To"]) == (200, 0, "sara@example.com")
    [entry] = (await served.control("ledger/postmark"))["entries"]
    assert entry["data"]["id"] == answer["MessageID"]
    assert [one["Subject"] for one in (await served.control("mails.json?to=sara@example.com"))["mails"]] == [
        "<b>Hi</b>"
    ]
    assert (await served.control("mails.json?to=other@example.com"))["mails"] == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"To": "nobody"}, 422, 300),
        ({"To": ", ".join(f"a{n}@example.com" for n in range(51))}, 422, 300),
        ({"From": ""}, 422, 300),
        ({"Unknown": 1}, 422, 300),
        ({"TextBody": "", "HtmlBody": ""}, 422, 300),
        ({"Subject": "two\r\nlines"}, 422, 300),
        ({"Metadata": {"a-name-that-is-far-too-long": "x"}}, 422, 300),
        ({"Attachments": [{"Name": "a", "Content": "not base64!", "ContentType": "text/plain"}]}, 422, 300),
        ({"To": "inactive.sara@example.com"}, 422, 406),
        ({"From": "a@unconfirmed.example.com"}, 422, 400),
        ({"MessageStream": "broadcast"}, 422, 1235),
    ],
)
async def test_what_postmark_refuses_is_refused(served, changes, status, code):
    answered, answer = await send(served, {**MAIL, **changes})
    assert (answered, answer["ErrorCode"]) == (status, code), answer
    assert (await served.control("ledger/postmark"))["entries"] == []


@pytest.mark.parametrize(
    ("token", "status", "code"), [("", 401, 10), ("live-token", 401, 10), ("sandbox-empty", 422, 405)]
)
async def test_tokens_of_real_servers_are_refused(served, token, status, code):
    answered, answer = await send(served, MAIL, {**TOKEN, "X-Postmark-Server-Token": token})
    assert (answered, answer["ErrorCode"]) == (status, code)


async def test_mails_are_safe_to_look_at(served):
    await send(served, MAIL)
    async with served.client.get("/_sandbox/mails") as response:
        assert "&lt;b&gt;Hi&lt;/b&gt;" in await response.text()
    async with served.client.get("/_sandbox/mails/1") as response:
        page = await response.text()
        assert "<script>" not in page
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
        assert "BEGIN:VCALENDAR" in page
        assert "script-src" not in response.headers["Content-Security-Policy"]
    async with served.client.get("/_sandbox/mails/1/html") as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "<p>Hello</p>" in await response.text()
    async with served.client.get("/_sandbox/mails/1/attachments/0") as response:
        assert await response.read() == b"BEGIN:VCALENDAR"
        assert response.headers["Content-Disposition"] == 'attachment; filename="in_vite_.ics"'
    for missing in ("/_sandbox/mails/2", "/_sandbox/mails/1/attachments/1", "/_sandbox/mails/x"):
        async with served.client.get(missing) as response:
            assert response.status == 404


async def test_mails_are_there_after_a_restart(start):
    async with start() as running:
        await send(running, MAIL)
    async with start() as running:
        assert len((await running.control("mails.json"))["mails"]) == 1


async def test_the_index_leads_to_the_mails(served):
    async with served.client.get("/_sandbox/") as response:
        assert '<a href="/_sandbox/mails">' in await response.text()
