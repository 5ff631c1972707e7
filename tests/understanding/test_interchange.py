"""The benchmark's lines: turns in, predictions out, through the command that people run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.understanding.interchange import Turn, context_of, inventory_of, prediction_of
from bot.understanding.understand import understand
from workers.cli import app

NAMES = {
    "location": ["Harbour", "Old Town"],
    "venue": ["Blue Door Kitchen"],
    "service": ["Oil Change", "Tyres", "Kitchen"],
    "staff": ["Dr. Reem Odeh", "Omar Saleh"],
}


def _turn(utterance: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "one",
        "utterance": utterance,
        "lang": "en",
        "reference_time": "2026-11-18T10:00:00",
        "timezone": "Asia/Kuwait",
        "date_order": "DMY",
        "system": None,
        "asked_slot": None,
        "catalog": NAMES,
        "catalog_aliases": {"service": {"Tyres": ["wheels"]}},
        **more,
    }


def _run(*lines: object, explain: bool = False) -> list[str]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = CliRunner().invoke(app, ["understand", *(["--explain"] if explain else [])], input=text)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def _slots(utterance: str, **more: Any) -> dict[str, list[str]]:
    told: dict[str, list[str]] = json.loads(_run(_turn(utterance, **more))[0])["slots"]
    return told


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("new wheels, not the oil change", {"service": ["Tyres"]}),
        ("an oil change in Harbour", {"service": ["Oil Change"], "location": ["Harbour"]}),
        ("new wheels please", {"service": ["Tyres"]}),
        ("with Dr Reem", {"staff": ["Dr. Reem Odeh"]}),
        ("at the blue door kitchen", {}),
        ("on 20 November at 15:30", {"date": ["2026-11-20"], "time": ["15:30"]}),
        ("my name is Huda Salem", {"name": ["Huda Salem"]}),
        ("call +965 5000 0012", {"phone": ["+96550000012"]}),
        ("it's huda@example.com", {"email": ["huda@example.com"]}),
        ("in the morning", {"part_of_day": ["morning"]}),
        ("between 14:00 and 16:00", {"time_range": ["14:00/16:00"]}),
    ],
)
def test_what_a_turn_says_becomes_slots(said: str, slots: dict[str, list[str]]) -> None:
    assert _slots(said) == slots


def test_a_venue_takes_its_words_but_is_no_place_of_ours() -> None:
    """ "Kitchen" is a service of the list; within the venue's name it isn't meant."""
    assert _slots("Blue Door Kitchen") == {}
    assert _slots("kitchen") == {"service": ["Kitchen"]}


def test_what_was_asked_counts() -> None:
    assert _slots("Omar Saleh") == {"staff": ["Omar Saleh"]}
    assert _slots("Omar Saleh", asked_slot="name", system="Your name?") == {"name": ["Omar Saleh"]}
    assert _slots("Omar Saleh", asked_slots=["name"], system="Your name?") == {"name": ["Omar Saleh"]}


@pytest.mark.parametrize(("said", "polarity"), [("sounds good", "yes"), ("no, not that", "no"), ("hm", None)])
def test_yes_and_no_answer_an_open_question(said: str, polarity: str | None) -> None:
    told = json.loads(_run(_turn(said, system="Shall I book it?"))[0])
    assert told["polarity"] == polarity


def test_intents_by_the_benchmarks_names() -> None:
    told = json.loads(_run(_turn("hello, please reschedule my appointment"))[0])
    assert told["intents"] == ["change", "greet"]


def test_every_line_has_its_answer_in_order() -> None:
    told = [json.loads(line) for line in _run(_turn("hi", id="a"), "", _turn("bye", id="b"))]
    assert [line["id"] for line in told] == ["a", "b"]
    assert all(line["error"] is None and line["latency_us"] > 0 for line in told)


@pytest.mark.parametrize(
    ("bad", "known_id"),
    [
        ("{", None),
        ("[]", None),
        ('"hi"', None),
        ('{"id": "x"}', "x"),
        ('{"id": 7, "utterance": "hi"}', "7"),
        (json.dumps(_turn("hi", timezone="Mars/Olympus", id="x")), "x"),
        (json.dumps(_turn("hi", reference_time="soon", id="x")), "x"),
        (json.dumps(_turn("hi", catalog={"staff": 3}, id="x")), "x"),
        ("[" * 100_000, None),
    ],
)
def test_a_bad_line_is_that_lines_error(bad: str, known_id: str | None) -> None:
    broken, good = map(json.loads, _run(bad, _turn("hello")))
    assert broken["id"] == known_id
    assert "line 1" in broken["error"]
    assert broken["slots"] == {}
    assert good["error"] is None
    assert good["intents"] == ["greet"]


def test_what_is_null_is_unknown() -> None:
    nothing = dict.fromkeys(
        ("lang", "reference_time", "timezone", "date_order", "region", "system", "asked_slot", "asked_slots"),
        None,
    )
    told = [
        json.loads(line)
        for line in _run(
            _turn("an oil change, I'm Huda", **nothing, catalog=None, catalog_aliases=None),
            _turn("an oil change", catalog={**NAMES, "staff": None}, catalog_aliases={"service": None}),
        )
    ]
    assert [line["error"] for line in told] == [None, None]
    assert [line["slots"] for line in told] == [{"name": ["Huda"]}, {"service": ["Oil Change"]}]


def test_explain_tells_rule_and_place() -> None:
    told = _run(_turn("Oil change tomorrow in Harbour", id="q"), "{", explain=True)
    assert told[0] == "q: Oil change tomorrow in Harbour"
    assert any(line.strip().startswith("service = Oil Change  [service_name 0-10,") for line in told)
    assert any("date = 2026-11-19" in line for line in told)
    assert "line 2" in told[-1]


@given(st.text(max_size=80), st.sampled_from(["name", "phone", "service", "date", "confirm", "people", None]))
def test_any_utterance_has_a_prediction(said: str, asked: str | None) -> None:
    turn = Turn.model_validate(_turn(said, asked_slot=asked, system="And?"))
    inventory = inventory_of(turn.catalog, turn.catalog_aliases)
    told = prediction_of(turn, understand(said, context_of(turn, inventory)), inventory)
    assert json.loads(json.dumps(told)) == told
    for kind in ("location", "staff", "service"):
        assert set(told["slots"].get(kind, ())) <= set(NAMES[kind])
