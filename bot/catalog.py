"""A workspace's catalog as the conversation sees it: frozen, in memory, pure. Filled by bot/catalog_view.py.

Ids are our own (UUID). Names are per language with English as the fallback; aliases are lower-case
further spellings. Prices are minor units of `Catalog.currency`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Protocol
from uuid import UUID


def localized(names: Mapping[str, str], language: str) -> str:
    """The name in the asked language, else English, else any."""
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


@dataclass(frozen=True, slots=True)
class Hours:
    """One opening interval: weekday 0 = Monday, local wall time."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Location:
    id: UUID
    external_id: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    address: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    hours: tuple[Hours, ...] = ()
    exceptions: Mapping[date, tuple[tuple[time, time], ...]] = field(default_factory=dict)
    """Days whose hours are others than their weekday's; none: closed."""

    def hours_on(self, day: date) -> tuple[tuple[time, time], ...]:
        """Opening intervals of a local day, by opening. Nothing: closed, or nobody entered any hours."""
        exceptional = self.exceptions.get(day)
        if exceptional is not None:
            return exceptional
        return tuple(sorted((one.opens, one.closes) for one in self.hours if one.weekday == day.weekday()))


@dataclass(frozen=True, slots=True)
class Size:
    id: UUID
    external_id: str
    names: Mapping[str, str]
    price_minor: int


@dataclass(frozen=True, slots=True)
class Service:
    id: UUID
    external_id: str
    names: Mapping[str, str]
    minutes: int
    price_minor: int
    location_ids: frozenset[UUID]
    group_id: UUID | None = None
    aliases: tuple[str, ...] = ()
    description: str = ""
    sizes: tuple[Size, ...] = ()
    own_terms: bool = False
    """An operator's edit decides on its prices or minutes, not what was synced."""
    booking_type: str = "SERVICE_BOOKING"
    """What the booking policy decides by: some kinds are always booked here (bot/policy.py)."""


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    id: UUID
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Staff:
    id: UUID
    external_id: str
    names: Mapping[str, str]
    location_id: UUID
    service_ids: frozenset[UUID]
    aliases: tuple[str, ...] = ()
    extra_minutes: int = 0
    """On top of every service this person performs."""
    resource: bool = False
    """Not a person but a bay, a table, a seat: any will do, and customers never hear which."""


@dataclass(frozen=True, slots=True)
class PaymentType:
    id: UUID
    external_id: str
    code: str
    names: Mapping[str, str]
    online: bool


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that can be booked. Built once per version and shared by all turns of a process."""

    workspace_id: UUID
    version: int
    currency: str
    locations: Mapping[UUID, Location] = field(default_factory=dict)
    groups: Mapping[UUID, ServiceGroup] = field(default_factory=dict)
    services: Mapping[UUID, Service] = field(default_factory=dict)
    staff: Mapping[UUID, Staff] = field(default_factory=dict)
    payment_types: tuple[PaymentType, ...] = ()

    def services_at(self, location_id: UUID | None) -> tuple[Service, ...]:
        """Services offered at a location (None: anywhere), in the catalog's order."""
        return tuple(
            s for s in self.services.values() if location_id is None or location_id in s.location_ids
        )

    def staff_for(self, service_id: UUID, location_id: UUID) -> tuple[Staff, ...]:
        """People who perform a service at a location."""
        return tuple(
            p for p in self.staff.values() if p.location_id == location_id and service_id in p.service_ids
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """One free time frame of a person: nobody's booking of ours lies in it, as far as the tables know. UTC."""

    staff_id: UUID
    location_id: UUID
    starts_at: datetime
    ends_at: datetime
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class FrameQuery:
    """Free frames of everybody at a location between two instants (UTC, half-open)."""

    location_id: UUID
    starts_at: datetime
    ends_at: datetime
    ignoring: UUID | None = None
    """A booking of ours whose time counts as free, because it is to be moved."""


class NeedFrames(Exception):
    """Raised by a FrameSource that was not filled for a query yet.

    The turn reads the tables and runs the pure step again; flows never see it.
    """

    def __init__(self, query: FrameQuery) -> None:
        super().__init__(repr(query))
        self.query = query


class FrameSource(Protocol):
    """Where flows read free frames. Pure for the flow: either the answer is there or NeedFrames is raised."""

    @property
    def stale(self) -> bool:
        """What was read is older than it may be, and the booking system could not be asked anew in time."""
        ...

    def free(self, query: FrameQuery) -> Sequence[Frame]: ...


@dataclass(slots=True)
class LoadedFrames:
    """The frames a turn has read so far."""

    answers: dict[FrameQuery, tuple[Frame, ...]] = field(default_factory=dict)
    stale: bool = False
    refreshed: bool = False
    """They were pulled anew for this very turn: nothing fresher is to be had."""

    def free(self, query: FrameQuery) -> Sequence[Frame]:
        try:
            return self.answers[query]
        except KeyError:
            raise NeedFrames(query) from None


@dataclass(frozen=True, slots=True)
class NeedQuery:
    """Services that help with something ("dry hair"): a phrase of every group must stand in name or description."""

    groups: tuple[tuple[str, ...], ...]
    """(("dry", "moisture"), ("hair",)): what may stand for each part of the need."""
    phrase: str
    """The need in its plainest words: services that say just that come first."""
    without: tuple[str, ...] = ()
    """Names that hold such a phrase are meant otherwise ("blow dry")."""
    location_id: UUID | None = None


class NeedServices(Exception):
    """Raised by a NeedSource that was not filled for a query yet; handled as NeedFrames is."""

    def __init__(self, query: NeedQuery) -> None:
        super().__init__(repr(query))
        self.query = query


class NeedSource(Protocol):
    """Where flows look for services by need: either the answer is there or NeedServices is raised."""

    def find(self, query: NeedQuery) -> Sequence[UUID]: ...


@dataclass(slots=True)
class LoadedNeeds:
    """The services by need that a turn has read so far, best first."""

    answers: dict[NeedQuery, tuple[UUID, ...]] = field(default_factory=dict)

    def find(self, query: NeedQuery) -> Sequence[UUID]:
        try:
            return self.answers[query]
        except KeyError:
            raise NeedServices(query) from None
