"""A provider in trouble is left alone for a while, so that no customer waits for it. One breaker per key."""

from __future__ import annotations

from dataclasses import dataclass, field

from providers.llm.contract import FOR_A_PERSON, TROUBLE, LlmOutcome

TRIES = 3
"""Troubles in a row that open it."""
FIRST_PAUSE = 20.0
LONGEST_PAUSE = 600.0
PERSON_PAUSE = 900.0
"""Seconds after a refused key or an empty account: somebody has to act."""


@dataclass(slots=True)
class _Line:
    troubles: int = 0
    pause: float = FIRST_PAUSE
    closed_until: float = 0.0


@dataclass(slots=True)
class Breakers:
    """Monotonic seconds come from outside."""

    _lines: dict[str, _Line] = field(default_factory=dict)

    def is_closed(self, name: str, now: float) -> bool:
        """Whether it is being left alone; asking changes nothing."""
        line = self._lines.get(name)
        return line is not None and now < line.closed_until

    def allows(self, name: str, now: float) -> bool:
        """Whether a call may be tried. After a pause one caller goes first; the others wait for what he finds."""
        line = self._lines.get(name)
        if line is None or line.closed_until == 0.0:
            return True
        if now < line.closed_until:
            return False
        line.closed_until = now + line.pause
        return True

    def note(self, name: str, outcome: LlmOutcome, now: float) -> None:
        """What a call came to. A refusal or a cut-off answer says nothing about the provider's health."""
        line = self._lines.setdefault(name, _Line())
        if outcome in FOR_A_PERSON:
            line.pause = PERSON_PAUSE
            line.closed_until = now + PERSON_PAUSE
        elif outcome in TROUBLE:
            line.troubles += 1
            if line.troubles >= TRIES:
                line.closed_until = now + line.pause
                line.pause = min(line.pause * 2, LONGEST_PAUSE)
        else:
            self._lines[name] = _Line()
