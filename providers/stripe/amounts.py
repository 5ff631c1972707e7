"""Stripe's smallest units against ours."""

from __future__ import annotations

from providers.outcome import CallFailure, Disposition

THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Counted in thousandths, as we do, but only in tens of them."""


def stripe_amount(amount_minor: int, currency: str) -> int:
    """Raises CallFailure (PERMANENT) for an amount that can't be paid there; it is never rounded."""
    if amount_minor <= 0:
        raise CallFailure(Disposition.PERMANENT, "amount_not_payable", "the amount is not above zero")
    if currency in THREE_DECIMALS and amount_minor % 10:
        raise CallFailure(
            Disposition.PERMANENT,
            "amount_not_payable",
            f"{currency} can only be charged in steps of ten thousandths",
        )
    return amount_minor
