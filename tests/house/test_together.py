"""Tests that belong together run on one worker."""

from __future__ import annotations

import pytest

from tests.rules.source import ROOT
from tests.together import TOGETHER, group_of


def test_folders_are_groups_and_the_rest_is_free():
    assert group_of("tests/smoke/test_templates.py::test_every_template[gym]") == "tests/smoke/"
    assert group_of("tests/faults/test_failpoints.py::test_x[a@b]") == "tests/faults/test_failpoints.py"
    assert group_of("tests/faults/test_monkey.py::test_y") == "tests/faults/"
    assert group_of("tests/db/test_plans.py::test_z[a]") == "tests/db/test_plans.py::test_z[a]"


def test_every_group_exists():
    assert [name for name in TOGETHER if not (ROOT / name).exists()] == []


def test_it_is_what_distributes_the_tests(pytestconfig: pytest.Config):
    """In a worker of `make test` as well as without workers."""
    made = pytestconfig.hook.pytest_xdist_make_scheduler
    found = [one.plugin for one in made.get_hookimpls()]
    assert any(getattr(plugin, "__name__", "") == "tests.conftest" for plugin in found), found
