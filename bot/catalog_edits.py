"""What an operator's edits mean, given who has the last word on prices and durations. Pure.

Where the calendar is our own, edits hold. A booking system of others places the order at its own price, and the
double-check compares with that: a price of ours would only be corrected in front of every customer, so it is not
applied there (docs/decisions/0007-operator-edits.md). Room around a service may be added anywhere, never taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from providers.own_calendar.money import minor_units
from providers.registry import LOCAL_TERMS, TITLES


def terms_are_ours(provider: str | None) -> bool:
    """Whether nobody outside contradicts a price of ours. `provider`: the connected booking system, if any."""
    return provider is None or provider in LOCAL_TERMS


def price_in_force(source_minor: int, edited_minor: int | None, *, ours: bool) -> int:
    """Minor units."""
    return edited_minor if edited_minor is not None and ours else source_minor


def minutes_in_force(source: int, edited: int | None, *, ours: bool) -> int:
    """Elsewhere no less than the booking system itself needs, even if it needs more than when this was edited."""
    if edited is None:
        return source
    return edited if ours else max(source, edited)


def _called(provider: str | None) -> str:
    return TITLES.get(provider or "", "the booking system")


def objection_to_price(provider: str | None) -> str | None:
    """Why a price can't be edited, for an operator; None: it can."""
    if terms_are_ours(provider):
        return None
    return (
        f"prices are decided by {_called(provider)}: it places the order at its own price, so another one here would "
        "be corrected in front of every customer. Change the price there; the next sync brings it here"
    )


def objection_to_minutes(provider: str | None, source: int, edited: int) -> str | None:
    """Why a duration can't be edited so, for an operator; None: it can."""
    if terms_are_ours(provider) or edited >= source:
        return None
    return (
        f"{_called(provider)} takes {source} minutes for it; a longer time can be kept free, a shorter one would be "
        "refused there"
    )


def price_written(text: str, currency: str) -> int:
    """`12.500` to minor units. Raises ValueError, in an operator's words."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no price") from None
    if not amount.is_finite() or not 0 <= amount < 10**9:
        raise ValueError(f"{text!r} is no price")
    return minor_units(amount, currency)


def aliases_written(given: Iterable[str]) -> list[str]:
    """Lower-case, as the matcher compares them, each once."""
    return list(dict.fromkeys(alias for one in given if (alias := " ".join(one.casefold().split()))))
