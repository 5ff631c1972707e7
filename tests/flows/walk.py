"""Walks through everything a customer and the outside can do, from every kind of state reached.

Two states count as the same kind if the open question and what is filled are the same; each kind is
left by every action once. `Chat.send` checks the laws at every step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from bot.flows.contract import Outcome
from bot.flows.state import BotState, Purpose, State, load
from bot.messages import InboundKind
from tests.chats import salon
from tests.chats.chat import Chat

LINES = (
    "hi",
    "gel manicure",
    "a gel manicure at Plaza tomorrow at 2pm",
    "anyone",
    "Sara Test",
    "sara@example.com",
    "on arrival",
    "knet",
    "yes",
    "no",
    "back",
    "skip",
    "start over",
    "cancel",
    "change",
    "change the name",
    "actually Zahra",
    "on Sunday",
    "at 4pm",
    "how much is it?",
    "thanks",
    "human",
    "STOP",
    "START",
    "blah blah",
    "what time is my booking?",
    "cancel my booking",
    "move my booking to Sunday at 5pm",
    "K7PX2M sara@example.com",
    "the usual",
)
ORDER_ANSWERS = (
    Outcome.ORDER_PLACED,
    Outcome.ORDER_SLOT_TAKEN,
    Outcome.ORDER_PRICE_CHANGED,
    Outcome.ORDER_REFUSED,
    Outcome.ORDER_UNAVAILABLE,
    Outcome.ORDER_UNKNOWN,
)
PAYMENT_ANSWERS = (Outcome.PAYMENT_PAID, Outcome.PAYMENT_EXPIRED)
OTHER_INPUTS = (
    InboundKind.VOICE,
    InboundKind.MEDIA,
    InboundKind.STICKER,
    InboundKind.REACTION,
    InboundKind.CONTACTS,
    InboundKind.ORDER,
    InboundKind.SYSTEM,
    InboundKind.UNSUPPORTED,
)
OLD_MENU = f"svc:{salon.uid('Gel Pedicure')}@0"
"""A tap on a list of long ago."""
CANCELLATION_ANSWERS = (Outcome.ORDER_CANCELLED, Outcome.CANCEL_FAILED, Outcome.CANCEL_REFUSED)
MOVE_ANSWERS = (
    Outcome.ORDER_CHANGED,
    Outcome.CHANGE_SLOT_TAKEN,
    Outcome.CHANGE_PRICE_CHANGED,
    Outcome.CHANGE_REFUSED,
    Outcome.CHANGE_PENDING,
)
MAX_KINDS = 400


def kind(state: State, chat: Chat) -> tuple[object, ...]:
    wish = state.wish
    latest = state.latest()
    return (
        state.name,
        state.editing,
        wish.location_id is not None,
        min(len(wish.items), 1),
        bool(wish.plan),
        bool(wish.name),
        wish.payment_type_id is not None,
        latest.outcome if latest else "-",
        chat.customer.opted_out,
        state.managing.purpose if state.managing else "-",
        wish.moves is not None,
    )


def moves(chat: Chat) -> Iterator[tuple[str, Chat]]:
    """Every action from here, each on a copy of the chat."""
    state = load(chat.state)
    for line in LINES:
        copy = chat.fork()
        copy.say(line)
        yield line, copy
    for choice in [*chat.shown[:2], *chat.shown[2:][-1:]]:
        copy = chat.fork()
        copy.tap_id(choice.id, choice.title)
        yield f"tap {choice.title}", copy
    for other in OTHER_INPUTS:
        copy = chat.fork()
        copy.send(copy.inbound(kind=other))
        yield f"sends {other.value}", copy
    copy = chat.fork()
    copy.pin(29.4, 48.0)
    yield "sends a pin", copy
    copy = chat.fork()
    copy.tap_id(OLD_MENU, "Gel Pedicure")
    yield "taps an old list", copy
    if state.name is BotState.CHANGING and state.managing is not None:
        moving = state.managing.purpose is Purpose.MOVE
        for outcome in MOVE_ANSWERS if moving else CANCELLATION_ANSWERS:
            copy = chat.fork()
            copy.managed(outcome, state.managing.booking_id, **({"prices_minor": [13_000]} if moving else {}))
            yield outcome.value, copy
    latest = state.latest()
    if latest is None:
        return
    if latest.outcome is None:
        for outcome in ORDER_ANSWERS:
            yield outcome.value, answered(chat, outcome)
    elif latest.payment_url and not latest.paid:
        for outcome in PAYMENT_ANSWERS:
            yield outcome.value, answered(chat, outcome)


def answered(chat: Chat, outcome: Outcome) -> Chat:
    copy = chat.fork()
    latest = load(copy.state).latest()
    assert latest is not None
    if outcome is Outcome.ORDER_PLACED:
        copy.answer(
            outcome,
            latest.booking_id,
            order_id="1017",
            confirmation_code="K7PX2M",
            payment_url="https://pay.example.com/1017" if latest.pays_online else None,
        )
    elif outcome is Outcome.ORDER_PRICE_CHANGED:
        copy.answer(outcome, latest.booking_id, prices_minor=[one.price_minor + 500 for one in latest.lines])
    else:
        copy.answer(outcome, latest.booking_id)
    return copy


def starts() -> list[Chat]:
    """A fresh talk, and one with an order under way."""
    ordering = Chat()
    ordering.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test, knet please")
    ordering.say("yes")
    choosing = Chat()
    choosing.say("gel manicure tomorrow at 2 at Plaza with Dana, I'm Sara Test")
    return [Chat(), ordering, choosing, twice_booked(), *changing()]


def twice_booked() -> Chat:
    """A customer with two bookings to come."""
    chat = Chat()
    for line in (
        "gel manicure tomorrow at 2 at Plaza with Dana",
        "classic pedicure at Zahra on Sunday 4pm with Hala",
    ):
        chat.say(f"another booking: {line}, I'm Sara Test, on arrival please")
        chat.say("yes")
        chat.placed()
    return chat


def changing() -> list[Chat]:
    """A cancellation and a move that are under way."""
    chats = []
    for line in ("cancel my Sunday appointment", "move my Sunday appointment to Monday 5pm"):
        chat = twice_booked()
        chat.say(line)
        chat.say("yes")
        chats.append(chat)
    return chats


def explore(
    max_kinds: int = MAX_KINDS,
    begin: Callable[[], list[Chat]] = starts,
    visit: Callable[[Chat], None] = lambda chat: None,
) -> tuple[dict[tuple[BotState, BotState], set[str]], int]:
    """Transitions seen (with what led there), and how many kinds of state were reached.

    `visit` sees a talk of every kind once, before anything is done from there.
    """
    edges: dict[tuple[BotState, BotState], set[str]] = {}
    queue = deque(begin())
    seen = {kind(load(chat.state), chat) for chat in queue}
    while queue and len(seen) < max_kinds:
        chat = queue.popleft()
        visit(chat)
        here = load(chat.state).name
        for action, after in moves(chat):
            state = load(after.state)
            edges.setdefault((here, state.name), set()).add(action)
            if kind(state, after) not in seen:
                seen.add(kind(state, after))
                queue.append(after)
    return edges, len(seen)
