"""Sending a message: once. Whether it may be sent at all is checked first."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from bot.channels.contract import ChannelAccount
from bot.effect_base import (
    EffectContext,
    bounded,
    retry_later,
    settle_unknown,
    settle_with_message,
    tell_operator,
)
from bot.inbox import OUTCOME_UNKNOWN
from bot.messages import DELIVERY_RANK, DeliveryStatus, Surface
from db import effects, failpoints
from db.failures import DATABASE_FAILURES
from db.tx import tx
from providers.outcome import CallFailure, Disposition

_FRESH = timedelta(seconds=20)


async def perform_send(context: EffectContext, effect: effects.Effect) -> None:
    """One call of the channel's send API for one claimed effect."""
    try:
        account = await context.accounts.channel_account(
            UUID(effect.request["account_id"]), workspace_id=effect.workspace_id
        )
        refusal = await _refusal(context, effect, account)
    except DATABASE_FAILURES as error:
        # Nothing was called yet, and that is known here only: the claim alone counts as a call.
        reason = CallFailure(Disposition.RETRY, "database", f"Not sent yet: {type(error).__name__}.")
        await retry_later(context, effect, reason)
        return
    if refusal is not None:
        await _settle_refused(context, effect, refusal)
        return
    await context.typing.settle(effect.conversation_id)
    await failpoints.hit("effect.before_call")
    try:
        sent = await bounded(
            context,
            context.channels[account.channel].send(
                effect.request["body"],
                account=account,
                correlation_id=str(effect.id),
                http=context.http,
            ),
        )
    except CallFailure as failure:
        await _settle_failure(context, effect, failure)
        return
    await failpoints.hit("effect.after_call")
    await failpoints.hit("effect.before_settle")
    async with tx(context.pool, effect.workspace_id) as transaction:
        settled = await effects.settle(
            transaction,
            effect,
            status="done",
            external_ref=sent.external_id,
            result={"external_id": sent.external_id},
        )
        if settled and effect.message_id is not None:
            await effects.raise_delivery(
                transaction,
                effect.message_id,
                status=DeliveryStatus.ACCEPTED,
                rank=DELIVERY_RANK[DeliveryStatus.ACCEPTED],
            )
    await failpoints.hit("effect.after_settle")


async def reconcile_send(context: EffectContext, effect: effects.Effect) -> None:
    """After the grace period without a delivery receipt: sent again only where the account allows it."""
    account = await context.accounts.channel_account(
        UUID(effect.request["account_id"]), workspace_id=effect.workspace_id
    )
    async with tx(context.pool, effect.workspace_id) as transaction:
        if failpoints.guard_is_off("naive_retry") or account.settings.get("resend_unproved") is True:
            await effects.settle(transaction, effect, status="pending", code=effect.error_code)
            return
        if await effects.settle(
            transaction,
            effect,
            status="needs_operator",
            code=effect.error_code,
            detail=effect.error_detail,
        ):
            await tell_operator(
                transaction,
                effect,
                kind=OUTCOME_UNKNOWN,
                summary=f"A reply on {account.channel} may not have reached the customer: the answer to the send "
                "call was lost and no delivery receipt came. It was not sent again, to avoid a double.",
                details={"code": effect.error_code, "detail": effect.error_detail},
            )


class _Refusal(CallFailure):
    """The message may not be sent now; nothing was called."""

    def __init__(self, code: str, detail: str, *, operator: bool) -> None:
        super().__init__(Disposition.PERMANENT, code, detail)
        self.operator = operator


async def _refusal(
    context: EffectContext, effect: effects.Effect, account: ChannelAccount
) -> _Refusal | None:
    address = str(effect.request["address"])
    if not account.enabled:
        return _Refusal("account_disabled", "The channel account is switched off.", operator=True)
    profile = await context.accounts.profile(
        account.bot_id, workspace_id=account.workspace_id, settings_at=None
    )
    channel = context.channels[account.channel]
    surface = channel.surface_of(account, address)
    # In a web chat nobody is written to: who asked reads the answer where he asked.
    if surface is not Surface.WEB and not profile.settings.outbound.permits(address):
        return _Refusal(
            "outbound_closed",
            "Outbound messaging is closed for this workspace and the recipient is not on its allow-list.",
            operator=True,
        )
    if effect.request.get("despite_opt_out") is True:
        return None
    if context.clock() - effect.created_at < _FRESH and not effect.request.get("unprompted"):
        return None  # the turn that planned it has just looked
    async with tx(context.pool, effect.workspace_id) as transaction:
        target = await effects.target(transaction, effect.conversation_id)
    if target.opted_out:
        return _Refusal("opted_out", "The customer has opted out.", operator=False)
    hours = channel.capabilities(surface).session_hours
    if hours is not None and context.clock() - target.last_inbound_at > timedelta(hours=hours):
        return _Refusal(
            "outside_window",
            f"The customer's last message is older than {hours} hours; only a template may be sent now.",
            operator=True,
        )
    return None


async def _settle_refused(context: EffectContext, effect: effects.Effect, refusal: _Refusal) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        settled = await settle_with_message(transaction, effect, "blocked", DeliveryStatus.BLOCKED, refusal)
        if settled and refusal.operator:
            await tell_operator(
                transaction,
                effect,
                kind="send_blocked",
                fingerprint=refusal.code,
                summary=f"A message was not sent: {refusal.detail}",
            )


async def _settle_failure(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    match failure.disposition:
        case Disposition.UNKNOWN:
            await settle_unknown(context, effect, failure)
            return
        case Disposition.RETRY if effect.attempts < context.limits.max_call_attempts * 2:
            await retry_later(context, effect, failure)
            return
        case Disposition.RETRY | Disposition.PERMANENT | Disposition.OPERATOR:
            pass
    async with tx(context.pool, effect.workspace_id) as transaction:
        if await settle_with_message(transaction, effect, "failed", DeliveryStatus.FAILED, failure):
            await tell_operator(
                transaction,
                effect,
                kind="send_failed",
                fingerprint=failure.code,
                summary=f"A message could not be sent: {failure.detail} (code {failure.code}).",
            )
