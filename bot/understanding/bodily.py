"""A part of the body as a wish: "I want to get my nails done", "ابي اسوي اظافري".

Which service of those for it is meant, the flow asks.
"""

from __future__ import annotations

from uuid import UUID

from bot.understanding.catalog_index import CatalogIndex, Kind, stem
from bot.understanding.catalog_match import Mention
from bot.understanding.contract import Intent
from bot.understanding.need_words import PARTS, BodyPart
from bot.understanding.normalize import fold
from bot.understanding.reading import Facts, Reading
from bot.understanding.words import words

_WANTED = words(
    """done do fix get want wanna need book appointment appt price
    ابي ابغي ابغى ابا نبي اريد ودي بغيت اسوي نسوي تسوون تسوين اعدل اضبط احجز موعد"""
)
"""Beside a part of the body these ask for something to be done to it."""
_RULE = "body_part"
_CONFIDENCE = 0.7


def take_body(reading: Reading, facts: Facts) -> None:
    """Services of a part of the body, where nothing else says what is wanted."""
    if facts.need or facts.choices:
        return
    if facts.mentions.services:
        _widen(reading, facts)
        return
    tokens = reading.text.tokens
    if not any(token.word in _WANTED for token in tokens) and Intent.BOOK not in reading.labels:
        return
    for token in tokens:
        part = PARTS.get((stem(token.base),))
        if part is None or not reading.text.is_free(token.start, token.end):
            continue
        ids = _services(reading.index, part, reading.context.location_id)
        if ids:
            mention = Mention(Kind.SERVICE, ids, token.start, token.end, _RULE, _CONFIDENCE)
            facts.mentions.services.append(mention)
            return


def _widen(reading: Reading, facts: Facts) -> None:
    """ "Your nails" means all that is done to them, not the one service with "nail" in its name."""
    folded = reading.text.folded
    for mention in facts.mentions.services:
        part = PARTS.get((stem(folded[mention.start : mention.end]),))
        if part is None or mention.rule != "service_part":
            continue
        for_it = _services(reading.index, part, reading.context.location_id)
        mention.ids = tuple(dict.fromkeys((*mention.ids, *for_it)))


def _services(index: CatalogIndex, part: BodyPart, location_id: UUID | None) -> tuple[UUID, ...]:
    """What the place has for it, by the words of names and groups in any language."""
    told = {stem(word) for said in part.search for word in fold(said).split()}
    offered = index.catalog.services_at(location_id)
    return tuple(one.id for one in offered if told & index.with_group[one.id])
