"""What a language model is asked and what it may come to, in values of our own. OpenAI and Anthropic behind them.

A call never raises for what goes wrong outside: refusal, cut-off answer, empty account, overload and time-out are
outcomes like any other, for the caller goes on without a model in every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

JsonObject = dict[str, Any]
Effort = Literal["low", "medium", "high"]


class LlmOutcome(StrEnum):
    """How a call ended. Stored with every call (db/llm.py)."""

    OK = "ok"
    """The whole answer, JSON as asked. Whether it makes sense is decided by who asked."""
    REFUSED = "refused"
    """The model declined."""
    TOO_LONG = "too_long"
    """The answer was cut off at its limit, or the question didn't fit."""
    FILTERED = "filtered"
    """A content filter held the answer back."""
    UNREADABLE = "unreadable"
    """Something came that is not JSON as asked."""
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    """The provider's own 5xx: overloaded or broken."""
    NO_QUOTA = "no_quota"
    """The account is empty or its billing is broken: permanent until a person acts."""
    UNAUTHORIZED = "unauthorized"
    """The key was refused."""
    MISCONFIGURED = "misconfigured"
    """An unknown model, or a request that the provider refuses: a setting or a fault of ours."""


TROUBLE = frozenset(
    {
        LlmOutcome.TIMED_OUT,
        LlmOutcome.UNREACHABLE,
        LlmOutcome.RATE_LIMITED,
        LlmOutcome.OVERLOADED,
        LlmOutcome.UNREADABLE,
    }
)
"""The provider is in trouble: after a few in a row it is left alone for a while."""

FOR_A_PERSON = frozenset({LlmOutcome.NO_QUOTA, LlmOutcome.UNAUTHORIZED, LlmOutcome.MISCONFIGURED})
"""Nothing gets better until somebody changes a setting or pays."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. The four input kinds don't overlap; reasoning is part of `output`."""

    fresh_input: int = 0
    """Neither read from nor written to a cache."""
    cached_input: int = 0
    cache_write: int = 0
    output: int = 0

    @property
    def input(self) -> int:
        return self.fresh_input + self.cached_input + self.cache_write


@dataclass(frozen=True, slots=True)
class LlmRequest:
    """One question with the shape of its answer.

    `instructions` is ours and the operator's and the same for many calls (providers cache it); `material` is
    data: what the customer wrote, fenced by whoever made it.
    """

    model: str
    instructions: str = field(repr=False)
    material: str = field(repr=False)
    schema_name: str
    """At most 64 of A-Z a-z 0-9 _ -."""
    schema: Mapping[str, Any] = field(repr=False)
    """JSON schema in the strict subset both providers take: every property required, nothing else allowed."""
    max_output_tokens: int = 500
    effort: Effort | None = None
    """How long a reasoning model may think; None: as the model does by itself."""


@dataclass(frozen=True, slots=True)
class LlmAnswer:
    """What became of a call. `data` is set exactly for OK."""

    outcome: LlmOutcome
    data: JsonObject | None = field(default=None, repr=False)
    usage: Usage = Usage()
    request_id: str = ""
    """The provider's own id, for its support."""
    detail: str = ""
    """For operators: plain words, no secret, no customer data."""


class LanguageModel(Protocol):
    """A provider with its key. `name` is `openai` or `anthropic`."""

    name: str

    async def complete(self, request: LlmRequest, *, limit: float) -> LlmAnswer:
        """One call, nothing repeated, at most `limit` seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Transcript:
    """What became of a voice note. `text` is set exactly for OK."""

    outcome: LlmOutcome
    text: str = field(default="", repr=False)
    usage: Usage = Usage()
    seconds: float = 0
    """Length of the note where the provider names it."""
    request_id: str = ""
    detail: str = ""


class Transcriber(Protocol):
    """Speech to text."""

    name: str

    async def transcribe(self, audio: bytes, *, mime_type: str, model: str, limit: float) -> Transcript:
        """One call, nothing repeated, at most `limit` seconds."""
        ...
