"""GET /api/health: each dependency with what is known of it, nothing secret, nobody called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.web.health import Health, providers_of
from db.metrics import CallFigures, SetUp
from tests.api.conftest import api

__all__ = ["api"]

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def call(
    provider: str, name: str, outcome: str, *, minutes: int, source: str = "effect", p50: float | None = None
):
    at = NOW - timedelta(minutes=minutes)
    return CallFigures(source, provider, name, outcome, 2, p50, p50, p50, at)


def told(calls, set_up=(), configured=()):
    return {one.provider: one for one in providers_of(set_up, calls, configured)}


@pytest.mark.parametrize(
    ("outcomes", "reachable"),
    [
        ([], None),
        ([("done", 5)], True),
        ([("done", 5), ("unknown", 9)], True),
        ([("done", 9), ("unknown", 5)], False),
        ([("pending", 5)], False),
        ([("failed", 5)], None),  # refused: an answer, but of what kind is not known
        ([("done", 9), ("failed", 5)], True),
    ],
)
def test_reachable_is_what_the_last_calls_came_to(outcomes, reachable):
    calls = [call("nailit", "place_order", outcome, minutes=minutes) for outcome, minutes in outcomes]
    found = told(calls, [SetUp("booking", "nailit", 2)])["nailit"]
    assert (found.kind, found.configured, found.reachable) == ("booking", True, reachable)


def test_each_provider_has_its_kind_its_last_success_and_its_latency():
    found = told(
        [
            call("twilio", "send", "done", minutes=3, p50=0.2),
            call("twilio", "send", "failed", minutes=1, p50=9.0),
            call("stripe", "create_link", "done", minutes=3, p50=0.5),
            call("stripe", "expire_link", "done", minutes=2, p50=0.1),
            call("openai", "understand", "timed_out", minutes=1, source="llm", p50=4.0),
            call("mail", "send_mail", "done", minutes=7),
            call("nailit", "slots", "done", minutes=7, source="sync", p50=40.0),
            call("none", "place_order", "failed", minutes=7),
        ],
        configured=[("language_model", "openai"), ("language_model", "anthropic")],
    )
    assert {one.provider: one.kind for one in found.values()} == {
        "anthropic": "language_model", "openai": "language_model", "twilio": "channel",
        "stripe": "payment", "mail": "mail", "nailit": "booking",
    }  # fmt: skip
    assert found["twilio"].latency_ms == 200
    assert found["twilio"].last_success == NOW - timedelta(minutes=3)
    assert found["stripe"].latency_ms == 300
    assert found["stripe"].last_success == NOW - timedelta(minutes=2)
    assert (found["openai"].reachable, found["openai"].latency_ms) == (False, None)
    assert (found["anthropic"].configured, found["anthropic"].reachable) == (True, None)
    assert (found["mail"].configured, found["mail"].reachable) == (False, True)
    assert found["nailit"].latency_ms is None, "a whole sync is no call"


async def test_an_installation_without_redis_is_degraded_and_says_what_is_set_up(api):
    answer = await api.http.get(f"{api.base}/api/health")
    assert answer.status_code == 200
    found = answer.json()
    assert found["status"] == "degraded"
    assert found["database"]["reachable"] is True
    assert found["database"]["latencyMs"] > 0
    assert (found["redis"]["reachable"], found["redis"]["latencyMs"]) == (False, None)
    assert found["redis"]["trouble"] == "ConnectionError"
    assert found["queue"]["inbox_waiting"] == 0
    rows = await api.rows(
        "SELECT DISTINCT channel AS name FROM channel_accounts WHERE enabled "
        "UNION SELECT DISTINCT provider FROM provider_accounts WHERE enabled"
    )
    assert {row["name"] for row in rows} <= {one["provider"] for one in found["providers"]}
    assert all(one["configured"] for one in found["providers"])


class Counted:
    """Redis, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def ping(self) -> None:
        self.asked += 1


async def test_what_was_found_is_kept_for_seconds_and_a_dead_database_is_503(api):
    redis, clock = Counted(), [0.0]
    health = Health(api.pool, redis.ping, clock=lambda: clock[-1])
    first = await health.show(None)
    clock.append(4.0)
    assert (await health.show(None)).body == first.body
    assert redis.asked == 1
    clock.append(6.0)
    assert (await health.show(None)).status == 200
    assert redis.asked == 2
    await api.pool.close()
    clock.append(8.0)
    assert (await health.show(None)).status == 200, "kept"
    clock.append(60.0)
    down = await health.show(None)
    assert down.status == 503
    assert b'"status":"down"' in down.body
    assert b'"providers":null' in down.body
