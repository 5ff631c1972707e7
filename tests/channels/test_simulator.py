"""The simulator speaks the provider's real protocol: what it sends verifies and parses, what it reads is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.channels.contract import WebhookRequest
from bot.channels.simulator.acts import (
    Act,
    ShownChoice,
    SimulatedCustomer,
    message_id,
    pinned,
    reacted,
    sent_image,
    sent_sticker,
    sent_unsupported,
    sent_voice,
    tapped,
    typed,
)
from bot.channels.simulator.screen import read_sent
from bot.channels.simulator.webhooks import sign, webhook
from bot.messages import Choice, Inbound, InboundKind, Outbound, Sender
from tests.contracts.channels.accounts import SMS, SUBJECTS, TWILIO_WHATSAPP, WEB, WHATSAPP, Subject

AT = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
SARA = SimulatedCustomer("+96550000123", "KW.13491208655302741918", "Sara Test")
ROW = ShownChoice("t1:gel", "Gel manicure", "45 min", form="row")
BUTTON = ShownChoice("t1:plaza", "Plaza")


def said(subject: Subject, act: Act, customer: SimulatedCustomer = SARA) -> Inbound:
    """The act as the adapter understands it, through a verified webhook."""
    request = webhook(
        act,
        customer=customer,
        account=subject.account,
        message_id=message_id(subject.account.channel, "1"),
        at=AT,
    )
    assert subject.channel.verify(request, subject.account)
    parsed = subject.channel.parse(request, subject.account)
    assert (parsed.receipts, parsed.notices) == ((), ())
    (inbound,) = parsed.inbounds
    assert inbound.surface is subject.surface
    assert inbound.external_id == message_id(subject.account.channel, "1")
    return inbound


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
@pytest.mark.parametrize("text", ["Hi", "مرحبا 👋", "", "a&b=c+d%20", "line\nline"])
def test_typed_text_arrives_as_typed(subject: Subject, text: str):
    inbound = said(subject, typed(text))
    assert (inbound.kind, inbound.text) == (InboundKind.TEXT, text)
    if subject.account.channel != "web":
        assert inbound.sender.phone == "+96550000123"


@pytest.mark.parametrize("subject", [WHATSAPP, TWILIO_WHATSAPP, WEB], ids=str)
@pytest.mark.parametrize("choice", [ROW, BUTTON])
def test_a_tap_brings_the_choices_id(subject: Subject, choice: ShownChoice):
    inbound = said(subject, tapped(choice))
    assert (inbound.kind, inbound.choice_id, inbound.text) == (InboundKind.CHOICE, choice.id, choice.title)


def test_on_sms_a_tap_is_its_number_typed():
    inbound = said(SMS, tapped(ShownChoice("2", "Zahra", form="number")))
    assert (inbound.kind, inbound.text) == (InboundKind.TEXT, "2")


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (pinned(29.3759, 47.9774, "Plaza"), InboundKind.LOCATION),
        (sent_image("like this"), InboundKind.MEDIA),
        (sent_voice(), InboundKind.VOICE),
        (sent_sticker(), InboundKind.STICKER),
        (reacted("👍", to_message="wamid.1"), InboundKind.REACTION),
        (sent_unsupported(), InboundKind.UNSUPPORTED),
    ],
)
def test_every_other_act_arrives_or_is_refused_by_name(act: Act, kind: InboundKind):
    assert said(WHATSAPP, act).kind is kind
    for subject in (SMS, TWILIO_WHATSAPP, WEB):
        try:
            assert said(subject, act).kind is kind
        except ValueError as error:
            assert str(kind) in str(error)  # noqa: PT017 - either outcome is right, a third is not


@pytest.mark.parametrize("subject", [WHATSAPP, TWILIO_WHATSAPP], ids=str)
def test_a_username_customer_has_no_phone(subject: Subject):
    inbound = said(
        subject, typed("Hi"), SimulatedCustomer(user_id="KW.13491208655302741918", name="Sara Test")
    )
    assert inbound.sender == Sender(None, "KW.13491208655302741918", "Sara Test")


def test_time_and_reply_are_passed_on():
    inbound = said(WHATSAPP, typed("Hi", reply_to="wamid.menu"))
    assert (inbound.sent_at, inbound.reply_to) == (AT, "wamid.menu")


def test_ids_look_like_the_providers_and_repeat_for_a_seed():
    assert message_id("whatsapp", "a").startswith("wamid.")
    assert len(message_id("twilio", "a")) == 34
    assert message_id("twilio", "a") == message_id("twilio", "a") != message_id("twilio", "b")


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_a_recording_is_signed_afresh(subject: Subject):
    recorded = webhook(typed("Hi"), customer=SARA, account=subject.account, message_id="m1", at=AT)
    other = replace(
        subject.account,
        callback_url="http://127.0.0.1:9000/webhooks/x/k2",
        secrets={subject.signing_secret: "new_secret"},
    )
    again = sign(replace(recorded, url=other.callback_url), other)
    assert again.body == recorded.body
    assert subject.channel.verify(again, other)
    assert not subject.channel.verify(again, subject.account)


def test_signing_drops_every_signature_that_was_there():
    stale = {
        "x-hub-signature": "sha1=00",
        "x-twilio-webhooks-signature-settings": "key=1,algorithm=HMAC_SHA256",
    }
    request = WebhookRequest("POST", SMS.account.callback_url, stale, {}, b"a=1")
    assert set(sign(request, SMS.account).headers) == {"x-twilio-signature"}


def test_what_the_customer_types_finds_the_choice_on_the_screen():
    outbound = Outbound("Where?", (Choice("t1:p", "Plaza"), Choice("t1:z", "Zahra")))
    (meta,) = WHATSAPP.channel.render(outbound, to=Sender(phone=SARA.phone), surface=WHATSAPP.surface)
    screen = read_sent("whatsapp", meta)
    assert screen is not None
    assert [screen.choice(words) for words in ("t1:z", "2", "zahra", " Zahra ")] == [screen.choices[1]] * 4
    assert screen.choice("3") is None
    assert screen.choice("0") is None
    assert screen.choice("car wash") is None
    (sms,) = SMS.channel.render(outbound, to=Sender(phone=SARA.phone), surface=SMS.surface)
    numbered = read_sent("twilio", {name: [value] for name, value in sms.items()})
    assert numbered is not None
    assert numbered.choices_in_text
    assert numbered.choice("2") == numbered.choice("Zahra") == ShownChoice("2", "Zahra", form="number")


def test_the_second_part_of_a_long_sms_menu_keeps_its_numbers():
    second = read_sent(
        "twilio", {"To": "+96550000123", "Body": "5. Gel\n6. Acrylic - 60 min\nCall 9. Main Street"}
    )
    assert second is not None
    assert [(c.id, c.title, c.description) for c in second.choices] == [
        ("5", "Gel", ""),
        ("6", "Acrylic", "60 min"),
    ]
    assert second.choice("6") == second.choices[1]
    assert second.choice("1") is None


@pytest.mark.parametrize(
    "payload",
    [
        {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"},
        {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}},
        {},
    ],
)
def test_what_shows_nothing_is_none(payload: dict):
    assert read_sent("whatsapp", payload) is None


def test_templates_and_media_are_shown_in_brackets():
    template = {
        "type": "template",
        "template": {
            "name": "reminder",
            "language": {"code": "en"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "2 pm"}]}],
        },
    }
    shown = read_sent("whatsapp", template)
    assert shown is not None
    assert shown.text == "[reminder] · 2 pm"
    image = read_sent("whatsapp", {"type": "image", "image": {"link": "https://example.com/a.jpg"}})
    assert image is not None
    assert (image.text, image.links[0].url) == ("[image]", "https://example.com/a.jpg")


def test_an_unknown_channel_is_refused():
    with pytest.raises(ValueError, match="fax"):
        read_sent("fax", {})
    with pytest.raises(ValueError, match="fax"):
        webhook(
            typed("Hi"), customer=SARA, account=replace(SMS.account, channel="fax"), message_id="1", at=AT
        )
