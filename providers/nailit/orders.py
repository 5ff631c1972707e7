"""What an order's answer proves. Pure. See docs/reliability.md: only a real order number is "booked"."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from providers.http import plain_words
from providers.nailit.answers import OrderAnswer
from providers.nailit.client import SERVICES_NOT_AVAILABLE, refusal
from providers.outcome import CallFailure, Disposition, SlotTaken

_TAKEN = re.compile(
    r"\b(?:slots?|times?|time ?frames?|appointments?)\b.*\b(?:taken|booked|reserved|available)\b"
)
_NOT_THE_TIME = re.compile(
    r"mobile|phone|date|staff|specialist|location|branch|item|format|consecutive|same frame"
)


def accepted_order(answer: OrderAnswer, call: str) -> int:
    """The order number (> 0) of an answer that placed an order.

    Status 1 with a number counts: it was seen on orders that stand. Raises `SlotTaken`; `CallFailure`
    PERMANENT or OPERATOR for a refusal; `UnclearRefusal` for a 102 that may or may not mean the time;
    UNKNOWN for whatever else isn't a plain no: success without a number, or a number under a refusal.
    """
    placed = answer.order_id > 0
    if answer.status in (0, 1, None) and placed:
        return answer.order_id
    if answer.status in (0, 1, None) or placed:
        said = plain_words(answer.message)
        raise CallFailure(
            Disposition.UNKNOWN,
            "unclear_order",
            f"{call}: Status {answer.status}, "
            f"{'an' if placed else 'no'} order number{': ' + said if said else ''}",
        )
    if answer.status == SERVICES_NOT_AVAILABLE:
        raise _not_available(answer, call)
    raise refusal(call, answer.status, answer.message)


class UnclearRefusal(CallFailure):
    """Refused with 102 and without words that say clearly why. Nothing was placed."""


def _not_available(answer: OrderAnswer, call: str) -> CallFailure:
    """102 stands for a taken slot, a wrong person, place or date format, and a bad mobile alike."""
    known = refusal(call, SERVICES_NOT_AVAILABLE, answer.message)
    words = answer.message.casefold()
    taken, other = _TAKEN.search(words) is not None, _NOT_THE_TIME.search(words) is not None
    if taken == other:
        return UnclearRefusal(Disposition.PERMANENT, known.code, known.detail)
    return SlotTaken(known.code, known.detail) if taken else known


def payment_url(answer: OrderAnswer, base_url: str) -> str:
    """Where the customer pays this order: the answer's own link, else the vendor's payment page.

    Only for an order that has its number; ValueError otherwise, because a link before an order is a trap.
    """
    if answer.order_id <= 0:
        raise ValueError("no payment link without an order number")
    link = urlsplit(answer.payment_link)
    if link.scheme in {"http", "https"} and link.hostname and not link.username:
        return answer.payment_link
    return f"{base_url}/knet.aspx?orderId={answer.order_id}"
