"""docs/handoff.md says what the pages declare and what the settings are."""

from __future__ import annotations

import re
from pathlib import Path

from bot.external_booking import ExternalBooking
from providers.handoff.contract import Prefill, Tracking
from providers.handoff.pages import PAGES, Page

DOC = (Path(__file__).parents[2] / "docs" / "handoff.md").read_text(encoding="utf-8")
PREFILL = Prefill(name="First Last", email="the e-mail", phone="the phone", notes="the notes")
TRACKING = Tracking(reference="the reference", medium="", parameter="its parameter")
FILLED = {"First Last", "First", "Last", PREFILL.email, PREFILL.phone, PREFILL.notes}


def table() -> str:
    """A row per page, read from what the page really puts into a link."""
    header = "| page | known by | prefilled | our reference is in | frame | webhook | completes by itself |"
    return "\n".join([header, "|---|---|---|---|---|---|---|", *map(_row, PAGES.values())])


def _row(page: Page) -> str:
    query = page.fill(PREFILL, TRACKING, dict.fromkeys(page.settings, "ID"))
    filled = [f"`{name}`" for name, value in query if value in FILLED]
    reference = next(name for name, value in query if value == TRACKING.reference)
    where = "`fd_ref`" if reference == TRACKING.parameter else f"`{reference}`"
    cells = (
        f"`{page.key}`",
        ", ".join(page.hosts) or "any other host",
        ", ".join(filled) or "nothing",
        where,
        _yes(page.frameable),
        "signed" if page.completions is not None else "none",
        _yes(page.completions is not None and page.carries_reference),
    )
    return f"| {' | '.join(cells)} |"


def _yes(what: bool) -> str:
    return "yes" if what else "no"


def test_the_published_table_is_what_the_pages_declare():
    assert table() in DOC


def test_every_setting_is_explained():
    section = DOC.split("## Settings of a business\n", 1)[1].split("\n## ", 1)[0]
    first_cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(first_cells))) == set(ExternalBooking.model_fields)
