"""The port to a language model: what may be asked of one, and how a pure step asks it. Values only.

A step that wants help looks into its `HelpSource`. If the answer isn't loaded yet, `NeedHelp` is raised; the turn
asks a model outside of every transaction and runs the step again, as it does for free frames. An answer of None
means that there is no help to be had, for whatever reason: then the rules decide alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

JsonObject = dict[str, Any]


class Purpose(StrEnum):
    """What help is asked for. Stored with every call."""

    UNDERSTAND = "understand"
    REPHRASE = "rephrase"
    TRANSCRIBE = "transcribe"


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """One question to a model. Nothing in it names a provider."""

    purpose: Purpose
    reason: str
    """Why the rules are unsure, one word (bot/understanding/doubt.py)."""
    instructions: str = field(repr=False)
    """Ours: the task and the catalog. The business's persona is put before it by whoever asks."""
    material: str = field(repr=False)
    """Data: the customer's words and the situation as one JSON object."""
    schema: Mapping[str, Any] = field(repr=False)
    accepts: Callable[[JsonObject], bool] = field(repr=False, compare=False, default=lambda _: True)
    """Whether an answer holds anything to go on with; pure. Only for the books."""
    max_output_tokens: int = 500

    @property
    def key(self) -> str:
        """The same for the same question, in this process and the next."""
        parts = (self.purpose.value, self.instructions, self.material)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


class NeedHelp(Exception):
    """Raised by a HelpSource that was not filled for a question yet. Flows never see it."""

    def __init__(self, request: HelpRequest) -> None:
        super().__init__(request.purpose.value, request.reason)
        self.request = request


class HelpSource(Protocol):
    """Where a pure step finds a model's answer: it is there, it is known to be missing, or NeedHelp is raised."""

    def answer(self, request: HelpRequest) -> JsonObject | None: ...


class NoHelp:
    """No model is configured: the rules decide alone."""

    def answer(self, request: HelpRequest) -> JsonObject | None:
        """Always None."""
        del request
        return None


@dataclass(slots=True)
class LoadedHelp:
    """The answers that a turn has fetched so far, by the question's key."""

    answers: dict[str, JsonObject | None] = field(default_factory=dict)

    def answer(self, request: HelpRequest) -> JsonObject | None:
        """Raises NeedHelp for a question that was not put yet."""
        try:
            return self.answers[request.key]
        except KeyError:
            raise NeedHelp(request) from None
