"""Moving a booking to another time. Never both lost, never two standing without anybody knowing.

The new time is held in our tables from the customer's yes on, by a booking of its own. Then, by what the booking
system can:

| it can | what happens |
|---|---|
| change an order (same services) | its order is moved; ours follows in the transaction that records it |
| cancel an order | the new order is placed like any other; what records it plans the old one's cancellation |
| neither, or the order is paid | an operator does it; the old booking stands, the new time stays held |
"""

from __future__ import annotations

from functools import partial

import structlog

from bot.effect_base import (
    EffectContext,
    answer,
    bounded,
    by_business,
    recorded_surely,
    retry_later,
    settle_unknown,
    tell_operator,
)
from bot.effect_change_records import Change, Way, placed_data, record_moved, record_replaced
from bot.effect_order_parts import LOOK_UP_FOR, MOST_TRIES, NOT_RECORDABLE, order_details, store_fresh_frames
from bot.flows.contract import Outcome
from bot.messages import JsonObject
from db import booking_changes, bookings, effects, failpoints, sync_runs
from db.tx import Tx, tx
from providers.contract import BookingProvider, OrderCheck, OrderPlaced, OrderRequest
from providers.outcome import CallFailure, Disposition, NotSupported, SlotTaken

log = structlog.get_logger(__name__)

_NOT_RECORDABLE: tuple[type[Exception], ...] = (*NOT_RECORDABLE, bookings.TimeTaken)


async def perform_change(context: EffectContext, effect: effects.Effect) -> None:
    """The whole way of one move. Every way out leaves an answer for the conversation or a later try."""
    change = Change.of(effect)
    if effect.attempts > MOST_TRIES:
        stuck = CallFailure(Disposition.OPERATOR, "too_many_tries", "The change could not be worked on.")
        await _keep_for_operator(context, effect, change, stuck)
        return
    try:
        provider = await context.accounts.booking_provider(effect.workspace_id)
        way = await _way(context, effect, change, provider)
        if way is None:
            await _refused(context, effect, change, "booking_ended")
            return
        order = change.order_for(way)
        check = await _checked(context, provider, change, order, way)
    except CallFailure as failure:
        await _not_reachable(context, effect, change, failure)
        return
    if not check.available:
        await _not_available(context, effect, change, check)
        return
    if check.prices_minor != tuple(line.price_minor for line in order.lines):
        await _price_changed(context, effect, change, check)
        return
    if not await effects.begin_call(context.pool, effect, claim_seconds=context.limits.claim_seconds):
        log.warning("change.claim_lost")
        return
    await failpoints.hit("effect.before_order")
    try:
        if way is Way.IN_PLACE:
            placed = await bounded(context, provider.change_order(change.order_id, order))
        else:
            placed = await bounded(context, provider.place_order(order))
    except SlotTaken as taken:
        await _not_available(context, effect, change, OrderCheck(False, (), taken.detail))
        return
    except CallFailure as failure:
        await _failed(context, effect, change, failure)
        return
    await failpoints.hit("effect.after_call")
    await failpoints.hit("effect.before_settle")
    await _record_surely(context, effect, change, placed, way)
    await failpoints.hit("effect.after_settle")


async def _way(
    context: EffectContext, effect: effects.Effect, change: Change, provider: BookingProvider
) -> Way | None:
    """None: there is nothing to move any more."""
    async with tx(context.pool, effect.workspace_id) as transaction:
        state = await booking_changes.change_state(transaction, change.booking_id, change.new_booking_id)
    if not state["stands"] or state["cancelled"]:
        return None
    if provider.capabilities.change_order and state["same_lines"]:
        return Way.IN_PLACE
    # A payment belongs to its order: with a new one it would be asked for twice.
    if provider.capabilities.cancel_order and not state["paid"]:
        return Way.NEW_THEN_CANCEL
    return Way.BY_HAND


async def _checked(
    context: EffectContext, provider: BookingProvider, change: Change, order: OrderRequest, way: Way
) -> OrderCheck:
    match way:
        case Way.IN_PLACE:
            return await bounded(context, provider.check_change(change.order_id, order))
        case Way.NEW_THEN_CANCEL:
            return await bounded(context, provider.check_order(order))
        case Way.BY_HAND:
            raise NotSupported("the booking system can't move this order by itself")


async def reconcile_change(context: EffectContext, effect: effects.Effect) -> None:
    """A move whose answer got lost: looked up as it was asked for, else only an operator can decide."""
    change = Change.of(effect)
    said = ""
    found: tuple[OrderPlaced, Way] | None = None
    try:
        found = await _looked_up(context, effect, change)
    except CallFailure as failure:
        if failure.disposition in (Disposition.RETRY, Disposition.UNKNOWN):
            if context.clock() - effect.created_at < LOOK_UP_FOR:
                log.warning("change.lookup_failed", code=failure.code)
                return  # still unknown: asked again in the next round
        else:
            said = f" Looked up there: {failure.detail}."
    if found is not None:
        await _record_surely(context, effect, change, *found)
        return
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction,
            effect,
            status="needs_operator",
            code=effect.error_code,
            detail=effect.error_detail,
        ):
            return
        await bookings.flag_for_operator(transaction, change.new_booking_id)
        await tell_operator(
            transaction,
            effect,
            kind="change_outcome_unknown",
            summary=f"Order {change.order_id} may or may not have been moved: the answer of the booking system was "
            "lost. Look it up there and decide; nothing is tried again by itself. The customer was told "
            f"{_told(effect)}.{said}",
            details=_details(effect, change),
        )
        await answer(transaction, effect, Outcome.CHANGE_PENDING, {"unknown": True})


async def _looked_up(
    context: EffectContext, effect: effects.Effect, change: Change
) -> tuple[OrderPlaced, Way] | None:
    provider = await context.accounts.booking_provider(effect.workspace_id)
    if not provider.capabilities.lookup_order:
        return None
    way = await _way(context, effect, change, provider)
    if way in (None, Way.BY_HAND):
        return None
    placed = await bounded(context, provider.find_order(change.order_for(way)))
    return None if placed is None else (placed, way)


async def _record_surely(
    context: EffectContext, effect: effects.Effect, change: Change, placed: OrderPlaced, way: Way
) -> None:
    """In our tables, or in front of a person."""
    try:
        await recorded_surely(
            partial(_record, context, effect, change, placed, way), order_id=placed.order_id
        )
    except _NOT_RECORDABLE:
        log.exception("change.not_recordable", order=placed.order_id)
        await _keep_for_operator(
            context,
            effect,
            change,
            CallFailure(
                Disposition.OPERATOR,
                "not_recordable",
                f"The booking system moved it (order {placed.order_id}), but the booking here could not follow.",
            ),
            unknown=True,
        )


async def _record(
    context: EffectContext, effect: effects.Effect, change: Change, placed: OrderPlaced, way: Way
) -> None:
    result = placed_data(placed)
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction, effect, status="done", external_ref=placed.order_id, result=result
        ):
            now = await effects.find(transaction, effect.id)
            if now is not None and now.status == "done":
                return  # by this very process: only the answer to its COMMIT got lost
            await tell_operator(
                transaction,
                effect,
                kind="order_answer_late",
                summary=f"Order {placed.order_id} was moved, but the answer came after its time had run out. "
                "Check the booking it belongs to.",
                details={"order_id": placed.order_id, **_details(effect, change)},
            )
            return
        if way is Way.IN_PLACE:
            await record_moved(transaction, effect, change, placed, mails=context.mail is not None)
        else:
            await record_replaced(transaction, effect, change, placed, mails=context.mail is not None)
        await sync_runs.request_run(transaction, kind="slots", trigger="conversation", after_now=True)
    log.info("order.changed", way=way.value)


async def _give_up(
    transaction: Tx, effect: effects.Effect, change: Change, *, code: str, detail: str
) -> bool:
    """Nothing was changed: the new time is free again. False: settled otherwise meanwhile."""
    if not await effects.settle(transaction, effect, status="failed", code=code, detail=detail):
        return False
    await booking_changes.give_up_move(transaction, change.new_booking_id, reason=detail, intent="intent")
    return True


async def _not_available(
    context: EffectContext, effect: effects.Effect, change: Change, check: OrderCheck
) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if await _give_up(transaction, effect, change, code="slot_taken", detail=check.reason):
            await store_fresh_frames(transaction, effect, change.order, check)
            await answer(transaction, effect, Outcome.CHANGE_SLOT_TAKEN, {"reason": check.reason})


async def _price_changed(
    context: EffectContext, effect: effects.Effect, change: Change, check: OrderCheck
) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if await _give_up(
            transaction, effect, change, code="price_changed", detail="The price changed since quoted."
        ):
            prices: JsonObject = {"prices_minor": list(check.prices_minor)}
            await answer(transaction, effect, Outcome.CHANGE_PRICE_CHANGED, prices)


async def _refused(
    context: EffectContext, effect: effects.Effect, change: Change, code: str, detail: str = ""
) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await _give_up(transaction, effect, change, code=code, detail=detail or code):
            return
        if detail:
            await tell_operator(
                transaction,
                effect,
                kind="order_refused",
                summary=f"The booking system refused to move an order: {detail} (code {code}).",
                details=_details(effect, change),
            )
        await answer(transaction, effect, Outcome.CHANGE_REFUSED, {"code": code})


async def _not_reachable(
    context: EffectContext, effect: effects.Effect, change: Change, failure: CallFailure
) -> None:
    """Only read so far. A few quick tries, then the wish is kept for a person."""
    again = failure.disposition in (Disposition.RETRY, Disposition.UNKNOWN)
    if again and effect.attempts < context.limits.max_call_attempts:
        await retry_later(context, effect, failure)
        return
    await _keep_for_operator(context, effect, change, failure)


async def _failed(
    context: EffectContext, effect: effects.Effect, change: Change, failure: CallFailure
) -> None:
    match failure.disposition:
        case Disposition.UNKNOWN:
            await settle_unknown(context, effect, failure)
        case Disposition.RETRY:
            await _not_reachable(context, effect, change, failure)
        case Disposition.OPERATOR:
            await _keep_for_operator(context, effect, change, failure)
        case Disposition.PERMANENT:
            await _refused(context, effect, change, failure.code, failure.detail)


async def _keep_for_operator(
    context: EffectContext,
    effect: effects.Effect,
    change: Change,
    failure: CallFailure,
    *,
    unknown: bool = False,
) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction, effect, status="needs_operator", code=failure.code, detail=failure.detail
        ):
            return
        await bookings.flag_for_operator(transaction, change.new_booking_id)
        await tell_operator(
            transaction,
            effect,
            kind="change_open",
            summary=f"{_who(effect)} to move order {change.order_id}: {failure.detail} (code {failure.code}). "
            "Please move it in the booking system; the new time is kept here, the old one stands until you decide, "
            f"and the customer was told {_told(effect)}.",
            details=_details(effect, change),
        )
        await answer(transaction, effect, Outcome.CHANGE_PENDING, {"unknown": unknown})


def _who(effect: effects.Effect) -> str:
    business = by_business(effect)
    return "A customer wants" if business is None else f"{business.get('by') or 'The business'} wants"


def _told(effect: effects.Effect) -> str:
    return "that the business will confirm" if by_business(effect) is None else "nothing yet"


def _details(effect: effects.Effect, change: Change) -> JsonObject:
    """Old order and new time, for a person who does it by hand."""
    return {"order_id": change.order_id, **order_details(effect)}
