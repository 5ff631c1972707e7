"""docs/own-calendar.md explains every field that a file can have."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.own_calendar import settings
from seeds import business_file

DOC = (Path(__file__).parents[3] / "docs" / "own-calendar.md").read_text(encoding="utf-8")
MODELS = [
    settings.CalendarSettings,
    settings.Place,
    settings.Group,
    settings.Offer,
    settings.Person,
    settings.Resource,
    settings.Payment,
    business_file.Bot,
    business_file.Channel,
    business_file.BookingMirror,
    business_file.BusinessFile,
]


@pytest.mark.parametrize("model", MODELS)
def test_every_field_is_named(model):
    missing = [name for name in model.model_fields if f"`{name}`" not in DOC]
    assert not missing


def test_what_exceptions_and_sizes_are_made_of():
    for model in (settings.PersonException, settings.Size):
        assert [name for name in model.model_fields if name not in DOC] == []
