"""Calls of language models with their money, the personas of businesses and their own keys: the SQL for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.tx import Tx

LOCK_BUDGET = "SELECT pg_advisory_xact_lock(hashtextextended('llm_budget ' || current_workspace()::text, 0))"
BEGIN_CALL = """
WITH spent AS (
  SELECT coalesce(sum(cost_nanos), 0)::bigint AS nanos FROM llm_calls
  WHERE workspace_id = current_workspace() AND created_at >= $11
)
INSERT INTO llm_calls (id, workspace_id, conversation_id, purpose, reason, provider, model, variant,
                       prompt_version, cost_nanos, price_known)
SELECT $1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM spent WHERE nanos + $9 <= $12
RETURNING id
"""
END_CALL = """
UPDATE llm_calls SET outcome = $2, input_tokens = $3, cached_tokens = $4, output_tokens = $5, cost_nanos = $6,
  latency_ms = $7, request_id = left($8, 100), detail = left($9, 200), used = $10
WHERE workspace_id = current_workspace() AND id = $1 AND outcome = 'open'
"""
COSTS = """
SELECT (created_at AT TIME ZONE $2)::date AS day, provider, model, variant, purpose, count(*) AS calls,
       count(*) FILTER (WHERE outcome = 'ok') AS answered, count(*) FILTER (WHERE used) AS used,
       sum(input_tokens) AS input_tokens, sum(cached_tokens) AS cached_tokens,
       sum(output_tokens) AS output_tokens, sum(cost_nanos)::bigint AS cost_nanos,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms) AS median_ms
FROM llm_calls WHERE workspace_id = current_workspace() AND created_at >= $1
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1 DESC, 12 DESC
"""
ACTIVE_PROMPT = """
SELECT version, body FROM llm_prompts WHERE workspace_id = current_workspace() AND active
"""
PROMPTS = """
SELECT version, body, note, active, created_at FROM llm_prompts
WHERE workspace_id = current_workspace() ORDER BY version DESC
"""
RETIRE_PROMPT = "UPDATE llm_prompts SET active = false WHERE workspace_id = current_workspace() AND active"
ADD_PROMPT = """
INSERT INTO llm_prompts (workspace_id, version, body, note, active)
SELECT current_workspace(), coalesce(max(version), 0) + 1, $1, $2, true
FROM llm_prompts WHERE workspace_id = current_workspace()
RETURNING version
"""
ACTIVATE_PROMPT = """
UPDATE llm_prompts SET active = true WHERE workspace_id = current_workspace() AND version = $1 RETURNING version
"""
LOCK_PROMPTS = (
    "SELECT pg_advisory_xact_lock(hashtextextended('llm_prompts ' || current_workspace()::text, 0))"
)
ACCOUNTS = "SELECT provider, secrets FROM llm_accounts WHERE workspace_id = current_workspace()"
SAVE_ACCOUNT = """
INSERT INTO llm_accounts (workspace_id, provider, secrets) VALUES (current_workspace(), $1, $2)
ON CONFLICT (workspace_id, provider) DO UPDATE SET secrets = excluded.secrets
"""
DROP_ACCOUNT = """
DELETE FROM llm_accounts WHERE workspace_id = current_workspace() AND provider = $1 RETURNING provider
"""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call that is about to be made. `most_nanos`: what it may cost at most, in nano-dollars."""

    id: UUID
    conversation_id: UUID | None
    purpose: str
    reason: str
    provider: str
    model: str
    variant: str
    prompt_version: int
    most_nanos: int
    price_known: bool


@dataclass(frozen=True, slots=True)
class CallEnd:
    """What became of it. input_tokens holds all of them, cached_tokens are among these."""

    outcome: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_nanos: int
    latency_ms: int
    request_id: str
    detail: str
    used: bool
    """The answer held something to go on with."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one model cost on one day of the business's own."""

    day: str
    provider: str
    model: str
    variant: str
    purpose: str
    calls: int
    answered: int
    used: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_nanos: int
    median_ms: int | None


@dataclass(frozen=True, slots=True)
class Prompt:
    version: int
    body: str
    note: str
    active: bool
    created_at: datetime


async def begin_call(tx: Tx, call: CallRow, *, since: datetime, budget_nanos: int) -> bool:
    """Counts the most it may cost before it is made. False: the day's budget doesn't hold it; nothing is written.

    One call of a business at a time is let in, so that a hundred at once can't all see the same last cent.
    """
    await tx.execute(LOCK_BUDGET)
    found = await tx.fetchval(
        BEGIN_CALL,
        call.id,
        call.conversation_id,
        call.purpose,
        call.reason,
        call.provider,
        call.model,
        call.variant,
        call.prompt_version,
        call.most_nanos,
        call.price_known,
        since,
        budget_nanos,
    )
    return found is not None


async def end_call(tx: Tx, call_id: UUID, end: CallEnd) -> None:
    """Replaces the estimate by what it came to."""
    await tx.execute(
        END_CALL,
        call_id,
        end.outcome,
        end.input_tokens,
        end.cached_tokens,
        end.output_tokens,
        end.cost_nanos,
        end.latency_ms,
        end.request_id,
        end.detail,
        end.used,
    )


async def costs(tx: Tx, *, since: datetime, zone: str) -> list[Cost]:
    """Sums per day of the zone, model, variant and purpose; the newest day first, the dearest of it first."""
    return [
        Cost(**{**dict(row), "day": row["day"].isoformat()}) for row in await tx.fetch(COSTS, since, zone)
    ]


async def active_prompt(tx: Tx) -> tuple[int, str] | None:
    """Version and text of the business's own persona. None: the default speaks."""
    row = await tx.fetchrow(ACTIVE_PROMPT)
    return (row["version"], row["body"]) if row is not None else None


async def prompts(tx: Tx) -> list[Prompt]:
    """Every version, newest first."""
    return [Prompt(**dict(row)) for row in await tx.fetch(PROMPTS)]


async def add_prompt(tx: Tx, body: str, *, note: str) -> int:
    """Stores a new version and makes it the active one. Returns its number."""
    await tx.execute(LOCK_PROMPTS)
    await tx.execute(RETIRE_PROMPT)
    return int(await tx.fetchval(ADD_PROMPT, body, note))


async def activate_prompt(tx: Tx, version: int) -> None:
    """Back (or forth) to a version; 0 is the default. Raises LookupError for one that isn't there."""
    await tx.execute(LOCK_PROMPTS)
    await tx.execute(RETIRE_PROMPT)
    if version and await tx.fetchval(ACTIVATE_PROMPT, version) is None:
        raise LookupError(f"there is no prompt version {version}")


async def accounts(tx: Tx) -> dict[str, bytes]:
    """The business's own sealed keys, by provider."""
    return {row["provider"]: row["secrets"] for row in await tx.fetch(ACCOUNTS)}


async def save_account(tx: Tx, provider: str, secrets: bytes) -> None:
    await tx.execute(SAVE_ACCOUNT, provider, secrets)


async def drop_account(tx: Tx, provider: str) -> bool:
    """False: there was none."""
    return await tx.fetchval(DROP_ACCOUNT, provider) is not None
