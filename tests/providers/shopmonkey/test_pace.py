"""A sync leaves some of the minute's calls to orders; the limit is whatever the answers say it is."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from providers.outcome import CallFailure
from providers.shopmonkey.answers import Location
from providers.shopmonkey.pace import Pace
from tests.providers.shopmonkey.shop import BASE, provider


def said(remaining: object, *, limit: object = 100, status: int = 200) -> httpx.Response:
    headers = {"X-RateLimit-Limit-Minute": str(limit), "X-RateLimit-Remaining-Minute": str(remaining)}
    return httpx.Response(status, json={"success": True, "data": []}, headers=headers)


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(http, waits):
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return replace(provider(http)._client, pace=Pace(sleep=sleep))


async def test_nobody_waits_while_there_is_enough_or_nothing_is_said(client, waits, respx_mock):
    answers = [said(99), said(20), httpx.Response(200, json={"success": True, "data": []}), said("many")]
    respx_mock.get(f"{BASE}/location").mock(side_effect=answers)
    for _ in answers:
        await client.page("location", Location)
    assert waits == []


async def test_a_sync_waits_for_the_rolling_minute_when_little_is_left_and_goes_on_when_it_is_back(
    client, waits, respx_mock
):
    respx_mock.get(f"{BASE}/location").mock(side_effect=[said(19), said(19), said(60), said(59)])
    for _ in range(4):
        await client.page("location", Location)
    assert waits == [0.6, 0.6]


async def test_an_order_never_waits(client, waits, respx_mock):
    respx_mock.get(f"{BASE}/location").mock(side_effect=[said(1), said(0)])
    hasty = replace(client, hasty=True)
    for _ in range(2):
        await hasty.page("location", Location)
    assert waits == []


async def test_a_refusal_tells_it_too_and_all_calls_of_a_key_share_what_was_said(client, waits, respx_mock):
    respx_mock.get(f"{BASE}/location").mock(side_effect=[said(0, status=500), said(50)])
    with pytest.raises(CallFailure):
        await replace(client, hasty=True, retries=replace(client.retries, attempts=1)).page(
            "location", Location
        )
    await client.page("location", Location)
    assert waits == [0.6]
