"""Yes and no. A yes with a change is a change (law 10); a soft yes counts only while a question is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.contract import Intent
from bot.understanding.normalize import Token
from bot.understanding.phrases import Cue, Hit
from bot.understanding.words import FILLERS, POLITE

_POLAR = {Cue.YES: True, Cue.SOFT_YES: True, Cue.NO: False, Cue.SOFT_NO: False}
_HARMLESS = {Intent.THANKS, Intent.GREETING, Intent.GOODBYE, Cue.IDIOM}
_QUESTIONS = frozenset(intent for intent in Intent if intent.value.startswith("ask_")) | {
    Intent.MY_BOOKING,
    Intent.HUMAN,
    Intent.HELP,
}
_LONG = 4
"""A soft word among more unknown words than this is talk, not an answer."""


@dataclass(frozen=True, slots=True)
class Polarity:
    value: bool | None
    """What may be acted on."""
    leaning: bool | None
    """What was said."""
    change: bool = False
    """A yes or no that came with something else."""


NEITHER = Polarity(None, None)


def read_polarity(
    tokens: Sequence[Token], hits: Sequence[Hit], *, open_question: bool, has_facts: bool
) -> Polarity:
    """`has_facts`: the text also names a day, a service, a person … beyond yes or no."""
    polar = [hit for hit in hits if isinstance(hit.label, Cue) and hit.label in _POLAR]
    if not polar or any(hit.label is Cue.UNSURE for hit in hits):
        return NEITHER
    spoken = polar[0]
    hard = spoken.label in {Cue.YES, Cue.NO}
    if not hard and not open_question:
        later = [hit for hit in polar if hit.label in {Cue.YES, Cue.NO}]
        if not later or not _only_words_before(tokens, hits, later[0]):
            return NEITHER
        spoken, hard = later[0], True
    leaning = _POLAR[Cue(spoken.label)]
    values = {_POLAR[Cue(hit.label)] for hit in polar if hit.label in {Cue.YES, Cue.NO}}
    if not _only_words_before(tokens, hits, spoken):
        return NEITHER
    unknown = _unknown_words(tokens, hits)
    if not hard and (unknown > _LONG or has_facts):
        return Polarity(None, leaning if has_facts else None, change=has_facts)
    labels = {hit.label for hit in hits}
    changes = bool(labels & {Cue.BUT, Intent.CHANGE, Intent.RESCHEDULE, Intent.REMOVE, Intent.ADD})
    if leaning:
        return _yes(labels, values, changes=changes or has_facts, unknown=unknown)
    return Polarity(value=False, leaning=False, change=has_facts or changes)


def _yes(labels: set[Intent | Cue], values: set[bool], *, changes: bool, unknown: int) -> Polarity:
    if changes:
        return Polarity(None, leaning=True, change=True)
    if False in values or labels & _QUESTIONS or Intent.CANCEL in labels or Cue.NOT in labels:
        return Polarity(None, leaning=None if False in values else True)
    if unknown > 2 * _LONG:
        return Polarity(None, leaning=True)
    return Polarity(value=True, leaning=True)


def _only_words_before(tokens: Sequence[Token], hits: Sequence[Hit], hit: Hit) -> bool:
    """An answer opens the text: only fillers and greetings may come before it."""
    covered = {i for h in hits if h.label in _HARMLESS or h.label in _POLAR for i in range(h.first, h.last)}
    return all(
        index in covered or tokens[index].word in FILLERS or tokens[index].word in POLITE
        for index in range(hit.first)
    )


def _unknown_words(tokens: Sequence[Token], hits: Sequence[Hit]) -> int:
    covered = {i for hit in hits for i in range(hit.first, hit.last)}
    return sum(
        1
        for index, token in enumerate(tokens)
        if index not in covered and token.word not in FILLERS and token.word not in POLITE
    )
