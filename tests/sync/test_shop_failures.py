"""Every way ShopMonkey can go wrong, through adapter and sync: as for Nail It (test_failures.py), with its own
traits. What it answers about appointments decides what is free, so half of them must never pass for all.
"""

from __future__ import annotations

from typing import Any

import pytest

from providers.sandbox.context import SANDBOX
from tests.salon import Salon, open_salon
from tests.sync.test_failures import (
    FAULTS,
    Bend,
    as_an_operator,
    assert_nothing_moved,
    assert_recovers_once,
    catalog,
    errors_shown,
    heal,
    patience,
    sync,
)
from workers.resources import now

SHOP = "car-tint"
HERE = "65a100000000000000000001"


@pytest.fixture
async def salon(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
        await patience(salon, read_attempts=1)
        yield salon


def only(name: str, kept: set[str]) -> Bend:
    """A list that claims to be all there is."""

    def bend(call: str, body: dict[str, Any]) -> dict[str, Any]:
        if call == name:
            body["data"] = [row for row in body["data"] if row["id"][-3:] in kept]
            body["meta"] = {"total": len(kept), "hasMore": False}
        return body

    return bend


def rows_cut(call: str, body: dict[str, Any]) -> dict[str, Any]:
    """Half of a list, under the total of the whole."""
    if call == "canned_service":
        body["data"] = [row for row in body["data"] if int(row["id"][-1], 16) % 2]
    return body


def another_price(call: str, body: dict[str, Any]) -> dict[str, Any]:
    """The vendor changes a field's type."""
    if call == "canned_service":
        for row in body["data"]:
            row["fixedPriceCents"] = "450.00 $"
    return body


def renamed(call: str, body: dict[str, Any]) -> dict[str, Any]:
    """The vendor renames what the rows stand under."""
    if call == "location":
        body["rows"] = body.pop("data")
    return body


def not_an_object(_call: str, _body: dict[str, Any]) -> Any:
    return ["maintenance"]


def refused(_call: str, _body: dict[str, Any]) -> dict[str, Any]:
    """HTTP 200, and in the body a no."""
    return {"success": False, "code": "API-40301", "message": "API key lacks the permission"}


BENDS: dict[str, tuple[Bend, str, str]] = {
    "a few of the services": (only("canned_service", {"003"}), "refused", "services are missing"),
    "half of the services": (rows_cut, "failed", "6 announced, still changing (unstable_list)"),
    "a location vanished": (
        only("location", {"001"}),
        "refused",
        "Oak Brook: missing from the booking system's locations",
    ),
    "a field changed": (another_price, "failed", "list canned_service: field 0.fixedPriceCents"),
    "a list renamed": (renamed, "failed", "list location: field data"),
    "another shape": (not_an_object, "failed", "can't be read"),
    "a no with HTTP 200": (refused, "failed", "refused: API key lacks the permission"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_shop_that_can_not_be_read(salon, fault):
    before = await catalog(salon, SHOP)
    await salon.fault("shopmonkey", **FAULTS[fault], probability=1)
    if fault == "slow":
        await patience(salon, call_timeout_seconds=0.2)
    outcome = await sync(salon, SHOP)
    await patience(salon, call_timeout_seconds=20)
    assert outcome.status == "failed", outcome
    await assert_nothing_moved(salon, SHOP, before, outcome)
    if fault != "slow":
        assert not (await sync(salon, SHOP)).news, "and only the first time"
    await heal(salon)
    await assert_recovers_once(salon, SHOP)


@pytest.mark.parametrize("bend", BENDS)
async def test_a_shop_s_answer_that_can_not_be_the_truth(salon, bend):
    function, status, said = BENDS[bend]
    before = await catalog(salon, SHOP)
    outcome = await sync(salon, SHOP, bend=function)
    assert outcome.status == status, outcome
    assert said in (outcome.error or "")
    await assert_nothing_moved(salon, SHOP, before, outcome)
    await assert_recovers_once(salon, SHOP)


async def walk_in(salon: Salon, **changes: Any) -> None:
    """Somebody at the shop writes a whole day of appointments down."""
    times = {"startDate": now().isoformat(), "endDate": now().replace(year=now().year + 1).isoformat()}
    row = {"locationId": HERE, "name": "Walk-in", **times, **changes}
    await salon.sandbox[SANDBOX].shops.add_appointment(SHOP, row, {}, now())


async def frames_here(salon: Salon) -> int:
    [row] = await salon.rows(
        "SELECT count(*) AS n FROM slots s JOIN locations l ON l.workspace_id = s.workspace_id"
        " AND l.id = s.location_id WHERE l.external_id = $1"
        " AND s.starts_at BETWEEN now() AND now() + interval '36 hours'",
        HERE,
    )
    return int(row["n"])


async def test_appointments_that_were_left_out_do_not_free_anybody_s_time(salon):
    """The one half answer that would book somebody twice: too few appointments."""

    def none_shown(call: str, body: dict[str, Any]) -> dict[str, Any]:
        if call == "appointment":
            body["data"] = []
        return body

    for _ in range(2):  # both bays, for a year
        await walk_in(salon)
    before = await catalog(salon, SHOP)
    outcome = await sync(salon, SHOP, bend=none_shown, days=3)
    assert outcome.status == "failed", outcome
    assert "list appointment: 0 rows" in (outcome.error or "")
    await assert_nothing_moved(salon, SHOP, before, outcome)
    await assert_recovers_once(salon, SHOP)
    await sync(salon, SHOP, days=3)
    assert await frames_here(salon) == 0


@pytest.mark.parametrize("missing", [{"startDate"}, {"endDate"}, {"startDate", "endDate"}])
async def test_an_appointment_without_a_time_is_no_schema_drift(salon, missing):
    """Null dates are the shop's own business: such an appointment takes nobody's time, and stops no sync."""

    def undated(call: str, body: dict[str, Any]) -> dict[str, Any]:
        if call == "appointment":
            body["data"] = [row | dict.fromkeys(missing) for row in body["data"]]
        return body

    await sync(salon, SHOP, days=3)
    free = await frames_here(salon)
    await walk_in(salon)
    outcome = await sync(salon, SHOP, bend=undated, days=3)
    assert outcome.status == "done", outcome
    assert await frames_here(salon) == free
    await sync(salon, SHOP, days=3)
    assert await frames_here(salon) < free


async def test_what_went_wrong_at_the_shop_stands_in_frontdesk_errors(salon, salon_dsn, monkeypatch):
    as_an_operator(monkeypatch, salon_dsn)
    await sync(salon, SHOP, bend=BENDS["a location vanished"][0])
    await salon.fault("shopmonkey", "html", probability=1)
    await sync(salon, SHOP)
    text = await errors_shown("--workspace", SHOP)
    assert "Oak Brook: missing from the booking system's locations" in text
    assert "The booking system can't be read: list location: an HTML page came back instead of JSON" in text
    await heal(salon)
    await sync(salon, SHOP)
    assert "Nothing needs a person" in await errors_shown()
