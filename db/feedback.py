"""What customers think of an answer or of a whole talk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.ids import new_id
from db.tx import Tx

# The last word counts, and what it doesn't mention stays.
KEEP = """
INSERT INTO feedback AS f (id, workspace_id, conversation_id, message_seq, thumb, rating, comment, source)
VALUES ($1, current_workspace(), $2, $3, $4, $5, left($6, 1000), $7)
ON CONFLICT (workspace_id, conversation_id, message_seq) DO UPDATE SET
  thumb = coalesce(excluded.thumb, f.thumb), rating = coalesce(excluded.rating, f.rating),
  comment = coalesce(excluded.comment, f.comment), source = excluded.source, updated_at = now()
"""
IS_OURS = """
SELECT EXISTS (SELECT FROM messages
               WHERE workspace_id = current_workspace() AND conversation_id = $1 AND seq = $2 AND direction = 'out')
"""
OF_CONVERSATION = """
SELECT message_seq, thumb, rating, comment, source, updated_at FROM feedback
WHERE workspace_id = current_workspace() AND conversation_id = $1 ORDER BY message_seq
"""


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """message_seq: the message it is about; 0: the talk as a whole."""

    message_seq: int
    thumb: str | None
    rating: int | None
    comment: str | None
    source: str
    updated_at: datetime


async def keep(
    tx: Tx,
    conversation_id: UUID,
    *,
    message_seq: int,
    thumb: str | None,
    rating: int | None,
    comment: str | None,
    source: str,
) -> None:
    """message_seq: of the conversation; 0: the talk as a whole."""
    await tx.execute(KEEP, new_id(), conversation_id, message_seq, thumb, rating, comment or None, source)


async def is_ours(tx: Tx, conversation_id: UUID, seq: int) -> bool:
    """Whether we said this message."""
    return bool(await tx.fetchval(IS_OURS, conversation_id, seq))


async def of_conversation(tx: Tx, conversation_id: UUID) -> list[FeedbackRow]:
    return [FeedbackRow(**dict(row)) for row in await tx.fetch(OF_CONVERSATION, conversation_id)]
