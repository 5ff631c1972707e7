"""What may stand in the URL of a list, and the filters that it means."""

from __future__ import annotations

import re
from abc import abstractmethod
from datetime import date, datetime, time, timedelta
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from bot.web.api import ApiError, ApiInput
from db.read_bookings import BookingFilters
from db.read_conversations import ConversationFilters
from db.read_errors import ErrorFilters
from db.read_handoffs import HandoffFilters
from db.read_intents import IntentFilters
from db.read_leads import LeadFilters
from db.read_pages import DEFAULT_LIMIT, MAX_LIMIT, Cursor
from db.read_sync_runs import SyncRunFilters

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?P<clock>T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?", re.ASCII)
_YEARS = range(1970, 3000)


def _moment(value: object) -> date | datetime:
    text = str(value).strip().replace(" ", "+")  # an unescaped + of a URL arrives as a space
    shape = _MOMENT.fullmatch(text)
    if shape is None:
        raise ValueError("must be a day (2026-11-20) or a moment with its zone (2026-11-20T09:00:00Z)")
    found = datetime.fromisoformat(text) if shape["clock"] else date.fromisoformat(text)
    if found.year not in _YEARS:
        raise ValueError("is too far away")
    return found


Moment = Annotated[
    datetime | date,
    BeforeValidator(_moment),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
    ),
]
"""A day of the business's own calendar, or a moment."""
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Channel = Literal["whatsapp", "twilio", "web"]
Language = Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]
FiltersT = TypeVar("FiltersT")


def begins(moment: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """A day begins at its midnight in this zone."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time.min, zone)


def ends(moment: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """Up to the end of a day, up to a moment."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment + timedelta(days=1), time.min, zone)


class WorkspaceQuery(ApiInput):
    """The business, for the agency's tokens."""

    workspace: Word | None = Field(default=None, description="Key of the business; the agency must name one.")


class ListQuery(WorkspaceQuery, Generic[FiltersT]):
    """What every list can be narrowed by."""

    from_: Moment | None = Field(default=None, alias="from", description="Made on this day or later.")
    to: Moment | None = Field(
        default=None, description="Made on this day or before; a moment is not included."
    )
    q: Word | None = Field(default=None, description="A part of a name, an address or a number.")
    cursor: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="`nextCursor` of the page before."
    )
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT

    @abstractmethod
    def filters(self, zone: ZoneInfo) -> FiltersT:
        """The same for the tables; days are those of this zone."""

    def after(self) -> Cursor | None:
        """Raises ApiError 400 for a cursor that no page gave out."""
        if self.cursor is None:
            return None
        try:
            return Cursor.parse(self.cursor)
        except ValueError as error:
            raise ApiError(400, "invalid", "This is no cursor of a page.", field="cursor") from error


class LeadsQuery(ListQuery[LeadFilters]):
    status: Literal["incomplete", "qualified", "booked", "redirected", "lost"] | None = None
    source: Word | None = None
    channel: Channel | None = None
    language: Language | None = None

    def filters(self, zone: ZoneInfo) -> LeadFilters:
        return LeadFilters(
            status=self.status,
            since=begins(self.from_, zone),
            until=ends(self.to, zone),
            search=self.q,
            source=self.source,
            channel=self.channel,
            language=self.language,
        )


class IntentsQuery(ListQuery[IntentFilters]):
    status: Literal["intent", "pending", "confirmed", "redirected", "needs_operator", "abandoned"] | None = (
        None
    )
    booking_type: Word | None = Field(default=None, description="SERVICE_BOOKING, CONSULTATION, ...")
    handling: Literal["internal", "external"] | None = None

    def filters(self, zone: ZoneInfo) -> IntentFilters:
        return IntentFilters(
            status=self.status,
            since=begins(self.from_, zone),
            until=ends(self.to, zone),
            search=self.q,
            booking_type=self.booking_type,
            handling=self.handling,
        )


class BookingsQuery(ListQuery[BookingFilters]):
    status: Literal["held", "pending_provider", "confirmed", "completed", "cancelled", "no_show"] | None = (
        None
    )
    payment_status: Literal["none", "at_business", "pending", "paid", "deposit_paid", "expired"] | None = None
    starts_from: Moment | None = Field(default=None, description="The visit begins on this day or later.")
    starts_to: Moment | None = Field(default=None, description="The visit begins on this day or before.")

    def filters(self, zone: ZoneInfo) -> BookingFilters:
        return BookingFilters(
            status=self.status,
            since=begins(self.from_, zone),
            until=ends(self.to, zone),
            search=self.q,
            payment_status=self.payment_status,
            starts_since=begins(self.starts_from, zone),
            starts_until=ends(self.starts_to, zone),
        )


class HandoffsQuery(ListQuery[HandoffFilters]):
    status: Literal["new", "redirected", "completed_external", "abandoned"] | None = None
    source: Word | None = None
    page: Word | None = Field(default=None, description="Whose booking page: calendly, square, ...")

    def filters(self, zone: ZoneInfo) -> HandoffFilters:
        return HandoffFilters(
            status=self.status,
            since=begins(self.from_, zone),
            until=ends(self.to, zone),
            search=self.q,
            source=self.source,
            page=self.page,
        )


class ConversationsQuery(ListQuery[ConversationFilters]):
    status: Literal["open", "human", "closed"] | None = None
    language: Language | None = None
    channel: Channel | None = None

    def filters(self, zone: ZoneInfo) -> ConversationFilters:
        return ConversationFilters(
            status=self.status,
            since=begins(self.from_, zone),
            until=ends(self.to, zone),
            search=self.q,
            language=self.language,
            channel=self.channel,
        )


class ErrorsQuery(ListQuery[ErrorFilters]):
    status: Literal["open", "resolved"] | None = None
    kind: Word | None = None

    def filters(self, zone: ZoneInfo) -> ErrorFilters:
        return ErrorFilters(
            status=self.status,
            since=begins(self.from_, zone),
            until=ends(self.to, zone),
            search=self.q,
            kind=self.kind,
        )


class SyncRunsQuery(ListQuery[SyncRunFilters]):
    status: Literal["requested", "running", "done", "refused", "failed"] | None = None
    kind: Literal["full", "slots"] | None = None

    def filters(self, zone: ZoneInfo) -> SyncRunFilters:
        return SyncRunFilters(
            status=self.status,
            since=begins(self.from_, zone),
            until=ends(self.to, zone),
            search=self.q,
            kind=self.kind,
        )


class ConversationQuery(WorkspaceQuery):
    """One conversation."""

    after_seq: Annotated[int, Field(ge=0, le=2_000_000_000)] = Field(
        default=0, description="Only messages after this one."
    )


def record_id(text: str, what: str) -> UUID:
    """Raises ApiError 404: what isn't a UUID names nothing."""
    try:
        return UUID(text)
    except ValueError as error:
        raise ApiError(404, "not_found", f"There is no such {what}.") from error
