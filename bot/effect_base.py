"""What all kinds of effects share: what they may reach, and how an outcome is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

import httpx
import structlog

from bot.channels.contract import Channel
from bot.flows.contract import Outcome
from bot.live import Unwatched
from bot.mail.desk import MailDesk
from bot.messages import DELIVERY_RANK, DeliveryStatus, JsonObject
from bot.ports import Accounts, Clock, Limits, LiveEvents
from bot.typing_sign import TypingSigns
from db import effects, errors, inbox
from db.failures import CONNECTION_LOST
from db.tx import Pool, Tx, tx
from providers.outcome import CallFailure, Disposition

log = structlog.get_logger(__name__)

Result = TypeVar("Result")
_PAUSES_BEFORE_RECORDING_AGAIN = (0.1, 0.5, 2.0)
"""Seconds."""


@dataclass(slots=True)
class EffectContext:
    """One per process."""

    pool: Pool
    accounts: Accounts
    channels: dict[str, Channel]
    http: httpx.AsyncClient
    limits: Limits
    clock: Clock
    typing: TypingSigns
    mail: MailDesk | None = None
    """None: no mail service is configured, and no mail is planned."""
    live: LiveEvents = field(default_factory=Unwatched)
    public_base_url: str = ""
    """Where customers reach our own pages."""


async def bounded(context: EffectContext, call: Awaitable[Result]) -> Result:
    """One call within the total time limit. A time-out is a CallFailure with an unknown outcome."""
    try:
        async with asyncio.timeout(context.limits.call_timeout_seconds):
            return await call
    except TimeoutError as error:
        raise CallFailure(
            Disposition.UNKNOWN,
            "timeout",
            f"No answer within {context.limits.call_timeout_seconds:g} seconds.",
        ) from error


async def recorded_surely(record: Callable[[], Awaitable[None]], *, order_id: str) -> None:
    """Until it is recorded, only this process knows what the outside did: a lost connection is no reason to forget it.

    `record` must find out by itself whether an earlier try was stored. Raises what it raises, in the end.
    """
    for pause in _PAUSES_BEFORE_RECORDING_AGAIN:
        try:
            await record()
        except CONNECTION_LOST as error:
            log.warning("effect.recorded_again", order=order_id, error=type(error).__name__)
            await asyncio.sleep(pause)
        else:
            return
    await record()


async def answer(
    transaction: Tx, effect: effects.Effect, outcome: Outcome, data: JsonObject | None = None
) -> None:
    """The outcome becomes the conversation's next event, in the transaction that records it."""
    if effect.booking_id is None:
        raise ValueError(f"effect {effect.id} has no booking to answer about")
    given = dict(data or {})
    if by_business(effect) is not None:
        given["business"] = by_business(effect)
    await inbox.add_effect_answer(
        transaction,
        workspace_id=effect.workspace_id,
        conversation_id=effect.conversation_id,
        external_id=f"{effect.id}:{outcome}",
        payload={"outcome": outcome.value, "booking_id": str(effect.booking_id), "data": given},
    )


async def retry_later(
    context: EffectContext, effect: effects.Effect, failure: CallFailure, *, minimum: float = 0
) -> None:
    """Known as not processed: pending again, with exponential backoff or the provider's own pause."""
    pause = max(
        failure.retry_after or 0,
        minimum,
        context.limits.retry_pause_seconds * 2 ** min(effect.attempts - 1, 6),
    )
    async with tx(context.pool, effect.workspace_id) as transaction:
        await effects.settle(
            transaction,
            effect,
            status="pending",
            delay_seconds=pause,
            code=failure.code,
            detail=failure.detail,
        )


async def settle_unknown(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    """It may have happened. Never straight back to pending; reconciling decides."""
    async with tx(context.pool, effect.workspace_id) as transaction:
        await settle_with_message(transaction, effect, "unknown", DeliveryStatus.UNKNOWN, failure)


async def settle_with_message(
    transaction: Tx,
    effect: effects.Effect,
    status: effects.Status,
    delivery: DeliveryStatus,
    failure: CallFailure,
) -> bool:
    """An end that is no success: of the effect, and of the message it would have sent, if it is a send.

    False: it was settled otherwise meanwhile; nothing was written then.
    """
    settled = await effects.settle(
        transaction, effect, status=status, code=failure.code, detail=failure.detail
    )
    if settled and effect.message_id is not None:
        await effects.raise_delivery(
            transaction,
            effect.message_id,
            status=delivery,
            rank=DELIVERY_RANK[delivery],
            error=f"{failure.code}: {failure.detail}"[:500],
        )
    return settled


async def tell_operator(
    transaction: Tx,
    effect: effects.Effect,
    *,
    kind: str,
    summary: str,
    fingerprint: str | None = None,
    details: JsonObject | None = None,
) -> None:
    """An operator error that points at the conversation and the effect."""
    await errors.record(
        transaction,
        workspace_id=effect.workspace_id,
        kind=kind,
        fingerprint=fingerprint or str(effect.id),
        summary=summary,
        details=details,
        conversation_id=effect.conversation_id,
        effect_id=effect.id,
    )


async def leave_to_operator(
    context: EffectContext,
    effect: effects.Effect,
    failure: CallFailure,
    *,
    kind: str,
    summary: str,
    status: effects.Status = "needs_operator",
    fingerprint: str | None = None,
    details: JsonObject | None = None,
) -> None:
    """The end of a call that a person should see to, and he is told; neither if it was settled otherwise meanwhile."""
    async with tx(context.pool, effect.workspace_id) as transaction:
        if await effects.settle(transaction, effect, status=status, code=failure.code, detail=failure.detail):
            await tell_operator(
                transaction, effect, kind=kind, summary=summary, fingerprint=fingerprint, details=details
            )


def by_business(effect: effects.Effect) -> JsonObject | None:
    """Who of the business asked for it (`by`), and what the customer is told as its `reason`. None: he did himself."""
    found = effect.request.get("business")
    return found if isinstance(found, dict) else None


def required_booking(effect: effects.Effect) -> UUID:
    if effect.booking_id is None:
        raise ValueError(f"effect {effect.id} ({effect.kind}) has no booking")
    return effect.booking_id
