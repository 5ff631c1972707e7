"""A thumb under an answer, one to five stars for a talk: from a page or a program."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from bot.stored_inbound import mask_cards
from bot.web.api import ApiAnswer, ApiInput, not_found
from bot.web.chat.desk import Seat
from db import chat, feedback
from db.tx import Pool, tx

PER_MINUTE = 30
"""Of one seat: thumbs are quickly changed."""


class Opinion(ApiInput):
    """At least a thumb or a rating. The last word counts."""

    seq: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """The message it is about; without one it is about the whole talk."""
    thumb: Literal["up", "down"] | None = None
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: Annotated[str, Field(max_length=1000)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Opinion:
        if self.thumb is None and self.rating is None:
            raise ValueError("give a thumb or a rating")
        return self


class OpinionKept(ApiAnswer):
    kept: Literal[True] = True
    conversation_id: UUID


async def keep_opinion(pool: Pool, seat: Seat, opinion: Opinion, *, source: str) -> OpinionKept:
    """Raises ApiError 404: there is no such message of ours, or no talk yet."""
    async with tx(pool, seat.workspace_id) as transaction:
        talks = await chat.talks(transaction, seat.address, seat.account_id)
        if not talks:
            raise not_found("talk to rate yet")
        talk, seq = talks[-1], 0
        if opinion.seq is not None:
            talk = next((one for one in reversed(talks) if one.before < opinion.seq), talks[0])
            seq = opinion.seq - talk.before
            if not await feedback.is_ours(transaction, talk.id, seq):
                raise not_found("such message of ours")
        await feedback.keep(
            transaction,
            talk.id,
            message_seq=seq,
            thumb=opinion.thumb,
            rating=opinion.rating,
            comment=mask_cards(opinion.comment.strip()) if opinion.comment else None,
            source=source,
        )
    return OpinionKept(conversation_id=talk.id)
