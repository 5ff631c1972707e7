"""Copying our own calendar's bookings to the shop's system: after the booking, and never in its way.

The same scheme as for orders: the request is frozen, the call is marked before it is made, a lost answer is looked
up by our reference. What can't be copied becomes an operator error; the booking stands all the same, and the
customer hears nothing of it.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import structlog

from bot.effect_base import (
    EffectContext,
    bounded,
    required_booking,
    retry_later,
    settle_unknown,
    tell_operator,
)
from db import effects, mirrors
from db.tx import Tx, tx
from providers.contract import OrderRequest
from providers.mirror import Mirror
from providers.outcome import CallFailure, Disposition

log = structlog.get_logger(__name__)

_AFTER_SECONDS = 1.0
"""So that the customer's answer goes out first."""
_LATER_SECONDS = 2.0
"""Until an earlier copy of the same booking may have ended."""


class Act(StrEnum):
    CREATE = "create"
    CHANGE = "change"
    CANCEL = "cancel"


async def plan_copy(
    transaction: Tx, after: effects.Effect, act: Act, booking_id: UUID, order: OrderRequest | None = None
) -> None:
    """In the transaction that records what became of a booking. `order`: as the booking stands now."""
    request = {"act": act.value, "order": order.model_dump(mode="json") if order else None}
    await mirrors.plan_mirror(transaction, after, booking_id, request, delay_seconds=_AFTER_SECONDS)


async def perform_mirror(context: EffectContext, effect: effects.Effect) -> None:
    """One copy, changed or removed copy; each call at most once."""
    act = Act(effect.request["act"])
    async with tx(context.pool, effect.workspace_id) as transaction:
        waits = await mirrors.earlier_mirror_open(transaction, effect.id)
        copy_id = await mirrors.copy_of(transaction, required_booking(effect))
    if waits:
        await _later(context, effect, untried=True)
        return
    if act is not Act.CREATE and copy_id is None:
        # What kept it from being copied is an operator error already.
        await _settle(context, effect, "failed", code="not_copied", detail="The booking was never copied.")
        return
    try:
        mirror = await _mirror(context, effect)
        if not await effects.begin_call(context.pool, effect, claim_seconds=context.limits.claim_seconds):
            log.warning("mirror.claim_lost")
            return
        copied = await bounded(context, _call(mirror, act, effect, copy_id))
    except CallFailure as failure:
        await _failed(context, effect, failure)
        return
    await _settle(context, effect, "done", external_ref=copied)


async def _call(mirror: Mirror, act: Act, effect: effects.Effect, copy_id: str | None) -> str | None:
    match act:
        case Act.CREATE:
            return (await mirror.place(_order(effect))).order_id
        case Act.CHANGE:
            return (await mirror.change(copy_id or "", _order(effect))).order_id
        case Act.CANCEL:
            await mirror.cancel(copy_id or "")
            return None


async def reconcile_mirror(context: EffectContext, effect: effects.Effect) -> None:
    """A copy whose answer got lost, by our reference in the other system; removing one is asked for again."""
    if Act(effect.request["act"]) is Act.CANCEL:
        if _too_late(context, effect):
            await _to_operator(context, effect, effect.error_code or "unknown", "its answers got lost")
        else:
            await _later(context, effect)
        return
    try:
        found = await bounded(context, (await _mirror(context, effect)).find(_order(effect)))
    except CallFailure as failure:
        if failure.disposition in (Disposition.RETRY, Disposition.UNKNOWN) and not _too_late(context, effect):
            return  # still unknown: asked again in the next round
        await _to_operator(context, effect, failure.code, failure.detail)
        return
    if found is not None:
        await _settle(context, effect, "done", external_ref=found.order_id)
    elif _too_late(context, effect):
        await _to_operator(
            context, effect, effect.error_code or "unknown", "the answer got lost, and it isn't found there"
        )


def _too_late(context: EffectContext, effect: effects.Effect) -> bool:
    return (context.clock() - effect.created_at).total_seconds() > context.limits.mirror_look_up_seconds


async def _mirror(context: EffectContext, effect: effects.Effect) -> Mirror:
    mirror = await context.accounts.booking_mirror(effect.workspace_id)
    if mirror is None:
        raise CallFailure(Disposition.OPERATOR, "no_mirror", "the mirror was switched off meanwhile")
    return mirror


def _order(effect: effects.Effect) -> OrderRequest:
    return OrderRequest.model_validate(effect.request["order"])


async def _failed(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    again = effect.attempts < context.limits.max_call_attempts
    if failure.disposition is Disposition.UNKNOWN:
        await settle_unknown(context, effect, failure)
    elif failure.disposition is Disposition.RETRY and again:
        await retry_later(context, effect, failure)
    else:
        await _to_operator(context, effect, failure.code, failure.detail)


async def _later(context: EffectContext, effect: effects.Effect, *, untried: bool = False) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        await effects.settle(
            transaction, effect, status="pending", delay_seconds=_LATER_SECONDS, untried=untried
        )


async def _settle(
    context: EffectContext,
    effect: effects.Effect,
    status: effects.Status,
    *,
    external_ref: str | None = None,
    code: str | None = None,
    detail: str | None = None,
) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        await effects.settle(
            transaction,
            effect,
            status=status,
            external_ref=external_ref,
            result={"copy": external_ref} if status == "done" else None,
            code=code,
            detail=detail,
        )


_SUMMARY = {
    Act.CREATE: "A booking could not be copied to ShopMonkey",
    Act.CHANGE: "A booking moved, but its copy in ShopMonkey could not follow",
    Act.CANCEL: "A booking was cancelled, but its copy in ShopMonkey still stands",
}


async def _to_operator(context: EffectContext, effect: effects.Effect, code: str, detail: str) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(transaction, effect, status="needs_operator", code=code, detail=detail):
            return
        await tell_operator(
            transaction,
            effect,
            kind="mirror_failed",
            summary=f"{_SUMMARY[Act(effect.request['act'])]}: {detail} (code {code}). The booking itself is as the "
            "customer was told; please put it right in ShopMonkey by hand.",
            details={"booking_id": str(effect.booking_id)},
        )
