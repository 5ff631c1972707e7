"""Prices as written by people to minor units. Pure."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import get_currency_precision


def minor_units(amount: Decimal, currency: str) -> int:
    """12.500 KWD -> 12500. Raises ValueError for a fraction below the currency's smallest unit."""
    digits = get_currency_precision(currency)
    shifted = amount.scaleb(digits)
    if shifted != shifted.to_integral_value():
        raise ValueError(f"{currency} has {digits} decimals, {amount} has more")
    return int(shifted)
