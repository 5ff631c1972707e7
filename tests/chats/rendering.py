"""Every reply as each channel's real renderer would send it, held against what the channel accepts."""

from __future__ import annotations

import re

from bot.channels.contract import Channel
from bot.channels.twilio.adapter import TwilioChannel
from bot.channels.twilio.segments import is_gsm7, segments
from bot.channels.web.adapter import WebChannel
from bot.channels.whatsapp.adapter import WhatsAppChannel
from bot.messages import JsonObject, Outbound, Sender, Surface
from providers.registry import PROVIDERS

TO = Sender(phone="+96550000123")
CHANNELS: tuple[tuple[Channel, Surface], ...] = (
    (WhatsAppChannel(), Surface.WHATSAPP),
    (TwilioChannel(), Surface.WHATSAPP),
    (TwilioChannel(), Surface.SMS),
    (WebChannel(), Surface.WEB),
)
LATIN_SEGMENTS, OTHER_SEGMENTS = 6, 14
"""The dearest reply of all talks: a list of ten times in Arabic is nine segments of 67 characters."""
_INTERNAL = re.compile(
    rf"\b(?:{'|'.join(PROVIDERS)}|nail_salon|[A-Z]+_(?:BOOKING|CALL|SERVICE|SYSTEM|DETAIL)|OC-\w+)\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|\b[0-9a-f]{24}\b"
)
"""Keys of booking systems, kinds and rows: no customer ever reads one."""
_UNSUBSCRIBES = re.compile(
    r"\b(?:reply|text|send|type|say|answer)\s(?:with\s)?[\"'“«]?(?:cancel|end|quit|stop|unsubscribe)\b(?!\sbooking)",
    re.IGNORECASE,
)


def check(reply: Outbound) -> None:
    """Raises AssertionError for a reply that a channel would refuse, cut, or that costs too much as SMS."""
    assert not (key := _INTERNAL.search(reply.text)), f"an internal key: {key[0]!r} in {reply.text}"
    for channel, surface in CHANNELS:
        bodies = channel.render(reply, to=TO, surface=surface)
        assert bodies, f"nothing to send on {surface}"
        for body in bodies:
            if surface is Surface.WEB:
                _web(body, reply)
            elif isinstance(channel, WhatsAppChannel):
                _whatsapp(body)
            else:
                _twilio(body["Body"], surface)
        if surface is not Surface.WEB:
            assert len(bodies) == 1, f"{len(bodies)} messages on {channel.name} {surface}:\n{reply.text}"


def _whatsapp(body: JsonObject) -> None:
    if body["type"] == "text":
        assert 0 < len(body["text"]["body"]) <= 4096
        return
    interactive = body["interactive"]
    assert 0 < len(interactive["body"]["text"]) <= 1024
    action = interactive["action"]
    if interactive["type"] == "button":
        titles = [button["reply"]["title"] for button in action["buttons"]]
        assert 0 < len(titles) == len(set(titles)) <= 3
        assert all(0 < len(title) <= 20 for title in titles), titles
    elif interactive["type"] == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        assert 0 < len(rows) <= 10
        assert 0 < len(action["button"]) <= 20
        assert len({row["id"] for row in rows}) == len(rows)
        assert all(0 < len(row["title"]) <= 24 and len(row["id"]) <= 200 for row in rows), rows
        assert all(len(row.get("description", "")) <= 72 for row in rows), rows
        cut = [row for row in rows if row["title"].endswith("…") and not row["id"].startswith("more")]
        assert all(row.get("description") for row in cut), f"a cut title that nothing completes: {cut}"


def _twilio(text: str, surface: Surface) -> None:
    assert 0 < len(text) <= 1600
    if surface is Surface.SMS:
        most = LATIN_SEGMENTS if is_gsm7(text) else OTHER_SEGMENTS
        assert segments(text) <= most, f"{segments(text)} segments:\n{text}"
        assert not _UNSUBSCRIBES.search(text), text


def _web(body: JsonObject, reply: Outbound) -> None:
    assert body["assistantMessage"].strip()
    assert [one["id"] for one in body["choices"]] == [one.id for one in reply.choices]
    if reply.card is not None:
        assert body["card"]["rows"]
        assert all(row["label"] and row["value"] for row in body["card"]["rows"])
