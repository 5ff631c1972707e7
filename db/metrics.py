"""Figures about the whole installation, for /metrics and /api/health. None names a business or a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.tx import Pool, Tx

CALLS_OUTSIDE = """
SELECT source, provider, call, outcome, calls, p50, p95, slowest, last_at FROM calls_outside($1)
"""
METRIC_FIGURES = "SELECT metric_figures($1)"
OUTSIDE_SET_UP = "SELECT kind, provider, accounts FROM outside_set_up()"


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Calls of one kind to one provider that ended alike. Times in seconds, None where nothing was measured.

    source: effect, llm or sync. outcome: an effect's status (`pending`: refused for now), a model's outcome, a run's
    status.
    """

    source: str
    provider: str
    call: str
    outcome: str
    calls: int
    p50: float | None
    p95: float | None
    slowest: float | None
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SetUp:
    """kind: channel, booking, payment or language_model. accounts: how many over all businesses."""

    kind: str
    provider: str
    accounts: int


async def calls_outside(connection: Tx | Pool, *, seconds: float) -> list[CallFigures]:
    """What was asked of the outside in the last so many seconds."""
    return [CallFigures(**dict(row)) for row in await connection.fetch(CALLS_OUTSIDE, seconds)]


async def metric_figures(connection: Tx | Pool, *, seconds: float) -> dict[str, Any]:
    """What waits now, and what happened in the last so many seconds; migration 0032 names the keys."""
    found: dict[str, Any] = await connection.fetchval(METRIC_FIGURES, seconds)
    return found


async def outside_set_up(connection: Tx | Pool) -> list[SetUp]:
    return [SetUp(**dict(row)) for row in await connection.fetch(OUTSIDE_SET_UP)]
