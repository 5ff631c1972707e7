"""The web chat's own words: the same in both languages, and all that the scripts ask for."""

from __future__ import annotations

import re
from pathlib import Path

from bot.web.widget import demo_words, words

STATIC = Path(words.__file__).parent / "static"
_PLACES = re.compile(r"\{(\w+)\}")


def places(text):
    return sorted(_PLACES.findall(" ".join(text) if isinstance(text, list) else text))


def test_both_languages_say_the_same_things():
    for table in (words.WORDS, demo_words.WORDS):
        english, arabic = table["en"], table["ar"]
        assert english.keys() == arabic.keys()
        for key, text in english.items():
            assert places(text) == places(arabic[key]), key
            assert len(text) == len(arabic[key]) if isinstance(text, list) else bool(text and arabic[key]), (
                key
            )


def test_nothing_is_left_in_the_other_language():
    for key, text in words.WORDS["ar"].items():
        letters = _PLACES.sub("", " ".join(text) if isinstance(text, list) else str(text))
        assert key == "direction" or not re.search(r"[A-Za-z]", letters), key


def test_the_scripts_ask_for_words_that_are_there_and_for_all_of_them():
    scripts = "\n".join(path.read_text() for path in STATIC.glob("*.js"))
    asked = set(re.findall(r"\bsay\.(\w+)", scripts))
    asked |= {"thumb_up", "thumb_down", "name", "closed"}  # closed: bot/web/widget/business.py
    asked |= {key for key in words.WORDS["en"] if key.startswith("lead_")}
    assert "say[`lead_${key}`]" in scripts
    assert asked == set(words.WORDS["en"])
