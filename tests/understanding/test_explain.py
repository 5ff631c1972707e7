"""Every fact names its rule and its words."""

from __future__ import annotations

from uuid import UUID

from bot.understanding.explain import explain
from tests.understanding.salon import hear, label


def _told(said: str, **more: object) -> list[tuple[str, str, str]]:
    """Kind, value with catalog labels, and the words it was read from."""
    return [
        (reason.fact, _named(reason.value), said[reason.span.start : reason.span.end])
        for reason in explain(hear(said, **more))  # type: ignore[arg-type]
    ]


def _named(value: str) -> str:
    try:
        return label(UUID(value))
    except ValueError:
        return value


def test_a_full_line() -> None:
    assert _told("Hi, gel manicure with Lina tomorrow at 2pm, I'm Huda Salem") == [
        ("intent", "greeting", "Hi"),
        ("service", "gel manicure", "gel manicure"),
        ("person", "lina", "Lina"),
        ("day", "2026-11-22", "tomorrow"),
        ("time", "14:00", "at 2pm"),
        ("name", "Huda Salem", "Huda Salem"),
    ]


def test_answers_changes_and_removals() -> None:
    told = _told("yes but without the pedicure", yes_no=True)
    assert ("answer", "yes", "yes") in told
    assert ("intent", "remove", "without") in told
    assert any(kind == "service taken out" for kind, _, _ in told)


def test_a_crisis_a_need_and_a_party() -> None:
    assert ("safety", "crisis", "want to die") in _told("I want to die")
    assert any(kind == "need" for kind, _, _ in _told("something for dry hair"))
    assert any(kind == "party" for kind, _, _ in _told("haircut for two people"))


def test_arabic_spans_point_into_the_original() -> None:
    told = _told("أبغى مناكير جل بُكرا")
    assert ("service", "gel manicure", "مناكير جل") in told
    assert ("day", "2026-11-22", "بُكرا") in told


def test_every_fact_has_a_rule() -> None:
    for reason in explain(hear("cancel my gel manicure on Friday, call me at 50000012 or sara@example.com")):
        assert reason.span.rule
        assert reason.span.start < reason.span.end
        assert 0 < reason.span.confidence <= 1


def test_nothing_said_nothing_told() -> None:
    assert explain(hear("")) == ()
