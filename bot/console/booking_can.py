"""What a person may do with a booking as it stands, and why not where he may not. Pure; asked when the page is shown
and again when he acts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.flows.history import KnownBooking
from bot.mail_settings import is_mail_address
from providers.contract import Capabilities

_CHANGING = frozenset({"cancel_booking", "move_booking"})


@dataclass(frozen=True, slots=True)
class Can:
    """cancel_there: its system takes no cancellation from outside; a person does it there and says so.

    why: sentences about what can't be done.
    """

    cancel: bool = False
    cancel_there: bool = False
    move: bool = False
    chat: bool = False
    mail: bool = False
    end: bool = False
    why: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        return self.cancel or self.cancel_there or self.move or self.chat or self.mail or self.end


def may(
    booking: KnownBooking,
    *,
    status: str,
    now: datetime,
    waiting: Sequence[str],
    system: Capabilities | None,
    mails: bool,
) -> Can:
    """status: of the booking's row. waiting: acts that no turn has taken yet (bot.flows.contract.Act).

    system: what its booking system can; None: nobody knows, the call itself will tell. mails: any are sent at all.
    """
    if status != "confirmed":
        return Can(why=_over(booking, status))
    if _CHANGING & set(waiting):
        return Can(why=("Somebody has just asked for a change; it is on its way.",))
    if booking.under_way is not None:
        what = "cancellation" if booking.under_way == "cancel" else "move"
        return Can(why=(f"Its {what} is under way. If it waits for a person, it stands under Errors.",))
    mail = mails and is_mail_address(booking.customer_email)
    if booking.starts_at <= now:
        return Can(end=True, chat=booking.ends_at > now, mail=mail)
    if not booking.order_id:
        return Can(
            chat=True, mail=mail, why=("It has no order in a booking system; nothing can be asked there.",)
        )
    by_hand = system is not None and not system.cancel_order
    movable = _movable(booking, system)
    why = []
    if by_hand:
        why.append(
            f"The booking system takes no cancellation from here. Cancel order {booking.order_id} there, then say so."
        )
    if not movable:
        why.append(
            "It is paid, and a new order would have to be paid again: move it in the booking system."
            if booking.has_paid and not by_hand
            else "The booking system can't move an order by itself: cancel it, or move it there."
        )
    return Can(cancel=not by_hand, cancel_there=by_hand, move=movable, chat=True, mail=mail, why=tuple(why))


def _movable(booking: KnownBooking, system: Capabilities | None) -> bool:
    if system is None or system.change_order:
        return True
    return system.cancel_order and not booking.has_paid


def _over(booking: KnownBooking, status: str) -> tuple[str, ...]:
    match status:
        case "held":
            return ("The customer is just looking at its summary; the time is kept for a few minutes.",)
        case "pending_provider" if booking.needs_operator:
            return ("Nobody knows yet what became of its order: decide under Errors.",)
        case "pending_provider":
            return ("Its order is under way.",)
    return ()
