"""Requests for a person as people read them, the last first; what opens and closes them is in escalations.py."""

from __future__ import annotations

from db.escalations import EscalationRow
from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

STATES = ("open", "taken", "resolved", "handed_back")

_FROM = """
FROM escalations e
JOIN conversations c ON c.workspace_id = e.workspace_id AND c.id = e.conversation_id
JOIN customers k ON k.workspace_id = e.workspace_id AND k.id = e.customer_id
WHERE e.workspace_id = current_workspace()
"""
_FILTERS = """
  AND e.opened_at >= coalesce($1, '-infinity'::timestamptz) AND e.opened_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL
       OR strpos(lower(concat_ws(' ', k.name, k.profile_name, c.address, e.summary, e.taken_by)), $3) > 0
       OR strpos(k.phone, $4) > 0)
"""
LISTING = f"""
SELECT e.id, e.conversation_id, e.status, e.cause, e.summary, e.turn, e.times, e.opened_at, e.taken_at, e.taken_by,
       e.closed_at, e.closed_by, c.address, c.status AS conversation_status,
       coalesce(k.name, k.profile_name, '') AS customer_name
{_FROM}{_FILTERS}
  AND ($5::text IS NULL OR e.status = $5)
  {older("e.opened_at, e.id", 6)}
ORDER BY e.opened_at DESC, e.id DESC LIMIT $8
"""
COUNTS = f"SELECT e.status, count(*) AS count {_FROM}{_FILTERS} GROUP BY e.status"


async def listing(
    tx: Tx, filters: Filters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[EscalationRow]:
    """The last first. Who waits now, urgent ones first: escalations.listing."""
    return await read_page(
        tx, LISTING, EscalationRow, filters, sorted_by=lambda row: row.opened_at, after=after, limit=limit
    )


async def counts(tx: Tx, filters: Filters) -> Counts:
    return await read_counts(tx, COUNTS, filters)
