"""How long a business keeps what: days per kind of data. Deleted by the schedule (db/schedules.py RETENTION)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Days = Annotated[int, Field(ge=1, le=3650)]


class Retention(BaseModel):
    """Days after a talk was closed, but where it says otherwise. What is open is never deleted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payloads: Days = 30
    """What channels and providers sent and were sent, word for word."""
    traces: Days = 90
    """Why the bot said what it said."""
    conversations: Days = 365
    """Everything that was said, leads, hand-offs, and customers who have nothing else here."""
    bookings: Days = 1095
    """After the visit. A talk whose bookings are kept for longer is emptied, and goes with the last of them."""
    llm_calls: Days = 365
    """Figures of language models, after the call."""
    errors: Days = 90
    """Operators' errors, after they were settled."""
    sync_runs: Days = 90
    """After the run."""
    audit: Days = 730
    """Who did what in the console and by commands, after it was done."""
    reports: Days = 90
    """What booking pages and payment providers reported that is of no hand-off and no payment, after it came."""

    @model_validator(mode="after")
    def _in_order(self) -> Retention:
        if self.bookings < self.conversations:
            raise ValueError(
                "bookings can't be kept for a shorter time than the conversations they were made in"
            )
        return self
