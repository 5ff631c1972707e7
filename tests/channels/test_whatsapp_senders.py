"""Who wrote: phone, user id or both, never somebody else's."""

from __future__ import annotations

import json

import pytest

from bot.channels.whatsapp.parse import parse_webhook
from bot.messages import Sender

SARA_ID, MONA_ID = "KW.11111111", "KW.22222222"
SARA = {"wa_id": "96550000011", "user_id": SARA_ID, "profile": {"name": "Sara"}}
MONA = {"wa_id": "96550000022", "user_id": MONA_ID, "profile": {"name": "Mona"}}


def sender_of(contacts: list[dict], **ids: str) -> Sender:
    value = {
        "contacts": contacts,
        "messages": [{"id": "wamid.1", "type": "text", "text": {"body": "Hi"}, **ids}],
    }
    change = {"field": "messages", "value": value}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]})
    return parse_webhook(body.encode()).inbounds[0].sender


@pytest.mark.parametrize(
    ("contacts", "ids", "expected"),
    [
        ([MONA, SARA], {"from": "96550000011"}, Sender("+96550000011", SARA_ID, "Sara")),
        ([MONA, SARA], {"from_user_id": SARA_ID}, Sender(None, SARA_ID, "Sara")),
        ([MONA, SARA], {"from": SARA_ID}, Sender(None, SARA_ID, "Sara")),
        ([SARA], {}, Sender("+96550000011", SARA_ID, "Sara")),
        ([{"user_id": SARA_ID}], {}, Sender(None, SARA_ID, None)),
        ([{"user_id": SARA_ID, "profile": {"username": "sara.t"}}], {"from_user_id": SARA_ID},
         Sender(None, SARA_ID, "sara.t")),
        ([], {"from": "+96550000011"}, Sender("+96550000011", None, None)),
        ([MONA], {"from": "96550000011"}, Sender("+96550000011", None, "Mona")),
        ([MONA, SARA], {"from": "96550000033"}, Sender("+96550000033", None, None)),
    ],
)  # fmt: skip
def test_a_sender_has_only_his_own_ids(contacts: list[dict], ids: dict[str, str], expected: Sender):
    assert sender_of(contacts, **ids) == expected
