"""What the Chat API takes and answers beyond messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from bot.web.admin.answers import Booking, Intent, Lead, RowAnswer
from bot.web.api import ApiAnswer, ApiInput
from bot.web.chat.answers import ContactTold, FinalizeAction, MessageTold, Outcome


class BusinessTold(ApiAnswer):
    name: str
    timezone: str
    currency: str
    languages: tuple[str, ...]
    contact: ContactTold


class OpinionTold(RowAnswer):
    """messageSeq: the message it is about, in its conversation; 0: the talk as a whole."""

    message_seq: int
    thumb: str | None
    rating: int | None
    comment: str | None
    source: str
    updated_at: datetime


class EarlierLine(ApiAnswer):
    """A line of the lead's own conversation on another channel."""

    direction: Literal["in", "out"]
    at: datetime
    text: str


class ContextTold(ApiAnswer):
    """Everything that is known of a lead and what he wants."""

    lead: Lead
    business: BusinessTold
    channel: str
    """Of the lead's own conversation; the chat beside it is always on the web."""
    status: Literal["open", "human", "closed"]
    language: str
    intents: tuple[Intent, ...]
    bookings: tuple[Booking, ...]
    feedback: tuple[OpinionTold, ...]
    earlier: tuple[EarlierLine, ...]
    """What was said on the lead's own channel, if that isn't the web: the newest lines of it."""


class AppointmentWanted(ApiInput):
    """A service at a time. `confirm`: book it if exactly that is free and everything needed is known."""

    service: Annotated[str, Field(min_length=1, max_length=200)]
    """Its name or id."""
    starts_at: AwareDatetime
    staff: Annotated[str, Field(max_length=120)] = ""
    name: Annotated[str, Field(max_length=120)] = ""
    phone: Annotated[str, Field(max_length=32)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    message_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """The caller's own id of this request: the same one twice is one."""
    confirm: bool = False


class AppointmentTold(ApiAnswer):
    """What became of it.

    proposed: exactly that is free; `action` books it. open: something else is to be settled first (another time, a
    name): the messages say what. finished: `outcome` says how it ended.
    """

    status: Literal["proposed", "open", "finished"]
    action: FinalizeAction | None
    outcome: Outcome | None = None
    messages: tuple[MessageTold, ...]
    pending: bool


class EscalationWanted(ApiInput):
    reason: Annotated[str, Field(max_length=500)] = ""
    message_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class EscalationTold(ApiAnswer):
    """escalated: a person has it now. Else the messages say when it may be asked for again."""

    escalated: bool
    status: Literal["open", "human", "closed"]
    messages: tuple[MessageTold, ...]
    pending: bool
