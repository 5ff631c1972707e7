"""What a recording keeps and what it doesn't."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import ChannelAccount, WebhookRequest
from bot.channels.registry import CHANNELS
from bot.channels.simulator import acts
from bot.channels.simulator.acts import SimulatedCustomer
from bot.channels.simulator.webhooks import webhook
from workers.redaction import Cast, Redactor

KEY = b"one recording's own key"
PAYLOADS = Path(__file__).parents[1] / "contracts/channels/payloads"
NOBODY = UUID(int=1)


def account(channel: str) -> ChannelAccount:
    secrets = dict.fromkeys(("app_secret", "auth_token", "signing_secret"), "made-up")
    address = {"whatsapp": "100000000000101", "twilio": "+15550100101", "web": "widget"}[channel]
    return ChannelAccount(
        NOBODY, NOBODY, NOBODY, channel, "key", address, secrets, {}, "", True, "https://example.com/hook"
    )


def kept(request: WebhookRequest, channel: str, cast: Cast | None = None) -> str:
    return (cast or Cast()).dress(json.dumps(Redactor(KEY).redact(request, channel), ensure_ascii=False))


def said(text: str, channel: str = "whatsapp", name: str = "", phone: str = "+96555512345") -> str:
    request = webhook(
        acts.typed(text),
        customer=SimulatedCustomer(phone=None if channel == "web" else phone, user_id="s-1", name=name),
        account=account(channel),
        message_id=acts.message_id(channel, text),
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return kept(request, channel)


@pytest.mark.parametrize("channel", ["whatsapp", "twilio", "web"])
def test_numbers_mails_cards_and_profile_names_are_gone_from_every_channel(channel):
    line = said(
        "I'm Badria, call 5551 2345 or +1 (202) 777-0133, badria.x@mail.test, card 4111 1111 1111 1111",
        channel,
        name="Badria Kandari",
    )

    for secret in ("5551", "12345", "777", "badria", "Kandari", "mail.test", "4111 1111"):
        assert secret.lower() not in line.lower(), secret
    assert "customer1@example.com" in line
    assert "•••• 1111" in line


def test_one_person_stays_one_person():
    line = said("my number is 5551 2345, or +96555512345, or ٥٥٥١٢٣٤٥")

    numbers = re.findall(r"9655000(\d{4})|(?<!\d)5000(\d{4})", line.replace("15550100", ""))
    assert len({full or short for full, short in numbers}) == 1 + 1  # the customer, and our own number
    assert len(numbers) >= 4


def test_two_people_stay_two_and_another_recording_names_them_anew():
    cast = Cast()
    both = [
        kept(
            webhook(
                acts.typed("Hi"),
                customer=SimulatedCustomer(phone=phone),
                account=account("twilio"),
                message_id="SM" + "0" * 32,
                at=datetime(2026, 3, 1, tzinfo=UTC),
            ),
            "twilio",
            cast,
        )
        for phone in ("+96555512345", "+96555554321", "+96555512345")
    ]

    assert both[0] == both[2] != both[1]
    request = WebhookRequest("POST", "https://example.com", {}, {}, b'{"from": "+96555512345"}')
    assert Redactor(b"a").redact(request, "web") != Redactor(b"b").redact(request, "web")


@pytest.mark.parametrize(
    "text", ["2026-03-05 at 14:30", "tomorrow at 2pm", "3 people, 12.500 KWD", "05-03-2026", "room 1201"]
)
def test_dates_times_and_prices_are_no_phone_numbers(text):
    assert text in said(text)


def test_ids_keep_their_form_and_choices_what_they_mean():
    tap = acts.ShownChoice("loc:01a1fb8e-97ad-7795-a4ea-5cd2565f7e63@1", "Plaza", form="row")
    request = webhook(
        acts.tapped(tap, reply_to="wamid.HBgLOTY1NTU1MTIzNDU="),
        customer=SimulatedCustomer(phone="+96555512345", user_id="KW.13491208655302741918"),
        account=account("whatsapp"),
        message_id="wamid.HBgLOTY1NTU1MTIzNDUVAgA=",
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )

    line = kept(request, "whatsapp")
    value = json.loads(line)["json"]["entry"][0]["changes"][0]["value"]
    message = value["messages"][0]

    assert message["interactive"]["list_reply"]["id"] == tap.id
    assert message["id"].startswith("wamid.")
    assert "HBgLOTY1NTU1MTIzNDU" not in line  # Meta's ids hold the number in base64
    assert message["from_user_id"] == value["contacts"][0]["user_id"]
    assert re.fullmatch(r"KW\.\d{17}", message["from_user_id"])
    assert value["metadata"]["phone_number_id"] == "100000000000101"
    assert message["timestamp"] == str(int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()))


def test_a_place_is_only_about_there():
    request = webhook(
        acts.pinned(29.375912, 47.977434, "Home of Badria"),
        customer=SimulatedCustomer(phone="+96555512345"),
        account=account("whatsapp"),
        message_id="wamid.x",
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    line = kept(request, "whatsapp")

    assert '"latitude": 29.38' in line
    assert "Badria" not in line


def test_a_long_sms_that_came_as_base64_is_opened_first():
    import base64

    text = "my number is 5551 2345 and my mail is badria@mail.test, please call me back soon!"
    form = {"MessageSid": "SM" + "0" * 32, "Body": base64.b64encode(text.encode().ljust(96)).decode()}
    request = WebhookRequest("POST", "https://example.com", {}, {}, urlencode(form).encode())

    line = kept(request, "twilio")

    assert "customer1@example.com" in line
    assert "5551" not in line


@pytest.mark.parametrize(
    "file", sorted(PAYLOADS.glob("*/*.*")), ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_every_known_webhook_reads_the_same_once_redacted(file):
    channel, body = file.parent.name, file.read_bytes().strip()
    account_ = account(channel)
    request = WebhookRequest("POST", account_.callback_url, {}, {}, body)
    line = json.loads(kept(request, channel))
    if channel == "twilio":
        again = urlencode([tuple(pair) for pair in line["form"]]).encode()
    else:
        again = json.dumps(line["json"]).encode()

    try:
        before = CHANNELS[channel].parse(request, account_)
    except ValueError:
        return  # never recorded: the receiver refuses it before
    after = CHANNELS[channel].parse(WebhookRequest("POST", account_.callback_url, {}, {}, again), account_)

    assert [inbound.kind for inbound in after.inbounds] == [inbound.kind for inbound in before.inbounds]
    assert [receipt.status for receipt in after.receipts] == [receipt.status for receipt in before.receipts]
    assert [bool(i.sender.phone) for i in after.inbounds] == [bool(i.sender.phone) for i in before.inbounds]
    assert [bool(i.sender.user_id) for i in after.inbounds] == [
        bool(i.sender.user_id) for i in before.inbounds
    ]
    for secret in (rb"96550000123", rb"5000 0044", rb"Mona Test", rb"13491208655302741918"):
        assert secret not in again


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_nothing_that_is_json_breaks_it(value):
    request = WebhookRequest("POST", "https://example.com", {}, {}, json.dumps({"entry": value}).encode())

    json.loads(kept(request, "whatsapp"))


def test_the_cast_never_runs_out():
    cast = Cast()
    numbers = [cast.dress(f"+9990{who:011d}") for who in range(300)]
    american = [cast.dress(f"+9992{who:011d}") for who in range(300)]
    people = [cast.dress(f"Person-{who:012x}") for who in range(30)]

    assert len({*numbers, *american, *people}) == 630
    assert all(re.fullmatch(r"\+9655000\d{4}", number) for number in numbers)
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", number) for number in american)
