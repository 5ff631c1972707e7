"""/api/widget: the chat of a page that anybody may open. The page that uses it: bot/web/widget.

POST /api/widget/sessions  {workspaceId, botId, sessionId?}               a session; with one that still counts, longer
POST /api/widget/messages  {workspaceId, botId, sessionId, messageId?,    stores it, waits a few seconds, answers with
                            text | choice | location}                     what came
GET  /api/widget/messages  ?after=12                                      what stands behind that number
GET  /api/widget/stream    Last-Event-ID: 12                              the same, as it comes
POST /api/widget/feedback  {workspaceId, botId, sessionId, seq?,          a thumb for a message, stars for the talk
                            thumb?, rating?, comment?}
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field, field_validator, model_validator

from bot.channels.text import clean, one_line
from bot.messages import GeoPoint
from bot.ports import BotProfile
from bot.web.api import ApiAnswer, ApiError, ApiInput, read_json, read_query, respond
from bot.web.chat.answers import ContactTold, TalkTold
from bot.web.chat.desk import Said, told
from bot.web.chat.doors import Doors, bearer
from bot.web.chat.feedback import PER_MINUTE, Opinion, OpinionKept, keep_opinion
from bot.web.chat.sessions import Session, SessionRefused, new_address
from bot.web.chat.shown import contact_of
from bot.web.chat.stream import Streams
from bot.web.openapi import SESSION, described

TEXT_LIMIT = 4_000
"""Characters of one message: more is a mistake or an attack."""
SESSIONS_PER_MINUTE = 30
"""From one address."""
MESSAGES_PER_MINUTE = 240
"""From one address, over all its sessions: offices share one. What a conversation may say is the engine's limit."""
READS_PER_MINUTE = 240
"""Of one session: pages without a stream ask every few seconds."""

Name = Annotated[str, Field(min_length=1, max_length=80)]
Token = Annotated[str, Field(min_length=1, max_length=2048)]


class SessionWanted(ApiInput):
    """A business and its bot, by id or key."""

    workspace_id: Name
    bot_id: Name
    session_id: Token | None = None
    """One that still counts: goes on, with its talk, for longer."""


class SessionTold(ApiAnswer):
    session_id: str
    expires_at: datetime
    workspace_id: str
    bot_id: str
    business: str
    language: str
    languages: tuple[str, ...]
    contact: ContactTold


class ChoiceTapped(ApiInput):
    """One of the choices that were shown, as it was shown."""

    id: Annotated[str, Field(min_length=1, max_length=500)]
    title: Annotated[str, Field(max_length=1000)] = ""


class Place(ApiInput):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    label: Annotated[str, Field(max_length=200)] = ""


class Words(ApiInput):
    """What a customer sends: exactly one of text, choice and location."""

    message_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """The sender's own id of it: the same one twice is one message. Without it every request is a message."""
    text: Annotated[str, Field(max_length=TEXT_LIMIT)] | None = None
    choice: ChoiceTapped | None = None
    location: Place | None = None

    @field_validator("text")
    @classmethod
    def _says_something(cls, value: str | None) -> str | None:
        if value is not None and not clean(value).strip():
            raise ValueError("is empty")
        return value

    @model_validator(mode="after")
    def _one(self) -> Words:
        given = [one for one in (self.text, self.choice, self.location) if one is not None]
        if len(given) != 1:
            raise ValueError("send exactly one of text, choice and location")
        return self

    def said(self) -> Said:
        message_id = one_line(self.message_id or "") or secrets.token_urlsafe(12)
        if self.choice is not None:
            return Said(message_id, text=one_line(self.choice.title), choice_id=clean(self.choice.id))
        if self.location is not None:
            place = self.location
            label = one_line(place.label)
            return Said(message_id, text=label, location=GeoPoint(place.latitude, place.longitude, label))
        return Said(message_id, text=clean(self.text or ""))


class MessageSent(Words):
    workspace_id: Name
    bot_id: Name
    session_id: Token


class OpinionSent(Opinion):
    workspace_id: Name
    bot_id: Name
    session_id: Token


class After(ApiInput):
    workspace_id: Name | None = None
    bot_id: Name | None = None
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    """The newest message's number that the page has."""


@dataclass(frozen=True, slots=True)
class WidgetApi:
    """One per web process."""

    doors: Doors
    streams: Streams

    def routes(self) -> list[web.AbstractRouteDef]:
        preflight = self.doors.origins.preflight
        return [
            web.post("/api/widget/sessions", self.open_session),
            web.post("/api/widget/messages", self.say),
            web.get("/api/widget/messages", self.read),
            web.get("/api/widget/stream", self.stream),
            web.post("/api/widget/feedback", self.rate),
            web.options("/api/widget/{what}", preflight),
        ]

    @described(
        "Opens a chat with a business's bot",
        tag="chat",
        body=SessionWanted,
        answer=SessionTold,
        errors=(403, 404),
    )
    async def open_session(self, request: web.Request) -> web.Response:
        wanted = await read_json(request, SessionWanted)
        await self.doors.pass_(f"chat-session:{request.remote}", SESSIONS_PER_MINUTE)
        found, seat, profile = await self.doors.widget(request, wanted.workspace_id, wanted.bot_id)
        session = Session(
            workspace_id=found.workspace_id,
            workspace_key=found.workspace_key,
            bot_id=found.bot_id,
            bot_key=found.bot_key,
            account_id=seat.account_id,
            address=self._kept_address(wanted.session_id, found.workspace_id, seat.account_id)
            or new_address(),
            expires_at=self.doors.sessions.until(),
        )
        return respond(self._told(session, profile, request))

    @described(
        "Sends a message and waits a few seconds for its answer",
        tag="chat", body=MessageSent, answer=TalkTold, errors=(401, 403),
    )  # fmt: skip
    async def say(self, request: web.Request) -> web.Response:
        sent = await read_json(request, MessageSent)
        visit = await self.doors.enter(request, sent.session_id, workspace=sent.workspace_id, bot=sent.bot_id)
        await self.doors.pass_(f"chat-messages:{request.remote}", MESSAGES_PER_MINUTE)
        return respond(await self.doors.desk.say(visit.seat, sent.said()))

    @described("What a chat holds, oldest first", tag="chat", query=After, answer=TalkTold, security=SESSION)
    async def read(self, request: web.Request) -> web.Response:
        query = read_query(request, After)
        visit = await self.doors.enter(
            request, bearer(request), workspace=query.workspace_id, bot=query.bot_id
        )
        await self.doors.pass_(f"chat-reads:{visit.seat.address}", READS_PER_MINUTE)
        return respond(told(await self.doors.desk.read(visit.seat, after=query.after)))

    @described(
        "A chat as it goes on: events message, actions, typing, status",
        tag="chat", query=After, media_type="text/event-stream", security=SESSION,
        headers={"Last-Event-ID": "The number of the last message that arrived"},
    )  # fmt: skip
    async def stream(self, request: web.Request) -> web.StreamResponse:
        query = read_query(request, After)
        visit = await self.doors.enter(
            request, bearer(request), workspace=query.workspace_id, bot=query.bot_id
        )
        await self.doors.pass_(f"chat-streams:{visit.seat.address}", READS_PER_MINUTE)
        left = (visit.session.expires_at - self.doors.sessions.clock()).total_seconds()
        return await self.streams.serve(
            request, visit.seat, after=last_event(request, query.after), until=left
        )

    @described(
        "Keeps what a customer thinks of a message or of the talk",
        tag="chat", body=OpinionSent, answer=OpinionKept, errors=(401, 403, 404),
    )  # fmt: skip
    async def rate(self, request: web.Request) -> web.Response:
        sent = await read_json(request, OpinionSent)
        visit = await self.doors.enter(request, sent.session_id, workspace=sent.workspace_id, bot=sent.bot_id)
        await self.doors.pass_(f"chat-feedback:{visit.seat.address}", PER_MINUTE)
        return respond(await keep_opinion(self.doors.pool, visit.seat, sent, source="widget"))

    def _kept_address(self, token: str | None, workspace_id: object, account_id: object) -> str | None:
        """The seat of a session that still counts. Raises ApiError 401, 403."""
        if token is None:
            return None
        try:
            session = self.doors.sessions.open(token)
        except SessionRefused as error:
            raise ApiError(
                401, "session_expired" if error.expired else "session_invalid", "This session can't go on."
            ) from error
        if (session.workspace_id, session.account_id) != (workspace_id, account_id):
            raise ApiError(403, "foreign_session", "This session belongs to another business or bot.")
        if not session.address.startswith("w-"):
            raise ApiError(403, "foreign_session", "This session came by a link; open that again.")
        return session.address

    def _told(self, session: Session, profile: BotProfile, request: web.Request) -> SessionTold:
        languages = profile.settings.languages
        return SessionTold(
            session_id=self.doors.sessions.issue(session),
            expires_at=session.expires_at,
            workspace_id=str(session.workspace_id),
            bot_id=str(session.bot_id),
            business=profile.workspace_name,
            language=preferred(request.headers.get("Accept-Language", ""), languages),
            languages=languages,
            contact=contact_of(profile),
        )


def last_event(request: web.Request, after: int | None) -> int | None:
    """What a browser says that it has; what its page says, if it says nothing. Raises ApiError 400."""
    said = request.headers.get("Last-Event-ID", "").strip()
    if not said:
        return after
    if not said.isascii() or not said.isdigit() or len(said) > 10:
        raise ApiError(400, "invalid", "Last-Event-ID is the number of a message.", field="Last-Event-ID")
    return max(int(said), after or 0)


def preferred(accepts: str, languages: tuple[str, ...]) -> str:
    """The first language of a browser's list that is spoken here; else the business's first."""
    for part in accepts.split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in languages:
            return language
    return languages[0]
