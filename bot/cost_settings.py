"""What payments and messages cost a business by its own contracts. No channel and no payment page tells it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Costs(BaseModel):
    """Only the overview reads it: what a booking takes. Empty is not known, which is something else than 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payment_basis_points: Annotated[int, Field(ge=0, le=10_000)] | None = None
    """Of each payment, in hundredths of a percent: 290 is 2.9 %. Empty, like the next one: not known."""
    payment_fixed_minor: Annotated[int, Field(ge=0, le=10**9)] | None = None
    """And for each payment whatever its amount, in minor units: 30 is 0.30 USD, 100 is 0.100 KWD."""
    whatsapp_message_micros: Annotated[int, Field(ge=0, le=10**9)] | None = None
    """For each message that left, in millionths of a US dollar: 12500 is 0.0125 USD. Empty: not known."""
    sms_message_micros: Annotated[int, Field(ge=0, le=10**9)] | None = None
    """The same by SMS, with as many parts as your messages usually have. Empty: not known."""
