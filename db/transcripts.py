"""What was said to one customer of one account, for a page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.tx import Tx

SENT_TO = """
SELECT m.id, m.payload, m.delivery_status, m.delivery_error, m.created_at
FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE c.workspace_id = current_workspace() AND c.channel_account_id = $1 AND c.address = $2
  AND m.direction = 'out' AND m.delivery_status NOT IN ('queued', 'blocked')
ORDER BY m.created_at, m.seq OFFSET $3
"""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One reply; `bodies` are the rendered requests it was sent as."""

    id: UUID
    bodies: list[dict[str, Any]]
    delivery_status: str
    delivery_error: str | None
    created_at: datetime


async def sent_to(tx: Tx, *, account_id: UUID, address: str, after: int) -> list[SentMessage]:
    """Replies that went out to this customer, oldest first, without the first `after` of them."""
    rows = await tx.fetch(SENT_TO, account_id, address, after)
    return [
        SentMessage(
            id=row["id"],
            bodies=row["payload"].get("bodies", []),
            delivery_status=row["delivery_status"],
            delivery_error=row["delivery_error"],
            created_at=row["created_at"],
        )
        for row in rows
    ]
