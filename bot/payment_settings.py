"""What a business sets about payment links of its own. Whether one is wanted is decided here and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.booking_urls import url_problem

THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Counted in thousandths; cards are charged in tens of them."""

SHORTEST_LINK = timedelta(minutes=45)
"""Stripe allows 30 minutes to 24 hours; less than this leaves no room for a retry, and hardly any to pay in."""


class PaymentProvider(StrEnum):
    NONE = "none"
    STRIPE = "stripe"
    """Hosted Stripe Checkout: a page per booking, and its payments are noticed."""
    STATIC = "static"
    """One address of the business's own for everybody: who paid there, an operator says."""


def _safe_url(value: str) -> str:
    if value and (problem := url_problem(value)) is not None:
        raise ValueError(f"the payment URL {problem}")
    return value.strip()


class PaymentSettings(BaseModel):
    """Links for bookings in the own calendar, made after the booking is confirmed (docs/payments.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: PaymentProvider = PaymentProvider.NONE
    url: Annotated[str, Field(max_length=2048), AfterValidator(_safe_url)] = ""
    """Of a static link: https on a real host."""
    live: bool = False
    """False: test payments only; a test payment never pays for a booking of a live business, nor the other way."""
    amount: Literal["full", "deposit"] = "full"
    deposit_minor: Annotated[int, Field(gt=0, le=10**12)] | None = None
    """In minor units of `deposit_currency`; for a smaller booking its whole price."""
    deposit_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """Of the booking's price, rounded up to what can be charged."""
    deposit_currency: str = ""
    """Empty: the business's. Never another one."""
    link_minutes: int = Field(default=24 * 60 - 1, ge=45, lt=24 * 60)
    """How long a link can be paid, and never longer than until the visit begins."""

    @model_validator(mode="after")
    def _consistent(self) -> PaymentSettings:
        given = [one for one in (self.deposit_minor, self.deposit_percent) if one is not None]
        if self.amount == "deposit" and len(given) != 1:
            raise ValueError("a deposit needs deposit_minor or deposit_percent, one of them")
        if self.amount == "full" and given:
            raise ValueError("deposit_minor and deposit_percent belong to amount: deposit")
        if self.provider is PaymentProvider.STATIC and not self.url:
            raise ValueError("a static payment link needs its url")
        if self.provider is not PaymentProvider.STATIC and self.url:
            raise ValueError("url belongs to provider: static")
        return self

    @property
    def wanted(self) -> bool:
        return self.provider is not PaymentProvider.NONE

    def problem_in(self, *, booking_mode: str, currency: str) -> str | None:
        """Why a business of this kind can't have these settings; None: it can."""
        if not self.wanted:
            return None
        if booking_mode != "internal":
            return f"payment.provider must be none where booking_mode is {booking_mode}: the money is taken there"
        if self.deposit_currency and self.deposit_currency != currency:
            return f"the deposit is in {self.deposit_currency}, the business in {currency}"
        if self.deposit_minor is not None and currency in THREE_DECIMALS and self.deposit_minor % 10:
            return f"{currency} is charged in steps of ten: the last digit of deposit_minor must be 0"
        return None

    def link_until(self, *, now: datetime, starts_at: datetime) -> datetime | None:
        """When a link that is made now ends: with its visit's beginning at the latest, for then it is paid at the
        place. None: so soon that there is to be none.
        """
        if starts_at - now < SHORTEST_LINK:
            return None
        if self.provider is PaymentProvider.STATIC:
            return starts_at
        return min(now + timedelta(minutes=self.link_minutes), starts_at)

    def due(self, total_minor: int, currency: str) -> tuple[int, Literal["full", "deposit"]]:
        """What a booking's link asks for, in minor units, and whether that is all of it. 0: nothing."""
        if self.amount == "full" or total_minor <= 0:
            return max(total_minor, 0), "full"
        if self.deposit_minor is not None:
            part = self.deposit_minor
        else:
            step = 10 if currency in THREE_DECIMALS else 1
            part = -(-total_minor * (self.deposit_percent or 0) // (100 * step)) * step
        return (part, "deposit") if part < total_minor else (total_minor, "full")
