"""GET /api/health: what this installation needs, and whether it answers.

Providers aren't called for it: what the last day's calls came to stands in the tables (docs/metrics.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiohttp import web

from bot.web.api import ApiAnswer, respond
from bot.web.openapi import described
from db import metrics, schedules
from db.failures import DATABASE_FAILURES
from db.metrics import CallFigures, SetUp
from db.tx import Pool

_SECONDS = 2.0
_KEEP_SECONDS = 5.0
_KEEP_BAD_SECONDS = 1.0
_KEEP_PROVIDERS_SECONDS = 30.0
_LOOK_BACK_SECONDS = 86_400.0
_ANSWERED = frozenset({"done", "ok"})
_NO_ANSWER = frozenset({"unknown", "pending", "timed_out", "unreachable", "overloaded"})
"""Anything else was an answer, if no good one: it says nothing about whether the provider can be reached."""


class LiveAnswer(ApiAnswer):
    """The process answers."""

    status: str


class Overall(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    """Redis is away: slower, nothing is lost."""
    DOWN = "down"
    """The database is away: nothing can be stored."""


class DependencyHealth(ApiAnswer):
    """latencyMs: of the question whether it answers. trouble: the kind of error, if it doesn't."""

    reachable: bool
    latency_ms: float | None
    trouble: str | None


class ProviderHealth(ApiAnswer):
    """kind: channel, booking, payment, language_model, mail. reachable: by the last calls; null: none in a day.

    latencyMs: at the median of the last day's successful calls.
    """

    kind: str
    provider: str
    configured: bool
    reachable: bool | None
    last_success: datetime | None
    latency_ms: float | None


class HealthAnswer(ApiAnswer):
    """queue: what waits, over all businesses. providers: null while the tables can't be read."""

    status: Overall
    database: DependencyHealth
    redis: DependencyHealth
    queue: dict[str, int]
    providers: list[ProviderHealth] | None


@dataclass(slots=True)
class _Kept:
    """What was found, for who asks again soon. Whoever asks meanwhile shares the question."""

    seconds: float
    at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def fresh(self, now: float) -> bool:
        return now - self.at < self.seconds


@dataclass(slots=True)
class Health:
    """200 while the database answers (webhooks can be stored), 503 otherwise. Redis only costs time.

    configured: (kind, provider) of what the installation itself sets up, by its environment.
    """

    pool: Pool
    ping_redis: Callable[[], Awaitable[None]]
    configured: Iterable[tuple[str, str]] = ()
    clock: Callable[[], float] = time.monotonic
    _answer: HealthAnswer | None = None
    _asked: _Kept = field(default_factory=lambda: _Kept(_KEEP_SECONDS))
    _providers: list[ProviderHealth] | None = None
    _providers_asked: _Kept = field(default_factory=lambda: _Kept(_KEEP_PROVIDERS_SECONDS))

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/health", self.show), web.get("/api/health/live", self.live)]

    @described("Whether the process answers", tag="about", answer=LiveAnswer)
    async def live(self, _request: web.Request) -> web.Response:
        return respond(LiveAnswer(status="ok"))

    @described("Whether what it needs answers", tag="about", answer=HealthAnswer, unavailable=HealthAnswer)
    async def show(self, _request: web.Request) -> web.Response:
        async with self._asked.lock:
            if self._answer is None or not self._asked.fresh(self.clock()):
                self._answer = await self._look()
                self._asked.at = self.clock()
                self._asked.seconds = (
                    _KEEP_SECONDS if self._answer.status is Overall.OK else _KEEP_BAD_SECONDS
                )
        return respond(self._answer, status=503 if self._answer.status is Overall.DOWN else 200)

    async def _look(self) -> HealthAnswer:
        (database, queue), redis, providers = await asyncio.gather(
            self._database(), self._redis(), self._of_providers()
        )
        status = Overall.OK if redis.reachable else Overall.DEGRADED
        return HealthAnswer(
            status=status if database.reachable else Overall.DOWN,
            database=database,
            redis=redis,
            queue=queue,
            providers=providers if database.reachable else None,
        )

    async def _database(self) -> tuple[DependencyHealth, dict[str, int]]:
        began = self.clock()
        try:
            async with asyncio.timeout(_SECONDS):
                queue = await schedules.queue_figures(self.pool)
        except DATABASE_FAILURES as error:
            return _away(error), {}
        return self._answered(began), queue

    async def _redis(self) -> DependencyHealth:
        began = self.clock()
        try:
            async with asyncio.timeout(_SECONDS):
                await self.ping_redis()
        except Exception as error:  # noqa: BLE001  (whatever it is, it is this dependency's state)
            return _away(error)
        return self._answered(began)

    def _answered(self, began: float) -> DependencyHealth:
        took = round((self.clock() - began) * 1000, 1)
        return DependencyHealth(reachable=True, latency_ms=took, trouble=None)

    async def _of_providers(self) -> list[ProviderHealth] | None:
        """What was read last if it can't be read now. None: it never could."""
        if self._providers_asked.fresh(self.clock()):
            return self._providers
        try:
            async with asyncio.timeout(_SECONDS):
                set_up = await metrics.outside_set_up(self.pool)
                calls = await metrics.calls_outside(self.pool, seconds=_LOOK_BACK_SECONDS)
        except DATABASE_FAILURES:
            return self._providers  # the database's own line says what is wrong
        self._providers_asked.at = self.clock()
        self._providers = providers_of(set_up, calls, self.configured)
        return self._providers


def _away(error: BaseException) -> DependencyHealth:
    return DependencyHealth(reachable=False, latency_ms=None, trouble=type(error).__name__)


def providers_of(
    set_up: Iterable[SetUp], calls: Iterable[CallFigures], configured: Iterable[tuple[str, str]]
) -> list[ProviderHealth]:
    """Every provider that is set up or was called in the last day, by kind and name."""
    made = {(one.kind, one.provider) for one in set_up} | set(configured)
    by_provider: dict[tuple[str, str], list[CallFigures]] = {one: [] for one in made}
    for call in calls:
        if call.provider != "none":
            by_provider.setdefault((_kind_of(call), call.provider), []).append(call)
    return [
        _told(kind, provider, (kind, provider) in made, found)
        for (kind, provider), found in sorted(by_provider.items())
    ]


def _kind_of(call: CallFigures) -> str:
    match call.source, call.call:
        case "llm", _:
            return "language_model"
        case "effect", "send":
            return "channel"
        case "effect", "send_mail":
            return "mail"
        case "effect", ("create_link" | "expire_link"):
            return "payment"
    return "booking"


def _unanswered(call: CallFigures) -> bool:
    return call.outcome in _NO_ANSWER or (call.source == "sync" and call.outcome == "failed")


def _told(kind: str, provider: str, configured: bool, calls: list[CallFigures]) -> ProviderHealth:
    good = [one for one in calls if one.outcome in _ANSWERED]
    success = max((one.last_at for one in good), default=None)
    silence = max((one.last_at for one in calls if _unanswered(one)), default=None)
    reachable = None
    if success is not None or silence is not None:
        reachable = success is not None and (silence is None or success >= silence)
    timed = [(one.p50, one.calls) for one in good if one.p50 is not None and one.source != "sync"]
    weight = sum(count for _, count in timed)
    latency = round(sum(p50 * count for p50, count in timed) / weight * 1000, 1) if weight else None
    return ProviderHealth(
        kind=kind, provider=provider, configured=configured,
        reachable=reachable, last_success=success, latency_ms=latency,
    )  # fmt: skip
