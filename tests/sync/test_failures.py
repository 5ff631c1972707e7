"""Every way a booking system can go wrong, through adapter and sync: the old catalog stays, a person hears why
once, and the first good run settles it. Nail It's sandbox misbehaves; both dialects.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from db import errors, schedules, sync_runs
from db.tx import tx
from sync.run import SyncOutcome
from tests.salon import KEY, NO_REDIS, Salon, open_salon
from workers.cli import app
from workers.resources import now
from workers.syncing import perform_run

Bend = Callable[[str, dict[str, Any]], dict[str, Any]]
DIALECTS = ["nail-salon", "nail-studio"]
"""The demo's two businesses: facade, v2."""


_CALL = re.compile(r"/(?:nailit|shopmonkey/v3)/([^/]+)")


class Bent(httpx.AsyncBaseTransport):
    """The real answers, with their content changed on the way."""

    def __init__(self, bend: Bend) -> None:
        self._bend = bend
        self._real = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._real.handle_async_request(request)
        body = json.loads(await answer.aread())
        await answer.aclose()
        call = _CALL.search(request.url.path)[1]
        return httpx.Response(answer.status_code, json=self._bend(call, body), request=request)

    async def aclose(self) -> None:
        await self._real.aclose()


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        await patience(salon, read_attempts=1)
        yield salon


async def patience(salon: Salon, **settings: float) -> None:
    await salon.pool.execute("UPDATE provider_accounts SET settings = settings || $1", settings)


async def sync(
    salon: Salon, business: str, *, bend: Bend | None = None, forced: bool = False, days: int = 1
) -> SyncOutcome:
    workspace_id = salon.workspace_ids[business]
    async with tx(salon.pool, workspace_id) as connection:
        run = await sync_runs.start_run(
            connection, kind="full", trigger="operator", forced=forced, claim_seconds=60
        )
    assert run is not None
    transport = Bent(bend) if bend else None
    async with httpx.AsyncClient(transport=transport) as http:
        return await perform_run(salon.pool, salon.resources.box, http, run, now=now(), days=days)


async def catalog(salon: Salon, business: str) -> list[tuple[Any, ...]]:
    """Every row of the catalog with where it lies, and how many free times there are."""
    found: list[tuple[Any, ...]] = []
    async with tx(salon.pool, salon.workspace_ids[business]) as connection:
        for table in ("locations", "service_groups", "services", "service_sizes", "staff", "payment_types"):
            rows = await connection.fetch(f"SELECT id, ctid, retired_at FROM {table} ORDER BY id")
            found += [(table, *map(str, row)) for row in rows]
        found.append(("slots", await connection.fetchval("SELECT count(*) FROM slots")))
        found.append(("version", await connection.fetchval("SELECT catalog_version FROM workspaces")))
    return found


def a_third(_call: str, body: dict[str, Any]) -> dict[str, Any]:
    """A page that claims to be all there is."""
    for key in ("Items", "Services"):
        if isinstance(body.get(key), list) and "Total_Items" in body:
            body[key] = body[key][::6]
            body["Total_Items"] = len(body[key])
    return body


def without_a_location(call: str, body: dict[str, Any]) -> dict[str, Any]:
    if call == "GetLocations":
        body["Locations"] = body["Locations"][1:]
    return body


def words_for_minutes(_call: str, body: dict[str, Any]) -> dict[str, Any]:
    """The vendor changes a field's meaning."""
    for item in body.get("Items") or ():
        if isinstance(item, dict) and "Duration" in item:
            item["Duration"] = "an hour"
    return body


def renamed(_call: str, body: dict[str, Any]) -> dict[str, Any]:
    """The vendor renames a list."""
    if "Locations" in body:
        body["Branches"] = body.pop("Locations")
    return body


def not_an_object(_call: str, _body: dict[str, Any]) -> Any:
    return ["maintenance"]


FAULTS: dict[str, dict[str, Any]] = {
    "stopped": {"kind": "blackout"},
    "5xx": {"kind": "http_5xx"},
    "slow": {"kind": "slow", "ms": 3_000},
    "html": {"kind": "html"},
    "rate limited": {"kind": "rate_limited", "ms": 1_000},
    "empty": {"kind": "empty"},
}
BENDS: dict[str, tuple[Bend, str, str]] = {
    "a third of the services": (a_third, "refused", "services are missing"),
    "a location vanished": (without_a_location, "refused", "missing from the booking system's locations"),
    "a field changed": (words_for_minutes, "failed", "field items.0.duration"),
    "a list renamed": (renamed, "failed", "GetLocations"),
    "another shape": (not_an_object, "failed", "can't be read"),
}


async def assert_nothing_moved(
    salon: Salon, business: str, before: list[tuple[Any, ...]], outcome: SyncOutcome
):
    assert outcome.error
    assert outcome.news, "it is said the first time"
    assert await catalog(salon, business) == before
    [found] = await errors.listing(salon.pool)
    assert (found.workspace_key, found.kind) == (business, f"sync_{outcome.status}")
    assert found.summary == outcome.error
    async with tx(salon.pool, salon.workspace_ids[business]) as connection:
        run = (await sync_runs.recent_runs(connection, limit=1))[0]
    assert (run.status, run.error) == (outcome.status, outcome.error)


async def assert_recovers_once(salon: Salon, business: str):
    recovered = await sync(salon, business)
    assert (recovered.status, recovered.news) == ("done", True), recovered
    assert await errors.listing(salon.pool) == []
    [settled] = await errors.listing(salon.pool, include_resolved=True)
    assert settled.resolution == "A later sync went through."
    assert not (await sync(salon, business)).news


async def heal(salon: Salon) -> None:
    url = f"http://127.0.0.1:{salon.seeded.sandbox_port}/_sandbox/faults"
    assert (await salon.http.delete(url)).status_code < 300


def as_an_operator(monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", NO_REDIS)
    monkeypatch.setenv("FRONTDESK_SECRET_KEYS", KEY)
    monkeypatch.setenv("COLUMNS", "250")


async def errors_shown(*more: str) -> str:
    """What `frontdesk errors` prints, in one line."""
    answer = await asyncio.to_thread(lambda: CliRunner().invoke(app, ["errors", *more]))
    assert answer.exit_code == 0, answer.output
    return " ".join(answer.stdout.split())


@pytest.mark.parametrize("business", DIALECTS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_source_that_can_not_be_read(salon, business, fault):
    before = await catalog(salon, business)
    await salon.fault("nailit", **FAULTS[fault], probability=1)
    if fault == "slow":
        await patience(salon, call_timeout_seconds=0.2)
    outcome = await sync(salon, business)
    await patience(salon, call_timeout_seconds=20)
    assert outcome.status == "failed", outcome
    await assert_nothing_moved(salon, business, before, outcome)
    if fault != "slow":
        assert not (await sync(salon, business)).news, "and only the first time"
    await heal(salon)
    await assert_recovers_once(salon, business)


@pytest.mark.parametrize("business", DIALECTS)
@pytest.mark.parametrize("bend", BENDS)
async def test_an_answer_that_can_not_be_the_truth(salon, business, bend):
    function, status, said = BENDS[bend]
    before = await catalog(salon, business)
    outcome = await sync(salon, business, bend=function)
    assert outcome.status == status, outcome
    assert said in (outcome.error or "")
    await assert_nothing_moved(salon, business, before, outcome)
    await assert_recovers_once(salon, business)


@pytest.mark.parametrize("business", DIALECTS)
async def test_an_operator_may_insist(salon, business):
    refused = await sync(salon, business, bend=a_third)
    assert "--force" in (refused.error or "")
    forced = await sync(salon, business, bend=a_third, forced=True)
    assert forced.status == "done"
    assert forced.counts["services"]["retired"] > 0
    assert (await sync(salon, business)).counts["services"]["revived"] == forced.counts["services"]["retired"]


async def test_what_went_wrong_stands_in_frontdesk_errors(salon, salon_dsn, monkeypatch):
    """What, why, and what to do about it; gone from the list when it is settled."""
    as_an_operator(monkeypatch, salon_dsn)

    shown = errors_shown

    assert "Nothing needs a person" in await shown()
    await sync(salon, "nail-salon", bend=without_a_location)
    await salon.fault("nailit", "html", probability=1)
    await sync(salon, "nail-studio")
    text = await shown()
    assert "missing from the booking system's locations" in text
    assert "frontdesk sync KEY --force" in text
    assert "The booking system can't be read" in text
    assert "nail-studio" not in await shown("--workspace", "nail-salon")
    await heal(salon)
    for business in DIALECTS:
        await sync(salon, business)
    assert "Nothing needs a person" in await shown()
    assert "Settled: A later sync went through." in await shown("--all")


async def test_runs_are_kept_for_ninety_days(salon):
    """Housekeeping takes old ends only; what is open stays, however old."""
    await sync(salon, "nail-salon")
    workspace_id = salon.workspace_ids["nail-salon"]
    async with tx(salon.pool, workspace_id) as connection:
        open_run = await sync_runs.request_run(connection, kind="slots", trigger="schedule")
    await salon.pool.execute("UPDATE sync_runs SET requested_at = now() - interval '1 year'")
    await salon.pool.execute(
        "UPDATE sync_runs SET finished_at = now() - CASE kind WHEN 'full' THEN interval '91 days' END"
        " WHERE finished_at IS NOT NULL AND workspace_id = $1",
        workspace_id,
    )
    others = len(await salon.rows("SELECT 1 AS one FROM sync_runs WHERE workspace_id <> $1", workspace_id))
    assert others
    await schedules.delete_old(salon.pool, "sync_runs")
    left = await salon.rows("SELECT id FROM sync_runs WHERE workspace_id = $1", workspace_id)
    assert [row["id"] for row in left] == [open_run]
    assert (
        len(await salon.rows("SELECT 1 AS one FROM sync_runs WHERE workspace_id <> $1", workspace_id))
        == others
    )
