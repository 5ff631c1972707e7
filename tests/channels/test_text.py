"""Cutting and cleaning: limits kept, combined characters whole, no word lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.text import (
    clean,
    clip,
    is_https,
    is_web_link,
    one_line,
    split_for_interactive,
    split_text,
    unique_ids,
    unique_titles,
)

ANY = st.text(max_size=300)


def test_clip_keeps_combined_characters_whole():
    assert clip("👍🏽👍🏽", 3) == "👍🏽…"
    assert clip("👍🏽👍🏽", 2) == "👍…" or clip("👍🏽👍🏽", 2) == "…"
    assert clip("cafe\u0301s", 5) == "caf…"
    assert clip("short", 5) == "short"


@given(ANY, st.integers(2, 50))
def test_clip_keeps_the_limit(text: str, limit: int):
    assert len(clip(text, limit)) <= limit
    assert clip(text, max(len(text), 2)) == text


@given(st.text(st.characters(), max_size=500))
def test_cleaned_text_can_be_stored_and_sent(text: str):
    cleaned = clean(text)
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert "\n" not in one_line(text)


def _letters(parts: list[str]) -> str:
    return "".join("".join(parts).split())


@given(st.text(" \n.ab👍🏽م", max_size=400), st.integers(8, 60))
def test_split_loses_nothing_but_blanks(text: str, limit: int):
    parts = split_text(text, limit)
    assert _letters(parts) == _letters([text])
    assert all(0 < len(part) <= limit for part in parts)


@given(st.text(" \n.ab👍🏽م", max_size=400), st.integers(10, 60), st.integers(60, 90))
def test_the_part_under_buttons_is_short_and_never_empty(text: str, last: int, first: int):
    parts = split_for_interactive(text, first, last)
    assert _letters(parts) == _letters([text])
    assert len(parts[-1]) <= last
    assert all(0 < len(part) <= first for part in parts[:-1])
    assert parts[-1] or not text.strip()


def test_split_prefers_paragraphs_lines_sentences_words():
    assert split_text("one two\n\nthree four", 12) == ["one two", "three four"]
    assert split_text("one two\nthree four", 12) == ["one two", "three four"]
    assert split_text("One two. Three four", 12) == ["One two.", "Three four"]
    assert split_text("one two three", 9) == ["one two", "three"]
    assert split_text("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert split_text("  ", 4) == []


@given(st.lists(ANY | st.just("same"), max_size=12), st.integers(6, 30))
def test_titles_are_short_filled_and_different(titles: list[str], limit: int):
    unique = unique_titles(titles, limit)
    assert len(set(unique)) == len(titles)
    assert all(0 < len(title) <= limit for title in unique)


@given(st.lists(ANY | st.just("t1:a") | st.just("x" * 300), max_size=12))
def test_ids_are_short_filled_and_different(ids: list[str]):
    unique = unique_ids(ids, 200)
    assert len(set(unique)) == len(ids)
    assert all(0 < len(identifier) <= 200 for identifier in unique)
    assert unique_ids(["t1:a", "t1:b"], 200) == ["t1:a", "t1:b"]


@pytest.mark.parametrize(
    ("url", "web", "https"),
    [
        ("https://example.com/a?b=1", True, True),
        ("http://127.0.0.1:8100/pay", True, False),
        ("https://user:pw@example.com/", False, False),
        ("https://", False, False),
        ("https://exa mple.com/", False, False),
        ("https://[bad/", False, False),
        ("https://example.com:99999/", False, False),
        ("javascript:alert(1)", False, False),
        ("ftp://example.com/x", False, False),
        ("", False, False),
    ],
)
def test_which_links_may_be_shown(url: str, *, web: bool, https: bool):
    assert (is_web_link(url), is_https(url)) == (web, https)
