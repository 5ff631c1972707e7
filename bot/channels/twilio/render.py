"""One reply as Twilio's message fields: numbered text within 1,600 characters, for SMS and WhatsApp.

The numbers follow bot.channels.text.menu_of: internal finalize actions first, then the choices in order.
"""

from __future__ import annotations

import re

from bot.channels.text import clean, links_of, menu_of, one_line, split_text, with_links
from bot.channels.twilio.parse import WHATSAPP_PREFIX
from bot.channels.twilio.segments import in_cheap_alphabet
from bot.messages import Choice, JsonObject, Outbound, Sender, Surface

BODY_LIMIT = 1600
_UNSUBSCRIBES = r"cancel|end|quit|revoke|optout|stopall|unsubscribe"
_REPLY_UNSUBSCRIBE = re.compile(
    rf"\b(?:reply|text|send|type|answer)\s+(?:with\s+)?[\"'“‘«*]*(?:{_UNSUBSCRIBES})\b[\"'”’»*]*(?!\s+booking)",
    re.IGNORECASE,
)
_BARE_KEYWORD = re.compile(rf"(?:{_UNSUBSCRIBES}|stop)", re.IGNORECASE)


def render_messages(outbound: Outbound, *, to: Sender, surface: Surface) -> list[JsonObject]:
    """`To` and `Body` of each message; the sender's side is added when it is sent."""
    text = with_links(_safe(clean(outbound.text), surface), links_of(outbound))
    whole = "\n\n".join(part for part in (text, _numbered(menu_of(outbound), surface)) if part)
    if surface is Surface.SMS:
        whole = in_cheap_alphabet(whole)
    address = f"{WHATSAPP_PREFIX}{to.address}" if surface is Surface.WHATSAPP else to.address
    return [{"To": address, "Body": part} for part in split_text(whole, BODY_LIMIT) or ["..."]]


def _numbered(menu: tuple[Choice, ...], surface: Surface) -> str:
    sections = {one_line(choice.section) for choice in menu}
    lines: list[str] = []
    section = ""
    for number, choice in enumerate(menu, 1):
        if len(sections) > 1 and one_line(choice.section) not in {section, ""}:
            section = one_line(choice.section)
            lines.append(f"{section}:")
        title = one_line(choice.title)
        if surface is Surface.SMS and _BARE_KEYWORD.fullmatch(title):
            title += " booking"
        description = one_line(choice.description)
        lines.append(f"{number}. {title} - {description}" if description else f"{number}. {title}")
    return "\n".join(lines)


def _safe(text: str, surface: Surface) -> str:
    """On SMS a bare CANCEL unsubscribes: no text tells a customer to send one. A phrase is safe."""
    if surface is not Surface.SMS:
        return text
    return _REPLY_UNSUBSCRIBE.sub("send CANCEL BOOKING", text)
