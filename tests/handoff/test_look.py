"""The hand-off page in a business's colors: what can't be read isn't served."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.theme import MIN_CONTRAST, Theme, contrast, readable_on
from bot.web.handoff import look
from seeds.template_file import shipped_templates

colors = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@given(colors, st.sampled_from(["#ffffff", "#1c2227", "#808080"]))
def test_a_link_can_be_read_on_its_paper(color, ground):
    assert contrast(readable_on(ground, color), ground) >= MIN_CONTRAST


def test_a_color_that_can_be_read_stays_as_it_is():
    assert readable_on("#ffffff", "#1f4b99") == "#1f4b99"


@pytest.mark.parametrize("key", sorted(shipped_templates()))
def test_every_template_has_its_colors(key):
    theme = shipped_templates()[key].settings.theme
    css = look.stylesheet(look.address_of(theme).removeprefix("/h/theme/").removesuffix(".css"))
    assert css is not None
    assert f"--accent: {theme.color.lower()}; --accent-ink: {theme.text_color.lower()}" in css


@pytest.mark.parametrize(
    "given",
    ["ffffff-ffff00", "fff-000", "", "000000-ffffff;}", "000000-ffffff-1", "../../etc", "00000g-ffffff"],
)
def test_what_is_no_readable_pair_is_no_stylesheet(given):
    assert look.stylesheet(given) is None


def test_the_papers_are_those_of_the_page():
    text = (Path(look.__file__).parent / "static" / "handoff.css").read_text(encoding="utf-8")
    assert re.findall(r"--paper: (#[0-9a-f]+)", text) == ["#fff", "#1c2227"]
    assert Theme().color in text, "the default where no theme is"
