"""Webhook in → bell → turn → send call out, through the real processes, idle and loaded; and what idling costs."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import uvloop
from redis import asyncio as redis

from bench.receiver import quiet_gc
from bench.result import Figure, Result, across, ratio
from bench.wire import Client, SendApi, until
from bench.world import Process, World, phone_of
from bot.channels.simulator.acts import message_id

SCRIPT = (
    "Hi",
    "I want a gel manicure at Plaza tomorrow",
    "2pm",
    "anyone",
    "Sara Test",
    "sara@example.com",
)
"""A booking up to its summary: the order itself would measure the booking system."""

_ANSWER_SECONDS = 30.0
_IDLE_SECONDS = 5.0


@dataclass(slots=True)
class Outside:
    """The customers and the send API, in one event loop, so that all moments come from one clock."""

    world: World
    client: Client
    api: SendApi = field(init=False)
    sends: dict[str, asyncio.Queue[float]] = field(default_factory=dict)
    typed: dict[str, float] = field(default_factory=dict)
    """Moment of the read receipt's call, by message id: the turn had started."""

    def __post_init__(self) -> None:
        self.api = SendApi(self._sent, self.typed.__setitem__)

    def _sent(self, to: str, at: float) -> None:
        self.sends.setdefault("+" + to.removeprefix("+"), asyncio.Queue()).put_nowait(at)

    async def answer(self, customer: int) -> float:
        """The moment of the next send call to this customer. Raises TimeoutError."""
        queue = self.sends.setdefault(phone_of(customer), asyncio.Queue())
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await queue.get()


@dataclass(slots=True)
class _Figures:
    """Milliseconds, a list per round."""

    acknowledged: list[list[float]] = field(default_factory=list)
    started: list[list[float]] = field(default_factory=list)
    answered: list[list[float]] = field(default_factory=list)
    peer: list[list[float]] = field(default_factory=list)


@dataclass(slots=True)
class _Rates:
    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    """Milliseconds of CPU per turn, by process."""
    turn_ms: list[list[float]] = field(default_factory=list)
    paced: list[list[float]] = field(default_factory=list)
    pace: list[float] = field(default_factory=list)


def run(world: World, *, rounds: int, talks: int = 32, at_once: int = 16, idle: int = 30) -> Result:
    result = Result("The whole way: webhook in, send call out")
    figures, rates = _Figures(), _Rates()
    peer_port = world.web_port + 11
    with (
        world.database() as dsn,
        _all_processes(world, dsn) as processes,
        world.peer("echo", peer_port, f"http://127.0.0.1:{world.api_port}"),
    ):
        resting = uvloop.run(_rest(world, processes))
        work = _measure(
            world,
            figures,
            rates,
            processes,
            peer_port=peer_port,
            rounds=rounds,
            sizes=(talks, at_once, idle),
        )
        uvloop.run(work)
        memory = {name: process.memory_mb() for name, process in processes.items()}
    _report(result, figures, rates, at_once)
    for name, (share, _) in resting.items():
        result.add(f"Idle: CPU of {name}", f"{share:.1%}", goal="≤ 6 %" if name == "messages" else "")
    result.add("Idle: Redis commands", f"{resting['messages'][1]:.0f} a second")
    result.add(
        "Memory after the load", ", ".join(f"{k} {v:.0f} MB" for k, v in memory.items()), goal="≤ 150 MB each"
    )
    result.notes += [
        (
            f"Processes web, messages and dispatcher, one each; {talks} talks of {len(SCRIPT)} messages a round, "
            f"{at_once} customers at once, each writing his next line when the reply's send call came. The customers "
            "and the send API (which answers at once) run on the same cores."
        ),
        "Lines that look unfinished wait 0.8 s for the next one in the product (docs/decisions); here they don't.",
        "“Turn started” is the arrival of the read receipt, which leaves with the reply: an upper bound.",
        "The peer takes the same webhooks and answers each by one httpx call: no signature, no state, nothing durable.",
    ]
    return result


@contextmanager
def _all_processes(world: World, dsn: str) -> Iterator[dict[str, Process]]:
    with (
        world.process("web", dsn) as web,
        world.process("messages", dsn) as messages,
        world.process("dispatcher", dsn) as dispatcher,
    ):
        yield {"web": web, "messages": messages, "dispatcher": dispatcher}


async def _rest(world: World, processes: dict[str, Process]) -> dict[str, tuple[float, float]]:
    """Share of a core and Redis commands a second while nothing happens."""
    client = redis.Redis.from_url(world.redis.url)
    try:
        await asyncio.sleep(1)
        commands = (await client.info("stats"))["total_commands_processed"]
        before = {name: process.cpu_seconds() for name, process in processes.items()}
        await asyncio.sleep(_IDLE_SECONDS)
        each = ((await client.info("stats"))["total_commands_processed"] - commands) / _IDLE_SECONDS
        return {
            name: ((process.cpu_seconds() - before[name]) / _IDLE_SECONDS, each)
            for name, process in processes.items()
        }
    finally:
        await client.aclose()


async def _measure(
    world: World,
    figures: _Figures,
    rates: _Rates,
    processes: dict[str, Process],
    *,
    peer_port: int,
    rounds: int,
    sizes: tuple[int, int, int],
) -> None:
    talks, at_once, idle = sizes
    async with Client(world.web_port, at_once) as client, Client(peer_port, at_once) as peer:
        outside = Outside(world, client)
        await outside.api.start(world.api_port)
        echo = Outside(world, peer, sends=outside.sends, typed=outside.typed)
        customers = iter(range(10_000))
        await _talks(outside, [next(customers) for _ in range(at_once)], at_once)  # warm-up
        await _talks(echo, [next(customers) for _ in range(at_once)], at_once)
        for _ in range(rounds):
            with quiet_gc():
                await _one_by_one(outside, figures, [next(customers) for _ in range(idle)])
                figures.peer.append(await _echoes(echo, [next(customers) for _ in range(idle)]))
                people = [next(customers) for _ in range(talks)]
                await _loaded(outside, rates, processes, people, at_once)
                rates.peer.append(_rate(await _talks(echo, [next(customers) for _ in range(talks)], at_once)))
                half = [next(customers) for _ in range(talks * 2)]
                await _paced(outside, rates, half, per_second=rates.ours[-1] / 2)
        await outside.api.stop()


async def _one_by_one(outside: Outside, figures: _Figures, customers: list[int]) -> None:
    acknowledged, started, answered = [], [], []
    for customer in customers:
        seed = secrets.token_hex(8)
        request = outside.world.webhook("whatsapp", customer, seed=seed, text=SCRIPT[1])
        began = time.perf_counter()
        if await outside.client.ask(request) != 200:
            raise RuntimeError("a webhook was refused")
        stored = time.perf_counter()
        sent = await outside.answer(customer)
        mine = message_id("whatsapp", seed)  # receipts of talks before may still come in
        await until(partial(_is_in, outside.typed, mine), seconds=5, what="the read receipt")
        typing = outside.typed.pop(mine)
        acknowledged.append((stored - began) * 1000)
        started.append((typing - stored) * 1000)
        answered.append((sent - began) * 1000)
    figures.acknowledged.append(acknowledged)
    figures.started.append(started)
    figures.answered.append(answered)


async def _is_in(typed: dict[str, float], message: str) -> bool:
    return message in typed


async def _echoes(echo: Outside, customers: list[int]) -> list[float]:
    taken = []
    for customer in customers:
        request = echo.world.webhook("whatsapp", customer, seed=secrets.token_hex(8), text=SCRIPT[1])
        began = time.perf_counter()
        await echo.client.ask(request)
        taken.append((await echo.answer(customer) - began) * 1000)
    return taken


async def _loaded(
    outside: Outside, rates: _Rates, processes: dict[str, Process], people: list[int], at_once: int
) -> None:
    def used() -> dict[str, float]:
        own = {name: process.cpu_seconds() for name, process in processes.items()}
        return own | {"PostgreSQL": outside.world.postgres_cpu(), "Redis": outside.world.redis_cpu()}

    before = used()
    seconds, taken = await _talks(outside, people, at_once)
    turns = len(people) * len(SCRIPT)
    for name, late in used().items():
        rates.cpu.setdefault(name, []).append((late - before[name]) / turns * 1000)
    rates.ours.append(_rate((seconds, taken)))
    rates.turn_ms.append(taken)


def _rate(talked: tuple[float, list[float]]) -> float:
    seconds, taken = talked
    return len(taken) / seconds


async def _talks(outside: Outside, people: list[int], at_once: int) -> tuple[float, list[float]]:
    """Every talk once, so many at a time: seconds in all, and milliseconds from each webhook to its reply."""
    scripts = {
        customer: [
            outside.world.webhook("whatsapp", customer, seed=secrets.token_hex(8), text=line)
            for line in SCRIPT
        ]
        for customer in people
    }
    waiting = list(people)
    taken: list[float] = []

    async def customer_line(line: int) -> None:
        connection = outside.client.connection(line)
        while waiting:
            customer = waiting.pop()
            for request in scripts[customer]:
                began = time.perf_counter()
                if await connection.ask(request) != 200:
                    raise RuntimeError("a webhook was refused")
                taken.append((await outside.answer(customer) - began) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*(customer_line(line) for line in range(at_once)))
    seconds = time.perf_counter() - started
    outside.typed.clear()
    for customer in people:
        if not outside.sends[phone_of(customer)].empty():
            raise RuntimeError("a turn sent more than one message: the script no longer fits the measurement")
    return seconds, taken


async def _paced(outside: Outside, rates: _Rates, people: list[int], *, per_second: float) -> None:
    """First lines of talks at half of what was reached: what a reply takes on a busy, not a drowning system."""
    requests = [
        (customer, outside.world.webhook("whatsapp", customer, seed=secrets.token_hex(8), text=SCRIPT[1]))
        for customer in people
    ]
    started = time.perf_counter()
    taken: list[float] = []

    async def one(position: int, customer: int, request: bytes) -> None:
        due = started + position / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        connection = outside.client.connection(position % outside.client.size)
        async with connection.alone:
            await connection.ask(request)
        taken.append((await outside.answer(customer) - due) * 1000)

    await asyncio.gather(*(one(position, *each) for position, each in enumerate(requests)))
    rates.paced.append(taken)
    rates.pace.append(per_second)
    outside.typed.clear()


def _report(result: Result, figures: _Figures, rates: _Rates, at_once: int) -> None:
    for percent, goal in ((50, "≤ 15 ms"), (99, "")):
        acked, started = across(figures.acknowledged, percent), across(figures.started, percent)
        result.add(f"Idle: webhook acknowledged, p{percent}", acked.text("ms"))
        result.add(f"Idle: acknowledged to turn started, p{percent}", started.text("ms"), goal=goal)
    for percent, goal in ((50, "≤ 30 ms"), (99, "≤ 100 ms")):
        ours, peer = across(figures.answered, percent), across(figures.peer, percent)
        result.add(f"Idle: webhook in to send call, p{percent}", ours.text("ms"), goal=goal)
        result.add(f"Idle: the peer's, p{percent}", peer.text("ms"))
    result.add("Loaded: peer's replies", Figure.of(rates.peer).text("a second"))
    result.add(
        "Loaded: turns",
        Figure.of(rates.ours).text("a second"),
        against=ratio(rates.ours, rates.peer, lambda share: f"{share:.0%}"),
        goal="≥ 300, ≥ 700 batched",
    )
    talks = [rate / len(SCRIPT) for rate in rates.ours]
    result.add("Loaded: booking talks", Figure.of(talks).text("a second"))
    for percent in (50, 99):
        result.add(
            f"Loaded, {at_once} at once: webhook in to send call, p{percent}",
            across(rates.turn_ms, percent).text("ms"),
        )
    for percent in (50, 99):
        result.add(
            f"At half of that rate ({Figure.of(rates.pace).median:.0f}/s): webhook in to send call, p{percent}",
            across(rates.paced, percent).text("ms"),
        )
    cpu = ", ".join(f"{name} {Figure.of(samples).median:.2f}" for name, samples in rates.cpu.items())
    result.add("Loaded: CPU a turn", f"{cpu} ms")
