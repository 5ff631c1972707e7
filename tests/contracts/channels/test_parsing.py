"""Every payload file comes out as the table says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.messages import DeliveryStatus, Inbound, InboundKind, ParsedWebhook
from tests.contracts.channels.accounts import (
    ACCOUNT_SID,
    PAYLOADS,
    SMS,
    TWILIO_WHATSAPP,
    WEB,
    WHATSAPP,
    Subject,
    parse,
    payload,
)

PHONE, USER_ID = "+96550000123", "KW.13491208655302741918"
SENT_AT = datetime(2025, 11, 21, 0, 0, tzinfo=UTC)
K = InboundKind
MEDIA_URL = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/MM1/Media"

MESSAGES: list[tuple[Subject, str, K, dict[str, object]]] = [
    (
        WHATSAPP,
        "text.json",
        K.TEXT,
        {"text": "Hi, مرحبا 👋", "sent_at": SENT_AT, "to_address": "106540352242922"},
    ),
    (WHATSAPP, "text_reply.json", K.TEXT, {"reply_to": "wamid.menu", "details": {"forwarded": True}}),
    (WHATSAPP, "text_milliseconds.json", K.TEXT, {"sent_at": SENT_AT.replace(microsecond=123000)}),
    (
        WHATSAPP,
        "text_from_ad.json",
        K.TEXT,
        {
            "details": {
                "referral": {
                    "source_type": "ad",
                    "source_id": "120",
                    "source_url": "https://example.com/ad",
                    "headline": "Nails",
                    "ctwa_clid": "clid1",
                }
            }
        },
    ),
    (WHATSAPP, "text_username_only.json", K.TEXT, {"phone": None, "user_id": USER_ID, "address": USER_ID}),
    (WHATSAPP, "button.json", K.CHOICE, {"choice_id": "t1:book", "text": "Book", "reply_to": "wamid.menu"}),
    (WHATSAPP, "button_reply.json", K.CHOICE, {"choice_id": "t3:plaza", "text": "Plaza"}),
    (WHATSAPP, "list_reply.json", K.CHOICE, {"choice_id": "t3:gel", "text": "Gel manicure"}),
    (
        WHATSAPP,
        "flow_reply.json",
        K.UNSUPPORTED,
        {"details": {"type": "nfm_reply", "response": {"flow_token": "f1", "day": "2026-11-22"}}},
    ),
    (
        WHATSAPP,
        "flow_reply_non_object.json",
        K.UNSUPPORTED,
        {"details": {"type": "nfm_reply", "response": {}}},
    ),
    (
        WHATSAPP,
        "interactive_without_object.json",
        K.UNSUPPORTED,
        {"details": {"type": "interactive", "error_codes": ["131051"]}},
    ),
    (WHATSAPP, "location.json", K.LOCATION, {"point": (29.3759, 47.9774, "Plaza")}),
    (WHATSAPP, "image.json", K.MEDIA, {"text": "like this", "media": [("image/jpeg", "1001")]}),
    (WHATSAPP, "video.json", K.MEDIA, {"media": [("video/mp4", "1002")]}),
    (WHATSAPP, "document.json", K.MEDIA, {"details": {"type": "document", "filename": "form.pdf"}}),
    (WHATSAPP, "sticker.json", K.STICKER, {"media": [("image/webp", "1004")]}),
    (WHATSAPP, "voice_note.json", K.VOICE, {"media": [("audio/ogg; codecs=opus", "1005")]}),
    (WHATSAPP, "audio_file.json", K.MEDIA, {"media": [("audio/mpeg", "1006")]}),
    (WHATSAPP, "voice_legacy.json", K.VOICE, {"media": [("audio/ogg", "1007")]}),
    (
        WHATSAPP,
        "contacts.json",
        K.CONTACTS,
        {
            "details": {
                "count": 1,
                "contacts": [{"name": "Mona Test", "phone": "+96550000044"}],
                "requested": True,
            }
        },
    ),
    (
        WHATSAPP,
        "reaction.json",
        K.REACTION,
        {"text": "👍", "reply_to": "wamid.ours", "details": {"removed": False}},
    ),
    (WHATSAPP, "reaction_removed.json", K.REACTION, {"text": "", "details": {"removed": True}}),
    (
        WHATSAPP,
        "order.json",
        K.ORDER,
        {"text": "please", "details": {"catalog_id": "c1", "products": [{"id": "gel", "quantity": "1"}]}},
    ),
    (
        WHATSAPP,
        "system_number_changed.json",
        K.SYSTEM,
        {"details": {"type": "user_changed_number", "new_phone": "+96550000124"}},
    ),
    (WHATSAPP, "request_welcome.json", K.SYSTEM, {"details": {"type": "request_welcome"}}),
    (
        WHATSAPP,
        "unsupported.json",
        K.UNSUPPORTED,
        {"details": {"type": "unsupported", "unsupported_type": "poll_creation", "error_codes": ["131051"]}},
    ),
    (WHATSAPP, "type_of_tomorrow.json", K.UNSUPPORTED, {"details": {"type": "hologram"}}),
    (SMS, "sms_text.form", K.TEXT, {"text": "Hi, مرحبا 👋", "to_address": "+15550100", "user_id": None}),
    (SMS, "sms_empty.form", K.TEXT, {"text": ""}),
    (SMS, "sms_opt_out.form", K.TEXT, {"text": "STOP", "opt_out_type": "STOP"}),
    (
        SMS,
        "sms_image.form",
        K.MEDIA,
        {
            "text": "like this",
            "media": [("image/jpeg", f"{MEDIA_URL}/ME1"), ("image/png", f"{MEDIA_URL}/ME2")],
        },
    ),
    (
        SMS,
        "sms_base64.form",
        K.TEXT,
        {"text": "I would like a gel manicure at Plaza tomorrow at two, and if possible with Mona please!!"},
    ),
    (TWILIO_WHATSAPP, "whatsapp_text.form", K.TEXT, {"user_id": USER_ID, "to_address": "whatsapp:+15550100"}),
    (TWILIO_WHATSAPP, "whatsapp_username_only.form", K.TEXT, {"phone": None, "address": USER_ID}),
    (TWILIO_WHATSAPP, "whatsapp_username_no_prefix.form", K.TEXT, {"phone": None, "address": USER_ID}),
    (
        TWILIO_WHATSAPP,
        "whatsapp_button.form",
        K.CHOICE,
        {"choice_id": "t3:plaza", "text": "Plaza", "reply_to": "SM0000000000000000000000000000000a"},
    ),
    (TWILIO_WHATSAPP, "whatsapp_list.form", K.CHOICE, {"choice_id": "t3:gel", "text": "Gel manicure"}),
    (TWILIO_WHATSAPP, "whatsapp_location.form", K.LOCATION, {"point": (29.3759, 47.9774, "Plaza")}),
    (TWILIO_WHATSAPP, "whatsapp_voice.form", K.VOICE, {}),
    (TWILIO_WHATSAPP, "whatsapp_sticker.form", K.STICKER, {}),
    (TWILIO_WHATSAPP, "whatsapp_contacts.form", K.CONTACTS, {}),
    (TWILIO_WHATSAPP, "whatsapp_type_of_tomorrow.form", K.UNSUPPORTED, {"details": {"type": "hologram"}}),
    (
        TWILIO_WHATSAPP,
        "whatsapp_from_ad.form",
        K.TEXT,
        {
            "details": {
                "referral": {
                    "source_type": "ad",
                    "source_id": "120",
                    "source_url": "https://example.com/ad",
                    "headline": "Nails",
                    "ctwa_clid": "clid1",
                }
            }
        },
    ),
    (
        WEB,
        "text.json",
        K.TEXT,
        {
            "text": "Hi, مرحبا 👋",
            "phone": None,
            "user_id": "s-1",
            "sent_at": SENT_AT.replace(microsecond=123000),
            "to_address": "widget-1",
            "details": {"profile": {"phone": "+96550000123", "email": "sara@example.com"}},
        },
    ),
    (WEB, "choice.json", K.CHOICE, {"choice_id": "t3:gel", "text": "Gel manicure", "name": None}),
    (WEB, "location.json", K.LOCATION, {"point": (29.3759, 47.9774, "Plaza"), "name": None}),
    (WEB, "nothing.json", K.UNSUPPORTED, {"name": None}),
]


def seen(inbound: Inbound) -> dict[str, object]:
    """An inbound as the table writes it."""
    place = inbound.location
    return {
        "text": inbound.text,
        "choice_id": inbound.choice_id,
        "reply_to": inbound.reply_to,
        "opt_out_type": inbound.opt_out_type,
        "sent_at": inbound.sent_at,
        "to_address": inbound.to_address,
        "phone": inbound.sender.phone,
        "user_id": inbound.sender.user_id,
        "address": inbound.sender.address,
        "name": inbound.sender.profile_name,
        "details": dict(inbound.details),
        "point": (place.latitude, place.longitude, place.label) if place else None,
        "media": [(m.mime_type, m.reference) for m in inbound.media],
    }


@pytest.mark.parametrize(
    ("subject", "name", "kind", "expected"), MESSAGES, ids=[f"{s}-{n}" for s, n, _, _ in MESSAGES]
)
def test_each_message_is_read(subject: Subject, name: str, kind: InboundKind, expected: dict[str, object]):
    parsed = parse(subject, payload(subject.account.channel, name))
    assert (len(parsed.inbounds), parsed.receipts, parsed.notices) == (1, (), ())
    inbound = parsed.inbounds[0]
    assert inbound.kind is kind
    assert inbound.surface is subject.surface
    assert inbound.external_id
    shown = seen(inbound)
    assert {key: shown[key] for key in expected} == expected
    if subject is not WEB and "phone" not in expected:
        assert inbound.sender.phone == PHONE
    if subject in (WHATSAPP, TWILIO_WHATSAPP) and name != "system_number_changed.json":
        assert inbound.sender.profile_name == "Sara Test"


RECEIPTS = [
    (WHATSAPP, "status_sent.json", DeliveryStatus.SENT, None),
    (WHATSAPP, "status_delivered.json", DeliveryStatus.DELIVERED, None),
    (WHATSAPP, "status_read.json", DeliveryStatus.READ, None),
    (WHATSAPP, "status_played.json", DeliveryStatus.READ, None),
    (WHATSAPP, "status_failed_window.json", DeliveryStatus.FAILED, "outside_window"),
    (SMS, "status_queued.form", DeliveryStatus.ACCEPTED, None),
    (SMS, "status_sent.form", DeliveryStatus.SENT, None),
    (SMS, "status_delivered.form", DeliveryStatus.DELIVERED, None),
    (SMS, "status_read.form", DeliveryStatus.READ, None),
    (SMS, "status_undelivered.form", DeliveryStatus.FAILED, "30003"),
    (SMS, "status_failed_opted_out.form", DeliveryStatus.FAILED, "opted_out"),
]


@pytest.mark.parametrize(("subject", "name", "status", "code"), RECEIPTS, ids=[n for _, n, _, _ in RECEIPTS])
def test_each_status_is_a_receipt_that_proves_our_send(subject, name, status, code):
    parsed = parse(subject, payload(subject.account.channel, name), "mid=effect-1")
    assert (len(parsed.receipts), parsed.inbounds, parsed.notices) == (1, (), ())
    receipt = parsed.receipts[0]
    assert (receipt.status, receipt.correlation_id, receipt.error_code) == (status, "effect-1", code)
    assert bool(receipt.error_detail) is (code is not None)


NOTICES = [
    (WHATSAPP, "group.json", "group message is ignored"),
    (WHATSAPP, "no_id.json", "message of type text without an id is dropped"),
    (WHATSAPP, "no_sender.json", "message of type text without a sender is dropped"),
    (WHATSAPP, "status_deleted.json", "status deleted is not used"),
    (
        WHATSAPP,
        "account_problem.json",
        "account problem 131031: The WhatsApp account is locked or restricted; see Meta Business Support",
    ),
    (WHATSAPP, "account_update.json", "webhook field account_update is not used"),
    (SMS, "no_sender.form", "message without a readable sender is dropped"),
    (SMS, "status_of_tomorrow.form", "status teleported is not used"),
]


@pytest.mark.parametrize(("subject", "name", "notice"), NOTICES, ids=[n for _, n, _ in NOTICES])
def test_what_is_not_used_is_noticed(subject: Subject, name: str, notice: str):
    parsed = parse(subject, payload(subject.account.channel, name))
    assert parsed == ParsedWebhook(notices=(notice,))


def test_the_tables_cover_every_payload_file():
    listed = {(s.account.channel, n) for s, n, *_ in (*MESSAGES, *RECEIPTS, *NOTICES)}
    malformed = {("twilio", "foreign_account.form"), ("twilio", "no_sid.form"), ("web", "no_session.json")}
    files = {(p.parent.name, p.name) for p in PAYLOADS.glob("*/*")}
    assert listed | malformed == files
