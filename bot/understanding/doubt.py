"""When the rules are unsure enough to ask a language model. Pure, cheap, and silent about clear turns.

Measured by tests/llm/test_doubt.py: what the rules read whole is never asked about.
"""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum

from bot.understanding.catalog_index import index_of
from bot.understanding.contract import Intent, Span, Understanding, UnderstandingContext
from bot.understanding.normalize import fold
from bot.understanding.words import COMMON, FILLERS, POLITE
from bot.workspace import SlotKind


class Doubt(StrEnum):
    """Why help is wanted."""

    NOTHING = "nothing"
    """The rules found nothing to go on with."""
    UNKNOWN = "unknown"
    """Something is wished for that no name of the catalog fits."""
    LEFTOVER = "leftover"
    """A slot is open, what was found is a guess, and much was left over."""


MANY = 4
"""Telling words left over that say more than a greeting or a phone number does."""
_MUCH = 3
"""Telling words left over that make a guess doubtful."""
_SURE = 0.85
"""From here on a fact is no guess: a part of a name, or one that was misspelt, lies below."""
_LONG_NAME = 4
"""More words than this don't answer the question for a name."""
_ANYTHING_GOES = frozenset({SlotKind.TEXT, SlotKind.NUMBER, SlotKind.CHOICE})
"""The business's own questions: the form takes the answer as it is written."""
_POLITE = frozenset({Intent.GREETING, Intent.THANKS, Intent.GOODBYE})
_CONTACT = frozenset({SlotKind.PHONE, SlotKind.EMAIL})
_SILENT = frozenset(
    {"language", "leftover", "trace", "unknown_service", "near_services", "size_hint", "intents"}
)
_BESIDE = frozenset({"name", "phone", "email"})
"""Given along with a wish; if much else was said, they aren't the wish."""


def doubt(text: str, u: Understanding, context: UnderstandingContext) -> Doubt | None:
    """None: the rules are sure, or nobody could help."""
    if context.asked in _ANYTHING_GOES or u.safety is not None:
        return None  # a form takes what is written; what a person says in distress stays in the house
    words = fold(text).split()
    if not _is_language(words):
        return None
    if not _found(u):
        return _nothing_found(text, words, u, context)
    if u.unknown_service is not None and not u.services:
        return Doubt.UNKNOWN
    wondering = context.asked is not None and context.asked not in _CONTACT
    if wondering and _surest(u) < _SURE and len(_telling(u.leftover)) >= _MUCH:
        return Doubt.LEFTOVER
    return None


def _nothing_found(
    text: str, words: list[str], u: Understanding, context: UnderstandingContext
) -> Doubt | None:
    if u.unknown_service is not None:
        return Doubt.UNKNOWN
    if set(u.intents) & _POLITE and len(_telling(u.leftover)) < MANY:
        return None
    if context.asked is SlotKind.NAME and len(words) <= _LONG_NAME and "?" not in text:
        return None
    if context.asked in _CONTACT and len(words) <= 2:
        return None
    index = index_of(context.catalog)
    if not any(len(word) > 2 and (word in COMMON or index.knows(word)) for word in words) and len(words) < 3:
        return None  # a stray word or two of no language that we know: a model would only guess
    return Doubt.NOTHING


def _found(u: Understanding) -> bool:
    """Whether the rules found anything to go on with; politeness alone is nothing."""
    if set(u.intents) - _POLITE:
        return True
    if u.polarity is not None or u.leaning is not None:
        return True
    quiet = _SILENT | _BESIDE if len(_telling(u.leftover)) >= MANY else _SILENT
    return any(bool(getattr(u, one.name)) for one in fields(u) if one.name not in quiet)


def _surest(u: Understanding) -> float:
    """The confidence of the surest fact; what has none was said plainly."""
    spans: list[Span] = [match.span for mention in u.services for match in mention]
    spans += [match.span for match in (*u.locations, *u.staff)]
    spans += [fact.span for fact in u.days]
    spans += [fact.span for fact in u.times]
    spans += [fact.span for fact in (u.name, u.phone, u.email) if fact is not None]
    spans += [u.need.span] if u.need is not None else []
    return max((span.confidence for span in spans), default=1.0)


def _is_language(words: list[str]) -> bool:
    return sum(character.isalpha() for word in words for character in word) >= 3


def _telling(leftover: str) -> list[str]:
    return [
        word for word in leftover.split() if word not in FILLERS and word not in POLITE and word.isalpha()
    ]
