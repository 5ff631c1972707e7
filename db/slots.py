"""Free time frames as a sync writes them: the smallest change that makes the table say what the provider said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.tx import Tx

VALID_SECONDS = 6 * 3600
"""How long a frame is worth something without being seen again."""

ROWS_AT_ONCE = 10_000
"""So that one statement stays far below the statement time-out, however big the business."""

DELETE_GONE = """
DELETE FROM slots s
WHERE s.workspace_id = current_workspace() AND s.location_id = ANY ($1)
  AND s.starts_at >= $2 AND s.starts_at < $3
  AND NOT EXISTS (
    SELECT FROM unnest($4::uuid[], $5::timestamptz[]) AS f(staff_id, starts_at)
    WHERE f.staff_id = s.staff_id AND f.starts_at = s.starts_at)
"""
# Frames that stand as they are aren't touched at all (a conflict would lock and dirty every one of them), until
# half of their time is over.
WRITE_NEW = """
INSERT INTO slots AS old (workspace_id, location_id, staff_id, starts_at, ends_at, external_id, valid_until)
SELECT current_workspace(), f.location_id, f.staff_id, f.starts_at, f.ends_at, f.external_id,
       now() + make_interval(secs => $6)
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[])
  AS f(location_id, staff_id, starts_at, ends_at, external_id)
WHERE NOT EXISTS (
  SELECT FROM slots s
  WHERE s.workspace_id = current_workspace() AND s.location_id = f.location_id AND s.staff_id = f.staff_id
    AND s.starts_at = f.starts_at AND s.ends_at = f.ends_at AND s.external_id = f.external_id
    AND s.valid_until > now() + make_interval(secs => $6 / 2))
ON CONFLICT (workspace_id, location_id, starts_at, staff_id) DO UPDATE SET
  ends_at = excluded.ends_at, external_id = excluded.external_id, valid_until = excluded.valid_until
RETURNING xmax = 0 AS created
"""
# Whatever the last pull that reached beyond the span saw is valid for at least half of its time after it (see
# WRITE_NEW). Else the frames' own word counts; a span without any has none.
FRAMES_FRESH = """
SELECT coalesce(
    (SELECT max((r.counts ->> 'frames_until')::timestamptz) >= $3 FROM sync_runs r
     WHERE r.workspace_id = current_workspace() AND r.requested_at > now() - make_interval(secs => $4 * 2)
       AND r.status = 'done' AND r.finished_at > now() - make_interval(secs => $4 / 2)), false)
  OR coalesce(
    (SELECT min(s.valid_until) > now() FROM slots s
     WHERE s.workspace_id = current_workspace() AND s.location_id = $1
       AND s.starts_at >= $2 AND s.starts_at < $3 AND s.ends_at > now()), false)
"""


@dataclass(frozen=True, slots=True)
class SlotRow:
    location_id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    external_id: str


@dataclass(frozen=True, slots=True)
class SlotChanges:
    created: int
    refreshed: int
    """Changed, or found again after half of their time."""
    deleted: int


async def frames_fresh(
    tx: Tx, *, location_id: UUID, starts_at: datetime, ends_at: datetime, valid_seconds: float = VALID_SECONDS
) -> bool:
    """Whether what is stored of the location's frames that begin in [starts_at, ends_at) may still be offered
    without asking again. A span that no pull has reached is not fresh.
    """
    return bool(await tx.fetchval(FRAMES_FRESH, location_id, starts_at, ends_at, float(valid_seconds)))


async def replace_slots(
    tx: Tx,
    *,
    location_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime,
    rows: Sequence[SlotRow],
    valid_seconds: float = VALID_SECONDS,
) -> SlotChanges:
    """Makes `rows` all the frames of these locations that begin in [starts_at, ends_at).

    Every row lies in that span and no two have the same person and start.
    """
    deleted = await tx.execute(
        DELETE_GONE,
        list(location_ids),
        starts_at,
        ends_at,
        [row.staff_id for row in rows],
        [row.starts_at for row in rows],
    )
    created = refreshed = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        written = await tx.fetch(
            WRITE_NEW,
            [row.location_id for row in part],
            [row.staff_id for row in part],
            [row.starts_at for row in part],
            [row.ends_at for row in part],
            [row.external_id for row in part],
            float(valid_seconds),
        )
        new = sum(row["created"] for row in written)
        created += new
        refreshed += len(written) - new
    return SlotChanges(created=created, refreshed=refreshed, deleted=int(deleted.rpartition(" ")[2]))
