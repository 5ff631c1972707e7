"""Postmark: what is sent, what refusals and bounces come to. HTTP is mocked at the transport."""

from __future__ import annotations

import base64
import json

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from providers.mail.contract import CalendarPart, Mail
from providers.mail.postmark import MailFate, Postmark, UnreadableReport, password_fits, read_report
from providers.outcome import CallFailure
from tests.tls import TLS

URL = "https://api.postmarkapp.com/email"
MAIL = Mail(
    sender="Nail Salon <bookings@example.com>",
    to="sara@example.com",
    subject="حجزك",
    text="نص",
    html="<p>نص</p>",
    message_id="b1.1@bot.example.com",
    reply_to="desk@example.com",
    calendar=CalendarPart(b"BEGIN:VCALENDAR", "CANCEL"),
    tag="confirmation",
    metadata={"booking": "b1"},
)


@pytest.fixture
async def postmark():
    async with httpx.AsyncClient(verify=TLS) as http:
        yield Postmark("made-up-token", http)


@respx.mock
async def test_a_mail_goes_out_whole(postmark):
    route = respx.post(URL).respond(json={"MessageID": "m1", "ErrorCode": 0, "Message": "OK"})
    assert (await postmark.send(MAIL)).id == "m1"
    request = route.calls.last.request
    assert request.headers["X-Postmark-Server-Token"] == "made-up-token"
    sent = json.loads(request.content)
    assert (sent["From"], sent["To"], sent["Subject"]) == (MAIL.sender, MAIL.to, "حجزك")
    assert (sent["TextBody"], sent["HtmlBody"], sent["ReplyTo"]) == ("نص", "<p>نص</p>", "desk@example.com")
    assert sent["Headers"] == [{"Name": "Message-ID", "Value": "<b1.1@bot.example.com>"}]
    (part,) = sent["Attachments"]
    assert part["ContentType"].endswith("method=CANCEL")
    assert base64.b64decode(part["Content"]) == b"BEGIN:VCALENDAR"
    assert sent["TrackOpens"] is False


@respx.mock
@pytest.mark.parametrize(
    ("status", "answer", "disposition", "code"),
    [
        (
            422,
            {"ErrorCode": 406, "Message": "sara@example.com is inactive"},
            "permanent",
            "recipient_inactive",
        ),
        (422, {"ErrorCode": 300, "Message": "Invalid 'To' sara@example.com"}, "permanent", "300"),
        (422, {"ErrorCode": 401, "Message": "x"}, "operator", "401"),
        (422, {"ErrorCode": 405, "Message": "x"}, "operator", "405"),
        (422, {"ErrorCode": 429, "Message": "x"}, "retry", "429"),
        (401, {"ErrorCode": 10, "Message": "x"}, "operator", "http_401"),
        (429, {}, "retry", "http_429"),
        (500, {}, "unknown", "http_500"),
        (
            200,
            {"MessageID": "m", "ErrorCode": 0, "Message": "... inactive addresses ..."},
            "permanent",
            "recipient_inactive",
        ),
        (200, ["x"], "unknown", "schema_drift"),
    ],
)
async def test_what_a_refusal_comes_to(postmark, status, answer, disposition, code):
    respx.post(URL).respond(status, json=answer)
    with pytest.raises(CallFailure) as failed:
        await postmark.send(MAIL)
    assert (failed.value.disposition, failed.value.code) == (disposition, code)
    assert "sara" not in str(failed.value)


@respx.mock
async def test_a_lost_answer_is_unknown(postmark):
    respx.post(URL).mock(side_effect=httpx.ReadTimeout("gone"))
    with pytest.raises(CallFailure) as failed:
        await postmark.send(MAIL)
    assert failed.value.disposition == "unknown"


@pytest.mark.parametrize(
    ("report", "fate"),
    [
        ({"RecordType": "Delivery", "Recipient": "sara@example.com"}, MailFate.DELIVERED),
        ({"RecordType": "Bounce", "Type": "HardBounce"}, MailFate.UNDELIVERABLE),
        ({"RecordType": "Bounce", "Type": "SoftBounce"}, MailFate.DELAYED),
        ({"RecordType": "Bounce", "Type": "AutoResponder"}, MailFate.OTHER),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, MailFate.COMPLAINED),
        ({"RecordType": "SubscriptionChange", "SuppressSending": True}, MailFate.UNDELIVERABLE),
        ({"RecordType": "SubscriptionChange", "SuppressSending": False}, MailFate.OTHER),
        ({"RecordType": "Open"}, MailFate.OTHER),
        ({}, MailFate.OTHER),
    ],
)
def test_what_a_report_says(report, fate):
    body = {
        "MessageID": "m1",
        "Metadata": {"booking": "b1"},
        "BouncedAt": "2026-11-20T09:00:00.1234567Z",
        **report,
    }
    read = read_report(json.dumps(body).encode())
    assert (read.fate, read.message_id, read.metadata) == (fate, "m1", {"booking": "b1"})


@given(st.binary(max_size=60))
def test_nonsense_is_unreadable(body):
    try:
        read_report(body)
    except UnreadableReport:
        return
    assert isinstance(json.loads(body), dict)


def test_only_the_password_opens_the_webhook():
    right = "Basic " + base64.b64encode(b"frontdesk:made-up").decode()
    assert password_fits(right, user="frontdesk", password="made-up")
    assert not password_fits(right, user="frontdesk", password="")
    assert not password_fits(None, user="frontdesk", password="made-up")
    assert not password_fits(right + "x", user="frontdesk", password="made-up")
