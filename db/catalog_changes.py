"""Writing the synced catalog: what is stored, by the provider's ids, and set-based changes to it.

Rows name each other by external ids; the statements find ours. Retired, never deleted. `aliases` belong to the
operator and are not touched. Every function runs inside `tx(workspace)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

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
    SyncedRow,
)
from db.ids import new_id
from db.tx import Tx

R = TypeVar("R", bound=SyncedRow)

LOCK_CATALOG = """
SELECT catalog_version FROM workspaces WHERE id = current_workspace() FOR NO KEY UPDATE
"""
BUMP_VERSION = """
UPDATE workspaces SET catalog_version = catalog_version + 1 WHERE id = current_workspace()
RETURNING catalog_version
"""
STORED_LOCATIONS = """
SELECT external_id, names, address, phone, latitude, longitude, hours, exceptions, position,
       retired_at IS NOT NULL AS retired
FROM locations WHERE workspace_id = current_workspace()
"""
STORED_GROUPS = """
SELECT external_id, names, position, retired_at IS NOT NULL AS retired
FROM service_groups WHERE workspace_id = current_workspace()
"""
STORED_SERVICES = """
SELECT s.external_id, s.names, s.description, s.minutes, s.price_minor, g.external_id AS group_external_id,
       ARRAY(SELECT l.external_id FROM service_locations sl
             JOIN locations l ON l.workspace_id = sl.workspace_id AND l.id = sl.location_id
             WHERE sl.workspace_id = s.workspace_id AND sl.service_id = s.id
             ORDER BY l.external_id COLLATE "C") AS location_external_ids,
       s.booking_type, s.position, s.retired_at IS NOT NULL AS retired
FROM services s
LEFT JOIN service_groups g ON g.workspace_id = s.workspace_id AND g.id = s.group_id
WHERE s.workspace_id = current_workspace()
"""
STORED_SIZES = """
SELECT s.external_id AS service_external_id, z.external_id, z.names, z.price_minor, z.position,
       z.retired_at IS NOT NULL AS retired
FROM service_sizes z JOIN services s ON s.workspace_id = z.workspace_id AND s.id = z.service_id
WHERE z.workspace_id = current_workspace()
"""
STORED_STAFF = """
SELECT p.external_id, l.external_id AS location_external_id, p.names, p.extra_minutes,
       coalesce(ps.service_ids, '{}') AS service_ids,
       p.resource, p.position, p.retired_at IS NOT NULL AS retired
FROM staff p JOIN locations l ON l.workspace_id = p.workspace_id AND l.id = p.location_id
LEFT JOIN (SELECT staff_id, array_agg(service_id) AS service_ids FROM staff_services
           WHERE workspace_id = current_workspace() GROUP BY staff_id) ps ON ps.staff_id = p.id
WHERE p.workspace_id = current_workspace()
"""
SERVICE_KEYS = "SELECT id, external_id FROM services WHERE workspace_id = current_workspace()"
STORED_PAYMENT_TYPES = """
SELECT external_id, code, names, online, position, retired_at IS NOT NULL AS retired
FROM payment_types WHERE workspace_id = current_workspace()
"""
SAVE_LOCATIONS = """
INSERT INTO locations (id, workspace_id, external_id, names, address, phone, latitude, longitude, hours, exceptions,
                       position)
SELECT r.id, current_workspace(), r.external_id, r.names, r.address, r.phone, r.latitude, r.longitude, r.hours,
       r.exceptions, r.position
FROM jsonb_to_recordset($1) AS r(
  id uuid, external_id text, names jsonb, address text, phone text, latitude double precision,
  longitude double precision, hours jsonb, exceptions jsonb, position integer)
ON CONFLICT (workspace_id, external_id) DO UPDATE SET
  names = excluded.names, address = excluded.address, phone = excluded.phone, latitude = excluded.latitude,
  longitude = excluded.longitude, hours = excluded.hours, exceptions = excluded.exceptions,
  position = excluded.position,
  retired_at = NULL, last_synced_at = now()
"""
SAVE_GROUPS = """
INSERT INTO service_groups (id, workspace_id, external_id, names, position)
SELECT r.id, current_workspace(), r.external_id, r.names, r.position
FROM jsonb_to_recordset($1) AS r(id uuid, external_id text, names jsonb, position integer)
ON CONFLICT (workspace_id, external_id) DO UPDATE SET
  names = excluded.names, position = excluded.position, retired_at = NULL, last_synced_at = now()
"""
SAVE_SERVICES = """
INSERT INTO services (id, workspace_id, external_id, group_id, names, description, minutes, price_minor, position,
                      booking_type)
SELECT r.id, current_workspace(), r.external_id, g.id, r.names, r.description, r.minutes, r.price_minor,
       r.position, r.booking_type
FROM jsonb_to_recordset($1) AS r(
  id uuid, external_id text, group_external_id text, names jsonb, description text, minutes integer,
  price_minor bigint, position integer, booking_type text)
LEFT JOIN service_groups g ON g.workspace_id = current_workspace() AND g.external_id = r.group_external_id
ON CONFLICT (workspace_id, external_id) DO UPDATE SET
  group_id = excluded.group_id, names = excluded.names, description = excluded.description,
  minutes = excluded.minutes, price_minor = excluded.price_minor, position = excluded.position,
  booking_type = excluded.booking_type, retired_at = NULL, last_synced_at = now()
"""
UNLINK_LOCATIONS = """
DELETE FROM service_locations sl
USING services s, locations l, jsonb_to_recordset($1) AS r(external_id text, location_external_ids jsonb)
WHERE sl.workspace_id = current_workspace()
  AND s.workspace_id = sl.workspace_id AND s.id = sl.service_id AND s.external_id = r.external_id
  AND l.workspace_id = sl.workspace_id AND l.id = sl.location_id
  AND l.external_id NOT IN (SELECT jsonb_array_elements_text(r.location_external_ids))
"""
LINK_LOCATIONS = """
INSERT INTO service_locations (workspace_id, service_id, location_id)
SELECT current_workspace(), s.id, l.id
FROM jsonb_to_recordset($1) AS r(external_id text, location_external_ids jsonb)
CROSS JOIN LATERAL jsonb_array_elements_text(r.location_external_ids) AS wanted(external_id)
JOIN services s ON s.workspace_id = current_workspace() AND s.external_id = r.external_id
JOIN locations l ON l.workspace_id = current_workspace() AND l.external_id = wanted.external_id
ON CONFLICT DO NOTHING
"""
SAVE_SIZES = """
INSERT INTO service_sizes (id, workspace_id, service_id, external_id, names, price_minor, position)
SELECT r.id, current_workspace(), s.id, r.external_id, r.names, r.price_minor, r.position
FROM jsonb_to_recordset($1) AS r(
  id uuid, service_external_id text, external_id text, names jsonb, price_minor bigint, position integer)
JOIN services s ON s.workspace_id = current_workspace() AND s.external_id = r.service_external_id
ON CONFLICT (workspace_id, service_id, external_id) DO UPDATE SET
  names = excluded.names, price_minor = excluded.price_minor, position = excluded.position, retired_at = NULL
"""
SAVE_STAFF = """
INSERT INTO staff (id, workspace_id, external_id, location_id, names, extra_minutes, resource, position)
SELECT r.id, current_workspace(), r.external_id, l.id, r.names, r.extra_minutes, r.resource, r.position
FROM jsonb_to_recordset($1) AS r(
  id uuid, external_id text, location_external_id text, names jsonb, extra_minutes integer, resource boolean,
  position integer)
JOIN locations l ON l.workspace_id = current_workspace() AND l.external_id = r.location_external_id
ON CONFLICT (workspace_id, external_id, location_id) DO UPDATE SET
  names = excluded.names, extra_minutes = excluded.extra_minutes, resource = excluded.resource,
  position = excluded.position, retired_at = NULL, last_synced_at = now()
"""
UNLINK_SERVICES = """
DELETE FROM staff_services ps
USING staff p, locations l, services s, jsonb_to_recordset($1) AS r(
  external_id text, location_external_id text, service_external_ids jsonb)
WHERE ps.workspace_id = current_workspace()
  AND p.workspace_id = ps.workspace_id AND p.id = ps.staff_id AND p.external_id = r.external_id
  AND l.workspace_id = p.workspace_id AND l.id = p.location_id AND l.external_id = r.location_external_id
  AND s.workspace_id = ps.workspace_id AND s.id = ps.service_id
  AND s.external_id NOT IN (SELECT jsonb_array_elements_text(r.service_external_ids))
"""
LINK_SERVICES = """
INSERT INTO staff_services (workspace_id, staff_id, service_id)
SELECT current_workspace(), p.id, s.id
FROM jsonb_to_recordset($1) AS r(external_id text, location_external_id text, service_external_ids jsonb)
CROSS JOIN LATERAL jsonb_array_elements_text(r.service_external_ids) AS wanted(external_id)
JOIN locations l ON l.workspace_id = current_workspace() AND l.external_id = r.location_external_id
JOIN staff p ON p.workspace_id = l.workspace_id AND p.location_id = l.id AND p.external_id = r.external_id
JOIN services s ON s.workspace_id = l.workspace_id AND s.external_id = wanted.external_id
ON CONFLICT DO NOTHING
"""
SAVE_PAYMENT_TYPES = """
INSERT INTO payment_types (id, workspace_id, external_id, code, names, online, position)
SELECT r.id, current_workspace(), r.external_id, r.code, r.names, r.online, r.position
FROM jsonb_to_recordset($1) AS r(
  id uuid, external_id text, code text, names jsonb, online boolean, position integer)
ON CONFLICT (workspace_id, external_id) DO UPDATE SET
  code = excluded.code, names = excluded.names, online = excluded.online, position = excluded.position,
  retired_at = NULL
"""
RETIRE_LOCATIONS = """
UPDATE locations SET retired_at = now(), last_synced_at = now()
WHERE workspace_id = current_workspace() AND external_id = ANY ($1) AND retired_at IS NULL
"""
RETIRE_GROUPS = """
UPDATE service_groups SET retired_at = now(), last_synced_at = now()
WHERE workspace_id = current_workspace() AND external_id = ANY ($1) AND retired_at IS NULL
"""
RETIRE_SERVICES = """
UPDATE services SET retired_at = now(), last_synced_at = now()
WHERE workspace_id = current_workspace() AND external_id = ANY ($1) AND retired_at IS NULL
"""
RETIRE_SIZES = """
UPDATE service_sizes z SET retired_at = now()
FROM services s, unnest($1::text[], $2::text[]) AS gone(service_external_id, external_id)
WHERE z.workspace_id = current_workspace() AND z.retired_at IS NULL AND z.external_id = gone.external_id
  AND s.workspace_id = z.workspace_id AND s.id = z.service_id AND s.external_id = gone.service_external_id
"""
RETIRE_STAFF = """
UPDATE staff p SET retired_at = now(), last_synced_at = now()
FROM locations l, unnest($1::text[], $2::text[]) AS gone(external_id, location_external_id)
WHERE p.workspace_id = current_workspace() AND p.retired_at IS NULL AND p.external_id = gone.external_id
  AND l.workspace_id = p.workspace_id AND l.id = p.location_id AND l.external_id = gone.location_external_id
"""
RETIRE_PAYMENT_TYPES = """
UPDATE payment_types SET retired_at = now()
WHERE workspace_id = current_workspace() AND external_id = ANY ($1) AND retired_at IS NULL
"""
STAFF_IDS = """
SELECT p.external_id, l.external_id AS location_external_id, p.id, p.location_id
FROM staff p JOIN locations l ON l.workspace_id = p.workspace_id AND l.id = p.location_id
WHERE p.workspace_id = current_workspace() AND p.retired_at IS NULL AND l.retired_at IS NULL
"""
LOCATION_IDS = """
SELECT id FROM locations WHERE workspace_id = current_workspace() AND external_id = ANY ($1)
"""


async def lock_catalog(tx: Tx) -> int:
    """Lets one sync of this workspace write at a time; returns the catalog's version.

    NO KEY UPDATE: rows that refer to the workspace (messages, bookings) can be written meanwhile.
    """
    return int(await tx.fetchval(LOCK_CATALOG))


async def bump_version(tx: Tx) -> int:
    """Every process loads the catalog anew from here on."""
    return int(await tx.fetchval(BUMP_VERSION))


async def load_stored(tx: Tx) -> StoredCatalog:
    """Everything that was ever synced, with what is retired marked."""
    locations = await _stored(tx, STORED_LOCATIONS, LocationRow)
    groups = await _stored(tx, STORED_GROUPS, GroupRow)
    services = await _stored(tx, STORED_SERVICES, ServiceRow)
    sizes = await _stored(tx, STORED_SIZES, SizeRow)
    staff = await _stored_staff(tx)
    payment_types = await _stored(tx, STORED_PAYMENT_TYPES, PaymentTypeRow)
    return StoredCatalog(
        locations={kept.row.external_id: kept for kept in locations},
        groups={kept.row.external_id: kept for kept in groups},
        services={kept.row.external_id: kept for kept in services},
        sizes={(kept.row.service_external_id, kept.row.external_id): kept for kept in sizes},
        staff={(kept.row.external_id, kept.row.location_external_id): kept for kept in staff},
        payment_types={kept.row.external_id: kept for kept in payment_types},
    )


async def save_locations(tx: Tx, rows: Sequence[LocationRow]) -> None:
    await tx.execute(SAVE_LOCATIONS, _batch(rows))


async def save_groups(tx: Tx, rows: Sequence[GroupRow]) -> None:
    await tx.execute(SAVE_GROUPS, _batch(rows))


async def save_services(tx: Tx, rows: Sequence[ServiceRow]) -> None:
    """Locations and groups first. Also where each is offered."""
    batch = _batch(rows)
    await tx.execute(SAVE_SERVICES, batch)
    await tx.execute(UNLINK_LOCATIONS, batch)
    await tx.execute(LINK_LOCATIONS, batch)


async def save_sizes(tx: Tx, rows: Sequence[SizeRow]) -> None:
    """Services first."""
    await tx.execute(SAVE_SIZES, _batch(rows))


async def save_staff(tx: Tx, rows: Sequence[StaffRow]) -> None:
    """Locations and services first. Also what each performs."""
    batch = _batch(rows)
    await tx.execute(SAVE_STAFF, batch)
    await tx.execute(UNLINK_SERVICES, batch)
    await tx.execute(LINK_SERVICES, batch)


async def save_payment_types(tx: Tx, rows: Sequence[PaymentTypeRow]) -> None:
    await tx.execute(SAVE_PAYMENT_TYPES, _batch(rows))


async def retire_locations(tx: Tx, keys: Sequence[str]) -> None:
    await tx.execute(RETIRE_LOCATIONS, list(keys))


async def retire_groups(tx: Tx, keys: Sequence[str]) -> None:
    await tx.execute(RETIRE_GROUPS, list(keys))


async def retire_services(tx: Tx, keys: Sequence[str]) -> None:
    await tx.execute(RETIRE_SERVICES, list(keys))


async def retire_sizes(tx: Tx, keys: Sequence[PairKey]) -> None:
    await tx.execute(RETIRE_SIZES, [service for service, _ in keys], [size for _, size in keys])


async def retire_staff(tx: Tx, keys: Sequence[PairKey]) -> None:
    await tx.execute(RETIRE_STAFF, [person for person, _ in keys], [location for _, location in keys])


async def retire_payment_types(tx: Tx, keys: Sequence[str]) -> None:
    await tx.execute(RETIRE_PAYMENT_TYPES, list(keys))


async def staff_ids(tx: Tx) -> dict[PairKey, tuple[UUID, UUID]]:
    """(staff id, location id) of everybody who is still there, by (person, location) of the provider."""
    return {
        (row["external_id"], row["location_external_id"]): (row["id"], row["location_id"])
        for row in await tx.fetch(STAFF_IDS)
    }


async def location_ids(tx: Tx, external_ids: Sequence[str]) -> list[UUID]:
    """Ours of these, retired ones too."""
    return [row["id"] for row in await tx.fetch(LOCATION_IDS, list(external_ids))]


async def _stored(tx: Tx, statement: str, kind: type[R]) -> list[Stored[R]]:
    found = []
    for row in await tx.fetch(statement):
        columns = dict(row)
        retired = columns.pop("retired")
        found.append(Stored(kind(**columns), retired))
    return found


async def _stored_staff(tx: Tx) -> list[Stored[StaffRow]]:
    """Who does what goes by our ids and is named here: joined in the database, sixty people who do five hundred
    things cost ten times as much.
    """
    keys = {row["id"]: row["external_id"] for row in await tx.fetch(SERVICE_KEYS)}
    found = []
    for row in await tx.fetch(STORED_STAFF):
        columns = dict(row)
        retired = columns.pop("retired")
        performs = sorted(keys[one] for one in columns.pop("service_ids"))
        found.append(Stored(StaffRow(**columns, service_external_ids=performs), retired))
    return found


def _batch(rows: Sequence[SyncedRow]) -> list[dict[str, Any]]:
    """Rows for jsonb_to_recordset, each with an id in case it is new."""
    return [{"id": str(new_id()), **asdict(row)} for row in rows]
