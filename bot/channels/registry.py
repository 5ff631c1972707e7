"""The channels this installation knows, by name. Explicit: adding one is a line here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.contract import Channel
from bot.channels.twilio.adapter import TwilioChannel
from bot.channels.web.adapter import WebChannel
from bot.channels.whatsapp.adapter import WhatsAppChannel

CHANNELS: Mapping[str, Channel] = {
    channel.name: channel for channel in (WhatsAppChannel(), TwilioChannel(), WebChannel())
}
