"""GET /api/health: what this installation needs, and whether it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.web.api import ApiAnswer
from bot.web.openapi import described
from db import schedules
from db.failures import DATABASE_FAILURES
from db.tx import Pool

_SECONDS = 2.0


class LiveAnswer(ApiAnswer):
    """The process answers."""

    status: str


class HealthAnswer(ApiAnswer):
    """status: ok, degraded (Redis is away), down. database, redis: "ok", or what is wrong. queue: what waits."""

    status: str
    database: str
    redis: str
    queue: dict[str, int]


@dataclass(slots=True)
class Health:
    """200 while the database answers (webhooks can be stored), 503 otherwise. Redis only costs time."""

    pool: Pool
    ping_redis: Callable[[], Awaitable[None]]

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/health", self.show), web.get("/api/health/live", self.live)]

    @described("Whether the process answers", tag="about", answer=LiveAnswer)
    async def live(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    @described("Whether what it needs answers", tag="about", answer=HealthAnswer, unavailable=HealthAnswer)
    async def show(self, _request: web.Request) -> web.Response:
        database, figures = await self._database()
        redis = await self._redis()
        return web.json_response(
            {
                "status": "ok"
                if database == "ok" and redis == "ok"
                else "degraded"
                if database == "ok"
                else "down",
                "database": database,
                "redis": redis,
                "queue": figures,
            },
            status=200 if database == "ok" else 503,
        )

    async def _database(self) -> tuple[str, dict[str, int]]:
        try:
            async with asyncio.timeout(_SECONDS):
                return "ok", await schedules.queue_figures(self.pool)
        except DATABASE_FAILURES as error:
            return type(error).__name__, {}

    async def _redis(self) -> str:
        try:
            async with asyncio.timeout(_SECONDS):
                await self.ping_redis()
        except Exception as error:  # noqa: BLE001  (whatever it is, it is this dependency's state)
            return type(error).__name__
        return "ok"
