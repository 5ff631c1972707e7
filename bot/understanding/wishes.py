"""What is left for last: the name that was asked for, and a wish that the catalog can't fill."""

from __future__ import annotations

import itertools
import re
from uuid import UUID

from bot.understanding.answered_names import find_answered_name, find_bare_name, find_name_beside_contact
from bot.understanding.catalog_index import stem
from bot.understanding.catalog_match import Mention
from bot.understanding.contract import Intent, TextFact
from bot.understanding.phrases import Cue
from bot.understanding.reading import Facts, Reading
from bot.understanding.unknown import find_unknown, near_services, unknown_fact
from bot.understanding.words import BODY
from bot.workspace import SlotKind

_CERTAIN = 0.95
"""A mention so sure that it isn't the customer's name, though a name was asked for."""
_SURE = 0.8
"""A part of a service's name, spelled right."""
_NEAR = 5
"""Services that are told as near to a wish, at most."""
_BARE = 4
"""A message of so few words that names a service in part is taken whole: "car wash"."""

_OTHER_MATTERS = frozenset(
    (
        Intent.HUMAN, Intent.CANCEL, Intent.RESCHEDULE, Intent.MY_BOOKING, Intent.ALTERNATIVES, Intent.SKIP,
        Intent.STOP, Intent.ASK_PLACE, Intent.ASK_HOURS, Intent.ASK_STAFF, Intent.USUAL, Intent.LANGUAGE,
        Intent.ASK_PAYMENT, Intent.ASK_POLICY,
    )
)  # fmt: skip
"""What is wanted then is no service."""
_WITH = re.compile(r"(?:\bwith|\bby|(?<!\w)مع)\s(?:dr\.?\s|miss\s|ms\.?\s|mr\.?\s)?$")
_NO_NAMES = frozenset(
    (Cue.YES, Cue.NO, Cue.SOFT_YES, Cue.SOFT_NO, Cue.UNSURE, Cue.ANYONE, Cue.ANYTHING, Intent.SKIP)
)
"""A message that is one of these answers the question otherwise."""
_NO_NAME_ANSWERS = frozenset((SlotKind.TIME, SlotKind.PHONE, SlotKind.EMAIL, SlotKind.PAYMENT))
_BESIDE_A_NAME = frozenset((Intent.GREETING, Intent.THANKS, Intent.CHANGE, Intent.SKIP))
"""Intents whose words may stand beside a name or in one."""


def take_answered_name(reading: Reading, facts: Facts) -> None:
    """The whole message as the customer's name, where a name was asked for and nothing speaks against it."""
    wishes = {hit.label for hit in reading.hits if isinstance(hit.label, Intent)}
    wishes -= _BESIDE_A_NAME
    alone = [hit for hit in reading.hits if hit.last - hit.first == len(reading.text.tokens)]
    if facts.any_staff or any(hit.label in _NO_NAMES or hit.label in wishes for hit in alone):
        return
    if any(_WITH.search(reading.text.folded, 0, person.start) for person in facts.mentions.staff):
        return  # "and with Maya": whom to see
    named = [m for m in (*facts.mentions.services, *facts.mentions.locations) if m.confidence >= _CERTAIN]
    guarded = bool(wishes or (named and facts.contact.phone is None and facts.contact.email is None))
    guesses = [m for m in facts.mentions.all() if m not in named]
    reading.text.rest = _without(reading, guesses)
    facts.name = find_answered_name(reading.text, guarded=guarded)
    if facts.name is None:
        for mention in guesses:
            reading.text.take(mention.start, mention.end)
        return
    facts.mentions.services = [m for m in facts.mentions.services if m in named]
    facts.mentions.locations = [m for m in facts.mentions.locations if m in named]
    facts.mentions.staff = []


def take_bare_name(reading: Reading, facts: Facts) -> None:
    """A name nobody asked for just now, where the question was one that no name answers."""
    if facts.contact.phone or facts.contact.email:
        mentions = facts.mentions
        other = mentions.services or mentions.locations or mentions.staff or facts.days or facts.times
        if not (other or facts.need or facts.any_staff or facts.payments or facts.party):
            facts.name = find_name_beside_contact(reading.text, reading.index.knows)
        return
    open_to_it = reading.context.asked in _NO_NAME_ANSWERS or reading.context.yes_no_open
    if open_to_it and not (facts.any_said() or facts.choices or reading.labels):
        facts.name = find_bare_name(reading.text, reading.index.knows)


def _without(reading: Reading, mentions: list[Mention]) -> str:
    """`rest` with the mentions' characters given back: asked for a name, "Sara" is the customer."""
    rest = reading.text.rest
    for mention in mentions:
        rest = rest[: mention.start] + reading.text.folded[mention.start : mention.end] + rest[mention.end :]
    return rest


def take_unknown(
    reading: Reading, facts: Facts, intents: list[Intent]
) -> tuple[TextFact | None, tuple[UUID, ...]]:
    """A wish the catalog can't fill. A vague part of a name after a strange word is one too ("car wash")."""
    whole = [m for m in facts.mentions.services if m.rule != "service_part"]
    said_else = facts.need or facts.name or facts.choices or facts.payments or facts.contact.phone
    if whole or said_else or _OTHER_MATTERS & set(intents):
        return None, ()
    found = _composed(reading, facts.mentions.services) or _strange(reading, facts, intents)
    if found is None:
        return None, ()
    start, end, near = found
    facts.mentions.services = [m for m in facts.mentions.services if not (m.start < end and start < m.end)]
    fact = unknown_fact(reading.text, start, end)
    reading.text.take(start, end)
    return fact, near


def _composed(reading: Reading, vague: list[Mention]) -> tuple[int, int, tuple[UUID, ...]] | None:
    """ "Lash extensions" where there are a lash lift and gel extensions: words of services, but of none together."""
    for one, other in itertools.pairwise(vague):
        beside = reading.text.folded[one.end : other.start] == " "
        if (
            beside
            and not set(one.ids) & set(other.ids)
            and other.confidence >= _SURE
            and one.confidence >= _SURE
        ):
            return one.start, other.end, tuple(dict.fromkeys((*one.ids, *other.ids)))[:_NEAR]
    return None


def _strange(
    reading: Reading, facts: Facts, intents: list[Intent]
) -> tuple[int, int, tuple[UUID, ...]] | None:
    vague = facts.mentions.services
    text = reading.text
    asked = reading.asked(SlotKind.SERVICES) and not (facts.days or facts.times or facts.mentions.staff)
    answered = asked and not intents and not reading.labels & {Cue.YES, Cue.NO, Cue.SOFT_YES, Cue.SOFT_NO}
    about_us = bool(vague) or any(stem(token.base) in BODY for token in text.tokens)
    bare = not intents and about_us and len(text.tokens) <= _BARE
    found = find_unknown(text, answered=answered or bare)
    if found is None or _is_phrase(reading, *found):
        return None
    start, end = found
    if all(reading.index.knows(word) for word in text.folded[start:end].split()):
        return None
    if not vague:
        return start, end, near_services(reading.index, text.folded[start:end], reading.context.location_id)
    if text.folded[end : vague[0].start] != " ":
        return None
    return start, vague[0].end, vague[0].ids[:_NEAR]


def _is_phrase(reading: Reading, start: int, end: int) -> bool:
    """Whether a phrase of the book stands there: what it means is known."""
    ranges = (reading.range(hit) for hit in reading.hits if hit.label not in {Intent.BOOK, Intent.ADD})
    return any(first < end and start < last for first, last in ranges)
