"""GET /api/admin/...: what the tables hold of one business, for dashboards and other programs.

`/{kind}` is a page of a list (filters and cursor in the URL), `/{kind}/{id}` one record with what belongs to it.
A record of another business doesn't exist here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel

from bot.web.admin import answers
from bot.web.admin.access import WORKSPACE_HEADER, Access
from bot.web.admin.queries import (
    BookingsQuery,
    ConversationQuery,
    ConversationsQuery,
    ErrorsQuery,
    HandoffsQuery,
    IntentsQuery,
    LeadsQuery,
    ListQuery,
    SyncRunsQuery,
    WorkspaceQuery,
    record_id,
)
from bot.web.api import ApiInput, not_found, read_query, respond
from bot.web.openapi import TOKEN, UUID_PARAMETER, described
from db import (
    read_bookings,
    read_conversations,
    read_errors,
    read_handoffs,
    read_intents,
    read_leads,
    read_sync_runs,
    read_workspaces,
)
from db.read_conversations import MAX_MESSAGES
from db.read_pages import Kind, Row
from db.tokens import Scope
from db.tx import Tx, tx

Found = TypeVar("Found")
Item = TypeVar("Item")
FiltersT = TypeVar("FiltersT")
Handler = TypeVar("Handler", bound=Callable[..., Any])


class NoQuery(ApiInput):
    """A route without any."""


def _reads(summary: str, *, query: type[ApiInput], answer: type[BaseModel]) -> Callable[[Handler], Handler]:
    return described(
        summary, tag="dashboards", query=query, answer=answer, security=TOKEN, path={"id": UUID_PARAMETER},
        headers={WORKSPACE_HEADER: "Key of the business; the agency must name one, here or in the URL."},
        errors=(404,),
    )  # fmt: skip


class Related(TypedDict):
    """What came of a conversation."""

    intents: list[answers.Intent]
    bookings: list[answers.Booking]
    handoffs: list[answers.Handoff]


@dataclass(frozen=True, slots=True)
class Here:
    """A request that was let in: reading one business."""

    tx: Tx
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class AdminApi:
    """One per web process."""

    access: Access
    public_base_url: str

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/admin/workspaces", self.workspaces),
            web.get("/api/admin/leads", self.leads),
            web.get("/api/admin/leads/{id}", self.lead),
            web.get("/api/admin/intents", self.intents),
            web.get("/api/admin/intents/{id}", self.intent),
            web.get("/api/admin/bookings", self.bookings),
            web.get("/api/admin/bookings/{id}", self.booking),
            web.get("/api/admin/handoffs", self.handoffs),
            web.get("/api/admin/handoffs/{id}", self.handoff),
            web.get("/api/admin/conversations", self.conversations),
            web.get("/api/admin/conversations/{id}", self.conversation),
            web.get("/api/admin/errors", self.errors),
            web.get("/api/admin/sync-runs", self.sync_runs),
        ]

    @described("Businesses that the caller may act for", tag="dashboards", query=NoQuery,
               answer=answers.WorkspaceList, security=TOKEN)  # fmt: skip
    async def workspaces(self, request: web.Request) -> web.Response:
        owner = await self.access.owner(request, Scope.ADMIN_READ)
        read_query(request, NoQuery)
        if owner.workspace_id is None:
            found = await read_workspaces.every(self.access.pool)
        else:
            async with tx(self.access.pool, owner.workspace_id) as connection:
                found = [await read_workspaces.here(connection)]
        return respond(
            answers.WorkspaceList(items=[answers.WorkspaceAnswer.model_validate(one) for one in found])
        )

    @_reads("Leads", query=LeadsQuery, answer=answers.LeadPage)
    async def leads(self, request: web.Request) -> web.Response:
        return await self._page(
            request, LeadsQuery, read_leads, answers.Lead.model_validate, answers.LeadPage
        )

    @_reads(
        "One lead, with its conversation and what came of it", query=WorkspaceQuery, answer=answers.LeadDetail
    )
    async def lead(self, request: web.Request) -> web.Response:
        async with self._reading(request) as here:
            read_query(request, WorkspaceQuery)
            row = _found(await read_leads.find(here.tx, _id(request, "lead")), "lead")
            talk = await read_conversations.find(here.tx, row.conversation_id)
            related = await self._related(here.tx, row.conversation_id)
        return respond(
            answers.LeadDetail.model_validate(
                {
                    **dict(answers.Lead.model_validate(row)),
                    **related,
                    "conversation": None if talk is None else answers.shown_conversation(talk),
                }
            )
        )

    @_reads("Booking intents", query=IntentsQuery, answer=answers.IntentPage)
    async def intents(self, request: web.Request) -> web.Response:
        return await self._page(
            request, IntentsQuery, read_intents, answers.Intent.model_validate, answers.IntentPage
        )

    @_reads("One booking intent, with what came of it", query=WorkspaceQuery, answer=answers.IntentDetail)
    async def intent(self, request: web.Request) -> web.Response:
        async with self._reading(request) as here:
            read_query(request, WorkspaceQuery)
            row = _found(await read_intents.find(here.tx, _id(request, "booking intent")), "booking intent")
            related = await self._related(here.tx, row.conversation_id)
        return respond(
            answers.IntentDetail.model_validate(
                {
                    **dict(answers.Intent.model_validate(row)),
                    "bookings": [one for one in related["bookings"] if one.intent_id == row.id],
                    "handoffs": [one for one in related["handoffs"] if one.intent_id == row.id],
                }
            )
        )

    @_reads("Bookings", query=BookingsQuery, answer=answers.BookingPage)
    async def bookings(self, request: web.Request) -> web.Response:
        return await self._page(
            request, BookingsQuery, read_bookings, answers.Booking.model_validate, answers.BookingPage
        )

    @_reads("One booking, with its services", query=WorkspaceQuery, answer=answers.BookingDetail)
    async def booking(self, request: web.Request) -> web.Response:
        async with self._reading(request) as here:
            read_query(request, WorkspaceQuery)
            row = _found(await read_bookings.find(here.tx, _id(request, "booking")), "booking")
            items = await read_bookings.items(here.tx, row.id)
        shown = [answers.BookingItem.model_validate(item) for item in items]
        return respond(
            answers.BookingDetail.model_validate(
                {**dict(answers.Booking.model_validate(row)), "items": shown}
            )
        )

    @_reads("Hand-offs", query=HandoffsQuery, answer=answers.HandoffPage)
    async def handoffs(self, request: web.Request) -> web.Response:
        return await self._page(
            request, HandoffsQuery, read_handoffs, self._handoff_shown, answers.HandoffPage
        )

    @_reads("One hand-off, with its timeline", query=WorkspaceQuery, answer=answers.HandoffDetail)
    async def handoff(self, request: web.Request) -> web.Response:
        async with self._reading(request) as here:
            read_query(request, WorkspaceQuery)
            row = _found(await read_handoffs.find(here.tx, _id(request, "hand-off")), "hand-off")
            events = await read_handoffs.timeline(here.tx, row.id)
        timeline = [answers.HandoffEvent.model_validate(event) for event in events]
        return respond(
            answers.HandoffDetail.model_validate({**dict(self._handoff_shown(row)), "timeline": timeline})
        )

    @_reads("Conversations", query=ConversationsQuery, answer=answers.ConversationPage)
    async def conversations(self, request: web.Request) -> web.Response:
        return await self._page(
            request,
            ConversationsQuery,
            read_conversations,
            answers.shown_conversation,
            answers.ConversationPage,
        )

    @_reads("One conversation, with its messages and what became of each", query=ConversationQuery,
            answer=answers.ConversationDetail)  # fmt: skip
    async def conversation(self, request: web.Request) -> web.Response:
        async with self._reading(request) as here:
            query = read_query(request, ConversationQuery)
            row = _found(await read_conversations.find(here.tx, _id(request, "conversation")), "conversation")
            said = await read_conversations.messages(here.tx, row.id, after_seq=query.after_seq)
            leads = await read_leads.of_conversation(here.tx, row.id)
            related = await self._related(here.tx, row.id)
        more = said[-1].seq if len(said) == MAX_MESSAGES and said[-1].seq < row.last_seq else None
        return respond(
            answers.ConversationDetail.model_validate(
                {
                    **dict(answers.shown_conversation(row)),
                    **related,
                    "messages": [answers.Message.model_validate(one) for one in said],
                    "more_after_seq": more,
                    "leads": [answers.Lead.model_validate(one) for one in leads],
                }
            )
        )

    @_reads("Operator errors of the business", query=ErrorsQuery, answer=answers.ErrorPage)
    async def errors(self, request: web.Request) -> web.Response:
        return await self._page(
            request, ErrorsQuery, read_errors, answers.OperatorError.model_validate, answers.ErrorPage
        )

    @_reads("Sync runs of the business's catalog", query=SyncRunsQuery, answer=answers.SyncRunPage)
    async def sync_runs(self, request: web.Request) -> web.Response:
        return await self._page(
            request, SyncRunsQuery, read_sync_runs, answers.SyncRun.model_validate, answers.SyncRunPage
        )

    async def _page(
        self,
        request: web.Request,
        asked: type[ListQuery[FiltersT]],
        kind: Kind[FiltersT, Row],
        shown: Callable[[Row], Item],
        answer: type[answers.PageAnswer[Item]],
    ) -> web.Response:
        """One page of a list. Counts stand on the first only: they would be the same on the others."""
        async with self._reading(request) as here:
            query = read_query(request, asked)
            filters = query.filters(here.zone)
            page = await kind.listing(here.tx, filters, after=query.after(), limit=query.limit)
            counts = await kind.counts(here.tx, filters) if query.cursor is None else None
        return respond(
            answer(
                items=[shown(row) for row in page.rows],
                next_cursor=None if page.next is None else page.next.encode(),
                counts=answers.shown_counts(counts),
            )
        )

    def _handoff_shown(self, row: read_handoffs.HandoffRow) -> answers.Handoff:
        return answers.shown_handoff(row, self.public_base_url)

    @asynccontextmanager
    async def _reading(self, request: web.Request) -> AsyncIterator[Here]:
        """Lets the caller in before anything of what he asks is looked at."""
        acting = await self.access.acting(request, Scope.ADMIN_READ)
        async with tx(self.access.pool, acting.workspace_id) as connection:
            workspace = await read_workspaces.here(connection)
            yield Here(connection, ZoneInfo(workspace.timezone))

    async def _related(self, connection: Tx, conversation_id: UUID) -> Related:
        intents = await read_intents.of_conversation(connection, conversation_id)
        bookings = await read_bookings.of_conversation(connection, conversation_id)
        handoffs = await read_handoffs.of_conversation(connection, conversation_id)
        return {
            "intents": [answers.Intent.model_validate(one) for one in intents],
            "bookings": [answers.Booking.model_validate(one) for one in bookings],
            "handoffs": [self._handoff_shown(one) for one in handoffs],
        }


def _id(request: web.Request, what: str) -> UUID:
    return record_id(request.match_info["id"], what)


def _found(row: Found | None, what: str) -> Found:
    if row is None:
        raise not_found(f"such {what}")
    return row
