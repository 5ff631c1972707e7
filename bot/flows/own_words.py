"""What customers of this business say when they mean a service, beside its name: "can someone call me?" is a callback.

Such words are data of the form (`FormField.said` of the services); here they become mentions like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from bot.flows.handling import CALLS
from bot.flows.talk import Talk
from bot.policy import ALWAYS_INTERNAL
from bot.understanding.contract import Intent, Match, Span, Understanding
from bot.understanding.normalize import Text, fold, tokenize
from bot.understanding.words import words
from bot.workspace import SlotKind

_A_PERSON = re.compile(
    r"\b(?:human|operator|representative|real person|customer service|reception\w*)\b"
    r"|(?<!\w)(?:موظف|موظفه|انسان)(?!\w)"
)

_ABOUT = re.compile(
    r"\b(?:about|regarding|concerning|re)\b|(?<!\w)(?:عن|بخصوص|بشان|بشأن)(?!\w)", re.IGNORECASE
)
_ANY_SERVICE = words(
    """repair repairs service change call talk visit consultation session appointment job work groom groomer grooming
    check"""
)


def heard(talk: Talk, u: Understanding, text: str) -> Understanding:
    """The line with its own words for services as mentions; a call that can be booked asks for no person at once.

    Beside a service that is chosen already such words are no wish: "can someone call me?" is for the team then.
    """
    said = next((one.said for one in talk.context.form if one.kind is SlotKind.SERVICES), {})
    if not said or talk.wish.items or u.choice is not None:
        return u
    spans = _spoken(said, text)
    by_key = {one.external_id: one.id for one in talk.catalog.services.values()}
    found = [(span, [by_key[key] for key in keys if key in by_key]) for span, keys in spans.items()]
    whole = [mention[0].span for mention in u.services if mention and mention[0].span.rule == "service_name"]
    found = [(span, ids) for span, ids in found if ids and not any(_overlap(span, one) for one in whole)]
    if not found:
        return u
    kept = [mention for mention in u.services if mention and not _is_meant(mention, found, text)]
    new = [tuple(Match(one, span) for one in ids) for span, ids in found]
    talk.trace.append("service_words")
    calls = any(talk.catalog.services[one].booking_type in CALLS for _, ids in found for one in ids)
    dropped = set() if _A_PERSON.search(fold(text)) else {Intent.HUMAN}
    dropped |= {Intent.ASK_POLICY} if calls else set()  # "can we talk through your packages on the phone?"
    said_in_order = sorted((*kept, *_merged(new)), key=lambda mention: mention[0].span.start)
    return replace(
        u,
        services=tuple(_without_subjects(talk, said_in_order, text)),
        intents=tuple(one for one in u.intents if one not in dropped),
        unknown_service=None,
        near_services=(),
        need=None,
    )


def _without_subjects(talk: Talk, mentions: list[tuple[Match, ...]], text: str) -> list[tuple[Match, ...]]:
    """Of "see a lawyer about my will" the consultation is wished for; the will is what it is about."""
    for number, mention in enumerate(mentions[:-1]):
        meets = all(talk.catalog.services[one.id].booking_type in ALWAYS_INTERNAL for one in mention)
        following = mentions[number + 1][0].span.start
        if meets and _ABOUT.search(text[mention[0].span.end : following]):
            return mentions[: number + 1]
    return mentions


def says(talk: Talk, text: str) -> bool:
    """Whether a text holds such words."""
    said = next((one.said for one in talk.context.form if one.kind is SlotKind.SERVICES), {})
    return bool(said and _spoken(said, text))


def _merged(mentions: list[tuple[Match, ...]]) -> list[tuple[Match, ...]]:
    """The same service said twice is one mention."""
    first: dict[frozenset[object], tuple[Match, ...]] = {}
    for mention in mentions:
        first.setdefault(frozenset(match.id for match in mention), mention)
    return list(first.values())


def _spoken(said: Mapping[str, tuple[str, ...]], raw: str) -> dict[Span, list[str]]:
    """Which phrases stand in the text, and for which services; a longer one hides the shorter inside."""
    text = Text(raw)
    tokens = [token.word for token in text.tokens]
    places: dict[tuple[int, int], list[str]] = {}
    for key, phrases in said.items():
        for phrase in phrases:
            wanted = [token.word for token in tokenize(fold(phrase))]
            for at in range(len(tokens) - len(wanted) + 1):
                if tokens[at : at + len(wanted)] == wanted:
                    start, end = text.tokens[at].start, text.tokens[at + len(wanted) - 1].end
                    places.setdefault((start, end), []).append(key)
    alone = {
        place: keys
        for place, keys in places.items()
        if not any(other != place and other[0] <= place[0] and place[1] <= other[1] for other in places)
    }
    return {text.span(start, end, "service_words"): keys for (start, end), keys in sorted(alone.items())}


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _is_meant(mention: tuple[Match, ...], found: list[tuple[Span, list[UUID]]], text: str) -> bool:
    """Whether the business's own words say what a mention by name says, too, or only guessed at.

    A word that any service has is such a guess: "call me about a deck repair" where there is a Faucet Repair.
    """
    ids, span = {match.id for match in mention}, mention[0].span
    if span.rule == "service_part" and fold(text[span.start : span.end]) in _ANY_SERVICE:
        return True
    return any(
        ids & set(others) or (other.start <= span.start and span.end <= other.end) for other, others in found
    )
