"""The flows' questions, answered from tables: the catalog (cached per version) and free time frames."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from datetime import date, time
from typing import Any, TypeVar
from uuid import UUID

from bot.catalog import (
    Catalog,
    Frame,
    FrameQuery,
    Hours,
    Location,
    PaymentType,
    Service,
    ServiceGroup,
    Size,
    Staff,
)
from bot.catalog_edits import minutes_in_force, price_in_force, terms_are_ours
from db import catalog as tables
from db.slots import frames_fresh
from db.tx import Pool, Tx, tx

CACHED_WORKSPACES = 64

Row = Mapping[str, Any]
R = TypeVar("R", Location, ServiceGroup, Service, Staff)


class CatalogMissing(LookupError):
    """There is no such workspace."""


async def load_catalog(connection: Tx, workspace_id: UUID) -> Catalog:
    """Everything that can be booked now; what was retired is left out.

    `connection`: a transaction of this workspace. Raises CatalogMissing.
    """
    found = await tables.load_catalog(connection)
    if found is None:
        raise CatalogMissing(f"workspace {workspace_id}")
    return _catalog(found, workspace_id)


async def load_frames(
    connection: Tx, query: FrameQuery, *, conversation_id: UUID | None = None
) -> tuple[Frame, ...]:
    """Free frames that begin in the query's half-open span, by start; see db.catalog.free_frames."""
    rows = await tables.free_frames(
        connection,
        location_id=query.location_id,
        starts_at=query.starts_at,
        ends_at=query.ends_at,
        conversation_id=conversation_id,
        ignoring=query.ignoring,
    )
    return tuple(
        Frame(
            staff_id=staff_id,
            location_id=query.location_id,
            starts_at=starts_at,
            ends_at=ends_at,
            external_id=external_id,
        )
        for staff_id, starts_at, ends_at, external_id in rows
    )


async def frames_are_fresh(connection: Tx, query: FrameQuery) -> bool:
    """See db.slots.frames_fresh."""
    return await frames_fresh(
        connection, location_id=query.location_id, starts_at=query.starts_at, ends_at=query.ends_at
    )


class CatalogCache:
    """The latest catalog of each of the last used workspaces, for one process."""

    def __init__(self, *, max_workspaces: int = CACHED_WORKSPACES) -> None:
        self._max = max_workspaces
        self._kept: OrderedDict[UUID, Catalog] = OrderedDict()

    async def get(self, pool: Pool, workspace_id: UUID, version: int) -> Catalog:
        """The catalog of this version, or a newer one if a sync has just committed. Raises CatalogMissing.

        `version` comes with the conversation's lease, so a stale catalog is never used.
        """
        kept = self._kept.get(workspace_id)
        if kept is None or kept.version != version:
            async with tx(pool, workspace_id) as connection:
                kept = await load_catalog(connection, workspace_id)
            self._kept[workspace_id] = kept
        self._kept.move_to_end(workspace_id)
        while len(self._kept) > self._max:
            self._kept.popitem(last=False)
        return kept


def _catalog(found: Row, workspace_id: UUID) -> Catalog:
    ours = terms_are_ours(found["provider"])
    sizes: dict[UUID, list[Size]] = {}
    repriced: set[UUID] = set()
    for row in found["sizes"]:
        edited = found["size_edits"].get(row["id"])
        price = price_in_force(row["price_minor"], edited, ours=ours)
        if ours and edited is not None:
            repriced.add(UUID(row["service_id"]))
        size = Size(UUID(row["id"]), row["external_id"], row["names"], price)
        sizes.setdefault(UUID(row["service_id"]), []).append(size)
    return Catalog(
        workspace_id=workspace_id,
        version=found["version"],
        currency=found["currency"],
        locations=_by_id(
            [_location(row, found["location_edits"].get(row["id"], {})) for row in found["locations"]]
        ),
        groups=_by_id([ServiceGroup(UUID(row["id"]), row["names"]) for row in found["groups"]]),
        services=_by_id(
            [
                _service(row, sizes, edit, repriced, ours=ours)
                for row in found["services"]
                if not (edit := found["service_edits"].get(row["id"], {})).get("hidden")
            ]
        ),
        staff=_by_id([_person(row, found["staff_edits"].get(row["id"], {})) for row in found["staff"]]),
        payment_types=tuple(
            PaymentType(UUID(row["id"]), row["external_id"], row["code"], row["names"], row["online"])
            for row in found["payment_types"]
        ),
    )


def _by_id(rows: list[R]) -> dict[UUID, R]:
    return {row.id: row for row in rows}


def _names(row: Row, edit: Row) -> dict[str, str]:
    """The source's, and over them the operator's (empty: there is none)."""
    return {**row["names"], **edit.get("names", {})}


def _aliases(row: Row, edit: Row) -> tuple[str, ...]:
    """The source's and the operator's."""
    return tuple(dict.fromkeys([*row["aliases"], *edit.get("aliases", ())]))


def _location(row: Row, edit: Row) -> Location:
    return Location(
        id=UUID(row["id"]),
        external_id=row["external_id"],
        names=_names(row, edit),
        aliases=_aliases(row, edit),
        address=row["address"],
        phone=row["phone"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        hours=tuple(
            Hours(entry["weekday"], time.fromisoformat(entry["opens"]), time.fromisoformat(entry["closes"]))
            for entry in row["hours"]
        ),
        exceptions={
            date.fromisoformat(entry["day"]): tuple(
                (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in entry["spans"]
            )
            for entry in row["exceptions"]
        },
    )


def _service(
    row: Row, sizes: Mapping[UUID, list[Size]], edit: Row, repriced: Collection[UUID], *, ours: bool
) -> Service:
    """The source's row under the operator's edit of it (empty: there is none)."""
    own = ours and (edit.get("minutes") is not None or edit.get("price_minor") is not None)
    return Service(
        id=UUID(row["id"]),
        external_id=row["external_id"],
        names=_names(row, edit),
        minutes=minutes_in_force(row["minutes"], edit.get("minutes"), ours=ours),
        price_minor=price_in_force(row["price_minor"], edit.get("price_minor"), ours=ours),
        location_ids=frozenset(UUID(one) for one in row["location_ids"]),
        group_id=UUID(row["group_id"]) if row["group_id"] else None,
        aliases=_aliases(row, edit),
        description=row["description"],
        sizes=tuple(sizes.get(UUID(row["id"]), ())),
        own_terms=own or UUID(row["id"]) in repriced,
        booking_type=row["booking_type"],
    )


def _person(row: Row, edit: Row) -> Staff:
    return Staff(
        id=UUID(row["id"]),
        external_id=row["external_id"],
        names=_names(row, edit),
        location_id=UUID(row["location_id"]),
        service_ids=frozenset(UUID(one) for one in row["service_ids"]),
        aliases=_aliases(row, edit),
        extra_minutes=row["extra_minutes"],
        resource=row["resource"],
    )
