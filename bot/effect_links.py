"""Payment links of our own: made after a booking is confirmed, and ended when it ends or moves. See docs/payments.md.

Nothing here is called for a business that takes no payments with us: bot/payment_gate.py is the one door.

A link is asked for with a request that was frozen, under a key of tenant, booking and attempt: asking again says the
same and makes no second one, so a lost answer is simply asked for again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from pydantic import TypeAdapter

from bot.effect_base import (
    EffectContext,
    answer,
    bounded,
    required_booking,
    retry_later,
    settle_unknown,
    tell_operator,
)
from bot.effect_mails import plan_mails
from bot.flows.contract import Outcome
from bot.mail_settings import News
from bot.payment_looks import FIRST_LOOK, desk_of
from bot.payment_reports import end_link
from bot.payment_settings import PaymentProvider
from bot.workspace import WorkspaceSettings
from db import accounts, effects, failpoints, payments
from db.ids import new_id
from db.payments import PaidBooking, Payment
from db.tx import Tx, tx
from providers.outcome import CallFailure, Disposition
from providers.payments import LinkRequest, PaymentLink

log = structlog.get_logger(__name__)

MOST_TRIES = 8
"""With growing pauses a few minutes: a link that comes later finds nobody waiting."""
_WORTH_SHOWING = timedelta(minutes=10)
"""A link that ends sooner is made anew when it is asked for again."""
_REQUEST = TypeAdapter(LinkRequest)


async def plan_link(
    transaction: Tx, after: effects.Effect, booking_id: UUID, settings: WorkspaceSettings, *, confirms: bool
) -> bool:
    """The call that makes the link, planned with what made it due. False: nothing is to be paid with one.

    confirms: the mails that confirm the booking wait for the link that they carry.
    """
    facts = await payments.booking_facts(transaction, booking_id)
    if facts is None or not _due(facts, settings):
        return False
    await payments.plan(
        transaction, after.id, "create_link", booking_id, {"confirms": confirms}, key=f"link-after:{after.id}"
    )
    return True


async def close_link(transaction: Tx, booking_id: UUID) -> None:
    """A booking is cancelled or moves: what it asked for is asked for no more. Money on its way isn't stopped."""
    open_one = await payments.unsettled_of(transaction, booking_id)
    if open_one is not None and open_one.status in {"creating", "open"}:
        await end_link(transaction, open_one)
        await payments.unpaid_on_booking(transaction, booking_id, "expired")


def _due(facts: PaidBooking, settings: WorkspaceSettings) -> bool:
    if facts.provider_link or facts.payment_status in {"paid", "deposit_paid"}:
        return False
    if facts.status not in {"confirmed", "pending_provider", "held"}:
        return False
    # Who chose to pay at the place isn't asked for all of it; a deposit is the business's condition.
    chose_the_place = facts.may_pay_online and not facts.online and settings.payment.amount == "full"
    amount, _ = settings.payment.due(facts.total_minor, facts.currency)
    return amount > 0 and not chose_the_place


async def perform_link(context: EffectContext, effect: effects.Effect) -> None:
    """One link. Every way out leaves an answer for the conversation or a later try."""
    payment = await _begun(context, effect)
    if payment is None:
        return
    if payment.provider == PaymentProvider.STATIC:
        await _record_made(context, effect, payment, None)
        return
    if effect.attempts > MOST_TRIES:
        stuck = CallFailure(Disposition.OPERATOR, "too_many_tries", "It was tried for several minutes.")
        await _give_up(context, effect, payment, stuck)
        return
    try:
        desk = await desk_of(context, payment)
        if not await effects.begin_call(context.pool, effect, claim_seconds=context.limits.claim_seconds):
            log.warning("link.claim_lost")
            return
        await failpoints.hit("link.before_call")
        link = await bounded(context, desk.links.create(_request(payment)))
    except CallFailure as failure:
        await _failed(context, effect, payment, failure)
        return
    await failpoints.hit("link.after_call")
    await _record_made(context, effect, payment, link)


async def reconcile_link(context: EffectContext, effect: effects.Effect) -> None:
    """A lost answer: the same request under the same key again."""
    lost = CallFailure(Disposition.RETRY, effect.error_code or "unknown", "The answer was lost.")
    await retry_later(context, effect, lost)


async def _begun(context: EffectContext, effect: effects.Effect) -> Payment | None:
    """This effect's attempt, begun now or by an earlier try. None: it is settled, nothing is to be called."""
    booking_id = required_booking(effect)
    async with tx(context.pool, effect.workspace_id) as transaction:
        if (known := await payments.of_effect(transaction, effect.id)) is not None:
            if known.status == "creating":
                return known
            # A webhook was faster than the answer, or the booking ended or moved meanwhile.
            await effects.settle(transaction, effect, status="done", result={"payment_id": str(known.id)})
            return None
        await payments.lock_booking(transaction, booking_id)
        facts = await payments.booking_facts(transaction, booking_id)
        settings = WorkspaceSettings.model_validate(await accounts.workspace_settings(transaction))
        if facts is None or facts.status != "confirmed":
            await _none(transaction, effect, "ended")
            return None
        if facts.payment_status in {"paid", "deposit_paid"}:
            await _none(transaction, effect, "paid")
            return None
        amount, purpose = settings.payment.due(facts.total_minor, facts.currency)
        if amount <= 0 or facts.provider_link or not settings.payment.wanted:
            await _none(transaction, effect, "nothing_due")
            await _at_the_place(context, transaction, effect)
            return None
        if not await _room_for_another(context, transaction, effect):
            return None
        until = settings.payment.link_until(now=context.clock(), starts_at=facts.starts_at)
        if until is None:
            await _none(transaction, effect, "too_late")
            await _at_the_place(context, transaction, effect)
            return None
        payment_id = new_id()
        static = settings.payment.provider is PaymentProvider.STATIC
        return await payments.begin(
            transaction,
            payment_id,
            booking=facts,
            effect_id=effect.id,
            provider=settings.payment.provider.value,
            live=settings.payment.live,
            purpose=purpose,
            amount_minor=amount,
            request={"url": settings.payment.url}
            if static
            else {
                "booking_reference": str(facts.id),
                "workspace_reference": str(effect.workspace_id),
                "payment_reference": str(payment_id),
                "title": _title(facts, deposit=purpose == "deposit"),
                "amount_minor": amount,
                "currency": facts.currency,
                "expires_at": until.isoformat(),
                "language": facts.language,
                **_ways_back(context, facts.language),
            },
            expires_at=until,
        )


async def _room_for_another(context: EffectContext, transaction: Tx, effect: effects.Effect) -> bool:
    """One open link per booking: the one that is open is shown again, unless it is about to end."""
    open_one = await payments.unsettled_of(transaction, required_booking(effect))
    if open_one is None:
        return True
    ends = open_one.expires_at
    if open_one.status == "open" and (ends is None or ends - context.clock() > _WORTH_SHOWING):
        if await effects.settle(transaction, effect, status="done", result={"again": str(open_one.id)}):
            await _tell_ready(transaction, effect, open_one, open_one.url or "", ends)
        return False
    if open_one.status == "open":
        await end_link(transaction, open_one)
        return True
    if open_one.status == "creating":
        # Another effect is at it, and tells when it has it.
        await effects.settle(transaction, effect, status="done", result={"made_by": str(open_one.effect_id)})
        return False
    await _none(transaction, effect, "checking")
    return False


async def _none(transaction: Tx, effect: effects.Effect, reason: str) -> None:
    """There is no link. Who was told that one follows hears why; that a booking ended or is paid is told elsewhere."""
    settled = await effects.settle(transaction, effect, status="done", result={"none": reason})
    if settled and (effect.request.get("asked") or reason not in {"ended", "paid"}):
        await answer(transaction, effect, Outcome.LINK_FAILED, {"reason": reason})


async def _at_the_place(context: EffectContext, transaction: Tx, effect: effects.Effect) -> None:
    """Nothing is waited for any more; a confirmation that waited for the link goes out without one."""
    await payments.unpaid_on_booking(transaction, required_booking(effect), "at_business")
    await _mails(context, transaction, effect)


def _title(facts: PaidBooking, *, deposit: bool) -> str:
    """What is paid for, as the customer reads it."""
    arabic = facts.language == "ar"
    names = [
        one.get(facts.language) or one.get("en") or next(iter(one.values()), "")
        for one in facts.service_names or []
    ]
    what = ("، " if arabic else ", ").join(name for name in names if name) or facts.services
    head = ("عربون - " if arabic else "Deposit - ") if deposit else ""
    return f"{head}{what}"[:250]


def _ways_back(context: EffectContext, language: str) -> dict[str, str]:
    base = context.public_base_url.rstrip("/")
    query = f"lang={'ar' if language == 'ar' else 'en'}"
    return {"success_url": f"{base}/pay/ok?{query}", "cancel_url": f"{base}/pay/cancel?{query}"}


def _request(payment: Payment) -> LinkRequest:
    key = f"{payment.workspace_id}:{payment.booking_id}:{payment.attempt}"
    return _REQUEST.validate_python({**payment.request, "key": key})


async def _record_made(
    context: EffectContext, effect: effects.Effect, payment: Payment, link: PaymentLink | None
) -> None:
    """link: None for a static address, which nobody had to be asked for."""
    url = link.url if link is not None else str(payment.request["url"])
    ends = link.expires_at if link is not None else None
    link_id = link.id if link is not None else None
    async with tx(context.pool, effect.workspace_id) as transaction:
        booking_status = await payments.lock_booking(transaction, payment.booking_id)
        now = await payments.find(transaction, payment.id, lock=True)
        if now is None or not await effects.settle(
            transaction, effect, status="done", external_ref=link_id, result={"payment_id": str(payment.id)}
        ):
            return
        if now.status == "creating" and booking_status == "confirmed":
            await payments.made(transaction, payment.id, link_id=link_id, url=url, expires_at=ends)
            await payments.show_on_booking(transaction, payment.booking_id, url)
            await _tell_ready(transaction, effect, payment, url, ends)
            await _mails(context, transaction, effect)
            if link is not None:
                await _ask_later(transaction, effect, payment)
            return
        if link_id is not None and now.link_id is None:
            await payments.name_link(transaction, payment.id, link_id)
            now = await payments.find(transaction, payment.id, lock=True) or now
        if now.status in {"creating", "cancelled"}:  # the booking ended or moved while it was made
            await _end_made(transaction, now)


async def _end_made(transaction: Tx, payment: Payment) -> None:
    if payment.status == "creating":
        await end_link(transaction, payment)
    elif payment.link_id is not None:
        await payments.plan(
            transaction,
            payment.effect_id,
            "expire_link",
            payment.booking_id,
            {"payment_id": str(payment.id)},
            key=f"expire-link:{payment.id}",
        )


async def _tell_ready(
    transaction: Tx, effect: effects.Effect, payment: Payment, url: str, ends: datetime | None
) -> None:
    await answer(
        transaction,
        effect,
        Outcome.LINK_READY,
        {
            "url": url,
            "expires_at": ends.isoformat() if ends else None,
            "amount_minor": payment.amount_minor,
            "deposit": payment.purpose == "deposit",
            "asked": bool(effect.request.get("asked")),
        },
    )


async def _mails(context: EffectContext, transaction: Tx, effect: effects.Effect) -> None:
    """The confirmation waited for the link that it carries. A link that was asked for again needs no second mail."""
    if context.mail is not None and effect.request.get("confirms"):
        await plan_mails(transaction, effect, required_booking(effect), News.CONFIRMED)


async def _ask_later(transaction: Tx, effect: effects.Effect, payment: Payment) -> None:
    await payments.plan(
        transaction,
        effect.id,
        "poll_payment",
        payment.booking_id,
        {"payment_id": str(payment.id)},
        key=f"ask-link:{payment.id}",
        delay_seconds=FIRST_LOOK,
    )


async def _failed(
    context: EffectContext, effect: effects.Effect, payment: Payment, failure: CallFailure
) -> None:
    again = effect.attempts < MOST_TRIES
    if failure.disposition is Disposition.UNKNOWN:
        await settle_unknown(context, effect, failure)
    elif failure.disposition is Disposition.RETRY and again:
        await retry_later(context, effect, failure)
    else:
        await _give_up(context, effect, payment, failure)


async def _give_up(
    context: EffectContext, effect: effects.Effect, payment: Payment, failure: CallFailure
) -> None:
    """The booking stands; how it is paid is between business and customer."""
    async with tx(context.pool, effect.workspace_id) as transaction:
        booking_status = await payments.lock_booking(transaction, payment.booking_id)
        now = await payments.find(transaction, payment.id, lock=True)
        if not await effects.settle(
            transaction, effect, status="failed", code=failure.code, detail=failure.detail
        ):
            return
        if now is None or now.status != "creating":
            return
        await payments.move_on(transaction, payment.id, "failed")
        await payments.unpaid_on_booking(transaction, payment.booking_id, "at_business")
        of_account = failure.disposition is Disposition.OPERATOR
        await tell_operator(
            transaction,
            effect,
            kind="payment_link_failed",
            fingerprint=failure.code if of_account else str(effect.id),
            summary=f"A payment link could not be made: {failure.detail} (code {failure.code}). The booking stands, "
            "and the customer was told that the business takes care of the payment.",
            details={"booking_id": str(payment.booking_id), "payment_id": str(payment.id)},
        )
        if booking_status == "confirmed":
            await answer(transaction, effect, Outcome.LINK_FAILED, {"reason": "unavailable"})
            await _mails(context, transaction, effect)
