"""What an operator found out about an order whose answer got lost, or that could not be placed at all.

The booking system is asked nothing here: a person looked there, and his word is recorded as a call's answer
would be. So "booked" is still said only with an order id in hand, in the transaction that records it.
"""

from __future__ import annotations

from uuid import UUID

from bot.effect_base import answer, required_booking
from bot.flows.contract import Outcome
from bot.messages import JsonObject
from db import bookings, effects, errors
from db.accounts import list_workspaces
from db.tx import Pool, Tx, tx

_ERROR_KINDS = ("order_outcome_unknown", "order_not_placed", "order_not_recordable", "order_answer_late")


class NotDecidable(ValueError):
    """Nothing to decide about that. The message is one plain line."""


async def find_effect(pool: Pool, effect_id: UUID) -> effects.Effect:
    """The effect, whatever workspace it belongs to. Raises NotDecidable."""
    for workspace in await list_workspaces(pool):
        async with tx(pool, workspace.id) as transaction:
            found = await effects.find(transaction, effect_id)
        if found is not None:
            return found
    raise NotDecidable(f"there is no effect {effect_id}")


async def decide_placed(pool: Pool, effect_id: UUID, *, order_id: str, payment_url: str | None = None) -> str:
    """The order stands at the provider: the booking is confirmed and the customer told. Returns its code.

    Raises NotDecidable; asyncpg.UniqueViolationError if another booking has this order id.
    """
    effect = _open_order(await find_effect(pool, effect_id))
    booking_id = required_booking(effect)
    result: JsonObject = {
        "order_id": order_id,
        "payment_url": payment_url,
        "pay_until": None,
        "decided_by": "operator",
    }
    async with tx(pool, effect.workspace_id) as transaction:
        await _settle(transaction, effect, status="done", external_ref=order_id, result=result)
        booking = await bookings.find_booking(transaction, booking_id)
        if booking is None or booking.status == "cancelled":
            raise NotDecidable("its booking was cancelled meanwhile; cancel the order at the booking system")
        code = await bookings.confirm_booking(
            transaction,
            booking_id,
            provider_order_id=order_id,
            payment_url=payment_url,
            payment_status="pending" if payment_url else "at_business",
        )
        await answer(
            transaction,
            effect,
            Outcome.ORDER_PLACED,
            {**result, "confirmation_code": code, "booking_id": str(booking_id)},
        )
        await _resolve_errors(transaction, effect, f"an operator found order {order_id}")
    return code


async def decide_not_placed(pool: Pool, effect_id: UUID) -> None:
    """No order stands at the provider: the time is free again, the customer is told and may choose anew.

    Raises NotDecidable.
    """
    effect = _open_order(await find_effect(pool, effect_id))
    booking_id = required_booking(effect)
    async with tx(pool, effect.workspace_id) as transaction:
        await _settle(transaction, effect, status="failed", code="not_placed", detail="An operator decided.")
        await bookings.cancel_booking(
            transaction, booking_id, reason="an operator found that no order stands"
        )
        await bookings.set_intent_status(transaction, booking_id, "abandoned")
        await answer(
            transaction,
            effect,
            Outcome.ORDER_REFUSED,
            # A wish that goes on from here is a new intent: the old one's story ends with this decision.
            {"code": "not_placed", "detail": "decided by an operator", "intent_closed": True},
        )
        await _resolve_errors(transaction, effect, "an operator found that no order was placed")


def _open_order(effect: effects.Effect) -> effects.Effect:
    if effect.kind != "place_order":
        raise NotDecidable(f"effect {effect.id} is no order ({effect.kind.replace('_', ' ')})")
    if effect.status != "needs_operator":
        raise NotDecidable(f"effect {effect.id} doesn't wait for a decision: it is {effect.status}")
    return effect


async def _settle(
    transaction: Tx,
    effect: effects.Effect,
    *,
    status: effects.Status,
    external_ref: str | None = None,
    result: JsonObject | None = None,
    code: str | None = None,
    detail: str | None = None,
) -> None:
    if not await effects.settle(
        transaction,
        effect,
        status=status,
        external_ref=external_ref,
        result=result,
        code=code,
        detail=detail,
    ):
        raise NotDecidable(f"somebody else decided about effect {effect.id} in this moment")


async def _resolve_errors(transaction: Tx, effect: effects.Effect, resolution: str) -> None:
    for kind in _ERROR_KINDS:
        await errors.resolve(
            transaction,
            workspace_id=effect.workspace_id,
            kind=kind,
            fingerprint=str(effect.id),
            resolution=resolution,
        )
