"""Every sentence exists in every language, with variants and the same blanks; figures as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from bot.wording import ar, en
from bot.wording.words import Line, Words, shorten

FLOWS = Path(__file__).parents[2] / "bot" / "flows"
FIXED = (
    "title_",
    "label_",
    "part_",
    "summary_",
    "with_",
    "then_",
    "from_",
    "until_",
    "every_",
    "placing",
    "cancelling",
    "moving",
    "detail_line",
    "need_line",
    "split_then",
    "split_rest",
)
PLURAL_KEYS = {"minutes", "min", "hours", "h", "days", "services"}


def words(language: str, currency: str = "KWD") -> Words:
    return Words(language=language, zone=ZoneInfo("Asia/Kuwait"), currency=currency)


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def used_keys() -> set[str]:
    """Keys named in the flows: the first argument of Line, say, answer, label, button, and table entries."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in FLOWS.rglob("*.py"))
    literals = set(re.findall(r"[\"']([a-z]+(?:_[a-z0-9]+)*)[\"']", source))
    return literals & (set(en.SENTENCES) | {"ask_time"})


def test_no_key_is_missing() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in FLOWS.rglob("*.py"))
    named = set(re.findall(r'(?:Line|\.say|\.answer|\.label)\(\s*"([a-z0-9_]+)"', source))
    assert named <= set(en.SENTENCES)


def test_no_sentence_is_unused() -> None:
    made = {f"lost_{n}" for n in (1, 2, 3)} | {
        key for key in en.SENTENCES if key.startswith(("part_", "title_"))
    }
    assert set(en.SENTENCES) - used_keys() - made == set()


def test_sentences_have_variants() -> None:
    for language in (en, ar):
        for key, variants in language.SENTENCES.items():
            assert variants, key
            if not key.startswith(FIXED):
                assert len(set(variants)) >= 2, key


def test_arabic_says_the_same() -> None:
    assert set(ar.SENTENCES) == set(en.SENTENCES)
    for key, variants in en.SENTENCES.items():
        known = set().union(*(fields(variant) for variant in variants))
        assert set().union(*(fields(variant) for variant in ar.SENTENCES[key])) <= known, key
    assert set(ar.PLURALS) == set(en.PLURALS) == PLURAL_KEYS


def test_titles_are_short() -> None:
    """WhatsApp's reply buttons hold 20 characters."""
    for language in (en, ar):
        for key, variants in language.SENTENCES.items():
            if key.startswith(("title_", "label_")):
                assert all(len(variant) <= 20 for variant in variants), key


def test_never_reply_cancel() -> None:
    """It would unsubscribe an SMS customer."""
    for variants in en.SENTENCES.values():
        assert not any(re.search(r"\b(say|reply|send|write) \W*cancel", v, re.IGNORECASE) for v in variants)


@pytest.mark.parametrize(
    ("currency", "minor", "text"),
    [
        ("KWD", 12_500, "12.500 KWD"),
        ("USD", 1_250, "12.50 USD"),
        ("JPY", 1_250, "1,250 JPY"),
        ("KWD", 0, "0.000 KWD"),
    ],
)
def test_money(currency: str, minor: int, text: str) -> None:
    assert words("en", currency).money(minor) == text


def test_dates() -> None:
    said = words("en")
    assert said.moment(datetime(2026, 11, 21, 11, tzinfo=UTC)) == "Sat 21 Nov, 2:00 PM"
    assert said.clock(time(17, 30)) == "5:30 PM"
    assert said.day(date(2026, 11, 21)) == "Sat 21 Nov"
    assert (said.weekday(0), said.weekday(6)) == ("Mon", "Sun")
    assert len(said.moment(datetime(2026, 11, 25, 7, 30, tzinfo=UTC))) <= 20


def test_plurals_and_lists() -> None:
    assert [words("en").count("hours", n) for n in (1, 2)] == ["1 hour", "2 hours"]
    assert [words("ar").count("days", n) for n in (1, 2, 14)] == ["يوم", "يومين", "14 يوم"]
    assert words("en").joined(["a", "b", "c"], last="or") == "a, b or c"
    assert words("en").joined([]) == ""
    assert words("en").joined(["a"]) == "a"


def test_variants_go_round() -> None:
    line = Line("thanks")
    assert [words("en").say(line, n) for n in range(4)] == [
        *en.SENTENCES["thanks"],
        en.SENTENCES["thanks"][0],
    ]


def test_shorten() -> None:
    assert shorten("Gel Manicure", 24) == "Gel Manicure"
    cut = shorten("Gel Manicure with extra long French tips", 24)
    assert len(cut) <= 24
    assert cut.endswith("…")
    assert len(shorten("x" * 99, 24)) == 24
