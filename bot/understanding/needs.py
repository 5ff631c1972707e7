"""Needs: "dry hair", "something for my nails", "شعر جاف". No service is named; which fit is a search.

A need is a concern beside a part of the body, a concern that says enough alone, or whatever follows
"something for". Services named whole win over it: who says "hydrating mask for dry hair" has chosen.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from bot.understanding.catalog_index import CatalogIndex, stem
from bot.understanding.catalog_match import CatalogMentions, Mention
from bot.understanding.contract import NeedFact
from bot.understanding.need_words import CONCERNS, FIRST_WORDS, LONGEST, PARTS, BodyPart, Concern
from bot.understanding.normalize import Text, Token
from bot.understanding.words import COMMON, words

_BETWEEN = words(
    """is are was feel feels look looks get gets got so very really too a bit of little kind and my the but
    super extremely on in its s re im have has keep keeps always وايد مره جدا شوي و عندي صاير صارت"""
)
"""What may stand between the concern and where it is."""
_THINGS = words(
    """something anything sth smth treatment treatments service services product mask care solution remedy help
    good best recommend recommended have offer suits suitable works شي شيء حاجه علاج عندكم يفيد ينفع مناسب"""
)
_STRONG = words("something anything sth smth treatment treatments service services شي شيء حاجه علاج")
"""Before "for" these make a need of any words that follow; the others only of words that are known."""
_FOR = words("for against حق عشان علشان ضد")
_LITTLE = words("my the a an our her his your some me any really very ال")
_CHAIN = 8
"""Concerns and parts side by side that are looked at."""
_REACH = 5
"""Words after "for" that may still tell the need."""


@dataclass(frozen=True, slots=True)
class Found:
    """A need on a range of the folded text, before it is weighed against the catalog's names."""

    start: int
    end: int
    told: int
    """Where its own words begin: before them stands "something for"."""
    groups: tuple[tuple[str, ...], ...]
    phrase: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """A concern or a part of the body at tokens[first:last]."""

    first: int
    last: int
    what: Concern | BodyPart


def find_need(text: Text, index: CatalogIndex) -> Found | None:
    """The first need of a text. Blanked parts of the text tell none, but may lead to one ("anything for ...")."""
    tokens = text.tokens
    said = [one for one in _said(tokens) if _free_words(text, tokens, one)]
    after = _after_for(tokens)
    near = _side_by_side(tokens, said)
    if near is None and after is not None:
        near = [one for one in said if after <= one.first <= after + 1][:1]
    if near is None:
        near = [one for one in said if isinstance(one.what, Concern) and one.what.alone][:1]
    if near:
        return _known(tokens, near, after)
    return _free(text, tokens, after, index) if after is not None and _is_strong(tokens, after) else None


def take_need(text: Text, index: CatalogIndex, mentions: CatalogMentions) -> NeedFact | None:
    """The need of a text, weighed against the services it names: takes its words, and theirs that lie in it."""
    found = find_need(text, index)
    if found is None:
        return None
    services = mentions.services
    inside = [mention for mention in services if mention.start < found.end and found.start < mention.end]
    if is_chosen(text, found, services):
        parts = [mention for mention in inside if mention.rule != "service_name"]
        mentions.services = [mention for mention in services if mention not in parts]
        return None
    before = [
        mention
        for mention in services
        if mention not in inside and len(mention.ids) > 1 and precedes(text, found, mention)
    ]
    mentions.services = [mention for mention in services if mention not in inside and mention not in before]
    text.take(found.start, found.end)
    return fact_of(text, found, inside=inside, before=before)


def fact_of(text: Text, found: Found, *, inside: list[Mention], before: list[Mention]) -> NeedFact:
    """The need as a fact. `inside`: parts of names that lay in it; `before`: a vague mention that it narrows."""
    ids = dict.fromkeys(one for mention in inside for one in mention.ids)
    among = dict.fromkeys(one for mention in before for one in mention.ids)
    return NeedFact(
        value=text.original(found.told, found.end),
        span=text.span(found.start, found.end, "need", 0.9),
        groups=found.groups,
        phrase=found.phrase,
        without=found.without,
        near=tuple(ids),
        among=tuple(among),
    )


def is_chosen(text: Text, found: Found, services: list[Mention]) -> bool:
    """Whether a service is named whole where the need stands, or right before it ("... mask for dry hair")."""
    for mention in services:
        if mention.rule != "service_name":
            continue
        if mention.start < found.end and found.told < mention.end:
            return True
        between = text.folded[mention.end : found.told].split() if mention.end <= found.told else None
        if between is not None and 0 < len(between) <= 3 and between[0] in _FOR:
            return True
    return False


def precedes(text: Text, found: Found, mention: Mention) -> bool:
    """ "A massage for sore shoulders": the need narrows down what was named."""
    between = text.folded[mention.end : found.told].split() if mention.end <= found.told else []
    return 0 < len(between) <= 3 and between[0] in _FOR


def _free_words(text: Text, tokens: tuple[Token, ...], one: _Said) -> bool:
    return text.is_free(tokens[one.first].start, tokens[one.last - 1].end)


def _forms(token: Token) -> tuple[str, ...]:
    """The stem of a word, also without a glued Arabic "and", "for", "with"."""
    plain = stem(token.base)
    if len(token.base) > 3 and token.base[0] in "وبل":
        return plain, stem(token.base[1:])
    return (plain,)


def _said(tokens: tuple[Token, ...]) -> list[_Said]:
    found: list[_Said] = []
    position = 0
    while position < len(tokens):
        hit = _at(tokens, position)
        if hit is not None:
            found.append(hit)
        position = hit.last if hit is not None else position + 1
    return found


def _at(tokens: tuple[Token, ...], first: int) -> _Said | None:
    starts = [form for form in _forms(tokens[first]) if form in FIRST_WORDS]
    if not starts:
        return None
    for length in range(min(LONGEST, len(tokens) - first), 0, -1):
        rest = tuple(stem(token.base) for token in tokens[first + 1 : first + length])
        for start in starts:
            what = CONCERNS.get((start, *rest)) or PARTS.get((start, *rest))
            if what is not None:
                return _Said(first, first + length, what)
    return None


def _side_by_side(tokens: tuple[Token, ...], said: list[_Said]) -> list[_Said] | None:
    """A concern and a part with nothing but little words between; further concerns beside them count too."""
    for position, (one, other) in enumerate(itertools.pairwise(said)):
        if not _adjoin(tokens, one, other):
            continue
        chain = [one, other]
        for more in said[position + 2 : position + _CHAIN]:
            if not _adjoin(tokens, chain[-1], more):
                break
            chain.append(more)
        kinds = {type(link.what) for link in chain}
        if kinds == {Concern, BodyPart} and not _is_verb(tokens, chain[0]):
            return chain
    return None


def _adjoin(tokens: tuple[Token, ...], one: _Said, other: _Said) -> bool:
    between = tokens[one.last : other.first]
    return len(between) <= 4 and all(token.word in _BETWEEN for token in between)


def _is_verb(tokens: tuple[Token, ...], one: _Said) -> bool:
    """ "Blow dry my hair", "wash and dry my hair"."""
    if not isinstance(one.what, Concern) or one.what.key != "dry":
        return False
    before = tokens[one.first - 1].word if one.first else ""
    after = tokens[one.last].word if one.last < len(tokens) else ""
    return before == "blow" or after in {"my", "her", "his", "the"}


def _after_for(tokens: tuple[Token, ...]) -> int | None:
    """Position of the first telling word after "something for". None: nothing of the kind was said."""
    for position, token in enumerate(tokens):
        if token.word in _FOR:
            led = any(word.word in _STRONG for word in tokens[max(0, position - 4) : position]) or any(
                word.word in _THINGS for word in tokens[max(0, position - 2) : position]
            )
            rest = position + 1
        elif position and token.word.startswith("لل") and tokens[position - 1].word in _THINGS:
            led, rest = True, position
        else:
            continue
        while rest < len(tokens) and tokens[rest].word in _LITTLE:
            rest += 1
        if led and rest < len(tokens):
            return rest
    return None


def _is_strong(tokens: tuple[Token, ...], after: int) -> bool:
    lead = after
    while lead and tokens[lead - 1].word in _LITTLE | _FOR:
        lead -= 1
    before = tokens[lead - 1].word if lead else ""
    asked = before in {"have", "offer", "recommend"} and any(token.word == "what" for token in tokens[:lead])
    return before in _STRONG or asked


def _start(tokens: tuple[Token, ...], first: int, after: int | None) -> int:
    """Where the need begins, "something for" included."""
    if after is None or not after <= first <= after + 2:
        return tokens[first].start
    start = after
    while start and (tokens[start - 1].word in _LITTLE | _FOR or tokens[start - 1].word in _THINGS):
        start -= 1
    return tokens[start].start


def _known(tokens: tuple[Token, ...], said: list[_Said], after: int | None) -> Found:
    what = [one.what for one in said]
    concerns = list(dict.fromkeys(one for one in what if isinstance(one, Concern)))
    parts = list(dict.fromkeys(one for one in what if isinstance(one, BodyPart)))
    searched = [one.search for one in concerns] + [one.search for one in parts]
    return Found(
        start=_start(tokens, said[0].first, after),
        end=tokens[said[-1].last - 1].end,
        told=tokens[said[0].first].start,
        groups=tuple(searched),
        phrase=" ".join(said_as[0] for said_as in searched),
        without=tuple(name for one in concerns for name in one.without),
    )


def _free(text: Text, tokens: tuple[Token, ...], after: int, index: CatalogIndex) -> Found | None:
    """ "Something for a wedding": the words themselves are looked for. Names of the catalog are left to it."""
    told: list[Token] = []
    for token in tokens[after : after + _REACH]:
        gap = text.folded[told[-1].end : token.start] if told else ""
        ends = token.word in COMMON or any(char in gap for char in ",.;!?\n")
        if ends or not text.is_free(token.start, token.end) or index.resolve(token.base):
            break
        told.append(token)
    if not told or any(char.isdigit() for token in told for char in token.word):
        return None
    return Found(
        start=_start(tokens, after, after),
        end=told[-1].end,
        told=told[0].start,
        groups=tuple((token.base,) for token in told),
        phrase=" ".join(token.base for token in told),
    )
