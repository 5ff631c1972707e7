"""Placing an order: double-check, mark, order, record. At most once, whatever dies in between.

"Booked" becomes true here and nowhere else: in the transaction that records the provider's order id.
"""

from __future__ import annotations

from functools import partial

import structlog

from bot.effect_base import (
    EffectContext,
    answer,
    bounded,
    recorded_surely,
    required_booking,
    retry_later,
    settle_unknown,
    tell_operator,
)
from bot.effect_mails import plan_mails
from bot.effect_mirrors import Act, plan_copy
from bot.effect_order_parts import LOOK_UP_FOR, MOST_TRIES, NOT_RECORDABLE, order_details, store_fresh_frames
from bot.flows.contract import Outcome
from bot.mail_settings import News
from bot.messages import JsonObject
from bot.payment_gate import plan_link_if_due
from db import bookings, effects, failpoints
from db.tx import Tx, tx
from providers.contract import OrderCheck, OrderPlaced, OrderRequest
from providers.outcome import CallFailure, Disposition, SlotTaken

log = structlog.get_logger(__name__)


async def perform_order(context: EffectContext, effect: effects.Effect) -> None:
    """The whole way of one order effect. Every way out leaves an answer for the conversation or a later try."""
    if effect.attempts > MOST_TRIES:
        await _keep_for_operator(
            context,
            effect,
            CallFailure(Disposition.OPERATOR, "too_many_tries", "The order could not be worked on."),
        )
        return
    order = OrderRequest.model_validate(effect.request)
    try:
        provider = await context.accounts.booking_provider(effect.workspace_id)
        check = await bounded(context, provider.check_order(order))
    except CallFailure as failure:
        # Only read so far: nothing was placed, whatever went wrong.
        await _not_reachable(context, effect, failure)
        return
    if not check.available:
        await _not_available(context, effect, order, check)
        return
    if check.prices_minor != tuple(line.price_minor for line in order.lines):
        await _price_changed(context, effect, check)
        return
    if not await effects.begin_call(context.pool, effect, claim_seconds=context.limits.claim_seconds):
        log.warning("order.claim_lost")
        return
    await failpoints.hit("effect.before_order")
    try:
        placed = await bounded(context, provider.place_order(order))
    except SlotTaken as taken:
        await _not_available(context, effect, order, OrderCheck(False, (), taken.detail))
        return
    except CallFailure as failure:
        await _order_failed(context, effect, failure)
        return
    await failpoints.hit("effect.after_call")
    await failpoints.hit("effect.before_settle")
    await _record_surely(context, effect, placed)
    await failpoints.hit("effect.after_settle")


async def reconcile_order(context: EffectContext, effect: effects.Effect) -> None:
    """An order whose answer got lost. Where it can't be looked up by our reference only an operator can decide."""
    booking_id = required_booking(effect)
    said = ""
    try:
        found, said = await _looked_up(context, effect)
    except CallFailure as failure:
        if context.clock() - effect.created_at < LOOK_UP_FOR:
            log.warning("order.lookup_failed", code=failure.code)
            return  # still unknown: asked again in the next round
        found = None
    if found is not None:
        await _record_surely(context, effect, found)
        return
    async with tx(context.pool, effect.workspace_id) as transaction:
        if failpoints.guard_is_off("naive_retry"):
            await effects.settle(transaction, effect, status="pending", code=effect.error_code)
            return
        if not await effects.settle(
            transaction,
            effect,
            status="needs_operator",
            code=effect.error_code,
            detail=effect.error_detail,
        ):
            return
        await bookings.flag_for_operator(transaction, booking_id)
        await tell_operator(
            transaction,
            effect,
            kind="order_outcome_unknown",
            summary="An order may or may not have been placed: the answer of the booking system was lost. "
            "Look it up there and decide; it is not ordered again by itself. The customer was told that "
            "the business will confirm." + (f" Looked up there: {said}." if said else ""),
            details=order_details(effect),
        )
        await answer(transaction, effect, Outcome.ORDER_UNKNOWN)


async def _looked_up(context: EffectContext, effect: effects.Effect) -> tuple[OrderPlaced | None, str]:
    """The order in the booking system's own records. None: it can't tell, or knows of none (which proves nothing).
    Beside it what an operator should know of the look-up.

    Raises `CallFailure` while the system doesn't answer.
    """
    try:
        provider = await context.accounts.booking_provider(effect.workspace_id)
        if not provider.capabilities.lookup_order:
            return None, ""
        return await bounded(context, provider.find_order(OrderRequest.model_validate(effect.request))), ""
    except CallFailure as failure:
        if failure.disposition in (Disposition.RETRY, Disposition.UNKNOWN):
            raise
        log.warning("order.lookup_refused", code=failure.code)
        return None, failure.detail


async def _record_surely(context: EffectContext, effect: effects.Effect, placed: OrderPlaced) -> None:
    """In our tables, or in front of a person."""
    try:
        await recorded_surely(partial(_record_placed, context, effect, placed), order_id=placed.order_id)
    except NOT_RECORDABLE:
        log.exception("order.not_recordable", order=placed.order_id)
        await _placed_but_not_booked(context, effect, placed)


def _result(placed: OrderPlaced) -> JsonObject:
    return {
        "order_id": placed.order_id,
        "payment_url": placed.payment_url,
        "pay_until": placed.pay_until.isoformat() if placed.pay_until else None,
    }


async def _placed_but_not_booked(context: EffectContext, effect: effects.Effect, placed: OrderPlaced) -> None:
    """The order stands at the provider, but our booking can't be confirmed by it (it was cancelled meanwhile, or
    another booking has this order's number): a person decides, with the number in hand.
    """
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction,
            effect,
            status="needs_operator",
            external_ref=placed.order_id,
            result=_result(placed),
            code="not_recordable",
            detail="The order was placed, but its booking could not be confirmed.",
        ):
            return
        await bookings.flag_for_operator(transaction, required_booking(effect))
        await tell_operator(
            transaction,
            effect,
            kind="order_not_recordable",
            summary=f"Order {placed.order_id} was placed at the booking system, but its booking here could not be "
            "confirmed. Compare the two; the customer was told that the business will confirm.",
            details={"order_id": placed.order_id, **order_details(effect)},
        )
        await answer(transaction, effect, Outcome.ORDER_UNKNOWN)


async def _record_placed(context: EffectContext, effect: effects.Effect, placed: OrderPlaced) -> None:
    booking_id = required_booking(effect)
    result = _result(placed)
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction, effect, status="done", external_ref=placed.order_id, result=result
        ):
            now = await effects.find(transaction, effect.id)
            if now is not None and now.status == "done":
                return  # by this very process: only the answer to its COMMIT got lost
            # Our claim ran out while the provider answered; reconciling has it now. What we know must not
            # be lost with this process.
            await tell_operator(
                transaction,
                effect,
                kind="order_answer_late",
                summary=f"Order {placed.order_id} was placed, but the answer came after its time had run out. "
                "Check the booking it belongs to.",
                details={"order_id": placed.order_id, **order_details(effect)},
            )
            return
        link = not placed.payment_url and await plan_link_if_due(
            transaction, effect, booking_id, confirms=True
        )
        code = await bookings.confirm_booking(
            transaction,
            booking_id,
            provider_order_id=placed.order_id,
            payment_url=placed.payment_url,
            payment_status="pending" if placed.payment_url or link else "at_business",
        )
        await plan_copy(
            transaction, effect, Act.CREATE, booking_id, OrderRequest.model_validate(effect.request)
        )
        if context.mail is not None and not link:
            await plan_mails(transaction, effect, booking_id, News.CONFIRMED)
        await answer(
            transaction,
            effect,
            Outcome.ORDER_PLACED,
            {**result, "confirmation_code": code, "booking_id": str(booking_id), "link": link},
        )
    log.info("order.placed")


async def _not_available(
    context: EffectContext, effect: effects.Effect, order: OrderRequest, check: OrderCheck
) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction, effect, status="failed", code="slot_taken", detail=check.reason
        ):
            return
        await _give_up_booking(transaction, effect, reason="the time was taken in between")
        await store_fresh_frames(transaction, effect, order, check)
        await answer(transaction, effect, Outcome.ORDER_SLOT_TAKEN, {"reason": check.reason})


async def _price_changed(context: EffectContext, effect: effects.Effect, check: OrderCheck) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction,
            effect,
            status="failed",
            code="price_changed",
            detail="The price changed since quoted.",
        ):
            return
        await _give_up_booking(transaction, effect, reason="the price changed before the order")
        await answer(
            transaction, effect, Outcome.ORDER_PRICE_CHANGED, {"prices_minor": list(check.prices_minor)}
        )


async def _not_reachable(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    """The provider can't be asked. A few quick tries, then the request is kept for a person."""
    again = failure.disposition in (Disposition.RETRY, Disposition.UNKNOWN)
    if again and effect.attempts < context.limits.max_call_attempts:
        await retry_later(context, effect, failure)
        return
    await _keep_for_operator(context, effect, failure)


async def _order_failed(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    match failure.disposition:
        case Disposition.UNKNOWN:
            await settle_unknown(context, effect, failure)
        case Disposition.RETRY:
            await _not_reachable(context, effect, failure)
        case Disposition.OPERATOR:
            await _keep_for_operator(context, effect, failure)
        case Disposition.PERMANENT:
            async with tx(context.pool, effect.workspace_id) as transaction:
                if not await effects.settle(
                    transaction, effect, status="failed", code=failure.code, detail=failure.detail
                ):
                    return
                await _give_up_booking(transaction, effect, reason=f"refused: {failure.code}")
                await tell_operator(
                    transaction,
                    effect,
                    kind="order_refused",
                    summary=f"The booking system refused an order: {failure.detail} (code {failure.code}).",
                    details=order_details(effect),
                )
                await answer(
                    transaction,
                    effect,
                    Outcome.ORDER_REFUSED,
                    {"code": failure.code, "detail": failure.detail},
                )


async def _keep_for_operator(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction, effect, status="needs_operator", code=failure.code, detail=failure.detail
        ):
            return
        await bookings.flag_for_operator(transaction, required_booking(effect))
        await tell_operator(
            transaction,
            effect,
            kind="order_not_placed",
            summary=f"An order could not be placed, the booking system is not answering: {failure.detail} "
            f"(code {failure.code}). Nothing was ordered; the time is kept here and the customer was told "
            "that the business will confirm.",
            details=order_details(effect),
        )
        await answer(transaction, effect, Outcome.ORDER_UNAVAILABLE)


async def _give_up_booking(transaction: Tx, effect: effects.Effect, *, reason: str) -> None:
    """Nothing was placed: the time is free again, the wish stays open."""
    booking_id = required_booking(effect)
    await bookings.cancel_booking(transaction, booking_id, reason=reason)
    await bookings.set_intent_status(transaction, booking_id, "intent")
