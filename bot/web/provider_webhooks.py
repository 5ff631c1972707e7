"""Webhooks of booking systems: something changed there, read it again. They only ask for a sync run.

POST /webhooks/provider/{provider}/{account id}

Answers: 200 noted (or of no concern to us); 400 signed but unreadable; 403 bad or missing signature; 404 no such
account, or one without a `webhook_secret`: the endpoint is off; 408, 413, 415 as for channels; 429 too many; 503 try
again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol
from uuid import UUID

import structlog
from aiohttp import web

from bot.web.bodies import read_body
from bot.web.pace import Pace
from db.failures import DATABASE_FAILURES

log = structlog.get_logger(__name__)

_A_MINUTE = 120
"""Of one account. They only say that something changed, so what is refused is lost to nobody."""


class Noted(Enum):
    """What became of a webhook."""

    ACCEPTED = auto()
    OFF = auto()
    FORGED = auto()
    MALFORMED = auto()


class Notices(Protocol):
    """Judges and notes a webhook (workers/provider_webhooks.py)."""

    body_limit: int

    async def note(
        self, provider: str, account_id: UUID, headers: Mapping[str, str], body: bytes
    ) -> Noted: ...


@dataclass(slots=True)
class ProviderWebhooks:
    """One per web process."""

    notices: Notices
    pace: Pace = field(default_factory=lambda: Pace(_A_MINUTE))

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/webhooks/provider/{provider}/{account_id}", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        provider = request.match_info["provider"]
        try:
            account_id = UUID(request.match_info["account_id"])
        except ValueError as error:
            raise web.HTTPNotFound(text="unknown account") from error
        wait = self.pace.wait(str(account_id), now=asyncio.get_running_loop().time())
        if wait > 0:
            raise web.HTTPTooManyRequests(text="too many", headers={"Retry-After": str(int(wait) + 1)})
        body = await read_body(request, limit=self.notices.body_limit)
        headers = {key.lower(): value for key, value in request.headers.items()}
        try:
            noted = await self.notices.note(provider, account_id, headers, body)
        except DATABASE_FAILURES as error:
            log.warning("provider_webhook.not_stored", reason=type(error).__name__)
            raise web.HTTPServiceUnavailable(text="try again", headers={"Retry-After": "2"}) from error
        match noted:
            case Noted.ACCEPTED:
                return web.Response(text="ok")
            case Noted.OFF:
                raise web.HTTPNotFound(text="unknown account")
            case Noted.FORGED:
                log.warning("provider_webhook.bad_signature", provider=provider, account=str(account_id))
                raise web.HTTPForbidden(text="bad signature")
            case Noted.MALFORMED:
                raise web.HTTPBadRequest(text="malformed")
