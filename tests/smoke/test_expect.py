"""What the checks believe by themselves, and the reports' fixed parts. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.smoke.test_checker import BROKEN
from workers.qa.checks import Untried
from workers.qa.expect import of_file
from workers.qa.guards import GUARDS
from workers.qa.listed import CHECKS
from workers.qa.report import cell
from workers.qa.result import Run
from workers.resources import now

ROOT = Path(__file__).resolve().parents[2]


def test_every_check_is_shown_something_wrong():
    assert set(BROKEN) == {check.key for check in CHECKS}


def test_the_policy_is_computed_by_the_file_alone():
    """The checker's own rules against a file that nobody shipped."""
    data: dict[str, Any] = {
        "template": {"key": "x", "title": "X", "booking_types": ["SERVICE_BOOKING", "TOUR", "PAID_SERVICE"]},
        "business": {
            "key": "x", "name": "X", "timezone": "UTC", "booking_mode": "external",
            "external": {"url": "https://x.example.com/a", "service_urls": {"own": "https://y.example.com/b"}},
        },
        "calendar": {
            "locations": [{"hours": {"every_day": "09:00-17:00", "sunday": "closed", "friday": "20:00-02:00"}}],
            "services": [
                {"key": "plain", "name": "Plain"},
                {"key": "look", "name": "Look", "booking_type": "TOUR"},
                {"key": "own", "name": "Own", "booking_type": "PAID_SERVICE"},
            ],
        },
    }  # fmt: skip
    found = of_file(data)
    assert [(one.handling, one.url) for one in found.offers] == [
        ("external", "https://x.example.com/a"),
        ("internal", ""),
        ("external", "https://y.example.com/b"),
    ]
    data["business"]["booking_mode"] = "internal"
    assert {one.handling for one in of_file(data).offers} == {"internal"}
    week = found.week
    assert week is not None
    assert sorted(week) == [0, 1, 2, 3, 4, 5]
    assert week[4] == [(1200, 1560)]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda one: one.failure[:40])
def test_a_guards_test_is_there(guard: Any):
    path, _, name = guard.test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_an_untried_check_and_a_lost_one_are_no_pass():
    by_key = {check.key: check for check in CHECKS}
    run = Run(templates=(), started=now(), version="")
    assert cell(run, "barber", by_key["external"]) == "FAIL (never ended)"
    assert str(Untried("x")) == "x"
