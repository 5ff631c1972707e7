"""How a check ends, and how it is said: which template, which check, what was expected, what came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 300


class Outcome(StrEnum):
    PASS = "PASS"  # noqa: S105 - no password
    FAIL = "FAIL"
    ABSENT = "-"
    """The template has nothing of the kind."""
    UNTRIED = "not run"
    """It needs something that this run didn't have. Never a PASS."""


class Failed(Exception):
    """The check found something else than it expected."""

    def __init__(self, expected: object, came: object) -> None:
        self.expected, self.came = short(expected), short(came)
        super().__init__(f"expected {self.expected}, came {self.came}")


class Untried(Exception):
    """It can't be looked at in this run. The message says what is missing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw at one template."""

    template: str
    check: str
    outcome: Outcome
    saw: str = ""
    """PASS: what was seen. UNTRIED: what is missing."""
    expected: str = ""
    came: str = ""

    @property
    def line(self) -> str:
        """For a terminal."""
        start = f"{self.outcome.value} {self.template} {self.check}"
        if self.outcome is Outcome.FAIL:
            return f"{start}: expected {self.expected}; came {self.came}"
        return f"{start}: {self.saw}" if self.saw else start


def short(value: object) -> str:
    """On one line, and no longer than a line can hold."""
    text = " ".join((value if isinstance(value, str) else repr(value)).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def same(what: str, expected: object, came: object) -> None:
    """Raises Failed unless both are equal."""
    if expected != came:
        raise Failed(f"{what} {short(expected)}", short(came))


def holds(condition: object, expected: str, came: object) -> None:
    """Raises Failed unless the condition is true. `expected`: what should have been, in words."""
    if not condition:
        raise Failed(expected, came)


def one_of(what: str, expected: Iterable[object], came: object) -> None:
    """Raises Failed unless it is among them."""
    known = list(expected)
    if came not in known:
        raise Failed(f"{what} one of {', '.join(map(short, known))}", short(came))
