"""How many SMS segments a text takes (GSM 03.38)."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[]~|€\f")


def segments(text: str) -> int:
    """GSM-7: 160 in one segment, else 153 each. Any other character makes it UCS-2: 70, else 67 each."""
    if all(char in _BASIC or char in _EXTENDED for char in text):
        length, single, part = sum(2 if char in _EXTENDED else 1 for char in text), 160, 153
    else:
        length, single, part = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // part)
