"""What the samples of the barber don't have and pages show: a talk of today in Arabic, somebody in distress, errors."""

from __future__ import annotations

from uuid import UUID

from db import errors
from db.ids import new_id
from db.tx import Pool, tx
from tests.console.catalog_rows import furnish

ARABIC = ("السلام عليكم، أبي موعد باچر", "هلا فيك! أي ساعة تناسبك؟")
_VISITOR = "visitor-of-today-with-a-long-id"
_TALK = """
INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address, status, human_since,
                           state_name, language, turn)
SELECT $1, workspace_id, bot_id, channel_account_id, $2, $3, 'human', now(), 'human', 'ar', 1
FROM conversations WHERE workspace_id = current_workspace() LIMIT 1
"""
_LOOKED_AT = {
    "lead_id": "leads WHERE workspace_id = $1 AND status = 'booked'",
    "booking_id": "bookings WHERE workspace_id = $1 ORDER BY status = 'confirmed' DESC, starts_at DESC",
    "handoff_id": "handoffs WHERE workspace_id = $1 AND status = 'completed_external'",
    "customer_id": "customers k WHERE workspace_id = $1 AND EXISTS (SELECT FROM bookings b WHERE b.customer_id = k.id)",
    "service_id": "services WHERE workspace_id = $1 AND retired_at IS NULL ORDER BY external_id",
    "staff_id": "staff WHERE workspace_id = $1",
    "location_id": "locations WHERE workspace_id = $1",
}


async def add(pool: Pool, workspace_id: UUID) -> dict[str, UUID]:
    """All of it; returns the ids of the rows whose pages are looked at."""
    await furnish(pool, workspace_id)
    customer, talk = new_id(), new_id()
    async with tx(pool, workspace_id) as work:
        await work.execute(
            "INSERT INTO customers (id, workspace_id, name, phone, language) "
            "VALUES ($1, current_workspace(), 'نورة العلي', '+96550000103', 'ar')",
            customer,
        )
        await work.execute(_TALK, talk, customer, _VISITOR)
        for seq, body in enumerate(ARABIC, start=1):
            inward = seq % 2 == 1
            await work.execute(
                "INSERT INTO messages (id, workspace_id, conversation_id, seq, direction, body, turn, delivery_status) "
                "VALUES (gen_random_uuid(), current_workspace(), $1, $2, $3, $4, 1, $5)",
                talk,
                seq,
                "in" if inward else "out",
                body,
                "received" if inward else "read",
            )
        await work.execute(
            "UPDATE bookings SET total_minor = 4500, payment_status = 'at_business' WHERE status <> 'cancelled'"
        )
        await work.execute(
            "INSERT INTO escalations (id, workspace_id, conversation_id, customer_id, cause, turn) "
            "VALUES (gen_random_uuid(), current_workspace(), $1, $2, 'crisis', 1)",
            talk,
            customer,
        )
    for _ in range(2):
        await errors.record(
            pool, workspace_id=workspace_id, kind="mail_failed", fingerprint="x", summary="A mail came back"
        )
    found = {
        name: await pool.fetchval(f"SELECT id FROM {which} LIMIT 1", workspace_id)
        for name, which in _LOOKED_AT.items()
    }
    return {**found, "conversation_id": talk}
