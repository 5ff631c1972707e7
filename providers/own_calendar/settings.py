"""What a business tells about itself, as it stands in its account's settings under `calendar`. Checked in two steps:
each field here, what must hold between fields in checks.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from providers.own_calendar.spans import DAY, Span, overlapping, read_span

Day = date
"""`date` under a name that a field called date doesn't hide."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED = ("closed", "off", "none")
MAX_UNITS = 200

_STRICT = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _names(value: object) -> object:
    """A plain name is the English one."""
    return {"en": value} if isinstance(value, str) else value


def _named(names: dict[str, str]) -> dict[str, str]:
    if not names or not all(name.strip() for name in names.values()):
        raise ValueError("a name is missing")
    return {language: name.strip() for language, name in names.items()}


def _spans(value: object) -> tuple[Span, ...]:
    """'09:00-17:00', a list of such, 'closed', or what YAML makes of a bare off: False."""
    if value is None or value is False or (isinstance(value, str) and value.strip().lower() in CLOSED):
        return ()
    items = value if isinstance(value, list | tuple) else [value]
    found = []
    for item in items:
        if isinstance(item, Span):
            found.append(item)
        elif isinstance(item, str):
            found.append(read_span(item))
        else:
            raise ValueError(f"{item!r} is not a time span such as 09:00-17:30")  # noqa: TRY004 - pydantic's way
    if (twice := overlapping(found)) is not None:
        raise ValueError(f"{twice[0]} and {twice[1]} overlap")
    return tuple(sorted(found))


def _amount(value: object) -> object:
    """YAML reads 12.5 as a float; what was written is its shortest text."""
    return repr(value) if isinstance(value, float) else value


Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Names = Annotated[dict[str, str], BeforeValidator(_names), AfterValidator(_named)]
Spans = Annotated[
    tuple[Span, ...],
    BeforeValidator(_spans),
    PlainSerializer(lambda spans: [str(span) for span in spans], return_type=list[str]),
]
Price = Annotated[Decimal, BeforeValidator(_amount), Field(ge=0, lt=10**9, allow_inf_nan=False)]
"""In the currency's main unit: 35, 12.500."""
Minutes = Annotated[int, Field(ge=0, le=DAY)]
BookingType = Literal[
    "SERVICE_BOOKING",
    "APPOINTMENT",
    "RESERVATION",
    "PAID_SERVICE",
    "PHONE_CALL",
    "TOUR",
    "CONSULTATION",
    "DISCOVERY_CALL",
    "INFO_CALL",
    "CALLBACK",
    "ESTIMATE",
]
"""The first four are finished where the business says; the others are always booked in this calendar."""


class Week(BaseModel):
    """Wall-clock spans per weekday; `every_day` stands for the weekdays that aren't named."""

    model_config = _STRICT

    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()

    @model_validator(mode="before")
    @classmethod
    def _every_day(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "every_day" not in value:
            return value
        named = {key: spans for key, spans in value.items() if key != "every_day"}
        return dict.fromkeys(WEEKDAYS, value["every_day"]) | named

    @model_validator(mode="after")
    def _nights(self) -> Week:
        """A night that runs into the next day must end before that day begins."""
        for number, name in enumerate(WEEKDAYS):
            late = [Span(0, span.end - DAY) for span in self.on(number) if span.end > DAY]
            if overlapping([*late, *self.on((number + 1) % 7)]) is not None:
                raise ValueError(f"{name}'s night runs into the hours of {WEEKDAYS[(number + 1) % 7]}")
        return self

    def on(self, weekday: int) -> tuple[Span, ...]:
        """0 = Monday."""
        spans: tuple[Span, ...] = getattr(self, WEEKDAYS[weekday])
        return spans

    @property
    def empty(self) -> bool:
        return not any(self.on(weekday) for weekday in range(7))


class Exceptional(BaseModel):
    """One day (or the days up to and with `until`) whose hours are others than the week's: `closed` or spans."""

    model_config = _STRICT

    date: Day
    until: Day | None = None
    hours: Spans
    note: str = ""

    @model_validator(mode="after")
    def _order(self) -> Exceptional:
        if self.until is not None and self.until < self.date:
            raise ValueError("until lies before date")
        return self

    @property
    def last(self) -> Day:
        return self.until or self.date

    def covers(self, day: Day) -> bool:
        return self.date <= day <= self.last

    def meets(self, other: Exceptional) -> bool:
        return self.date <= other.last and other.date <= self.last


class Place(BaseModel):
    """A location. `breaks` also count on exceptional days."""

    model_config = _STRICT

    key: Key
    name: Names
    address: str = ""
    phone: str = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    hours: Week
    breaks: Week = Week()
    exceptions: tuple[Exceptional, ...] = ()


class Group(BaseModel):
    model_config = _STRICT

    key: Key
    name: Names


class Size(BaseModel):
    model_config = _STRICT

    key: Key
    name: Names
    price: Price


class Offer(BaseModel):
    """A service. `locations` None: everywhere."""

    model_config = _STRICT

    key: Key
    name: Names
    minutes: Annotated[int, Field(ge=1, le=DAY)]
    price: Price
    group: str | None = None
    locations: tuple[str, ...] | None = None
    description: str = ""
    sizes: tuple[Size, ...] = ()
    buffer_before_minutes: Minutes = 0
    buffer_after_minutes: Minutes = 0
    booking_type: BookingType = "SERVICE_BOOKING"


def _performs(value: object) -> object:
    if value == "all" or isinstance(value, list | tuple):
        return value
    raise ValueError("write all, or a list of services' keys")


Performs = Annotated[Literal["all"] | tuple[str, ...], BeforeValidator(_performs)]


class PersonException(Exceptional):
    """`location` says where other hours than the roster's are worked; not needed for a day off."""

    location: str | None = None


class Person(BaseModel):
    """Somebody who serves customers; `roster` has a week per location."""

    model_config = _STRICT

    key: Key
    name: Names
    services: Performs
    roster: dict[str, Week]
    breaks: Week = Week()
    exceptions: tuple[PersonException, ...] = ()
    extra_minutes: Annotated[int, Field(ge=0, le=600)] = 0


class Resource(BaseModel):
    """`count` interchangeable places (tables, bays, seats of a tour), each booked like a person."""

    model_config = _STRICT

    key: Key
    name: Names
    location: str
    count: Annotated[int, Field(ge=1, le=MAX_UNITS)]
    services: Performs
    hours: Week | None = None
    """None: whenever the location is open."""


class Payment(BaseModel):
    """A way to pay; money is never taken here."""

    model_config = _STRICT

    key: Key
    name: Names
    online: bool = False
    """Paid with a payment link after the booking (docs/payments.md), not at the business."""


AT_THE_BUSINESS = Payment(key="at-business", name={"en": "Pay at the business", "ar": "الدفع في المكان"})


class CalendarSettings(BaseModel):
    """Everything the own calendar goes by. Wall times are the business's."""

    model_config = _STRICT

    step_minutes: Literal[5, 10, 15, 30] = 30
    """Times are offered on this grid, counted from the full hour."""
    locations: tuple[Place, ...]
    groups: tuple[Group, ...] = ()
    services: tuple[Offer, ...]
    staff: tuple[Person, ...] = ()
    resources: tuple[Resource, ...] = ()
    payment_types: tuple[Payment, ...] = (AT_THE_BUSINESS,)
