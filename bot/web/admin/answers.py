"""What the read API answers with: the rows of db/read_*.py as JSON. Texts that are empty are null."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, ConfigDict

from bot.web.api import ApiAnswer
from db.read_conversations import ConversationRow
from db.read_handoffs import HandoffRow
from db.read_pages import Counts

HANDOFF_LABELS = {
    "new": "Not opened yet",
    "redirected": "Redirected (intent)",
    "completed_external": "Completed",
    "abandoned": "Abandoned",
}
"""Never "booked" without the page's or an operator's word."""

Text = Annotated[str | None, BeforeValidator(lambda value: value or None)]
Moment = AwareDatetime


class RowAnswer(ApiAnswer):
    """Made from a row with the same names."""

    model_config = ConfigDict(from_attributes=True)


class WorkspaceAnswer(RowAnswer):
    id: UUID
    key: str
    name: str
    timezone: str
    booking_mode: str


class Lead(RowAnswer):
    id: UUID
    status: str
    tags: list[str]
    name: Text
    phone: Text
    email: Text
    service: Text
    preferred_time: Text
    notes: Text
    source: Text
    channel: str
    language: str
    conversation_id: UUID
    customer_id: UUID
    bot_id: UUID
    created_at: Moment
    updated_at: Moment


class Intent(RowAnswer):
    id: UUID
    status: str
    booking_type: str
    handling: str
    external_url: Text
    service: Text
    requested_time: Text
    starts_at: Moment | None
    notes: Text
    customer_name: Text
    customer_phone: Text
    customer_email: Text
    conversation_id: UUID
    customer_id: UUID
    bot_id: UUID
    created_at: Moment
    updated_at: Moment


class Booking(RowAnswer):
    """totalMinor: in the currency's smallest unit (1 KWD = 1000)."""

    id: UUID
    status: str
    needs_operator: bool
    confirmation_code: str
    customer_name: str
    customer_phone: Text
    customer_email: Text
    services: list[str]
    location_names: dict[str, str]
    starts_at: Moment
    ends_at: Moment
    currency: str
    total_minor: int
    payment_status: str
    payment_url: Text
    paid_at: Moment | None
    provider_order_id: Text
    replaces_booking_id: UUID | None
    conversation_id: UUID
    customer_id: UUID
    intent_id: UUID
    hold_until: Moment | None
    created_at: Moment
    confirmed_at: Moment | None
    cancelled_at: Moment | None
    cancel_reason: Text


class BookingItem(RowAnswer):
    position: int
    service_name: str
    size_name: Text
    staff_name: Text
    starts_at: Moment
    ends_at: Moment
    price_minor: int


class Handoff(RowAnswer):
    """link: the page that the customer was sent. urlUsed: where it led him last."""

    id: UUID
    status: str
    status_label: str
    page: str
    link: str
    booking_url: str
    url_used: Text
    language: str
    customer_name: Text
    customer_phone: Text
    customer_email: Text
    service: Text
    preferred_time: Text
    notes: Text
    source: Text
    external_booking_id: Text
    conversation_id: UUID
    customer_id: UUID
    intent_id: UUID
    bot_id: UUID
    created_at: Moment
    redirected_at: Moment | None
    completed_at: Moment | None
    completed_by: Text


class HandoffEvent(RowAnswer):
    kind: str
    made_by: str
    detail: Text
    at: Moment


class LastMessage(ApiAnswer):
    """body: the first 200 characters."""

    direction: str
    body: str
    at: Moment
    delivery_status: str


class Conversation(RowAnswer):
    """stateName: where the talk stands. lastSeq: of its last message, 0: none."""

    id: UUID
    status: str
    state_name: str
    channel: str
    address: str
    language: str
    customer_id: UUID
    customer_name: Text
    customer_phone: Text
    customer_email: Text
    bot_id: UUID
    last_seq: int
    last_message: LastMessage | None
    last_inbound_at: Moment
    human_since: Moment | None
    created_at: Moment
    closed_at: Moment | None


class Message(RowAnswer):
    """operator: who wrote it, if no bot did. choiceId: what was tapped."""

    id: UUID
    seq: int
    direction: str
    kind: str
    body: str
    operator: Text
    choice_id: Text
    turn: int
    delivery_status: str
    delivery_error: Text
    created_at: Moment


class OperatorError(RowAnswer):
    """What a person should see to. times: how often it happened while it was open."""

    id: UUID
    status: str
    kind: str
    summary: str
    conversation_id: UUID | None
    effect_id: UUID | None
    times: int
    first_at: Moment
    last_at: Moment
    resolved_at: Moment | None
    resolution: Text


class SyncRun(RowAnswer):
    """counts: what it created, changed, retired, per kind of row."""

    id: UUID
    status: str
    kind: str
    trigger: str
    requested_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    counts: dict[str, Any]
    error: Text


class LeadDetail(Lead):
    conversation: Conversation | None
    intents: list[Intent]
    bookings: list[Booking]
    handoffs: list[Handoff]


class IntentDetail(Intent):
    bookings: list[Booking]
    handoffs: list[Handoff]


class BookingDetail(Booking):
    items: list[BookingItem]


class HandoffDetail(Handoff):
    timeline: list[HandoffEvent]


class ConversationDetail(Conversation):
    """moreAfterSeq: there are further messages; ask again with `afterSeq`."""

    messages: list[Message]
    more_after_seq: int | None
    leads: list[Lead]
    intents: list[Intent]
    bookings: list[Booking]
    handoffs: list[Handoff]


class CountsAnswer(ApiAnswer):
    """How many there are under the same filters, without that of the status."""

    total: int
    by_status: dict[str, int]


Item = TypeVar("Item")


class PageAnswer(ApiAnswer, Generic[Item]):
    """nextCursor: null on the last page. counts: on the first page only."""

    items: list[Item]
    next_cursor: str | None
    counts: CountsAnswer | None


class LeadPage(PageAnswer[Lead]):
    """Leads, newest first."""


class IntentPage(PageAnswer[Intent]):
    """Booking intents, newest first."""


class BookingPage(PageAnswer[Booking]):
    """Bookings, the last made first."""


class HandoffPage(PageAnswer[Handoff]):
    """Hand-offs, newest first."""


class ConversationPage(PageAnswer[Conversation]):
    """Conversations, the last begun first."""


class ErrorPage(PageAnswer[OperatorError]):
    """Operator errors, the last seen first."""


class SyncRunPage(PageAnswer[SyncRun]):
    """Sync runs, newest first."""


class WorkspaceList(ApiAnswer):
    """The businesses that the caller may act for."""

    items: list[WorkspaceAnswer]


def _shallow(row: HandoffRow | ConversationRow) -> dict[str, Any]:
    """Its fields as they are: `asdict` would copy every value of a page of rows, one by one."""
    return {one.name: getattr(row, one.name) for one in fields(row)}


def shown_handoff(row: HandoffRow, public_base_url: str) -> Handoff:
    return Handoff.model_validate(
        {
            **_shallow(row),
            "status_label": HANDOFF_LABELS[row.status],
            "link": f"{public_base_url.rstrip('/')}/h/{row.token}",
        }
    )


def shown_conversation(row: ConversationRow) -> Conversation:
    last = None
    if row.last_direction is not None:
        last = LastMessage.model_validate(
            {
                "direction": row.last_direction,
                "body": row.last_body,
                "at": row.last_message_at,
                "delivery_status": row.last_delivery_status,
            }
        )
    return Conversation.model_validate({**_shallow(row), "last_message": last})


def shown_counts(counts: Counts | None) -> CountsAnswer | None:
    return None if counts is None else CountsAnswer(total=counts.total, by_status=counts.by_status)
