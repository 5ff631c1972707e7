"""What a conversation remembers between turns, as versioned JSON. Names are persisted, never numbers."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.flows.contract import Outcome
from bot.messages import Choice, JsonObject
from bot.understanding.contract import DayPart
from bot.workspace import SlotKind

VERSION = 1
SUGGESTION_DECLINED = "declined"


class BotState(StrEnum):
    """Where a talk stands: what the last reply left open."""

    IDLE = "idle"
    """Nothing is open."""
    ASK_LOCATION = "ask_location"
    ASK_SERVICES = "ask_services"
    ASK_SIZE = "ask_size"
    ASK_STAFF = "ask_staff"
    ASK_TIME = "ask_time"
    ASK_DAY = "ask_day"
    """A time is known, its day isn't."""
    ASK_NAME = "ask_name"
    ASK_PHONE = "ask_phone"
    ASK_EMAIL = "ask_email"
    ASK_DETAIL = "ask_detail"
    """A field of the business's own form."""
    CONFIRM = "confirm"
    """The summary is open; where the way of paying is still to be chosen, choosing it is the yes."""
    ASK_CHANGE = "ask_change"
    """The customer wants to change something and hasn't said what."""
    PICK_BOOKING = "pick_booking"
    """Several bookings could be meant."""
    ASK_PROOF = "ask_proof"
    """A booking made from another number: its code, and the e-mail or phone it was made with."""
    CONFIRM_CANCEL = "confirm_cancel"
    """A yes cancels the booking that was named."""
    CHANGING = "changing"
    """A cancellation or a move of a booking is an effect under way."""
    PLACING = "placing"
    """The order is an effect under way."""
    AWAIT_PAYMENT = "await_payment"
    BOOKED = "booked"
    KEPT = "kept"
    """The order's outcome is with the business; it confirms by hand."""
    HUMAN = "human"
    STOPPED = "stopped"


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", validate_assignment=False)


class ItemWish(_Model):
    """One wanted service. `quoted_minor`: a price the provider named that the catalog doesn't know yet."""

    service_id: UUID
    size_id: UUID | None = None
    quoted_minor: int | None = None


class PlannedPart(_Model):
    """One service of the chosen plan; UTC."""

    service_id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    frame_external_ids: list[str] = Field(default_factory=list)


class Wish(_Model):
    """What the customer wants so far."""

    intent_id: UUID | None = None
    location_id: UUID | None = None
    items: list[ItemWish] = Field(default_factory=list)
    staff_id: UUID | None = None
    any_staff: bool = False
    day: date | None = None
    last_day: date | None = None
    day_conflict: bool = False
    at: time | None = None
    until: time | None = None
    part: DayPart | None = None
    extreme: Literal["earliest", "latest"] | None = None
    """ "As early as possible", "the last one of the day"."""
    half_open: bool = False
    """`at` is a bare hour; opening hours still have to decide between morning and afternoon."""
    refused: bool = False
    """The wished day and time can't be had; others are offered."""
    plan: list[PlannedPart] = Field(default_factory=list)
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    email_asked: bool = False
    email_skipped: bool = False
    payment_type_id: UUID | None = None
    gone: list[PlannedPart] = Field(default_factory=list)
    """Parts of plans that the provider refused as taken: not offered again in this wish."""
    stale_told: bool = False
    """It was said that the free times may be old."""
    details: dict[str, str] = Field(default_factory=dict)
    """Answers to the business's own form fields, by key."""
    party_told: bool = False
    """It was said that several people are booked one by one."""
    moves: UUID | None = None
    """The placed booking that this wish moves to another time."""

    @property
    def starts_at(self) -> datetime | None:
        return self.plan[0].starts_at if self.plan else None

    @property
    def begun(self) -> bool:
        """Something of a booking has been said."""
        return bool(self.location_id or self.items or self.day or self.at or self.part or self.staff_id)


class Purpose(StrEnum):
    """What a customer wants with a booking that is placed."""

    SHOW = "show"
    CANCEL = "cancel"
    MOVE = "move"


class Managing(_Model):
    """A placed booking that is talked about."""

    purpose: Purpose
    booking_id: UUID | None = None
    """None: which one is still to be found out."""
    version: str = ""
    """How it stood when a yes was asked for (bot/flows/known.version)."""
    what: str = ""
    """It in a line, as the customer read it."""
    new: str = ""
    """A move under way: the new moment, as he read it."""
    wanted: Wish | None = None
    """A move: the day and time that were named, or, while it is under way, the whole wish to go on from."""
    shift_minutes: int | None = None
    """ "An hour later": from the booking's own time."""
    code: str = ""
    email: str = ""
    phone: str = ""
    """What was shown so far of a booking made from another number."""


class Unclear(_Model):
    """Words that may mean several services: which one is still to be asked."""

    said: str
    ids: list[UUID]
    replace: bool = False


class Offered(_Model):
    """A choice as it was shown. For a time, who was shown with it."""

    id: str
    title: str
    description: str = ""
    staff_ids: list[UUID] = Field(default_factory=list)

    def choice(self) -> Choice:
        return Choice(id=self.id, title=self.title, description=self.description)


class PlacedLine(_Model):
    """One service of an order, as it was summarised."""

    service_name: str
    staff_name: str
    starts_at: datetime
    price_minor: int


class Placed(_Model):
    """An order that was asked for, and what became of it."""

    booking_id: UUID
    intent_id: UUID
    outcome: Outcome | None = None
    """None: under way."""
    paid: bool = False
    expired: bool = False
    """Its payment link ran out unpaid."""
    wish: Wish
    """Everything as it stood, to go on from if the order could not be placed."""
    lines: list[PlacedLine]
    location_name: str
    payment_name: str = ""
    pays_online: bool = False
    currency: str
    order_id: str = ""
    confirmation_code: str = ""
    payment_url: str | None = None
    pay_until: datetime | None = None

    @property
    def total_minor(self) -> int:
        return sum(line.price_minor for line in self.lines)

    @property
    def stands(self) -> bool:
        """Booked, as far as we know, or being decided."""
        return self.outcome in {None, Outcome.ORDER_PLACED, Outcome.ORDER_UNAVAILABLE, Outcome.ORDER_UNKNOWN}


class State(_Model):
    """The whole memory of a conversation."""

    version: int = VERSION
    name: BotState = BotState.IDLE
    language: str = "en"
    greeted: bool = False
    wish: Wish = Field(default_factory=Wish)
    asked: SlotKind | None = None
    asked_key: str = ""
    """Key of the business's own form field that is asked, if `asked` is one."""
    editing: SlotKind | None = None
    """A filled slot that the customer wants to give anew."""
    asks: int = 0
    """How often the open question has been put in a row."""
    failures: int = 0
    """Lines in a row that nothing could be made of."""
    offered: list[Offered] = Field(default_factory=list)
    offered_turn: int = 0
    page: int = 0
    group_id: UUID | None = None
    """The group of services the customer is looking through."""
    candidates: list[UUID] = Field(default_factory=list)
    """Services an ambiguous word may mean."""
    candidates_said: str = ""
    """That word, as the customer wrote it."""
    candidates_replace: bool = False
    unclear: list[Unclear] = Field(default_factory=list)
    """Further such words of the same line, asked one after the other."""
    topic: list[Unclear] = Field(default_factory=list)
    """The services of the last question that was answered, while none of them is chosen (bot/flows/topic.py)."""
    topic_turn: int = 0
    """The turn of that question."""
    summary_version: str | None = None
    """The summary that waits for a yes."""
    pay_open: bool = False
    """That summary leaves the way of paying open: which one is said with the yes."""
    managing: Managing | None = None
    usual: Literal["", "open", "done"] = ""
    """Whether the visit of last time was offered again: once in a talk."""
    last_reply: str = ""
    """Digest of the last reply's text."""
    spoken: dict[str, int] = Field(default_factory=dict)
    """Which wording of which line the last reply used: the next one takes another."""
    suggestion: str = ""
    """The service that was suggested in this talk, or that a suggestion was declined before it was made."""
    last_signal: str = ""
    """Digest of the last lead that was handed over."""
    human_wrote: bool = False
    """A person has said something since the talk was handed over."""
    after_hours_told: bool = False
    """It was said that nobody of the team is there at this hour."""
    safety_told: bool = False
    """The line for a crisis or an emergency has been shown."""
    placed: list[Placed] = Field(default_factory=list)
    """Newest last; the last three are kept."""

    def latest(self) -> Placed | None:
        return self.placed[-1] if self.placed else None

    def dump(self) -> JsonObject:
        """JSON without what is at its default: rows stay small."""
        slim: JsonObject = self.model_dump(mode="json", exclude_defaults=True)
        return {"version": VERSION, "name": self.name.value, **slim}


def load(raw: JsonObject | None) -> State:
    """The state from its JSON. From an unknown or older shape every fact that still reads is kept."""
    if not raw:
        return State()
    if raw.get("version") == VERSION:
        try:
            return State.model_validate(raw)
        except ValidationError:
            pass  # a damaged or foreign shape: keep what reads, below
    return _salvaged(raw)


def _salvaged(raw: JsonObject) -> State:
    state = State(greeted=True)
    wish = raw.get("wish")
    if isinstance(wish, dict):
        kept: dict[str, Any] = {}
        for key, value in wish.items():
            if key in Wish.model_fields and key != "plan":
                try:
                    Wish.model_validate({key: value})
                except ValidationError:
                    continue
                kept[key] = value
        state.wish = Wish.model_validate(kept)
    placed = raw.get("placed")
    for entry in placed if isinstance(placed, list) else []:
        try:
            state.placed.append(Placed.model_validate(entry))
        except ValidationError:
            continue
    if raw.get("language") in {"en", "ar"}:
        state.language = raw["language"]
    return state
