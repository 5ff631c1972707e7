"""Bounces and other reports of the mail service.

POST /api/webhooks/mail/postmark   Basic authentication: user `postmark`, password POSTMARK_WEBHOOK_PASSWORD

Answers: 200 taken (or of no mail of ours, so that nobody repeats it); 400 unreadable; 403 wrong password, which stops
Postmark's repeats; 404 no password is set, the endpoint is off; 408, 413, 415 as for channels; 429 too many; 503 try
again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bot.mail_reports import take_report
from bot.web.bodies import read_body
from bot.web.pace import Pace
from db.failures import DATABASE_FAILURES
from db.tx import Pool
from providers.mail.postmark import UnreadableReport, password_fits, read_report

log = structlog.get_logger(__name__)

USER = "postmark"
_LIMIT = 512 * 1024
"""Bytes. A bounce may carry the mail that came back."""


@dataclass(slots=True)
class MailWebhooks:
    """One per web process. password: "" keeps the endpoint off."""

    pool: Pool
    password: str = field(repr=False)
    pace: Pace = field(default_factory=lambda: Pace(per_minute=600))
    """By address: whoever guesses passwords holds up nobody but himself."""
    reports: Pace = field(default_factory=lambda: Pace(per_minute=600))
    """By business, as its own mails say: one that mails a lot holds up no other."""

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/webhooks/mail/postmark", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        if not self.password:
            raise web.HTTPNotFound(text="off")
        _pass(self.pace, request.remote or "")
        if not password_fits(request.headers.get("Authorization"), user=USER, password=self.password):
            log.warning("mail_webhook.bad_password")
            raise web.HTTPForbidden(text="bad password")
        body = await read_body(request, limit=_LIMIT)
        try:
            report = read_report(body)
        except UnreadableReport as error:
            log.warning("mail_webhook.malformed", reason=str(error))
            raise web.HTTPBadRequest(text="malformed") from error
        _pass(self.reports, report.metadata.get("workspace", ""))
        try:
            taken = await take_report(self.pool, report)
        except DATABASE_FAILURES as error:
            log.warning("mail_webhook.not_stored", reason=type(error).__name__)
            raise web.HTTPServiceUnavailable(text="try again", headers={"Retry-After": "2"}) from error
        return web.Response(text="ok" if taken else "not ours")


def _pass(pace: Pace, key: str) -> None:
    """Raises HTTPTooManyRequests."""
    if wait := pace.wait(key, now=asyncio.get_running_loop().time()):
        raise web.HTTPTooManyRequests(text="later", headers={"Retry-After": str(int(wait) + 1)})
