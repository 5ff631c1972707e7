"""How many people are coming."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.understanding.salon import hear, services, times


def _people(said: str) -> int | None:
    fact = hear(said).party
    return fact.people if fact else None


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("for 4 people", 4),
        ("it's for six persons", 6),
        ("there will be 3 of us", 3),
        ("all four of us", 4),
        ("2 adults and 1 child", 3),
        ("two ladies, a kid", 3),
        ("a couple of friends", 2),
        ("table for two", 2),
        ("a party of eight", 8),
        ("reservation for 5 tomorrow", 5),
        ("we'll be 5", 5),
        ("we are three", 3),
        ("anything for four at 9 tomorrow?", 4),
        ("at 8pm for 12 please", 12),
        ("a booking at 19:30, for 6.", 6),
        ("for me and my daughter", 2),
        ("my sister and I want manicures", 2),
        ("me, my husband and my two sons", 4),
        ("me n my sis", 2),
        ("one for me and one for my mother", 2),
        ("for myself and 5 others", 6),
        ("can I come in on friday with my sister?", 2),
        ("just me", 1),
        ("only for myself", 1),
        ("لشخصين", 2),
        ("طاولة لاربعة", 4),
        ("حق ٣ اشخاص", 3),
        ("احنا خمسة", 5),
        ("انا واختي", 2),
        ("ابي لي ولبنتي قص شعر", 2),
        ("انا وامي واختي", 3),
        ("بروحي", 1),
    ],
)
def test_people_are_counted(said: str, people: int) -> None:
    assert _people(said) == people


@pytest.mark.parametrize(
    "said",
    [
        "book for two",
        "tomorrow at 4",
        "we will be 5 minutes late",
        "we're 10 min away",
        "is there a table for tomorrow?",
        "2 more people",
        "with my sister's stylist",
        "me and my friends",
        "the second person",
        "for 4:30",
        "a manicure and a pedicure",
        "between 3 and 5",
        "one moment",
        "my daughter loved it",
        "الساعة ٤",
        "ابي موعد",
    ],
)
def test_nobody_is_counted(said: str) -> None:
    assert _people(said) is None


def test_people_are_no_clock() -> None:
    heard = hear("gel manicure for 2 people tomorrow at 4")
    assert heard.party is not None
    assert heard.party.people == 2
    assert times(heard) == ["04:00?"]
    assert services(heard) == ["gel manicure"]


def test_where_it_stands() -> None:
    said = "Hi! A table for  two, please"
    fact = hear(said).party
    assert fact is not None
    assert said[fact.span.start : fact.span.end] == "table for  two"


@given(st.text(alphabet="for me and my 2 two sister people of us ,انا واختي لشخصين", max_size=60))
def test_any_text_has_an_answer(said: str) -> None:
    fact = hear(said).party
    if fact is not None:
        assert 0 <= fact.span.start < fact.span.end <= len(said)
        assert fact.people >= 1
