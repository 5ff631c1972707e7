"""What a run saw: findings, talks and on what. The reports are made from this and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workers.qa.checks import Finding, Outcome
from workers.qa.customer import Said
from workers.qa.expect import Expected
from workers.qa.visit import Row

ONE_FOR_ALL = "all templates"
"""Stands where a template's key does: what a check found out about the run as a whole."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A talk that a check led, for the manual path."""

    about: str
    """Service and booking type."""
    ends: str
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Traces:
    """What a template's customers left in its tables, as the read API told it, for whoever looks further."""

    lead: Row | None = None
    """Of a customer who only said who he is."""
    booking: Row | None = None
    """Booked here, or ordered in the booking system."""
    handoff: Row | None = None
    """Led on to the business's own page; as it read at that moment."""
    redirect: str = ""
    """The address that he was led to."""


@dataclass(slots=True)
class Run:
    """One run over some templates."""

    templates: Sequence[Expected]
    started: datetime
    """UTC."""
    version: str
    """Of the server, as far as it can be told."""
    findings: list[Finding] = field(default_factory=list)
    transcripts: dict[str, list[Transcript]] = field(default_factory=dict)
    """By template."""
    pages: dict[str, str] = field(default_factory=dict)
    """By template: names of what an outgoing address carried."""
    traces: dict[str, Traces] = field(default_factory=dict)
    """By template. Those of the one that was reset are gone."""
    seconds: float = 0.0
    waited_seconds: float = 0.0
    with_operator: bool = False
    with_ledger: bool = False

    @property
    def failures(self) -> list[Finding]:
        return [one for one in self.findings if one.outcome is Outcome.FAIL]

    def outcome(self, template: str, check: str) -> Outcome | None:
        """None: nothing was found out, which counts as a failure."""
        return next(
            (one.outcome for one in self.findings if (one.template, one.check) == (template, check)), None
        )

    def of(self, checks: Iterable[str]) -> Counter[Outcome]:
        """How these checks ended, over all templates."""
        wanted = set(checks)
        return Counter(one.outcome for one in self.findings if one.check in wanted)
