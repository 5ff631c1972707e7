"""Services by need over names, aliases and descriptions: PostgreSQL full text, ranked, per location."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from db.tx import Tx

SERVICES_BY_NEED = """
WITH wanted AS MATERIALIZED (
  SELECT need_query($1) AS need, phrase_query($2) AS phrase, any_query($3) AS others
), found AS MATERIALIZED (
  SELECT s.id, s.position, (s.search @@ w.phrase)::integer + ts_rank(s.search, w.need) AS rank
  FROM services s, wanted w
  WHERE s.workspace_id = current_workspace() AND s.retired_at IS NULL AND s.search @@ w.need
    AND (w.others IS NULL OR NOT ts_filter(s.search, '{a}') @@ w.others)
)
SELECT id FROM found f
WHERE $4::uuid IS NULL OR EXISTS (
  SELECT FROM service_locations sl
  WHERE sl.workspace_id = current_workspace() AND sl.service_id = f.id AND sl.location_id = $4)
ORDER BY rank DESC, position, id
LIMIT $5
"""


async def services_by_need(
    connection: Tx,
    *,
    groups: Sequence[Sequence[str]],
    phrase: str,
    without: Sequence[str],
    location_id: UUID | None,
    limit: int,
) -> list[UUID]:
    """Ids, best first, of services that hold a phrase of every group; those that hold `phrase` itself lead.

    `without`: phrases that make a name mean something else ("blow dry" is nothing for dry hair).
    `location_id`: None is anywhere. `connection`: a transaction of the workspace.
    """
    rows = await connection.fetch(
        SERVICES_BY_NEED, [list(group) for group in groups], phrase, list(without), location_id, limit
    )
    return [row["id"] for row in rows]
