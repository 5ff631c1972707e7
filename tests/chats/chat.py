"""A conversation as a test reads it.

    > a line of the customer          (several in a row: sent one after the other)
    >> a line that arrives in the same turn as the one before
    [Title]                           a tap on a choice of the last reply (its title begins so)
    ^ Title                           a tap on the first choice of the talk that was called so, a week later
    @ latitude, longitude             a location pin
    ~                                 a voice note that nobody wrote down
    ! outcome                         the outside answers (slot_taken, placed, paid, ...)
    < words | other words             all of these stand in the reply, in any case
    <! words                          none of these stand in the reply
    = STATE                           the bot's state
    # remark

Every turn checks what must always hold: no reply twice in a row, state JSON that loads again,
an order only after a yes to the summary that was shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bot.catalog import Catalog, LoadedNeeds, NeedSource
from bot.flows.contract import (
    Customer,
    CustomerMessage,
    EffectAnswer,
    EffectKind,
    Event,
    Outcome,
    Step,
    TurnContext,
    WithHuman,
)
from bot.flows.manage_results import OUTCOMES as MANAGED
from bot.flows.router import step
from bot.flows.state import BotState, State, load
from bot.messages import Choice, GeoPoint, Inbound, InboundKind, JsonObject, Outbound, Sender, Surface
from bot.wording.bidi import plain
from bot.workspace import FormField, WorkspaceSettings, standard_form
from tests.chats import rendering, salon
from tests.chats.records import Records, as_row

CHANGES = {EffectKind.CANCEL_ORDER, EffectKind.CHANGE_ORDER}
WORDS_OF_SUCCESS = ("confirmed!", "it's booked", "payment received", "has arrived")


@dataclass
class Chat:
    """A customer talking to the pure step."""

    catalog: Catalog = field(default_factory=salon.catalog)
    settings: WorkspaceSettings = field(default_factory=salon.settings)
    form: tuple[FormField, ...] = field(default_factory=standard_form)
    customer: Customer = field(
        default_factory=lambda: Customer(id=salon.uid("customer"), phone="+96550000123")
    )
    surface: Surface = Surface.WHATSAPP
    now: datetime = salon.NOW
    business: str = "Nail Salon"
    diary: salon.Diary | None = None
    state: JsonObject | None = None
    turn: int = 0
    steps: list[Step] = field(default_factory=list)
    replies: list[Outbound] = field(default_factory=list)
    shown: list[Choice] = field(default_factory=list)
    counter: int = 0
    """Of everything that got an id so far: a fork goes on counting, so that no id comes twice in one talk."""
    needs: NeedSource = field(default_factory=LoadedNeeds)
    human: WithHuman = WithHuman.NO
    records: Records = field(default_factory=lambda: Records(salon.uid("customer")))

    def __post_init__(self) -> None:
        if self.diary is None:
            self.diary = salon.Diary(self.catalog)

    @property
    def step(self) -> Step:
        return self.steps[-1]

    @property
    def reply(self) -> Outbound | None:
        return self.steps[-1].reply

    @property
    def text(self) -> str:
        """The last reply as it is read: without the marks that keep two writing directions apart."""
        return plain(self.reply.text) if self.reply else ""

    @property
    def orders(self) -> list[JsonObject]:
        return [
            effect.request
            for done in self.steps
            for effect in done.effects
            if effect.kind is EffectKind.PLACE_ORDER
        ]

    def context(self) -> TurnContext:
        assert self.diary is not None
        return TurnContext(
            now=self.now,
            turn=self.turn,
            workspace_name=self.business,
            settings=self.settings,
            form=self.form,
            customer=self.customer,
            surface=self.surface,
            catalog=self.catalog,
            frames=self.diary,
            new_id=lambda: salon.uid(f"id{self.count()}"),
            conversation_id=salon.uid("conversation"),
            public_base_url="https://bot.example.com",
            needs=self.needs,
            history=self.records.history(self.now),
            human=self.human,
            proofs=self.records,
        )

    def count(self) -> int:
        self.counter += 1
        return self.counter

    def inbound(self, text: str = "", kind: InboundKind = InboundKind.TEXT, **more: Any) -> CustomerMessage:
        sender = Sender(phone=self.customer.phone, user_id=None if self.customer.phone else "KW.1")
        return CustomerMessage(
            Inbound(
                external_id=f"m{self.count()}",
                to_address="1",
                sender=sender,
                kind=kind,
                surface=self.surface,
                text=text,
                **more,
            )
        )

    def send(self, *events: Event) -> Outbound | None:
        """One turn. Checks the laws that hold for every turn."""
        self.turn += 1
        self.now += timedelta(seconds=20)
        before = load(self.state)
        known_choices = [choice.id for choice in before.offered]
        self.records.hear(events)
        done = self.take_step(events)
        self.records.keep(done)
        again = load(json.loads(json.dumps(done.state)))
        assert again.dump() == done.state, "the state must survive its JSON"
        if done.reply is not None:
            assert done.reply.text.strip(), "an empty reply"
            if self.replies and self.replies[-1] is self._last():
                assert done.reply.text != self.replies[-1].text, f"said twice: {done.reply.text}"
            if not any(isinstance(event, EffectAnswer) for event in events):
                success = [w for w in WORDS_OF_SUCCESS if w in done.reply.text.lower()]
                assert not success or before.placed, f"promised too early: {success}"
            ids = [choice.id for choice in done.reply.choices]
            titles = [choice.title for choice in done.reply.choices]
            assert len(ids) == len(set(ids)), "choice ids must differ"
            assert len(ids) <= 10, "more than ten choices"
            assert all(0 < len(title) <= 24 for title in titles), titles
            self.shown = list(done.reply.choices)
        if any(effect.kind is EffectKind.CANCEL_ORDER for effect in done.effects):
            assert before.name is BotState.CONFIRM_CANCEL, "a cancellation that nobody was asked about"
            assert before.managing is not None
            assert done.effects[-1].booking_id == before.managing.booking_id, (
                "another booking than was asked about"
            )
        if any(effect.kind in {EffectKind.PLACE_ORDER, EffectKind.CHANGE_ORDER} for effect in done.effects):
            assert before.summary_version, "an order without a summary to say yes to"
            assert any(choice.startswith("finalize:") for choice in known_choices)
            assert done.new_booking is not None
            assert done.intent is not None
            assert done.intent.summary_version == before.summary_version, "not the summary that was shown"
        if done.reply is not None:
            rendering.check(done.reply)
            self.replies.append(done.reply)
            assert not (known := self._asked_though_known(again)), f"asked though known: {known}"
        self.steps.append(done)
        self.state = done.state
        self._keep_customer(done)
        return done.reply

    def take_step(self, events: Sequence[Event]) -> Step:
        """What the engine would run for these events."""
        return step(self.state, list(events), self.context())

    def _asked_though_known(self, state: State) -> str:
        """The slot that the reply asks for although it is filled; empty if all is well."""
        wish, name = state.wish, state.name
        services = [self.catalog.services[item.service_id] for item in wish.items]
        elsewhere = any(wish.location_id not in one.location_ids for one in services)
        known = {
            BotState.ASK_LOCATION: wish.location_id is not None and not elsewhere,
            BotState.ASK_SERVICES: bool(wish.items) and not state.candidates,
            BotState.ASK_STAFF: wish.staff_id is not None or wish.any_staff,
            BotState.ASK_TIME: bool(wish.plan),
            BotState.ASK_DAY: bool(wish.plan),
            BotState.ASK_NAME: bool(wish.name),
            BotState.ASK_PHONE: bool(wish.phone or self.customer.phone),
            BotState.ASK_EMAIL: bool(wish.email),
        }
        return name.value if known.get(name) and state.editing is None else ""

    def fork(self) -> Chat:
        """A copy that goes its own way."""
        return replace(
            self,
            steps=list(self.steps),
            replies=list(self.replies),
            shown=list(self.shown),
            records=self.records.copy(),
        )

    def _last(self) -> Outbound | None:
        return self.steps[-1].reply if self.steps else None

    def _keep_customer(self, done: Step) -> None:
        """What the engine does with a patch: the customer is known with it from the next turn on."""
        patch = done.customer
        if patch is not None:
            self.customer = replace(
                self.customer,
                name=patch.name or self.customer.name,
                phone=patch.phone or self.customer.phone,
                email=patch.email or self.customer.email,
            )
        if done.consent is not None:
            self.customer = replace(self.customer, opted_out=done.consent == "opted_out")

    def say(self, *lines: str) -> str:
        """The lines as one turn; the reply's text."""
        self.send(*(self.inbound(line) for line in lines))
        return self.text

    def tap(self, title: str) -> str:
        """A tap on the last shown choice whose title begins with these words."""
        choice = next((c for c in self.shown if c.title.lower().startswith(title.lower())), None)
        assert choice is not None, f"no choice {title!r} in {[c.title for c in self.shown]}"
        return self.tap_id(choice.id, choice.title)

    def tap_id(self, choice_id: str, title: str = "") -> str:
        self.send(self.inbound(title, InboundKind.CHOICE, choice_id=choice_id))
        return self.text

    def tap_old(self, title: str) -> str:
        """A tap on a menu of last week."""
        choice = next(c for reply in self.replies for c in reply.choices if c.title.startswith(title))
        self.now += timedelta(days=7)
        return self.tap_id(choice.id, choice.title)

    def pin(self, latitude: float, longitude: float) -> str:
        self.send(self.inbound(kind=InboundKind.LOCATION, location=GeoPoint(latitude, longitude)))
        return self.text

    def booking_id(self) -> UUID:
        return next(done.new_booking.id for done in reversed(self.steps) if done.new_booking is not None)

    def answer(self, outcome: Outcome, booking_id: UUID | None = None, **data: Any) -> str:
        """The outside answers the latest order."""
        self.send(EffectAnswer(outcome, booking_id or self.booking_id(), data))
        return self.text

    def managed(self, outcome: Outcome, booking_id: UUID | None = None, **data: Any) -> str:
        """The outside answers a cancellation or a move, with the booking as it stands then."""
        effect = next(e for done in reversed(self.steps) for e in done.effects if e.kind in CHANGES)
        event = EffectAnswer(outcome, booking_id or effect.booking_id, data)
        before = self.records.bookings.get(event.booking_id)
        after = self.records.copy()
        after.hear([event])
        known = after.bookings.get(event.booking_id) or before
        if known is not None:
            data.setdefault("booking", as_row(known))
        self.send(event)
        return self.text

    def placed(self, *, url: str | None = None) -> str:
        until = (self.now + timedelta(minutes=30)).isoformat() if url else None
        return self.answer(
            Outcome.ORDER_PLACED,
            order_id="1017",
            confirmation_code="K7PX2M",
            payment_url=url,
            pay_until=until,
        )

    def play(self, script: str) -> None:
        """Runs a script in the notation above."""
        pending: list[str] = []

        def flush() -> None:
            if pending:
                self.say(*pending)
                pending.clear()

        for raw in script.strip().splitlines():
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith(">>"):
                pending.append(line[2:].strip())
                continue
            flush()
            if line.startswith(">"):
                pending.append(line[1:].strip())
            else:
                self._play_line(line)
        flush()

    def _play_line(self, line: str) -> None:
        """One line of a script that is no words of the customer."""
        first, rest = line[0], line[1:].strip()
        match first:
            case "[":
                self.tap(line.strip("[]"))
            case "^":
                self.tap_old(rest)
            case "@":
                latitude, longitude = rest.split(",")
                self.pin(float(latitude), float(longitude))
            case "~":
                self.send(self.inbound(kind=InboundKind.VOICE))
            case "!":
                self._outside(rest)
            case "<":
                self._expect(rest.removeprefix("!"), there=not rest.startswith("!"))
            case "=":
                assert self.step.state_name == rest.lower(), self._shown_text()
            case _:
                raise AssertionError(f"not a line of a chat: {line!r}")

    def _outside(self, what: str) -> None:
        match what.split():
            case ["placed"]:
                self.placed()
            case [name] if Outcome(name) in MANAGED:
                self.managed(Outcome(name))
            case ["placed", url]:
                self.placed(url=url)
            case [name]:
                self.answer(Outcome(name))
            case _:
                raise AssertionError(what)

    def _expect(self, words: str, *, there: bool) -> None:
        shown = self._shown_text().lower()
        for part in words.split("|"):
            wanted = part.strip().lower()
            if wanted == "(silence)":
                assert self.reply is None, self._shown_text()
                continue
            assert (wanted in shown) is there, f"{'missing' if there else 'unwanted'} {wanted!r} in:\n{shown}"

    def _shown_text(self) -> str:
        """What the customer sees: the text, the choices, the link."""
        if self.reply is None:
            return f"(silence, state {self.step.state_name})"
        rows = [f"[{c.title}] {c.description}" for c in self.reply.choices]
        link = [f"{self.reply.link.label}: {self.reply.link.url}"] if self.reply.link else []
        return plain("\n".join([self.reply.text, *rows, *link, f"(state {self.step.state_name})"]))


def transcript(chat: Chat, lines: Sequence[str]) -> str:
    """For looking at by eye: what was said and answered."""
    shown: list[str] = []
    for line in lines:
        chat.say(line)
        shown += [f"> {line}", f"< {chat._shown_text()}", ""]
    return "\n".join(shown)
