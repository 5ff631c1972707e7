"""How many SMS segments a text costs, and the look-alikes that keep it in the cheap alphabet.

GSM 03.38: 160 septets in one segment, else 153 each; some characters take two. Any other character makes the
whole text UCS-2: 70 UTF-16 units in one segment, else 67 each. A pair is never cut by a segment's end.
"""

from __future__ import annotations

from collections.abc import Iterable

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[]~|€\f")
_LOOK_ALIKES = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-", "…": "...",
        "·": "-", "•": "-", "×": "x", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\u200b": "",
        "ç": "Ç",
    }
)  # fmt: skip


def is_gsm7(text: str) -> bool:
    """Whether the whole text fits the GSM 03.38 alphabet."""
    return all(char in _GSM_BASIC or char in _GSM_EXTENDED for char in text)


def segments(text: str) -> int:
    """Number of SMS segments the text is billed as; 0 for empty text."""
    if is_gsm7(text):
        return _count((2 if char in _GSM_EXTENDED else 1 for char in text), single=160, each=153)
    return _count((2 if ord(char) > 0xFFFF else 1 for char in text), single=70, each=67)


def _count(sizes: Iterable[int], *, single: int, each: int) -> int:
    units = list(sizes)
    if sum(units) <= single:
        return 1 if units else 0
    count, used = 1, 0
    for size in units:
        if used + size > each:
            count, used = count + 1, 0
        used += size
    return count


def in_cheap_alphabet(text: str) -> str:
    """Curly quotes, dashes, ellipses as plain ones, where that alone brings the whole text into GSM 03.38."""
    plain = text.translate(_LOOK_ALIKES)
    return plain if is_gsm7(plain) else text
