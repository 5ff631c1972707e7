"""What the customer wants to do, settled from the phrases that were found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.contract import Intent
from bot.understanding.lexicon import START_MESSAGES, STOP_MESSAGES
from bot.understanding.phrases import Hit

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_STOP_PHRASE = re.compile(
    r"\b(?:stop|quit)\s(?:messaging|texting|sending|contacting|spamming)\b"
    r"|\b(?:don't|dont|do not)\s(?:message|text|contact|spam)\sme\b"
    r"|\bunsubscribe me\b|\bopt me out\b|\bremove me from\b|\bلا ترسل|\bوقفوا الرسائل\b"
)
_ABOUT_AN_EXISTING = frozenset((Intent.CANCEL, Intent.RESCHEDULE, Intent.MY_BOOKING))
_WHOLE_ONLY = frozenset((Intent.HELP, Intent.MORE, Intent.BACK, Intent.SKIP, Intent.DONE))
_SHORT = 6


def is_stop(folded: str) -> bool:
    """Whether the message asks not to be written to any more: a STOP word alone, or plainly said."""
    whole = _EDGES.sub("", folded).replace(" ", "")
    return whole in STOP_MESSAGES or bool(_STOP_PHRASE.search(folded))


def read_intents(folded: str, hits: Sequence[Hit], token_count: int) -> tuple[Intent, ...]:
    """Intents in the order they were said, without those that only echo a stronger one."""
    if is_stop(folded):
        return (Intent.STOP,)
    found: list[Intent] = []
    if _EDGES.sub("", folded).replace(" ", "") in START_MESSAGES:
        found.append(Intent.START)
    for hit in hits:
        if not isinstance(hit.label, Intent) or hit.label in found:
            continue
        if hit.label in _WHOLE_ONLY and token_count > _SHORT and hit.last - hit.first < 2:
            continue
        found.append(hit.label)
    said = set(found)
    dropped: set[Intent] = set()
    if said & _ABOUT_AN_EXISTING:
        dropped.add(Intent.BOOK)
    if said & {Intent.CANCEL, Intent.RESCHEDULE}:
        dropped |= {Intent.MY_BOOKING, Intent.CHANGE}
    if Intent.RESCHEDULE in said:
        dropped.add(Intent.CANCEL)
    if Intent.REMOVE in said:
        dropped.add(Intent.ADD)
    return tuple(intent for intent in found if intent not in dropped)
