"""/api/chat/{lead_id}: a lead's chat, for programs (token with the scope `chat`) and for the lead himself.

POST /api/chat/{lead_id}              {text | choice | location, messageId?}   as the lead; answers like the widget's
GET  /api/chat/{lead_id}/history      ?after=12
GET  /api/chat/{lead_id}/stream       Last-Event-ID: 12
GET  /api/chat/{lead_id}/context      the lead, his wishes and bookings, the business
POST /api/chat/{lead_id}/appointment  {service, startsAt, ..., confirm?}
POST /api/chat/{lead_id}/feedback     {seq?, thumb?, rating?, comment?}
POST /api/chat/{lead_id}/escalate     {reason?}

The lead himself comes with his chat's session or with the cookie of his magic link. Whatever channel his own
conversation is on, this chat is on the web: it never sends to his phone. Engine and limits are everybody's.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from bot.catalog import localized
from bot.catalog_view import load_catalog
from bot.channels.text import one_line
from bot.finalize import Finalizer, UnknownIntent
from bot.ports import BotProfile
from bot.web.admin.answers import Booking, Intent, Lead
from bot.web.api import ApiError, read_json, read_query, respond
from bot.web.chat.answers import FinalizeAction, TalkTold
from bot.web.chat.desk import ChatDesk, Said, Seat, told
from bot.web.chat.feedback import PER_MINUTE, Opinion, OpinionKept, keep_opinion
from bot.web.chat.finalizing import FinalizeApi
from bot.web.chat.lead_answers import (
    AppointmentTold,
    AppointmentWanted,
    BusinessTold,
    ContextTold,
    EarlierLine,
    EscalationTold,
    EscalationWanted,
    OpinionTold,
)
from bot.web.chat.lead_doors import LeadDoors, LeadVisit
from bot.web.chat.shown import contact_of
from bot.web.chat.stream import LONGEST_SECONDS, Streams
from bot.web.chat.widget import After, Words, last_event
from bot.web.openapi import SESSION, TOKEN, UUID_PARAMETER, described
from db import chat, feedback, read_bookings, read_intents
from db.finalize import Standing
from db.tx import Pool, Tx, tx

EARLIER_LINES = 50
_ANYBODY = (SESSION, TOKEN)
_PATH = {"lead_id": UUID_PARAMETER}


@dataclass(frozen=True, slots=True)
class LeadChatApi:
    """One per web process."""

    pool: Pool
    doors: LeadDoors
    desk: ChatDesk
    streams: Streams
    finalizer: Finalizer
    finalizing: FinalizeApi

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.post("/api/chat/{lead_id}", self.say),
            web.get("/api/chat/{lead_id}/history", self.history),
            web.get("/api/chat/{lead_id}/context", self.context),
            web.get("/api/chat/{lead_id}/stream", self.stream),
            web.post("/api/chat/{lead_id}/appointment", self.book),
            web.post("/api/chat/{lead_id}/feedback", self.rate),
            web.post("/api/chat/{lead_id}/escalate", self.escalate),
        ]

    @described(
        "Says something as a lead and waits a few seconds for the answer",
        tag="chat", body=Words, answer=TalkTold, security=_ANYBODY, path=_PATH,
    )  # fmt: skip
    async def say(self, request: web.Request) -> web.Response:
        visit = await self.doors.enter(request)
        sent = await read_json(request, Words)
        return respond(await self.desk.say(visit.seat, sent.said()))

    @described(
        "What a lead's chat holds, oldest first",
        tag="chat", query=After, answer=TalkTold, security=_ANYBODY, path=_PATH,
    )  # fmt: skip
    async def history(self, request: web.Request) -> web.Response:
        visit = await self.doors.enter(request)
        query = read_query(request, After)
        return respond(told(await self.desk.read(visit.seat, after=query.after)))

    @described(
        "A lead's chat as it goes on: events message, actions, typing, status",
        tag="chat", query=After, media_type="text/event-stream", security=_ANYBODY, path=_PATH,
        headers={"Last-Event-ID": "The number of the last message that arrived"},
    )  # fmt: skip
    async def stream(self, request: web.Request) -> web.StreamResponse:
        visit = await self.doors.enter(request)
        query = read_query(request, After)
        after = last_event(request, query.after)
        return await self.streams.serve(
            request,
            visit.seat,
            after=after,
            until=LONGEST_SECONDS,
            still=lambda: self.doors.stays(request),
        )

    @described(
        "A lead, his wishes and bookings, and the business",
        tag="chat", answer=ContextTold, security=_ANYBODY, path=_PATH,
    )  # fmt: skip
    async def context(self, request: web.Request) -> web.Response:
        visit = await self.doors.enter(request)
        lead, seat = visit.lead, visit.seat
        profile = await self.desk.profile(seat)
        async with tx(self.pool, seat.workspace_id) as transaction:
            talks = await chat.talks(transaction, seat.address, seat.account_id)
            ids = list(dict.fromkeys([lead.conversation_id, *(talk.id for talk in talks)]))
            intents = [one for id_ in ids for one in await read_intents.of_conversation(transaction, id_)]
            bookings = [one for id_ in ids for one in await read_bookings.of_conversation(transaction, id_)]
            opinions = [one for id_ in ids for one in await feedback.of_conversation(transaction, id_)]
            apart = lead.conversation_id not in {talk.id for talk in talks}
            earlier = (
                await chat.last_messages(transaction, lead.conversation_id, limit=EARLIER_LINES)
                if apart
                else []
            )
        return respond(
            ContextTold(
                lead=Lead.model_validate(lead),
                business=_business(profile),
                channel=lead.channel,
                status=talks[-1].status if talks else "open",
                language=talks[-1].language if talks else lead.language,
                intents=tuple(Intent.model_validate(one) for one in intents),
                bookings=tuple(Booking.model_validate(one) for one in bookings if one.status != "held"),
                feedback=tuple(OpinionTold.model_validate(one) for one in opinions),
                earlier=tuple(
                    EarlierLine(
                        direction="in" if row.direction == "in" else "out", at=row.created_at, text=row.body
                    )
                    for row in earlier
                ),
            )
        )

    @described(
        "Asks for a service at a time, and books it where that is wanted and possible",
        tag="chat", body=AppointmentWanted, answer=AppointmentTold, security=_ANYBODY, path=_PATH,
    )  # fmt: skip
    async def book(self, request: web.Request) -> web.Response:
        visit = await self.doors.enter(request)
        wanted = await read_json(request, AppointmentWanted)
        profile = await self.desk.profile(visit.seat)
        said, known_as = await self._service(visit.seat, wanted.service, profile)
        message_id = f"appointment-{wanted.message_id or secrets.token_urlsafe(12)}"
        found = await self.desk.say(visit.seat, Said(message_id, text=_asking(wanted, said, profile)))
        action = await self._fitting(visit, found, wanted, known_as)
        if action is None or not wanted.confirm:
            status = "open" if action is None else "proposed"
            return respond(
                AppointmentTold.model_validate(
                    {"status": status, "action": action, "messages": found.messages, "pending": found.pending}
                )
            )
        return await self._confirm(request, visit, action, found)

    @described(
        "Keeps what a lead thinks of a message or of the talk",
        tag="chat", body=Opinion, answer=OpinionKept, security=_ANYBODY, path=_PATH,
    )  # fmt: skip
    async def rate(self, request: web.Request) -> web.Response:
        visit = await self.doors.enter(request)
        opinion = await read_json(request, Opinion)
        await self.doors.doors.pass_(f"chat-feedback:{visit.seat.address}", PER_MINUTE)
        return respond(await keep_opinion(self.pool, visit.seat, opinion, source="api"))

    @described(
        "Hands the chat to a person, as often as the business lets it",
        tag="chat", body=EscalationWanted, answer=EscalationTold, security=_ANYBODY, path=_PATH,
    )  # fmt: skip
    async def escalate(self, request: web.Request) -> web.Response:
        visit = await self.doors.enter(request)
        wanted = await read_json(request, EscalationWanted)
        message_id = f"escalate-{wanted.message_id or secrets.token_urlsafe(12)}"
        # The button that every talk has: the flow knows it on whatever menu.
        said = Said(
            message_id, text=one_line(wanted.reason) or "I'd like to talk to a person", choice_id="human@0"
        )
        found = await self.desk.say(visit.seat, said)
        return respond(
            EscalationTold(
                escalated=found.status == "human",
                status=found.status,
                messages=found.messages,
                pending=found.pending,
            )
        )

    async def _service(self, seat: Seat, named: str, profile: BotProfile) -> tuple[str, str]:
        """What a customer would call it, and what it is called in the records: both as given, but for an id."""
        try:
            service_id = UUID(named)
        except ValueError:
            return one_line(named), one_line(named)
        async with tx(self.pool, seat.workspace_id) as transaction:
            catalog = await load_catalog(transaction, seat.workspace_id)
        service = catalog.services.get(service_id)
        if service is None:
            raise ApiError(400, "unknown_service", "The business has no such service.", field="service")
        return localized(service.names, profile.settings.languages[0]), localized(service.names, "en")

    async def _fitting(
        self, visit: LeadVisit, found: TalkTold, wanted: AppointmentWanted, service: str
    ) -> FinalizeAction | None:
        """The action of the summary that was shown, if that is what was asked for and nothing else."""
        offers = [message for message in found.messages if message.actions]
        actions = offers[-1].actions or () if offers else ()
        if len(actions) != 1:  # several are several ways to pay: the customer's choice
            return None
        async with tx(self.pool, visit.seat.workspace_id) as transaction:
            intent = await read_intents.find(transaction, actions[0].booking_intent_id)
        if intent is None or not intent.service or intent.service.casefold() not in service.casefold():
            return None
        if intent.starts_at is not None and intent.starts_at != wanted.starts_at:
            return None
        shown = (offers[-1].assistant_message or "").casefold()
        return actions[0] if one_line(wanted.staff).casefold() in shown else None

    async def _confirm(
        self, request: web.Request, visit: LeadVisit, action: FinalizeAction, found: TalkTold
    ) -> web.Response:
        seat = visit.seat

        async def is_his(transaction: Tx, standing: Standing) -> bool:
            talks = await chat.talks(transaction, seat.address, seat.account_id)
            return standing.conversation_id in {talk.id for talk in talks}

        try:
            ended = await self.finalizer.finalize(
                seat.workspace_id,
                action.booking_intent_id,
                action.summary_version,
                ip=request.remote,
                may=is_his,
            )
        except UnknownIntent as error:
            raise ApiError(409, "conflict", "The talk went on meanwhile; look at its history.") from error
        outcome = await self.finalizing.told(seat.workspace_id, seat, ended)
        return respond(
            AppointmentTold(
                status="finished", action=action, outcome=outcome, messages=found.messages, pending=False
            )
        )


def _business(profile: BotProfile) -> BusinessTold:
    settings = profile.settings
    return BusinessTold(
        name=profile.workspace_name,
        timezone=settings.timezone,
        currency=settings.currency,
        languages=settings.languages,
        contact=contact_of(profile),
    )


def _asking(wanted: AppointmentWanted, service: str, profile: BotProfile) -> str:
    """As a customer would write it: rules and summary are the conversation's, whoever asks."""
    local = wanted.starts_at.astimezone(profile.settings.zone)
    person = f" with {one_line(wanted.staff)}" if wanted.staff else " with anyone"
    parts = [f"I'd like {service} on {local:%Y-%m-%d} at {local:%H:%M}{person}"]
    if wanted.name:
        parts.append(f"my name is {one_line(wanted.name)}")
    parts += [one_line(one) for one in (wanted.phone, wanted.email) if one]
    return ", ".join(parts)
