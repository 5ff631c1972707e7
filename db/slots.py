"""Free time frames as a sync writes them: the smallest change that makes the table say what the provider said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from db.tx import Tx

VALID_SECONDS = 6 * 3600
"""How long a frame is worth something without being seen again."""

ROWS_AT_ONCE = 10_000
"""So that one statement stays far below the statement time-out, however big the business."""

# A row per person, since twenty thousand rows would cost more on the way than to find.
STORED = """
SELECT staff_id, array_agg(starts_at) AS starts, array_agg(ends_at) AS ends, array_agg(external_id) AS external_ids,
       min(valid_until) > now() + make_interval(secs => $4 / 2) AS fresh
FROM slots
WHERE workspace_id = current_workspace() AND location_id = ANY ($1) AND starts_at >= $2 AND starts_at < $3
GROUP BY staff_id
"""
DELETE_GONE = """
DELETE FROM slots s USING unnest($1::uuid[], $2::timestamptz[]) AS f(staff_id, starts_at)
WHERE s.workspace_id = current_workspace() AND s.staff_id = f.staff_id AND s.starts_at = f.starts_at
"""
WRITE_NEW = """
INSERT INTO slots AS old (workspace_id, location_id, staff_id, starts_at, ends_at, external_id, valid_until)
SELECT current_workspace(), f.location_id, f.staff_id, f.starts_at, f.ends_at, f.external_id,
       now() + make_interval(secs => $6)
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[])
  AS f(location_id, staff_id, starts_at, ends_at, external_id)
ON CONFLICT (workspace_id, location_id, starts_at, staff_id) DO UPDATE SET
  ends_at = excluded.ends_at, external_id = excluded.external_id, valid_until = excluded.valid_until
RETURNING xmax = 0 AS created
"""
# Whatever the last pull that reached beyond the span saw is valid for at least half of its time after it (see
# replace_slots). Else the frames' own word counts; a span without any has none.
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


class SlotRow(NamedTuple):
    """One of tens of thousands: a tuple is made in a third of a dataclass's time."""

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

    Every row lies in that span and no two have the same person and start. Frames that stand as they are aren't
    touched, nor even sent, until half of their time is over: comparing is this side's work, because a conflict
    would lock and dirty every row of them. Syncs of one business don't overlap (`lock_catalog`).
    """
    wanted: dict[UUID, dict[datetime, SlotRow]] = defaultdict(dict)
    for row in rows:
        wanted[row.staff_id][row.starts_at] = row
    stored = await tx.fetch(STORED, list(location_ids), starts_at, ends_at, float(valid_seconds))
    gone: list[tuple[UUID, datetime]] = []
    changed: list[SlotRow] = []
    for staff_id, starts, ends, external_ids, fresh in stored:
        mine = wanted.pop(staff_id, {})
        known = dict(zip(starts, zip(ends, external_ids, strict=True), strict=True))
        gone += [(staff_id, start) for start in starts if start not in mine]
        changed += (
            row
            for row in mine.values()
            if not fresh or known.get(row.starts_at) != (row.ends_at, row.external_id)
        )
    changed += (row for mine in wanted.values() for row in mine.values())
    deleted = await _delete(tx, gone)
    created, refreshed = await _write(tx, changed, valid_seconds)
    return SlotChanges(created=created, refreshed=refreshed, deleted=deleted)


async def _delete(tx: Tx, gone: Sequence[tuple[UUID, datetime]]) -> int:
    if not gone:
        return 0
    done = await tx.execute(DELETE_GONE, [one[0] for one in gone], [one[1] for one in gone])
    return int(done.rpartition(" ")[2])


async def _write(tx: Tx, rows: Sequence[SlotRow], valid_seconds: float) -> tuple[int, int]:
    created = written = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        columns = list(zip(*rows[start : start + ROWS_AT_ONCE], strict=True))
        done = await tx.fetch(WRITE_NEW, *columns, float(valid_seconds))
        created += sum(row["created"] for row in done)
        written += len(done)
    return created, written - created
