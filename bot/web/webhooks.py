"""Channel webhooks: verify the raw body, parse, store, ring, answer. They don't think.

POST /webhooks/{channel}/{account_key}   GET: Meta's subscription check

Answers: 200 when everything is stored; 403 bad or missing signature; 400 signed but unreadable; 404 unknown
account or number (Meta's are answered 200: anything else is retried for days and holds up others of its batch);
405 method; 408 a body that takes too long; 413 too large; 415 content encoding; 503 not stored, try again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.channels.contract import Channel, ChannelAccount, MalformedWebhook, WebhookRequest
from bot.channels.twilio.adapter import EMPTY_ANSWER
from bot.channels.whatsapp.signature import verify_subscription
from bot.inbox import NotStored, Receiver
from bot.messages import JsonObject
from bot.ports import Accounts
from bot.web.bodies import READ_SECONDS, read_body
from db.failures import DATABASE_FAILURES

log = structlog.get_logger(__name__)

BODY_LIMITS = {"whatsapp": 4 * 1024 * 1024, "twilio": 256 * 1024, "web": 256 * 1024}
"""Bytes. Meta's batches reach 3 MB."""

_READ_SECONDS = READ_SECONDS

Observer = Callable[[str, str, WebhookRequest], Awaitable[None]]
"""Called with channel, account key and the verified request: what `frontdesk record` keeps."""


@dataclass(slots=True)
class Webhooks:
    """One per web process."""

    channels: dict[str, Channel]
    accounts: Accounts
    receiver: Receiver
    public_base_url: str
    observe: Observer | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/webhooks/whatsapp/{account_key}", self.subscribe),
            web.post("/webhooks/{channel}/{account_key}", self.receive),
        ]

    async def subscribe(self, request: web.Request) -> web.Response:
        """Meta asks once whether this address is ours."""
        named = await self._named("whatsapp", request.match_info["account_key"])
        token = named[0].secrets.get("verify_token", "") if named else ""
        challenge = verify_subscription(dict(request.query), token)
        if challenge is None:
            raise web.HTTPForbidden(text="forbidden")
        return web.Response(text=challenge)

    async def receive(self, request: web.Request) -> web.Response:
        name, account_key = request.match_info["channel"], request.match_info["account_key"]
        channel = self.channels.get(name)
        if channel is None:
            raise web.HTTPNotFound(text="unknown channel")
        webhook = await self._read(request, name)
        try:
            named = await self._named(name, account_key)
            if not named:
                return await self._unknown_account(name, account_key, webhook)
            if not channel.verify(webhook, named[0]):
                log.warning("webhook.bad_signature", channel=name, account=account_key)
                raise web.HTTPForbidden(text="bad signature")
            unrouted = await self._store(channel, webhook, named)
        except NotStored as error:
            log.warning("webhook.not_stored", channel=name, reason=str(error)[:200])
            raise web.HTTPServiceUnavailable(text="try again", headers={"Retry-After": "2"}) from error
        if unrouted and name != "whatsapp":
            raise web.HTTPNotFound(text="unknown number")
        return _accepted(name)

    async def _store(self, channel: Channel, webhook: WebhookRequest, named: list[ChannelAccount]) -> int:
        """Returns how many of its messages were for an address nobody has."""
        try:
            parsed = channel.parse(webhook, named[0])
        except MalformedWebhook as error:
            log.warning("webhook.malformed", channel=channel.name, reason=str(error)[:200])
            raise web.HTTPBadRequest(text="malformed") from error
        if self.observe is not None:
            await self.observe(channel.name, named[0].account_key, webhook)
        for notice in parsed.notices:
            log.info("webhook.notice", channel=channel.name, notice=notice[:200])
        unrouted = await self.receiver.accept(parsed.inbounds, named=named)
        await self.receiver.receipts(parsed.receipts, named=named)
        return unrouted

    async def _read(self, request: web.Request, channel: str) -> WebhookRequest:
        body = await read_body(request, limit=BODY_LIMITS[channel], seconds=_READ_SECONDS)
        return WebhookRequest(
            method=request.method,
            # The configured public base, never Host or X-Forwarded-*: those are the sender's to choose.
            url=f"{self.public_base_url}{request.rel_url.raw_path_qs}",
            headers={key.lower(): value for key, value in request.headers.items()},
            query=dict(request.query),
            body=body,
        )

    async def _named(self, channel: str, account_key: str) -> list[ChannelAccount]:
        try:
            return list(await self.accounts.named(channel, account_key))
        except DATABASE_FAILURES as error:
            raise NotStored(type(error).__name__) from error

    async def _unknown_account(self, channel: str, account_key: str, webhook: WebhookRequest) -> web.Response:
        """Nobody can verify it, so its content is only kept as a size and a digest, not as text."""
        digest = hashlib.sha256(webhook.body).hexdigest()
        payload: JsonObject = {"bytes": len(webhook.body), "sha256": digest}
        await self.receiver.keep_unknown_account(
            channel=channel, account_key=account_key, address="", external_id=digest, payload=payload
        )
        if channel == "whatsapp":
            return _accepted(channel)
        raise web.HTTPNotFound(text="unknown account")


def _accepted(channel: str) -> web.Response:
    if channel == "twilio":
        return web.Response(text=EMPTY_ANSWER, content_type="text/xml")
    return web.Response(text="ok")
