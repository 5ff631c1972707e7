"""docs/providers.md says what the code declares."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from providers.nailit import DIALECTS
from providers.nailit.settings import NailItSettings
from providers.registry import PROVIDERS
from providers.shopmonkey.settings import ShopMonkeySettings
from tests.providers.nailit_answers import provider
from tests.providers.own_calendar.shop import provider as own_calendar
from tests.providers.shopmonkey.shop import provider as shopmonkey

DOC = Path(__file__).parents[2] / "docs" / "providers.md"


def table_after(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, header row first."""
    section = DOC.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = section[section.index("\n|") + 1 :].split("\n\n", 1)[0]
    rows = [line.strip("|").split("|") for line in table.splitlines()]
    return [[cell.strip().strip("`") for cell in row] for row in rows if not set("".join(row)) <= set("-: ")]


def test_the_capability_matrix_is_what_the_adapters_declare(http):
    header, *rows = table_after("What each can do")
    said = {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}
    declared = {
        f"nailit {dialect}": {
            name: "yes" if able else "no"
            for name, able in asdict(provider(http, dialect).capabilities).items()
        }
        for dialect in DIALECTS
    }
    declared["own_calendar"] = {
        name: "yes" if able else "no" for name, able in asdict(own_calendar().capabilities).items()
    }
    declared["shopmonkey"] = {
        name: "yes" if able else "no" for name, able in asdict(shopmonkey(http).capabilities).items()
    }
    assert said == declared
    assert {row.split()[0] for row in said} == set(PROVIDERS)


@pytest.mark.parametrize(
    ("heading", "settings"), [("Nail It", NailItSettings), ("ShopMonkey", ShopMonkeySettings)]
)
def test_every_setting_is_explained(heading, settings):
    rows = table_after(heading)
    assert {row[0] for row in rows[1:]} == set(settings.model_fields)


def test_every_disposition_of_a_failed_call_is_in_the_table():
    names = {row[0] for row in table_after("What a failed call means")[1:]}
    assert {re.split(r"\W", name)[0] for name in names} >= {"refused", "timeout", "429", "401", "HTML"}
