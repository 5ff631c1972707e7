"""What every booking system must answer, in values of our own.

Adapters take these values and return these values; they know neither our server nor our
database. Ids named `external_id` are the provider's own, as text. Money is integer minor units
(12.500 KWD = 12500). Instants are aware UTC datetimes. Names are per language: {"en": .., "ar": ..}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

Names = Mapping[str, str]
OWN_ORDER_PREFIX = "OC-"
"""Begins the own calendar's order numbers, which are ours: a customer's is the confirmation code."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter can and can't do, said aloud. docs/providers.md is made from it."""

    cancel_order: bool = False
    change_order: bool = False
    """An order can be moved to other times and people, and stays the same order."""
    lookup_order: bool = False
    """Can find an order by our own reference after an answer got lost."""
    idempotent_order: bool = False
    payment_links: bool = False
    free_frames: bool = True


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One opening interval of a weekday (0 = Monday), local wall time of the location."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class ExceptionalDay:
    """A local calendar day whose opening intervals are others than its weekday's; none: closed."""

    day: date
    spans: tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class LocationRecord:
    external_id: str
    names: Names
    address: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    hours: tuple[OpeningHours, ...] = ()
    exceptions: tuple[ExceptionalDay, ...] = ()
    """Where the system knows of any. By day, each once."""


@dataclass(frozen=True, slots=True)
class GroupRecord:
    external_id: str
    names: Names
    parent_external_id: str | None = None


@dataclass(frozen=True, slots=True)
class SizeRecord:
    external_id: str
    names: Names
    price_minor: int


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    external_id: str
    names: Names
    minutes: int
    price_minor: int
    location_external_ids: tuple[str, ...]
    group_external_id: str | None = None
    description: str = ""
    """Plain text; HTML and entities already stripped."""
    sizes: tuple[SizeRecord, ...] = ()
    booking_type: str = "SERVICE_BOOKING"
    """What the booking policy decides by (bot/policy.py)."""


@dataclass(frozen=True, slots=True)
class StaffRecord:
    external_id: str
    names: Names
    location_external_id: str
    extra_minutes: int = 0
    """Added to every service this person performs."""
    service_external_ids: tuple[str, ...] | None = None
    """None: everything that the location offers."""
    resource: bool = False
    """Not a person but a bay, a table, a seat: booked like one, never asked for nor shown to customers."""


@dataclass(frozen=True, slots=True)
class PaymentTypeRecord:
    external_id: str
    code: str
    names: Names
    online: bool
    """True: the order carries a payment link; False: paid at the business."""


@dataclass(frozen=True, slots=True)
class CatalogRecord:
    """One whole pull of a catalog."""

    currency: str
    locations: tuple[LocationRecord, ...]
    groups: tuple[GroupRecord, ...]
    services: tuple[ServiceRecord, ...]
    staff: tuple[StaffRecord, ...]
    payment_types: tuple[PaymentTypeRecord, ...]
    notes: tuple[str, ...] = ()
    """What an operator should know of this pull (a list that came back empty and was replaced, ...)."""


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """One free time frame of one person at one location."""

    staff_external_id: str
    location_external_id: str
    external_id: str
    starts_at: datetime
    ends_at: datetime


class OrderLine(BaseModel):
    """One service of an order, frozen as it was summarised to the customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service_external_id: str
    service_name: str
    size_external_id: str | None = None
    size_name: str = ""
    staff_external_id: str
    staff_name: str = ""
    starts_at: datetime
    minutes: int
    """Whole length, the person's extra minutes included."""
    frame_external_ids: tuple[str, ...] = ()
    price_minor: int
    own_terms: bool = False
    """Its price and length are an operator's edit: what the source says of them doesn't count. Only ever so in
    a calendar of our own."""


class OrderRequest(BaseModel):
    """An order as the customer confirmed it. It is stored before the call and never changes after."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str
    """Our booking id; sent along where the provider has a field for it."""
    location_external_id: str
    customer_name: str
    customer_phone: str
    """E.164."""
    customer_email: str = ""
    payment_type_external_id: str
    currency: str
    lines: tuple[OrderLine, ...]
    notes: str = ""
    """Answers to the business's own form fields (vehicle, pet, party size), one per line."""

    @property
    def total_minor(self) -> int:
        return sum(line.price_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class OrderCheck:
    """The provider's word, just before ordering, on whether the order can still be placed as it stands."""

    available: bool
    prices_minor: tuple[int, ...]
    """Today's price of each line, in the order's own order of lines."""
    reason: str = ""
    fresh_frames: tuple[FrameRecord, ...] = ()
    """Free frames seen while checking (that day, that location): newer than the synced ones."""


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order_id: str
    customer_id: str = ""
    payment_url: str | None = None
    pay_until: datetime | None = None


class PaymentState(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    state: PaymentState
    paid_at: datetime | None = None
    amount_minor: int | None = None
    method: str = ""
    reference: str = ""
    pay_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """One connection of a workspace to a booking system, secrets already decrypted."""

    provider: str
    dialect: str
    base_url: str
    timezone: str
    currency: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    settings: Mapping[str, object] = field(default_factory=dict)


@runtime_checkable
class BookingProvider(Protocol):
    """A booking system. Every method raises `CallFailure` (providers/outcome.py) and nothing else for
    what goes wrong outside. Reads may retry inside (tenacity, bounded); `place_order`, `change_order` and
    `cancel_order` never do. `now` is passed where "today" or an expiry matters.
    """

    name: str
    capabilities: Capabilities

    async def pull_catalog(self, *, today: date) -> CatalogRecord: ...

    async def pull_frames(self, *, catalog: CatalogRecord, days: Sequence[date]) -> list[FrameRecord]: ...

    async def check_order(self, order: OrderRequest) -> OrderCheck: ...

    async def place_order(self, order: OrderRequest) -> OrderPlaced: ...

    async def find_order(self, order: OrderRequest) -> OrderPlaced | None:
        """The order that carries our reference and stands as `order` says, after an answer got lost. Reads only.

        For a lost `place_order` and for a lost `change_order` alike (`order` is what was asked for: an order
        that still stands at its former times is None). None proves nothing before the call's own time limit
        and the provider's delay have passed. Raises NotSupported where `capabilities.lookup_order` says so,
        and `CallFailure` with OPERATOR for an order of which only a part stands so.
        """
        ...

    async def check_change(self, order_id: str, order: OrderRequest) -> OrderCheck:
        """As `check_order`, for an order that is placed and shall be moved: the time that it takes itself, by
        the provider's records, counts as free. Reads only. Raises NotSupported where
        `capabilities.change_order` is False.
        """
        ...

    async def change_order(self, order_id: str, order: OrderRequest) -> OrderPlaced:
        """Moves a placed order: afterwards it stands as `order` says, which is the whole of it.

        `order` has the placed order's reference and its lines, one for one and in the same order (the same
        services and sizes); `starts_at`, `minutes`, the person and the frames may be others. All or nothing,
        as far as it can be proved. The answer's `order_id` replaces the former one (most often it is the
        same), its `payment_url` is None where the link stays as it is. Whoever calls has taken the new time
        in our own tables and asked `check_change`; nothing is sent twice.

        Raises `SlotTaken`: refused, the order stands as before. `CallFailure`: PERMANENT `order_gone` if the
        booking system has no such order (any more), PERMANENT `other_lines` for lines that don't match it;
        RETRY or OPERATOR: it stands as before; UNKNOWN: it may stand either way, `find_order(order)` tells
        where `capabilities.lookup_order`. NotSupported where `capabilities.change_order` is False.
        """
        ...

    async def cancel_order(self, order_id: str, *, reason: str) -> None:
        """Cancels a placed order as a whole; one that is gone already counts as cancelled.

        `reason` is for the business, without the customer's own words; dropped where there is no field for it. Raises
        NotSupported where `capabilities.cancel_order` is False or the account can't; `CallFailure` RETRY or
        OPERATOR: it still stands (or all of it that does can be cancelled by the same call); UNKNOWN: nobody
        can say, a person looks.
        """
        ...

    async def payment_status(self, order_id: str, *, now: datetime) -> PaymentStatus: ...

    async def ping(self) -> None:
        """One cheap authenticated read, for `frontdesk doctor`."""
        ...
