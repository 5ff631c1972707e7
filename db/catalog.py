"""Reading the synced catalog and its free time frames. Writing it: db/catalog_changes.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from db.tx import Tx

LOAD_CATALOG = """
SELECT w.catalog_version AS version, w.settings ->> 'currency' AS currency,
  (SELECT a.provider FROM provider_accounts a WHERE a.workspace_id = w.id AND a.enabled) AS provider,
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', l.id, 'external_id', l.external_id, 'names', l.names, 'aliases', l.aliases, 'address', l.address,
      'phone', l.phone, 'latitude', l.latitude, 'longitude', l.longitude, 'hours', l.hours,
      'exceptions', l.exceptions)
      ORDER BY l.position, l.external_id), '[]')
   FROM locations l WHERE l.workspace_id = w.id AND l.retired_at IS NULL) AS locations,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'names', g.names)
      ORDER BY g.position, g.external_id), '[]')
   FROM service_groups g WHERE g.workspace_id = w.id AND g.retired_at IS NULL) AS groups,
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', s.id, 'external_id', s.external_id, 'names', s.names, 'aliases', s.aliases,
      'group_id', s.group_id, 'description', s.description, 'minutes', s.minutes,
      'price_minor', s.price_minor, 'booking_type', s.booking_type,
      'location_ids', (SELECT coalesce(jsonb_agg(sl.location_id), '[]') FROM service_locations sl
                       WHERE sl.workspace_id = s.workspace_id AND sl.service_id = s.id))
      ORDER BY s.position, s.external_id), '[]')
   FROM services s WHERE s.workspace_id = w.id AND s.retired_at IS NULL) AS services,
  (SELECT coalesce(jsonb_object_agg(e.service_id, jsonb_build_object(
      'names', e.names, 'aliases', e.aliases, 'minutes', e.minutes, 'price_minor', e.price_minor,
      'hidden', e.hidden)), '{}')
   FROM service_edits e WHERE e.workspace_id = w.id) AS service_edits,
  (SELECT coalesce(jsonb_object_agg(e.size_id, e.price_minor), '{}')
   FROM size_edits e WHERE e.workspace_id = w.id) AS size_edits,
  (SELECT coalesce(jsonb_object_agg(e.location_id, jsonb_build_object('names', e.names, 'aliases', e.aliases)), '{}')
   FROM location_edits e WHERE e.workspace_id = w.id) AS location_edits,
  (SELECT coalesce(jsonb_object_agg(e.staff_id, jsonb_build_object('names', e.names, 'aliases', e.aliases)), '{}')
   FROM staff_edits e WHERE e.workspace_id = w.id) AS staff_edits,
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', z.id, 'external_id', z.external_id, 'service_id', z.service_id, 'names', z.names,
      'price_minor', z.price_minor) ORDER BY z.position, z.external_id), '[]')
   FROM service_sizes z WHERE z.workspace_id = w.id AND z.retired_at IS NULL) AS sizes,
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', p.id, 'external_id', p.external_id, 'names', p.names, 'aliases', p.aliases,
      'location_id', p.location_id, 'extra_minutes', p.extra_minutes, 'resource', p.resource,
      'service_ids', (SELECT coalesce(jsonb_agg(ps.service_id), '[]') FROM staff_services ps
                      WHERE ps.workspace_id = p.workspace_id AND ps.staff_id = p.id))
      ORDER BY p.position, p.external_id), '[]')
   FROM staff p WHERE p.workspace_id = w.id AND p.retired_at IS NULL) AS staff,
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', t.id, 'external_id', t.external_id, 'code', t.code, 'names', t.names, 'online', t.online)
      ORDER BY t.position, t.external_id), '[]')
   FROM payment_types t WHERE t.workspace_id = w.id AND t.retired_at IS NULL) AS payment_types
FROM workspaces w WHERE w.id = current_workspace()
"""

# Plain btree comparisons only. An item of a booking lasts less than two days, which gives the look at
# booking_items a lower bound too; without it the index would be read from the first booking ever made.
FREE_FRAMES = """
SELECT s.staff_id, s.starts_at, s.ends_at, s.external_id
FROM slots s
JOIN staff p ON p.workspace_id = s.workspace_id AND p.id = s.staff_id AND p.retired_at IS NULL
WHERE s.workspace_id = current_workspace() AND s.location_id = $1 AND s.starts_at >= $2 AND s.starts_at < $3
  AND NOT EXISTS (
    SELECT FROM booking_items b JOIN bookings k ON k.workspace_id = b.workspace_id AND k.id = b.booking_id
    WHERE b.workspace_id = s.workspace_id AND b.staff_id = s.staff_id AND b.active
      AND b.starts_at >= $2 - interval '2 days' AND b.starts_at < $3 + interval '2 days'
      AND b.starts_at < s.ends_at AND b.ends_at > s.starts_at
      AND k.id IS DISTINCT FROM $5
      AND NOT (k.status = 'held' AND (k.hold_until <= now() OR k.conversation_id = $4)))
ORDER BY s.starts_at, p.position, s.staff_id
"""


async def load_catalog(tx: Tx) -> dict[str, Any] | None:
    """What can be booked, as JSON: version, currency, the connected booking system, one list per kind of row in
    the catalog's order as its source has it, and an operator's edits by the row's id.

    One statement, hence one snapshot: a sync that commits meanwhile can't mix two versions.
    None: no workspace is set.
    """
    row = await tx.fetchrow(LOAD_CATALOG)
    return None if row is None else dict(row)


async def free_frames(
    tx: Tx,
    *,
    location_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    conversation_id: UUID | None = None,
    ignoring: UUID | None = None,
) -> list[tuple[UUID, datetime, datetime, str]]:
    """(staff id, start, end, provider's id) of frames that begin in [starts_at, ends_at) at the location and
    that no active booking of ours touches, by start. Only of people who are still there. What the given
    conversation holds for itself counts as free, and so do a hold that ran out and the booking that is ignored.
    """
    return [
        tuple(row)
        for row in await tx.fetch(FREE_FRAMES, location_id, starts_at, ends_at, conversation_id, ignoring)
    ]
