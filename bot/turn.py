"""TURN and COMMIT: lease a conversation, drain its inbox, one pure step, one commit. See design: the scheme.

Nothing is called here but reading tables; what the step wants of the outside is planned as effects in the
same commit and performed afterwards (bot/effects.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from bot import turn_commit
from bot.catalog import Catalog, LoadedFrames
from bot.catalog_view import CatalogCache
from bot.channels.contract import Channel, ChannelAccount
from bot.flows import history, settling
from bot.flows.contract import (
    Act,
    Customer,
    CustomerMessage,
    EffectAnswer,
    Event,
    OperatorAct,
    Outcome,
    Step,
    TooMany,
    TurnContext,
    WithHuman,
)
from bot.live import LiveKind, Unwatched
from bot.llm_helper import Asking, LlmHelper, TurnHelp
from bot.ports import Accounts, Bell, BotProfile, Clock, Limits, LiveEvents
from bot.stored_inbound import inbound_from_json
from bot.turn_lease import KeptLease
from bot.turn_quiet import quiet_seconds, unprompted
from bot.turn_steps import Steps
from bot.typing_sign import TypingSigns
from bot.understanding.llm import HelpSource, NoHelp
from bot.voice_notes import VoiceNotes
from db import bookings, failpoints, turns
from db.failures import CONNECTION_LOST, DATABASE_FAILURES, named
from db.ids import new_id
from db.tx import Pool

log = structlog.get_logger(__name__)

_TIMES_TAKEN = 8
"""How often a turn looks for another bay or table before its customer is offered another time."""
_PAUSES_BEFORE_GIVING_BACK_AGAIN = (0.2, 1.0, 3.0)


@dataclass(slots=True)
class Turns:
    """Takes turns. One per process; any number of processes may run at once."""

    pool: Pool
    accounts: Accounts
    channels: dict[str, Channel]
    catalogs: CatalogCache
    steps: Steps
    limits: Limits
    clock: Clock
    typing: TypingSigns
    bell: Bell
    helper: LlmHelper | None = None
    """None: the rules decide alone."""
    voice: VoiceNotes | None = None
    """None: voice notes get the polite line."""
    public_base_url: str = ""
    """Where customers reach our own pages."""
    live: LiveEvents = field(default_factory=Unwatched)

    async def take(self, conversation_id: UUID) -> bool:
        """One turn over everything that waits in this conversation. False: nothing due, or somebody is at it."""
        leased = await turns.lease(
            self.pool,
            conversation_id,
            seconds=self.limits.lease_seconds,
            max_rows=self.limits.max_rows,
            max_crashes=self.limits.max_crashes,
            max_errors=self.limits.max_errors,
        )
        if leased is None:
            return False
        with structlog.contextvars.bound_contextvars(
            workspace=str(leased.workspace_id), conversation=str(leased.id), turn=leased.turn + 1
        ):
            await failpoints.hit("turn.after_lease")
            try:
                async with asyncio.timeout(self.limits.turn_budget_seconds):
                    async with KeptLease(self.pool, leased, seconds=self.limits.lease_seconds):
                        return await self._run(leased)
            except turns.FenceLost:
                log.warning("turn.fence_lost")
                return False
            except Exception as error:
                log.exception("turn.failed", attempts=[item.attempts for item in leased.items])
                await self._give_back(leased, error)
                return False

    async def _give_back(self, leased: turns.Leased, error: Exception) -> None:
        """What is not written down as an error counts as a crash, and three of those put a message aside: so it is
        tried for a while, for the database itself may be what went wrong.
        """
        for pause in (*_PAUSES_BEFORE_GIVING_BACK_AGAIN, None):
            try:
                await turns.fail(
                    self.pool,
                    leased,
                    error=named(error),
                    pause_seconds=self.limits.error_pause_seconds * 2 ** min(leased.items[0].errors, 5),
                )
            except DATABASE_FAILURES as trouble:
                if pause is None:
                    raise
                log.warning("turn.failure_not_recorded", error=type(trouble).__name__)
                await asyncio.sleep(pause)
            else:
                return

    async def _run(self, leased: turns.Leased) -> bool:
        """False: it was given back untouched, because the customer seems to be still writing."""
        account = await self.accounts.channel_account(
            leased.channel_account_id, workspace_id=leased.workspace_id
        )
        profile = await self.accounts.profile(
            leased.bot_id, workspace_id=leased.workspace_id, settings_at=leased.settings_at
        )
        events = [_event(item) for item in leased.items]
        context = await self._context(leased, account, profile)
        if await self._settles(leased, events, context):
            return False
        if context.human is not WithHuman.YES:
            self.typing.show(leased.id, account, events)
            if self.voice is not None:
                events = await self.voice.written_down(
                    events,
                    account=account,
                    conversation_id=leased.id,
                    settings=profile.settings,
                    now=context.now,
                )
        work = turn_commit.TurnWork(
            leased,
            account,
            self.channels[account.channel],
            profile,
            events,
            wait_seconds=quiet_seconds(leased, events, context),
            unprompted=unprompted(leased, events, context),
        )
        step = await self.steps.run(leased.state, events, context)
        await failpoints.hit("turn.before_commit")
        await self._commit_what_is_free(work, step, context)
        await failpoints.hit("turn.after_commit")
        changed_hands = (step.conversation_status or "open") != leased.status
        kind = LiveKind.TAKEN_OVER if changed_hands else LiveKind.TURN
        self.live.publish(leased.workspace_id, leased.id, kind)
        return True

    async def _settles(self, leased: turns.Leased, events: Sequence[Event], context: TurnContext) -> bool:
        """A line that looks like the first of several waits for the next one, in the tables, not in this process."""
        if not self.limits.settle_seconds or leased.items[0].attempts > 1:
            return False
        seconds = settling.seconds_left(
            leased.state,
            events,
            context,
            ages=[item.age for item in leased.items],
            window=self.limits.settle_seconds,
            longest=self.limits.settle_longest_seconds,
        )
        if seconds <= 0:
            return False
        if await turns.settle(self.pool, leased, seconds=seconds):
            self.bell.ring_later([leased.id], seconds)
        else:  # more has come meanwhile
            self.bell.ring([leased.id])
        return True

    async def _commit_what_is_free(
        self, work: turn_commit.TurnWork, step: Step, context: TurnContext
    ) -> None:
        """Somebody's booking or hold may come first. The same step over fresh frames finds what is free now:
        another bay for the same time, or other times.
        """
        for _ in range(_TIMES_TAKEN):
            try:
                return await self._commit(work, step)
            except bookings.TimeTaken:
                again = await self.steps.run(work.leased.state, work.events, context)
                lost = step.new_booking is not None and again.new_booking is None
                if lost and not any(isinstance(event, OperatorAct) for event in work.events):
                    break  # a person's move just isn't made; its step says so to him
                step = again
        if step.new_booking is not None:
            return await self._commit(work, await self._time_was_taken(step, context))
        return await self._commit(work, replace(step, hold=None))

    async def _commit(self, work: turn_commit.TurnWork, step: Step) -> None:
        try:
            await turn_commit.commit(self.pool, work, step, limits=self.limits)
        except CONNECTION_LOST:
            # The answer to COMMIT may be what got lost. The fence tells: after our commit the same
            # transaction run again finds the lease given back and the inbox rows done.
            if not await turn_commit.was_committed(self.pool, work):
                raise
            log.warning("turn.commit_answer_lost")

    async def _time_was_taken(self, step: Step, context: TurnContext) -> Step:
        """Another customer of ours got the time between the offer and the yes: say so, offer others."""
        booking = step.new_booking
        if booking is None:
            raise RuntimeError("a time can only be taken from a new booking")
        answer = EffectAnswer(Outcome.ORDER_SLOT_TAKEN, booking.id)
        again = await self.steps.run(step.state, [answer], context)
        return replace(
            again,
            customer=again.customer or step.customer,
            lead=again.lead or step.lead,
            intent=again.intent or (replace(step.intent, status="intent") if step.intent else None),
            trace=(*step.trace, "time_taken_at_commit", *again.trace),
        )

    async def _context(
        self, leased: turns.Leased, account: ChannelAccount, profile: BotProfile
    ) -> TurnContext:
        channel = self.channels[account.channel]
        human = self._with_human(leased, profile)
        catalog = await self.catalogs.get(self.pool, leased.workspace_id, leased.catalog_version)
        return TurnContext(
            now=self.clock(),
            turn=leased.turn + 1,
            workspace_name=profile.workspace_name,
            settings=profile.settings,
            form=profile.form,
            customer=Customer(
                id=leased.customer_id,
                name=leased.customer_name or leased.profile_name,
                name_is_profile=leased.customer_name is None and leased.profile_name is not None,
                phone=leased.customer_phone,
                email=leased.customer_email,
                opted_out=leased.opted_out,
            ),
            surface=channel.surface_of(account, leased.address),
            catalog=catalog,
            frames=LoadedFrames(),
            new_id=new_id,
            conversation_id=leased.id,
            public_base_url=self.public_base_url,
            help=self._help(leased, profile, catalog, human),
            history=history.history(leased.history),
            human=human,
            escalations=len(leased.escalated_at),
            escalated_at=leased.escalated_at,
        )

    def _help(
        self, leased: turns.Leased, profile: BotProfile, catalog: Catalog, human: WithHuman
    ) -> HelpSource:
        """What the rules may lean on in this turn; nothing while a person answers."""
        if self.helper is None or not profile.settings.llm.enabled or human is WithHuman.YES:
            return NoHelp()
        asking = Asking(
            workspace_id=leased.workspace_id,
            conversation_id=leased.id,
            business=profile.workspace_name,
            settings=profile.settings,
            catalog=catalog,
            now=self.clock(),
        )
        return TurnHelp(helper=self.helper, asking=asking)

    def _with_human(self, leased: turns.Leased, profile: BotProfile) -> WithHuman:
        """While a human has the talk the bot is silent, until he hands it back or was quiet for long."""
        if leased.status != "human" or leased.human_since is None:
            return WithHuman.NO
        quiet = timedelta(minutes=profile.settings.human_quiet_minutes)
        return WithHuman.YES if self.clock() - leased.human_since < quiet else WithHuman.QUIET


def _event(item: turns.InboxItem) -> Event:
    match item.kind:
        case "customer_message":
            return CustomerMessage(inbound_from_json(item.payload))
        case "effect_answer":
            return EffectAnswer(
                Outcome(item.payload["outcome"]), UUID(item.payload["booking_id"]), item.payload["data"]
            )
        case "operator_act":
            given = item.payload
            return OperatorAct(Act(given["act"]), given["by"], given["text"], given.get("data", {}))
        case "throttled":
            return TooMany(datetime.fromisoformat(item.payload["until"]))
        case other:
            raise ValueError(f"unknown inbox kind {other!r}")
