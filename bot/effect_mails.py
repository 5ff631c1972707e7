"""Mails about a booking: planned with what became of it, sent after it, and never in its way.

The words are frozen when the booking is recorded; what is asked for at the moment of sending is only whether this
address may still be written to. Mail services can't prove that a mail went out once, so a lost answer is never sent
again: it waits for the service's own word (bot/mail_reports.py), and then a person is told.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import formataddr
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from bot.effect_base import (
    EffectContext,
    bounded,
    by_business,
    required_booking,
    retry_later,
    settle_unknown,
    tell_operator,
)
from bot.mail.desk import MailDesk
from bot.mail.render import Occasion, Role, Written, write_mail
from bot.mail_settings import News, is_mail_address
from bot.messages import JsonObject
from bot.workspace import WorkspaceSettings
from db import accounts, effects, failpoints, mails
from db.failures import CONNECTION_LOST, RUN_AGAIN
from db.tx import Tx, savepoint, tx
from providers.mail.calendar import Visit, calendar_part
from providers.mail.contract import Mail
from providers.outcome import CallFailure, Disposition

log = structlog.get_logger(__name__)

MAIL_FAILED = "mail_failed"
MAIL_UNKNOWN = "mail_outcome_unknown"
MAIL_BLOCKED = "mail_blocked"

_AFTER_SECONDS = 1.0
"""So that the answer in the chat goes out first."""
_MOST_TRIES = 10
_LONGEST_PAUSE = 900.0
"""Seconds. Ten tries with growing pauses outlast an hour of a mail service that is down."""


async def plan_mails(
    transaction: Tx,
    after: effects.Effect,
    booking_id: UUID,
    news: News,
    *,
    before: str | None = None,
    goes_on: bool = True,
) -> None:
    """In the transaction that records what became of a booking. What can't be written is an operator's affair.

    before: where the visit stood, ISO. goes_on: for calendars it is the visit whose place it took.
    """
    try:
        async with savepoint(transaction):
            await _plan(transaction, after, booking_id, news, before=before, goes_on=goes_on)
    except (*CONNECTION_LOST, *RUN_AGAIN):
        raise
    except Exception as error:
        log.exception("mail.not_planned", booking=str(booking_id))
        await tell_operator(
            transaction,
            after,
            kind=MAIL_FAILED,
            fingerprint=f"{after.id}:not_planned",
            summary=f"No mail could be written about a booking ({type(error).__name__}). The booking is as the "
            "customer was told in the chat.",
            details={"booking_id": str(booking_id), "news": news.value},
        )


async def _plan(
    transaction: Tx,
    after: effects.Effect,
    booking_id: UUID,
    news: News,
    *,
    before: str | None,
    goes_on: bool,
) -> None:
    facts = await mails.facts(transaction, booking_id)
    if facts is None:
        raise LookupError(f"booking {booking_id} is gone")
    settings = WorkspaceSettings.model_validate(facts.settings)
    told = settings.mail
    readers: list[tuple[Role, str, str]] = []
    customer, business = facts.booking["customer_email"], told.notify or settings.contact.email
    if news in told.to_customer and is_mail_address(customer):
        spoken = facts.language in settings.languages
        readers.append(("customer", customer, facts.language if spoken else settings.languages[0]))
    if news in told.to_business and is_mail_address(business):
        readers.append(("business", business, settings.languages[0]))
    if not readers:
        return
    # Also counted for one who gets no mail: calendars only need it to rise.
    version = await mails.next_version(transaction, booking_id, goes_on=goes_on)
    asked = by_business(after)
    for role, address, language in readers:
        occasion = Occasion(
            news=news,
            role=role,
            language=language,
            zone=settings.zone,
            currency=settings.currency,
            contact=settings.contact,
            before=datetime.fromisoformat(before) if before else None,
            by_business=asked is not None,
            reason=str(asked.get("reason", "")) if asked else "",
        )
        request = _request(
            facts,
            settings,
            occasion,
            address=address,
            version=version,
            written=write_mail(facts, occasion),
        )
        await mails.plan_mail(
            transaction, after, booking_id, request, role=role, delay_seconds=_AFTER_SECONDS
        )


async def confirmation_again(transaction: Tx, booking_id: UUID) -> JsonObject | None:
    """The request of a mail that tells the customer once more what he has booked, as it stands now.

    None: there is no such booking, or no address to write to. Raises KeyError or ValueError for what can't be told.
    """
    facts = await mails.facts(transaction, booking_id)
    if facts is None or not is_mail_address(facts.booking["customer_email"]):
        return None
    settings = WorkspaceSettings.model_validate(facts.settings)
    spoken = facts.language in settings.languages
    occasion = Occasion(
        news=News.CONFIRMED,
        role="customer",
        language=facts.language if spoken else settings.languages[0],
        zone=settings.zone,
        currency=settings.currency,
        contact=settings.contact,
    )
    return _request(
        facts,
        settings,
        occasion,
        address=facts.booking["customer_email"],
        version=await mails.next_version(transaction, booking_id),
        written=write_mail(facts, occasion),
    )


def _request(
    facts: mails.MailFacts,
    settings: WorkspaceSettings,
    occasion: Occasion,
    *,
    address: str,
    version: mails.CalendarVersion,
    written: Written,
) -> JsonObject:
    told, contact = settings.mail, settings.contact.email
    reply_to = told.reply_to or (contact if is_mail_address(contact) else "")
    return {
        "role": occasion.role,
        "news": occasion.news.value,
        "language": occasion.language,
        "address": address,
        "sender": told.sender,
        "sender_name": told.sender_name or facts.business,
        # Answers to the business's own mail go to the customer.
        "reply_to": _answers_to(facts, reply_to) if occasion.role == "business" else reply_to,
        "subject": written.subject,
        "text": written.text,
        "html": written.html,
        "visit": {
            "uid": str(version.uid),
            "sequence": version.sequence,
            "starts_at": facts.booking["starts_at"],
            "ends_at": facts.booking["ends_at"],
            "zone": settings.timezone,
            "title": written.title,
            "place": written.place,
            "description": written.text,
            "business": facts.business,
            "organizer": reply_to,
            "name": facts.booking["customer_name"] if occasion.role == "customer" else facts.business,
        },
    }


def _answers_to(facts: mails.MailFacts, otherwise: str) -> str:
    customer = facts.booking["customer_email"]
    return customer if is_mail_address(customer) else otherwise


async def perform_mail(context: EffectContext, effect: effects.Effect) -> None:
    """One mail, at most once."""
    desk = context.mail
    refusal = await _refusal(context, effect)
    if desk is None or refusal is not None:
        await _settle_refused(context, effect, refusal or _OFF)
        return
    try:
        mail = _mail(effect, desk)
    except (KeyError, TypeError, ValueError) as error:  # frozen by another version
        log.exception("mail.unreadable_request")
        failure = CallFailure(
            Disposition.PERMANENT, "unreadable", f"it can't be put together ({type(error).__name__})"
        )
        await _settle_failed(context, effect, failure)
        return
    if not await effects.begin_call(context.pool, effect, claim_seconds=context.limits.claim_seconds):
        log.warning("mail.claim_lost")
        return
    await failpoints.hit("mail.before_call")
    try:
        sent = await bounded(context, desk.mailer.send(mail))
    except CallFailure as failure:
        await _failed(context, effect, failure)
        return
    await failpoints.hit("mail.after_call")
    async with tx(context.pool, effect.workspace_id) as transaction:
        await effects.settle(
            transaction, effect, status="done", external_ref=sent.id, result={"mail_id": sent.id}
        )


async def reconcile_mail(context: EffectContext, effect: effects.Effect) -> None:
    """The grace period is over and no report proved it: never sent again, a person is told."""
    async with tx(context.pool, effect.workspace_id) as transaction:
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
                kind=MAIL_UNKNOWN,
                summary=f"A mail to the {effect.request['role']} about a booking may not have gone out: the answer "
                "of the mail service was lost. It is not sent again, to avoid a double.",
                details={"booking_id": str(effect.booking_id), "code": effect.error_code},
            )


class _Refusal(CallFailure):
    """It may not be sent; nothing was called."""

    def __init__(self, code: str, detail: str, *, operator: bool) -> None:
        super().__init__(Disposition.PERMANENT, code, detail)
        self.operator = operator


_OFF = _Refusal("mail_off", "No mail service is configured any more.", operator=True)


async def _refusal(context: EffectContext, effect: effects.Effect) -> _Refusal | None:
    address = str(effect.request["address"])
    async with tx(context.pool, effect.workspace_id) as transaction:
        settings = WorkspaceSettings.model_validate(await accounts.workspace_settings(transaction))
        newer = await mails.newer_planned(transaction, effect.id)
        suppressed = await mails.suppressed(transaction, address)
    if newer:
        return _Refusal("superseded", "A later mail tells how the booking stands now.", operator=False)
    if not settings.outbound.permits(address):
        return _Refusal(
            "outbound_closed",
            "Outbound messaging is closed for this workspace and the recipient is not on its allow-list.",
            operator=True,
        )
    if not settings.mail.reaches(address):
        return _Refusal(
            "other_domain", "The recipient's domain is not among mail.only_domains.", operator=True
        )
    if suppressed is not None:
        return _Refusal("suppressed", f"The address takes no mail ({suppressed}).", operator=False)
    return None


def _mail(effect: effects.Effect, desk: MailDesk) -> Mail:
    request: dict[str, Any] = effect.request
    sender = request["sender"] or desk.sender
    given = request["visit"]
    zone = ZoneInfo(given["zone"])
    visit = Visit(
        uid=given["uid"],
        sequence=given["sequence"],
        starts_at=datetime.fromisoformat(given["starts_at"]).astimezone(zone),
        ends_at=datetime.fromisoformat(given["ends_at"]).astimezone(zone),
        title=given["title"],
        business=given["business"],
        business_email=given["organizer"] or sender,
        customer_name=given["name"],
        customer_email=request["address"],
        place=given["place"],
        description=given["description"],
        cancelled=request["news"] == News.CANCELLED,
    )
    return Mail(
        sender=formataddr((request["sender_name"], sender)),
        to=request["address"],
        subject=request["subject"],
        text=request["text"],
        html=request["html"],
        message_id=f"{effect.id}@{desk.host}",
        reply_to=request["reply_to"],
        calendar=calendar_part(visit, stamped_at=effect.created_at),
        tag=f"booking-{request['news']}",
        metadata={"workspace": str(effect.workspace_id), "effect": str(effect.id)},
    )


async def _settle_refused(context: EffectContext, effect: effects.Effect, refusal: _Refusal) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        settled = await effects.settle(
            transaction, effect, status="blocked", code=refusal.code, detail=refusal.detail
        )
        if settled and refusal.operator:
            await tell_operator(
                transaction,
                effect,
                kind=MAIL_BLOCKED,
                fingerprint=refusal.code,
                summary=f"A mail about a booking was not sent: {refusal.detail}",
                details={"booking_id": str(required_booking(effect))},
            )


async def _failed(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    match failure.disposition:
        case Disposition.UNKNOWN:
            await settle_unknown(context, effect, failure)
        case Disposition.RETRY if effect.attempts < _MOST_TRIES:
            growing = context.limits.retry_pause_seconds * 4.0 ** (effect.attempts - 1)
            await retry_later(context, effect, failure, minimum=min(growing, _LONGEST_PAUSE))
        case Disposition.RETRY | Disposition.PERMANENT | Disposition.OPERATOR:
            await _settle_failed(context, effect, failure)


async def _settle_failed(context: EffectContext, effect: effects.Effect, failure: CallFailure) -> None:
    async with tx(context.pool, effect.workspace_id) as transaction:
        if not await effects.settle(
            transaction, effect, status="failed", code=failure.code, detail=failure.detail
        ):
            return
        if failure.code == "recipient_inactive":
            await mails.suppress(
                transaction, str(effect.request["address"]), reason="inactive", effect_id=effect.id
            )
        # What is wrong with the account is wrong with every mail: one error that is counted.
        of_account = failure.disposition is Disposition.OPERATOR
        await tell_operator(
            transaction,
            effect,
            kind=MAIL_FAILED,
            fingerprint=failure.code if of_account else str(effect.id),
            summary=f"A mail to the {effect.request['role']} about a booking could not be sent: {failure.detail} "
            f"(code {failure.code}). The booking is as the customer was told in the chat.",
            details={"booking_id": str(effect.booking_id)},
        )
