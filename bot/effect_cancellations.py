"""Cancelling an order at the booking system: for a customer who doesn't come, or because a new order took its place.

An adapter that can cancel counts an order that is gone already as cancelled, so a cancellation whose answer got lost
is asked for again. "Cancelled" becomes true here: in the transaction that records the booking system's word.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from bot.effect_base import (
    EffectContext,
    answer,
    bounded,
    by_business,
    required_booking,
    retry_later,
    settle_unknown,
    tell_operator,
)
from bot.effect_mails import plan_mails
from bot.effect_mirrors import Act, plan_copy
from bot.flows.contract import Outcome
from bot.mail_settings import News
from bot.messages import JsonObject
from bot.payment_gate import close_link_if_ours
from db import booking_changes, bookings, effects, failpoints, sync_runs
from db.history import known_booking
from db.tx import Tx, tx
from providers.outcome import CallFailure, Disposition, NotSupported

log = structlog.get_logger(__name__)

REASON = "asked by the customer"
OWN_REASON = "asked by the business"
_PAID = frozenset({"paid", "deposit_paid"})


async def perform_cancellation(context: EffectContext, effect: effects.Effect) -> None:
    """Cancels an order at the provider; what it can't do goes to an operator."""
    if effect.request.get("done_there") is True:  # a person did it in the booking system, and says so
        await _record(context, effect, frees_frames=True)
        return
    try:
        provider = await context.accounts.booking_provider(effect.workspace_id)
        if not provider.capabilities.cancel_order:
            raise NotSupported("the booking system has no call that cancels an order")
    except CallFailure as failure:
        await _not_cancelled(context, effect, failure)
        return
    if not await effects.begin_call(context.pool, effect, claim_seconds=context.limits.claim_seconds):
        log.warning("cancellation.claim_lost")
        return
    await failpoints.hit("effect.before_order")
    reason = REASON if by_business(effect) is None else OWN_REASON
    try:
        await bounded(context, provider.cancel_order(str(effect.request["order_id"]), reason=reason))
    except CallFailure as failure:
        await _not_cancelled(context, effect, failure)
        return
    await failpoints.hit("effect.after_call")
    await failpoints.hit("effect.before_settle")
    await _record(context, effect, frees_frames=provider.capabilities.free_frames)
    await failpoints.hit("effect.after_settle")


async def reconcile_cancellation(context: EffectContext, effect: effects.Effect) -> None:
    """A cancellation whose answer got lost: asked for again a few times, then a person looks."""
    if effect.attempts < context.limits.max_call_attempts:
        lost = CallFailure(
            Disposition.RETRY, effect.error_code or "unknown", effect.error_detail or "The answer was lost."
        )
        await retry_later(context, effect, lost)
        return
    await _to_operator(
        context, effect, effect.error_code or "unknown", effect.error_detail or "the answer was lost"
    )


async def _not_cancelled(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    again = effect.attempts < context.limits.max_call_attempts
    if failure.disposition is Disposition.UNKNOWN:
        await settle_unknown(context, effect, failure)
    elif failure.disposition is Disposition.RETRY and again:
        await retry_later(context, effect, failure)
    else:
        await _to_operator(context, effect, failure.code, failure.detail)


def moved_to(effect: effects.Effect) -> UUID | None:
    """The booking that has taken the place of the one to be cancelled; None: the customer doesn't come at all."""
    found = effect.request.get("moved_to")
    return UUID(found) if isinstance(found, str) else None


async def _record(context: EffectContext, effect: effects.Effect, *, frees_frames: bool) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(transaction, effect, status="done", result={"cancelled": True}):
            return
        await record_cancelled(transaction, effect, mails=context.mail is not None)
        if frees_frames:
            # The booking system has the time free again; the tables learn it from a pull.
            await sync_runs.request_run(transaction, kind="slots", trigger="conversation", after_now=True)
    log.info("order.cancelled")


async def record_cancelled(
    transaction: Tx, effect: effects.Effect, *, mails: bool, told: bool = False
) -> None:
    """The order is gone: its booking ends, or gives way to the one it was moved to, and the customer is told.

    told: he knows of the new one already, under its own code (its old order had to be cancelled by hand).
    mails: he is told by mail as well.
    """
    booking_id = required_booking(effect)
    new_booking_id = moved_to(effect)
    await bookings.find_booking(transaction, booking_id, lock=True)
    before = await known_booking(transaction, booking_id)
    if before is None:
        raise LookupError(f"booking {booking_id} of effect {effect.id} is gone")
    await plan_copy(transaction, effect, Act.CANCEL, booking_id)
    if before["payment_status"] == "pending" or before["due_minor"] is not None:
        await close_link_if_ours(transaction, booking_id)
    if new_booking_id is not None:
        await _record_moved(transaction, effect, before, new_booking_id, mails=mails, told=told)
    else:
        await _record_ended(transaction, effect, before, mails=mails)


async def _record_moved(
    transaction: Tx,
    effect: effects.Effect,
    before: JsonObject,
    new_booking_id: UUID,
    *,
    mails: bool,
    told: bool,
) -> None:
    """The old order of a move is gone: the new booking stands in its place."""
    booking_id = required_booking(effect)
    if before["payment_status"] in _PAID:
        await tell_operator(
            transaction,
            effect,
            kind="refund_due",
            summary=f"A booking was paid while it moved: the money came for the old order "
            f"({effect.request.get('order_id')}), and the new one asks for it again. Settle it with the customer.",
            details={
                "booking_id": str(booking_id),
                "new_booking_id": str(new_booking_id),
                "paid_minor": before["paid_minor"],
            },
        )
    reason = f"moved {_by(effect)}"
    if told:
        await bookings.cancel_booking(transaction, booking_id, reason=reason)
        await booking_changes.stop_polls(transaction, booking_id)
        return
    await booking_changes.replace_booking(transaction, booking_id, new_booking_id, reason=reason)
    if mails:
        was = before["starts_at"]
        await plan_mails(transaction, effect, new_booking_id, News.CHANGED, before=was)
    now = await known_booking(transaction, new_booking_id)
    placed = effect.request.get("placed")
    data: JsonObject = dict(placed) if isinstance(placed, dict) else {}
    await answer(
        transaction,
        effect,
        Outcome.ORDER_CHANGED,
        {**data, "booking": now, "before": before["starts_at"], "old_stands": False},
    )


async def _record_ended(transaction: Tx, effect: effects.Effect, before: JsonObject, *, mails: bool) -> None:
    """The order is gone and nothing stands in its place."""
    booking_id = required_booking(effect)
    if await bookings.cancel_booking(transaction, booking_id, reason=_by(effect)):
        if mails:
            await plan_mails(transaction, effect, booking_id, News.CANCELLED)
    else:
        await tell_operator(
            transaction,
            effect,
            kind="cancelled_too_late",
            summary="An order was cancelled at the booking system, but its booking here had ended before: "
            "compare the two.",
            details={"booking_id": str(booking_id), "order_id": effect.request.get("order_id")},
        )
    await booking_changes.stop_polls(transaction, booking_id)
    if before["payment_status"] in _PAID:
        await tell_operator(
            transaction,
            effect,
            kind="refund_due",
            summary=f"A booking that was paid is cancelled (order {effect.request.get('order_id')}). What becomes of "
            "the payment is for you to settle; the customer was told that you will.",
            details={
                "booking_id": str(booking_id),
                "total_minor": before["total_minor"],
                "paid_minor": before["paid_minor"],
            },
        )
    await answer(transaction, effect, Outcome.ORDER_CANCELLED, {"booking": before})


def _by(effect: effects.Effect) -> str:
    """`by the customer`, `by the business: the dryer broke`: what stays with the booking."""
    business = by_business(effect)
    if business is None:
        return "by the customer"
    return ": ".join(filter(None, ("by the business", str(business.get("reason", "")))))


def _wanted(effect: effects.Effect) -> str:
    business = by_business(effect)
    if business is None:
        return "A customer cancelled"
    return f"{business.get('by') or 'The business'} cancelled a booking (the customer was told nothing yet)"


async def _to_operator(context: EffectContext, effect: effects.Effect, code: str, detail: str) -> None:
    booking_id = required_booking(effect)
    new_booking_id = moved_to(effect)
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(transaction, effect, status="needs_operator", code=code, detail=detail):
            return
        await booking_changes.flag(transaction, booking_id, needs_operator=True)
        details: JsonObject = {"booking_id": str(booking_id), "order_id": effect.request.get("order_id")}
        if new_booking_id is None:
            await tell_operator(
                transaction,
                effect,
                kind="cancellation_open",
                summary=f"{_wanted(effect)}, but the booking system could not be told: {detail} (code {code}). "
                "Please cancel the order there.",
                details=details,
            )
            known = await known_booking(transaction, booking_id)
            await answer(transaction, effect, Outcome.CANCEL_FAILED, {"booking": known, "code": code})
            return
        await booking_changes.end_move(transaction, new_booking_id)
        if context.mail is not None:
            old = await known_booking(transaction, booking_id)
            was = old["starts_at"] if old else None
            await plan_mails(transaction, effect, new_booking_id, News.CHANGED, before=was)
        await tell_operator(
            transaction,
            effect,
            kind="moved_twice_there",
            summary="A booking has moved. The new order is placed, but the old one could not be cancelled: "
            f"{detail} (code {code}). Both stand in the booking system: please cancel the old one there.",
            details={**details, "new_booking_id": str(new_booking_id)},
        )
        placed = effect.request.get("placed")
        data: JsonObject = dict(placed) if isinstance(placed, dict) else {}
        now = await known_booking(transaction, new_booking_id)
        await answer(transaction, effect, Outcome.ORDER_CHANGED, {**data, "booking": now, "old_stands": True})
