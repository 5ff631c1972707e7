"""Our line in an appointment's note: by it an order is found again, and counted. Pure.

`Frontdesk 0199…-… 1/2 bay-1`: our reference, which appointment of how many, and the bay if it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from providers.contract import OrderLine, OrderRequest
from providers.shopmonkey.answers import Appointment
from providers.shopmonkey.frames import REFERENCE, bay_of

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


def parts_of(order: OrderRequest, appointments: Iterable[Appointment]) -> Mapping[int, list[str]]:
    """Ids of the appointments that carry the order's reference and stand as its line says, by their number.

    One of another time or person is not this order: it was to be moved, and wasn't.
    """
    parts: dict[int, list[str]] = {}
    for one in appointments:
        for found in _LINE.finditer(one.note):
            number = int(found[2])
            if found[1] == order.reference and _stands(one, order, number):
                parts.setdefault(number, []).append(one.id)
    return parts


def _stands(one: Appointment, order: OrderRequest, number: int) -> bool:
    if one.span is None or not 0 < number <= len(order.lines):
        return False
    line = order.lines[number - 1]
    who = bay_of(one.note) or one.technicianId or line.staff_external_id
    return one.span[0] == line.starts_at and who == line.staff_external_id


def renoted(note: str, reference: str, number: int, count: int, bay: str) -> str:
    """The note with our line naming another bay; whatever else the shop keeps in it stays."""
    ours = f"{REFERENCE}{reference} {number}/{count} {bay}".rstrip()
    kept = [line for line in note.splitlines() if not _ours(line, reference)]
    return "\n".join([*kept, ours])


def _ours(line: str, reference: str) -> bool:
    found = _LINE.match(line)
    return found is not None and found[1] == reference


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC, as the vendor writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
