"""The catalog as operators look at it: what is free per day, what is no longer offered. Talks use catalog.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from db.tx import Tx

# As FREE_FRAMES of catalog.py: an item of a booking lasts less than two days.
FREE_BY_DAY = """
SELECT (s.starts_at AT TIME ZONE $3)::date AS day, s.location_id, s.staff_id, count(*) AS free
FROM slots s
JOIN staff p ON p.workspace_id = s.workspace_id AND p.id = s.staff_id AND p.retired_at IS NULL
WHERE s.workspace_id = current_workspace() AND s.starts_at >= $1 AND s.starts_at < $2
  AND NOT EXISTS (
    SELECT FROM booking_items b JOIN bookings k ON k.workspace_id = b.workspace_id AND k.id = b.booking_id
    WHERE b.workspace_id = s.workspace_id AND b.staff_id = s.staff_id AND b.active
      AND b.starts_at >= $1 - interval '2 days' AND b.starts_at < $2 + interval '2 days'
      AND b.starts_at < s.ends_at AND b.ends_at > s.starts_at
      AND NOT (k.status = 'held' AND k.hold_until <= now()))
GROUP BY 1, 2, 3
"""
RETIRED = """
SELECT kind, names, retired_at FROM (
  SELECT 'locations' AS kind, names, retired_at FROM locations
  WHERE workspace_id = current_workspace() AND retired_at IS NOT NULL
  UNION ALL
  SELECT 'groups', names, retired_at FROM service_groups
  WHERE workspace_id = current_workspace() AND retired_at IS NOT NULL
  UNION ALL
  SELECT 'services', names, retired_at FROM services
  WHERE workspace_id = current_workspace() AND retired_at IS NOT NULL
  UNION ALL
  SELECT 'staff', names, retired_at FROM staff
  WHERE workspace_id = current_workspace() AND retired_at IS NOT NULL
) AS gone ORDER BY retired_at DESC, kind, names::text LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class FreeDay:
    """How many free times somebody has on a day of the workspace's zone."""

    day: date
    location_id: UUID
    staff_id: UUID
    free: int


@dataclass(frozen=True, slots=True)
class Retired:
    """Offered once. kind: as sync.plan counts them."""

    kind: str
    names: dict[str, Any]
    retired_at: datetime


async def free_by_day(tx: Tx, *, starts_at: datetime, ends_at: datetime, zone: str) -> Sequence[FreeDay]:
    """Of times that begin in the span, without those that a booking or a hold of ours takes. In no order."""
    return [FreeDay(**dict(row)) for row in await tx.fetch(FREE_BY_DAY, starts_at, ends_at, zone)]


async def retired(tx: Tx, *, limit: int) -> Sequence[Retired]:
    """The last ones first."""
    return [Retired(**dict(row)) for row in await tx.fetch(RETIRED, limit)]
