"""What the chat's API answers, as models: the shapes a page relies on, and the OpenAPI document is made of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from bot.channels.text import is_web_link
from bot.web.api import ApiAnswer


def _web_link(value: str) -> str:
    if not is_web_link(value):
        raise ValueError("no link that a browser may open")
    return value


WebLink = Annotated[str, AfterValidator(_web_link)]


class _OnlyWhatApplies(ApiAnswer):
    """Leaves out what is None: a field that doesn't apply isn't there."""

    @model_serializer(mode="wrap")
    def _without_none(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in inner(self).items() if value is not None}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Of the fields: what the serializer above leaves out is none of those that are required."""
        plain = {key: value for key, value in core_schema.items() if key != "serialization"}
        return handler(cast("CoreSchema", plain))


class ChoiceTold(ApiAnswer):
    """Something that may be tapped: sent back as `choice`."""

    id: str
    title: str
    description: str = ""
    section: str = ""


class LinkTold(ApiAnswer):
    label: str
    url: WebLink


class CardRowTold(ApiAnswer):
    label: str
    value: str


class CardTold(ApiAnswer):
    title: str
    rows: tuple[CardRowTold, ...]


class FinalizeAction(_OnlyWhatApplies):
    """Book Now: POST /api/bookings/{bookingIntentId}/finalize with its summaryVersion."""

    type: Literal["BOOKING_FINALIZE"]
    handling: Literal["internal", "external"]
    booking_intent_id: UUID
    label: Annotated[str, Field(min_length=1)]
    summary_version: Annotated[str, Field(pattern=r"^[0-9a-f]{1,64}$")]
    external_url: WebLink | None = None


class ContactTold(ApiAnswer):
    """How to reach the business without us; what isn't known is empty."""

    phone: str = ""
    email: str = ""
    website: str = ""


class FallbackTold(ApiAnswer):
    """Said where a button should be that can't be shown."""

    text: str
    contact: ContactTold


class MessageTold(_OnlyWhatApplies):
    """One message of a chat. Of the customer's own only `text` is filled, of ours everything but that."""

    seq: int
    direction: Literal["in", "out"]
    at: datetime
    message_id: str | None = None
    """The id that its sender gave it."""
    text: str | None = None
    by: Literal["bot", "team"] | None = None
    assistant_message: str | None = None
    language: str | None = None
    choices: tuple[ChoiceTold, ...] | None = None
    choices_label: str | None = None
    links: tuple[LinkTold, ...] | None = None
    card: CardTold | None = None
    ask_location: bool | None = None
    actions: tuple[FinalizeAction, ...] | None = None
    fallback: FallbackTold | None = None
    """There: an action that belongs here is missing or broken; this is shown instead."""


class Throttled(ApiAnswer):
    """The message is kept, and answered when the minute is over."""

    retry_after_seconds: int


class TalkTold(_OnlyWhatApplies):
    """What is new in a chat."""

    conversation_id: UUID | None = None
    status: Literal["open", "human", "closed"] = "open"
    language: str | None = None
    messages: tuple[MessageTold, ...]
    pending: bool
    """An answer is still to be expected: it comes by the stream, or when asked for again."""
    more: bool = False
    """There are more messages behind these."""
    after: int | None = None
    """Ask with this number the next time. It is lower than that of the last message where one before that may still
    come: what was shown then comes again, by the same `seq`. Left out of answers to what was sent: messages of others
    may stand before those."""
    throttled: Throttled | None = None


class Confirmed(_OnlyWhatApplies):
    status: Literal["confirmed"] = "confirmed"
    message: str
    confirmation_code: str
    checkout_url: WebLink | None = None
    """Where it is to be paid, on a page of somebody else's."""


class Pending(ApiAnswer):
    status: Literal["pending"] = "pending"
    message: str


class Redirected(ApiAnswer):
    status: Literal["redirected"] = "redirected"
    message: str
    redirect_url: WebLink


class Fallback(ApiAnswer):
    status: Literal["fallback"] = "fallback"
    message: str
    contact: ContactTold


class Stale(_OnlyWhatApplies):
    status: Literal["stale"] = "stale"
    message: str
    summary: MessageTold | None = None
    """What stands now, with its own button; left out where nothing does any more."""


Outcome = Annotated[Confirmed | Pending | Redirected | Fallback | Stale, Field(discriminator="status")]


class Finalized(RootModel[Outcome]):
    """One of these, by `status`."""
