"""Which of the offered choices was meant: "2", "the second one", "١", "1 and 3", its title, nearly its title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from bot.messages import Choice
from bot.understanding.normalize import Token, fold, tokenize
from bot.understanding.words import FILLERS, NUMBERS, POLITE, words

_ORDINALS = {
    **{
        word: number
        for number, spellings in enumerate(
            (
                "first 1st الاول الاولى اول",
                "second 2nd الثاني الثانية",
                "third 3rd الثالث الثالثة",
                "fourth 4th الرابع الرابعة",
                "fifth 5th الخامس الخامسة",
                "sixth 6th السادس السادسة",
                "seventh 7th السابع السابعة",
                "eighth 8th الثامن الثامنة",
                "ninth 9th التاسع التاسعة",
                "tenth 10th العاشر العاشرة",
            ),
            start=1,
        )
        for word in map(fold, spellings.split())
    },
    "last": -1,
    "latter": -1,
    "former": 1,
    fold("الاخير"): -1,
    fold("الأخيرة"): -1,
}
_AROUND = (
    FILLERS
    | POLITE
    | words(
        """option number no choice nr num choose pick take go want select selecting prefer think yes yeah sure lets
        have book one slot رقم خيار الخيار اختار ابي ابغى اخذ"""
    )
)
_BESIDE_A_NUMBER = _AROUND | words("branch place location time service them these those with و هذا هذي")
_AGREEING = words("works fine good great perfect sounds nice better best زين تمام حلو")
"""Around a number these may speak of an hour, too: "2 works"."""
_CLOCK = words("at around about by after before till until from الساعه")
"""Before a number these make it an hour."""
_NUMERAL = re.compile(r"\d")
_NUMBERED = words("option number no choice nr num رقم خيار الخيار")
_EVERY = words("all both everything كلهم الكل")
_BOTH = words("both الاثنين الاثنتين الثنتين الاثنينات اثنينهم ثنتينهم كلاهما كليهما كلتاهما")
"""Of two choices. Where days or hours are offered, the Arabic word is Monday."""


def _numbered(index: int, offered: Sequence[Choice]) -> Choice | None:
    if index == -1:
        return offered[-1]
    return offered[index - 1] if 1 <= index <= len(offered) else None


def _by_number(tokens: Sequence[Token], folded: str, offered: Sequence[Choice]) -> tuple[Choice, ...]:
    every = _every(tokens, offered)
    if every is not None:
        return every
    numbers = _numbers(tokens)
    if not numbers or re.search(r"\d\s?[:.]\s?\d|/|\d\s?-\s?\d", folded):
        return ()
    said = {token.word for token in tokens}
    if said & _AGREEING and not said & _NUMBERED and _may_be_hours(numbers, offered):
        return ()
    chosen = [_numbered(number, offered) for number in numbers]
    return tuple(dict.fromkeys(choice for choice in chosen if choice)) if all(chosen) else ()


def _every(tokens: Sequence[Token], offered: Sequence[Choice]) -> tuple[Choice, ...] | None:
    """ "All", "both of them", "the first two", "all three". None: nothing of the kind."""
    said = [token.word for token in tokens if token.word not in _BESIDE_A_NUMBER]
    numbers = [number for word in said if (number := _cardinal(word)) is not None]
    if len(numbers) > 1 or len(said) - len(numbers) != 1:
        return None
    lead = next(word for word in said if _cardinal(word) is None)
    if lead in _BOTH and len(offered) == 2 and not any(_NUMERAL.search(one.title) for one in offered):
        return tuple(offered)
    if lead in _EVERY and lead not in _BOTH:
        return tuple(offered) if numbers in ([], [len(offered)]) else ()
    if not numbers or not 1 < numbers[0] <= len(offered) or said[0] != lead or lead not in _ORDINALS:
        return None
    return {1: tuple(offered[: numbers[0]]), -1: tuple(offered[-numbers[0] :])}.get(_ORDINALS[lead])


def _cardinal(word: str) -> int | None:
    digits = word.removeprefix("و")
    if digits.isdigit() and len(digits) <= 2:
        return int(digits)
    return NUMBERS.get(word) if word not in _ORDINALS else None


def _numbers(tokens: Sequence[Token]) -> list[int]:
    """The numbers of a text that says nothing else; empty if it does, or names an hour."""
    numbers: list[int] = []
    ordinal_said = any(token.word in _ORDINALS for token in tokens)
    for position, token in enumerate(tokens):
        word = token.word
        if word in _CLOCK:
            return []
        if word in _ORDINALS:
            numbers.append(_ORDINALS[word])
        elif word == "one" and (ordinal_said or position > 0):
            continue
        elif (number := _cardinal(word)) is not None:
            numbers.append(number)
        elif word not in _BESIDE_A_NUMBER and word not in _AGREEING:
            return []
    return numbers


def _may_be_hours(numbers: Sequence[int], offered: Sequence[Choice]) -> bool:
    return any(
        re.search(rf"(?<!\d){number}:\d\d", fold(choice.title)) for number in numbers for choice in offered
    )


def _by_title(tokens: Sequence[Token], folded: str, offered: Sequence[Choice]) -> tuple[Choice, ...]:
    said = folded.strip(" .!?\"'")
    titles = [(fold(choice.title).strip(), choice) for choice in offered]
    same = [choice for title, choice in titles if title == said]
    if same:
        return (same[0],) if len(same) == 1 else ()
    content = [token.word for token in tokens if token.word not in _AROUND]
    if not content or len(content) > 6 or all(word.isdigit() for word in content):
        return ()
    plain = " ".join(content)
    title_words = [([t.word for t in tokenize(title)], choice) for title, choice in titles]
    holding = [choice for words_, choice in title_words if set(content) <= set(words_)]
    if len(holding) == 1 and any(len(word) > 2 for word in content):
        return (holding[0],)
    if holding:
        return ()
    return _by_misspelt_title(plain, title_words)


def _by_misspelt_title(plain: str, title_words: Sequence[tuple[list[str], Choice]]) -> tuple[Choice, ...]:
    if len(plain) < 4 or any(char.isdigit() for char in plain):
        return ()
    allowed = 1 if len(plain) < 8 else 2
    near = [
        choice
        for words_, choice in title_words
        if OSA.distance(plain, " ".join(w for w in words_ if w not in _AROUND), score_cutoff=allowed)
        <= allowed
    ]
    return (near[0],) if len(near) == 1 else ()


def read_choices(
    tokens: Sequence[Token], folded: str, offered: Sequence[Choice]
) -> tuple[tuple[Choice, ...], bool]:
    """The choices a text picks, and whether by their number; empty if it picks none or can't be told."""
    if not offered or not tokens or len(tokens) > 12:
        return (), False
    numbered = _by_number(tokens, folded, offered)
    return (numbered, True) if numbered else (_by_title(tokens, folded, offered), False)
