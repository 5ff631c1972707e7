"""Something to book that the catalog doesn't have ("car wash"), and what of the catalog is near it."""

from __future__ import annotations

import re
from uuid import UUID

from rapidfuzz import fuzz, process

from bot.understanding.catalog_index import CatalogIndex
from bot.understanding.contract import TextFact
from bot.understanding.name_words import TITLES
from bot.understanding.normalize import BLANK, Text, fold
from bot.understanding.words import ADJECTIVES, COMMON, words

_ARABIC_WISHES = "ابي ابغى اريد بدي عندكم احجز عايز عايزة"
_VERBS = (
    "want|wanna|need|looking for|interested in|(?:would|'d|d) like|(?:can|could|may) i (?:get|have|book)"
    "|do you (?:guys )?(?:do|have|offer)"
    "|you (?:guys )?(?:do|offer|provide)|to (?:get|have|book|do|schedule|add|reserve)|book|schedule|reserve|add"
    "|price of|cost of|much is|much for|long is|appointment for|booking for|book for|(?:what|how) about"
)
_WISH = re.compile(
    rf"\b(?:{_VERBS})\s(?:to\s(?:get|have|book|do|schedule|add|reserve)\s)?(?:me\s)?(?:(?:a|an|some|my|the|any)\s)?"
    r"(?=(?P<what>[^\W\d_]{2,}(?:[\s'-][^\W\d_]{2,}){0,3}))"
    rf"|\b(?:{'|'.join(map(fold, _ARABIC_WISHES.split()))})\s(?=(?P<ar>[^\W\d_]{{2,}}(?:\s[^\W\d_]{{2,}}){{0,3}}))"
)
_ANSWER = re.compile(
    r"[\s.!]*(?:(?:a|an|some|the|just|only)\s)?(?P<what>[^\W\d_]{3,}(?:[\s'-][^\W\d_]{2,}){0,3})[\s.!?]*"
)
_NEAR_ENOUGH = 55
_LITTLE = words("حق عشان لي لنا عند مع في")
_ALSO = words("بعد كمان ايضا برضو بعدين")
"""Before a service: another one beside what is wanted already."""
_FOR_WHOM = words("mens men ladies womens kids kid childrens boys girls gents")
"""Before a service these make it no other one."""
_ARABIC_NOUNS = ("اظاف", "ازال", "استشو", "اكست", "اسنان", "ابر", "ارجل")
"""How nouns begin that look like a verb of the first person ("ابي اغير ...")."""


def _telling(phrase: str) -> str:
    """The words of a phrase up to the first that can't belong to a service's name."""
    kept: list[str] = []
    for word in phrase.split(" "):
        if not kept and (word in ADJECTIVES or word in _ALSO or word.replace("'", "") in _FOR_WHOM):
            continue
        if word.strip(".") in TITLES or word in _LITTLE:
            break
        if not kept and word[0] == "ا" and not word.startswith(("ال", *_ARABIC_NOUNS)):
            break
        if word.replace("'", "") in COMMON and word not in {"car", "table", "room"}:
            break
        kept.append(word)
    return " ".join(kept)


def find_unknown(text: Text, *, answered: bool) -> tuple[int, int] | None:
    """Where an unknown wish stands in the folded text."""
    rest = text.rest
    for match in _WISH.finditer(rest):
        group = "what" if match["what"] else "ar"
        told = _telling(match[group])
        if told:
            start = match.start(group) + match[group].index(told)
            return start, start + len(told)
    if answered:
        answer = _ANSWER.fullmatch(rest.replace(BLANK, " "))
        told = _telling(answer["what"]) if answer else ""
        if answer and told and len(told) == len(answer["what"]):
            start = answer.start("what")
            return start, start + len(told)
    return None


def near_services(index: CatalogIndex, phrase: str, location_id: UUID | None) -> tuple[UUID, ...]:
    """Services that look or read like the phrase, best first, at most five."""
    allowed = {s.id for s in index.catalog.services_at(location_id)}
    names = [(name, sid) for name, sid in index.service_names if sid in allowed]
    scored = process.extract(
        phrase, [name for name, _ in names], scorer=fuzz.token_set_ratio, score_cutoff=_NEAR_ENOUGH, limit=15
    )
    return tuple(dict.fromkeys(names[position][1] for _, _, position in scored))[:5]


def unknown_fact(text: Text, start: int, end: int) -> TextFact:
    """The wish as it was written."""
    return TextFact(text.original(start, end), text.span(start, end, "unknown_service", 0.7))
