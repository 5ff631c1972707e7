"""What became of a payment link, where no webhook said so; and closing the page of one that nobody shall pay at."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from bot.effect_base import EffectContext, bounded, leave_to_operator, retry_later
from bot.payment_reports import take_report, tell_paid_beside
from bot.ports import PaymentDesk
from db import effects, payments
from db.payments import Payment
from db.tx import tx
from providers.outcome import CallFailure, Disposition
from providers.payments import LinkState

FIRST_LOOK = 60.0
_LONGEST_PAUSE = 1800.0
"""Seconds between looks at an open link, growing: webhooks tell sooner, where they are set up."""
_GIVE_UP_AFTER = timedelta(days=14)
"""Delayed methods take days."""
_MOST_TRIES = 8


async def desk_of(context: EffectContext, payment: Payment) -> PaymentDesk:
    """Raises CallFailure, also for an account whose key is of the other mode than the link."""
    desk = await context.accounts.payment_desk(payment.workspace_id, payment.provider)
    if desk.live != payment.live:
        ours, theirs = ("live" if one else "test" for one in (payment.live, desk.live))
        raise CallFailure(
            Disposition.OPERATOR,
            "wrong_mode",
            f"The settings say {ours} payments, the account's key is a {theirs} one.",
        )
    return desk


async def perform_look(context: EffectContext, effect: effects.Effect) -> None:
    """Asks the provider what became of a link: webhooks may get lost, or not be set up at all."""
    payment_id = UUID(str(effect.request["payment_id"]))
    async with tx(context.pool, effect.workspace_id) as transaction:
        payment = await payments.find(transaction, payment_id)
        if payment is None or payment.link_id is None or payment.status not in {"open", "processing"}:
            await effects.settle(transaction, effect, status="done", result={"known": True})
            return
    pause = min(FIRST_LOOK * 1.5 ** min(effect.attempts, 12), _LONGEST_PAUSE)
    too_old = context.clock() - effect.created_at > _GIVE_UP_AFTER
    try:
        desk = await desk_of(context, payment)
        report = await bounded(context, desk.links.report(payment.link_id))
    except CallFailure as failure:
        if too_old:
            await _not_known(context, effect, payment, failure)
        else:
            await retry_later(context, effect, failure, minimum=pause)
        return
    async with tx(context.pool, effect.workspace_id) as transaction:
        taken = await take_report(
            transaction, effect.workspace_id, payment.provider, report, by="poll", at=context.clock()
        )
        still = await payments.find(transaction, payment_id)
        waits = still is not None and still.status in {"open", "processing"}
        if not waits:
            await effects.settle(transaction, effect, status="done", result={"found": taken.outcome})
        elif not too_old:
            await effects.settle(transaction, effect, status="pending", delay_seconds=pause)
    if waits and too_old:
        stuck = f"it has been {report.state.value} for {_GIVE_UP_AFTER.days} days"
        await _not_known(context, effect, payment, CallFailure(Disposition.OPERATOR, "no_end", stuck))


async def _not_known(
    context: EffectContext, effect: effects.Effect, payment: Payment, failure: CallFailure
) -> None:
    await leave_to_operator(
        context,
        effect,
        failure,
        kind="payment_not_known",
        fingerprint=str(payment.id),
        summary=f"The payment provider could not say what became of a link: {failure.detail} (code {failure.code}).",
        details={"booking_id": str(payment.booking_id), "payment_id": str(payment.id)},
    )


async def perform_expiry(context: EffectContext, effect: effects.Effect) -> None:
    """Closes a page that nobody shall pay at, and looks whether somebody was faster."""
    async with tx(context.pool, effect.workspace_id) as transaction:
        payment = await payments.find(transaction, UUID(str(effect.request["payment_id"])))
    marked = effect.request.get("marked") is True
    if payment is None or payment.link_id is None or (payment.status == "paid" and not marked):
        await _settle_expiry(context, effect, "nothing_to_close")
        return
    try:
        desk = await desk_of(context, payment)
        await bounded(context, desk.links.expire(payment.link_id))
        report = await bounded(context, desk.links.report(payment.link_id))
    except CallFailure as failure:
        await _not_closed(context, effect, failure)
        return
    async with tx(context.pool, effect.workspace_id) as transaction:
        taken = await take_report(
            transaction, effect.workspace_id, payment.provider, report, by="poll", at=context.clock()
        )
        if marked and report.state in {LinkState.PAID, LinkState.PROCESSING}:
            await tell_paid_beside(transaction, payment)
        await effects.settle(transaction, effect, status="done", result={"found": taken.outcome})


async def reconcile_expiry(context: EffectContext, effect: effects.Effect) -> None:
    """Closing is simply asked for again."""
    async with tx(context.pool, effect.workspace_id) as transaction:
        await effects.settle(transaction, effect, status="pending", delay_seconds=FIRST_LOOK)


async def _settle_expiry(context: EffectContext, effect: effects.Effect, found: str) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        await effects.settle(transaction, effect, status="done", result={"found": found})


async def _not_closed(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    again = failure.disposition in {Disposition.RETRY, Disposition.UNKNOWN}
    if again and effect.attempts < _MOST_TRIES:
        await retry_later(context, effect, failure)
        return
    await leave_to_operator(
        context,
        effect,
        failure,
        status="failed",
        kind="payment_link_not_closed",
        summary=f"The payment link of a booking that ended or moved could not be closed: {failure.detail} "
        f"(code {failure.code}). Close it at the payment provider.",
        details={"booking_id": str(effect.booking_id), "payment_id": effect.request.get("payment_id")},
    )
