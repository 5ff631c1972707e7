"""What a sync did or would do, in words: its counts as they are stored to lines that people read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = {"full": "Catalog and free times", "slots": "Free times"}
TRIGGERS = {
    "schedule": "by itself",
    "operator": "somebody asked",
    "seed": "a new business",
    "conversation": "a customer asked",
    "webhook": "the booking system told of a change",
}
_TITLES = {
    "locations": "Locations",
    "groups": "Groups",
    "services": "Services",
    "sizes": "Sizes",
    "staff": "People",
    "payment_types": "Payment types",
    "slots": "Free times",
}
_CHANGES = {
    "created": "new",
    "changed": "changed",
    "revived": "back again",
    "retired": "no longer offered",
    "refreshed": "confirmed",
    "deleted": "taken",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of row. text: `3 new, 1 changed`."""

    title: str
    text: str


def title(kind: str) -> str:
    return _TITLES.get(kind) or kind.replace("_", " ").capitalize()


def lines(counts: Mapping[str, Any]) -> list[Line]:
    """Only kinds of which something changed, always in the same order."""
    found = []
    for kind, words_for_it in _TITLES.items():
        numbers = counts.get(kind)
        if not isinstance(numbers, dict):
            continue
        told = [
            f"{count:,} {words}" for change, words in _CHANGES.items() if (count := numbers.get(change, 0))
        ]
        if told:
            found.append(Line(words_for_it, ", ".join(told)))
    return found


def sentence(counts: Mapping[str, Any]) -> str:
    """All of it in one cell."""
    return "; ".join(f"{one.title}: {one.text}" for one in lines(counts))
