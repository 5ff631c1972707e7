"""Needs instead of names: what is a need, what isn't, and what it leaves to the rest."""

from __future__ import annotations

import pytest

from bot.understanding.contract import DayFact
from tests.understanding.salon import hear, label, services


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("dry hair", "dry hair"),
        ("I have dry hair", "dry hair"),
        ("my hair is so dry and damaged", "dry damaged hair"),
        ("something for dry hair", "dry hair"),
        ("what do you have for dry hair?", "dry hair"),
        ("oily scalp", "oily scalp"),
        ("do you have anything for an oily scalp", "oily scalp"),
        ("something for my nails", "nails"),
        ("brittle nails", "brittle nails"),
        ("anything for cracked heels?", "cracked heels"),
        ("I need something for split ends", "split ends"),
        ("a massage for sore shoulders", "tense shoulders"),
        ("I have dandruff", "dandruff"),
        ("feeling stressed", "relaxing"),
        ("anything for a wedding?", "wedding"),
        ("شعر جاف", "dry hair"),
        ("شعري جاف وايد", "dry hair"),
        ("عندكم شي للشعر الجاف", "dry hair"),
        ("ابي شي حق اظافري", "nails"),
        ("فروة الراس دهنية", "oily scalp"),
        ("بشرة دهنية", "oily skin"),
    ],
)
def test_a_need(said: str, phrase: str) -> None:
    found = hear(said)
    assert found.need is not None
    assert found.need.phrase == phrase
    assert found.services == ()
    assert found.unknown_service is None


@pytest.mark.parametrize(
    "said",
    [
        "blow dry",
        "blow dry my hair",
        "wash and dry my hair",
        "short hair",
        "my hair",
        "something for tomorrow",
        "anything for me and my mom",
        "do you have anything for friday",
        "what do you have for 5pm",
        "anything for 2 people?",
        "go back",
        "I need help looking for a therapist",
        "hydrating mask for dry hair",
        "haircut for long hair",
    ],
)
def test_no_need(said: str) -> None:
    assert hear(said).need is None


def test_dry_hair_is_no_blow_dry() -> None:
    found = hear("I want a treatment for dry hair")
    assert found.services == ()
    assert found.need is not None
    assert [label(one) for one in found.need.among] == []
    assert "blow dry" in [label(one) for one in found.need.near]


def test_a_named_service_beside_a_need_stays() -> None:
    found = hear("gel manicure and something for dry hair tomorrow")
    assert services(found) == ["gel manicure"]
    assert found.need is not None
    assert isinstance(found.days[0], DayFact)


def test_a_need_narrows_what_was_named() -> None:
    found = hear("a massage for sore shoulders")
    assert found.need is not None
    assert [label(one) for one in found.need.among] == ["massage 60", "massage 90"]


def test_the_span_is_the_customers_words() -> None:
    said = "Hi! Something for DRY   hair, please"
    found = hear(said)
    assert found.need is not None
    assert found.need.value == "DRY   hair"
    assert said[found.need.span.start : found.need.span.end] == "Something for DRY   hair"
