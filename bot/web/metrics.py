"""GET /metrics: this process and the tables, as Prometheus reads them (docs/metrics.md). And the requests' clock.

Off without METRICS_TOKEN; with it, only for who shows it (`Authorization: Bearer ...`).
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.metrics import TableFigures

log = structlog.get_logger(__name__)

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_WAITS_FOR_A_TURN = ("/api/widget/messages", "/api/chat/", "/api/bookings/")
"""These answer when the conversation's turn does: that takes as long as a turn takes."""


class RequestMeasures:
    """Counts and times every request by its route's template, never by its address."""

    def __init__(self, registry: CollectorRegistry, *, slow_seconds: float, wait_seconds: float) -> None:
        """slow_seconds: who takes longer is logged; routes that wait for a turn may wait so long besides."""
        self._slow = slow_seconds
        self._wait = wait_seconds
        self._requests = Counter(
            "frontdesk_http_requests", "Answers given", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "frontdesk_http_request_seconds",
            "Time to the end of an answer; streams are left out",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._open = Gauge("frontdesk_http_requests_open", "Requests under way", registry=registry)

    def middleware(self) -> Middleware:
        """To be among the first: what errors are made into is counted as what it became."""

        @web.middleware
        async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
            began = time.perf_counter()
            status, stream = 500, False
            self._open.inc()
            try:
                answer = await handler(request)
                status, stream = answer.status, answer.content_type == "text/event-stream"
            except web.HTTPException as answer:
                status = answer.status
                raise
            finally:
                self._open.dec()
                self._note(request, status, time.perf_counter() - began, stream=stream)
            return answer

        return measured

    def _note(self, request: web.Request, status: int, seconds: float, *, stream: bool) -> None:
        method = request.method if request.method in hdrs.METH_ALL else "other"
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "unknown"
        self._requests.labels(method, route, str(status)).inc()
        if stream:
            return
        self._seconds.labels(method, route).observe(seconds)
        limit = self._slow + (self._wait if route.startswith(_WAITS_FOR_A_TURN) else 0)
        if seconds > limit:
            log.warning(
                "web.slow_request", method=method, route=route, status=status, seconds=round(seconds, 3)
            )


@dataclass(slots=True)
class MetricsPage:
    """token: what a scraper must show; empty: there is no such page. tables: None in processes that only tell of
    themselves."""

    registry: CollectorRegistry
    token: str
    tables: TableFigures | None = None

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        if not self.token:
            raise web.HTTPNotFound
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), self.token.encode()):
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        if self.tables is not None:
            await self.tables.refresh()
        return web.Response(
            body=generate_latest(self.registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )
