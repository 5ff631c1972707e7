"""What a payment provider says of a link becomes what we say of it: by webhook or when asked, the same way.

A state only rises (`_RANK`), so reports may come twice, late or in any order. "Paid" becomes true here and only
here, after amount, currency, mode, business and booking were compared; what doesn't fit is lost to nobody: the link
waits in `review`, and a person is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import structlog

from bot.flows.contract import Outcome
from bot.messages import JsonObject
from bot.payment_settings import SHORTEST_LINK
from db import errors, inbox, payments
from db.payments import Payment
from db.tx import Tx
from providers.payments import LinkReport, LinkState

log = structlog.get_logger(__name__)

MISMATCH = "payment_mismatch"
_RANK = {
    "creating": 0,
    "open": 1,
    "processing": 2,
    "failed": 3,
    "expired": 3,
    "cancelled": 3,
    "review": 4,
    "paid": 5,
}
_STATUS: dict[LinkState, payments.Status] = {
    LinkState.PROCESSING: "processing",
    LinkState.PAID: "paid",
    LinkState.FAILED: "failed",
    LinkState.EXPIRED: "expired",
}
_ENDED = frozenset({"cancelled", "no_show"})
"""Bookings whose money has to go back."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a report came to. conversation_id: who has an answer to hear now."""

    outcome: str
    payment: Payment | None = None
    conversation_id: UUID | None = None


async def take_report(
    transaction: Tx, workspace_id: UUID, provider: str, report: LinkReport, *, by: str, at: datetime
) -> Taken:
    """by: `webhook` or `poll`. at: when it was said. Idempotent; raises only for the database."""
    found = await _find(transaction, provider, report)
    if found is None:
        return await _unknown(transaction, workspace_id, report)
    locked = await _locked(transaction, found)
    if locked is None:
        return Taken("gone")
    payment, booking_status = locked
    if payment.link_id is None:
        await payments.name_link(transaction, payment.id, report.link_id)
    wanted = _STATUS.get(report.state)
    if wanted is None or _RANK[wanted] <= _RANK[payment.status]:
        return Taken(f"known_{payment.status}", payment)
    if wanted in {"paid", "processing"} and (wrong := _differences(payment, report)):
        return await _review(transaction, payment, report, wrong)
    match wanted:
        case "paid":
            return await _paid(transaction, payment, booking_status, by=by, at=at)
        case "processing":
            await payments.move_on(transaction, payment.id, "processing")
            return await _answer(transaction, payment, booking_status, Outcome.PAYMENT_PROCESSING)
        case _:
            return await _unpaid(transaction, payment, booking_status, wanted, at=at)


async def mark_paid(transaction: Tx, payment_id: UUID, *, by: str, at: datetime) -> Taken:
    """An operator saw the money himself. A page that could still be paid at is closed."""
    locked = await _locked(transaction, await payments.find(transaction, payment_id))
    if locked is None:
        return Taken("gone")
    before, booking_status = locked
    if before.status in {"paid", "creating"}:
        return Taken("known_paid" if before.status == "paid" else "not_made", before)
    taken = await _paid(transaction, before, booking_status, by=by, at=at)
    await _resolve(transaction, before, f"marked as paid by {by}")
    if before.status == "open":
        await _close_page(transaction, before, marked=True)
    return taken


async def mark_unpaid(transaction: Tx, payment_id: UUID) -> Taken:
    """An operator says that nothing came of a link that waits in review, or of money that was on its way."""
    locked = await _locked(transaction, await payments.find(transaction, payment_id))
    payment = locked[0] if locked else None
    if payment is None or payment.status not in {"review", "processing"}:
        return Taken("not_in_review", payment)
    await payments.stop_asking(transaction, payment)
    await payments.move_on(
        transaction, payment.id, "failed" if payment.status == "processing" else "cancelled"
    )
    await payments.unpaid_on_booking(transaction, payment.booking_id, "at_business")
    await _resolve(transaction, payment, "an operator found that it was not paid")
    return Taken("cancelled", payment)


async def _locked(transaction: Tx, found: Payment | None) -> tuple[Payment, str] | None:
    """As it stands, with its booking's status; locked after the booking, the order in which everybody locks them."""
    if found is None:
        return None
    booking_status = await payments.lock_booking(transaction, found.booking_id)
    payment = await payments.find(transaction, found.id, lock=True)
    return (payment, booking_status) if payment is not None and booking_status is not None else None


async def _find(transaction: Tx, provider: str, report: LinkReport) -> Payment | None:
    """By the link's id; a link whose making was never answered, by our own reference in it."""
    found = await payments.by_link(transaction, provider, report.link_id)
    if found is not None:
        return found
    try:
        own = UUID(report.payment_reference)
    except ValueError:
        return None
    found = await payments.find(transaction, own)
    return found if found is not None and found.provider == provider and found.link_id is None else None


def _differences(payment: Payment, report: LinkReport) -> list[str]:
    """What of a report doesn't fit to the link that it names; no customer's words."""
    pairs = (
        ("amount", payment.amount_minor, report.amount_minor),
        ("currency", payment.currency, report.currency),
        ("live", payment.live, report.live),
        ("workspace", str(payment.workspace_id), report.workspace_reference),
        ("booking", str(payment.booking_id), report.booking_reference),
        ("link", payment.link_id or report.link_id, report.link_id),
    )
    return [f"{name}: {theirs} instead of {ours}" for name, ours, theirs in pairs if ours != theirs]


async def _review(transaction: Tx, payment: Payment, report: LinkReport, wrong: list[str]) -> Taken:
    await payments.stop_asking(transaction, payment)
    if payment.status in {"creating", "open", "processing"}:
        await payments.move_on(transaction, payment.id, "review")
    await errors.record(
        transaction,
        workspace_id=payment.workspace_id,
        kind=MISMATCH,
        fingerprint=str(payment.id),
        summary=f"A payment came that doesn't fit its booking ({'; '.join(wrong)}). Nothing was marked as paid and "
        "the customer was told nothing; look it up at the payment provider.",
        details={
            "payment_id": str(payment.id),
            "booking_id": str(payment.booking_id),
            "link_id": report.link_id,
            "state": report.state.value,
        },
        conversation_id=payment.conversation_id,
    )
    return Taken("mismatch", payment)


async def _paid(transaction: Tx, payment: Payment, booking_status: str, *, by: str, at: datetime) -> Taken:
    await payments.move_on(transaction, payment.id, "paid", paid_at=at, by=by)
    await payments.stop_asking(transaction, payment)
    if booking_status in _ENDED:
        await _tell(
            transaction,
            payment,
            "paid_after_cancel",
            f"A payment of {payment.amount_minor} {payment.currency} (minor units) came although its booking is "
            "cancelled. The customer was not told anything; please refund it.",
        )
        return Taken("paid_after_cancel", payment)
    status: Literal["paid", "deposit_paid"] = "paid" if payment.purpose == "full" else "deposit_paid"
    if not await payments.paid_on_booking(transaction, payment.booking_id, status, paid_at=at):
        await _tell(
            transaction,
            payment,
            "paid_twice",
            f"A second payment of {payment.amount_minor} {payment.currency} (minor units) came for a booking that was "
            "paid before. Please refund one of them.",
        )
        return Taken("paid_twice", payment)
    other = await payments.unsettled_of(transaction, payment.booking_id)
    if other is not None and other.status in {"creating", "open"}:
        await end_link(transaction, other)
    return await _answer(
        transaction, payment, booking_status, Outcome.PAYMENT_PAID, {"paid_at": at.isoformat(), "by": by}
    )


async def _unpaid(
    transaction: Tx, payment: Payment, booking_status: str, status: payments.Status, *, at: datetime
) -> Taken:
    """It ended without a payment. Another one is offered while there is time for it before the visit; that a link ran
    out as the visit began is no news.
    """
    await payments.move_on(transaction, payment.id, status)
    await payments.stop_asking(transaction, payment)
    facts = await payments.booking_facts(transaction, payment.booking_id)
    again = facts is not None and facts.starts_at - at >= SHORTEST_LINK
    await payments.unpaid_on_booking(transaction, payment.booking_id, "expired" if again else "at_business")
    if status == "failed":
        return await _answer(transaction, payment, booking_status, Outcome.PAYMENT_FAILED, {"again": again})
    if facts is not None and facts.starts_at <= at:
        return Taken("expired_with_the_visit", payment)
    return await _answer(transaction, payment, booking_status, Outcome.PAYMENT_EXPIRED, {"again": again})


async def end_link(transaction: Tx, payment: Payment) -> None:
    """A link that nobody shall pay at any more; its page is closed by a call of its own."""
    await payments.move_on(transaction, payment.id, "cancelled")
    await payments.stop_asking(transaction, payment)
    await _close_page(transaction, payment)


async def _close_page(transaction: Tx, payment: Payment, *, marked: bool = False) -> None:
    """marked: it counts as paid by a person's word, and who pays at the page meanwhile pays once more."""
    if payment.link_id is None:
        return
    await payments.plan(
        transaction,
        payment.effect_id,
        "expire_link",
        payment.booking_id,
        {"payment_id": str(payment.id), "marked": marked},
        key=f"expire-link:{payment.id}",
    )


async def tell_paid_beside(transaction: Tx, payment: Payment) -> None:
    """Marked as paid by a person, and paid at its page as well."""
    await _tell(
        transaction,
        payment,
        "paid_twice",
        f"A link that {payment.paid_by} marked as paid was paid at its page as well ({payment.amount_minor} "
        f"{payment.currency}, minor units). If that is other money, please refund one of the two.",
    )


async def _unknown(transaction: Tx, workspace_id: UUID, report: LinkReport) -> Taken:
    """A link that isn't ours: of another business with the same account, or one that was erased here."""
    if report.workspace_reference != str(workspace_id):
        return Taken("not_ours")
    if report.state in {LinkState.PAID, LinkState.PROCESSING}:
        await errors.record(
            transaction,
            workspace_id=workspace_id,
            kind="payment_unmatched",
            fingerprint=report.link_id,
            summary=f"A payment came ({report.link_id}) that names this business and no booking that we know. Look "
            "it up at the payment provider.",
            details={"link_id": report.link_id},
        )
    return Taken("unmatched")


async def _answer(
    transaction: Tx,
    payment: Payment,
    booking_status: str,
    outcome: Outcome,
    more: JsonObject | None = None,
) -> Taken:
    """The conversation's next event; of an ended booking nobody is told anything."""
    if booking_status in _ENDED:
        return Taken(f"{outcome.value}_after_cancel", payment)
    facts = await payments.booking_facts(transaction, payment.booking_id)
    data: JsonObject = {
        "link": True,
        "payment_id": str(payment.id),
        "amount_minor": payment.amount_minor,
        "deposit": payment.purpose == "deposit",
        "rest_minor": (facts.total_minor if facts else payment.amount_minor) - payment.amount_minor,
        "order_id": facts.order_id if facts else "",
        "confirmation_code": facts.confirmation_code if facts else "",
        **(more or {}),
    }
    await inbox.add_effect_answer(
        transaction,
        workspace_id=payment.workspace_id,
        conversation_id=payment.conversation_id,
        external_id=f"payment:{payment.id}:{outcome}",
        payload={"outcome": outcome.value, "booking_id": str(payment.booking_id), "data": data},
    )
    return Taken(outcome.value, payment, payment.conversation_id)


async def _tell(transaction: Tx, payment: Payment, kind: str, summary: str) -> None:
    await errors.record(
        transaction,
        workspace_id=payment.workspace_id,
        kind=kind,
        fingerprint=str(payment.id),
        summary=summary,
        details={
            "booking_id": str(payment.booking_id),
            "payment_id": str(payment.id),
            "link_id": payment.link_id,
        },
        conversation_id=payment.conversation_id,
    )


async def _resolve(transaction: Tx, payment: Payment, resolution: str) -> None:
    for kind in (MISMATCH, "payment_not_known"):
        await errors.resolve(
            transaction,
            workspace_id=payment.workspace_id,
            kind=kind,
            fingerprint=str(payment.id),
            resolution=resolution,
        )
