"""What an operator found out about an order whose answer got lost, or that could not be placed, moved or cancelled.

The booking system is asked nothing here: a person looked there, and his word is recorded as a call's answer
would be. So "booked", "moved" and "cancelled" are still said only from what stands there, in the transaction that
records it. He says one thing: whether an order stands (`placed`, under this id), or none does (`not_placed`).

| waits | placed | not placed |
|---|---|---|
| an order | the booking is confirmed | its time is free again |
| a move | the order at the new time: the booking has moved there | everything stands as before |
| a cancellation | the booking stays | it is cancelled |
"""

from __future__ import annotations

from uuid import UUID

from bot.effect_base import answer, required_booking
from bot.effect_cancellations import moved_to, record_cancelled
from bot.effect_change_records import Change, Way, record_moved
from bot.effect_mails import plan_mails
from bot.effect_mirrors import Act, plan_copy
from bot.flows.contract import Outcome
from bot.mail_settings import News
from bot.messages import JsonObject
from bot.payment_gate import close_link_if_ours, plan_link_if_due
from db import booking_changes, bookings, effects, errors
from db.accounts import list_workspaces
from db.history import known_booking
from db.tx import Pool, Tx, tx
from providers.contract import OrderPlaced, OrderRequest

_ERROR_KINDS = (
    "order_outcome_unknown",
    "order_not_placed",
    "order_not_recordable",
    "order_answer_late",
    "cancellation_open",
    "change_open",
    "change_outcome_unknown",
    "moved_twice_there",
)
_DECIDABLE = frozenset({"place_order", "change_order", "cancel_order"})


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


async def decide_placed(
    pool: Pool, effect_id: UUID, *, order_id: str, payment_url: str | None = None, mails: bool = False
) -> str:
    """An order stands at the provider as it was asked for (a cancellation: it still stands). The customer is told;
    with `mails` by mail as well. Returns the booking's code.

    Raises NotDecidable; asyncpg.UniqueViolationError if another booking has this order id.
    """
    effect = _open_order(await find_effect(pool, effect_id))
    result: JsonObject = {
        "order_id": order_id,
        "payment_url": payment_url,
        "pay_until": None,
        "decided_by": "operator",
    }
    async with tx(pool, effect.workspace_id) as transaction:
        match effect.kind:
            case "place_order":
                await _settle(transaction, effect, status="done", external_ref=order_id, result=result)
                code = await _placed(transaction, effect, result, mails=mails)
            case "change_order":
                await _settle(transaction, effect, status="done", external_ref=order_id, result=result)
                code = await _moved(transaction, effect, order_id, payment_url, mails=mails)
            case _:
                await _settle(
                    transaction, effect, status="failed", code="stands", detail="An operator decided."
                )
                code = await _stays(transaction, effect)
        await _resolve_errors(transaction, effect, f"an operator found order {order_id}")
    return code


async def decide_not_placed(pool: Pool, effect_id: UUID, *, mails: bool = False) -> None:
    """No order stands at the provider (a move: none at the new time). The customer is told and may go on.
    mails: of a cancellation by mail as well.

    Raises NotDecidable.
    """
    effect = _open_order(await find_effect(pool, effect_id))
    async with tx(pool, effect.workspace_id) as transaction:
        if effect.kind == "cancel_order":
            await _settle(
                transaction,
                effect,
                status="done",
                result={"cancelled": True, "decided_by": "operator"},
            )
            await booking_changes.flag(transaction, required_booking(effect), needs_operator=False)
            await record_cancelled(transaction, effect, mails=mails, told=moved_to(effect) is not None)
        else:
            await _settle(
                transaction, effect, status="failed", code="not_placed", detail="An operator decided."
            )
            if effect.kind == "place_order":
                await _not_placed(transaction, effect)
            else:
                await _not_moved(transaction, effect)
        await _resolve_errors(transaction, effect, "an operator found that no order stands")


async def _placed(transaction: Tx, effect: effects.Effect, result: JsonObject, *, mails: bool) -> str:
    booking_id = required_booking(effect)
    booking = await bookings.find_booking(transaction, booking_id, lock=True)
    if booking is None or booking.status == "cancelled":
        raise NotDecidable("its booking was cancelled meanwhile; cancel the order at the booking system")
    url = result["payment_url"]
    link = not url and await plan_link_if_due(transaction, effect, booking_id, confirms=mails)
    code = await bookings.confirm_booking(
        transaction,
        booking_id,
        provider_order_id=str(result["order_id"]),
        payment_url=url,
        payment_status="pending" if url or link else "at_business",
    )
    await plan_copy(transaction, effect, Act.CREATE, booking_id, OrderRequest.model_validate(effect.request))
    if mails and not link:
        await plan_mails(transaction, effect, booking_id, News.CONFIRMED)
    await answer(
        transaction,
        effect,
        Outcome.ORDER_PLACED,
        {**result, "confirmation_code": code, "booking_id": str(booking_id), "link": link},
    )
    return code


async def _not_placed(transaction: Tx, effect: effects.Effect) -> None:
    booking_id = required_booking(effect)
    await bookings.cancel_booking(transaction, booking_id, reason="an operator found that no order stands")
    await bookings.set_intent_status(transaction, booking_id, "abandoned")
    await answer(
        transaction,
        effect,
        Outcome.ORDER_REFUSED,
        # A wish that goes on from here is a new intent: the old one's story ends with this decision.
        {"code": "not_placed", "detail": "decided by an operator", "intent_closed": True},
    )


async def _moved(
    transaction: Tx, effect: effects.Effect, order_id: str, payment_url: str | None, *, mails: bool
) -> str:
    """Under its own id the order was moved; under another one it was placed anew, and the old one is gone."""
    change = Change.of(effect)
    state = await booking_changes.change_state(transaction, change.booking_id, change.new_booking_id)
    if not state["stands"]:
        raise NotDecidable("its booking ended meanwhile; compare it with the booking system")
    if order_id == change.order_id:
        if not state["same_lines"]:
            raise NotDecidable("the new time is for other services: name the new order's id")
        placed = OrderPlaced(order_id, payment_url=payment_url)
        await record_moved(transaction, effect, change, placed, mails=mails)
        booking = await bookings.find_booking(transaction, change.booking_id)
        return booking.confirmation_code if booking else ""
    before = await known_booking(transaction, change.booking_id)
    await bookings.confirm_booking(
        transaction,
        change.new_booking_id,
        provider_order_id=order_id,
        payment_url=payment_url,
        payment_status="pending" if payment_url else "at_business",
    )
    if before is not None and before["payment_status"] == "pending":
        await close_link_if_ours(transaction, change.booking_id)
    await booking_changes.replace_booking(transaction, change.booking_id, change.new_booking_id)
    await plan_copy(transaction, effect, Act.CANCEL, change.booking_id)
    order = change.order_for(Way.NEW_THEN_CANCEL)
    await plan_copy(transaction, effect, Act.CREATE, change.new_booking_id, order)
    was = before["starts_at"] if before else None
    if mails:
        await plan_mails(transaction, effect, change.new_booking_id, News.CHANGED, before=was)
    now = await known_booking(transaction, change.new_booking_id)
    data: JsonObject = {"payment_url": payment_url, "pay_until": None, "booking": now, "old_stands": False}
    await answer(
        transaction,
        effect,
        Outcome.ORDER_CHANGED,
        {**data, "before": was},
    )
    return str(now["code"]) if now else ""


async def _not_moved(transaction: Tx, effect: effects.Effect) -> None:
    change = Change.of(effect)
    await booking_changes.give_up_move(
        transaction,
        change.new_booking_id,
        reason="an operator found that it was not moved",
        intent="abandoned",
    )
    known = await known_booking(transaction, change.booking_id)
    await answer(
        transaction,
        effect,
        Outcome.CHANGE_REFUSED,
        {"code": "not_placed", "booking": known, "intent_closed": True},
    )


async def _stays(transaction: Tx, effect: effects.Effect) -> str:
    booking_id = required_booking(effect)
    await booking_changes.flag(transaction, booking_id, needs_operator=False)
    known = await known_booking(transaction, booking_id)
    await answer(transaction, effect, Outcome.CANCEL_REFUSED, {"booking": known})
    return str(known["code"]) if known else ""


def _open_order(effect: effects.Effect) -> effects.Effect:
    if effect.kind not in _DECIDABLE:
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
