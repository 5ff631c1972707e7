"""Counts what a plain booking costs: bot messages from the first line that names service, day and place up to and
including the result. A later "paid" is not counted (design: messages cost money on WhatsApp).

    python -m tests.chats.messages        writes reports/messages.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from statistics import median

from bot.flows.contract import Customer
from bot.flows.state import BotState, load
from bot.messages import Surface
from tests.chats import salon
from tests.chats.chat import Chat

PATH = Path(__file__).parents[2] / "reports" / "messages.md"
GOAL = 4
EXAMPLE = "One of them, as it was when this was written:"
STUCK = 12
"""Customer lines after which a talk that isn't booked is given up."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A first line, and whether it leaves anything of the wish open."""

    words: str
    language: str
    says: str


OPENINGS = (
    Opening("gel manicure tomorrow at 2pm at Plaza", "en", "time"),
    Opening("gel manicure at Plaza tomorrow", "en", "day"),
    Opening("Hi, I'd like a classic pedicure at Zahra on Sunday afternoon please", "en", "part of a day"),
    Opening("can I get a gel manicure at Plaza tomorrow at 2 with Dana?", "en", "time and person"),
    Opening("back massage at Marina on Monday at 4, anyone is fine", "en", "time and anyone"),
    Opening("hair cut for short hair tomorrow at 4pm at Plaza", "en", "size and time"),
    Opening("gel pedicure at Plaza this weekend", "en", "two days"),
    Opening("ابي مانيكير جل في بلازا بكرا الساعة 2", "ar", "time"),
    Opening("ممكن موعد مانيكير كلاسيك في الزهراء يوم الاحد العصر", "ar", "part of a day"),
    Opening("حجز بديكير جل بكرا في بلازا مع أي أحد", "ar", "day and anyone"),
)
CUSTOMERS = {
    (Surface.WHATSAPP, "profile name"): Customer(
        salon.uid("w"), name="Sara", name_is_profile=True, phone="+96550000123"
    ),
    (Surface.WHATSAPP, "no name in the profile"): Customer(
        salon.uid("w"), name="🌸", name_is_profile=True, phone="+96550000123"
    ),
    (Surface.WHATSAPP, "user name, no number"): Customer(salon.uid("w"), name="Sara", name_is_profile=True),
    (Surface.WHATSAPP, "known from before"): Customer(
        salon.uid("w"), name="Sara Test", phone="+96550000123", email="sara@example.com"
    ),
    (Surface.SMS, "a number alone"): Customer(salon.uid("s"), phone="+96550000123"),
    (Surface.SMS, "known from before"): Customer(salon.uid("s"), name="Sara Test", phone="+96550000123"),
    (Surface.WEB, "nobody known"): Customer(salon.uid("b")),
    (Surface.WEB, "known from before"): Customer(salon.uid("b"), name="Sara Test", phone="+96550000123"),
}
PAYMENTS = {"one": (salon.ON_ARRIVAL,), "two": (salon.ON_ARRIVAL, salon.KNET)}
ANSWERS = {
    BotState.ASK_NAME: "Sara Test, 50000123",
    BotState.ASK_PHONE: "+965 5000 0123",
    BotState.ASK_EMAIL: "sara@example.com",
}


@dataclass(frozen=True, slots=True)
class Plain:
    """One plain booking as it went."""

    surface: Surface
    known: str
    opening: Opening
    payments: str
    messages: int
    talk: str


def plain_bookings() -> Iterator[Plain]:
    """Every opening by every kind of customer, with one and with several ways to pay."""
    for (surface, known), opening, payments in product(CUSTOMERS, OPENINGS, PAYMENTS):
        chat = Chat(
            catalog=salon.catalog(payment_types=PAYMENTS[payments]),
            settings=salon.settings(languages=("en", "ar")),
            customer=replace(CUSTOMERS[surface, known]),
            surface=surface,
        )
        talk = book(chat, opening.words)
        yield Plain(surface, known, opening, payments, len(chat.replies), "\n".join(talk))


def book(chat: Chat, opening: str) -> list[str]:
    """The talk up to the result, taking what is offered first. Raises AssertionError if it leads nowhere."""
    talk: list[str] = []

    def note(said: str) -> None:
        reply = chat.reply
        rows = [f"  [{choice.title}] {choice.description}" for choice in reply.choices] if reply else []
        talk.extend([f"> {said}", *(f"< {chat.text}".splitlines() if reply else []), *rows])

    chat.say(opening)
    note(opening)
    for _ in range(STUCK):
        state = load(chat.state).name
        if state is BotState.PLACING:
            chat.placed()
            note("(the order is placed)")
            return talk
        wanted = next((one for one in chat.shown if not one.id.startswith(("more", "change", "human"))), None)
        if state in ANSWERS:
            chat.say(ANSWERS[state])
            note(ANSWERS[state])
        elif wanted is not None:
            chat.tap_id(wanted.id, wanted.title)
            note(wanted.title)
        else:
            break
    raise AssertionError("\n".join(talk))


def report(talks: list[Plain]) -> str:
    lines = [
        "# Messages per plain booking",
        "",
        "Bot messages from the first line that names service, day and place up to and including the result;",
        f"the goal is at most {GOAL}. Written by `python -m tests.chats.messages` from {len(talks)} talks with the",
        "real flows (every first line below, by every kind of customer, with one and with two ways to pay); a test",
        "keeps it true.",
        "",
        "| channel | what is known | talks | median | most |",
        "|---|---|---|---|---|",
    ]
    for surface, known in CUSTOMERS:
        counts = [one.messages for one in talks if (one.surface, one.known) == (surface, known)]
        lines.append(f"| {surface} | {known} | {len(counts)} | {median(counts):g} | {max(counts)} |")
    counts = [one.messages for one in talks]
    lines += [f"| all | | {len(counts)} | {median(counts):g} | {max(counts)} |", ""]
    lines += ["| first line | says | median | most |", "|---|---|---|---|"]
    for opening in OPENINGS:
        counts = [one.messages for one in talks if one.opening == opening]
        lines.append(f"| {opening.words} | {opening.says} | {median(counts):g} | {max(counts)} |")
    typical = next(one for one in talks if one.payments == "two")
    return "\n".join([*lines, "", EXAMPLE, "", "```", typical.talk, "```", ""])


if __name__ == "__main__":
    PATH.write_text(report(list(plain_bookings())), encoding="utf-8")
