"""How often one customer may come: what a business sets, and its sane defaults."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ChatLimits(BaseModel):
    """Bounds on one customer. Beyond them nothing is lost: he is told when it goes on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    messages_per_minute: int = Field(default=20, ge=5, le=600)
    """In one conversation. What comes over it is kept, and answered together when the minute is over."""
    escalations_per_hour: int = Field(default=3, ge=1, le=20)
    """How often he is handed to a person; then he hears that they know, and when he may ask again."""
