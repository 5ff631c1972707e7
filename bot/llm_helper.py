"""Asks a language model on behalf of a turn, within limits of time and money. Whatever goes wrong: no help, no error.

No transaction and no connection is held while a model thinks. What a call may cost is counted before it is made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from bot import llm_books
from bot.catalog import Catalog
from bot.llm_breaker import Breakers
from bot.llm_prompts import default_body, fill
from bot.llm_settings import LlmVariant, attempts
from bot.ports import ModelKeys, UsableModel
from bot.understanding.llm import HelpRequest, JsonObject, LoadedHelp, Purpose
from bot.workspace import WorkspaceSettings
from db import llm
from db.failures import DATABASE_FAILURES
from db.ids import new_id
from db.tx import Pool, tx
from providers.llm.contract import LlmAnswer, LlmOutcome, LlmRequest, Usage
from providers.llm.pricing import cost_nanos

log = structlog.get_logger(__name__)

MOST_CALLS = 2
"""Questions of one turn; a burst of lines doesn't make a burst of calls."""
LEAST_SECONDS = 0.3
"""With less time left nobody is asked."""
_FIRST_SHARE = 0.6
"""Of the time that is left, for a provider that another one can stand in for."""
_OVERHEAD_TOKENS = 400
"""What a provider adds to a question by itself, such as the schema."""


@dataclass(slots=True)
class Asking:
    """On whose behalf, for one turn. Holds what the turn has used up."""

    workspace_id: UUID
    conversation_id: UUID
    business: str
    settings: WorkspaceSettings
    catalog: Catalog
    now: datetime
    calls: int = 0
    seconds: float = 0.0
    """Spent on waiting."""


@dataclass(slots=True)
class LlmHelper:
    """One per process."""

    pool: Pool
    keys: ModelKeys
    limit_seconds: float
    """All waiting of one turn together."""
    breakers: Breakers = field(default_factory=Breakers)
    monotonic: Callable[[], float] = time.monotonic

    async def ask(self, request: HelpRequest, asking: Asking) -> JsonObject | None:
        """A model's JSON, unchecked but for being an object; None if there is none to be had. Never raises for
        what happens outside.
        """
        settings = asking.settings.llm
        if not settings.enabled or not settings.daily_budget_cents or asking.calls >= MOST_CALLS:
            return None
        asking.calls += 1
        try:
            models = await self.keys.models(asking.workspace_id)
            return await self._ask_in_turn(request, asking, models)
        except DATABASE_FAILURES as error:
            log.warning("llm.not_asked", error=type(error).__name__)
            return None

    async def _ask_in_turn(
        self, request: HelpRequest, asking: Asking, models: Mapping[str, UsableModel]
    ) -> JsonObject | None:
        """The conversation's own variant first, then the other provider."""
        arms = attempts(asking.settings.llm, asking.conversation_id, list(models))
        arms = [
            arm for arm in arms if not self.breakers.is_closed(models[arm.provider].line, self.monotonic())
        ]
        for position, arm in enumerate(arms):
            left = self.limit_seconds - asking.seconds
            share = left * _FIRST_SHARE if position + 1 < len(arms) else left
            if share < LEAST_SECONDS:
                return None
            if not self.breakers.allows(models[arm.provider].line, self.monotonic()):
                continue  # somebody else is trying it out at this moment
            answer = await self._call(request, asking, arm, models[arm.provider], share)
            if answer is None:
                return None
            if answer.outcome is LlmOutcome.OK:
                return answer.data
        return None

    async def _call(
        self, request: HelpRequest, asking: Asking, arm: LlmVariant, usable: UsableModel, limit: float
    ) -> LlmAnswer | None:
        """One call with its place in the books. None: the day's money is spent."""
        begun = await self._begin(request, asking, arm)
        if begun is None:
            return None
        prepared, row = begun
        began = self.monotonic()
        answer, broke = await _answer(usable, prepared, limit)
        took = self.monotonic() - began
        if broke is not None:
            log.error("llm.adapter_broke", provider=arm.provider, exc_info=broke)
        asking.seconds += took
        self.breakers.note(usable.line, answer.outcome, self.monotonic())
        used = answer.data is not None and request.accepts(answer.data)
        log.info(
            "llm.called", provider=arm.provider, model=arm.model, purpose=request.purpose.value,
            outcome=answer.outcome.value, used=used, ms=round(took * 1000),
        )  # fmt: skip
        cost, _ = cost_nanos(arm.model, answer.usage, asking.now.date())
        ended = llm_books.Ended(
            answer.outcome, answer.usage, cost, took, answer.request_id, answer.detail, used=used
        )
        await llm_books.end(self.pool, row, ended, workspace_id=asking.workspace_id)
        return answer

    async def _begin(
        self, request: HelpRequest, asking: Asking, arm: LlmVariant
    ) -> tuple[LlmRequest, llm.CallRow] | None:
        async with tx(self.pool, asking.workspace_id) as transaction:
            stored = await llm.active_prompt(transaction)
            version, body = stored or (0, default_body(asking.settings.llm.trade))
            prepared = prepare(request, asking, arm, body)
            most, known = cost_nanos(arm.model, most_tokens(prepared), asking.now.date())
            row = llm.CallRow(
                id=new_id(),
                conversation_id=asking.conversation_id,
                purpose=request.purpose.value,
                reason=request.reason,
                provider=arm.provider,
                model=arm.model,
                variant=arm.name,
                prompt_version=version,
                most_nanos=most,
                price_known=known,
            )
            begun = await llm_books.begin(
                transaction, row, workspace_id=asking.workspace_id, now=asking.now, settings=asking.settings
            )
        return (prepared, row) if begun else None


async def _answer(
    usable: UsableModel, request: LlmRequest, limit: float
) -> tuple[LlmAnswer, Exception | None]:
    """What the adapter answers; a fault of its own stands beside it and costs no customer his reply."""
    try:
        return await usable.model.complete(request, limit=limit), None
    except Exception as error:  # noqa: BLE001 -- written to the log by the caller, once the clock has been read
        detail = f"The adapter broke ({type(error).__name__})."
        return LlmAnswer(LlmOutcome.UNREADABLE, detail=detail), error


@dataclass(slots=True)
class TurnHelp(LoadedHelp):
    """The help of one turn: what was answered so far, and the way to more. Lives as long as the turn."""

    helper: LlmHelper = field(kw_only=True)
    asking: Asking = field(kw_only=True)

    async def fetch(self, request: HelpRequest) -> None:
        """Puts the question; afterwards `answer` has it, be it None."""
        self.answers[request.key] = await self.helper.ask(request, self.asking)


def prepare(request: HelpRequest, asking: Asking, arm: LlmVariant, persona: str) -> LlmRequest:
    """The question as a provider gets it: the persona, then ours, then the customer's words as data."""
    # For understanding the catalog stands in the question itself, with its codes.
    offering = "(the lists below)" if request.purpose is Purpose.UNDERSTAND else None
    spoken = fill(
        persona,
        business=asking.business,
        settings=asking.settings,
        catalog=asking.catalog,
        offering=offering,
    )
    return LlmRequest(
        model=arm.model,
        instructions=f"{spoken}\n\n{request.instructions}",
        material=request.material,
        schema_name=request.purpose.value,
        schema=request.schema,
        max_output_tokens=request.max_output_tokens,
        effort=arm.effort,
    )


def most_tokens(request: LlmRequest) -> Usage:
    """An upper bound: a token is about four bytes of English and three of Arabic; two are below both."""
    size = sum(
        len(part.encode("utf-8", "replace"))
        for part in (request.instructions, request.material, str(request.schema))
    )
    return Usage(cache_write=size // 2 + _OVERHEAD_TOKENS, output=request.max_output_tokens)
