"""The one transaction of a turn: state, messages, lead, intent, booking, effects, inbox done. All or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot import turn_rows
from bot.channels.contract import Channel, ChannelAccount
from bot.flows.contract import (
    HUMAN_REQUESTED,
    CustomerMessage,
    EffectKind,
    Event,
    Step,
)
from bot.messages import JsonObject, Outbound, Sender, action_to_json
from bot.ports import BotProfile, Limits
from db import bookings, errors, escalations, failpoints, handoffs, history, turns, wishes
from db.ids import new_id
from db.tx import Pool, Tx, tx


@dataclass(frozen=True, slots=True)
class TurnWork:
    """What a turn works on: the leased conversation, its way to the customer, its events."""

    leased: turns.Leased
    account: ChannelAccount
    channel: Channel
    profile: BotProfile
    events: Sequence[Event]
    wait_seconds: float = 0
    """Quiet hours: what is said without having been asked for waits so long, or until the customer writes."""
    unprompted: bool = False
    """The customer wrote long ago: before it is sent it is looked up whether it may be."""


async def commit(pool: Pool, work: TurnWork, step: Step, *, limits: Limits) -> None:
    """Raises db.turns.FenceLost or db.bookings.TimeTaken; then nothing was written."""
    leased = work.leased
    async with tx(pool, leased.workspace_id) as transaction:
        status = step.conversation_status or "open"
        turn = await turns.store_state(
            transaction,
            leased,
            state=step.state,
            state_name=step.state_name,
            language=step.language,
            status=status,
            ignore_fence=failpoints.guard_is_off("no_fence"),
        )
        await _store_business(transaction, work, step, limits)
        await _store_notes(transaction, leased, step)
        await _store_escalations(transaction, leased, step)
        await _store_proofs(transaction, leased, step)
        messages, effects = _plan(work, step, limits)
        await turns.finish(
            transaction,
            leased,
            turn,
            messages=messages,
            effects=effects,
            reserve_seconds=limits.reserve_seconds,
        )


async def was_committed(pool: Pool, work: TurnWork) -> bool:
    """After a lost connection: did our transaction make it? Asked on a fresh connection."""
    async with tx(pool, work.leased.workspace_id) as transaction:
        return await turns.is_done(transaction, [item.id for item in work.leased.items])


async def _store_business(transaction: Tx, work: TurnWork, step: Step, limits: Limits) -> None:
    leased = work.leased
    if step.customer is not None:
        await turns.patch_customer(
            transaction,
            leased.customer_id,
            name=step.customer.name,
            phone=step.customer.phone,
            email=step.customer.email,
            language=step.customer.language,
        )
    if step.consent is not None:
        await turns.store_consent(
            transaction,
            leased,
            channel=work.account.channel,
            kind=step.consent,
            words=step.consent_words,
        )
    if step.lead is not None:
        await wishes.upsert_lead(
            transaction, turn_rows.lead_row(leased, step.lead, source=work.account.channel)
        )
    if step.intent is not None:
        await wishes.upsert_intent(transaction, turn_rows.intent_row(leased, step.intent))
    if step.handoff is not None:
        row = turn_rows.handoff_row(leased, step.handoff, language=step.language, source=work.account.channel)
        await handoffs.upsert(transaction, row)
    await bookings.release_holds(transaction, leased.workspace_id, leased.id)
    if step.new_booking is not None:
        await bookings.create_booking(transaction, turn_rows.booking_row(leased, step.new_booking))
    elif step.hold is not None:
        await bookings.create_booking(
            transaction, turn_rows.booking_row(leased, step.hold), hold_seconds=limits.hold_seconds
        )
    if step.booking_change is not None:
        await _change_booking(transaction, step.booking_change.booking_id, step.booking_change.status)


async def _change_booking(transaction: Tx, booking_id: UUID, status: str) -> None:
    match status:
        case "cancelled":
            await bookings.cancel_booking(transaction, booking_id, reason="by the customer")
        case "needs_operator":
            await bookings.flag_for_operator(transaction, booking_id)
        case other:
            # `confirmed` is written by the effect that has the provider's word, never by a flow.
            raise ValueError(f"a turn may not set a booking to {other!r}")


def _plan(work: TurnWork, step: Step, limits: Limits) -> tuple[list[turns.MessageRow], list[turns.EffectRow]]:
    messages = [
        turn_rows.inbound_row(event.inbound, item)
        for event, item in zip(work.events, work.leased.items, strict=True)
        if isinstance(event, CustomerMessage)
    ]
    effects: list[turns.EffectRow] = []
    for said in step.operator_lines:
        _plan_send(
            work, step, Outbound(text=said.text, language=step.language), messages, effects, operator=said.by
        )
    if step.reply is not None:
        _plan_send(work, step, step.reply, messages, effects, quiet=work.wait_seconds)
    effects.extend(
        turns.EffectRow(
            id=new_id(),
            kind=planned.kind.value,
            request=planned.request,
            booking_id=planned.booking_id,
            # How often a payment is asked for is a setting of the installation, not a flow's business.
            delay_seconds=limits.payment_poll_seconds
            if planned.kind is EffectKind.POLL_PAYMENT
            else planned.delay_seconds,
        )
        for planned in step.effects
    )
    if step.progress is not None:
        _plan_send(
            work,
            step,
            step.progress,
            messages,
            effects,
            delay=limits.progress_after_seconds,
            provisional=True,
        )
    return messages, effects


def _plan_send(
    work: TurnWork,
    step: Step,
    outbound: Outbound,
    messages: list[turns.MessageRow],
    effects: list[turns.EffectRow],
    *,
    delay: float = 0,
    provisional: bool = False,
    operator: str = "",
    quiet: float = 0,
) -> None:
    """operator: the person who wrote it, if the bot didn't. quiet: seconds that it waits out."""
    address = work.leased.address
    to = Sender(phone=address) if address.startswith("+") else Sender(user_id=address)
    surface = work.channel.surface_of(work.account, address)
    bodies = work.channel.render(outbound, to=to, surface=surface)
    message = turns.MessageRow(
        id=new_id(),
        direction="out",
        kind="text",
        body=outbound.text[:12_000],
        payload=_payload(bodies, outbound, operator),
        inbox_id=work.leased.items[-1].id,
        trace=step.trace,
    )
    messages.append(message)
    effects.extend(
        turns.EffectRow(
            id=new_id(),
            kind=EffectKind.SEND.value,
            # What a send needs is frozen with it, so that the immediate one reads nothing more.
            request={
                "body": body,
                "account_id": str(work.account.id),
                "address": address,
                "despite_opt_out": step.despite_opt_out and not operator,
                # No line of the customer's led to it: whether it may be sent now is looked up before the call.
                "unprompted": bool(operator) or quiet > 0 or work.unprompted,
                **({"quiet": True} if quiet > 0 else {}),
            },
            message_id=message.id,
            delay_seconds=max(delay, quiet),
            provisional=provisional,
        )
        for body in bodies
    )


def _payload(bodies: Sequence[JsonObject], outbound: Outbound, operator: str) -> JsonObject:
    """What goes out, in the channel's dialect; and in none, what may be finalized by it."""
    payload: JsonObject = {"bodies": bodies}
    if operator:
        payload["by"] = operator
    if outbound.actions:
        payload["actions"] = [action_to_json(action) for action in outbound.actions]
    return payload


async def _store_notes(transaction: Tx, leased: turns.Leased, step: Step) -> None:
    for note in step.notes:
        await errors.record(
            transaction,
            workspace_id=leased.workspace_id,
            kind=note.kind,
            fingerprint=str(leased.id),
            summary=note.summary,
            details=note.details,
            conversation_id=leased.id,
        )


async def _store_escalations(transaction: Tx, leased: turns.Leased, step: Step) -> None:
    for change in step.escalations:
        match change.to:
            case "open":
                await escalations.open_one(
                    transaction,
                    workspace_id=leased.workspace_id,
                    conversation_id=leased.id,
                    customer_id=leased.customer_id,
                    cause=change.cause,
                    summary=change.summary,
                    turn=leased.turn + 1,
                )
            case "taken":
                await escalations.take(
                    transaction,
                    workspace_id=leased.workspace_id,
                    conversation_id=leased.id,
                    customer_id=leased.customer_id,
                    turn=leased.turn + 1,
                    by=change.by,
                )
                await escalations.human_spoke(transaction, leased.id)
            case "handed_back" if change.cause == "quiet":
                await escalations.close_taken(transaction, leased.id, by=change.by)
            case "handed_back" | "resolved":
                await escalations.close(transaction, leased.id, status=change.to, by=change.by)
        if change.to == "open" or change.cause == "quiet":  # what nobody took still waits for somebody
            continue
        for kind in (HUMAN_REQUESTED, escalations.STILL_WAITING):
            await errors.resolve(
                transaction,
                workspace_id=leased.workspace_id,
                kind=kind,
                fingerprint=str(leased.id),
                resolution=f"{change.to.replace('_', ' ')} by {change.by}",
            )


async def _store_proofs(transaction: Tx, leased: turns.Leased, step: Step) -> None:
    for one in step.proof_tries:
        await history.keep_proof_try(
            transaction,
            conversation_id=leased.id,
            customer_id=leased.customer_id,
            code=one.code,
            booking_id=one.booking_id,
        )
