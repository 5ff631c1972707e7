"""What language models did for a workspace, as people look at it. What writes it: llm.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from db.read_pages import DEFAULT_LIMIT, Counts, Cursor, Filters, Page, older, read_counts, read_page
from db.tx import Tx

OUTCOMES = (
    "open", "ok", "refused", "too_long", "filtered", "unreadable", "timed_out", "unreachable", "rate_limited",
    "overloaded", "no_quota", "unauthorized", "misconfigured",
)  # fmt: skip
PURPOSES = ("understand", "rephrase", "transcribe")

_OF = "FROM llm_calls c WHERE c.workspace_id = current_workspace()"
SPENT = f"SELECT coalesce(sum(c.cost_nanos), 0)::bigint {_OF} AND c.created_at >= $1"
ARMS = f"""
SELECT c.provider, c.model, c.variant, count(*) AS calls,
       count(*) FILTER (WHERE c.outcome = 'ok') AS answered, count(*) FILTER (WHERE c.used) AS used,
       count(*) FILTER (WHERE c.outcome NOT IN ('ok', 'open')) AS failed,
       count(*) FILTER (WHERE NOT c.price_known) AS unpriced,
       sum(c.input_tokens)::bigint AS input_tokens, sum(c.cached_tokens)::bigint AS cached_tokens,
       sum(c.output_tokens)::bigint AS output_tokens, sum(c.cost_nanos)::bigint AS cost_nanos,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY c.latency_ms) AS p50_ms,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY c.latency_ms) AS p95_ms
{_OF} AND c.created_at >= $1
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
"""
# Whether a talk came to a booking is a matter of the talk, however often its model was asked.
TALKS = """
WITH asked AS (
  SELECT DISTINCT c.provider, c.model, c.variant, c.conversation_id
  FROM llm_calls c
  WHERE c.workspace_id = current_workspace() AND c.created_at >= $1 AND c.conversation_id IS NOT NULL
)
SELECT a.provider, a.model, a.variant, count(*) AS talks,
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM bookings b WHERE b.workspace_id = current_workspace()
             AND b.conversation_id = a.conversation_id AND b.status IN ('confirmed', 'completed'))
         OR EXISTS (
           SELECT FROM handoffs h WHERE h.workspace_id = current_workspace()
             AND h.conversation_id = a.conversation_id AND h.status IN ('redirected', 'completed_external'))) AS won
FROM asked a GROUP BY 1, 2, 3
"""
FAILURES = f"""
SELECT c.provider, c.variant, c.outcome, count(*) AS calls, max(c.created_at) AS last_at,
       (array_agg(c.detail ORDER BY c.created_at DESC))[1] AS detail
{_OF} AND c.created_at >= $1 AND c.outcome NOT IN ('ok', 'open')
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
"""
DAYS = f"""
SELECT (c.created_at AT TIME ZONE $2)::date AS day, count(*) AS calls,
       count(*) FILTER (WHERE c.outcome NOT IN ('ok', 'open')) AS failed,
       (sum(c.input_tokens) + sum(c.output_tokens))::bigint AS tokens, sum(c.cost_nanos)::bigint AS cost_nanos,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY c.latency_ms) AS p95_ms
{_OF} AND c.created_at >= $1
GROUP BY 1 ORDER BY 1 DESC
"""
_FILTERS = """
  AND c.created_at >= coalesce($1, '-infinity'::timestamptz) AND c.created_at < coalesce($2, 'infinity'::timestamptz)
  AND ($3::text IS NULL OR strpos(lower(c.model), $3) > 0 OR strpos(lower(c.detail), $3) > 0
       OR strpos(c.request_id, $4) > 0)
  AND ($5::text IS NULL OR c.provider = $5) AND ($6::text IS NULL OR c.variant = $6)
  AND ($7::text IS NULL OR c.purpose = $7)
"""
LISTING = f"""
SELECT c.id, c.conversation_id, c.purpose, c.reason, c.provider, c.model, c.variant, c.prompt_version, c.outcome,
       c.used, c.input_tokens, c.cached_tokens, c.output_tokens, c.cost_nanos, c.price_known, c.latency_ms, c.detail,
       c.created_at
{_OF}{_FILTERS}
  AND ($8::text IS NULL OR c.outcome = $8)
  {older("c.created_at, c.id", 9)}
ORDER BY c.created_at DESC, c.id DESC LIMIT $11
"""
COUNTS = f"SELECT c.outcome AS status, count(*) AS count {_OF}{_FILTERS} GROUP BY c.outcome"


@dataclass(frozen=True, slots=True)
class Arm:
    """A model in a variant of the comparison. Times in milliseconds, None: nothing has ended. unpriced: calls whose
    price isn't known, which are counted as if they cost nothing.
    """

    provider: str
    model: str
    variant: str
    calls: int
    answered: int
    used: int
    failed: int
    unpriced: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_nanos: int
    p50_ms: int | None
    p95_ms: int | None
    talks: int
    won: int
    """Talks that were booked or sent on to book."""


@dataclass(frozen=True, slots=True)
class Failure:
    provider: str
    variant: str
    outcome: str
    calls: int
    last_at: datetime
    detail: str
    """Of the last one."""


@dataclass(frozen=True, slots=True)
class DayOfCalls:
    day: date
    calls: int
    failed: int
    tokens: int
    cost_nanos: int
    p95_ms: int | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it is listed. input_tokens: all of them, cached_tokens are among these. latency_ms None: under way."""

    id: UUID
    conversation_id: UUID | None
    purpose: str
    reason: str
    provider: str
    model: str
    variant: str
    prompt_version: int
    outcome: str
    used: bool
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_nanos: int
    price_known: bool
    latency_ms: int | None
    detail: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilters(Filters):
    """status: the outcome. search: in the model's name, in what went wrong; a number in the provider's own id of it."""

    provider: str | None = None
    variant: str | None = None
    purpose: str | None = None

    def own(self) -> tuple[Any, ...]:
        return (self.provider, self.variant, self.purpose)


async def spent(tx: Tx, since: datetime) -> int:
    """Nano-dollars; calls that are under way count with the most that they may cost."""
    return int(await tx.fetchval(SPENT, since))


async def arms(tx: Tx, since: datetime) -> list[Arm]:
    """The most asked first."""
    talks = {
        (row["provider"], row["model"], row["variant"]): (row["talks"], row["won"])
        for row in await tx.fetch(TALKS, since)
    }
    found = []
    for row in await tx.fetch(ARMS, since):
        asked, won = talks.get((row["provider"], row["model"], row["variant"]), (0, 0))
        found.append(Arm(**dict(row), talks=asked, won=won))
    return found


async def failures(tx: Tx, since: datetime) -> list[Failure]:
    """The most frequent first."""
    return [Failure(**dict(row)) for row in await tx.fetch(FAILURES, since)]


async def days(tx: Tx, since: datetime, zone: str) -> list[DayOfCalls]:
    """Days of the zone on which a model was asked, the newest first."""
    return [DayOfCalls(**dict(row)) for row in await tx.fetch(DAYS, since, zone)]


async def listing(
    tx: Tx, filters: CallFilters, *, after: Cursor | None = None, limit: int = DEFAULT_LIMIT
) -> Page[Call]:
    """Newest first."""
    return await read_page(
        tx,
        LISTING,
        Call,
        filters,
        sorted_by=lambda row: row.created_at,
        after=after,
        limit=limit,
    )


async def counts(tx: Tx, filters: CallFilters) -> Counts:
    """Per outcome."""
    return await read_counts(tx, COUNTS, filters)
