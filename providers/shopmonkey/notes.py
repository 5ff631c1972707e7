"""Our line in an appointment's note: by it an order is found again, and counted. Pure.

`Frontdesk 0199…-… 1/2 bay-1`: our reference, which appointment of how many, and the bay if it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from providers.contract import OrderLine, OrderRequest
from providers.shopmonkey.answers import Appointment
from providers.shopmonkey.frames import REFERENCE

_LINE = re.compile(rf"^{REFERENCE}(\S+) (\d+)/(\d+)(?: |$)", re.MULTILINE)


def note_of(order: OrderRequest, number: int, *, bay: str = "") -> str:
    """The note of the order's `number`-th appointment (from 1): what the shop reads, then our line.

    The customer's own words come without line breaks that could imitate our line.
    """
    line = order.lines[number - 1]
    said = [
        wish
        for wish in order.notes.splitlines()
        if wish.strip() and not wish.startswith(REFERENCE)
    ]  # fmt: skip
    ours = f"{REFERENCE}{order.reference} {number}/{len(order.lines)}"
    return "\n".join([*said, *_size(line), f"{ours} {bay}".rstrip()])


def _size(line: OrderLine) -> list[str]:
    return [f"size: {line.size_name}"] if line.size_name else []


def parts_of(reference: str, appointments: Iterable[Appointment]) -> Mapping[int, list[str]]:
    """Ids of the appointments that carry the reference, by their number within the order."""
    parts: dict[int, list[str]] = {}
    for one in appointments:
        for found in _LINE.finditer(one.note):
            if found[1] == reference:
                parts.setdefault(int(found[2]), []).append(one.id)
    return parts
