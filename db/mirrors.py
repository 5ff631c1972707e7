"""Effects that copy a booking of the own calendar to another system: planning them, and what was copied before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from db.effect_plans import plan_after
from db.effects import Effect
from db.tx import Tx

HAS_MIRROR = """
SELECT EXISTS (SELECT FROM provider_accounts
               WHERE workspace_id = current_workspace() AND enabled AND provider = 'own_calendar'
                 AND settings ? 'mirror')
"""
EARLIER_MIRROR_OPEN = """
SELECT EXISTS (SELECT FROM effects o JOIN effects e ON e.id = $1 AND o.booking_id = e.booking_id AND o.seq < e.seq
               WHERE o.kind = 'mirror_booking' AND o.status IN ('pending', 'in_flight', 'unknown'))
"""
COPY_OF = """
SELECT external_ref FROM effects
WHERE booking_id = $1 AND kind = 'mirror_booking' AND status = 'done' AND external_ref IS NOT NULL
ORDER BY seq DESC LIMIT 1
"""


async def plan_mirror(
    tx: Tx, after: Effect, booking_id: UUID, request: dict[str, Any], *, delay_seconds: float
) -> None:
    """One copy per effect and booking that it changed; none where the business has no mirror."""
    if await tx.fetchval(HAS_MIRROR):
        await plan_after(
            tx,
            after,
            kind="mirror_booking",
            key=f"mirror-after:{after.id}:{booking_id}",
            request=request,
            booking_id=booking_id,
            delay_seconds=delay_seconds,
        )


async def earlier_mirror_open(tx: Tx, effect_id: UUID) -> bool:
    """Whether an earlier copy of the same booking is still under way."""
    return bool(await tx.fetchval(EARLIER_MIRROR_OPEN, effect_id))


async def copy_of(tx: Tx, booking_id: UUID) -> str | None:
    """The other system's id of the booking's copy; None: it was never copied."""
    found: str | None = await tx.fetchval(COPY_OF, booking_id)
    return found
