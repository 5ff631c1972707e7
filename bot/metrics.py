"""Figures of the tables as Prometheus has them: the same whichever process is asked, since the tables are.

They are gauges over a window and not counters: retention deletes rows, so a count over a table may fall. Labels are
words of ours (kinds, states, providers), never a business, a person or a model's name.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from db import metrics
from db.failures import DATABASE_FAILURES
from db.metrics import CallFigures
from db.tx import Pool

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 300.0
"""What "recent" means."""
_KEEP_SECONDS = 5.0
"""Who asks sooner gets the same figures: scraping twice costs the database once."""
_LIMIT_SECONDS = 3.0

_QUANTILES = (("0.5", "p50"), ("0.95", "p95"), ("1", "slowest"))


@dataclass(frozen=True, slots=True)
class _Read:
    figures: dict[str, Any]
    calls: list[CallFigures]


class TableFigures(Collector):
    """`refresh` reads the tables, `collect` tells what was read: Prometheus collects without awaiting."""

    def __init__(self, pool: Pool, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._clock = clock
        self._read: _Read | None = None
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def refresh(self) -> None:
        """Never raises for a database that doesn't answer: then there are no figures, and that is told."""
        async with self._reading:
            if self._clock() - self._read_at < _KEEP_SECONDS:
                return
            try:
                async with asyncio.timeout(_LIMIT_SECONDS):
                    self._read = _Read(
                        await metrics.metric_figures(self._pool, seconds=WINDOW_SECONDS),
                        await metrics.calls_outside(self._pool, seconds=WINDOW_SECONDS),
                    )
            except DATABASE_FAILURES as error:
                self._read = None
                log.warning("metrics.no_figures", reason=type(error).__name__)
            self._read_at = self._clock()

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering asks for no figures."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield _gauge("frontdesk_database_up", "1: the tables answered", 0 if self._read is None else 1)
        if self._read is not None:
            yield from _waiting(self._read.figures)
            yield from _effects(self._read.figures)
            yield from _rest(self._read.figures)
            yield from _calls(self._read.calls)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _waiting(found: dict[str, Any]) -> Iterator[Metric]:
    yield _gauge("frontdesk_inbox_waiting", "Messages without a turn yet", found["inbox_waiting"])
    yield _gauge("frontdesk_inbox_quarantined", "Messages put aside", found["inbox_quarantined"])
    yield _gauge(
        "frontdesk_inbox_oldest_seconds",
        "Age of the oldest message without a turn",
        found["inbox_oldest_seconds"],
    )
    turns = found["turns"]
    yield _gauge(
        "frontdesk_turns_recent", "Customers' messages worked off in the last 5 minutes", turns["count"]
    )
    took = GaugeMetricFamily(
        "frontdesk_turn_seconds",
        "From a message's arrival to the commit of its turn, last 5 minutes",
        labels=["quantile"],
    )
    for quantile, key in _QUANTILES:
        if turns[key] is not None:
            took.add_metric([quantile], turns[key])
    yield took


def _effects(found: dict[str, Any]) -> Iterator[Metric]:
    for name, about, key in (
        ("frontdesk_effects_open", "Effects that are not settled, or stand with a person", "effects_open"),
        ("frontdesk_effects_recent", "Effects settled in the last 5 minutes", "effects_settled"),
    ):
        family = GaugeMetricFamily(name, about, labels=["kind", "status"])
        for kind, status, count in found[key]:
            family.add_metric([kind, status], count)
        yield family


def _rest(found: dict[str, Any]) -> Iterator[Metric]:
    yield _gauge(
        "frontdesk_llm_cost_dollars",
        "Cost of language models, last 24 hours",
        found["llm_cost_nanos_day"] / 1e9,
    )
    yield _gauge("frontdesk_sync_runs_open", "Sync runs asked for or under way", found["sync_runs_open"])
    family = GaugeMetricFamily("frontdesk_operator_errors_open", "Errors nobody settled yet", labels=["kind"])
    for kind, count in found["errors_open"]:
        family.add_metric([kind], count)
    yield family
    yield _gauge(
        "frontdesk_schedule_late_seconds",
        "How long the most overdue job waits",
        found["schedule_late_seconds"],
    )
    yield _gauge(
        "frontdesk_unrouted_webhooks", "Webhooks of unknown accounts, last hour", found["unrouted_hour"]
    )


def _calls(calls: list[CallFigures]) -> Iterator[Metric]:
    """Sends by channel, orders, mails, links; calls of models; sync runs."""
    named = {
        "effect": (
            "frontdesk_provider_calls_recent",
            "frontdesk_provider_call_seconds",
            "Calls to providers",
        ),
        "llm": ("frontdesk_llm_calls_recent", "frontdesk_llm_call_seconds", "Calls of language models"),
        "sync": ("frontdesk_sync_runs_recent", "frontdesk_sync_run_seconds", "Sync runs"),
    }
    for source, (counted, timed, about) in named.items():
        labels = ["provider", "call", "outcome"]
        counts = GaugeMetricFamily(counted, f"{about}, last 5 minutes", labels=labels)
        times = GaugeMetricFamily(
            timed, f"How long they took, last 5 minutes ({about.lower()})", labels=[*labels, "quantile"]
        )
        for one in calls:
            if one.source != source:
                continue
            values = [one.provider, one.call, one.outcome]
            counts.add_metric(values, one.calls)
            for quantile, key in _QUANTILES:
                if (value := getattr(one, key)) is not None:
                    times.add_metric([*values, quantile], value)
        yield counts
        yield times
