"""The laws of the talk, over anything that may happen and from every kind of state (tests/laws/lawful.py).

`make laws-long` runs the machine for ten minutes (LAWS_MINUTES) with new examples each time.
"""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.machine import Talks

_HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def test_no_talk_breaks_a_law() -> None:
    run_state_machine_as_test(
        Talks,
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=_HEALTH,
        ),
    )


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_no_talk_breaks_a_law_for_long() -> None:
    deadline = time.monotonic() + 60 * float(os.environ.get("LAWS_MINUTES", "10"))
    rounds = 0
    while time.monotonic() < deadline:
        run_state_machine_as_test(
            Talks,
            settings=settings(
                max_examples=200,
                stateful_step_count=40,
                deadline=None,
                derandomize=False,
                database=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=_HEALTH,
            ),
        )
        rounds += 1
    assert rounds, "the time was over before anything ran"
