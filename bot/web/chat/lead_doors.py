"""Who may use a lead's chat: a program of the business's, or the lead himself. Nobody hears of anybody else's."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from aiohttp import web

from bot.magic_links import LinkRefused, MagicLinks, OpenedLink
from bot.web.admin.access import Access
from bot.web.api import ApiError, not_found
from bot.web.chat.desk import Seat
from bot.web.chat.doors import Doors, bearer
from bot.web.chat.finalizing import TOKEN_PREFIX
from bot.web.chat.sessions import SessionRefused
from db import chat, magic_links, read_leads, tokens
from db.tokens import Scope
from db.tx import Pool, tx

REQUESTS_PER_MINUTE = 240
"""Of one lead."""


@dataclass(frozen=True, slots=True)
class LeadVisit:
    lead: read_leads.LeadRow
    seat: Seat


@dataclass(frozen=True, slots=True)
class LeadDoors:
    """One per web process."""

    pool: Pool
    doors: Doors
    access: Access
    links: MagicLinks

    async def enter(self, request: web.Request) -> LeadVisit:
        """Raises ApiError: 401, 403, 404 no such lead (of his), 429."""
        lead_id = _lead_id(request)
        if "Authorization" in request.headers:
            token = bearer(request)
            if token.startswith(TOKEN_PREFIX):
                acting = await self.access.acting(request, Scope.CHAT)
                return await self._visit(acting.workspace_id, lead_id, None)
            visit = await self.doors.enter(request, token)
            async with tx(self.pool, visit.seat.workspace_id) as transaction:
                talks = await chat.talks(transaction, visit.seat.address, visit.seat.account_id)
            customers = {talk.customer_id for talk in talks}
            return await self._visit(visit.seat.workspace_id, lead_id, customers)
        if self.links.cookie_name not in request.cookies:
            bearer(request)  # says what is missing
        self._refuse_foreign(request)
        opened = await self._reopened(request)
        return await self._visit(opened.workspace_id, lead_id, {opened.seat.customer_id})

    async def stays(self, request: web.Request) -> None:
        """Whether who was let in may still be here: asked about open streams, so it counts no request.

        Raises ApiError 401 once token, session or link is revoked or over.
        """
        if "Authorization" not in request.headers:
            await self._reopened(request)
            return
        token = bearer(request)
        if token.startswith(TOKEN_PREFIX):
            owner = await tokens.find(self.pool, token)
            if owner is None or Scope.CHAT not in owner.scopes:
                raise ApiError(401, "unauthorized", "The token is unknown, expired or revoked.")
            return
        try:
            self.doors.sessions.open(token)
        except SessionRefused as error:
            raise ApiError(401, "session_expired", "The session has expired.") from error

    async def _reopened(self, request: web.Request) -> OpenedLink:
        try:
            return await self.links.reopen(request.cookies.get(self.links.cookie_name, ""))
        except LinkRefused as error:
            raise ApiError(401, f"link_{error.reason}", "This link isn't valid any more.") from error

    async def _visit(self, workspace_id: UUID, lead_id: UUID, customers: set[UUID] | None) -> LeadVisit:
        """customers: whose leads he may see; None: all of the business's."""
        async with tx(self.pool, workspace_id) as transaction:
            lead = await read_leads.find(transaction, lead_id)
            if lead is None or (customers is not None and lead.customer_id not in customers):
                raise not_found("such lead")
            seat = await magic_links.seat(transaction, lead.conversation_id)
        if seat is None:
            raise ApiError(409, "no_web_chat", "The business has no web chat.")
        await self.doors.pass_(f"lead-chat:{lead.id}", REQUESTS_PER_MINUTE)
        return LeadVisit(lead, Seat(workspace_id, seat.account_id, seat.address))

    def _refuse_foreign(self, request: web.Request) -> None:
        """A cookie is sent by browsers without being asked: what changes something must come from our own page."""
        if request.method == "GET":
            return
        base = urlsplit(self.links.public_base_url)
        if request.headers.get("Origin") != f"{base.scheme}://{base.netloc}":
            raise ApiError(403, "foreign_origin", "Only this site's own page may do that.")


def _lead_id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["lead_id"])
    except ValueError as error:
        raise not_found("such lead") from error
