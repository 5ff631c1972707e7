"""Twilio's odd forms: what is a message, what a status, who can be answered, what is base64."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest

from bot.channels.contract import WebhookRequest
from bot.channels.twilio.parse import decoded_blob
from bot.messages import DeliveryStatus, InboundKind, ParsedWebhook, Sender, Surface
from tests.contracts.channels.accounts import ACCOUNT_SID, SMS

LONG = "I would like a gel manicure at Plaza tomorrow at two, please, with Mona"


def parse(method: str = "POST", query: dict[str, str] | None = None, **form: str) -> ParsedWebhook:
    fields = urlencode({"MessageSid": "SM1", "AccountSid": ACCOUNT_SID, **form})
    url = SMS.account.callback_url + (f"?{fields}" if method == "GET" else "")
    body = b"" if method == "GET" else fields.encode()
    return SMS.channel.parse(WebhookRequest(method, url, {}, query or {}, body), SMS.account)


def test_a_get_is_read_from_its_query():
    (inbound,) = parse("GET", From="+96550000123", To="+15550100", Body="Hi & bye").inbounds
    assert inbound.text == "Hi & bye"


@pytest.mark.parametrize("extra", [{"MessageStatus": "received"}, {"SmsStatus": "receiving"}, {}])
def test_what_was_received_is_a_message(extra: dict[str, str]):
    assert len(parse(From="+96550000123", To="+15550100", Body="Hi", **extra).inbounds) == 1


@pytest.mark.parametrize(
    "extra", [{"MessageStatus": "sent"}, {"SmsStatus": "sent"}, {"MessageStatus": "sent", "Body": "Hi"}]
)
def test_what_was_sent_is_a_status(extra: dict[str, str]):
    (receipt,) = parse(From="+15550100", To="+96550000123", **extra).receipts
    assert (receipt.status, receipt.correlation_id) == (DeliveryStatus.SENT, None)


def test_a_partial_or_cancelled_delivery_is_a_receipt_too():
    for word, status in (
        ("partially_delivered", DeliveryStatus.DELIVERED),
        ("canceled", DeliveryStatus.FAILED),
    ):
        (receipt,) = parse(MessageStatus=word).receipts
        assert receipt.status is status


@pytest.mark.parametrize("sender", ["ACME", "", "+", "whatsapp:", "+٩٦٥٥٠٠٠٠١٢٣"])
def test_nobody_who_could_not_be_answered_becomes_a_customer(sender: str):
    assert parse(From=sender, To="+15550100", Body="Hi").inbounds == ()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"From": "12345"}, Sender("+12345")),
        (
            {"From": "whatsapp:+96550000123", "ExternalUserId": "whatsapp:KW.77"},
            Sender("+96550000123", "KW.77"),
        ),
        ({"From": "whatsapp:KW.77", "WaId": "96550000123"}, Sender(None, "KW.77")),
        ({"From": "whatsapp:", "WaId": "96550000123"}, Sender("+96550000123")),
    ],
)
def test_senders(form: dict[str, str], expected: Sender):
    (inbound,) = parse(To="+15550100", Body="Hi", **form).inbounds
    assert inbound.sender == expected
    assert (inbound.surface is Surface.WHATSAPP) is form["From"].startswith("whatsapp:")


def test_the_first_of_a_repeated_field_counts():
    body = urlencode(
        [("MessageSid", "SM1"), ("From", "+96550000123"), ("From", "+96550000999"), ("Body", "Hi")]
    )
    body += f"&AccountSid={ACCOUNT_SID}"
    request = WebhookRequest("POST", SMS.account.callback_url, {}, {}, body.encode())
    assert SMS.channel.parse(request, SMS.account).inbounds[0].sender.phone == "+96550000123"


def test_a_place_without_usable_coordinates_is_text():
    (inbound,) = parse(From="+96550000123", Body="here", Latitude="nan", Longitude="inf").inbounds
    assert (inbound.kind, inbound.location) == (InboundKind.TEXT, None)


@pytest.mark.parametrize("text", [LONG + "!", LONG + " مرحبا!", "line\nline " * 8])
def test_a_base64_text_is_read(text: str):
    encoded = base64.b64encode(text.encode()).decode()
    assert decoded_blob(encoded) == text


@pytest.mark.parametrize(
    "body",
    [
        LONG,
        "short",
        base64.b64encode(b"too short").decode(),
        "A" * 61,
        base64.b64encode(bytes(range(128, 200))).decode(),
        base64.b64encode(("مرحبا" * 20).encode()).decode(),
        "a" * 64,
        "https://example.com/" + "a" * 44,
    ],
)
def test_anything_else_stays_as_it_is(body: str):
    assert decoded_blob(body) == body
