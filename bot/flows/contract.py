"""What a flow gets and what it gives back. Pure: no I/O, no clock; everything arrives in `TurnContext`.

    step(state, events, context) -> Step        (bot/flows/router.py)

`state` is the JSON that the last Step of this conversation returned (None: a new conversation).
A turn may bring several events: all customer messages that waited, or one answer of an effect.
They get one merged reply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.catalog import Catalog, FrameSource, LoadedNeeds, NeedSource
from bot.flows.history import History, LoadedProofs, ProofSource, ProofTry
from bot.messages import Inbound, JsonObject, Outbound, Surface
from bot.understanding.llm import HelpSource, NoHelp
from bot.workspace import FormField, WorkspaceSettings


@dataclass(frozen=True, slots=True)
class CustomerMessage:
    inbound: Inbound


class EffectKind(StrEnum):
    """What a turn may ask of the outside."""

    SEND = "send"
    PLACE_ORDER = "place_order"
    """Double-check with the provider, then the order itself: one effect, never repeated blindly."""
    CHANGE_ORDER = "change_order"
    """A booking moves to other times: in place where the booking system can, else the new order first and then
    the old one cancelled."""
    CANCEL_ORDER = "cancel_order"
    POLL_PAYMENT = "poll_payment"
    MIRROR_BOOKING = "mirror_booking"
    """Never a flow's: planned where a booking of our own calendar is recorded (bot/effect_mirrors.py)."""
    CREATE_LINK = "create_link"
    """A payment link of our own: planned where a booking is confirmed, or by a customer who asks for it again."""
    EXPIRE_LINK = "expire_link"
    """Never a flow's: planned where a booking ends or moves (bot/payment_reports.py)."""
    SEND_MAIL = "send_mail"
    """Never a flow's either: planned where a booking is recorded (bot/effect_mails.py)."""


class Outcome(StrEnum):
    """How an effect ended; the answer comes back as the conversation's next event."""

    ORDER_PLACED = "order_placed"
    """data: order_id, payment_url|null, pay_until|null (ISO), confirmation_code, booking_id, link (a payment link of
    our own follows)."""
    ORDER_SLOT_TAKEN = "order_slot_taken"
    """Nothing was placed; the tables already know the fresh frames."""
    ORDER_PRICE_CHANGED = "order_price_changed"
    """Nothing was placed. data: prices_minor (list, per line)."""
    ORDER_REFUSED = "order_refused"
    """Nothing was placed and it can't be as it stands. data: code, detail."""
    ORDER_UNAVAILABLE = "order_unavailable"
    """The provider is down; nothing was placed, the request is kept, an operator sees the error."""
    ORDER_UNKNOWN = "order_unknown"
    """The answer got lost. An operator decides; the customer is told that the business will confirm."""
    PAYMENT_PAID = "payment_paid"
    """data: paid_at (ISO), amount_minor, method, order_id; with a link of our own also link (true), deposit,
    rest_minor, confirmation_code."""
    PAYMENT_EXPIRED = "payment_expired"
    """data: with a link of our own: link (true): the booking stands, and another link can be made."""
    PAYMENT_PROCESSING = "payment_processing"
    """Done at the page of a link of our own; the money isn't here yet."""
    PAYMENT_FAILED = "payment_failed"
    """The delayed payment came to nothing; the booking stands."""
    LINK_READY = "link_ready"
    """data: url, expires_at|null (ISO), amount_minor, deposit, asked."""
    LINK_FAILED = "link_failed"
    """data: reason (unavailable, paid, checking, ended, nothing_due). The booking stands, or has ended before."""
    ORDER_CANCELLED = "order_cancelled"
    """data: booking (as it stood, `booking_as_known()`)."""
    CANCEL_FAILED = "cancel_failed"
    """The booking stands as far as anybody knows; an operator sees to it. data: booking, code."""
    CANCEL_REFUSED = "cancel_refused"
    """An operator says that the booking stays. data: booking."""
    ORDER_CHANGED = "order_changed"
    """data: booking (as it stands now), payment_url|null, pay_until|null, old_stands (the new order is placed, but
    the old one could not be cancelled: an operator does)."""
    CHANGE_SLOT_TAKEN = "change_slot_taken"
    """The booking stands as before."""
    CHANGE_PRICE_CHANGED = "change_price_changed"
    """The booking stands as before. data: prices_minor (list, per line)."""
    CHANGE_REFUSED = "change_refused"
    """The booking stands as before, and can't be moved like that. data: code."""
    CHANGE_PENDING = "change_pending"
    """An operator decides; until then the booking stands as before. data: unknown (the answer got lost: it may
    have been moved)."""


@dataclass(frozen=True, slots=True)
class EffectAnswer:
    """An effect's outcome. `booking_id` is the booking the effect was about."""

    outcome: Outcome
    booking_id: UUID
    data: JsonObject = field(default_factory=dict)


HUMAN_REQUESTED = "human_requested"
"""Kind of the operator's note about a customer who asked for a person; settled when one takes it."""


class Act(StrEnum):
    """What an operator does in a conversation."""

    TAKE = "take"
    """From now on a person answers; the bot is silent."""
    REPLY = "reply"
    """Says something to the customer; takes the conversation, if nobody did."""
    HAND_BACK = "hand_back"
    """The bot goes on where it was."""
    RESOLVE = "resolve"
    """It is settled: the bot answers again and drops what was open."""
    CANCEL_BOOKING = "cancel_booking"
    """The business can't keep a booking (bot/flows/desk.py)."""
    MOVE_BOOKING = "move_booking"
    RESEND_BOOKING = "resend_booking"
    """The customer reads once more what he has booked."""


@dataclass(frozen=True, slots=True)
class OperatorAct:
    """An operator's act, in order with the customer's messages."""

    act: Act
    by: str
    text: str = ""
    data: JsonObject = field(default_factory=dict)
    """Of an act about a booking: booking_id, version (bot/flows/known.version); of a move also starts_at (ISO) and
    staff_ids, one per service."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """More came within a minute than the business's limit: the rest is kept, and heard when the minute is over."""

    until: datetime
    """UTC, aware."""


Event = CustomerMessage | EffectAnswer | OperatorAct | TooMany


class WithHuman(StrEnum):
    """Who has the conversation when a turn begins."""

    NO = "no"
    YES = "yes"
    QUIET = "quiet"
    """A person had it and said nothing for so long that the bot answers again."""


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of the customer before this turn, from the channel, earlier talks or a link."""

    id: UUID
    name: str | None = None
    name_is_profile: bool = False
    """True: the channel's profile name; shown at confirmation, not asked, easily changed."""
    phone: str | None = None
    """E.164."""
    email: str | None = None
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class TurnContext:
    now: datetime
    """UTC, aware."""
    turn: int
    """Number of this turn in its conversation, from 1: part of every choice id."""
    workspace_name: str
    settings: WorkspaceSettings
    form: tuple[FormField, ...]
    customer: Customer
    surface: Surface
    catalog: Catalog
    frames: FrameSource
    new_id: Callable[[], UUID]
    conversation_id: UUID
    public_base_url: str = ""
    """Where our own pages are reached."""
    needs: NeedSource = field(default_factory=LoadedNeeds)
    help: HelpSource = field(default_factory=NoHelp)
    """A language model's word where one is configured: never needed, never trusted."""
    history: History = field(default_factory=History)
    """This customer's bookings in this workspace, read with the lease."""
    proofs: ProofSource = field(default_factory=LoadedProofs)
    human: WithHuman = WithHuman.NO
    escalations: int = 0
    """How often this customer was handed to a person within the last hour."""
    escalated_at: tuple[datetime, ...] = ()
    """When, the latest first."""

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.zone


@dataclass(frozen=True, slots=True)
class PlannedEffect:
    """A call to the outside (other than the reply's send). `request` is frozen JSON.

    With `business` ({"by", "reason"}) a person of the business asked for it: so does the answer's data.
    PLACE_ORDER: providers.contract.OrderRequest as JSON. POLL_PAYMENT, CANCEL_ORDER: {"order_id": ..}.
    CREATE_LINK: {"asked": true}; what the link says is frozen with its row (db/payments.py).
    CHANGE_ORDER: {"order_id": the placed order's, "new_booking_id": what takes its place, "order": OrderRequest};
    its booking is the one that is moved.
    """

    kind: EffectKind
    booking_id: UUID
    request: JsonObject
    delay_seconds: float = 0


@dataclass(frozen=True, slots=True)
class CustomerPatch:
    """Facts to store with the customer; None leaves a field as it is."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class LeadPatch:
    """What is known of this talk's wish so far; upserted from the first signal on, one per conversation."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    service: str | None = None
    """Names of the chosen services, as text."""
    preferred_time: str | None = None
    notes: str | None = None
    status: Literal["incomplete", "qualified", "booked", "lost"] = "incomplete"


@dataclass(frozen=True, slots=True)
class IntentPatch:
    """The booking intent of this wish; one open per conversation. `id` is from new_id at the first mention."""

    id: UUID
    status: Literal["intent", "pending", "confirmed", "needs_operator", "abandoned"]
    booking_type: str = "SERVICE_BOOKING"
    service: str | None = None
    requested_time: str | None = None
    starts_at: datetime | None = None
    notes: str | None = None
    summary_version: str | None = None
    handling: Literal["internal", "external"] = "internal"
    """Who finishes it, as the customer sees it (bot/policy.py)."""
    external_url: str | None = None


@dataclass(frozen=True, slots=True)
class BookingItem:
    service_id: UUID
    service_name: str
    size_id: UUID | None
    size_name: str
    staff_id: UUID
    staff_name: str
    starts_at: datetime
    ends_at: datetime
    price_minor: int
    frame_external_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewBooking:
    """A booking the customer just said yes to; stored as pending_provider with the order's effect."""

    id: UUID
    intent_id: UUID
    location_id: UUID
    customer_name: str
    customer_phone: str
    customer_email: str
    payment_type_id: UUID | None
    currency: str
    items: tuple[BookingItem, ...]
    replaces: UUID | None = None
    """The booking that is moved by it. While both stand their times may overlap."""

    @property
    def total_minor(self) -> int:
        return sum(item.price_minor for item in self.items)


@dataclass(frozen=True, slots=True)
class BookingChange:
    """A booking's next state. The database refuses illegal ones."""

    booking_id: UUID
    status: Literal["confirmed", "cancelled", "needs_operator"]


@dataclass(frozen=True, slots=True)
class HandoffPatch:
    """The customer finishes this wish on the business's own page; one handoff per intent, kept up to date."""

    token: str
    """In the address of our page that leads on (bot/handoff_token.py)."""
    intent_id: UUID
    page: str
    """Key of the kind of page (providers/handoff/pages.py)."""
    booking_url: str
    customer_name: str = ""
    customer_phone: str = ""
    customer_email: str = ""
    service: str = ""
    preferred_time: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class OperatorNote:
    """Something a person should see. `kind` groups equal ones; `summary` is plain words."""

    kind: str
    summary: str
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EscalationChange:
    """A request for a person, or what became of the one that is open. One is open per conversation at most."""

    to: Literal["open", "taken", "resolved", "handed_back"]
    cause: str = ""
    """Why it is opened: a short word such as `asked`."""
    summary: str = ""
    """What stood so far, in plain words; nothing that was said in distress."""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What a turn decided. Everything here is committed at once, or nothing."""

    state: JsonObject
    state_name: str
    """The state's Enum name, for lists, pictures and the funnel."""
    language: str = "en"
    reply: Outbound | None = None
    progress: Outbound | None = None
    """Said only if the order's answer takes longer than a few seconds; dropped when it came in time."""
    effects: tuple[PlannedEffect, ...] = ()
    customer: CustomerPatch | None = None
    lead: LeadPatch | None = None
    intent: IntentPatch | None = None
    new_booking: NewBooking | None = None
    hold: NewBooking | None = None
    """The summary is open: its times are kept for this customer for a while, from everybody else."""
    booking_change: BookingChange | None = None
    handoff: HandoffPatch | None = None
    notes: tuple[OperatorNote, ...] = ()
    proof_tries: tuple[ProofTry, ...] = ()
    conversation_status: Literal["open", "human"] | None = None
    consent: Literal["opted_out", "opted_in"] | None = None
    consent_words: str = ""
    """What the customer said to opt out or in."""
    despite_opt_out: bool = False
    """The reply may go to a customer who opted out: the confirmation of that, and HELP."""
    escalations: tuple[EscalationChange, ...] = ()
    operator_lines: tuple[OperatorAct, ...] = ()
    """Replies of a person, to be sent as they stand."""
    trace: tuple[str, ...] = ()
    """Why it said this: rule names and facts, for operators."""
