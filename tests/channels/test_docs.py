"""docs/channels.md says what the adapters do."""

from __future__ import annotations

from pathlib import Path

from bot.channels import matrix

DOCS = (Path(__file__).parents[2] / "docs" / "channels.md").read_text(encoding="utf-8")


def test_the_published_matrix_is_the_adapters_own():
    assert matrix.capabilities() in DOCS


def test_the_published_error_table_is_the_adapters_own():
    assert matrix.errors() in DOCS
