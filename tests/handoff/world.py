"""A handoff of the barber's, as a talk would make it, in the whole salon over real HTTP."""

from __future__ import annotations

from typing import Any

import orjson

from bot.handoff_token import token_of
from db import handoffs
from db.ids import new_id
from db.tx import tx
from tests.salon import Salon

BARBER = "barber-shop"
URL = "https://fades.square.site/book"


async def books_elsewhere(salon: Salon, *, workspace: str = BARBER, **external: Any) -> None:
    """The business's customers finish on a page of somebody else's from now on."""
    settings = {
        "booking_mode": "external",
        "external": {"url": URL, **external},
        "contact": {"phone": "+15550100", "email": "desk@example.com"},
    }
    await salon.pool.execute(
        "UPDATE workspaces SET settings = settings || $2::jsonb, updated_at = now() WHERE id = $1",
        salon.workspace_ids[workspace],
        settings,
    )


async def handed_off(
    salon: Salon, *, workspace: str = BARBER, page: str = "square", url: str = URL, **more: Any
) -> str:
    """A talk that ended in a handoff; its token."""
    phone = salon.phone("+15550123", workspace=workspace, name="Ali Test")
    await phone.say("hello")
    (talk,) = await salon.rows(
        "SELECT id, bot_id, customer_id FROM conversations WHERE workspace_id = $1",
        salon.workspace_ids[workspace],
    )
    workspace_id, intent_id = salon.workspace_ids[workspace], new_id()
    token = token_of(intent_id, workspace_id)
    async with tx(salon.pool, workspace_id) as transaction:
        await transaction.execute(
            "INSERT INTO booking_intents (id, workspace_id, bot_id, conversation_id, customer_id, booking_type) "
            "VALUES ($1, $2, $3, $4, $5, 'SERVICE_BOOKING')",
            intent_id, workspace_id, talk["bot_id"], talk["id"], talk["customer_id"],
        )  # fmt: skip
        await handoffs.upsert(
            transaction,
            handoffs.HandoffRow(
                token=token,
                workspace_id=workspace_id,
                bot_id=talk["bot_id"],
                conversation_id=talk["id"],
                customer_id=talk["customer_id"],
                intent_id=intent_id,
                page=page,
                booking_url=url,
                customer_name="Ali Test",
                customer_phone="+15550123",
                customer_email="ali@example.com",
                service="Skin fade",
                preferred_time="tomorrow at 5 pm",
                source="whatsapp",
                **more,
            ),
        )
    return token


async def row(salon: Salon, token: str) -> dict[str, Any]:
    """The handoff with its timeline and what hangs on it."""
    (found,) = await salon.rows(
        "SELECT h.*, i.status AS intent_status, (SELECT array_agg(e.kind ORDER BY e.at, e.id) FROM handoff_events e "
        "WHERE e.handoff_id = h.id) AS timeline FROM handoffs h JOIN booking_intents i ON i.id = h.intent_id "
        "WHERE token = $1",
        token,
    )
    return found


def json_body(value: Any) -> bytes:
    return orjson.dumps(value)
