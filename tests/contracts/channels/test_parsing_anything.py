"""Whatever arrives: MalformedWebhook or something storable, never another exception, never a lost neighbour."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import MalformedWebhook
from bot.messages import InboundKind, Surface
from tests.contracts.channels.accounts import (
    ACCOUNT_SID,
    SMS,
    SUBJECTS,
    TWILIO_WHATSAPP,
    WEB,
    WHATSAPP,
    Subject,
    parse,
    payload,
)

PHONE, USER_ID = "+96550000123", "KW.13491208655302741918"

MALFORMED = [
    *((s, body) for s in (WHATSAPP, WEB) for body in (b"", b"{", b"[]", b"\xff", b"null", b"[" * 100_000)),
    (WHATSAPP, b'{"object":"page","entry":[]}'),
    (WHATSAPP, b'{"object":"whatsapp_business_account","entry":{}}'),
    (WEB, payload("web", "no_session.json")),
    *((SMS, body) for body in (b"", b"\xff\xfe", b"Body=Hi", b"&".join([b"a=1"] * 1001))),
    (SMS, payload("twilio", "foreign_account.form")),
    (SMS, payload("twilio", "no_sid.form")),
]


@pytest.mark.parametrize(("subject", "body"), MALFORMED, ids=[f"{s}-{b[:20]!r}" for s, b in MALFORMED])
def test_an_unreadable_webhook_is_malformed(subject: Subject, body: bytes):
    with pytest.raises(MalformedWebhook):
        parse(subject, body)


JSON_NAMES = """
    changes value field messages statuses contacts metadata id type text body interactive image from
    from_user_id timestamp context errors button_reply list_reply audio location latitude longitude
    profile name wa_id user_id status reaction order system code title messageId sessionId choice
""".split()  # noqa: SIM905 - read as words
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(JSON_NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(value=JSON)
def test_no_json_breaks_meta_parsing(value: object):
    envelope = {
        "object": "whatsapp_business_account",
        "entry": [{"changes": [{"field": "messages", "value": value}]}],
    }
    parse(WHATSAPP, json.dumps(envelope).encode())


@given(
    message=JSON,
    kind=st.sampled_from(["text", "interactive", "image", "audio", "location", "contacts", "order"]),
)
def test_a_strange_message_is_kept_and_its_neighbour_too(message: object, kind: str):
    good = {"id": "wamid.2", "from": "96550000123", "type": "text", "text": {"body": "Hi"}}
    strange = {"id": "wamid.1", "from": "96550000124", "type": kind, kind: message}
    value = {"metadata": {"phone_number_id": "1"}, "messages": [strange, good]}
    envelope = {
        "object": "whatsapp_business_account",
        "entry": [{"changes": [{"field": "messages", "value": value}]}],
    }
    parsed = parse(WHATSAPP, json.dumps(envelope).encode())
    assert [i.external_id for i in parsed.inbounds] == ["wamid.1", "wamid.2"]
    assert parsed.inbounds[1].text == "Hi"


@given(message=st.dictionaries(st.sampled_from(["text", "choice", "location", "profile", "sentAt"]), JSON))
def test_no_json_breaks_web_parsing(message: dict[str, object]):
    body = json.dumps({"messageId": "m", "sessionId": "s", **message}).encode()
    assert len(parse(WEB, body).inbounds) == 1


FORM_FIELDS = [
    "Body",
    "From",
    "To",
    "NumMedia",
    "MediaUrl0",
    "MediaContentType0",
    "MessageType",
    "ButtonPayload",
    "ListId",
    "Latitude",
    "Longitude",
    "SmsStatus",
    "MessageStatus",
    "ErrorCode",
    "OptOutType",
    "WaId",
    "ExternalUserId",
    "ProfileName",
    "ChannelMetadata",
]


@given(fields=st.dictionaries(st.sampled_from(FORM_FIELDS), st.text(max_size=40)))
def test_no_form_breaks_twilio_parsing(fields: dict[str, str]):
    form = {"MessageSid": "SM1", "AccountSid": ACCOUNT_SID, **fields}
    parsed = parse(SMS, urlencode(form, errors="surrogatepass").encode())
    assert len(parsed.inbounds) + len(parsed.receipts) + len(parsed.notices) == 1


NASTY = ["", "x" * 10_000, "a\x00b", "👩‍👩‍👧‍👦" * 50, "\u202eمرحبا\u202c", "\ud800", "\r\n\t "]


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
@pytest.mark.parametrize("text", NASTY, ids=[repr(t[:10]) for t in NASTY])
def test_any_text_arrives_storable(subject: Subject, text: str):
    channel = subject.account.channel
    if channel == "twilio":
        form = {
            "MessageSid": "SM1",
            "AccountSid": ACCOUNT_SID,
            "To": subject.account.address,
        }
        form |= {"From": "whatsapp:+96550000123" if subject is TWILIO_WHATSAPP else PHONE, "Body": text}
        body = urlencode(form, errors="replace").encode()
    else:
        document = json.loads(payload(channel, subject.sample))
        if channel == "web":
            document["text"] = text
        else:
            document["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = text
        body = json.dumps(document).encode()
    inbound = parse(subject, body).inbounds[0]
    assert inbound.kind is InboundKind.TEXT
    assert "\x00" not in inbound.text
    assert (
        inbound.text.encode("utf-8")[:5]
        == text.replace("\x00", "")
        .replace("\r\n", "\n")
        .replace("\ud800", "?" if channel == "twilio" else "\ufffd")
        .encode("utf-8")[:5]
    )


def test_a_batch_of_a_thousand_over_several_numbers_is_split_in_order():
    def change(number: int):
        message = {
            "id": f"wamid.{number}",
            "from": "96550000123",
            "type": "text",
            "text": {"body": str(number)},
        }
        status = {"id": f"wamid.s{number}", "status": "sent"}
        metadata = {"phone_number_id": str(100 + number % 3)}
        value = {"metadata": metadata, "messages": [message], "statuses": [status]}
        return {"field": "messages", "value": value}

    entries = [{"id": "1", "changes": [change(n) for n in range(e * 100, e * 100 + 100)]} for e in range(10)]
    parsed = parse(WHATSAPP, json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode())
    assert [i.text for i in parsed.inbounds] == [str(n) for n in range(1000)]
    assert {i.to_address for i in parsed.inbounds} == {"100", "101", "102"}
    assert len(parsed.receipts) == 1000


def test_surfaces_follow_our_address_or_a_user_id():
    twilio = SMS.channel
    assert twilio.surface_of(SMS.account, PHONE) is Surface.SMS
    assert twilio.surface_of(TWILIO_WHATSAPP.account, PHONE) is Surface.WHATSAPP
    assert twilio.surface_of(SMS.account, USER_ID) is Surface.WHATSAPP
    assert WHATSAPP.channel.surface_of(WHATSAPP.account, PHONE) is Surface.WHATSAPP
    assert WEB.channel.surface_of(WEB.account, "s-1") is Surface.WEB
