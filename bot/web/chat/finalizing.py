"""POST /api/bookings/{bookingIntentId}/finalize {summaryVersion}: Book Now, from a page or a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field

from bot.finalize import Confirmed, Fallback, Finalized, Finalizer, Pending, Redirected, Stale, UnknownIntent
from bot.ports import BotProfile
from bot.web.admin.access import Access
from bot.web.api import ApiInput, not_found, read_json, respond
from bot.web.chat import answers
from bot.web.chat.desk import Seat
from bot.web.chat.doors import Doors, bearer
from bot.web.chat.sessions import SessionRefused
from bot.web.chat.shown import contact_of, fallback_of, shown
from bot.web.chat.words import say
from bot.web.openapi import SESSION, TOKEN, UUID_PARAMETER, described
from db import chat
from db.failures import DATABASE_FAILURES
from db.finalize import Standing
from db.tokens import Scope
from db.tx import Pool, Tx, tx

PER_MINUTE = 12
"""Of one intent: a double click and a few retries, not a machine."""
TOKEN_PREFIX = "fd_"  # noqa: S105  (what every token begins with)


class FinalizeWanted(ApiInput):
    summary_version: Annotated[str, Field(pattern=r"^[0-9a-f]{1,64}$")]
    """Of the action that was tapped."""


@dataclass(frozen=True, slots=True)
class FinalizeApi:
    """One per web process."""

    pool: Pool
    doors: Doors
    access: Access
    finalizer: Finalizer

    def routes(self) -> list[web.AbstractRouteDef]:
        path = "/api/bookings/{booking_intent_id}/finalize"
        return [web.post(path, self.finalize), web.options(path, self.doors.origins.preflight)]

    @described(
        "Says yes to a summary: idempotent, whoever asks and how often",
        tag="chat", body=FinalizeWanted, answer=answers.Finalized, security=(SESSION, TOKEN),
        path={"booking_intent_id": UUID_PARAMETER},
    )  # fmt: skip
    async def finalize(self, request: web.Request) -> web.Response:
        token = bearer(request)
        if token.startswith(TOKEN_PREFIX):
            acting = await self.access.acting(request, Scope.CHAT)
            return await self._answer(request, acting.workspace_id, None)
        try:
            visit = await self.doors.enter(request, token)
        except DATABASE_FAILURES:
            answer = await self._blind(request, token)
            if answer is None:
                raise
            return answer
        return await self._answer(request, visit.seat.workspace_id, visit.seat)

    async def _blind(self, request: web.Request, token: str) -> web.Response | None:
        """The tables can't be read: a customer who finishes elsewhere anyway is led on, by what is known here."""
        try:
            session = self.doors.sessions.open(token)
        except SessionRefused:
            return None
        settings = self.finalizer.handoffs.settings_of(session.workspace_id)
        if settings is None:
            return None
        self.doors.origins.check_settings(request, settings)
        found = await self.finalizer.blind(session.workspace_id, _intent_id(request), ip=request.remote)
        if found is None:
            return None
        return respond(answers.Finalized(root=await self.told(session.workspace_id, None, found)))

    async def _answer(self, request: web.Request, workspace_id: UUID, seat: Seat | None) -> web.Response:
        """seat: the customer's own, who may finalize only what is his; None: a program of the business's."""
        wanted = await read_json(request, FinalizeWanted)
        intent_id = _intent_id(request)
        await self.doors.pass_(f"finalize:{workspace_id}:{intent_id}", PER_MINUTE)

        async def is_his(transaction: Tx, found: Standing) -> bool:
            if seat is None:
                return True
            talks = await chat.talks(transaction, seat.address, seat.account_id)
            return found.conversation_id in {talk.id for talk in talks}

        try:
            found = await self.finalizer.finalize(
                workspace_id,
                intent_id,
                wanted.summary_version,
                ip=request.remote,
                may=is_his,
                by_customer=seat is not None,
            )
        except UnknownIntent as error:
            raise not_found("such booking to finish") from error
        return respond(answers.Finalized(root=await self.told(workspace_id, seat, found)))

    async def told(self, workspace_id: UUID, seat: Seat | None, found: Finalized) -> answers.Outcome:
        """seat: whose numbers the messages get."""
        language = found.language
        match found.result:
            case Confirmed(code, url):
                return answers.Confirmed(
                    message=say(language, "confirmed"), confirmation_code=code, checkout_url=url
                )
            case Pending():
                return answers.Pending(message=say(language, "pending"))
            case Redirected(url, degraded):
                return answers.Redirected(
                    message=say(language, "apology" if degraded else "redirected"), redirect_url=url
                )
            case Fallback():
                profile = await self._profile(workspace_id, found)
                fallback = fallback_of(profile, language)
                return answers.Fallback(message=fallback.text, contact=contact_of(profile))
            case Stale(row):
                if row is None:
                    return answers.Stale(message=say(language, "gone"))
                profile = await self._profile(workspace_id, found)
                number = row.seq + await self._before(seat, row)
                summary = shown(row, number, profile=profile, language=language)
                return answers.Stale(message=say(language, "stale"), summary=summary)

    async def _profile(self, workspace_id: UUID, found: Finalized) -> BotProfile:
        if found.bot_id is None:
            raise LookupError("nothing of the intent was read")
        return await self.doors.accounts.profile(found.bot_id, workspace_id=workspace_id, settings_at=None)

    async def _before(self, seat: Seat | None, row: chat.MessageRow) -> int:
        """Numbers of the session's earlier talks."""
        if seat is None:
            return 0
        async with tx(self.pool, seat.workspace_id) as transaction:
            talks = await chat.talks(transaction, seat.address, seat.account_id)
        return next((talk.before for talk in talks if talk.id == row.conversation_id), 0)


def _intent_id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["booking_intent_id"])
    except ValueError as error:
        raise not_found("such booking to finish") from error
