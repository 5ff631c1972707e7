"""The receiver: signed webhooks per second into the real web process, against a bare aiohttp handler."""

from __future__ import annotations

import gc
import secrets
from dataclasses import dataclass, field

import uvloop

from bench.result import Figure, Result, across, as_percent, ratio
from bench.wire import Client, Load
from bench.world import Process, World

_CONNECTIONS = 48
_CUSTOMERS = 500
_CHANNELS = {"twilio": "Twilio form", "whatsapp": "Meta JSON"}
_TITLES = {"bare": "bare aiohttp handler"}


@dataclass(slots=True)
class _Run:
    """What one target did in each round."""

    rate: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Microseconds of the server process per request."""
    database_cpu: list[float] = field(default_factory=list)
    redis_cpu: list[float] = field(default_factory=list)
    paced: list[list[float]] = field(default_factory=list)
    """Latencies at a fixed rate."""


def run(world: World, *, rounds: int, count: int = 2000, per_second: int = 500) -> Result:
    result = Result("Receiver: one web process, durable acknowledgement")
    runs: dict[str, _Run] = {}
    bare_port = world.web_port + 10
    with (
        world.database() as dsn,
        world.process("web", dsn) as ours,
        world.peer("bare", bare_port) as bare,
    ):
        for round_number in range(rounds + 1):
            warm_up = round_number == 0
            size = 500 if warm_up else count
            for channel in _CHANNELS:
                for name, port, server in (("bare", bare_port, bare), ("ours", world.web_port, ours)):
                    into = _Run() if warm_up else runs.setdefault(f"{channel} {name}", _Run())
                    _burst(world, into, channel, port=port, server=server, count=size)
            if not warm_up:
                for channel in _CHANNELS:
                    into = runs[f"{channel} ours"]
                    into.paced.append(_pace(world, channel, per_second=per_second, count=per_second * 2))
                runs["twilio bare"].paced.append(
                    _pace(world, "twilio", per_second=per_second, count=per_second * 2, port=bare_port)
                )
        memory = ours.memory_mb()
    _report(result, runs, per_second)
    result.add("Memory of the web process afterwards", f"{memory:.0f} MB", goal="≤ 150 MB")
    result.notes += [
        (
            f"{count} requests a round on {_CONNECTIONS} connections, distinct ids, {_CUSTOMERS} customers a channel; "
            "ours and bare take turns within each round. The bare handler gets the same bytes and reads none."
        ),
        "Every 200 of ours is a row committed to disk (fsync and synchronous_commit on), rung for and remembered.",
        "Latency at a fixed rate counts from the moment a request was due, so a stall is not left out.",
    ]
    return result


def _burst(world: World, into: _Run, channel: str, *, port: int, server: Process, count: int) -> None:
    requests = world.webhooks(channel, count, seed=secrets.token_hex(6), customers=_CUSTOMERS)
    before = server.cpu_seconds(), world.postgres_cpu(), world.redis_cpu()
    load = uvloop.run(_flood(port, requests))
    after = server.cpu_seconds(), world.postgres_cpu(), world.redis_cpu()
    _check(load)
    used = [(late - early) / count * 1e6 for early, late in zip(before, after, strict=True)]
    into.rate.append(load.rate)
    into.cpu.append(used[0])
    into.database_cpu.append(used[1])
    into.redis_cpu.append(used[2])


async def _flood(port: int, requests: list[bytes]) -> Load:
    async with Client(port, _CONNECTIONS) as client:
        with quiet_gc():
            return await client.flood(requests)


def _pace(world: World, channel: str, *, per_second: int, count: int, port: int | None = None) -> list[float]:
    requests = world.webhooks(channel, count, seed=secrets.token_hex(6), customers=_CUSTOMERS)

    async def work() -> Load:
        async with Client(port or world.web_port, _CONNECTIONS) as client:
            with quiet_gc():
                return await client.pace(requests, per_second=per_second)

    load = uvloop.run(work())
    _check(load)
    return load.latencies


def _check(load: Load) -> None:
    if load.refused:
        raise RuntimeError(f"{load.refused} of {len(load.latencies)} requests were not answered 200")


class quiet_gc:  # noqa: N801  (used as a with-statement's word)
    """No collections of the measuring side while it measures."""

    def __enter__(self) -> None:
        gc.collect()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        gc.enable()


def _report(result: Result, runs: dict[str, _Run], per_second: int) -> None:
    for channel, title in _CHANNELS.items():
        ours, bare = runs[f"{channel} ours"], runs[f"{channel} bare"]
        result.add(f"{title}: bare handler", Figure.of(bare.rate).text("requests/s"))
        result.add(
            f"{title}: ours",
            Figure.of(ours.rate).text("requests/s"),
            against=ratio(ours.rate, bare.rate, as_percent),
            goal="≥ 30 % of bare",
        )
        result.add(f"{title}: CPU, bare handler", Figure.of(bare.cpu).text("µs a request"))
        result.add(
            f"{title}: CPU, ours",
            Figure.of(ours.cpu).text("µs a request"),
            against=ratio(ours.cpu, bare.cpu),
            goal="≤ 3×",
        )
        result.add(
            f"{title}: CPU of PostgreSQL and Redis for ours",
            f"{Figure.of(ours.database_cpu).text('µs')}, {Figure.of(ours.redis_cpu).text('µs')}",
        )
        for percent in (50, 99):
            result.add(
                f"{title}: latency p{percent} at {per_second}/s",
                across(ours.paced, percent).text("ms"),
                goal="≤ 25 ms at 1,000/s" if percent == 99 else "",
            )
    bare = runs["twilio bare"]
    result.add(f"Bare handler: latency p99 at {per_second}/s", across(bare.paced, 99).text("ms"))
