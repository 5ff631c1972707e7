"""A customer's open talk, for what comes from us when the one it belongs to was closed for being idle."""

from __future__ import annotations

from uuid import UUID

from db.ids import new_id
from db.tx import Tx

NEWEST = """
SELECT c.id FROM conversations o
JOIN conversations c ON c.workspace_id = o.workspace_id AND c.customer_id = o.customer_id
WHERE o.workspace_id = current_workspace() AND o.id = $1 AND c.status <> 'closed'
ORDER BY c.channel_account_id = o.channel_account_id DESC, c.last_inbound_at DESC LIMIT 1
"""
# As the customer's next message would open one; when he wrote last stays true, for it decides what may be sent.
OPEN = """
INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address, language, state,
                           state_name, last_inbound_at)
SELECT $2, c.workspace_id, c.bot_id, c.channel_account_id, c.customer_id, c.address, c.language,
       jsonb_build_object('version', 1, 'name', 'idle', 'language', c.language, 'greeted', true), 'idle',
       c.last_inbound_at
FROM conversations c WHERE c.workspace_id = current_workspace() AND c.id = $1
ON CONFLICT (workspace_id, channel_account_id, customer_id) WHERE status <> 'closed'
DO UPDATE SET address = excluded.address
RETURNING id
"""


async def instead_of(tx: Tx, conversation_id: UUID) -> UUID:
    """The talk in which its customer is told now what belongs to this closed one: his newest, else a new one in the
    same place and language. Raises LookupError.
    """
    found: UUID | None = await tx.fetchval(NEWEST, conversation_id)
    if found is None:
        found = await tx.fetchval(OPEN, conversation_id, new_id())
    if found is None:
        raise LookupError(f"conversation {conversation_id} is gone")
    return found
