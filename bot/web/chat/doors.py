"""Who may come in: a session's bearer and the page he comes from. Every refusal says why, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.ports import Accounts, BotProfile, Rates
from bot.web.api import ApiError, not_found, too_many
from bot.web.chat.desk import ChatDesk, Seat
from bot.web.chat.origins import Origins
from bot.web.chat.sessions import Session, SessionRefused, Sessions
from db import chat
from db.tx import Pool, tx

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="frontdesk-chat"'}


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that was let in."""

    session: Session
    seat: Seat
    profile: BotProfile


@dataclass(frozen=True, slots=True)
class Doors:
    """One per web process."""

    pool: Pool
    accounts: Accounts
    desk: ChatDesk
    sessions: Sessions
    origins: Origins
    rates: Rates

    async def enter(
        self, request: web.Request, token: str, *, workspace: str | None = None, bot: str | None = None
    ) -> Visit:
        """workspace, bot: what the page says it is of, where it says so.

        Raises ApiError: 401 no good session, 403 of another business, another bot, another page, or closed.
        """
        try:
            session = self.sessions.open(token)
        except SessionRefused as refused:
            await self._let_read(request, refused.expired, workspace, bot)
            if refused.expired is not None:
                raise ApiError(
                    401,
                    "session_expired",
                    "The session has expired; please begin a new one.",
                    headers=_CHALLENGE,
                ) from refused
            raise ApiError(
                401, "session_invalid", "The session is not one of ours.", headers=_CHALLENGE
            ) from refused
        seat = seat_of(session)
        profile = await self.desk.profile(seat)
        self.origins.check(request, profile)
        if (workspace or bot) and not session.is_of(
            workspace or session.workspace_key, bot or session.bot_key
        ):
            raise ApiError(403, "foreign_session", "This session belongs to another business or bot.")
        return Visit(session, seat, profile)

    async def widget(
        self, request: web.Request, workspace: str, bot: str
    ) -> tuple[chat.Widget, Seat, BotProfile]:
        """The chat that a page means, with a seat of nobody's yet. Raises ApiError 404, 403."""
        found = await chat.find_widget(self.pool, workspace, bot)
        if found is None:
            raise not_found("chat of this business and bot")
        async with tx(self.pool, found.workspace_id) as transaction:
            account_id = await chat.account_of_widget(transaction, found.account_key)
        if account_id is None:
            raise not_found("chat of this business and bot")
        seat = Seat(found.workspace_id, account_id, "")
        profile = await self.desk.profile(seat)
        self.origins.check(request, profile)
        return found, seat, profile

    async def pass_(self, key: str, limit: int) -> None:
        """Raises ApiError 429."""
        if wait := await self.rates.wait(key, limit, 60, fail_open=True):
            raise too_many(wait)

    async def _let_read(
        self, request: web.Request, expired: Session | None, workspace: str | None, bot: str | None
    ) -> None:
        """A listed page must be able to read that its session is over, to begin a new one."""
        try:
            if expired is not None:
                self.origins.check(request, await self.desk.profile(seat_of(expired)))
            elif workspace and bot:
                await self.widget(request, workspace, bot)
        except ApiError:
            return


def seat_of(session: Session) -> Seat:
    return Seat(session.workspace_id, session.account_id, session.address)


def bearer(request: web.Request) -> str:
    """Raises ApiError 401."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise ApiError(
            401, "unauthorized", "Send the session: Authorization: Bearer <sessionId>", headers=_CHALLENGE
        )
    return token.strip()
