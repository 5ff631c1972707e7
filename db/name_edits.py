"""What an operator calls places and people: kept beside the synced rows, which no edit touches and no sync forgets.

Edits of services, with their prices and minutes: db/catalog_edits.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from db.tx import Tx

PLACES = """
SELECT l.id, l.names, l.aliases, coalesce(e.names, '{}') AS edited_names, coalesce(e.aliases, '{}') AS edited_aliases
FROM locations l
LEFT JOIN location_edits e ON e.workspace_id = l.workspace_id AND e.location_id = l.id
WHERE l.workspace_id = current_workspace() AND l.retired_at IS NULL
ORDER BY l.position, l.external_id
"""
PEOPLE = """
SELECT p.id, p.names, p.aliases, coalesce(e.names, '{}') AS edited_names, coalesce(e.aliases, '{}') AS edited_aliases
FROM staff p
LEFT JOIN staff_edits e ON e.workspace_id = p.workspace_id AND e.staff_id = p.id
WHERE p.workspace_id = current_workspace() AND p.retired_at IS NULL
ORDER BY p.position, p.external_id
"""
REPLACE_PLACE = """
INSERT INTO location_edits (workspace_id, location_id, names, aliases) VALUES (current_workspace(), $1, $2, $3)
ON CONFLICT (workspace_id, location_id) DO UPDATE SET
  names = excluded.names, aliases = excluded.aliases, edited_at = now()
"""
REPLACE_PERSON = """
INSERT INTO staff_edits (workspace_id, staff_id, names, aliases) VALUES (current_workspace(), $1, $2, $3)
ON CONFLICT (workspace_id, staff_id) DO UPDATE SET
  names = excluded.names, aliases = excluded.aliases, edited_at = now()
"""
DROP_PLACE = "DELETE FROM location_edits WHERE workspace_id = current_workspace() AND location_id = $1"
DROP_PERSON = "DELETE FROM staff_edits WHERE workspace_id = current_workspace() AND staff_id = $1"


class Named(StrEnum):
    PLACE = "place"
    PERSON = "person"


_LISTING = {Named.PLACE: PLACES, Named.PERSON: PEOPLE}
_REPLACE = {Named.PLACE: REPLACE_PLACE, Named.PERSON: REPLACE_PERSON}
_DROP = {Named.PLACE: DROP_PLACE, Named.PERSON: DROP_PERSON}


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A place or a person as the source has it, and what an operator calls it."""

    id: UUID
    names: dict[str, str]
    aliases: list[str]
    edited_names: dict[str, str]
    edited_aliases: list[str]


async def named(tx: Tx, kind: Named) -> list[NamedRow]:
    """All that the source still lists, in the catalog's order."""
    return [NamedRow(**dict(row)) for row in await tx.fetch(_LISTING[kind])]


async def replace_names(
    tx: Tx, kind: Named, row_id: UUID, *, names: Mapping[str, str], aliases: Sequence[str]
) -> None:
    """The whole edit as it is to stand; nothing in it: what the source says. The caller raises the version."""
    if names or aliases:
        await tx.execute(_REPLACE[kind], row_id, dict(names), list(aliases))
    else:
        await tx.execute(_DROP[kind], row_id)
