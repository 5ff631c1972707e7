"""Asking the booking system whether an order is paid."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.effect_base import (
    EffectContext,
    answer,
    bounded,
    leave_to_operator,
    required_booking,
    retry_later,
    tell_operator,
)
from bot.flows.contract import Outcome
from bot.payment_looks import perform_look
from db import bookings, effects
from db.tx import Tx, tx
from providers.contract import PaymentState, PaymentStatus
from providers.outcome import CallFailure

log = structlog.get_logger(__name__)

_GIVE_UP_AFTER = timedelta(hours=24)
_SLOWER_AFTER_POLLS = 60


async def perform_poll(context: EffectContext, effect: effects.Effect) -> None:
    """Asks the provider, never the customer, whether an order is paid; asks again until it is or has expired."""
    if "payment_id" in effect.request:  # a link of our own
        await perform_look(context, effect)
        return
    order_id = str(effect.request["order_id"])
    try:
        provider = await context.accounts.booking_provider(effect.workspace_id)
        status = await bounded(context, provider.payment_status(order_id, now=context.clock()))
    except CallFailure as failure:
        if context.clock() - effect.created_at > _GIVE_UP_AFTER:
            await _give_up(context, effect, failure)
        else:
            await retry_later(context, effect, failure, minimum=context.limits.payment_poll_seconds)
        return
    match status.state:
        case PaymentState.PENDING:
            await _ask_again(context, effect, status)
        case PaymentState.PAID:
            await _record_paid(context, effect, status)
        case PaymentState.EXPIRED:
            await _record_expired(context, effect)


async def _ask_again(context: EffectContext, effect: effects.Effect, status: PaymentStatus) -> None:
    if context.clock() - effect.created_at > _GIVE_UP_AFTER:
        await _record_expired(context, effect)
        return
    pause = context.limits.payment_poll_seconds * (1 if effect.attempts < _SLOWER_AFTER_POLLS else 6)
    async with tx(context.pool, effect.workspace_id) as transaction:
        if await _is_cancelled(transaction, effect):
            await effects.settle(transaction, effect, status="done", result={"cancelled": True})
            return
        await effects.settle(transaction, effect, status="pending", delay_seconds=pause)
    log.debug("payment.pending", pay_until=str(status.pay_until))


async def _is_cancelled(transaction: Tx, effect: effects.Effect) -> bool:
    booking = await bookings.find_booking(transaction, required_booking(effect), lock=True)
    return booking is not None and booking.status == "cancelled"


async def _record_paid(context: EffectContext, effect: effects.Effect, status: PaymentStatus) -> None:
    booking_id = required_booking(effect)
    paid_at: datetime = status.paid_at or context.clock()
    async with tx(context.pool, effect.workspace_id) as transaction:
        booking = await bookings.find_booking(transaction, booking_id, lock=True)
        if booking is None:
            raise LookupError(f"booking {booking_id} of effect {effect.id} is gone")
        if not await effects.settle(
            transaction,
            effect,
            status="done",
            external_ref=status.reference or None,
            result={"paid_at": paid_at.isoformat(), "amount_minor": status.amount_minor},
        ):
            return
        if booking.status == "cancelled":
            await tell_operator(
                transaction,
                effect,
                kind="paid_after_cancel",
                summary=f"Order {effect.request['order_id']} was paid although its booking is cancelled. The customer "
                "was not told anything; please refund it.",
                details={"booking_id": str(booking_id), "amount_minor": status.amount_minor},
            )
            return
        if status.amount_minor is not None and status.amount_minor != booking.total_minor:
            await tell_operator(
                transaction,
                effect,
                kind="payment_amount_differs",
                summary=f"A payment of {status.amount_minor} came for a booking of {booking.total_minor} "
                f"({booking.currency}, minor units). The booking was not marked as paid; please look.",
                details={"booking_id": str(booking_id)},
            )
            return
        await bookings.mark_paid(transaction, booking_id, paid_at=paid_at)
        await answer(
            transaction,
            effect,
            Outcome.PAYMENT_PAID,
            {
                "paid_at": paid_at.isoformat(),
                "amount_minor": status.amount_minor,
                "method": status.method,
                "order_id": str(effect.request["order_id"]),
            },
        )


async def _record_expired(context: EffectContext, effect: effects.Effect) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if await _is_cancelled(
            transaction, effect
        ):  # the order's end is told already, and its payment's with it
            await effects.settle(transaction, effect, status="done", result={"cancelled": True})
        elif await effects.settle(transaction, effect, status="done", result={"expired": True}):
            await bookings.mark_payment_expired(transaction, required_booking(effect))
            await answer(transaction, effect, Outcome.PAYMENT_EXPIRED)


async def _give_up(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    await leave_to_operator(
        context,
        effect,
        failure,
        kind="payment_not_known",
        summary="For a day the booking system could not say whether an order was paid: "
        f"{failure.detail} (code {failure.code}).",
        details={"booking_id": str(effect.booking_id)},
    )


async def reconcile_poll(context: EffectContext, effect: effects.Effect) -> None:
    """A poll that was called unknown changed nothing: it is asked again."""
    async with tx(context.pool, effect.workspace_id) as transaction:
        await effects.settle(
            transaction, effect, status="pending", delay_seconds=context.limits.payment_poll_seconds
        )
