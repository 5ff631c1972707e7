"""Lists of the read API: what the tables hold, by pages and filters."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from db import read_errors, read_leads
from db.tx import tx
from tests.api.conftest import TABLES
from tests.sampled import BARBER


async def test_a_list_and_its_counts_hold_what_the_tables_hold(api):
    for kind in TABLES:
        found = await api.read(f"/api/admin/{kind}", limit=200)
        rows = await api.stored(kind)
        assert {item["id"] for item in found["items"]} == {str(row["id"]) for row in rows}
        by_status: dict[str, int] = {}
        for row in rows:
            by_status[row["status"]] = by_status.get(row["status"], 0) + 1
        assert found["counts"] == {"total": len(rows), "byStatus": by_status}
        assert len(rows) > 1
        assert found["nextCursor"] is None


async def test_pages_follow_each_other_newest_first_without_a_gap_or_a_repeat(api):
    for kind in TABLES:
        # Rows of one moment are the difficult ones: only the id tells them apart.
        await api.pool.execute(f"UPDATE {TABLES[kind]} SET created_at = date_trunc('week', created_at)")
        every = await api.read(f"/api/admin/{kind}", limit=200)
        walked, cursor = [], None
        for _ in itertools.count():
            page = await api.read(f"/api/admin/{kind}", limit=3, **({"cursor": cursor} if cursor else {}))
            assert (page["counts"] is None) == (cursor is not None)
            walked += page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                break
            assert len(page["items"]) == 3
        assert [item["id"] for item in walked] == [item["id"] for item in every["items"]]
        keys = [(item["createdAt"], item["id"]) for item in walked]
        assert keys == sorted(keys, reverse=True)


async def test_rows_that_come_meanwhile_move_nothing(api):
    first = await api.read("/api/admin/conversations", limit=2)
    [row] = await api.rows(
        "SELECT * FROM conversations WHERE workspace_id = $1 LIMIT 1", api.workspaces[BARBER]
    )
    await api.pool.execute(
        "INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address, status, "
        "closed_at) VALUES (gen_random_uuid(), $1, $2, $3, $4, 'x', 'closed', now())",
        row["workspace_id"], row["bot_id"], row["channel_account_id"], row["customer_id"],
    )  # fmt: skip
    second = await api.read("/api/admin/conversations", limit=2, cursor=first["nextCursor"])
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}


async def test_a_status_narrows_the_list_and_not_the_counts(api):
    for kind in TABLES:
        rows = await api.stored(kind)
        for status in {row["status"] for row in rows}:
            found = await api.read(f"/api/admin/{kind}", limit=200, status=status)
            assert {item["status"] for item in found["items"]} == {status}
            assert len(found["items"]) == found["counts"]["byStatus"][status]
            assert found["counts"]["total"] == len(rows)


async def test_days_are_the_businesss_own_and_both_ends_belong_to_it(api):
    zone = ZoneInfo(
        (await api.read("/api/admin/workspaces", as_="barber", workspace=None))["items"][0]["timezone"]
    )
    rows = await api.stored("leads")
    days = sorted({row["created_at"].astimezone(zone).date() for row in rows})
    middle = days[len(days) // 2]
    wanted = {str(row["id"]) for row in rows if row["created_at"].astimezone(zone).date() == middle}
    found = await api.read("/api/admin/leads", limit=200, **{"from": str(middle), "to": str(middle)})
    assert {item["id"] for item in found["items"]} == wanted
    assert found["counts"]["total"] == len(wanted)
    # A moment is taken as it is, whatever its zone; an unescaped + arrives as a space and still means one.
    moment = datetime.combine(middle, datetime.min.time(), zone)
    utc = moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
    later = (moment + timedelta(days=1)).astimezone(ZoneInfo("Asia/Kuwait")).isoformat()
    for until in (later, later.replace("+", " ")):
        again = await api.read("/api/admin/leads", limit=200, **{"from": utc, "to": until})
        assert {item["id"] for item in again["items"]} == wanted


async def test_people_are_found_by_name_number_and_address(api):
    for kind in TABLES:
        items = (await api.read(f"/api/admin/{kind}", limit=200))["items"]
        person = next(item for item in items if item[named(kind, "name")] and item[named(kind, "phone")])
        phone = person[named(kind, "phone")]
        spaced = f"{phone[:3]} {phone[3:7]}-{phone[7:]}"
        for search in (person[named(kind, "name")].upper()[1:], phone, phone[-6:], spaced):
            found = await api.read(f"/api/admin/{kind}", limit=200, q=search)
            assert person["id"] in {item["id"] for item in found["items"]}, (kind, search)
            assert found["counts"]["total"] == len(found["items"])
        with_mail = next((item for item in items if item[named(kind, "email")]), None)
        if with_mail:
            found = await api.read(f"/api/admin/{kind}", q=with_mail[named(kind, "email")])
            assert with_mail["id"] in {item["id"] for item in found["items"]}
        nobody = await api.read(f"/api/admin/{kind}", q="nobody of this name %_'")
        assert (nobody["items"], nobody["counts"]["total"]) == ([], 0)


async def test_each_kind_has_filters_of_its_own(api):
    for kind, name in (
        ("leads", "source"), ("leads", "channel"), ("leads", "language"), ("intents", "bookingType"),
        ("intents", "handling"), ("bookings", "paymentStatus"), ("handoffs", "source"), ("handoffs", "page"),
        ("conversations", "language"), ("conversations", "channel"),
    ):  # fmt: skip
        every = (await api.read(f"/api/admin/{kind}", limit=200))["items"]
        for value in {item[name] for item in every if item[name]}:
            found = await api.read(f"/api/admin/{kind}", limit=200, **{name: value})
            wanted = [item["id"] for item in every if item[name] == value]
            assert [item["id"] for item in found["items"]] == wanted, (kind, name, value)
            assert found["counts"]["total"] == len(wanted)
    visits = (await api.read("/api/admin/bookings", limit=200))["items"]
    some = sorted(visits, key=lambda item: item["startsAt"])[len(visits) // 2]["startsAt"]
    later = await api.read("/api/admin/bookings", limit=200, startsFrom=some)
    earlier = await api.read("/api/admin/bookings", limit=200, startsTo=some)
    assert len(later["items"]) + len(earlier["items"]) == len(visits)
    assert all(item["startsAt"] >= some for item in later["items"])


async def test_the_console_reads_the_same(api):
    """The functions under the API, as the console calls them."""
    async with tx(api.pool, api.workspaces[BARBER]) as connection:
        counts = await read_leads.counts(connection, read_leads.LeadFilters())
        status = max(counts.by_status, key=lambda one: counts.by_status[one])
        filters = read_leads.LeadFilters(status=status)
        page = await read_leads.listing(connection, filters, limit=1)
        assert page.next is not None
        rest = await read_leads.listing(connection, filters, after=page.next, limit=200)
        assert await read_errors.listing(connection, read_errors.ErrorFilters()) is not None
        with pytest.raises(ValueError, match="1 to 200"):
            await read_leads.listing(connection, read_leads.LeadFilters(), limit=201)
    assert len(page.rows) + len(rest.rows) == counts.by_status[status]


def named(kind: str, field: str) -> str:
    """A person's field as this kind calls it."""
    return field if kind == "leads" else f"customer{field.capitalize()}"
