"""Fixed phrases of all languages, found in one pass over the tokens.

A phrase is words in a row; what it means is an Intent or a Cue. The longest phrase at a place wins, so
"no preference" is never a no and "good morning" never a part of the day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.understanding.contract import Intent
from bot.understanding.normalize import Token, fold


class Cue(StrEnum):
    """What a phrase may say beyond an intent."""

    YES = "yes"
    SOFT_YES = "soft_yes"
    """A yes only while a yes-or-no question is open (law 10)."""
    NO = "no"
    SOFT_NO = "soft_no"
    """A no only while a yes-or-no question is open."""
    UNSURE = "unsure"
    ANYONE = "anyone"
    ANYTHING = "anything"
    """No preference in whatever was asked."""
    ANY_TIME = "any_time"
    EARLIEST = "earliest"
    LATEST = "latest"
    BUT = "but"
    NOT = "not"
    """Before a fact: that one not."""
    PAY_ARRIVAL = "pay_arrival"
    PAY_CASH = "pay_cash"
    PAY_ONLINE = "pay_online"
    PAY_CARD = "pay_card"
    PAY_KNET = "pay_knet"
    PAY_APPLE = "pay_apple"
    PAY_GOOGLE = "pay_google"
    TIME_LEAD = "time_lead"
    """Belongs to a time, though it starts like a no."""
    IDIOM = "idiom"
    """Says nothing; keeps its words from other rules."""


Label = Intent | Cue
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
""" "Yesss", "تماممم"."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at tokens[first:last]."""

    label: Label
    first: int
    last: int


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    labels: tuple[Label, ...] = ()


class PhraseBook:
    """A tree of words over all phrases."""

    __slots__ = ("_root",)

    def __init__(self, *tables: Mapping[Label, str]) -> None:
        """Each table: label → phrases separated by commas or lines."""
        self._root = _Node()
        for table in tables:
            for label, phrases in table.items():
                for phrase in phrases.replace("\n", ",").split(","):
                    if phrase.strip():
                        self._add(fold(phrase).replace("'", "").split(), label)

    def _add(self, phrase: Sequence[str], label: Label) -> None:
        node = self._root
        for word in phrase:
            node = node.next.setdefault(word, _Node())
        node.labels = (*node.labels, label)

    def scan(self, tokens: Sequence[Token]) -> list[Hit]:
        """All phrases, left to right, none inside another. An Arabic "and" may be glued to the first word."""
        hits: list[Hit] = []
        root = self._root.next
        index, count = 0, len(tokens)
        while index < count:
            word = tokens[index].word
            node = root.get(word)
            if node is None:
                node = root.get(word[1:]) if word[0] == "و" else root.get(_DRAWN_OUT.sub(r"\1", word))
            if node is None:
                index += 1
                continue
            labels, end, at = node.labels, index + 1, index + 1
            while at < count and (following := node.next.get(tokens[at].word)) is not None:
                node, at = following, at + 1
                if node.labels:
                    labels, end = node.labels, at
            if labels:
                hits.extend(Hit(label, index, end) for label in labels)
                index = end
            else:
                index += 1
        return hits
