"""Reads a reply as a customer does: which of our sentences stands in it. From the wording itself, so that a
reworded sentence needs no change here.
"""

from __future__ import annotations

import re
from functools import cache

from bot.wording.en import SENTENCES

_PLACE = re.compile(r"\\\{(\w+)\\\}")

ASKS_NAME = ("ask_name", "ask_name_email", "ask_name_phone", "edit_name")
ASKS_PHONE = ("ask_phone",)
ASKS_EMAIL = ("ask_email", "ask_email_optional")
BOOKED = ("booked", "paid")
KEPT = ("kept_unknown", "kept_unavailable", "known_pending")
NOTHING_OPEN = ("anything_else", "known_none", "dropped")


@cache
def _pattern(key: str) -> re.Pattern[str]:
    variants = []
    for number, sentence in enumerate(SENTENCES[key]):
        escaped = re.escape(sentence.strip())
        variants.append(_PLACE.sub(rf"(?P<\1_{number}>.+?)", escaped))
    return re.compile("|".join(variants))


def find(key: str, text: str) -> dict[str, str] | None:
    """The values in the sentence `key` where it stands in the text; None where it doesn't."""
    found = _pattern(key).search(text)
    if found is None:
        return None
    return {name.rpartition("_")[0]: value for name, value in found.groupdict().items() if value is not None}


def says(text: str, *keys: str) -> bool:
    return any(find(key, text) is not None for key in keys)


def order_numbers(text: str) -> set[str]:
    """Order numbers that a text calls booked or paid."""
    found = [find(key, text) for key in ("booked", "paid")]
    return {each["order"] for each in found if each and "order" in each}
