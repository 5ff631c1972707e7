"""Rows of the synced catalog as a sync compares them: by the provider's ids, without ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

JsonNames: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class LocationRow:
    external_id: str
    names: JsonNames
    address: str
    phone: str
    latitude: float | None
    longitude: float | None
    hours: list[dict[str, Any]]
    """[{"weekday": 0, "opens": "10:00:00", "closes": "21:00:00"}], Monday = 0, wall time of the location."""
    position: int
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    """[{"day": "2026-12-24", "spans": [["09:00:00", "22:00:00"]]}]: instead of that weekday's hours; none: closed."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    external_id: str
    names: JsonNames
    position: int


@dataclass(frozen=True, slots=True)
class ServiceRow:
    external_id: str
    names: JsonNames
    description: str
    minutes: int
    price_minor: int
    group_external_id: str | None
    location_external_ids: list[str]
    """Sorted."""
    position: int
    booking_type: str = "SERVICE_BOOKING"


@dataclass(frozen=True, slots=True)
class SizeRow:
    service_external_id: str
    external_id: str
    names: JsonNames
    price_minor: int
    position: int


@dataclass(frozen=True, slots=True)
class StaffRow:
    external_id: str
    location_external_id: str
    names: JsonNames
    extra_minutes: int
    service_external_ids: list[str]
    """Sorted."""
    position: int
    resource: bool = False
    """A bay, a table: not a person."""


@dataclass(frozen=True, slots=True)
class PaymentTypeRow:
    external_id: str
    code: str
    names: JsonNames
    online: bool
    position: int


PairKey: TypeAlias = tuple[str, str]
"""Sizes are known by (service, size), staff by (person, location): providers number them so."""
R = TypeVar("R")
SyncedRow: TypeAlias = LocationRow | GroupRow | ServiceRow | SizeRow | StaffRow | PaymentTypeRow


@dataclass(frozen=True, slots=True)
class Stored(Generic[R]):
    row: R
    retired: bool


@dataclass(frozen=True, slots=True)
class StoredCatalog:
    """Everything that was ever synced, by key."""

    locations: Mapping[str, Stored[LocationRow]]
    groups: Mapping[str, Stored[GroupRow]]
    services: Mapping[str, Stored[ServiceRow]]
    sizes: Mapping[PairKey, Stored[SizeRow]]
    staff: Mapping[PairKey, Stored[StaffRow]]
    payment_types: Mapping[str, Stored[PaymentTypeRow]]
