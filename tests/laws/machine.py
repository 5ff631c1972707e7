"""Anything may happen in any order: what a customer writes and taps, what the outside answers and changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.flows.contract import Outcome
from bot.flows.state import load
from bot.messages import Choice, InboundKind, Surface
from tests.chats import salon
from tests.flows.walk import ORDER_ANSWERS, PAYMENT_ANSWERS, answered
from tests.laws.customer import gets_booked
from tests.laws.lawful import LawfulChat, NeedsByName
from tests.laws.talking import lines

OTHER_KINDS = (
    InboundKind.VOICE,
    InboundKind.MEDIA,
    InboundKind.STICKER,
    InboundKind.REACTION,
    InboundKind.CONTACTS,
    InboundKind.ORDER,
    InboundKind.SYSTEM,
    InboundKind.UNSUPPORTED,
)
_DECIDED = frozenset({Outcome.ORDER_PLACED, Outcome.ORDER_REFUSED})
_AFTER = {
    None: frozenset(ORDER_ANSWERS),
    Outcome.ORDER_UNKNOWN: _DECIDED | {Outcome.ORDER_UNKNOWN},
    Outcome.ORDER_UNAVAILABLE: _DECIDED | {Outcome.ORDER_UNAVAILABLE},
    Outcome.ORDER_PLACED: frozenset({Outcome.ORDER_PLACED, *PAYMENT_ANSWERS}),
}
"""What may follow which answer of one order; after the others only the same once more."""


class Talks(RuleBasedStateMachine):
    """One conversation. `LawfulChat` checks every turn; at the end a willing customer must still get booked."""

    @initialize(surface=st.sampled_from(Surface), phone=st.booleans(), languages=st.booleans())
    def opens(self, surface: Surface, phone: bool, languages: bool) -> None:
        settings = salon.settings(languages=("en", "ar") if languages else ("en",))
        self.chat = LawfulChat(surface=surface, settings=settings)
        if not phone and surface is not Surface.SMS:
            self.chat.customer = replace(self.chat.customer, phone=None)

    @rule(line=lines)
    def says(self, line: str) -> None:
        self.chat.say(line)

    @rule(burst=st.lists(lines, min_size=2, max_size=3))
    def says_several_at_once(self, burst: list[str]) -> None:
        self.chat.say(*burst)

    @precondition(lambda self: self.chat.shown)
    @rule(pick=st.integers(0, 9))
    def taps(self, pick: int) -> None:
        self._tap(self.chat.shown[pick % len(self.chat.shown)])

    @precondition(lambda self: self.chat.menus)
    @rule(pick=st.integers(0, 200))
    def taps_an_old_menu(self, pick: int) -> None:
        self._tap(self.chat.menus[pick % len(self.chat.menus)])

    @rule(choice=st.text(max_size=30))
    def taps_what_nobody_offered(self, choice: str) -> None:
        self.chat.tap_id(choice, "?")

    @precondition(lambda self: any(c.id.startswith("finalize:") for c in self.chat.shown))
    @rule()
    def taps_yes(self) -> None:
        self._tap(next(c for c in self.chat.shown if c.id.startswith("finalize:")))

    @rule(kind=st.sampled_from(OTHER_KINDS))
    def sends_something_else(self, kind: InboundKind) -> None:
        self.chat.send(self.chat.inbound(kind=kind))

    @rule(east=st.floats(-180, 180), north=st.floats(-90, 90))
    def sends_a_pin(self, east: float, north: float) -> None:
        self.chat.pin(north, east)

    @precondition(lambda self: load(self.chat.state).latest() is not None)
    @rule(outcome=st.sampled_from((*ORDER_ANSWERS, *PAYMENT_ANSWERS)))
    def the_outside_answers(self, outcome: Outcome) -> None:
        """Late, twice, or decided by an operator: whatever delivery at least once may bring."""
        latest = load(self.chat.state).latest()
        assert latest is not None
        if outcome in _AFTER.get(latest.outcome, {latest.outcome}):
            after = answered(self.chat, outcome)
            assert isinstance(after, LawfulChat)
            self.chat = after

    @rule(minutes=st.sampled_from((1, 30, 60 * 5, 60 * 26, 60 * 24 * 20)))
    def time_passes(self, minutes: int) -> None:
        self.chat.now += timedelta(minutes=minutes)

    @precondition(lambda self: bool(load(self.chat.state).wish.plan))
    @rule()
    def somebody_else_takes_the_time(self) -> None:
        assert self.chat.diary is not None
        for part in load(self.chat.state).wish.plan:
            self.chat.diary.taken.add((part.staff_id, part.starts_at))

    @rule(raised=st.sampled_from((500, 1_000)), which=st.integers(0, len(salon.SERVICES) - 1))
    def a_price_changes(self, raised: int, which: int) -> None:
        service = salon.SERVICES[which]
        known = self.chat.catalog.services.get(service.id)
        if known is not None:
            self.chat.quoted.add(known.price_minor)
            changed = replace(known, price_minor=known.price_minor + raised)
            self._catalog(lambda services: {**services, known.id: changed})

    @rule(which=st.integers(1, len(salon.SERVICES) - 1))
    def a_service_goes(self, which: int) -> None:
        gone = salon.SERVICES[which].id
        self._catalog(lambda services: {key: one for key, one in services.items() if key != gone})

    def teardown(self) -> None:
        if hasattr(self, "chat"):
            gets_booked(self.chat)

    def _tap(self, choice: Choice) -> None:
        self.chat.tap_id(choice.id, choice.title)

    def _catalog(self, change: Callable[[Any], Any]) -> None:
        catalog = self.chat.catalog
        self.chat.catalog = replace(catalog, services=change(catalog.services), version=catalog.version + 1)
        assert self.chat.diary is not None
        self.chat.diary.catalog = self.chat.catalog
        self.chat.needs = NeedsByName(self.chat.catalog)
