"""A word of a text as the catalog may have it: other forms of the word, and typing errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understanding.everyday import EVERYDAY
from bot.understanding.normalize import fold
from bot.understanding.words import COMMON

_CORRECT = COMMON | EVERYDAY
_TENS = {
    fold(word): str(number)
    for number, spellings in {
        15: "fifteen", 20: "twenty عشرين", 30: "thirty ثلاثين تلاتين", 40: "forty اربعين", 45: "fortyfive",
        50: "fifty خمسين", 60: "sixty ستين", 75: "seventyfive", 90: "ninety تسعين", 120: "مية وعشرين",
    }.items()
    for word in spellings.split()
}  # fmt: skip
_MANY = re.compile(r"(.)\1{2,}")
_LAST_DOUBLED = re.compile(r"(.)\1$")
_LONG_VOWELS = re.compile("[اويىة]")
_SHORTEST = 4
"""Letters of a word that may be misspelt."""
_LONG = 7
"""From this length on two letters may be wrong."""


def is_correct(word: str) -> bool:
    """Whether a word is everyday English, or a form of such a word: then it is no typing error."""
    if word in _CORRECT:
        return True
    bases = {word.removesuffix(ending) for ending in ("ing", "ed", "er", "ers", "est", "ly", "es", "s")} - {
        word
    }
    return any(
        len(base) > 2
        and (base in _CORRECT or f"{base}e" in _CORRECT or _LAST_DOUBLED.sub(r"\1", base) in _CORRECT)
        for base in bases
    )


def forms(word: str) -> Iterator[str]:
    """Other ways to write the same word: 90 for ninety, wax for waxing, gel for gell."""
    if word in _TENS:
        yield _TENS[word]
    if word.endswith("ing") and len(word) > 5:
        base = word[:-3]
        yield from (base, f"{base}e", f"{base}al", _LAST_DOUBLED.sub(r"\1", base))
    if _MANY.search(word):
        yield from (_MANY.sub(r"\1\1", word), _MANY.sub(r"\1", word))
    if _LAST_DOUBLED.search(word):
        yield _LAST_DOUBLED.sub(r"\1", word)


def doing(word: str) -> Iterator[str]:
    """What a service is called by what is done: waxing for wax, shaving for shave, trimming for trim."""
    if len(word) > 2 and word.isascii() and word not in COMMON:
        yield from (f"{word}ing", f"{word.removesuffix('e')}ing", f"{word}{word[-1]}ing")
    elif len(word) > 2 and word[0] in "اتين":
        yield word[1:]  # "اقص", "تقص" for "قص"


class Speller:
    """Finds the word of a vocabulary that a misspelt word means."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._words = [word for word in vocabulary if len(word) >= _SHORTEST and word not in COMMON]
        self._bare = {_bare(word): word for word in self._words if word[0] > "\u0600"}
        self._bare_words = list(self._bare)
        self._bones: dict[str, str | None] = {}
        for word in self._bare.values():
            if len(bones := _bones(word)) >= _SHORTEST:
                self._bones[bones] = None if bones in self._bones else word

    def nearest(self, word: str) -> str | None:
        """The known word one letter away, two if it is long; the first letter is right, but for an Arabic alef."""
        if word[0] > "\u0600":
            found = _nearest(_bare(word), self._bare_words)
            return self._bare[found] if found else self._bones.get(_bones(word))
        return _nearest(word, self._words)


def _bare(word: str) -> str:
    """Without the alef that people drop and add."""
    return word.lstrip("ا") or word


def _bones(word: str) -> str:
    """Without long vowels: loanwords are written with some of them, "منكير" and "مناكير" for "مانيكير"."""
    bare = _bare(word)
    return bare[0] + _LONG_VOWELS.sub("", bare[1:])


def _nearest(word: str, known: list[str]) -> str | None:
    if len(word) < _SHORTEST:
        return word if word in known else None
    best = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=1 if len(word) < _LONG else 2)
    return best[0] if best and best[0][0] == word[0] else None
