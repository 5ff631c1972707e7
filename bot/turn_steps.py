"""Running a pure step: what it asks for on the way (free frames, services by need, a proof, a model's word) is read,
and the step runs again with it, until it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from bot.catalog import FrameQuery, LoadedFrames, LoadedNeeds, NeedFrames, NeedServices
from bot.catalog_search import load_services_by_need
from bot.catalog_view import frames_are_fresh, load_frames
from bot.flows import history, router
from bot.flows.contract import Event, Step, TurnContext
from bot.llm_helper import TurnHelp
from bot.messages import JsonObject
from bot.ports import Refresher
from bot.understanding.contract import Understanding, UnderstandingContext
from bot.understanding.llm import HelpSource, NeedHelp
from bot.understanding.llm_answer import helped
from db import history as histories
from db.tx import Pool, tx

log = structlog.get_logger(__name__)

_MOST_READINGS = 40


@dataclass(frozen=True, slots=True)
class Steps:
    """One per process. refresher None: frames are taken as they are, however old."""

    pool: Pool
    refresher: Refresher | None = None

    async def run(self, state: JsonObject | None, events: Sequence[Event], context: TurnContext) -> Step:
        """Runs the pure step; fetches what it asks for and runs it again: frames, services by need, a model's word."""
        frames, needs = LoadedFrames(), LoadedNeeds()
        proofs = history.LoadedProofs()
        context = replace(context, frames=frames, needs=needs, proofs=proofs)
        ear = _OneHearing(context.help)
        for _ in range(_MOST_READINGS):
            try:
                return router.step(state, events, context, ear=ear)
            except NeedFrames as need:
                await self._read_frames(need.query, frames, context)
            except NeedServices as need:
                async with tx(self.pool, context.catalog.workspace_id) as transaction:
                    needs.answers[need.query] = await load_services_by_need(transaction, need.query)
            except NeedHelp as need:
                if not isinstance(context.help, TurnHelp):
                    raise
                await context.help.fetch(need.request)
            except history.NeedProof as need:
                proofs.answers[need.query] = await self._check_proof(need.query, context)
        raise RuntimeError("the flow asked for readings without end")

    async def _check_proof(self, query: history.ProofQuery, context: TurnContext) -> history.Proof:
        async with tx(self.pool, context.catalog.workspace_id) as transaction:
            checked = await histories.check_proof(
                transaction,
                customer_id=context.customer.id,
                code=query.code,
                email=query.email,
                phone=query.phone,
            )
        if checked.limited:
            log.warning("booking_proof.limited")
        return history.Proof(history.known_booking(checked.booking) if checked.booking else None)

    async def _read_frames(self, query: FrameQuery, frames: LoadedFrames, context: TurnContext) -> None:
        """What the tables hold; if that is too old, another process pulls it anew first, once a turn."""
        workspace_id = context.catalog.workspace_id
        ask = self.refresher is not None and not frames.stale and not frames.refreshed
        async with tx(self.pool, workspace_id) as transaction:
            found = await load_frames(transaction, query, conversation_id=context.conversation_id)
            fresh = not ask or await frames_are_fresh(transaction, query)
        if not fresh and self.refresher is not None:
            frames.refreshed = await self.refresher.refresh(workspace_id)
            frames.stale = not frames.refreshed
            if frames.refreshed:
                async with tx(self.pool, workspace_id) as transaction:
                    found = await load_frames(transaction, query, conversation_id=context.conversation_id)
        frames.answers[query] = found


class _OneHearing:
    """Understands each line of a turn once, however often the step runs again for more free frames."""

    def __init__(self, help_source: HelpSource) -> None:
        self._help = help_source
        self._heard: list[tuple[str, UnderstandingContext, Understanding]] = []

    def __call__(self, text: str, context: UnderstandingContext) -> Understanding:
        for known_text, known_context, understood in self._heard:
            if known_text == text and known_context == context:
                return understood
        understood = helped(text, context, self._help)
        self._heard.append((text, context, understood))
        return understood
