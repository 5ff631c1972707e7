"""CLAIM, CALL, SETTLE, RECONCILE: performs what turns planned, each call at most once. See design: the scheme.

What a kind of effect does stands in bot/effect_sends.py, effect_orders.py, effect_changes.py,
effect_cancellations.py and effect_payments.py; here is the order of things.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from bot.effect_base import EffectContext
from bot.effect_cancellations import perform_cancellation, reconcile_cancellation
from bot.effect_changes import perform_change, reconcile_change
from bot.effect_links import perform_link, reconcile_link
from bot.effect_mails import perform_mail, reconcile_mail
from bot.effect_mirrors import perform_mirror, reconcile_mirror
from bot.effect_orders import perform_order, reconcile_order
from bot.effect_payments import perform_poll, reconcile_poll
from bot.effect_sends import perform_send, reconcile_send
from bot.flows.contract import EffectKind
from bot.live import LiveKind
from bot.payment_looks import perform_expiry, reconcile_expiry
from db import effects, failpoints
from db.failures import DATABASE_FAILURES

log = structlog.get_logger(__name__)

_BATCH = 32


@dataclass(slots=True)
class Effects:
    """One per process."""

    context: EffectContext

    async def perform_for(self, conversation_id: UUID) -> int:
        """Performs what is due in one conversation, until nothing more can be claimed. Returns how many."""
        performed = 0
        while claimed := await self._claim(conversation_id):
            await self._perform_all(claimed)
            performed += len(claimed)
        return performed

    async def claim_leftovers(self, *, limit: int = _BATCH) -> list[effects.Effect]:
        """What no worker took in time: delayed effects, retries, those of dead workers. Ours to `perform` now."""
        return await self._claim(None, limit=limit)

    async def perform(self, claimed: Sequence[effects.Effect]) -> None:
        """Performs what was claimed; afterwards the answers wait in the inbox of their conversations."""
        await self._perform_all(claimed)

    async def expire_claims(self) -> int:
        """Claims of processes that died. Returns how many."""
        expired = await effects.expire_claims(self.context.pool, limit=_BATCH)
        for claim in expired:
            log.warning(
                "effect.claim_expired", effect=str(claim.effect_id), kind=claim.kind, now=claim.status
            )
        return len(expired)

    async def reconcile(self) -> set[UUID]:
        """Decides unknown outcomes by what can be proved; what can't goes to an operator.

        Returns the conversations with an answer to hear.
        """
        unknown = await effects.unknown(
            self.context.pool, grace_seconds=self.context.limits.unknown_grace_seconds, limit=_BATCH
        )
        for effect in unknown:
            try:
                await self._reconcile(effect)
                self._tell(effect)
            except DATABASE_FAILURES:
                raise
            except Exception:  # one that can't be decided must not keep all others undecided
                log.exception("effect.not_reconciled", effect=str(effect.id), kind=effect.kind)
        return {effect.conversation_id for effect in unknown}

    def _tell(self, effect: effects.Effect) -> None:
        self.context.live.publish(effect.workspace_id, effect.conversation_id, LiveKind.EFFECT)

    async def _reconcile(self, effect: effects.Effect) -> None:
        match EffectKind(effect.kind):
            case EffectKind.SEND:
                await reconcile_send(self.context, effect)
            case EffectKind.PLACE_ORDER:
                await reconcile_order(self.context, effect)
            case EffectKind.CHANGE_ORDER:
                await reconcile_change(self.context, effect)
            case EffectKind.CANCEL_ORDER:
                await reconcile_cancellation(self.context, effect)
            case EffectKind.MIRROR_BOOKING:
                await reconcile_mirror(self.context, effect)
            case EffectKind.SEND_MAIL:
                await reconcile_mail(self.context, effect)
            case EffectKind.CREATE_LINK:
                await reconcile_link(self.context, effect)
            case EffectKind.EXPIRE_LINK:
                await reconcile_expiry(self.context, effect)
            case EffectKind.POLL_PAYMENT:  # a read: asking again is always right
                await reconcile_poll(self.context, effect)

    async def _claim(self, conversation_id: UUID | None, limit: int = _BATCH) -> list[effects.Effect]:
        limits = self.context.limits
        claimed = await effects.claim(
            self.context.pool,
            claim_seconds=limits.claim_seconds,
            hold_seconds=limits.send_hold_seconds,
            limit=limit,
            conversation_id=conversation_id,
        )
        if claimed:
            await failpoints.hit("effect.after_claim")
        return claimed

    async def _perform_all(self, claimed: Sequence[effects.Effect]) -> None:
        """Sends of one conversation are claimed one at a time, so order needs no care here."""
        results = await asyncio.gather(*(self._perform(e) for e in claimed), return_exceptions=True)
        for effect, result in zip(claimed, results, strict=True):
            if isinstance(result, BaseException):
                # The row stays in flight; when the claim runs out it is retried or becomes unknown.
                log.error(
                    "effect.not_settled",
                    workspace=str(effect.workspace_id),
                    effect=str(effect.id),
                    kind=effect.kind,
                    exc_info=result,
                )

    async def _perform(self, effect: effects.Effect) -> None:
        with structlog.contextvars.bound_contextvars(
            workspace=str(effect.workspace_id),
            conversation=str(effect.conversation_id),
            effect=str(effect.id),
        ):
            try:
                async with asyncio.timeout(self.context.limits.claim_seconds):
                    match EffectKind(effect.kind):
                        case EffectKind.SEND:
                            await perform_send(self.context, effect)
                        case EffectKind.PLACE_ORDER:
                            await perform_order(self.context, effect)
                        case EffectKind.CHANGE_ORDER:
                            await perform_change(self.context, effect)
                        case EffectKind.CANCEL_ORDER:
                            await perform_cancellation(self.context, effect)
                        case EffectKind.POLL_PAYMENT:
                            await perform_poll(self.context, effect)
                        case EffectKind.MIRROR_BOOKING:
                            await perform_mirror(self.context, effect)
                        case EffectKind.SEND_MAIL:
                            await perform_mail(self.context, effect)
                        case EffectKind.CREATE_LINK:
                            await perform_link(self.context, effect)
                        case EffectKind.EXPIRE_LINK:
                            await perform_expiry(self.context, effect)
            except TimeoutError:
                # Whether the call had begun stands in the row: when the claim runs out it becomes unknown or
                # pending accordingly.
                log.warning("effect.out_of_time", kind=effect.kind)
            self._tell(effect)
