"""An operator's edits of services: kept beside the synced rows, which no edit touches and no sync forgets.

What an edit means where the booking system has its own opinion: bot/catalog_edits.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from db.tx import Tx

SERVICES_AND_EDITS = """
SELECT s.id, s.names, s.aliases, s.minutes, s.price_minor,
       coalesce(e.names, '{}') AS edited_names, coalesce(e.aliases, '{}') AS edited_aliases,
       e.minutes AS edited_minutes, e.price_minor AS edited_price_minor, coalesce(e.hidden, false) AS hidden
FROM services s
LEFT JOIN service_edits e ON e.workspace_id = s.workspace_id AND e.service_id = s.id
WHERE s.workspace_id = current_workspace() AND s.retired_at IS NULL
ORDER BY s.position, s.external_id
"""
SIZES_AND_EDITS = """
SELECT z.id, z.service_id, z.names, z.price_minor, e.price_minor AS edited_price_minor
FROM service_sizes z
LEFT JOIN size_edits e ON e.workspace_id = z.workspace_id AND e.size_id = z.id
WHERE z.workspace_id = current_workspace() AND z.retired_at IS NULL
ORDER BY z.position, z.external_id
"""
SAVE_SERVICE_EDIT = """
INSERT INTO service_edits AS e (workspace_id, service_id, names, aliases, minutes, price_minor, hidden)
VALUES (current_workspace(), $1, $2, $3, $4, $5, coalesce($6, false))
ON CONFLICT (workspace_id, service_id) DO UPDATE SET
  names = e.names || excluded.names,
  aliases = ARRAY(SELECT DISTINCT one FROM unnest(e.aliases || excluded.aliases) AS one ORDER BY one),
  minutes = coalesce(excluded.minutes, e.minutes),
  price_minor = coalesce(excluded.price_minor, e.price_minor),
  hidden = coalesce($6, e.hidden),
  edited_at = now()
"""
REPLACE_SERVICE_EDIT = """
INSERT INTO service_edits (workspace_id, service_id, names, aliases, minutes, price_minor, hidden)
VALUES (current_workspace(), $1, $2, $3, $4, $5, $6)
ON CONFLICT (workspace_id, service_id) DO UPDATE SET
  names = excluded.names, aliases = excluded.aliases, minutes = excluded.minutes,
  price_minor = excluded.price_minor, hidden = excluded.hidden, edited_at = now()
"""
SAVE_SIZE_EDIT = """
INSERT INTO size_edits (workspace_id, size_id, price_minor) VALUES (current_workspace(), $1, $2)
ON CONFLICT (workspace_id, size_id) DO UPDATE SET price_minor = excluded.price_minor, edited_at = now()
"""
DROP_SERVICE_EDITS = """
DELETE FROM service_edits WHERE workspace_id = current_workspace() AND service_id = $1
"""
DROP_SIZE_EDIT = "DELETE FROM size_edits WHERE workspace_id = current_workspace() AND size_id = $1"
DROP_SIZE_EDITS = """
DELETE FROM size_edits e USING service_sizes z
WHERE e.workspace_id = current_workspace() AND z.workspace_id = e.workspace_id AND z.id = e.size_id
  AND z.service_id = $1
"""


@dataclass(frozen=True, slots=True)
class EditableSize:
    id: UUID
    names: dict[str, str]
    price_minor: int
    """The source's own."""
    edited_price_minor: int | None


@dataclass(frozen=True, slots=True)
class EditableService:
    """A service as the source has it, and what an operator made of it."""

    id: UUID
    names: dict[str, str]
    aliases: list[str]
    minutes: int
    price_minor: int
    edited_names: dict[str, str]
    edited_aliases: list[str]
    edited_minutes: int | None
    edited_price_minor: int | None
    hidden: bool
    sizes: tuple[EditableSize, ...] = ()


async def services_and_edits(tx: Tx) -> list[EditableService]:
    """Every service on offer at its source, hidden ones too, in the catalog's order."""
    sizes: dict[UUID, list[EditableSize]] = {}
    for row in await tx.fetch(SIZES_AND_EDITS):
        columns = dict(row)
        sizes.setdefault(columns.pop("service_id"), []).append(EditableSize(**columns))
    return [
        EditableService(**dict(row), sizes=tuple(sizes.get(row["id"], ())))
        for row in await tx.fetch(SERVICES_AND_EDITS)
    ]


async def save_service_edit(
    tx: Tx,
    service_id: UUID,
    *,
    names: Mapping[str, str] | None = None,
    aliases: Sequence[str] = (),
    minutes: int | None = None,
    price_minor: int | None = None,
    hidden: bool | None = None,
) -> None:
    """Adds to what was edited before; None leaves a field as it is. The caller raises the catalog's version."""
    await tx.execute(
        SAVE_SERVICE_EDIT, service_id, dict(names or {}), list(aliases), minutes, price_minor, hidden
    )


async def replace_service_edit(
    tx: Tx,
    service_id: UUID,
    *,
    names: Mapping[str, str],
    aliases: Sequence[str],
    minutes: int | None,
    price_minor: int | None,
    hidden: bool,
) -> None:
    """The whole edit of a service as it is to stand; None and empty: what its source says. The caller raises the
    catalog's version.
    """
    await tx.execute(
        REPLACE_SERVICE_EDIT, service_id, dict(names), list(aliases), minutes, price_minor, hidden
    )


async def drop_size_edit(tx: Tx, size_id: UUID) -> None:
    """The size costs what its source says. The caller raises the catalog's version."""
    await tx.execute(DROP_SIZE_EDIT, size_id)


async def save_size_edit(tx: Tx, size_id: UUID, *, price_minor: int) -> None:
    """The caller raises the catalog's version."""
    await tx.execute(SAVE_SIZE_EDIT, size_id, price_minor)


async def drop_edits(tx: Tx, service_id: UUID) -> None:
    """The service and its sizes are again what their source says. The caller raises the catalog's version."""
    await tx.execute(DROP_SERVICE_EDITS, service_id)
    await tx.execute(DROP_SIZE_EDITS, service_id)
