"""People by the sound of their names: "مع دانا" is Dana, where the catalog has the name in Latin letters only.

Consonants are compared, in order; only a word after "with" or in answer to "who?" is tried, and only one person may
sound like it.
"""

from __future__ import annotations

import re
from uuid import UUID

from bot.understanding.catalog_index import CatalogIndex, Kind
from bot.understanding.catalog_match import Mention
from bot.understanding.contract import Intent
from bot.understanding.normalize import fold
from bot.understanding.reading import Facts, Reading
from bot.understanding.words import COMMON, words
from bot.workspace import SlotKind

_WITH = words("مع عند ويا")
_ALONE = 2
"""Words of a message that answers "who would you like?"."""
_LEAST = 2
"""Consonants that tell a name."""
_CONFIDENCE = 0.75
_ARABIC = str.maketrans(
    dict(zip("بتثجحخدذرزسشصضطظغفقكلمنه", "bttjhkddrzsssdtzgfkklmnh", strict=True))
    | dict.fromkeys("اويىءأإآؤئةعّ", "")
)
_LATIN = (
    ("sh", "s"),
    ("ch", "s"),
    ("th", "t"),
    ("dh", "d"),
    ("kh", "k"),
    ("gh", "g"),
    ("ph", "f"),
    ("x", "ks"),
)
_LATIN_LETTERS = str.maketrans({"c": "k", "q": "k", "v": "f", "p": "b"} | dict.fromkeys("aeiouyw'-", ""))
_TWICE = re.compile(r"(.)\1+")


def take_person(reading: Reading, facts: Facts) -> None:
    """The one person whose name sounds like a word in Arabic letters, where a person may be named."""
    if facts.mentions.staff or facts.choices:
        return
    tokens = reading.text.tokens
    answered = reading.asked(SlotKind.STAFF) and len(tokens) <= _ALONE and not reading.labels & set(Intent)
    for position, token in enumerate(tokens):
        led = position > 0 and tokens[position - 1].word in _WITH
        if not (led or answered) or token.word in COMMON or not reading.text.is_free(token.start, token.end):
            continue
        person = _sounding_like(reading.index, token.base, reading.context.location_id)
        if person is not None:
            facts.mentions.staff.append(
                Mention(Kind.STAFF, (person,), token.start, token.end, "staff_sound", _CONFIDENCE)
            )
            return


def _sounding_like(index: CatalogIndex, word: str, location_id: UUID | None) -> UUID | None:
    if not "\u0600" <= word[0] <= "\u06ff":
        return None
    sound = _plain(word.translate(_ARABIC))
    if len(sound) < _LEAST:
        return None
    found = {
        person.id
        for person in index.catalog.staff.values()
        if not person.resource
        and location_id in {None, person.location_id}
        and any(_of_latin(name) == sound for name in person.names.values())
    }
    return found.pop() if len(found) == 1 else None


def _of_latin(name: str) -> str:
    """The consonants of a first name in Latin letters; empty for another script."""
    first = fold(name).split()[0] if name.strip() else ""
    if not first.isascii():
        return ""
    for said, plain in _LATIN:
        first = first.replace(said, plain)
    return _plain(first.translate(_LATIN_LETTERS))


def _plain(sound: str) -> str:
    """Doubled letters once, and no silent h at the end ("Sarah", "سارة")."""
    return _TWICE.sub(r"\1", sound).removesuffix("h")
