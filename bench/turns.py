"""Turns in one process, nothing but the database beside it: the whole turn, and its database work alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import uvloop

from bench.receiver import quiet_gc
from bench.result import Figure, Result, ratio
from bench.world import World, phone_of
from bot import turn_commit
from bot.flows.contract import CustomerMessage, IntentPatch, LeadPatch, Step
from bot.messages import Choice, Inbound, InboundKind, Outbound, Sender, Surface
from bot.stored_inbound import inbound_from_json, inbound_to_json
from db import inbox, turns
from db.ids import new_id
from db.tx import tx
from workers.resources import Resources, now, open_resources

AT_ONCE = 16
_CHANNEL = "twilio"
"""Without a typing sign, which would be a call to the outside."""
_LINE = "I want a gel manicure at Plaza tomorrow at 2pm"
_STATE = {
    "name": "time",
    "wish": {"services": ["gel manicure"], "place": "Plaza"},
    "asked": "time",
    "turn": 1,
}

Work = Callable[[UUID], Awaitable[object]]


@dataclass(slots=True)
class _Run:
    rate: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    """Milliseconds of this process's CPU a turn."""
    database: list[float] = field(default_factory=list)


def run(world: World, *, rounds: int, count: int = 250) -> Result:
    result = Result("A turn, one process")
    runs = {name: _Run() for name in ("empty", "whole", "database", "grown")}
    with world.database() as dsn:
        uvloop.run(_measure(world, dsn, runs, rounds, count))
    titles = {
        "empty": "Peer: an empty transaction (BEGIN, SELECT 1, COMMIT)",
        "database": "A turn's database work alone (lease, commit of a typical step)",
        "whole": "The whole turn (lease, understanding, free times, step, commit)",
        "grown": f"The whole turn with {count * 5} more conversations in the tables",
    }
    for name, title in titles.items():
        one = runs[name]
        result.add(
            title,
            Figure.of(one.rate).text("a second"),
            against=""
            if name == "empty"
            else ratio(one.rate, runs["empty"].rate, lambda share: f"{share:.0%}"),
            goal={"database": "≥ 4,000 a core", "grown": "as without, ±10 %"}.get(name, ""),
        )
        result.add(
            f"{title}: CPU",
            f"{Figure.of(one.own).text('ms')} here, {Figure.of(one.database).text('ms')} in PostgreSQL",
        )
    result.notes.append(
        f"{count} conversations a round with a message waiting in each, {AT_ONCE} at once, every commit on disk; "
        "effects are planned and not performed."
    )
    return result


async def _measure(world: World, dsn: str, runs: dict[str, _Run], rounds: int, count: int) -> None:
    async with open_resources(world.settings(dsn, pool_max_size=AT_ONCE), process="bench") as resources:
        filling = _Filling(world, resources)
        await _time(world, _Run(), resources.turns.take, await filling.fill(count // 3))
        commit = _Commit(world, resources)
        workspace = next(iter(world.workspaces.values()))

        async def empty(_conversation: UUID) -> None:
            async with tx(resources.pool, workspace) as transaction:
                await transaction.fetchval("SELECT 1")

        for _ in range(rounds):
            await _time(world, runs["empty"], empty, [workspace] * count)
            await _time(world, runs["whole"], resources.turns.take, await filling.fill(count))
            await _time(world, runs["database"], commit.take, await filling.fill(count))
        await _take_all(resources.turns.take, await filling.fill(count * 5))
        for _ in range(rounds):
            await _time(world, runs["grown"], resources.turns.take, await filling.fill(count))


async def _time(world: World, into: _Run, work: Work, conversations: Sequence[UUID]) -> None:
    count = len(conversations)
    with quiet_gc():
        own, database, started = time.process_time(), world.postgres_cpu(), time.perf_counter()
        await _take_all(work, conversations)
        seconds = time.perf_counter() - started
    into.rate.append(count / seconds)
    into.own.append((time.process_time() - own) / count * 1000)
    into.database.append((world.postgres_cpu() - database) / count * 1000)


async def _take_all(work: Work, conversations: Sequence[UUID]) -> None:
    waiting = list(conversations)

    async def lane() -> None:
        while waiting:
            await work(waiting.pop())

    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))


@dataclass(slots=True)
class _Filling:
    """Puts a message into each of so many new conversations."""

    world: World
    resources: Resources
    customers: int = 0

    async def fill(self, count: int) -> list[UUID]:
        account = self.world.channels[_CHANNEL]
        rows = []
        for _ in range(count):
            self.customers += 1
            phone = phone_of(self.customers)
            inbound = Inbound(
                external_id=f"bench-{self.customers}",
                to_address=account.address,
                sender=Sender(phone=phone, profile_name="Test"),
                kind=InboundKind.TEXT,
                surface=Surface.SMS,
                text=_LINE,
                sent_at=now(),
            )
            rows.append(
                inbox.InboundRow(
                    workspace_id=account.workspace_id,
                    bot_id=account.bot_id,
                    channel_account_id=account.id,
                    channel=account.channel,
                    account=account.account_key,
                    external_id=inbound.external_id,
                    phone=phone,
                    user_id=None,
                    address=phone,
                    profile_name="Test",
                    idle_hours=24,
                    payload=inbound_to_json(inbound),
                )
            )
        found: list[UUID] = []
        for start in range(0, count, 200):
            accepted = await inbox.accept(self.resources.pool, rows[start : start + 200])
            found += [one.conversation_id for one in accepted]
        return found


@dataclass(slots=True)
class _Commit:
    """A turn without its thinking: what the booking flow's steps write, every time the same."""

    world: World
    resources: Resources

    async def take(self, conversation_id: UUID) -> None:
        resources, limits = self.resources, self.resources.turns.limits
        leased = await turns.lease(
            resources.pool,
            conversation_id,
            seconds=limits.lease_seconds,
            max_rows=limits.max_rows,
            max_crashes=limits.max_crashes,
            max_errors=limits.max_errors,
        )
        if leased is None:
            raise RuntimeError("a conversation of the bench was not due")
        account = self.world.channels[_CHANNEL]
        profile = await resources.accounts.profile(
            leased.bot_id, workspace_id=leased.workspace_id, settings_at=leased.settings_at
        )
        events = [CustomerMessage(inbound_from_json(item.payload)) for item in leased.items]
        work = turn_commit.TurnWork(leased, account, resources.channels[_CHANNEL], profile, events)
        await turn_commit.commit(resources.pool, work, _step(), limits=limits)


def _step() -> Step:
    choices = tuple(Choice(f"t1:{number}", f"{number + 1} PM") for number in range(3))
    return Step(
        state=_STATE,
        state_name="TIME",
        reply=Outbound(text="Gel manicure at Plaza. Which time suits you tomorrow?", choices=choices),
        lead=LeadPatch(service="Gel Manicure", preferred_time="tomorrow 14:00"),
        intent=IntentPatch(
            id=new_id(), status="intent", service="Gel Manicure", requested_time="tomorrow 14:00"
        ),
        trace=("service", "place", "day"),
    )
