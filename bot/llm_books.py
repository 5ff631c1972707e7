"""Every call of a model in the books: counted before it is made, settled after it, operators told where needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from bot.workspace import WorkspaceSettings
from db import errors, llm
from db.failures import DATABASE_FAILURES
from db.tx import Pool, Tx, tx
from providers.llm.contract import FOR_A_PERSON, LlmOutcome, Usage
from providers.llm.pricing import CENT

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a call came to. `seconds`: how long it took."""

    outcome: LlmOutcome
    usage: Usage
    cost_nanos: int
    seconds: float
    request_id: str
    detail: str
    used: bool


async def begin(
    transaction: Tx, row: llm.CallRow, *, workspace_id: UUID, now: datetime, settings: WorkspaceSettings
) -> bool:
    """False: the day's money doesn't hold this call. An operator is told once a day."""
    budget = settings.llm.daily_budget_cents
    since = day_began(now, settings)
    if await llm.begin_call(transaction, row, since=since, budget_nanos=budget * CENT):
        return True
    await errors.record(
        transaction,
        workspace_id=workspace_id,
        kind="llm_budget_spent",
        fingerprint=since.date().isoformat(),
        summary="The day's budget for language models is spent; the rules answer alone until tomorrow.",
        details={"budget_cents": budget},
    )
    log.info("llm.budget_spent")
    return False


async def end(pool: Pool, row: llm.CallRow, ended: Ended, *, workspace_id: UUID) -> None:
    """Settles the call. If the database is away the estimate stays: too much is counted, never too little."""
    try:
        async with tx(pool, workspace_id) as transaction:
            await _settle(transaction, row, ended, workspace_id)
    except DATABASE_FAILURES as error:
        log.warning("llm.not_settled", error=type(error).__name__)


async def _settle(transaction: Tx, row: llm.CallRow, ended: Ended, workspace_id: UUID) -> None:
    settled = llm.CallEnd(
        outcome=ended.outcome.value,
        input_tokens=ended.usage.input,
        cached_tokens=ended.usage.cached_input,
        output_tokens=ended.usage.output,
        cost_nanos=ended.cost_nanos,
        latency_ms=round(ended.seconds * 1000),
        request_id=ended.request_id,
        detail=ended.detail,
        used=ended.used,
    )
    await llm.end_call(transaction, row.id, settled)
    if ended.outcome in FOR_A_PERSON:
        await errors.record(
            transaction,
            workspace_id=workspace_id,
            kind="llm_account",
            fingerprint=f"{row.provider}:{ended.outcome.value}",
            summary=f"{row.provider.capitalize()} can't be used ({ended.outcome.value}): {ended.detail}",
            details={"provider": row.provider, "model": row.model},
        )


def day_began(now: datetime, settings: WorkspaceSettings) -> datetime:
    """The start of the business's own day."""
    return now.astimezone(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
