"""What a move is asked for with, and how it is recorded: "moved" becomes true here, in the transaction that has the
booking system's word. The way there: bot/effect_changes.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from bot.effect_base import answer, by_business, required_booking, tell_operator
from bot.effect_mails import plan_mails
from bot.effect_mirrors import Act, plan_copy
from bot.flows.contract import Outcome
from bot.mail_settings import News
from bot.messages import JsonObject
from bot.payment_gate import close_link_if_ours, plan_link_if_due
from db import booking_changes, bookings, effects
from db.history import known_booking
from db.tx import Tx
from providers.contract import OrderPlaced, OrderRequest


class Way(Enum):
    """How this booking is moved in this booking system."""

    IN_PLACE = "in_place"
    NEW_THEN_CANCEL = "new_then_cancel"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Change:
    """What the effect was asked for."""

    booking_id: UUID
    new_booking_id: UUID
    order_id: str
    order: OrderRequest

    @classmethod
    def of(cls, effect: effects.Effect) -> Change:
        request = effect.request
        return cls(
            booking_id=required_booking(effect),
            new_booking_id=UUID(request["new_booking_id"]),
            order_id=str(request["order_id"]),
            order=OrderRequest.model_validate(request["order"]),
        )

    def order_for(self, way: Way) -> OrderRequest:
        """Moved in place an order keeps its reference; a new one has its own booking's."""
        reference = self.booking_id if way is Way.IN_PLACE else self.new_booking_id
        return self.order.model_copy(update={"reference": str(reference)})


def placed_data(placed: OrderPlaced) -> JsonObject:
    return {
        "order_id": placed.order_id,
        "payment_url": placed.payment_url,
        "pay_until": placed.pay_until.isoformat() if placed.pay_until else None,
    }


async def record_moved(
    transaction: Tx, effect: effects.Effect, change: Change, placed: OrderPlaced, *, mails: bool
) -> None:
    """The order itself stands at its new time; ours follows, and the customer is told. mails: by mail as well."""
    before = await known_booking(transaction, change.booking_id)
    await booking_changes.move_in_place(
        transaction,
        change.booking_id,
        change.new_booking_id,
        order_id=placed.order_id,
        payment_url=placed.payment_url,
    )
    await plan_copy(transaction, effect, Act.CHANGE, change.booking_id, change.order_for(Way.IN_PLACE))
    link = await _link_moves_along(transaction, effect, change, before)
    now = await known_booking(transaction, change.booking_id)
    was = before["starts_at"] if before else None
    if mails:
        await plan_mails(transaction, effect, change.booking_id, News.CHANGED, before=was)
    data = {**placed_data(placed), "booking": now, "before": was, "link": link}
    await answer(transaction, effect, Outcome.ORDER_CHANGED, data)


async def _link_moves_along(
    transaction: Tx, effect: effects.Effect, change: Change, before: JsonObject | None
) -> bool:
    """An unpaid link of our own ends with the time that it was for; the new one is asked for. Paid stays paid."""
    if before is None:
        return False
    asked_for = before["due_minor"] is not None  # also one that is just being made anew
    if not asked_for and before["payment_status"] not in {"pending", "expired"}:
        return False
    if asked_for or before["payment_status"] == "pending":
        await close_link_if_ours(transaction, change.booking_id)
    return await plan_link_if_due(transaction, effect, change.booking_id)


async def record_replaced(
    transaction: Tx, effect: effects.Effect, change: Change, placed: OrderPlaced, *, mails: bool
) -> None:
    """The new order stands beside the old one, whose cancellation is planned in the same transaction. The customer
    is told when that has ended.
    """
    link = not placed.payment_url and await plan_link_if_due(transaction, effect, change.new_booking_id)
    await bookings.confirm_booking(
        transaction,
        change.new_booking_id,
        provider_order_id=placed.order_id,
        payment_url=placed.payment_url,
        payment_status="pending" if placed.payment_url or link else "at_business",
    )
    order = change.order_for(Way.NEW_THEN_CANCEL)
    await plan_copy(transaction, effect, Act.CREATE, change.new_booking_id, order)
    planned = await booking_changes.plan_cancellation(
        transaction,
        effect,
        change.booking_id,
        {
            "order_id": change.order_id,
            "moved_to": str(change.new_booking_id),
            "placed": placed_data(placed),
            **({"business": business} if (business := by_business(effect)) is not None else {}),
        },
    )
    if not planned:
        # It was cancelled in another chat, or by the business, at the same moment: that one ends the old order.
        await booking_changes.end_move(transaction, change.new_booking_id)
        await tell_operator(
            transaction,
            effect,
            kind="moved_and_cancelled",
            summary="A booking was cancelled and moved at the same moment. Its old order "
            f"({change.order_id}) ends, the new one stands: settle with the customer which of the two was meant.",
            details={"booking_id": str(change.booking_id), "new_booking_id": str(change.new_booking_id)},
        )
        if mails:
            await plan_mails(transaction, effect, change.new_booking_id, News.CONFIRMED, goes_on=False)
        now = await known_booking(transaction, change.new_booking_id)
        data = {**placed_data(placed), "booking": now, "old_stands": False}
        await answer(transaction, effect, Outcome.ORDER_CHANGED, data)
