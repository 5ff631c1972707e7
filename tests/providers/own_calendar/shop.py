"""A small barber shop as its settings tell it, and the adapter over them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from providers.contract import ProviderAccount
from providers.own_calendar import OwnCalendarProvider
from providers.registry import create_provider

CALENDAR: dict[str, Any] = {
    "step_minutes": 15,
    "locations": [
        {
            "key": "main",
            "name": {"en": "Main Street", "ar": "الشارع الرئيسي"},
            "hours": {"every_day": "09:00-18:00", "sunday": "closed"},
            "breaks": {"friday": "12:00-13:00"},
            "exceptions": [
                {"date": "2026-11-26", "hours": "closed", "note": "Thanksgiving"},
                {"date": "2026-12-24", "until": "2026-12-25", "hours": "09:00-12:00"},
            ],
        },
        {"key": "night", "name": "Night Bar", "hours": {"friday": "20:00-02:00", "saturday": "20:00-02:00"}},
    ],
    "groups": [{"key": "cuts", "name": "Cuts"}],
    "services": [
        {"key": "haircut", "name": "Haircut", "minutes": 30, "price": "35.00", "group": "cuts",
         "locations": ["main"]},
        {"key": "color", "name": "Color", "minutes": 60, "price": 90, "locations": ["main"],
         "buffer_after_minutes": 15,
         "sizes": [{"key": "short", "name": "Short hair", "price": 80},
                   {"key": "long", "name": "Long hair", "price": 110.5}]},
        {"key": "table", "name": "Table for two", "minutes": 90, "price": 0, "locations": ["night"]},
    ],
    "staff": [
        {"key": "luis", "name": "Luis", "services": ["haircut", "color"], "extra_minutes": 0,
         "roster": {"main": {"every_day": "08:00-16:00"}}, "breaks": {"every_day": "12:00-12:30"},
         "exceptions": [{"date": "2026-12-01", "hours": "off"}]},
        {"key": "amy", "name": "Amy", "services": ["haircut"], "extra_minutes": 15,
         "roster": {"main": {"tuesday": "10:00-20:00", "friday": "10:00-14:00"}}},
    ],
    "resources": [
        {"key": "table", "name": "Table", "location": "night", "count": 3, "services": ["table"]},
    ],
}  # fmt: skip


def calendar(**changes: Any) -> dict[str, Any]:
    """The shop's settings, top-level fields replaced."""
    return deepcopy(CALENDAR) | changes


def account(settings: dict[str, Any] | None = None, **changes: Any) -> ProviderAccount:
    fields: dict[str, Any] = {
        "provider": "own_calendar",
        "dialect": "",
        "base_url": "",
        "timezone": "America/New_York",
        "currency": "USD",
        "settings": {"calendar": calendar() if settings is None else settings},
    }
    return ProviderAccount(**(fields | changes))


def provider(settings: dict[str, Any] | None = None, **changes: Any) -> OwnCalendarProvider:
    made = create_provider(account(settings, **changes), None)  # type: ignore[arg-type]
    assert isinstance(made, OwnCalendarProvider)
    return made
