"""The language of a line: it follows the customer, but a name or a number alone doesn't switch it."""

from __future__ import annotations

from bot.understanding.normalize import Text, letters_by_script
from bot.understanding.words import FILLERS, POLITE, QUESTION_WORDS


def language_of(text: Text, current: str) -> str:
    """Arabic as soon as Arabic words carry the line; Latin script alone only where English words do."""
    arabic, latin = letters_by_script(text.folded)
    if arabic >= 2 and arabic * 3 >= latin:
        return "ar"
    if arabic or not latin:
        return current
    english = any(t.word in FILLERS or t.word in POLITE or t.word in QUESTION_WORDS for t in text.tokens)
    return "en" if current == "en" or english or len(text.tokens) > 3 else current
