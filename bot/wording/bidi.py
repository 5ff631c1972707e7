"""Words of two writing directions in one line: Unicode isolates around what runs the other way.

Without them "Gel Manicure، Hair Mask" in an Arabic sentence shows its parts swapped, and the plus of a phone number
jumps to its end. FSI and PDI are invisible; a phone that doesn't know them ignores them.
"""

from __future__ import annotations

import re

FSI, PDI = "\u2068", "\u2069"
_ARABIC = re.compile(r"[\u0590-\u08ff\ufb1d-\ufefc]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CODE = re.compile(r"[A-Za-z]*\d[A-Za-z0-9]*|")
"""A code or a bare number keeps its order anywhere, and is copied: nothing invisible goes around it."""


def isolated(text: str, *, rtl: bool) -> str:
    """The text in an isolate if it runs against the sentence it goes into; mixed text and links stay as they are.

    `rtl`: the sentence runs from right to left.
    """
    if FSI in text or "://" in text or _CODE.fullmatch(text):
        return text
    against, along = (_LATIN, _ARABIC) if rtl else (_ARABIC, _LATIN)
    if along.search(text):
        return text
    foreign = against.search(text) or (rtl and text.startswith("+"))
    return f"{FSI}{text}{PDI}" if foreign else text


def plain(text: str) -> str:
    """Without isolates: for titles of one name, and for comparing."""
    return text.replace(FSI, "").replace(PDI, "")
