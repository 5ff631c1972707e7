"""What an operator can set on a ShopMonkey account, beside base URL, time zone and currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from providers.contract import OpeningHours, ProviderAccount

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _wall_time(value: object) -> object:
    """'24:00' is the end of the day, which Python's time can't say."""
    return time.max if value == "24:00" else value


WallTime = Annotated[time, BeforeValidator(_wall_time)]


def _spans(value: tuple[tuple[time, time], ...]) -> tuple[tuple[time, time], ...]:
    """In order, none empty, none into the next (a break is the gap between two)."""
    if any(one.tzinfo for span in value for one in span):
        raise ValueError("hours are the shop's own wall time, without a zone")
    ends = [one for span in sorted(value) for one in span]
    if any(first >= second for first, second in zip(ends[::2], ends[1::2], strict=True)):
        raise ValueError("each interval must end after it begins (24:00 is the day's end)")
    if any(first > second for first, second in zip(ends[1::2], ends[2::2], strict=False)):
        raise ValueError("intervals of a day must not overlap")
    return tuple(sorted(value))


Spans = Annotated[tuple[tuple[WallTime, WallTime], ...], AfterValidator(_spans)]
Week = Mapping[Weekday, Spans]


class Technician(BaseModel):
    """A user of the shop whose time is offered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    location_id: str = ""
    """Needed where the shop has several locations."""


def _technician(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


class ShopMonkeySettings(BaseModel):
    """`ProviderAccount.settings`. Keys of others (the console keeps some of its own) are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    hours: Week = Field(min_length=1)
    """Opening intervals per weekday; a day that isn't named is closed."""
    location_hours: Mapping[str, Week] = Field(default_factory=dict)
    """A location's own week, in place of `hours`."""
    location_zones: Mapping[str, str] = Field(default_factory=dict)
    """A location's own time zone, in place of the business's."""
    technicians: tuple[Annotated[Technician, BeforeValidator(_technician)], ...] = ()
    """Whose time is offered. None: the shop's bays are offered instead."""
    bays: int = Field(default=1, ge=1, le=50)
    """Cars that can be worked on at once per location. Used without `technicians`."""
    location_bays: Mapping[str, Annotated[int, Field(ge=1, le=50)]] = Field(default_factory=dict)
    frame_minutes: Literal[15, 20, 30, 60] = 30
    default_minutes: int = Field(default=60, ge=1, le=1440)
    """Length of a service that has no labour hours."""
    service_minutes: Mapping[str, Annotated[int, Field(ge=1, le=1440)]] = Field(default_factory=dict)
    """A service's length by its id, in place of its labour hours."""
    color: str = Field(default="blue", pattern=r"^[a-z]{2,20}$")
    """Of our appointments in the shop's calendar; the API requires one."""
    payment_names: Mapping[str, str] = Field(
        default_factory=lambda: {"en": "Pay at the shop", "ar": "الدفع في الورشة"}, min_length=1
    )
    call_timeout_seconds: float = Field(default=8.0, gt=0, le=60)
    read_attempts: int = Field(default=3, ge=1, le=5)
    read_first_wait_seconds: float = Field(default=0.2, gt=0, le=5)
    read_longest_wait_seconds: float = Field(default=60.0, ge=0, le=120)
    """The longest Retry-After that a sync waits for; the limit is counted over 60 seconds."""
    quiet_sweeps: int = Field(default=2, ge=1, le=10)
    """A list is believed when so many sweeps in a row brought nothing new."""
    most_sweeps: int = Field(default=12, ge=2, le=50)
    heed_totals: bool = True
    """A list is not believed before as many rows are there as the answer's own total says."""

    def week(self, location: str) -> tuple[OpeningHours, ...]:
        """A location's opening intervals, Monday first."""
        week = self.location_hours.get(location, self.hours)
        return tuple(
            OpeningHours(number, opens, closes)
            for number, name in enumerate(WEEKDAYS)
            for opens, closes in week.get(name, ())
        )

    def bays_at(self, location: str) -> int:
        return self.location_bays.get(location, self.bays)

    def zone(self, location: str, default: ZoneInfo) -> ZoneInfo:
        name = self.location_zones.get(location)
        return ZoneInfo(name) if name else default

    def minutes(self, service: str, labour_minutes: int) -> int:
        """A service's length: the operator's word, else its labour, else the default."""
        return self.service_minutes.get(service) or labour_minutes or self.default_minutes


def read_settings(account: ProviderAccount) -> tuple[ShopMonkeySettings, ZoneInfo]:
    """The checked settings. Raises ValueError in an operator's words, without values."""
    if account.dialect:
        raise ValueError("ShopMonkey: there is one dialect only; leave it empty")
    if not account.base_url.startswith(("http://", "https://")):
        raise ValueError("ShopMonkey: the base URL must begin with http:// or https://")
    key = account.secrets.get("api_key", "")
    if not key.strip() or not key.isascii() or not key.isprintable():
        raise ValueError("ShopMonkey: the secret 'api_key' is missing or isn't a header value")
    zone = _zone(account.timezone)
    try:
        settings = ShopMonkeySettings.model_validate(dict(account.settings))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"ShopMonkey: setting {where}: {first['msg']}") from None
    for name in settings.location_zones.values():
        _zone(name)
    _distinct(settings.technicians)
    return settings, zone


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"ShopMonkey: unknown time zone {name!r}") from error


def _distinct(technicians: Sequence[Technician]) -> None:
    if len({one.id for one in technicians}) != len(technicians):
        raise ValueError("ShopMonkey: setting technicians: somebody is named twice")
