"""A chat that checks the laws of the talk at every turn, whatever the customer or the outside does.

Beyond what every `Chat` checks (nothing known is asked, no reply twice in a row, state survives its JSON, an
order only from the open summary):

SILENCE   after STOP nothing is said until START; while a person has the talk only results of the outside are
          (and HELP on SMS is answered).
YES       an order is exactly the summary that was shown last: its services, its people, its times, its total.
PRICES    every amount in a reply is a price of the catalog, a sum of the wish's or of those beside it, or one that
          the provider named.
TRUTH     "booked", "paid", "cancelled" follow only from an effect's answer.
ONCE      a wish is ordered once: not again while its order is under way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from uuid import UUID

from bot.catalog import Catalog, NeedQuery, NeedSource
from bot.flows import router
from bot.flows.contract import CustomerMessage, EffectAnswer, EffectKind, Event, Outcome, Step, WithHuman
from bot.flows.state import ItemWish, State, load
from bot.messages import Choice, Outbound, Surface
from bot.wording.words import LANGUAGES, Line, Words
from tests.chats import salon
from tests.chats.chat import Chat
from tests.chats.salon import ZONE

_AMOUNT = re.compile(r"(?<![\d.])(\d{1,4}\.\d{3})(?![\d.])")
"""An amount of a currency with three digits, as the demo's."""
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")
_PLACING = frozenset({EffectKind.PLACE_ORDER})
HUMAN_QUIET = 6
"""Turns after which a person hands the talk back."""


class NeedsByName:
    """Services for a need, by their names: what PostgreSQL's full text does from descriptions."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def find(self, query: NeedQuery) -> Sequence[UUID]:
        words = {word for group in query.groups for word in group}
        return [
            service.id
            for service in self.catalog.services.values()
            if any(word in " ".join(service.names.values()).lower() for word in words)
            and (query.location_id is None or query.location_id in service.location_ids)
        ]


class LawBroken(AssertionError):
    """Which law, and the turn that broke it."""


@dataclass
class LawfulChat(Chat):
    log: list[str] = field(default_factory=list)
    """What happened so far, to be read when a law breaks."""
    menus: list[Choice] = field(default_factory=list)
    """Every choice that was ever shown: old menus stay on the customer's phone."""
    quoted: set[int] = field(default_factory=set)
    """Prices that the provider named, minor units."""
    needs: NeedSource = field(default_factory=lambda: NeedsByName(salon.catalog()))
    with_human: int = 0
    """Turns since a person took the talk; 0: the bot has it."""

    def send(self, *events: Event) -> Outbound | None:
        before, opted_out = load(self.state), self.customer.opted_out
        last_text = self.replies[-1].text if self.replies else ""
        shown = list(self.shown)
        self.log += [_told(event) for event in events]
        for event in events:
            if isinstance(event, EffectAnswer):
                named = [int(one) for one in event.data.get("prices_minor", ())]
                self.quoted |= {*named, sum(named)}
        try:
            reply = super().send(*events)
        except AssertionError as broken:
            raise self._broken("CHAT", str(broken)) from broken
        done = self.step
        self.log.append(f"    {done.state_name}: {reply.text if reply else '(silence)'}")
        self.menus += reply.choices if reply else ()
        if done.conversation_status == "human":
            self.with_human += 1
        else:
            self.with_human = 0
        self._silence(events, reply, opted_out)
        self._once(before, done)
        self._yes(done, last_text, shown)
        if reply is not None:
            self._prices(reply, before, load(done.state))
            self._truth(events, before, reply)
        return reply

    def take_step(self, events: Sequence[Event]) -> Step:
        """As the engine does: while a person has the talk only the outside's answers are told."""
        answers = any(isinstance(event, EffectAnswer) for event in events)
        if 0 < self.with_human < HUMAN_QUIET and not answers:
            return router.step(self.state, events, replace(self.context(), human=WithHuman.YES))
        return super().take_step(events)

    def fork(self) -> LawfulChat:
        copy = super().fork()
        assert isinstance(copy, LawfulChat)
        copy.log, copy.menus, copy.quoted = list(self.log), list(self.menus), set(self.quoted)
        return copy

    def _broken(self, law: str, why: str) -> LawBroken:
        return LawBroken(f"{law}: {why}\n" + "\n".join(self.log[-24:]))

    def _silence(self, events: Sequence[Event], reply: Outbound | None, opted_out: bool) -> None:
        if reply is None or any(isinstance(event, EffectAnswer) for event in events):
            return
        if opted_out and self.step.consent is None:
            raise self._broken("SILENCE", "answered a customer who opted out")
        asked_help = self.surface is Surface.SMS and any(_is_help(event) for event in events)
        if 1 < self.with_human < HUMAN_QUIET and not (opted_out or asked_help) and self.step.consent is None:
            raise self._broken("SILENCE", "spoke while a person has the talk")

    def _once(self, before: State, done: Step) -> None:
        orders = [effect for effect in done.effects if effect.kind in _PLACING]
        under_way = {placed.intent_id for placed in before.placed if placed.outcome is None}
        again = done.new_booking is not None and done.new_booking.intent_id in under_way
        if len(orders) > 1 or (orders and again):
            raise self._broken("ONCE", "a second order for a wish whose order is under way")

    def _yes(self, done: Step, shown_text: str, shown: Sequence[Choice]) -> None:
        booking = done.new_booking
        if booking is None:
            return
        plain = _plain(shown_text)
        total = _money(booking.total_minor)
        if total not in plain:
            raise self._broken("YES", f"the summary did not show the total {total}")
        for item in booking.items:
            service = self.catalog.services[item.service_id]
            staff = self.catalog.staff[item.staff_id]
            if not any(name.lower() in plain for name in service.names.values()):
                raise self._broken("YES", f"the summary did not show {item.service_name}")
            if not any(name.lower() in plain for name in staff.names.values()):
                raise self._broken("YES", f"the summary did not show {item.staff_name}")
        wall = booking.items[0].starts_at.astimezone(self.settings.zone)
        if f"{wall.hour % 12 or 12}:{wall:%M}" not in plain:
            raise self._broken("YES", f"the summary did not show {wall:%H:%M}")
        if not any(choice.id.startswith("finalize:") for choice in shown):
            raise self._broken("YES", "there was no button to say yes with")

    def _prices(self, reply: Outbound, before: State, after: State) -> None:
        known = self._known_amounts(before, after)
        words = [reply.text, *(f"{c.title} {c.description}" for c in reply.choices)]
        said = [round(float(amount) * 1000) for amount in _AMOUNT.findall(_plain(" ".join(words)))]
        listed = [amount for amount in said if amount in known]
        for amount in said:
            if amount not in known and not _adds_up(amount, listed):
                raise self._broken("PRICES", f"{_money(amount)} is no price that anybody named")

    def _known_amounts(self, *states: State) -> set[int]:
        known = set(self.quoted)
        for service in self.catalog.services.values():
            known |= {service.price_minor, *(size.price_minor for size in service.sizes)}
        for state in states:
            for placed in state.placed:
                known |= {placed.total_minor, *(line.price_minor for line in placed.lines)}
            prices = [
                self._price(item) for item in state.wish.items if item.service_id in self.catalog.services
            ]
            for count in range(2, len(prices) + 1):
                known |= {sum(some) for some in combinations(prices, count)}
        return known

    def _price(self, item: ItemWish) -> int:
        service = self.catalog.services[item.service_id]
        if item.quoted_minor is not None:
            return item.quoted_minor
        sizes = {size.id: size.price_minor for size in service.sizes}
        return sizes.get(item.size_id, service.price_minor) if item.size_id else service.price_minor

    def _truth(self, events: Sequence[Event], before: State, reply: Outbound) -> None:
        outcomes = {event.outcome for event in events if isinstance(event, EffectAnswer)}
        placed = any(one.outcome is Outcome.ORDER_PLACED for one in before.placed)
        if _claims("booked", reply) and not placed and Outcome.ORDER_PLACED not in outcomes:
            raise self._broken("TRUTH", "said booked before anybody booked")
        paid = any(one.paid for one in before.placed)
        if _claims("paid_short", reply) and not paid and Outcome.PAYMENT_PAID not in outcomes:
            raise self._broken("TRUTH", "said paid before anybody paid")


def _claims(key: str, reply: Outbound) -> bool:
    """Whether the reply holds a sentence of this key, by its beginning."""
    return any(opening in reply.text for opening in _OPENINGS[key])


def _openings(key: str, *values: str) -> frozenset[str]:
    """The words of each variant, in each language, up to the first value."""
    mark = "\0"
    lines = [
        Words(language, ZONE, "KWD").say(Line(key, dict.fromkeys(values, mark)), variant)
        for language in LANGUAGES
        for variant in range(3)
    ]
    return frozenset(line.split(mark)[0] for line in lines)


_OPENINGS = {
    "booked": _openings("booked", "order", "code") | _openings("booked_code", "code"),
    "paid_short": _openings("paid_short", "amount"),
}


def _is_help(event: Event) -> bool:
    """The carriers want HELP and INFO answered on SMS, whoever has the talk."""
    return isinstance(event, CustomerMessage) and bool(
        re.match(r"\W*(help|info)\W*$", event.inbound.text, re.IGNORECASE)
    )


def _told(event: Event) -> str:
    if isinstance(event, EffectAnswer):
        return f"! {event.outcome.value}"
    if not isinstance(event, CustomerMessage):
        return f"* {event}"
    inbound = event.inbound
    return f"> {inbound.kind.value}: {inbound.choice_id or ''} {inbound.text}"


def _plain(text: str) -> str:
    """Lower case, Western digits, without marks of direction."""
    return re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text).translate(_DIGITS).lower()


def _adds_up(total: int, listed: Sequence[int]) -> bool:
    """Whether it is the sum of some of the prices that stand in the same reply."""
    some = [amount for amount in listed if amount < total][:12]
    return any(sum(part) == total for count in range(2, len(some) + 1) for part in combinations(some, count))


def _money(minor: int) -> str:
    return f"{minor / 1000:.3f}"
