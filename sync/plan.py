"""What a sync would create, change and retire, and whether that can be true. Pure: values in, a plan out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from db.catalog_rows import (
    GroupRow,
    LocationRow,
    PairKey,
    PaymentTypeRow,
    ServiceRow,
    SizeRow,
    StaffRow,
    Stored,
    StoredCatalog,
)
from providers.contract import CatalogRecord
from sync.desired import DesiredCatalog, desired_rows

K = TypeVar("K")
R = TypeVar("R")


NAMES_KEPT = 20


class PlanRefused(Exception):
    """The pull can't be the whole truth; nothing of it is written. The message is for an operator.

    planned: what it would have done, as `described` says; None: no plan could be made.
    """

    def __init__(self, message: str, planned: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.planned = planned


@dataclass(frozen=True, slots=True)
class Changes(Generic[K, R]):
    """One table's share of a plan."""

    created: tuple[R, ...]
    changed: tuple[R, ...]
    revived: tuple[R, ...]
    """Retired once and offered again."""
    retired: tuple[K, ...]

    @property
    def written(self) -> tuple[R, ...]:
        """Rows to insert or to overwrite."""
        return (*self.created, *self.changed, *self.revived)

    @property
    def empty(self) -> bool:
        return not (self.written or self.retired)

    def counts(self) -> dict[str, int]:
        return {
            "created": len(self.created),
            "changed": len(self.changed),
            "revived": len(self.revived),
            "retired": len(self.retired),
        }


@dataclass(frozen=True, slots=True)
class CatalogPlan:
    locations: Changes[str, LocationRow]
    groups: Changes[str, GroupRow]
    services: Changes[str, ServiceRow]
    sizes: Changes[PairKey, SizeRow]
    staff: Changes[PairKey, StaffRow]
    payment_types: Changes[str, PaymentTypeRow]
    notes: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Nothing to write."""
        return not any(count for table in self.counts().values() for count in table.values())

    def counts(self) -> dict[str, dict[str, int]]:
        """Per table, how many rows are created, changed, revived and retired."""
        return {
            "locations": self.locations.counts(),
            "groups": self.groups.counts(),
            "services": self.services.counts(),
            "sizes": self.sizes.counts(),
            "staff": self.staff.counts(),
            "payment_types": self.payment_types.counts(),
        }


def make_plan(
    record: CatalogRecord,
    stored: StoredCatalog,
    *,
    currency: str,
    service_drop_limit: float,
    forced: bool = False,
) -> CatalogPlan:
    """What to write so that the tables say what was pulled.

    service_drop_limit: largest share (0 to 1) of the services on offer that one sync may retire.
    Raises PlanRefused, for an empty or much shrunk catalog or a vanished location only unless `forced`.
    """
    if record.currency != currency:
        raise PlanRefused(f"The prices are in {record.currency}, the business's currency is {currency}.")
    desired = desired_rows(record)
    plan = CatalogPlan(
        locations=_compare(desired.locations, stored.locations),
        groups=_compare(desired.groups, stored.groups),
        services=_compare(desired.services, stored.services),
        sizes=_compare(desired.sizes, stored.sizes),
        staff=_compare(desired.staff, stored.staff),
        payment_types=_compare(desired.payment_types, stored.payment_types),
        notes=desired.notes,
    )
    if not forced and (refusal := _refusal(desired, stored, plan, service_drop_limit)):
        raise PlanRefused(refusal, described(plan, stored))
    return plan


def described(plan: CatalogPlan, stored: StoredCatalog) -> dict[str, Any]:
    """What a plan would do, for an operator who has to decide: counts per kind, and of what it would retire the
    first names (in every language) of each kind.
    """
    kinds: dict[str, tuple[Any, Mapping[Any, Stored[Any]]]] = {
        "locations": (plan.locations, stored.locations),
        "groups": (plan.groups, stored.groups),
        "services": (plan.services, stored.services),
        "sizes": (plan.sizes, stored.sizes),
        "staff": (plan.staff, stored.staff),
        "payment_types": (plan.payment_types, stored.payment_types),
    }
    return {
        "counts": plan.counts(),
        "retired": {
            kind: [row.names for row in _in_order(changes.retired, kept)[:NAMES_KEPT]]
            for kind, (changes, kept) in kinds.items()
            if changes.retired
        },
    }


def _compare(desired: Mapping[K, R], stored: Mapping[K, Stored[R]]) -> Changes[K, R]:
    created, changed, revived = [], [], []
    for key, row in desired.items():
        kept = stored.get(key)
        if kept is None:
            created.append(row)
        elif kept.retired:
            revived.append(row)
        elif kept.row != row:
            changed.append(row)
    retired = [key for key, kept in stored.items() if not kept.retired and key not in desired]
    return Changes(tuple(created), tuple(changed), tuple(revived), tuple(retired))


def _in_order(keys: Sequence[Any], kept: Mapping[Any, Stored[Any]]) -> list[Any]:
    """As the booking system lists them."""
    return sorted((kept[key].row for key in keys), key=lambda row: row.position)


def _name(row: LocationRow) -> str:
    """For an operator."""
    return row.names.get("en") or next(iter(row.names.values()), row.external_id)


def _refusal(
    desired: DesiredCatalog, stored: StoredCatalog, plan: CatalogPlan, service_drop_limit: float
) -> str | None:
    """A provider's half answer looks just like a business that closed down: a person must tell them apart."""
    missing = [
        name
        for name, rows in (
            ("locations", desired.locations),
            ("services", desired.services),
            ("staff", desired.staff),
        )
        if not rows
    ]
    if missing:
        return (
            f"The booking system's answer has no {', no '.join(missing)}. Nothing was changed; "
            "if that is right, repeat the sync with --force."
        )
    vanished = [_name(stored.locations[key].row) for key in plan.locations.retired]
    if vanished:
        return (
            f"{', '.join(vanished)}: missing from the booking system's locations. Nothing was changed; if it "
            "closed for good, repeat the sync with --force."
        )
    offered = sum(not kept.retired for kept in stored.services.values())
    gone = len(plan.services.retired)
    if offered and gone / offered > service_drop_limit:
        return (
            f"{gone} of {offered} services are missing from the booking system's answer, more than the "
            f"limit of {service_drop_limit:.0%}. Nothing was changed; if that is right, repeat the sync "
            "with --force."
        )
    return None
