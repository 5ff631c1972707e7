"""The goals on the language benchmark, by its own command: NLU_BENCH=folder pytest -m slow tests/understanding.

The benchmark lies outside the project; it is told where by NLU_BENCH. Accuracy only: no test fails by the clock.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.understanding import GOALS, INVENTED_GOAL, Measured, document, measure

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif("NLU_BENCH" not in os.environ, reason="NLU_BENCH doesn't name the benchmark's folder"),
]


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(Path(os.environ["NLU_BENCH"]))


@pytest.mark.parametrize("slot", GOALS)
def test_a_slot_reaches_its_goal(measured: Measured, slot: str) -> None:
    assert measured.f1(slot) >= GOALS[slot]


def test_nearly_nothing_is_invented(measured: Measured) -> None:
    assert measured.invented() <= INVENTED_GOAL


def test_every_turn_is_answered(measured: Measured) -> None:
    assert (measured.by_source["crashes"], measured.by_source["missing"]) == (0, 0)
    assert "| all |" in document(measured, "today")
