"""Planned misbehaviour: which call of which provider goes wrong, how, and how often.

A fault hits by probability (from a seeded generator, so a run can be repeated), for the next n calls,
or always.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

CALLBACK_CALL = "status_callback"
Provider = Literal["nailit", "shopmonkey", "meta", "twilio", "openai", "anthropic", "postmark", "stripe"]


class FaultKind(StrEnum):
    """`accepted_then_*` does the work and writes the ledger first; the others happen instead of the work."""

    SLOW = "slow"
    ACCEPTED_THEN_SLOW = "accepted_then_slow"
    HTTP_5XX = "http_5xx"
    ACCEPTED_THEN_5XX = "accepted_then_5xx"
    RESET = "reset"
    ACCEPTED_THEN_RESET = "accepted_then_reset"
    BLACKOUT = "blackout"
    SLOT_TAKEN = "slot_taken"
    HTML = "html"
    RATE_LIMITED = "rate_limited"
    EMPTY = "empty"
    STATUS_ONE = "status_one"
    SUCCESS_FALSE = "success_false"
    DROP_CALLBACK = "drop_callback"
    REFUSE = "refuse"
    GARBAGE = "garbage"
    OVER_LONG = "over_long"
    INJECTED = "injected"
    WRONG_USAGE = "wrong_usage"


LLM_FAULTS = frozenset(
    {FaultKind.REFUSE, FaultKind.GARBAGE, FaultKind.OVER_LONG, FaultKind.INJECTED, FaultKind.WRONG_USAGE}
)
"""Faults of a language model's answer; `injected`: it does what the customer's text tells it, and lies."""


class Fault(BaseModel):
    """One rule. `call` is a call's name (`AddOrder`, `messages`, `Messages`, `status_callback`) or `*`."""

    model_config = ConfigDict(extra="forbid")

    provider: Provider
    call: str = "*"
    kind: FaultKind
    probability: float | None = Field(default=None, gt=0, le=1)
    next_n: int | None = Field(default=None, ge=1)
    ms: int = Field(default=1000, ge=0, description="for the slow kinds; Retry-After of rate_limited")
    status: int = Field(default=503, ge=500, le=599, description="for the 5xx kinds")

    @model_validator(mode="after")
    def _one_trigger(self) -> Fault:
        if self.probability is not None and self.next_n is not None:
            raise ValueError("give probability or next_n, not both")
        return self


@dataclass(slots=True)
class _Armed:
    fault: Fault
    left: int | None
    hits: int = 0


class FaultBook:
    """The rules in force. The first rule that hits decides; slow rules add up with it."""

    def __init__(self, faults: list[Fault], seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable runs, not secrets
        self._armed: list[_Armed] = []
        self.add(faults)

    def add(self, faults: list[Fault]) -> None:
        self._armed += [_Armed(fault, fault.next_n) for fault in faults]

    def clear(self, provider: Provider | None = None) -> None:
        self._armed = [one for one in self._armed if provider and one.fault.provider != provider]

    def reseed(self, seed: int) -> None:
        self._random.seed(seed)

    def draw(self, provider: str, call: str) -> list[Fault]:
        """The faults that hit this call: any number of slow ones, then at most one other."""
        hit: list[Fault] = []
        for one in self._armed:
            if not self._hits(one, provider, call):
                continue
            one.hits += 1
            if one.left is not None:
                one.left -= 1
            hit.append(one.fault)
            if one.fault.kind not in {FaultKind.SLOW, FaultKind.ACCEPTED_THEN_SLOW}:
                break
        return hit

    def as_json(self) -> list[dict[str, object]]:
        return [
            {**one.fault.model_dump(mode="json"), "left": one.left, "hits": one.hits} for one in self._armed
        ]

    def _hits(self, one: _Armed, provider: str, call: str) -> bool:
        fault = one.fault
        if fault.provider != provider or fault.call not in {"*", call} or one.left == 0:
            return False
        if call == CALLBACK_CALL and fault.kind not in {FaultKind.DROP_CALLBACK, FaultKind.BLACKOUT}:
            return False
        if call != CALLBACK_CALL and fault.kind is FaultKind.DROP_CALLBACK:
            return False
        return fault.probability is None or self._random.random() < fault.probability
