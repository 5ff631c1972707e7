"""From an account's settings to a checked calendar and back."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from providers.contract import ProviderAccount
from providers.own_calendar.checks import problems
from providers.own_calendar.settings import CalendarSettings

SETTING = "calendar"
"""The key in `ProviderAccount.settings`; keys of others beside it are ignored."""


def read_settings(account: ProviderAccount) -> tuple[CalendarSettings, ZoneInfo]:
    """The checked settings. Raises ValueError in an operator's words."""
    try:
        zone = ZoneInfo(account.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"Own calendar: unknown time zone {account.timezone!r}") from error
    if SETTING not in account.settings:
        raise ValueError("Own calendar: nothing was imported yet (frontdesk import-business)")
    try:
        settings = CalendarSettings.model_validate(account.settings[SETTING])
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join((SETTING, *(str(part) for part in first["loc"])))
        raise ValueError(f"Own calendar: setting {where}: {first['msg']}") from None
    for where, what in problems(settings, account.currency):
        raise ValueError(f"Own calendar: setting {SETTING}.{where}: {what}")
    return settings, zone


def account_settings(settings: CalendarSettings) -> dict[str, object]:
    """What to store; `read_settings` reads it back."""
    return {SETTING: settings.model_dump(mode="json")}
