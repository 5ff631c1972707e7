"""When customers are not disturbed by messages that we begin. Answers always go out: who writes at night is awake.

Pure: a moment, the setting and zones in; how long to wait out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone as number_zones
from pydantic import BaseModel, ConfigDict, model_validator

_MOST_ZONES = 4
"""A number that fits more zones (a mobile number of the USA, a toll-free one) says nothing of where somebody is."""


class QuietHours(BaseModel):
    """From when to when, by the wall clock; over midnight if it ends earlier than it begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    begins: time = time(21)
    ends: time = time(8)
    zone: Literal["customer", "business"] = "customer"
    """customer: by the customer's number where it names a zone, else by the business's."""

    @model_validator(mode="after")
    def _some_hour_is_left(self) -> QuietHours:
        if self.begins == self.ends:
            raise ValueError("begins and ends at the same time: switch it off with enabled, or choose hours")
        if self.begins.tzinfo is not None or self.ends.tzinfo is not None:
            raise ValueError("wall clock times such as 21:00, without a zone")
        return self


def zones_of(quiet: QuietHours, phone: str | None, business: ZoneInfo) -> tuple[ZoneInfo, ...]:
    """Where it must not be night. phone: E.164; None: the channel gives none."""
    if quiet.zone == "business" or not phone:
        return (business,)
    try:
        number = phonenumbers.parse(phone)
        names = number_zones.time_zones_for_number(number)
        zones = tuple(ZoneInfo(name) for name in names if name != number_zones.UNKNOWN_TIMEZONE)
    except (phonenumbers.NumberParseException, ZoneInfoNotFoundError):
        return (business,)
    return zones if 0 < len(zones) <= _MOST_ZONES else (business,)


def seconds_to_wait(quiet: QuietHours, now: datetime, zones: Sequence[ZoneInfo]) -> float:
    """0: it may go out now; else the seconds until nowhere of these it is quiet any more. `now`: aware."""
    moment = now
    for _ in range(len(zones) * 2):
        ends = [end for zone in zones if (end := _quiet_until(quiet, moment, zone)) is not None]
        if not ends:
            break
        moment = max(ends)
    return (moment - now).total_seconds()


def _quiet_until(quiet: QuietHours, moment: datetime, zone: ZoneInfo) -> datetime | None:
    if not quiet.enabled:
        return None
    local = moment.astimezone(zone)
    wall = local.time()
    over_midnight = quiet.ends < quiet.begins
    inside = wall >= quiet.begins or wall < quiet.ends if over_midnight else quiet.begins <= wall < quiet.ends
    if not inside:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and wall >= quiet.begins else local.date()
    return datetime.combine(day, quiet.ends, tzinfo=zone)
