"""The payment slot: one of the provider's payment types. No card data, ever.

Where there are several, they stand under the summary: choosing one is the yes to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from bot.catalog import PaymentType
from bot.flows.talk import Talk
from bot.understanding.contract import Match
from bot.understanding.normalize import fold
from bot.workspace import FormField, SlotKind

_MORE = re.compile(
    r"\d|\b(?:but|however|instead|except|unless|if|when|wait|change|without|also|add|later|not|don'?t|no)\b"
    rf"|(?<!\w)(?:{fold('لكن')}|{fold('بس')}|{fold('بدل')}|{fold('بدون')}|{fold('اذا')}|{fold('غير')}|{fold('مو')})(?!\w)"
)


def take(talk: Talk, payment_type_id: UUID) -> None:
    talk.wish.payment_type_id = payment_type_id
    talk.touch(SlotKind.PAYMENT)


def settle(talk: Talk, payment_type_id: UUID) -> None:
    """The choice under a summary that left it open: the yes to that summary, unless more is said."""
    take(talk, payment_type_id)
    talk.yes = talk.paid_yes = True


def hear(talk: Talk, matches: Sequence[Match], text: str, *, asking: bool = False) -> None:
    """`asking`: the line asks something ("can I pay by card?"), which is no yes to anything.

    Neither is a line with a condition or a figure in it ("knet, but at 5"), even if nobody understood the rest.
    """
    ids = list(dict.fromkeys(match.id for match in matches))
    if len(ids) == 1:
        plain = not asking and "?" not in text and "؟" not in text and not _MORE.search(fold(text))
        (settle if talk.state.pay_open and plain else take)(talk, ids[0])
    elif ids:
        talk.heard = True


def open_types(talk: Talk, fields: Sequence[FormField]) -> tuple[PaymentType, ...]:
    """What there is to choose from; empty: settled, or nobody asks."""
    if talk.payment() is not None or all(one.kind is not SlotKind.PAYMENT for one in fields):
        return ()
    return talk.catalog.payment_types
