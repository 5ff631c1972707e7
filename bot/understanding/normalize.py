"""Text as the rules see it: folded, cut into tokens, with a way back to the original's code points.

Folding is one character for one character wherever it can be (case, accents, digits of any script, Arabic
letter variants, quotes, dashes), so positions stay; only marks and invisible characters vanish, and then a
table of offsets leads back. Nothing here knows a language's words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.understanding.contract import Span

LIMIT = 2000
"""Code points that are looked at. Nobody books in more; longer input only costs time."""

BLANK = "\0"
"""Stands for an understood character in `Text.rest`. Folding turns it into a space, so input can't hold it."""

_CACHE_LIMIT = 20_000
_SPACE = ord(" ")
_SPECIAL = {
    ord("\n"): ord("\n"),
    ord("\r"): None,
    **dict.fromkeys(map(ord, "’‘`´ʼ＇"), ord("'")),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), ord("-")),
    **dict.fromkeys(map(ord, "أإآٱ"), ord("ا")),
    **dict.fromkeys(map(ord, "ىیئ"), ord("ي")),
    ord("ة"): ord("ه"),
    ord("ؤ"): ord("و"),
    ord("چ"): ord("ج"),
    ord("ک"): ord("ك"),
    ord("گ"): ord("ك"),
    ord("پ"): ord("ب"),
    ord("ڤ"): ord("ف"),
    ord("،"): ord(","),
    ord("؛"): ord(";"),
    ord("؟"): ord("?"),
    ord("٫"): ord("."),
    ord("ـ"): None,
}


def _fold_code(code: int) -> int | None:
    if code in _SPECIAL:
        return _SPECIAL[code]
    char = chr(code)
    category = unicodedata.category(char)
    if category in {"Cs", "Cc", "Zs", "Zl", "Zp", "Co", "Cn"}:
        return _SPACE
    if category in {"Cf", "Mn", "Me"} or 0x1F3FB <= code <= 0x1F3FF:
        return None
    if category == "Nd":
        return ord(str(unicodedata.decimal(char)))
    base = [c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c) != "Mn"]
    if len(base) == 1 and base[0] != char:
        return _fold_code(ord(base[0]))
    lower = char.lower()
    return ord(lower) if len(lower) == 1 else code


class _Folding(dict[int, int | None]):
    """Filled as characters are seen; bounded, because strangers choose the characters."""

    def __missing__(self, code: int) -> int | None:
        folded = _fold_code(code)
        if len(self) < _CACHE_LIMIT:
            self[code] = folded
        return folded


_FOLDING = _Folding()
_FOLDING.update({code: _fold_code(code) for code in [*range(0x20, 0x7F), *range(0x600, 0x700)]})

_WIDE_GAP = re.compile(r"\s\s")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[👍👌✅🙏❌👎💯🆗☑✔❎🙅👋]")


def fold(text: str) -> str:
    """The folded form of a word or phrase, as `Text.folded` holds it."""
    return text.translate(_FOLDING)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the folded text. `start` and `end` are positions in `Text.folded`."""

    word: str
    """Without apostrophes: "don't" is "dont"."""
    base: str
    """Without a possessive: "sara's" is "sara"."""
    start: int
    end: int


def tokenize(folded: str) -> tuple[Token, ...]:
    """Words, numbers and the emoji that say something, in order."""
    tokens: list[Token] = []
    for found in _TOKEN.finditer(folded):
        word = found[0]
        if "'" in word:
            plain = word.replace("'", "")
            tokens.append(Token(plain, word.removesuffix("'s").replace("'", ""), found.start(), found.end()))
        else:
            tokens.append(Token(word, word, found.start(), found.end()))
    return tuple(tokens)


class Text:
    """One message. `rest` loses what is understood, so that no rule reads the same characters twice."""

    __slots__ = ("_offsets", "folded", "raw", "rest", "tokens")

    def __init__(self, raw: str) -> None:
        self.raw = raw[:LIMIT]
        self.folded = self.raw.translate(_FOLDING)
        self._offsets: list[int] | None = None
        if len(self.folded) != len(self.raw):
            self._offsets = [i for i, char in enumerate(self.raw) if _FOLDING[ord(char)] is not None]
        if _WIDE_GAP.search(self.folded):
            self._narrow()
        self.tokens = tokenize(self.folded)
        self.rest = self.folded

    def _narrow(self) -> None:
        """One space, or one line end, wherever there are several: patterns needn't care."""
        offsets = self._offsets or list(range(len(self.folded)))
        kept = [
            i
            for i, char in enumerate(self.folded)
            if not char.isspace() or i + 1 == len(self.folded) or not self.folded[i + 1].isspace()
        ]
        self._offsets = [offsets[i] for i in kept]
        self.folded = "".join([self.folded[i] for i in kept])

    def span(self, start: int, end: int, rule: str, confidence: float = 1.0) -> Span:
        """A span of the original for a range of the folded text."""
        if self._offsets is None:
            return Span(start, end, rule, confidence)
        return Span(self._offsets[start], self._offsets[end - 1] + 1, rule, confidence)

    def original(self, start: int, end: int) -> str:
        """What the customer wrote in a range of the folded text."""
        span = self.span(start, end, "")
        return self.raw[span.start : span.end]

    def take(self, start: int, end: int) -> None:
        """Blank a range of `rest`."""
        self.rest = f"{self.rest[:start]}{BLANK * (end - start)}{self.rest[end:]}"

    def is_free(self, start: int, end: int) -> bool:
        """Whether no rule has taken any character of the range."""
        return BLANK not in self.rest[start:end]

    def leftover(self) -> str:
        """The words nobody understood, folded, in order."""
        return " ".join(self.rest.replace(BLANK, " ").split())


_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
_LATIN = re.compile("[a-z]")


def letters_by_script(folded: str) -> tuple[int, int]:
    """How many Arabic and how many Latin letters."""
    return len(_ARABIC.findall(folded)), len(_LATIN.findall(folded))
