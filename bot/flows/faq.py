"""The business's own questions and answers: which entry a customer's words ask for, if any. Never a guess.

Words are compared folded, without those that every question has, forgiving a letter or an ending; rare words weigh
more than common ones. The limits were measured on the lines of tests/flows/test_faq.py.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

from bot.understanding.normalize import Text, fold, tokenize
from bot.workspace import FaqEntry

ASKED = 0.62
"""Least likeness of a question."""
STATED = 0.88
"""Least likeness of words that aren't put as a question ("parking")."""
_ALIKE = 85.0
_KEPT = 64
_CLAUSE = re.compile(
    r"[?!;\n]+|\.(?=\s|$)"
    r"|,?\s+(?:and|also|plus)\s+(?=(?:is|are|do|does|did|can|could|will|would|may|should|what|whats|how|where|when"
    r"|which|who|why)\b)"
    r"|,\s*(?=(?:is|are|do|does|can|could|what|how|where|when|which|who)\b)"
    r"|[,\s]+و\s?(?=(?:هل|كم|وين|متي|شنو|شلون|كيف|عندكم|فيه?|يصير|ممكن|اقدر)\b)"
)
_QUESTION = re.compile(
    r"^\W*(?:(?:hi|hey|hello|so|and|ok|please|also|by the way|btw)\W+)*"
    r"(?:is|are|do|does|did|can|could|will|would|may|should|what|whats|how|hows|where|wheres|when|which|who|whos|why"
    r"|any|am i|have you|has"
    r"|هل|كم|بكم|وين|متي|شنو|شلون|كيف|ايش|ليش|منو|عندكم|فيه|في|يصير|ممكن|اقدر|نقدر|لازم|مسموح|وش)\b"
)
_NO_CONTENT = (
    "a an the is are am be been do does did can could will would may might must should shall have has had i i'm im"
    " me my we us our you your it its it's this that there here to of for in on at by with or and but if from as so"
    " any some please pls hi hello hey ok just know tell about what whats what's which who how where when why get"
    " got need want like dont don't not no yes also too one ones u ur r later happen happens accept take allow"
    " هل في فيه عندكم عندك انتم انا احنا هو هي من على عن الى لي لكم لو سمحت سمحتي ممكن اقدر نقدر كيف شلون شنو"
    " ايش وش متى كم ما لا و او أو مع هذا هذي بس يصير لازم ابي ابغى اريد تقدرون حق عشان اذا إذا كان"
)
_EMPTY = frozenset(fold(_NO_CONTENT).split())
_EVERYWHERE = (
    "come free available book booking appointment cancel cancelling change move time today tomorrow now day open minute"
    " hour service work long possible buy sell"
    " اجي نجي موعد حجز احجز اليوم باجر بكرا وقت خدمه متوفر"
)
_WEAK_ARABIC = frozenset(fold("الغاء الغي ألغيه").split())
_JOINED = {"wifi": ("wi", "fi"), "walkin": ("walk", "in"), "walkins": ("walk", "ins")}
_ARABIC_HEADS = ("وال", "بال", "لل", "ال", "و", "ب", "ل")
_ARABIC_TAILS = ("ات", "ين", "ون", "كم", "ها", "ه", "ي")


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that a clause asks for."""

    entry: FaqEntry
    score: float
    whole: bool
    """Every word of the question was there, and it has at least two; or it was put exactly as the business wrote it."""


@dataclass(frozen=True, slots=True)
class _Index:
    wordings: tuple[tuple[int, tuple[str, ...]], ...]
    """Entry and words of each wording."""
    vocabularies: tuple[frozenset[str], ...]
    """All words of an entry's wordings."""
    weights: dict[str, float]
    verbatim: dict[str, int]
    """Whole wordings, and whose they are: "when is check in" has one word that says anything, and is no doubt."""


_indexes: dict[int, tuple[Sequence[FaqEntry], _Index]] = {}


def is_question(text: str) -> bool:
    """Whether a line is put as a question, with or without its mark."""
    folded = fold(text)
    return "?" in folded or bool(_QUESTION.match(folded))


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a line that may ask something of its own."""

    raw: str
    folded: str
    asked: bool
    """It is put as a question."""


def clauses(text: str) -> list[Clause]:
    """A line cut where one question ends and the next begins."""
    whole = Text(text)
    found: list[Clause] = []
    start = 0
    ends = [(match.start(), match.end(), match[0]) for match in _CLAUSE.finditer(whole.folded)]
    for end, after, mark in [*ends, (len(whole.folded), len(whole.folded), "")]:
        part = whole.folded[start:end]
        if part.strip(" ,."):
            asked = "?" in mark or bool(_QUESTION.match(part))
            found.append(Clause(whole.original(start, end), part.strip(" ,."), asked))
        start = after
    return found


def find(faq: Sequence[FaqEntry], clause: Clause) -> Hit | None:
    """The best entry for a clause. None: nothing is like enough."""
    if not faq:
        return None
    index = _index(faq)
    exact = index.verbatim.get(_as_written(clause.folded))
    if exact is not None:
        return Hit(faq[exact], 1.0, whole=True)
    said = _words(clause.folded)
    if not said:
        return None
    known = [_known(vocabulary, said) for vocabulary in index.vocabularies]
    best: Hit | None = None
    for number, wording in index.wordings:
        score, whole = _likeness(index, wording, said, known[number])
        if best is None or score > best.score:
            best = Hit(faq[number], score, whole)
    limit = ASKED if clause.asked else STATED
    return best if best is not None and best.score >= limit else None


def _known(vocabulary: frozenset[str], said: Sequence[str]) -> dict[str, str]:
    """What was said and stands in any wording of an entry, with the entry's word."""
    found = {}
    for word in said:
        likeness, own = max(((_alike(own, word), own) for own in vocabulary), default=(0.0, ""))
        if likeness:
            found[word] = own
    return found


def _likeness(
    index: _Index, wording: Sequence[str], said: Sequence[str], known: dict[str, str]
) -> tuple[float, bool]:
    """How much of the wording was said and how much of what was said the entry knows; the better covered side counts
    more. Words that every talk has ("come", "free", "cancel") find nothing alone.
    """
    weight = index.weights
    likeness = {word: max((_alike(word, other) for other in said), default=0.0) for word in wording}
    whole = len(wording) > 1 and all(likeness.values())
    strong = any(own not in _WEAK for own in known.values())
    if not whole and not strong:
        return 0.0, False
    recalled = sum(weight[word] * found for word, found in likeness.items()) / sum(
        map(weight.__getitem__, wording)
    )
    rare = max(weight.values())
    of_said = sum(weight[known[word]] if word in known else rare * (_weak(word) or 1) for word in said)
    covered = sum(weight[own] for own in known.values()) / of_said
    if len(wording) == 1:  # trivially whole: what else was said decides
        return recalled * (0.25 + 0.75 * covered), False
    return max(recalled * (0.7 + 0.3 * covered), covered * (0.6 + 0.4 * recalled)), whole


def _weak(word: str) -> float:
    """How much less such a word says that isn't in the list at all; 0: it isn't one."""
    return 0.4 if word in _WEAK or word.isdigit() else 0.0


@lru_cache(maxsize=20_000)
def _alike(word: str, other: str) -> float:
    """1 for the same word, a little less for an ending or a slip, 0 for another word."""
    if word == other:
        return 1.0
    short, long = sorted((word, other), key=len)
    if len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= (3 if len(short) < 6 else 7):
        return 0.97
    if len(short) < 4 or word.isdigit() or other.isdigit():
        return 0.0
    ratio = fuzz.ratio(word, other)
    return ratio / 100 if ratio >= _ALIKE else 0.0


def _words(folded: str) -> tuple[str, ...]:
    """The words that say what is meant; all of them, if there are only others. "wi-fi" and "wi fi" are one word."""
    every = [token.word for token in tokenize(folded.replace("-", ""))]
    joined = [first + second for first, second in pairwise(every) if first + second in _JOINED]
    parts = {part for one in joined for part in _JOINED[one]}
    kept = [word for word in every if word not in _EMPTY and word not in parts] + joined
    return tuple(dict.fromkeys(_stem(word) for word in kept or every))


def _as_written(folded: str) -> str:
    """Every word of it, in order; empty for a single word, which may mean anything."""
    every = [token.word for token in tokenize(folded)]
    return " ".join(every) if len(every) > 1 else ""


def _stem(word: str) -> str:
    """Arabic words without the article and small words that are written to them, English ones without a plural."""
    if word in _WEAK_ARABIC:
        return word
    if "\u0600" <= word[0] <= "\u06ff":
        for head in _ARABIC_HEADS:
            if word.startswith(head) and len(word) - len(head) >= 3:
                word = word[len(head) :]
                break
        for tail in _ARABIC_TAILS:
            if word.endswith(tail) and len(word) - len(tail) >= 3:
                return word[: -len(tail)]
        return word
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_WEAK = frozenset(_stem(word) for word in fold(_EVERYWHERE).split()) | _WEAK_ARABIC
"""Words of any talk about appointments."""


def _index(faq: Sequence[FaqEntry]) -> _Index:
    kept = _indexes.get(id(faq))
    if kept is not None and kept[0] is faq:
        return kept[1]
    wordings = tuple(
        (number, words)
        for number, entry in enumerate(faq)
        for variants in entry.questions.values()
        for variant in variants
        if (words := _words(fold(variant)))
    )
    vocabularies = tuple(
        frozenset(word for one, words in wordings if one == number for word in words)
        for number in range(len(faq))
    )
    # A word that many entries have says less about which one is meant.
    entries = Counter(word for vocabulary in vocabularies for word in vocabulary)
    weights = {word: 1.0 + math.log((1 + len(faq)) / count) for word, count in entries.items()}
    for word in _WEAK & weights.keys():
        weights[word] *= 0.5
    verbatim = {
        written: number
        for number, entry in reversed(list(enumerate(faq)))
        for variants in entry.questions.values()
        for variant in variants
        if (written := _as_written(fold(variant)))
    }
    index = _Index(wordings, vocabularies, weights, verbatim)
    if len(_indexes) >= _KEPT:
        _indexes.pop(next(iter(_indexes)))
    _indexes[id(faq)] = (faq, index)
    return index
