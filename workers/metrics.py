"""What a process tells of itself at /metrics: memory, connections, Redis. And a listener for those without a server.

The web process serves it beside its routes (bot/web/metrics.py). messages, dispatcher and catalog open METRICS_PORT, if
it is set; two of them on one machine need a port each.
"""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Metric,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.metrics import TableFigures
from bot.version import VERSION
from bot.web.metrics import MetricsPage, RequestMeasures
from db.tx import Pool
from workers.queue import Queue
from workers.resources import Resources
from workers.settings import Settings

log = structlog.get_logger(__name__)


class ProcessFigures(Collector):
    """What one process holds, asked when somebody looks."""

    def __init__(self, process: str, pool: Pool, queue: Queue) -> None:
        self._process = process
        self._pool = pool
        self._queue = queue

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("frontdesk_info", "1, with what runs here", labels=["process", "version"])
        info.add_metric([self._process, VERSION], 1)
        yield info
        connections = GaugeMetricFamily(
            "frontdesk_database_connections", "Database connections of this process", labels=["state"]
        )
        idle = self._pool.get_idle_size()
        connections.add_metric(["idle"], idle)
        connections.add_metric(["used"], self._pool.get_size() - idle)
        yield connections
        yield GaugeMetricFamily(
            "frontdesk_redis_up", "0: Redis is known not to answer", value=float(self._queue.healthy)
        )
        yield CounterMetricFamily(
            "frontdesk_redis_troubles", "How often Redis went away", value=self._queue.troubles
        )
        yield GaugeMetricFamily(
            "frontdesk_bells_waiting", "Conversations not rung for yet", value=self._queue.bells_waiting
        )


def _registry(process: str, pool: Pool, queue: Queue) -> CollectorRegistry:
    disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, that nobody reads
    registry = CollectorRegistry()
    for make in (ProcessCollector, PlatformCollector, GCCollector):
        make(registry=registry)
    registry.register(ProcessFigures(process, pool, queue))
    return registry


def _token(settings: Settings) -> str:
    return settings.metrics_token.get_secret_value() if settings.metrics_token else ""


def web_metrics(resources: Resources) -> tuple[RequestMeasures, MetricsPage]:
    """The requests' clock and the page, for the web process."""
    settings = resources.settings
    registry = _registry("web", resources.pool, resources.queue)
    tables = TableFigures(resources.pool)
    registry.register(tables)
    measures = RequestMeasures(
        registry,
        slow_seconds=settings.timing.slow_request_seconds,
        wait_seconds=settings.timing.chat_wait_seconds,
    )
    return measures, MetricsPage(registry, _token(settings), tables)


@asynccontextmanager
async def metrics_listener(resources: Resources, process: str) -> AsyncIterator[int | None]:
    """Serves this process's own figures while open. Gives the port; None without METRICS_PORT or METRICS_TOKEN, or
    when somebody else has the port: that is logged and no reason not to work."""
    settings = resources.settings
    if not settings.metrics_port or not settings.metrics_token:
        yield None
        return
    app = web.Application()
    app.add_routes(
        MetricsPage(_registry(process, resources.pool, resources.queue), _token(settings)).routes()
    )
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.metrics_port).start()
        except OSError as error:
            name = errno.errorcode.get(error.errno or 0, "unknown")
            log.warning("metrics.no_listener", port=settings.metrics_port, reason=name)
            yield None
        else:
            yield settings.metrics_port
    finally:
        await runner.cleanup()
