"""Stripe's webhooks: verified, then taken in one transaction with what they change.

POST /api/webhooks/stripe/{account key}

Answers: 200 taken, repeated, or of no concern to us (so that nobody repeats it); 400 signed but unreadable; 403 bad,
missing or stale signature; 404 no such account, or one without a webhook secret: the endpoint is off; 408, 413, 415 as
for channels; 429 too many; 503 not stored, try again. Bodies hold customers' data: they are neither kept nor logged.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bot.payment_reports import Taken, take_report
from bot.ports import Bell, Clock
from bot.web.bodies import read_body
from bot.web.pace import Pace
from db import payments
from db.failures import DATABASE_FAILURES
from db.payments import PaymentAccountRow
from db.secrets import SecretBox, SecretError
from db.tx import Pool, tx
from providers.payment_registry import OLD_WEBHOOK_SECRET, WEBHOOK_SECRET
from providers.stripe.webhooks import BadStripeSignature, StripeEvent, UnreadableEvent, read_event

log = structlog.get_logger(__name__)

PATH = "/api/webhooks/stripe/{account_key}"
PROVIDER = "stripe"
_BODY_LIMIT = 256 * 1024
_STORE_SECONDS = 8.0
_A_MINUTE = 600


def webhook_address(public_base_url: str, account_key: str) -> str:
    """What is registered at Stripe."""
    return public_base_url.rstrip("/") + PATH.format(account_key=account_key)


@dataclass(slots=True)
class PaymentWebhooks:
    """One per web process."""

    pool: Pool
    box: SecretBox = field(repr=False)
    bell: Bell
    clock: Clock
    _pace: Pace = field(default_factory=lambda: Pace(_A_MINUTE))

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        key = request.match_info["account_key"]
        if (wait := self._pace.wait(key, now=asyncio.get_running_loop().time())) > 0:
            raise web.HTTPTooManyRequests(text="too many", headers={"Retry-After": str(int(wait) + 1)})
        body = await read_body(request, limit=_BODY_LIMIT)
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                account = await payments.find_account(self.pool, PROVIDER, key)
                if account is None or not account.signed:
                    raise web.HTTPNotFound(text="unknown account")
                event = self._read(account, body, request.headers.get("Stripe-Signature"))
                taken = await self._take(account, event)
        except DATABASE_FAILURES as error:
            log.warning("payment_webhook.not_stored", reason=type(error).__name__)
            raise web.HTTPServiceUnavailable(text="try again", headers={"Retry-After": "5"}) from error
        if taken.conversation_id is not None:
            self.bell.ring([taken.conversation_id])
        log.info("payment_webhook.taken", kind=event.type, outcome=taken.outcome)
        return web.Response(text="ok")

    def _read(self, account: PaymentAccountRow, body: bytes, signature: str | None) -> StripeEvent:
        """By either secret while one replaces the other. Secrets that can't be opened sign nothing."""
        try:
            opened = self.box.open(
                account.secrets, workspace_id=account.workspace_id, field=account.secret_field
            )
        except SecretError:
            log.exception("payment_webhook.secrets_unreadable")
            opened = {}
        secrets = [opened[name] for name in (WEBHOOK_SECRET, OLD_WEBHOOK_SECRET) if opened.get(name)]
        why = "no secret is set"
        for secret in secrets:
            try:
                return read_event(body, signature, secret=secret, now=self.clock().timestamp())
            except BadStripeSignature as error:
                why = str(error)
            except UnreadableEvent as error:
                log.warning("payment_webhook.malformed")
                raise web.HTTPBadRequest(text="malformed") from error
        log.warning("payment_webhook.bad_signature", why=why)
        raise web.HTTPForbidden(text="bad signature")

    async def _take(self, account: PaymentAccountRow, event: StripeEvent) -> Taken:
        """The event and what it changes, or neither."""
        report = event.report
        if report is None:
            return Taken("no_concern")
        async with tx(self.pool, account.workspace_id) as transaction:
            if await payments.event_known(transaction, PROVIDER, event.id):
                return Taken("repeated")
            taken = await take_report(
                transaction, account.workspace_id, PROVIDER, report, by="webhook", at=self.clock()
            )
            await payments.note_event(
                transaction,
                provider=PROVIDER,
                event_id=event.id,
                kind=event.type,
                payment_id=taken.payment.id if taken.payment else None,
                link_id=report.link_id,
                amount_minor=report.amount_minor,
                currency=report.currency,
                outcome=taken.outcome,
            )
        return taken
