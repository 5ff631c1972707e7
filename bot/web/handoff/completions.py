"""Completion webhooks of booking pages: verified, then noted with the handoff that their reference names.

POST /api/webhooks/external-booking/{page}/{account key}

Answers: 200 noted, repeated, or of no handoff of ours; 400 signed but unreadable; 403 bad or missing signature; 404
no such account: the webhook is off; 408, 413, 415 as for channels; 429 too many; 503 not stored, try again.
Bodies hold customers' data: they are neither kept nor logged.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import httpx
import structlog
from aiohttp import web

from bot.external_booking import ExternalBooking
from bot.handoffs import Handoffs
from bot.ports import Clock
from bot.web.bodies import read_body
from bot.web.pace import Pace
from bot.workspace import WorkspaceSettings
from db import accounts, errors
from db.failures import DATABASE_FAILURES
from db.handoffs import HandoffAccountRow, find_account
from db.secrets import SecretError
from db.tx import tx
from providers.handoff import acuity
from providers.handoff.contract import (
    BadSignature,
    Completion,
    CompletionRequest,
    Outcome,
    UnreadableCompletion,
)
from providers.handoff.pages import PAGES, Page
from providers.outcome import CallFailure

log = structlog.get_logger(__name__)

PATH = "/api/webhooks/external-booking/{page}/{account_key}"
SECRET = "signing_secret"  # noqa: S105 (the field's name)
_BODY_LIMIT = 256 * 1024
_STORE_SECONDS = 8.0
_A_MINUTE = 120
_NOT_NOW: tuple[type[Exception], ...] = (*DATABASE_FAILURES, CallFailure)
"""Whoever sent it shall send it again."""


def webhook_address(public_base_url: str, page: str, account_key: str) -> str:
    """What is registered at the page, and what Square's signature covers."""
    return public_base_url.rstrip("/") + PATH.format(page=page, account_key=account_key)


@dataclass(slots=True)
class CompletionWebhooks:
    """One per web process."""

    handoffs: Handoffs
    http: httpx.AsyncClient
    public_base_url: str
    clock: Clock
    acuity_base_url: str = acuity.BASE_URL
    _pace: Pace = field(default_factory=lambda: Pace(_A_MINUTE))

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        page = PAGES.get(request.match_info["page"])
        key = request.match_info["account_key"]
        if page is None or page.completions is None:
            raise web.HTTPNotFound(text="unknown account")
        if (wait := self._pace.wait(key, now=asyncio.get_running_loop().time())) > 0:
            raise web.HTTPTooManyRequests(text="too many", headers={"Retry-After": str(int(wait) + 1)})
        body = await read_body(request, limit=_BODY_LIMIT)
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                account = await find_account(self.handoffs.pool, page.key, key)
                if account is None:
                    raise web.HTTPNotFound(text="unknown account")
                noted = await self._note(request, page, account, body)
        except _NOT_NOW as error:
            log.warning("completion.not_stored", page=page.key, reason=type(error).__name__)
            raise web.HTTPServiceUnavailable(text="try again", headers={"Retry-After": "30"}) from error
        log.info("completion.noted", page=page.key, what=noted)
        return web.Response(text="ok")

    async def _note(self, request: web.Request, page: Page, account: HandoffAccountRow, body: bytes) -> str:
        completion = self._read(request, page, account, body)
        if completion.outcome is Outcome.OTHER or not completion.booking_id:
            return "not_ours"
        settings = await self._settings(account)
        booked = completion.outcome is Outcome.BOOKED
        if not settings.completions.counts(page.key, completion.event, tells_of_booking=booked):
            return "switched_off"
        if completion.incomplete:
            completion = await self._completed(account, completion, settings)
        noted = await self.handoffs.completed(account.workspace_id, page.key, completion)
        if noted == "no_handoff" and completion.outcome is Outcome.BOOKED and not page.carries_reference:
            await self._suggest(account, page)
        return noted

    def _read(self, request: web.Request, page: Page, account: HandoffAccountRow, body: bytes) -> Completion:
        asked = CompletionRequest(
            url=webhook_address(self.public_base_url, page.key, account.account_key),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
        )
        if page.completions is None:
            raise web.HTTPNotFound(text="unknown account")
        try:
            secret = self._secrets(account).get(SECRET, "")
            return page.completions.read(asked, secret=secret, now=self.clock().timestamp())
        except BadSignature as error:
            log.warning("completion.bad_signature", page=page.key, why=str(error))
            raise web.HTTPForbidden(text="bad signature") from error
        except UnreadableCompletion as error:
            raise web.HTTPBadRequest(text="malformed") from error

    def _secrets(self, account: HandoffAccountRow) -> dict[str, str]:
        """Secrets that can't be opened sign nothing: the webhook is refused, and the log says why."""
        try:
            return self.handoffs.box.open(
                account.secrets, workspace_id=account.workspace_id, field=account.secret_field
            )
        except SecretError:
            log.exception("completion.secrets_unreadable", page=account.page)
            return {}

    async def _settings(self, account: HandoffAccountRow) -> ExternalBooking:
        async with tx(self.handoffs.pool, account.workspace_id) as transaction:
            settings = WorkspaceSettings.model_validate(await accounts.workspace_settings(transaction))
        return settings.external

    async def _completed(
        self, account: HandoffAccountRow, completion: Completion, settings: ExternalBooking
    ) -> Completion:
        """Acuity: the reference stands in the appointment. Raises CallFailure: the page sends it again then."""
        needed = settings.page_settings
        if not (needed.get("reference_field_id") and needed.get("user_id")):
            return completion
        reference = await acuity.look_up_reference(
            self.http,
            booking_id=completion.booking_id,
            user_id=needed["user_id"],
            api_key=self._secrets(account).get(SECRET, ""),
            field_id=needed["reference_field_id"],
            base_url=self.acuity_base_url,
        )
        return replace(completion, reference=reference, incomplete=False)

    async def _suggest(self, account: HandoffAccountRow, page: Page) -> None:
        """The page can't say whose booking it was: a person compares it with the handoffs that wait."""
        await errors.record(
            self.handoffs.pool,
            workspace_id=account.workspace_id,
            kind="external_booking_unmatched",
            fingerprint=page.key,
            summary=f"{page.title} reports a booking. It can't say which handoff it belongs to: compare it with "
            "those that wait, and mark the right one as completed.",
        )
