"""The payment slot: one of the provider's payment types. No card data, ever."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bot.flows.slots.contact import email_hint
from bot.flows.state import BotState
from bot.flows.talk import Question, Talk
from bot.understanding.contract import Match
from bot.wording.words import Line
from bot.workspace import FormField, SlotKind


def take(talk: Talk, payment_type_id: UUID) -> None:
    talk.wish.payment_type_id = payment_type_id
    talk.touch(SlotKind.PAYMENT)


def hear(talk: Talk, matches: Sequence[Match]) -> None:
    ids = list(dict.fromkeys(match.id for match in matches))
    if len(ids) == 1:
        take(talk, ids[0])
    elif ids:
        talk.heard = True


def missing(talk: Talk, fields: tuple[FormField, ...]) -> Question | None:
    """Asked only where there is a choice."""
    types = talk.catalog.payment_types
    editing = talk.state.editing is SlotKind.PAYMENT
    if not types or (talk.payment() is not None and not editing):
        return None
    names = [talk.called(one) for one in types]
    return Question(
        state=BotState.ASK_PAYMENT,
        slot=SlotKind.PAYMENT,
        lines=(
            Line("ask_payment", {"options": talk.words.joined(names, last="or")}),
            *email_hint(talk, fields),
        ),
        choices=tuple(talk.option("pay", one.id, talk.called(one)) for one in types),
        label="label_payment",
    )
