"""What the mail service reports of mails it took: delivered, bounced, called spam. Known by our own metadata."""

from __future__ import annotations

from uuid import UUID

import structlog

from bot.effect_base import tell_operator
from bot.effect_mails import MAIL_UNKNOWN
from db import effects, errors, mails
from db.tx import Pool, Tx, tx
from providers.mail.postmark import MailFate, MailReport

log = structlog.get_logger(__name__)

_OPEN = frozenset({"pending", "in_flight", "unknown", "needs_operator"})
_REASONS = {MailFate.UNDELIVERABLE: "undeliverable", MailFate.COMPLAINED: "complained"}
_SUMMARY = {
    MailFate.UNDELIVERABLE: "A mail about a booking came back: its address takes no mail.",
    MailFate.COMPLAINED: "Somebody called a mail about a booking spam.",
}


async def take_report(pool: Pool, report: MailReport) -> bool:
    """Once or ten times, the same becomes of it. False: it is about no mail of ours."""
    try:
        workspace_id, effect_id = UUID(report.metadata["workspace"]), UUID(report.metadata["effect"])
    except (KeyError, ValueError):
        log.info("mail_report.of_nobody", fate=report.fate.value)
        return False
    async with tx(pool, workspace_id) as transaction:
        effect = await effects.find_locked(transaction, effect_id)
        if effect is None or effect.kind != "send_mail":
            log.info("mail_report.of_nobody", fate=report.fate.value)
            return False
        match report.fate:
            case MailFate.UNDELIVERABLE | MailFate.COMPLAINED:
                await _prove(transaction, effect, report)
                await _suppress(transaction, effect, report.fate)
            case MailFate.DELIVERED | MailFate.DELAYED:
                await _prove(transaction, effect, report)
            case MailFate.OTHER:
                pass
    log.info("mail_report.taken", fate=report.fate.value, effect=str(effect_id))
    return True


async def _prove(transaction: Tx, effect: effects.Effect, report: MailReport) -> None:
    """The service had it: a lost answer is no question any more, and one that is still awaited, or a next try, is none
    either. Whoever sends it at this moment finds it settled.
    """
    if effect.status not in _OPEN or not effect.attempts:
        return
    if await effects.settle(
        transaction,
        effect,
        status="done",
        external_ref=report.message_id[:300] or None,
        result={"mail_id": report.message_id, "proved_by": report.fate.value},
    ):
        await errors.resolve(
            transaction,
            workspace_id=effect.workspace_id,
            kind=MAIL_UNKNOWN,
            fingerprint=str(effect.id),
            resolution=f"the mail service reported it as {report.fate.value}",
        )


async def _suppress(transaction: Tx, effect: effects.Effect, fate: MailFate) -> None:
    """The address as we wrote to it: what a report names could be any."""
    address = effect.request.get("address")
    if not address:  # so late that what was sent is no longer kept
        return
    if not await mails.suppress(transaction, str(address), reason=_REASONS[fate], effect_id=effect.id):
        return
    await tell_operator(
        transaction,
        effect,
        kind="mail_address_dead",
        summary=f"{_SUMMARY[fate]} No further mail goes to this {effect.request['role']}'s address.",
        details={"booking_id": str(effect.booking_id), "reason": _REASONS[fate]},
    )
