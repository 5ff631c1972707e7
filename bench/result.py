"""What a benchmark hands back, and how samples become a figure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of several rounds and their spread."""

    median: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, samples: Sequence[float]) -> Figure:
        return cls(statistics.median(samples), min(samples), max(samples), len(samples))

    def text(self, unit: str) -> str:
        said = f"{number(self.median)} {unit}".strip()
        return said if self.rounds == 1 else f"{said} ({number(self.low)} to {number(self.high)})"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    what: str
    figure: str
    against: str = ""
    """The same figure as a ratio to the peer measured in the same run."""
    goal: str = ""


@dataclass(slots=True)
class Result:
    """One section of the report."""

    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, figure: str, *, against: str = "", goal: str = "") -> None:
        self.rows.append(Row(what, figure, against, goal))

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", "| what | reached | against the peer | goal |", "|---|---|---|---|"]
        lines += [f"| {row.what} | {row.figure} | {row.against} | {row.goal} |" for row in self.rows]
        lines += ["", *(f"* {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines) + "\n"


def percentile(samples: Sequence[float], percent: float) -> float:
    """Nearest rank; of at least one sample."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def across(rounds: Sequence[Sequence[float]], percent: float) -> Figure:
    """A percentile of each round, and how it varies between them."""
    return Figure.of([percentile(samples, percent) for samples in rounds])


def ratio(ours: Sequence[float], peer: Sequence[float], form: Callable[[float], str] | None = None) -> str:
    """Ours to the peer's, round by round, so that what slows the machine down slows both."""
    shares = [mine / theirs for mine, theirs in zip(ours, peer, strict=True)]
    form = form or (lambda share: f"{share:.1f}×")
    figure = Figure.of(shares)
    said = form(figure.median)
    return said if len(shares) == 1 else f"{said} ({form(figure.low)} to {form(figure.high)})"


def as_percent(share: float) -> str:
    return f"{share:.0%}"


def number(value: float) -> str:
    """Three digits that say something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
