"""Every template, as its customers and its operator see it: one run of `frontdesk qa`'s checks, a test per template."""

from __future__ import annotations

import pytest

from seeds.template_file import shipped_templates
from workers.qa.checks import Finding, Outcome
from workers.qa.handoff_report import handoff_report
from workers.qa.listed import CHECKS
from workers.qa.report import templates_report
from workers.qa.result import ONE_FOR_ALL, Run

pytestmark = [
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.timeout(400),
]

MUST_RUN = {
    "completed": {"dental-clinic", "law-firm", "real-estate"},
    "provider": {"nail-salon", "car-tint"},
    "safety": {"sober-living-men", "sober-living-women", "dental-clinic", "med-spa"},
}
"""Checks that are not for every template, and those for which they must not silently be left out."""


@pytest.mark.parametrize("key", list(shipped_templates()))
async def test_every_template(run: Run, key: str):
    found = [one for one in run.findings if one.template == key]
    assert failures(found) == []
    assert {one.check for one in found} == {check.key for check in CHECKS if not check.of_run}
    untried = [one.line for one in found if one.outcome is Outcome.UNTRIED and one.check != "after_hours"]
    assert untried == []
    for check, keys in MUST_RUN.items():
        if key in keys:
            assert run.outcome(key, check) is Outcome.PASS


async def test_what_is_of_all_of_them(run: Run):
    found = [one for one in run.findings if one.template == ONE_FOR_ALL]
    assert failures(found) == []
    assert {one.check for one in found} == {check.key for check in CHECKS if check.of_run}


async def test_the_reports_say_what_the_run_saw(run: Run):
    templates, handoffs = templates_report(run), handoff_report(run)
    for one in run.templates:
        assert f"| `{one.key}` |" in templates
        assert (f"| `{one.key}` |" in handoffs) == (one.external is not None)
        assert f"### `{one.key}`: workspace `{one.workspace_key}`" in templates, "a path by hand"
    for text in (templates, handoffs):
        assert "127.0.0.1" not in text
        assert "localhost" not in text
        assert "FAIL |" not in text


def failures(found: list[Finding]) -> list[str]:
    return [one.line for one in found if one.outcome is Outcome.FAIL]
