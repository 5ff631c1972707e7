"""What placing an order and moving one have in common."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.messages import JsonObject
from db import bookings, effects
from db.failures import ROW_REFUSED
from db.tx import Tx
from providers.contract import OrderCheck, OrderRequest

_FRESH_FRAMES_VALID_SECONDS = 3600.0
LOOK_UP_FOR = timedelta(minutes=10)
"""How long a booking system that doesn't answer is asked for a lost order before a person is."""
NOT_RECORDABLE: tuple[type[Exception], ...] = (LookupError, *ROW_REFUSED)
MOST_TRIES = 8
"""Of an order that was never called but kept its process from going on."""


async def store_fresh_frames(
    transaction: Tx, effect: effects.Effect, order: OrderRequest, check: OrderCheck
) -> None:
    """What the double-check saw is newer than the last sync: the alternatives must come from it."""
    staff = await bookings.staff_ids_of(
        transaction,
        effect.workspace_id,
        location_external_id=order.location_external_id,
        # Others that the check saw as well: what it didn't list of them isn't free either.
        staff_external_ids={line.staff_external_id for line in order.lines}
        | {frame.staff_external_id for frame in check.fresh_frames},
    )
    if not staff:
        return
    known = {entry.external_id: entry for entry in staff}
    frames = [
        bookings.FreshFrame(
            location_id=known[frame.staff_external_id].location_id,
            staff_id=known[frame.staff_external_id].id,
            starts_at=frame.starts_at,
            ends_at=frame.ends_at,
            external_id=frame.external_id,
        )
        for frame in check.fresh_frames
        if frame.staff_external_id in known
    ]
    first, last = _starts_and_ends(order)
    await bookings.replace_frames(
        transaction,
        effect.workspace_id,
        staff_ids=[entry.id for entry in staff],
        starts_at=min([first, *(frame.starts_at for frame in frames)]),
        ends_at=max([last, *(frame.ends_at for frame in frames)]),
        frames=frames,
        valid_seconds=_FRESH_FRAMES_VALID_SECONDS,
    )


def _starts_and_ends(order: OrderRequest) -> tuple[datetime, datetime]:
    """First start and last end of an order, UTC."""
    return (
        min(line.starts_at for line in order.lines),
        max(line.starts_at + timedelta(minutes=line.minutes) for line in order.lines),
    )


def order_details(effect: effects.Effect) -> JsonObject:
    """What an operator needs to find the order at the provider: no customer data beyond the booking's id."""
    try:
        order = OrderRequest.model_validate(effect.request.get("order", effect.request))
    except ValueError:  # frozen by another version
        return {"booking_id": str(effect.booking_id), "code": effect.error_code}
    return {
        "booking_id": str(effect.booking_id),
        "location": order.location_external_id,
        "lines": [
            {
                "service": line.service_name,
                "staff": line.staff_name or line.staff_external_id,
                "starts_at": line.starts_at.isoformat(),
                "minutes": line.minutes,
            }
            for line in order.lines
        ],
        "code": effect.error_code,
    }
