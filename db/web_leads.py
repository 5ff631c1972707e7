"""What a customer has told in a talk so far, as the web chat shows it to him."""

from __future__ import annotations

from uuid import UUID

from db.tx import Tx

LEAD_OF = """
SELECT service, preferred_time AS time, name, phone, email FROM leads
WHERE workspace_id = current_workspace() AND conversation_id = $1
ORDER BY created_at DESC LIMIT 1
"""


async def lead_of(tx: Tx, conversation_id: UUID) -> dict[str, str | None] | None:
    """Service, time, name, phone, email; None: nothing was asked for yet."""
    row = await tx.fetchrow(LEAD_OF, conversation_id)
    return None if row is None else dict(row)
