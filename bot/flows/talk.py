"""One turn while it is thought about: the memory, what was heard, what will be said and asked of the outside.

Flows change a Talk; the router turns it into a Step (bot/flows/closing.py). Nothing here does I/O.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from unicodedata import category
from uuid import UUID

from bot.catalog import Catalog, Frame, FrameQuery, Location, PaymentType, Service, Staff, localized
from bot.flows.contract import (
    EscalationChange,
    HandoffPatch,
    IntentPatch,
    NewBooking,
    OperatorAct,
    OperatorNote,
    PlannedEffect,
    TurnContext,
)
from bot.flows.history import ProofTry
from bot.flows.state import BotState, Offered, State, Wish
from bot.messages import Action, Card, JsonObject, Link
from bot.understanding.contract import Intent
from bot.wording.bidi import plain
from bot.wording.words import LANGUAGES, Line, Words, shorten
from bot.workspace import SlotKind

TITLE_LIMIT = 24
"""WhatsApp's list rows; the shortest of all surfaces that show lists."""
DESCRIPTION_LIMIT = 72
PAGE = 9
"""Rows of a list, one more is kept for "More…"."""


@dataclass(frozen=True, slots=True)
class Question:
    """How a reply ends and what it leaves open."""

    state: BotState
    lines: tuple[Line, ...] = ()
    slot: SlotKind | None = None
    key: str = ""
    choices: tuple[Offered, ...] = ()
    label: str = ""
    """Key of the label of a list."""
    body: str = ""
    """Set text before the lines, such as a summary."""
    head: Line | None = None
    """What introduces the body."""
    beside: tuple[Line, ...] = ()
    """Small things after the body, each on a line of its own."""
    card: Card | None = None
    link: Link | None = None
    actions: tuple[Action, ...] = ()
    standing: bool = True
    """Whether a line of what stands so far belongs before it."""


@dataclass(slots=True)
class Talk:
    state: State
    context: TurnContext
    said: list[Line] = field(default_factory=list)
    answers: list[Line] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    """What stood before this turn, for telling what is new (bot/flows/summary.facts)."""
    touched: set[SlotKind] = field(default_factory=set)
    intents: set[Intent] = field(default_factory=set)
    heard: bool = False
    """Something was understood."""
    lost: bool = False
    """A line came that nothing could be made of."""
    spoke: bool = False
    """Something came that deserves a reply."""
    was_editing: SlotKind | None = None
    """The opened slot before this turn."""
    greeting: bool = False
    recap: bool = False
    """What stands is told again, such as in the language that was just asked for."""
    yes: bool = False
    paid_yes: bool = False
    """The yes was the choice of how to pay, under a summary that left it open."""
    no: bool = False
    stale: bool = False
    """A yes to a summary that no longer stands."""
    paging: bool = False
    """"More…" was asked for: the page that is set counts."""
    force_offer: bool = False
    """Offer times even if the asked one looks free (it was just refused)."""
    ending: Question | None = None
    """Set when the reply is decided; else the booking's next question ends it."""
    result_ends: bool = False
    """The ending tells a result of the outside."""
    silent: bool = False
    """No reply at all."""
    effects: list[PlannedEffect] = field(default_factory=list)
    notes: list[OperatorNote] = field(default_factory=list)
    proof_tries: list[ProofTry] = field(default_factory=list)
    new_booking: NewBooking | None = None
    hold: NewBooking | None = None
    intent: IntentPatch | None = None
    handoff: HandoffPatch | None = None
    progress: Line | None = None
    conversation_status: Literal["open", "human"] | None = None
    consent: Literal["opted_out", "opted_in"] | None = None
    consent_words: str = ""
    despite_opt_out: bool = False
    with_human: bool = False
    """A person has the conversation: the bot hears, and says nothing of its own."""
    offer_human: bool = False
    """A button to a person belongs under the reply."""
    escalations: list[EscalationChange] = field(default_factory=list)
    operator_lines: list[OperatorAct] = field(default_factory=list)
    lead_status: Literal["booked", "lost"] | None = None
    trace: list[str] = field(default_factory=list)

    @property
    def wish(self) -> Wish:
        return self.state.wish

    @property
    def catalog(self) -> Catalog:
        return self.context.catalog

    @property
    def words(self) -> Words:
        settings = self.context.settings
        language = self.state.language if self.state.language in LANGUAGES else "en"
        return Words(language=language, zone=settings.zone, currency=self.catalog.currency)

    # what is known of the customer

    @property
    def name(self) -> str | None:
        """The name of this talk, else the one known from earlier, else the channel's profile name."""
        customer = self.context.customer
        known = self.wish.name or customer.name or ""
        if customer.name_is_profile and not self.wish.name:
            known = plain_name(known)
        return known if sum(character.isalpha() for character in known) > 1 else None

    @property
    def phone(self) -> str | None:
        return self.wish.phone or self.context.customer.phone

    @property
    def email(self) -> str | None:
        return self.wish.email or self.context.customer.email

    # catalog entries of the wish, by name

    @property
    def location(self) -> Location | None:
        return self.catalog.locations.get(self.wish.location_id) if self.wish.location_id else None

    def services(self) -> list[Service]:
        return [self.catalog.services[item.service_id] for item in self.wish.items]

    def payment(self) -> PaymentType | None:
        wanted = self.wish.payment_type_id
        if wanted is None and len(self.catalog.payment_types) == 1:
            return self.catalog.payment_types[0]
        return next((p for p in self.catalog.payment_types if p.id == wanted), None)

    def called(self, entry: Location | Service | Staff | PaymentType) -> str:
        """The entry's name in the talk's language."""
        return localized(entry.names, self.state.language)

    def own_question(self, kind: SlotKind) -> str:
        """How the business itself asks for a slot that every form has; empty: in the bot's words."""
        own = next((one.question for one in self.context.form if one.kind is kind), {})
        return own.get(self.state.language, "")

    def staff_called(self, staff_id: UUID) -> str:
        """A person's name; empty for a bay or a table, which customers never hear of."""
        person = self.catalog.staff.get(staff_id)
        return self.called(person) if person and not person.resource else ""

    def is_resource(self, staff_id: UUID) -> bool:
        person = self.catalog.staff.get(staff_id)
        return person is not None and person.resource

    def take_up(self, wish: Wish) -> None:
        """A wish of before is the open one again, without what the catalog has lost since."""
        self.state.wish = wish.model_copy(deep=True)
        self.prune()

    def prune(self) -> None:
        """Forget what a newer catalog no longer holds."""
        wish = self.wish
        if wish.location_id not in self.catalog.locations:
            wish.location_id = None
        known = [item for item in wish.items if item.service_id in self.catalog.services]
        if len(known) != len(wish.items):
            wish.items = known
            wish.plan = []
        if wish.staff_id is not None and wish.staff_id not in self.catalog.staff:
            wish.staff_id = None
            wish.plan = []
        if any(part.staff_id not in self.catalog.staff for part in wish.plan):
            wish.plan = []
        if wish.payment_type_id is not None and self.payment() is None:
            wish.payment_type_id = None
        self.state.candidates = [one for one in self.state.candidates if one in self.catalog.services]
        for unclear in (*self.state.unclear, *self.state.topic):
            unclear.ids = [one for one in unclear.ids if one in self.catalog.services]
        self.state.topic = [one for one in self.state.topic if one.ids]

    def frames(self, query: FrameQuery) -> Sequence[Frame]:
        """Free frames, without those that this customer's order was just refused for."""
        found = self.context.frames.free(query)
        gone = self.wish.gone
        if not gone:
            return found
        return [
            frame
            for frame in found
            if not any(
                frame.staff_id == part.staff_id and part.starts_at <= frame.starts_at < part.ends_at
                for part in gone
            )
        ]

    # saying

    def say(self, key: str, **words: object) -> None:
        """An acknowledgement at the start of the reply; the same one only once."""
        line = Line(key, words)
        if line not in self.said:
            self.said.append(line)

    def answer(self, key: str, **words: object) -> None:
        """An answer to a side question, before the booking goes on."""
        line = Line(key, words)
        if line not in self.answers:
            self.answers.append(line)

    def touch(self, slot: SlotKind) -> None:
        self.touched.add(slot)
        self.heard = True
        if self.state.editing is slot:
            self.state.editing = None

    def note(self, kind: str, summary: str, **details: object) -> None:
        known: JsonObject = dict(details)
        self.notes.append(OperatorNote(kind=kind, summary=summary, details=known))

    def option(
        self, kind: str, value: object, title: str, description: str = "", staff_ids: Sequence[UUID] = ()
    ) -> Offered:
        """A choice whose id names kind, value and this turn: `svc:<uuid>@3`."""
        tail = f":{value}" if value != "" else ""
        return Offered(
            id=f"{kind}{tail}@{self.context.turn}",
            title=shorten(plain(title), TITLE_LIMIT),
            description=shorten(description, DESCRIPTION_LIMIT),
            staff_ids=list(staff_ids),
        )

    def button(self, kind: str, title_key: str) -> Offered:
        return self.option(kind, "", self.words.label(title_key))


def plain_name(profile: str) -> str:
    """A profile name without its ornaments: "~ Sara 🌸" -> "Sara"."""
    kept = (c if c.isalpha() or c in " '-." or category(c).startswith("M") else " " for c in profile)
    return " ".join("".join(kept).split()).strip(" '-.")


def digest(text: str) -> str:
    """A short mark of a text, to tell whether it is the same again."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def drop_plan(wish: Wish) -> None:
    """The chosen plan no longer follows from the wish; day and time wishes stay."""
    wish.plan = []


def paged(talk: Talk, options: Sequence[Offered]) -> tuple[Offered, ...]:
    """The page of a list that is open, with a "More…" row if it goes on. Ten rows at most."""
    if len(options) <= PAGE + 1:
        if talk.paging and options:
            talk.say("no_more")
        talk.state.page = 0
        return tuple(options)
    start = talk.state.page
    if start >= len(options):
        talk.say("no_more")
        start = talk.state.page = 0
    page = list(options[start : start + PAGE])
    if start + PAGE < len(options):
        page.append(talk.option("more", start + PAGE, talk.words.label("title_more")))
    return tuple(page)
