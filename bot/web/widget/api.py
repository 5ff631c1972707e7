"""What a page asks for besides the talk itself (which is bot/web/chat).

GET /api/widget/profile?workspaceId&botId              name, colors, greeting and the chat's own words; nobody's data
GET /api/widget/context?workspaceId&botId&language     Authorization: Bearer <sessionId>: services, hours, places, and
                                                       what this customer has told so far
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from aiohttp import web
from pydantic import Field

from bot.catalog_view import load_catalog
from bot.web.api import ApiAnswer, ApiInput, read_query, respond
from bot.web.chat.answers import ContactTold
from bot.web.chat.doors import Doors, bearer
from bot.web.openapi import SESSION, described
from bot.web.widget import business
from db import chat
from db.tx import tx
from db.web_leads import lead_of

PROFILE_SECONDS = 60
"""So long a browser keeps a profile; a changed color shows a minute later."""
PROFILES_PER_MINUTE = 240
"""For one address: every page view with the widget on it asks once a minute at most."""
CONTEXTS_PER_MINUTE = 60
_Name = Annotated[str, Field(min_length=1, max_length=80)]


class ProfileWanted(ApiInput):
    workspace_id: _Name
    bot_id: _Name


class ContextWanted(ProfileWanted):
    language: Annotated[str, Field(max_length=8)] = ""


class ThemeTold(ApiAnswer):
    """Colors as `#rrggbb`: the business's own with the text on it, and the same as ink on light and dark grounds."""

    color: str
    text: str
    ink: str
    ink_dark: str


class ProfileTold(ApiAnswer):
    business: str
    initials: str
    languages: tuple[str, ...]
    greeting: dict[str, str]
    theme: ThemeTold
    words: dict[str, dict[str, str | list[str]]]
    """Labels of the chat itself, per language."""


class ServiceTold(ApiAnswer):
    name: str
    description: str
    group: str
    minutes: int
    price: str
    """As it is read ("from 8.000 KWD"); empty: nothing is to be paid."""


class HoursTold(ApiAnswer):
    days: str
    times: str


class PlaceTold(ApiAnswer):
    name: str
    address: str
    phone: str
    map: str
    hours: tuple[HoursTold, ...]


class ContextTold(ApiAnswer):
    business: str
    language: str
    services: tuple[ServiceTold, ...]
    places: tuple[PlaceTold, ...]
    contact: ContactTold
    lead: dict[str, str]
    """service, time, name, phone, email: those that the customer has told."""


@dataclass(frozen=True, slots=True)
class WidgetContext:
    """One per web process."""

    doors: Doors

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/api/widget/profile", self.profile),
            web.get("/api/widget/context", self.context),
        ]

    @described(
        "How a business's chat looks and what it says itself",
        tag="chat", query=ProfileWanted, answer=ProfileTold, errors=(403, 404),
    )  # fmt: skip
    async def profile(self, request: web.Request) -> web.Response:
        asked = read_query(request, ProfileWanted)
        await self.doors.pass_(f"chat-profile:{request.remote}", PROFILES_PER_MINUTE)
        _, _, found = await self.doors.widget(request, asked.workspace_id, asked.bot_id)
        headers = {"Cache-Control": f"private, max-age={PROFILE_SECONDS}"}
        return respond(ProfileTold.model_validate(business.profile(found), by_alias=True), headers=headers)

    @described(
        "Services, hours, places, and what the customer has told so far",
        tag="chat", query=ContextWanted, answer=ContextTold, security=SESSION, errors=(403,),
    )  # fmt: skip
    async def context(self, request: web.Request) -> web.Response:
        asked = read_query(request, ContextWanted)
        visit = await self.doors.enter(
            request, bearer(request), workspace=asked.workspace_id, bot=asked.bot_id
        )
        await self.doors.pass_(f"chat-context:{visit.seat.address}", CONTEXTS_PER_MINUTE)
        languages = visit.profile.settings.languages
        language = asked.language if asked.language in languages else languages[0]
        async with tx(self.doors.pool, visit.seat.workspace_id) as transaction:
            catalog = await load_catalog(transaction, visit.seat.workspace_id)
            talks = await chat.talks(transaction, visit.seat.address, visit.seat.account_id)
            lead = await lead_of(transaction, talks[-1].id) if talks else None
        told = business.context(visit.profile, catalog, language=language, lead=lead)
        return respond(ContextTold.model_validate(told, by_alias=True))
