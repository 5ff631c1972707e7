"""What ShopMonkey answers, as pydantic models that forgive absent and unknown fields and nothing else.

Only ids, and what a row is useless without, are required. A field of another type than it was is schema
drift and fails with the field's name. Contact data of a customer comes flat or nested, and is read both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field


def _text(value: object) -> object:
    return "" if value is None else value


def _list(value: object) -> object:
    return () if value is None else value


def _zero(value: object) -> object:
    return 0 if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
Id = Annotated[str, Field(min_length=1, max_length=200)]
Hours = Annotated[Decimal, BeforeValidator(_zero), Field(ge=0)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Meta(Wire):
    total: int | None = None
    hasMore: bool | None = None  # noqa: N815


class Envelope(Wire):
    """Around every answer. `success` false has come with HTTP 200."""

    success: bool
    code: Annotated[Text, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)] = ""
    message: Text = ""
    meta: Meta | None = None


class Row(Wire):
    """An entity: known by its id, and how new this sight of it is."""

    id: Id
    updatedDate: Text = ""  # noqa: N815
    deleted: bool = False


class Location(Row):
    name: Text
    address1: Text = ""
    city: Text = ""
    state: Text = ""
    phoneNumber: Text = ""  # noqa: N815
    timezone: Text = ""

    @property
    def address(self) -> str:
        return ", ".join(part for part in (self.address1, self.city, self.state) if part)


class Label(Wire):
    id: Id
    name: Text = ""


class Labour(Wire):
    hours: Hours = Decimal(0)


class CannedService(Row):
    """`labors` is the list as seen; whether every answer embeds it is unconfirmed (settings: service_minutes)."""

    name: Text
    description: Text = ""
    pricing: Text = ""
    fixedPriceCents: int | None = None  # noqa: N815
    totalCents: int | None = None  # noqa: N815
    bookable: bool = False
    labels: Annotated[tuple[Label, ...], BeforeValidator(_list)] = ()
    labors: Annotated[tuple[Labour, ...], BeforeValidator(_list)] = ()

    @property
    def price_minor(self) -> int | None:
        """Cents, or None if this service has no price of its own (priced by its lines)."""
        price = self.fixedPriceCents if self.fixedPriceCents is not None else self.totalCents
        if self.pricing == "LineItem":
            price = self.totalCents
        return price if price is not None and price >= 0 else None

    @property
    def labour_minutes(self) -> int:
        return int(sum((one.hours for one in self.labors), Decimal(0)) * 60)


class User(Row):
    firstName: Text = ""  # noqa: N815
    lastName: Text = ""  # noqa: N815
    active: bool = True

    @property
    def name(self) -> str:
        return f"{self.firstName} {self.lastName}".strip()


class Appointment(Row):
    """Without its dates it is one that has no time (yet): it takes nobody's."""

    startDate: AwareDatetime | None = None  # noqa: N815
    endDate: AwareDatetime | None = None  # noqa: N815
    name: Text = ""
    note: Text = ""
    technicianId: Text = ""  # noqa: N815
    locationId: Text = ""  # noqa: N815
    customerId: Text = ""  # noqa: N815
    vehicleId: Text = ""  # noqa: N815
    orderId: Text = ""  # noqa: N815
    color: Text = ""

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """From when to when (UTC), or None: it takes no time."""
        if self.startDate is None or self.endDate is None or self.endDate <= self.startDate:
            return None
        return self.startDate.astimezone(UTC), self.endDate.astimezone(UTC)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        span = self.span
        return span is not None and span[0] < end and start < span[1]


class PhoneNumber(Wire):
    number: Text = ""


class EmailAddress(Wire):
    email: Text = ""


class Customer(Row):
    phone: Text = ""
    phoneNumber: Text = ""  # noqa: N815
    phoneNumbers: Annotated[tuple[PhoneNumber, ...], BeforeValidator(_list)] = ()  # noqa: N815
    email: Text = ""
    emails: Annotated[tuple[EmailAddress, ...], BeforeValidator(_list)] = ()

    @property
    def numbers(self) -> Sequence[str]:
        return [self.phone, self.phoneNumber, *(one.number for one in self.phoneNumbers)]

    @property
    def addresses(self) -> Sequence[str]:
        return [self.email, *(one.email for one in self.emails)]


class Created(Wire):
    id: Id
