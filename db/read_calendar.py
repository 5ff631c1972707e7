"""A business's booked time, by the people who have it: what its day and week look like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.tx import Tx

# By the bookings' start, which their index holds; no visit is longer than two days.
BOOKED = """
SELECT b.id AS booking_id, b.status, b.needs_operator, b.customer_name, b.confirmation_code, b.location_id,
       b.replaces_booking_id IS NOT NULL AND b.status = 'pending_provider' AS moving_here,
       i.position, i.staff_id, i.staff_name, i.starts_at, i.ends_at,
       i.service_name || CASE WHEN i.size_name = '' THEN '' ELSE ' (' || i.size_name || ')' END AS service
FROM bookings b
JOIN booking_items i ON i.workspace_id = b.workspace_id AND i.booking_id = b.id
WHERE b.workspace_id = current_workspace()
  AND b.status IN ('held', 'pending_provider', 'confirmed', 'completed', 'no_show')
  AND b.starts_at > $1::timestamptz - interval '2 days' AND b.starts_at < $2
  AND i.starts_at < $2 AND i.ends_at > $1
  AND ($3::uuid IS NULL OR b.location_id = $3)
  AND (b.status <> 'held' OR b.hold_until > now())
ORDER BY i.starts_at, b.id, i.position
LIMIT $4
"""
PEOPLE = """
SELECT s.id, s.names || coalesce(e.names, '{}') AS names, s.location_id, s.resource FROM staff s
JOIN locations l ON l.workspace_id = s.workspace_id AND l.id = s.location_id
LEFT JOIN staff_edits e ON e.workspace_id = s.workspace_id AND e.staff_id = s.id
WHERE s.workspace_id = current_workspace() AND ($1::uuid IS NULL OR s.location_id = $1)
  AND ((s.retired_at IS NULL AND l.retired_at IS NULL) OR s.id = ANY ($2))
ORDER BY l.position, s.resource, s.position, s.id
"""
PLACES = """
SELECT l.id, l.names || coalesce(e.names, '{}') AS names, l.hours, l.exceptions FROM locations l
LEFT JOIN location_edits e ON e.workspace_id = l.workspace_id AND e.location_id = l.id
WHERE l.workspace_id = current_workspace() AND l.retired_at IS NULL ORDER BY l.position, l.id
"""

MOST = 3000
"""Lines of one page: a week of a large business has fewer."""


@dataclass(frozen=True, slots=True)
class BookedRow:
    """A service of a booking, in somebody's time. moving_here: the time is kept while its booking moves to it."""

    booking_id: UUID
    status: str
    needs_operator: bool
    customer_name: str
    confirmation_code: str
    location_id: UUID
    moving_here: bool
    position: int
    staff_id: UUID
    staff_name: str
    starts_at: datetime
    ends_at: datetime
    service: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """names: by language. resource: a bay or a table."""

    id: UUID
    names: dict[str, str]
    location_id: UUID
    resource: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """hours, exceptions: as the catalog has them (local wall times)."""

    id: UUID
    names: dict[str, str]
    hours: list[dict[str, Any]]
    exceptions: list[dict[str, Any]]


async def booked(
    tx: Tx, starts_at: datetime, ends_at: datetime, *, location_id: UUID | None = None
) -> list[BookedRow]:
    """What touches the half-open span, by start; what was cancelled takes nobody's time."""
    return [BookedRow(**dict(row)) for row in await tx.fetch(BOOKED, starts_at, ends_at, location_id, MOST)]


async def people(tx: Tx, *, location_id: UUID | None = None, also: list[UUID]) -> list[PersonRow]:
    """Who can be booked now, in the catalog's order. also: those who left, and have something booked."""
    return [PersonRow(**dict(row)) for row in await tx.fetch(PEOPLE, location_id, also)]


async def places(tx: Tx) -> list[PlaceRow]:
    return [PlaceRow(**dict(row)) for row in await tx.fetch(PLACES)]
