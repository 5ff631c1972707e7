"""The language of a line, and the one it asks for. A name or a number alone doesn't switch it."""

from __future__ import annotations

import re

from bot.understanding.normalize import Text, fold, letters_by_script
from bot.understanding.words import FILLERS, POLITE, QUESTION_WORDS

_NAMES = {
    "ar": re.compile(rf"\barabic\b|\b(?:ب?ال)?{fold('عربي')}(?:{fold('ة')})?\b"),
    "en": re.compile(rf"\benglish\b|\b(?:ب?ال)?(?:{fold('انجليزي|انقليزي|انكليزي')})(?:{fold('ة')})?\b"),
}


def language_of(text: Text, current: str) -> str:
    """Arabic as soon as Arabic words carry the line; Latin script alone only where English words do."""
    arabic, latin = letters_by_script(text.folded)
    if arabic >= 2 and arabic * 3 >= latin:
        return "ar"
    if arabic or not latin:
        return current
    english = any(t.word in FILLERS or t.word in POLITE or t.word in QUESTION_WORDS for t in text.tokens)
    return "en" if current == "en" or english or len(text.tokens) > 3 else current


def language_named(text: Text) -> str | None:
    """The language a text names last ("not english, arabic"); None: none of ours."""
    found = [(match.end(), code) for code, name in _NAMES.items() for match in name.finditer(text.folded)]
    return max(found)[1] if found else None
