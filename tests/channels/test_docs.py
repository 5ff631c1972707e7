"""docs/channels.md says what the adapters do."""

from __future__ import annotations

from pathlib import Path

from bot.channels import matrix
from bot.flows.optout import TABLE
from bot.messages import Surface

DOCS = (Path(__file__).parents[2] / "docs" / "channels.md").read_text(encoding="utf-8")


def test_the_published_matrix_is_the_adapters_own():
    assert matrix.capabilities() in DOCS


def test_the_published_error_table_is_the_adapters_own():
    assert matrix.errors() in DOCS


def words() -> str:
    """The table of STOP and its kin: words that do the same everywhere share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for word in dict.fromkeys(word for table in TABLE.values() for word in table):
        does = tuple(str(TABLE[surface].get(word, "nothing of its own")) for surface in Surface)
        rows.setdefault(does, []).append(word.upper())
    head = ["| the whole message is | " + " | ".join(Surface) + " |", "|---" * (len(Surface) + 1) + "|"]
    return "\n".join([*head, *(f"| {', '.join(said)} | {' | '.join(does)} |" for does, said in rows.items())])


def test_the_published_table_of_words_is_the_flows_own():
    assert words() in DOCS
